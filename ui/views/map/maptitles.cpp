// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maptitles.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/views/map/mapbreaks.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace heapatlas {

namespace {

/// Of addresses, and of breaks.
constexpr std::size_t mostPictures = 4096;

QImage stripOf(QSize size, const MapScene& scene)
{
    QImage strip(size.expandedTo({ 1, 1 }), QImage::Format_RGB32);
    strip.fill(scene.theme.canvas);
    strip.setDevicePixelRatio(scene.layout.ratio());
    return strip;
}

MapStrip pixelsOf(const QImage& image, QRect part)
{
    MapStrip strip { part.size(), {} };
    strip.pixels.reserve(static_cast<std::size_t>(part.width()) * static_cast<std::size_t>(part.height()));
    for (int y = part.top(); y <= part.bottom(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y)) + part.left();
        strip.pixels.insert(strip.pixels.end(), line, line + part.width());
    }
    return strip;
}

} // namespace

void MapTitles::forget(const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    const MapLayout::Item& first = layout.items().front();
    const QSize size(layout.chunkWidth(), first.bodyTop - first.rect.top());
    const int width = layout.viewport().width();
    const QString units = wording::size(Bytes { 1 } << 30);
    if (m_theme == scene.theme.id && m_ratio == layout.ratio() && m_size == size && m_width == width
        && m_units == units)
        return;
    m_titles.clear();
    m_addresses.clear();
    m_breaks.clear();
    m_theme = scene.theme.id;
    m_ratio = layout.ratio();
    m_size = size;
    m_width = width;
    m_units = units;
}

