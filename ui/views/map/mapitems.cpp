// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapitems.h"

#include "session/wording.h"
#include "ui/views/map/mapcanvas.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Map", text); }

QString chunkSummary(const ChunkRow& chunk)
{
    if (chunk.pageCount == 0)
        return tr("Huge block, %1").arg(wording::size(chunk.range.size()));
    if (chunk.isCached)
        return tr("%1, cached, empty").arg(chunkName(chunk));
    return tr("%1, %2 % used, %3 of %4 pages free")
        .arg(chunkName(chunk))
        .arg(qRound(usedShare(chunk) * 100))
        .arg(chunk.freePages)
        .arg(chunk.pageCount);
}

/// Whether the selection is this, or lies in it.
bool holds(const Selection& item, const Selection& selection)
{
    return selection.what != Selection::What::Nothing && item.range.contains(selection.range.begin)
        && selection.range.end <= item.range.end;
}

} // namespace

QString regionName(const HeapSnapshot& snapshot, const RegionRow& region)
{
    const ChunkRow& chunk = snapshot.chunks()[region.chunk];
    if (chunk.pageCount == 0)
        return chunkSummary(chunk);
    const Bytes first = (region.range.begin - chunk.range.begin) / snapshot.pageBytes();
    const Bytes last = (region.range.end - chunk.range.begin - 1) / snapshot.pageBytes();
    const QString place = last > first
        ? tr("Pages %1 to %2 of chunk %3").arg(first).arg(last).arg(chunk.ordinal)
        : tr("Page %1 of chunk %2").arg(first).arg(chunk.ordinal);
    switch (region.kind) {
    case RegionKind::Header:
        return tr("%1, chunk header").arg(place);
    case RegionKind::Free:
        return tr("%1, free, %2").arg(place, wording::size(region.range.size()));
    case RegionKind::SmallRun:
        return tr("%1, run of %2 slots, %3 of %4 live")
            .arg(place, wording::size(region.slotBytes), wording::count(region.liveSlots),
                wording::count(region.slotCount));
    case RegionKind::LargeRun:
    case RegionKind::Huge:
        return tr("%1, large run, %2").arg(place, wording::size(region.range.size()));
    }
    return place;
}

MapItems::MapItems(MapCanvas* canvas)
    : m_map(canvas)
    , m_canvas(new AccessibleCanvas(canvas, this))
{
}

void MapItems::itemsChanged()
{
    m_isStale = true;
    m_canvas->itemsChanged();
}

void MapItems::selectionMoved()
{
    if (!QAccessible::isActive())
        return; // it would collect what nobody asks for
    const int item = holder();
    if (item < 0)
        return;
    m_canvas->selectionMoved(item);
    m_canvas->focusMoved(item);
}

void MapItems::add(const Selection& selection) const
{
    const MapLayout& layout = m_map->layoutNow();
    const QRect body = layout.body();
    QRect shown;
    for (const QRect& rect : layout.rectsOf(selection.range)) {
        shown = rect & body;
        if (!shown.isEmpty())
            break;
    }
    if (selection.what == Selection::What::Chunk) {
        const MapLayout::Item* item = layout.itemAt(selection.range.begin);
        shown = item == nullptr ? QRect() : layout.itemRect(*item) & body;
    }
    if (shown.isEmpty() || selection.what == Selection::What::Nothing)
        return;
    if (m_items.size() >= mostItems) {
        ++m_left;
        return;
    }
    const qreal r = layout.ratio();
    m_items.push_back({ selection,
        QRectF(shown.left() / r, shown.top() / r, shown.width() / r, shown.height() / r).toAlignedRect() });
}

void MapItems::collectRegions(const HeapSnapshot& snapshot, AddressRange seen) const
{
    const auto regions = snapshot.regions();
    auto region = std::upper_bound(regions.begin(), regions.end(), seen.begin,
        [](Address a, const RegionRow& row) { return a < row.range.end; });
    for (; region != regions.end() && region->range.begin < seen.end; ++region) {
        const bool isBlock = region->kind == RegionKind::LargeRun || region->kind == RegionKind::Huge;
        add({ isBlock ? Selection::What::Block : Selection::What::Region, region->range });
    }
}

