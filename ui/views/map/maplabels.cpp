// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maplabels.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/views/map/mapbreaks.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Map", text); }

/// Draws in a box, vertically centred, and tells how wide it was. Nothing is drawn that does not fit.
double put(QPainter& painter, const QRectF& box, const QFont& font, const QColor& color, const QString& text)
{
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(text);
    if (width > box.width())
        return 0;
    painter.setFont(font);
    painter.setPen(color);
    const double baseline = box.top() + (box.height() + metrics.capHeight()) / 2;
    painter.drawText(QPointF(box.left(), baseline), text);
    return width;
}

} // namespace

MapLabels::MapLabels(QImage& image, const MapScene& scene, QPoint origin)
    : m_image(image)
    , m_scene(scene)
    , m_layout(scene.layout)
    , m_origin(origin)
    , m_level(scene.layout.level())
{
}

QRectF MapLabels::dip(QRect device) const
{
    const double r = m_layout.ratio();
    return { device.left() / r, device.top() / r, device.width() / r, device.height() / r };
}

QRect MapLabels::boxOf(const MapLayout::Item& item, std::uint32_t page) const
{
    return m_layout.worldRect(item, page).translated(-m_origin);
}

void MapLabels::paintPages(QRect world)
{
    const MapLayout::Span items = m_layout.itemsIn(world.top(), world.bottom() + 1);
    // At Chunk level only the header page, the first of a chunk, has a word.
    if (m_level == MapLevel::Chunk) {
        bool hasHeader = false;
        for (int i = items.begin; i < items.end && !hasHeader; ++i) {
            const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
            hasHeader = item.pages != 0 && m_layout.worldRect(item, 0).intersects(world);
        }
        if (!hasHeader)
            return;
    }
    m_image.setDevicePixelRatio(m_layout.ratio());
    QPainter painter(&m_image);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.setClipRect(dip(world.translated(-m_origin)));
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (item.pages != 0)
            paintPages(painter, item, world);
    }
}

void MapLabels::paintAll(QPainter& painter)
{
    painter.setClipRect(dip(m_layout.body()));
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (item.pages != 0)
            paintPages(painter, item, m_layout.body().translated(m_origin));
    }
    painter.setClipping(false);
    // SVG has no clip: what begins left of the pages or above them is covered.
    const QRect viewport(QPoint(0, 0), m_layout.viewport());
    for (const QRect& rect : QRegion(viewport) - m_layout.body())
        painter.fillRect(dip(rect), m_scene.theme.canvas);
    paintFrame(painter);
}

void MapLabels::paintFrame()
{
    QPainter painter(&m_image);
    paintFrame(painter);
}

void MapLabels::paintFrame(QPainter& painter)
{
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.setClipRect(dip(m_layout.body()));
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (!m_layout.isFlow())
            paintTitle(painter, item);
        if (item.pages == 0)
            paintBar(painter, item);
    }
    if (!m_layout.isFlow()) { // else they are kept as pictures
        // A break above the next item may be seen before it is.
        const int last = std::min(items.end + 1, static_cast<int>(m_layout.items().size()));
        for (int i = items.begin; i < last; ++i)
            mapbreaks::paint(painter, m_scene, m_layout.items()[static_cast<std::size_t>(i)]);
        painter.setClipping(false);
        if (m_level != MapLevel::Byte) // its painter names every row of bytes
            paintGutter(painter);
        paintColumnHeader(painter);
    }
}