MapTitles::Words MapTitles::cut(const QImage& strip, QRect part, QRgb canvas)
{
    QRect ink;
    part &= strip.rect();
    for (int y = part.top(); y <= part.bottom(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(strip.constScanLine(y));
        const auto isInk = [canvas](QRgb pixel) { return pixel != canvas; };
        const auto* begin = line + part.left();
        const auto* end = line + part.right() + 1;
        const auto* first = std::find_if(begin, end, isInk);
        if (first == end)
            continue;
        const auto* last =
            std::find_if(std::make_reverse_iterator(end), std::make_reverse_iterator(begin), isInk).base();
        ink |= QRect(static_cast<int>(first - line), y, static_cast<int>(last - first), 1);
    }
    return ink.isEmpty() ? Words {} : Words { pixelsOf(strip, ink), ink.topLeft() };
}

void MapTitles::add(const Words& words, QPoint origin)
{
    if (!words.strip.size.isEmpty())
        m_stickers.emplace_back(words.strip, origin + words.at);
}

std::span<const MapSticker> MapTitles::collect(const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    m_stickers.clear();
    if (!layout.isFlow() || layout.items().empty())
        return {};
    forget(scene);
    if (layout.isDense()) {
        collectAddresses(scene);
    } else {
        m_titles.resize(layout.items().size());
        const MapLayout::Span items = layout.visibleItems();
        for (int i = items.begin; i < items.end; ++i)
            collectTitle(scene, layout.items()[static_cast<std::size_t>(i)]);
    }
    collectBreaks(scene);
    std::sort(m_stickers.begin(), m_stickers.end(), [](const MapSticker& a, const MapSticker& b) {
        return std::pair(a.at.y(), a.at.x()) < std::pair(b.at.y(), b.at.x());
    });
    return m_stickers;
}

void MapTitles::collectBreaks(const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    const MapLayout::Span items = layout.visibleItems();
    if (m_breaks.size() > mostPictures)
        m_breaks.clear();
    // A break above the next line of items may be seen before any of them is.
    const int last = std::min(items.end + 1, static_cast<int>(layout.items().size()));
    for (int i = items.begin; i < last; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        if (item.breakRect.isEmpty())
            continue;
        const QRect box = item.breakRect;
        MapStrip& strip = m_breaks[{ item.gap, box.left(), box.width(), box.height() }];
        if (strip.size.isEmpty()) {
            QImage image = stripOf(box.size(), scene);
            QPainter painter(&image);
            painter.setRenderHint(QPainter::TextAntialiasing);
            // As if it stood at the viewport's top: where it is scrolled to must not decide how its line is rounded.
            MapLayout::Item atTop = item;
            atTop.breakRect.moveTop(layout.scroll().y());
            painter.translate((layout.scroll().x() - box.left()) / m_ratio, 0);
            mapbreaks::paint(painter, scene, atTop);
            painter.end();
            strip = pixelsOf(image, image.rect());
        }
        m_stickers.emplace_back(strip, box.topLeft() - layout.scroll());
    }
}

void MapTitles::collectTitle(const MapScene& scene, const MapLayout::Item& item)
{
    const ChunkRow& chunk = scene.snapshot.chunks()[item.chunkRow];
    Title& title = m_titles[item.chunkRow];
    const int percent = qRound(usedShare(chunk) * 100);
    const Bytes hugeBytes = item.pages == 0 ? chunk.range.size() : 0;
    if (title.percent != percent || title.ordinal != chunk.ordinal || title.hugeBytes != hugeBytes) {
        title = { chunk.ordinal, percent, hugeBytes, {} };
        QImage strip = stripOf(m_size, scene);
        QPainter painter(&strip);
        painter.setRenderHint(QPainter::TextAntialiasing);
        const QRectF box(0, 0, m_size.width() / m_ratio, m_size.height() / m_ratio);
        const QString used = item.pages == 0 ? wording::size(hugeBytes)
                                             : QCoreApplication::translate("Map", "%1 %").arg(percent);
        const QFont bold = fonts::ui(12, QFont::Medium);
        const QFontMetricsF metrics(bold);
        const QFontMetricsF small(fonts::secondary());
        const double room = box.width() - small.horizontalAdvance(used) - 6;
        // Where both do not fit, the number is worth more than the word before it.
        const QString name = chunkName(chunk);
        const QString shown = metrics.horizontalAdvance(name) <= room || item.pages == 0
            ? name
            : QString::number(chunk.ordinal);
        const auto draw = [&](double x, const QFont& font, const QFontMetricsF& m, const QColor& ink,
                              const QString& text) {
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(QPointF(x, (box.height() + m.capHeight()) / 2), text);
        };
        if (metrics.horizontalAdvance(shown) <= room)
            draw(0, bold, metrics, scene.theme.text, shown);
        const double used0 = box.width() - small.horizontalAdvance(used);
        draw(used0, fonts::secondary(), small, scene.theme.text2, used);
        painter.end();
        const int split = std::clamp(static_cast<int>((used0 - 3) * m_ratio), 0, m_size.width());
        const QRgb canvas = scene.theme.canvas.rgb();
        title.words = { cut(strip, { 0, 0, split, m_size.height() }, canvas),
            cut(strip, { split, 0, m_size.width() - split, m_size.height() }, canvas) };
    }
    for (const Words& words : title.words)
        add(words, item.rect.topLeft() - scene.layout.scroll());
}

/// Where each line of chunks begins, as far as lines are not closer than words.
void MapTitles::collectAddresses(const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    const QFont font = fonts::gutter();
    const QFontMetricsF metrics(font);
    const QSize size(layout.gutter(), static_cast<int>(std::ceil(metrics.height() * m_ratio)));
    if (m_addresses.size() > mostPictures)
        m_addresses.clear();
    const MapLayout::Span items = layout.visibleItems();
    int top = -1;
    int free = -size.height();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        const int y = item.rect.top() - layout.scroll().y();
        if (item.rect.top() == top || y < free)
            continue;
        top = item.rect.top();
        free = y + size.height();
        Words& words = m_addresses[item.range.begin.value];
        if (words.strip.size.isEmpty()) {
            QImage strip = stripOf(size, scene);
            QPainter painter(&strip);
            painter.setRenderHint(QPainter::TextAntialiasing);
            painter.setFont(font);
            painter.setPen(scene.theme.text3);
            const QString text = wording::address(item.range.begin);
            painter.drawText(QPointF(size.width() / m_ratio - 4 - metrics.horizontalAdvance(text),
                                 metrics.capHeight() + 1),
                text);
            painter.end();
            words = cut(strip, strip.rect(), scene.theme.canvas.rgb());
        }
        add(words, { 0, y - layout.px(1) });
    }
}

} // namespace heapatlas