void MapItems::collectSlots(const HeapSnapshot& snapshot, AddressRange seen) const
{
    for (Address at = seen.begin; at < seen.end;) {
        const MapTarget target = targetAt(snapshot, at);
        if (target.region == nullptr)
            break;
        // The unused end of a run is told of as the run.
        add(target.selection());
        at = std::max(target.range.end, at + 1);
    }
}

void MapItems::collect() const
{
    if (!m_isStale)
        return;
    m_isStale = false;
    m_items.clear();
    m_left = 0;
    const SnapshotPtr& snapshot = m_map->snapshot();
    if (snapshot == nullptr)
        return;
    const MapLayout& layout = m_map->layoutNow();
    const MapLevel level = layout.level();
    const MapLayout::Span items = layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0) {
            add({ Selection::What::Block, item.range });
            continue;
        }
        if (level == MapLevel::Heap) {
            add({ Selection::What::Chunk, item.range });
            continue;
        }
        const MapLayout::Span rows = layout.visibleRows(item);
        const MapLayout::Span columns = layout.visibleColumns(item);
        const Bytes page = layout.pageBytes();
        if (rows.begin >= rows.end || columns.begin >= columns.end)
            continue;
        if (level < MapLevel::Slot) {
            const Bytes row = Bytes { layout.rowPages() } * page;
            collectRegions(*snapshot,
                { item.range.begin + static_cast<Bytes>(rows.begin) * row,
                    std::min(item.range.end, item.range.begin + static_cast<Bytes>(rows.end) * row) });
            continue;
        }
        for (int row = rows.begin; row < rows.end; ++row) {
            const auto first = static_cast<Bytes>(row * MapLayout::pagesPerRow + columns.begin);
            const auto last = static_cast<Bytes>(row * MapLayout::pagesPerRow + columns.end);
            collectSlots(*snapshot,
                { item.range.begin + first * page,
                    std::min(item.range.end, item.range.begin + last * page) });
        }
    }
}

int MapItems::count() const
{
    collect();
    return static_cast<int>(m_items.size()) + (m_left > 0 ? 1 : 0);
}

const MapItems::Item* MapItems::at(int item) const
{
    collect();
    const auto index = static_cast<std::size_t>(item);
    return item >= 0 && index < m_items.size() ? &m_items[index] : nullptr;
}

QString MapItems::name(int item) const
{
    const Item* known = at(item);
    const SnapshotPtr& snapshot = m_map->snapshot();
    if (known == nullptr || snapshot == nullptr)
        return tr("%1 more are in sight; zoom in to reach them").arg(wording::count(m_left));
    const Address begin = known->selection.range.begin;
    const ChunkRow* chunk = snapshot->chunkAt(begin);
    const RegionRow* region = snapshot->regionAt(begin);
    if (chunk == nullptr || region == nullptr)
        return {};
    if (known->selection.what == Selection::What::Chunk || chunk->pageCount == 0)
        return chunkSummary(*chunk);
    if (known->selection.range == region->range)
        return regionName(*snapshot, *region);
    return oneLine(*snapshot, targetAt(*snapshot, begin));
}

QRect MapItems::rect(int item) const
{
    const Item* known = at(item);
    return known == nullptr ? QRect() : known->rect;
}

void MapItems::press(int item)
{
    if (const Item* known = at(item)) {
        const Selection selection = known->selection; // the items may be others afterwards
        m_map->choose(selection);
    } else if (m_map->level() < MapLevel::Byte) {
        m_map->setLevel(static_cast<MapLevel>(static_cast<int>(m_map->level()) + 1));
    }
}

QAccessible::Role MapItems::role(int item) const
{
    return at(item) == nullptr ? QAccessible::StaticText : QAccessible::ListItem;
}

int MapItems::holder() const
{
    collect();
    const Selection& selection = m_map->selection();
    int found = -1;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (m_items[i].selection == selection)
            return static_cast<int>(i);
        if (found < 0 && holds(m_items[i].selection, selection))
            found = static_cast<int>(i);
    }
    return found;
}

bool MapItems::isSelected(int item) const
{
    const Item* known = at(item);
    return known != nullptr && known->selection == m_map->selection();
}

bool MapItems::hasFocus(int item) const { return item == holder(); }

void MapItems::focus(int item)
{
    if (at(item) != nullptr)
        press(item);
}

} // namespace heapatlas
