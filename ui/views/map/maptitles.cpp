// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maptitles.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace heapatlas {

namespace {

constexpr std::size_t mostAddresses = 4096;

QImage stripOf(QSize size, const MapScene& scene)
{
    QImage strip(size.expandedTo({ 1, 1 }), QImage::Format_RGB32);
    strip.fill(scene.theme.canvas);
    strip.setDevicePixelRatio(scene.layout.ratio());
    return strip;
}

/// Copies the strip to `at`, as far as it is inside `clip`.
void copyTo(QImage& image, const QImage& strip, QPoint at, QRect clip)
{
    const QRect seen = QRect(at, strip.size()) & clip & image.rect();
    if (seen.isEmpty())
        return;
    const auto bytes = static_cast<std::size_t>(seen.width()) * sizeof(QRgb);
    for (int y = seen.top(); y <= seen.bottom(); ++y)
        std::memcpy(reinterpret_cast<QRgb*>(image.scanLine(y)) + seen.left(),
            reinterpret_cast<const QRgb*>(strip.constScanLine(y - at.y())) + (seen.left() - at.x()), bytes);
}

} // namespace

void MapTitles::paint(QImage& image, const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    if (!layout.isFlow() || layout.items().empty())
        return;
    const MapLayout::Item& first = layout.items().front();
    const QSize size(layout.chunkWidth(), first.bodyTop - first.rect.top());
    const QString units = wording::size(Bytes { 1 } << 30);
    if (m_theme != scene.theme.id || m_ratio != layout.ratio() || m_size != size || m_units != units) {
        m_titles.clear();
        m_addresses.clear();
        m_theme = scene.theme.id;
        m_ratio = layout.ratio();
        m_size = size;
        m_units = units;
    }
    if (layout.isDense()) {
        paintAddresses(image, scene);
        return;
    }
    m_titles.resize(layout.items().size());
    const MapLayout::Span items = layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i)
        paintTitle(image, scene, layout.items()[static_cast<std::size_t>(i)]);
}

void MapTitles::paintTitle(QImage& image, const MapScene& scene, const MapLayout::Item& item)
{
    const ChunkRow& chunk = scene.snapshot.chunks()[item.chunkRow];
    Title& title = m_titles[item.chunkRow];
    const int percent = qRound(usedShare(chunk) * 100);
    const Bytes hugeBytes = item.pages == 0 ? chunk.range.size() : 0;
    if (title.strip.isNull() || title.ordinal != chunk.ordinal || title.percent != percent
        || title.hugeBytes != hugeBytes) {
        title = { chunk.ordinal, percent, hugeBytes, stripOf(m_size, scene) };
        QPainter painter(&title.strip);
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
        draw(box.width() - small.horizontalAdvance(used), fonts::secondary(), small, scene.theme.text2, used);
    }
    copyTo(image, title.strip, item.rect.topLeft() - scene.layout.scroll(), scene.layout.body());
}

/// Where each line of chunks begins, as far as lines are not closer than words.
void MapTitles::paintAddresses(QImage& image, const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    const QFont font = fonts::gutter();
    const QFontMetricsF metrics(font);
    const QSize size(layout.gutter(), static_cast<int>(std::ceil(metrics.height() * m_ratio)));
    if (m_addresses.size() > mostAddresses)
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
        QImage& strip = m_addresses[item.range.begin.value];
        if (strip.isNull()) {
            strip = stripOf(size, scene);
            QPainter painter(&strip);
            painter.setRenderHint(QPainter::TextAntialiasing);
            painter.setFont(font);
            painter.setPen(scene.theme.text3);
            const QString text = wording::address(item.range.begin);
            painter.drawText(QPointF(size.width() / m_ratio - 4 - metrics.horizontalAdvance(text),
                                 metrics.capHeight() + 1),
                text);
        }
        copyTo(image, strip, { 0, y - layout.px(1) }, image.rect());
    }
}

} // namespace heapatlas
