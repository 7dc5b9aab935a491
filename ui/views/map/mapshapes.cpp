// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapshapes.h"

#include "ui/views/map/mapinks.h"
#include "ui/views/map/maplabels.h"

#include <QPainter>

#include <algorithm>

namespace heapatlas {

/// Draws what is in sight with one painter. Nothing relies on a clip: SVG has none.
class MapShapes::Drawing
{
public:
    Drawing(QPainter& painter, const MapScene& scene)
        : m_painter(painter)
        , m_scene(scene)
        , m_layout(scene.layout)
        , m_inks(scene)
        , m_body(scene.layout.body())
        , m_gap(scene.layout.px(1))
    {
    }

    void page(const MapLayout::Item& item, const RegionRow& region, std::uint32_t page)
    {
        const QRect box = m_layout.pageRect(item, page);
        const Address at = item.range.begin + page * m_layout.pageBytes();
        switch (region.kind) {
        case RegionKind::Header:
            fill(box, m_inks.header());
            break;
        case RegionKind::Free:
            fill(box, m_inks.freePageEdge());
            fill(box.adjusted(m_gap, m_gap, -m_gap, -m_gap), m_inks.freePage());
            return;
        case RegionKind::SmallRun:
            slots(region, at, box);
            break;
        case RegionKind::LargeRun:
        case RegionKind::Huge:
            large(region, at, box);
            break;
        }
        if (at + m_layout.pageBytes() < region.range.end && (page + 1) % MapLayout::pagesPerRow != 0)
            join(region, at + m_layout.pageBytes(), box);
    }

    void bar(const MapLayout::Item& item, const RegionRow& region)
    {
        const QRect box = m_layout.barRect(item);
        const int slack = MapInks::slackPixels(region, box.width());
        const MapInks::Fill ink = m_inks.whole(region);
        fill(box.adjusted(0, 0, -slack, 0), ink.live);
        fill({ box.right() + 1 - slack, box.top(), slack, box.height() }, ink.slack);
    }

private:
    void fill(QRect box, QRgb color)
    {
        box &= m_body;
        if (!box.isEmpty())
            m_painter.fillRect(box, QColor(color));
    }

    /// The part of a page that holds bytes [from, to) of its row k, counted from the row's begin.
    [[nodiscard]] QRect piece(QRect box, int k, Bytes from, Bytes to) const
    {
        const int left = m_layout.byteX(from);
        const int top = m_layout.rowTop(k);
        const int height = m_layout.rowTop(k + 1) - top;
        const bool hasGap = k + 1 < m_layout.rowsPerPage() && height >= 4 * m_gap;
        return { box.left() + left, box.top() + top, m_layout.byteX(to) - left,
            height - (hasGap ? m_gap : 0) };
    }

    void slots(const RegionRow& region, Address at, QRect box)
    {
        for (int k = 0; k < m_layout.rowsPerPage(); ++k) {
            const Address row = at + static_cast<Bytes>(k) * m_layout.rowBytes();
            if (region.slotBytes != 0 && box.top() + m_layout.rowTop(k) <= m_body.bottom()
                && box.top() + m_layout.rowTop(k + 1) > m_body.top())
                slotsOfRow(region, row - region.range.begin, box, k);
        }
    }

    void slotsOfRow(const RegionRow& region, Bytes begin, QRect box, int k)
    {
        const Bytes end = begin + m_layout.rowBytes();
        const Bytes slotBytes = region.slotBytes;
        Bytes drawn = begin;
        for (auto slot = static_cast<std::uint32_t>(begin / slotBytes);
             slot < region.slotCount && slot * slotBytes < end; ++slot) {
            const Bytes from = std::max(slot * slotBytes, begin);
            const Bytes to = std::min((slot + 1) * slotBytes, end);
            QRect rect = piece(box, k, from - begin, to - begin);
            if (to == (slot + 1) * slotBytes && rect.width() > m_gap + 1)
                rect.adjust(0, 0, -m_gap, 0);
            drawn = to;
            if (!m_scene.snapshot.isSlotLive(region, slot)) {
                const MapInks::Fill ink = m_inks.fill(region);
                fill(rect, ink.freeEdge);
                fill(rect.adjusted(m_gap, m_gap, -m_gap, -m_gap), ink.free);
                continue;
            }
            const BlockRow* block = m_scene.snapshot.blockAt(region.range.begin + slot * slotBytes);
            const MapInks::Fill ink =
                block != nullptr && m_inks.isPerBlock() ? m_inks.block(region, *block) : m_inks.fill(region);
            const Bytes asked =
                slot * slotBytes + (block == nullptr ? slotBytes : std::min(block->requested, slotBytes));
            if (!m_scene.isSlackShown || asked >= to) {
                fill(rect, ink.live);
            } else if (asked <= from) {
                fill(rect, ink.slack);
            } else {
                const int split = std::min(m_layout.byteX(asked - begin) + box.left(), rect.right() + 1);
                fill({ rect.left(), rect.top(), split - rect.left(), rect.height() }, ink.live);
                fill({ split, rect.top(), rect.right() + 1 - split, rect.height() }, ink.slack);
            }
        }
        if (drawn < end)
            fill(piece(box, k, drawn - begin, end - begin), m_inks.tail());
    }