void MapLabels::paintTitle(QPainter& painter, const MapLayout::Item& item)
{
    const ChunkRow& chunk = m_scene.snapshot.chunks()[item.chunkRow];
    const Theme& theme = m_scene.theme;
    const QRect rect = m_layout.itemRect(item);
    QRectF box = dip({ rect.left(), rect.top(), rect.width(), item.bodyTop - item.rect.top() });
    // The title stays in sight when the chunk is wider than the canvas.
    box.setLeft(std::max(box.left(), dip(m_layout.body()).left()));
    const auto step = [&](const QFont& font, const QColor& color, const QString& text) {
        const double width = put(painter, box, font, color, text);
        box.setLeft(box.left() + (width > 0 ? width + 10 : 0));
    };
    step(fonts::ui(12, QFont::DemiBold), theme.text, chunkName(chunk));
    step(fonts::gutter(), theme.text3, wording::address(chunk.range.begin));
    if (item.pages == 0)
        step(fonts::secondary(), theme.text2, wording::size(chunk.range.size()));
    else
        step(fonts::secondary(), theme.text2,
            chunk.isCached ? tr("cached, empty") : tr("%1 % used").arg(qRound(usedShare(chunk) * 100)));
}

void MapLabels::paintBar(QPainter& painter, const MapLayout::Item& item)
{
    const Bytes pageBytes = m_layout.pageBytes();
    const Bytes pages = (item.range.size() + pageBytes - 1) / pageBytes;
    QRectF box = dip(m_layout.barRect(item) & m_layout.body()).adjusted(8, 0, -8, 0);
    const QColor ink = Theme::labelOn(m_scene.theme.hugeBlock);
    const BlockRow* block = m_scene.snapshot.blockAt(item.range.begin);
    if (m_layout.isDense()) {
        // No title tells what it is.
        const QString size = wording::size(item.range.size());
        const QString whole =
            item.isClamped ? tr("Huge block, %1, not to scale").arg(size) : tr("Huge block, %1").arg(size);
        box.adjust(-4, 0, 4, 0);
        if (box.height() >= 10 && put(painter, box, fonts::gutter(), ink, whole) == 0)
            put(painter, box, fonts::gutter(), ink, size);
        return;
    }
    QString text = tr("%1 pages").arg(wording::count(pages));
    if (block != nullptr) {
        const QString label = blockLabel(*block);
        if (!label.isEmpty())
            text = label + QStringLiteral(", ") + text;
    }
    put(painter, box, fonts::secondary(), ink, text);
}

void MapLabels::paintPages(QPainter& painter, const MapLayout::Item& item, QRect world)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const ChunkRow& chunk = snapshot.chunks()[item.chunkRow];
    const Bytes pageBytes = m_layout.pageBytes();
    const MapLayout::Span rows = m_layout.rowsIn(item, world.top(), world.bottom() + 1);
    const MapLayout::Span columns = m_layout.columnsIn(item, world.left(), world.right() + 1);
    if (m_level == MapLevel::Chunk) {
        // The only letter at this level: the header page, which is always page 0.
        const QRect box = boxOf(item, 0);
        if (rows.begin == 0 && columns.begin == 0 && m_layout.pageWidth() >= 12 && chunk.regionCount > 0
            && snapshot.regions()[chunk.firstRegion].kind == RegionKind::Header) {
            const QFont font = fonts::ui(11, QFont::DemiBold);
            const double width = QFontMetricsF(font).horizontalAdvance(QLatin1Char('H'));
            const QRectF middle = dip(box);
            put(painter, middle.adjusted((middle.width() - width) / 2, 0, 2, 0), font,
                Theme::labelOn(m_scene.theme.header), QStringLiteral("H"));
        }
        return;
    }
    for (int row = rows.begin; row < rows.end; ++row) {
        for (int column = columns.begin; column < columns.end; ++column) {
            const auto page = static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + column);
            const Address at = item.range.begin + page * pageBytes;
            const RegionRow* region = page < item.pages ? snapshot.regionAt(at) : nullptr;
            if (region == nullptr)
                continue;
            const QRect box = boxOf(item, page);
            const Bytes offset = at - region->range.begin;
            paintCaption(painter, *region, page, offset, box);
            if (m_level == MapLevel::Byte)
                continue;
            if (region->kind == RegionKind::Header) {
                const QRectF inside = dip(box);
                put(painter, inside.adjusted(8, 0, -8, 0), fonts::ui(13, QFont::DemiBold),
                    Theme::labelOn(m_scene.theme.header),
                    m_level == MapLevel::Slot ? tr("H  chunk header") : tr("H"));
            } else if (m_level == MapLevel::Slot) {
                paintSlots(painter, *region, offset, box);
            }
        }
    }
}