    [[nodiscard]] static Bytes askedOf(const RegionRow& region)
    {
        const Bytes size = region.range.size();
        return region.requested == 0 ? size : std::min(region.requested, size);
    }

    void large(const RegionRow& region, Address at, QRect box)
    {
        const MapInks::Fill ink = m_inks.whole(region);
        const Bytes offset = at - region.range.begin;
        const Bytes asked = askedOf(region);
        if (asked >= offset + m_layout.pageBytes() || asked <= offset) {
            fill(box, asked <= offset ? ink.slack : ink.live);
            return;
        }
        fill(box, ink.slack);
        const auto rows = static_cast<int>((asked - offset) / m_layout.rowBytes());
        fill({ box.left(), box.top(), box.width(), m_layout.rowTop(rows) }, ink.live);
        fill({ box.left(), box.top() + m_layout.rowTop(rows),
                 m_layout.byteX((asked - offset) % m_layout.rowBytes()),
                 m_layout.rowTop(rows + 1) - m_layout.rowTop(rows) },
            ink.live);
    }

    /// Pages of one run belong together: see PageStrip, whose picture this is.
    void join(const RegionRow& region, Address next, QRect box)
    {
        const QRect gap(box.right() + 1, box.top(), m_layout.gapX(), box.height());
        if (region.kind != RegionKind::SmallRun) {
            const MapInks::Fill ink = m_inks.whole(region);
            fill(gap, askedOf(region) > next - region.range.begin ? ink.live : ink.slack);
            return;
        }
        QColor tie(m_inks.fill(region).live);
        const QColor canvas = m_scene.theme.canvas;
        const auto mixed = [](int a, int b) { return (a * 180 + b * 76) / 256; };
        tie.setRgb(mixed(tie.red(), canvas.red()), mixed(tie.green(), canvas.green()),
            mixed(tie.blue(), canvas.blue()));
        const int height = std::min(m_layout.px(2), std::max(1, box.height() / 8));
        fill({ gap.left(), gap.top(), gap.width(), height }, tie.rgb());
        fill({ gap.left(), gap.bottom() + 1 - height, gap.width(), height }, tie.rgb());
    }

    QPainter& m_painter;
    const MapScene& m_scene;
    const MapLayout& m_layout;
    MapInks m_inks;
    QRect m_body;
    int m_gap;
};

namespace {

/// Every page in sight with its region, and every bar.
template <class Page, class Bar>
void visit(const MapScene& scene, Page page, Bar bar)
{
    const MapLayout& layout = scene.layout;
    const MapLayout::Span items = layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        const ChunkRow& chunk = scene.snapshot.chunks()[item.chunkRow];
        const auto regions = scene.snapshot.regions().subspan(chunk.firstRegion, chunk.regionCount);
        if (regions.empty())
            continue;
        if (item.pages == 0) {
            bar(item, regions.front());
            continue;
        }
        const MapLayout::Span rows = layout.visibleRows(item);
        const MapLayout::Span columns = layout.visibleColumns(item);
        for (int row = rows.begin; row < rows.end; ++row) {
            for (int column = columns.begin; column < columns.end; ++column) {
                const auto number = static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + column);
                const RegionRow* region =
                    scene.snapshot.regionAt(item.range.begin + number * layout.pageBytes());
                if (number < item.pages && region != nullptr)
                    page(item, *region, number);
            }
        }
    }
}

} // namespace

MapShapes::MapShapes(const MapScene& scene)
    : m_scene(scene)
{
}

std::size_t MapShapes::count() const
{
    const Bytes pageBytes = m_scene.layout.pageBytes();
    const auto rows = static_cast<std::size_t>(m_scene.layout.rowsPerPage());
    std::size_t shapes = 0;
    visit(
        m_scene,
        [&](const MapLayout::Item&, const RegionRow& region, std::uint32_t) {
            shapes += 4;
            if (region.kind == RegionKind::SmallRun && region.slotBytes != 0)
                shapes += 2 * (pageBytes / region.slotBytes + rows);
        },
        [&](const MapLayout::Item&, const RegionRow&) { shapes += 2; });
    return shapes;
}

bool MapShapes::paint(QPainter& painter) const
{
    const MapLevel level = m_scene.layout.level();
    if (level < MapLevel::Page || level > MapLevel::Slot || count() > maxShapes)
        return false;
    painter.save();
    painter.fillRect(QRect(QPoint(0, 0), m_scene.layout.viewport()), m_scene.theme.canvas);
    Drawing drawing(painter, m_scene);
    visit(
        m_scene,
        [&drawing](const MapLayout::Item& item, const RegionRow& region, std::uint32_t page) {
            drawing.page(item, region, page);
        },
        [&drawing](const MapLayout::Item& item, const RegionRow& region) { drawing.bar(item, region); });
    QImage unused;
    MapLabels(unused, m_scene, m_scene.layout.scroll()).paintAll(painter);
    painter.restore();
    return true;
}

} // namespace heapatlas