void MapLabels::paintCaption(
    QPainter& painter, const RegionRow& region, std::uint32_t page, Bytes offset, QRect box)
{
    const Theme& theme = m_scene.theme;
    const int height = m_layout.pageCaption();
    QRectF line = dip({ box.left(), box.top() - height, box.width(), height });
    if (m_level == MapLevel::Page) {
        put(painter, line, fonts::gutter(), theme.text3, QString::number(page));
        return;
    }
    line.translate(0, -1);
    const Bytes pageBytes = m_layout.pageBytes();
    const Bytes pages = region.range.size() / pageBytes;
    QString what;
    QString counts;
    switch (region.kind) {
    case RegionKind::Header:
        what = tr("header");
        break;
    case RegionKind::Free:
        what = tr("free");
        break;
    case RegionKind::LargeRun:
    case RegionKind::Huge:
        what = tr("large run");
        counts = wording::size(region.requested == 0 ? region.range.size() : region.requested);
        break;
    case RegionKind::SmallRun:
        what = tr("%1 B class").arg(region.slotBytes);
        counts = QStringLiteral("%1/%2").arg(region.liveSlots).arg(region.slotCount);
        break;
    }
    if (pages > 1 && region.kind != RegionKind::Free)
        what += tr(", page %1 of %2").arg(offset / pageBytes + 1).arg(pages);
    const double right = QFontMetricsF(fonts::secondary()).horizontalAdvance(counts);
    put(painter, line.adjusted(line.width() - right - 0.5, 0, 1, 0), fonts::secondary(), theme.text2, counts);
    line.setRight(line.right() - right - 6);
    line.setLeft(line.left() + 10
        + put(painter, line, fonts::ui(12, QFont::DemiBold), theme.text, tr("Page %1").arg(page)));
    const QString shown = QFontMetricsF(fonts::secondary()).elidedText(what, Qt::ElideRight, line.width());
    if (shown.size() > 3)
        put(painter, line, fonts::secondary(), theme.text2, shown);
}

QString MapLabels::blockLabel(const BlockRow& block) const
{
    if (m_scene.siteResolver != nullptr && *m_scene.siteResolver) {
        const QString site = (*m_scene.siteResolver)(block.stack);
        if (!site.isEmpty())
            return site;
    }
    return wording::size(block.requested);
}

void MapLabels::paintSlots(QPainter& painter, const RegionRow& region, Bytes offset, QRect box)
{
    const Bytes end = offset + m_layout.pageBytes();
    const auto blocks = m_scene.snapshot.blocks();
    const Address from = region.range.begin + offset;
    auto block = std::lower_bound(
        blocks.begin(), blocks.end(), from, [](const BlockRow& b, Address a) { return b.begin < a; });
    const bool isSmall = region.kind == RegionKind::SmallRun;
    const MapState state = isSmall ? MapState::SmallSlot : MapState::LargeRun;
    const QColor fill = isSmall ? m_scene.theme.sizeClassColor(region.sizeClass) : m_scene.theme.largeRun;
    const QColor ink = Theme::labelOn(m_scene.shown(fill, state));
    const QFont font = fonts::chart();
    const QFontMetricsF metrics(font);
    // Only the shortest label could fit into slots thinner than this: do not even measure them.
    constexpr double least = 26;
    for (; block != blocks.end() && block->begin < region.range.begin + end; ++block) {
        if (!region.range.contains(block->begin))
            continue;
        const Bytes size = std::max<Bytes>(1, std::min(block->requested, block->size));
        const Bytes inPage = block->begin - from;
        const int k = static_cast<int>(inPage / m_layout.rowBytes());
        const Bytes begin = inPage % m_layout.rowBytes();
        const Bytes stop = std::min(m_layout.rowBytes(), begin + size);
        const int top = m_layout.rowTop(k);
        QRectF piece = dip({ box.left() + m_layout.byteX(begin), box.top() + top,
            m_layout.byteX(stop) - m_layout.byteX(begin), m_layout.rowTop(k + 1) - top });
        // A slot that begins at the end of a row is labelled in its second piece.
        if (piece.width() < least && begin + size > m_layout.rowBytes() && k + 1 < m_layout.rowsPerPage()) {
            const Bytes rest = std::min(m_layout.rowBytes(), begin + size - m_layout.rowBytes());
            piece = dip({ box.left(), box.top() + m_layout.rowTop(k + 1), m_layout.byteX(rest),
                m_layout.rowTop(k + 2) - m_layout.rowTop(k + 1) });
        }
        if (piece.width() < least || piece.height() < 12)
            continue;
        const QRectF room = piece.adjusted(4, -0.5, -4, -0.5);
        const QString label = blockLabel(*block);
        if (put(painter, room, font, ink, label) > 0)
            continue;
        const QString shorter = metrics.elidedText(label, Qt::ElideRight, room.width());
        if (shorter.size() >= 4)
            put(painter, room, font, ink, shorter);
    }
}

void MapLabels::paintGutter(QPainter& painter)
{
    const QFont font = fonts::gutter();
    const QFontMetricsF metrics(font);
    const QRectF body = dip(m_layout.body());
    painter.setClipRect(QRectF(0, body.top(), body.left(), body.height()));
    painter.setFont(font);
    painter.setPen(m_scene.theme.text3);
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0)
            continue;
        const MapLayout::Span rows = m_layout.visibleRows(item);
        MapLayout::Span columns = m_layout.visibleColumns(item);
        // A column of which most is hidden at the left is not the one the eye starts with.
        const QRect firstBox = m_layout.pageRect(item, static_cast<std::uint32_t>(columns.begin));
        if (m_layout.body().left() - firstBox.left() > firstBox.width() / 2
            && columns.begin + 1 < columns.end)
            ++columns.begin;
        const double pitch = m_layout.pitchY() / m_layout.ratio();
        const int step = std::max(1, static_cast<int>(14 / pitch) + (pitch < 14 ? 1 : 0));
        for (int row = rows.begin; row < rows.end; ++row) {
            if (row % step != 0)
                continue;
            const auto page = static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + columns.begin);
            const QRectF box = dip(m_layout.pageRect(item, page));
            const QString text =
                QStringLiteral("0x%1").arg(page * m_layout.pageBytes(), 6, 16, QLatin1Char('0'));
            const double line = m_level >= MapLevel::Page ? box.height() / m_layout.rowsPerPage()
                                                          : (step > 1 ? pitch : box.height());
            const double baseline = box.top() + (line + metrics.capHeight()) / 2;
            painter.drawText(QPointF(body.left() - 10 - metrics.horizontalAdvance(text), baseline), text);
        }
    }
    painter.setClipping(false);
}

void MapLabels::paintColumnHeader(QPainter& painter)
{
    const MapLayout::Span items = m_layout.visibleItems();
    if (m_level >= MapLevel::Slot || items.begin >= items.end)
        return;
    const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(items.begin)];
    if (item.pages == 0)
        return;
    const MapLayout::Span columns = m_layout.visibleColumns(item);
    const QRectF body = dip(m_layout.body());
    painter.setClipRect(QRectF(body.left(), 0, body.width(), body.top()));
    int step = 1;
    while (step < MapLayout::pagesPerRow && step * m_layout.pitchX() < m_layout.px(60))
        step *= 2;
    const QFont font = fonts::gutter();
    for (int column = columns.begin / step * step; column < columns.end; column += step) {
        const QRectF box = dip(m_layout.pageRect(item, static_cast<std::uint32_t>(column)));
        put(painter, { box.left(), body.top() - 20, 60, 14 }, font, m_scene.theme.text3,
            QStringLiteral("+%1").arg(column));
    }
    painter.setClipping(false);
}

} // namespace heapatlas
