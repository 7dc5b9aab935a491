// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maptarget.h"

#include "model/cellcode.h"
#include "session/wording.h"
#include "ui/views/map/mapscene.h"

#include <QCoreApplication>

#include <algorithm>

namespace heapatlas {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Map", text); }

/// "Chunk 2, page 267" or, for several pages, "Chunk 2, pages 12–24".
QString placeOf(const HeapSnapshot& snapshot, const MapTarget& target)
{
    const ChunkRow& chunk = snapshot.chunks()[target.region->chunk];
    if (chunk.pageCount == 0)
        return wording::address(target.range.begin);
    const Bytes last = (target.range.end - chunk.range.begin - 1) / snapshot.pageBytes();
    QString place = chunkName(chunk) + QStringLiteral(", ");
    place +=
        last > target.page ? tr("pages %1–%2").arg(target.page).arg(last) : tr("page %1").arg(target.page);
    if (target.kind == MapTarget::Kind::Slot || target.kind == MapTarget::Kind::FreeSlot)
        place += tr(", slot %1 of %2").arg(target.slot).arg(target.region->slotCount);
    return place;
}

QString titleOf(const MapTarget& target)
{
    switch (target.kind) {
    case MapTarget::Kind::Slot:
        return tr("%1 slot, in use").arg(wording::size(target.region->slotBytes));
    case MapTarget::Kind::FreeSlot:
        return tr("%1 slot, free").arg(wording::size(target.region->slotBytes));
    case MapTarget::Kind::RunTail:
        return tr("Unused end of a %1 run, %2")
            .arg(wording::size(target.region->slotBytes), wording::size(target.range.size()));
    case MapTarget::Kind::FreePages:
        return target.range.size() > 4096 ? tr("Free pages, %1").arg(wording::size(target.range.size()))
                                          : tr("Free page");
    case MapTarget::Kind::Header:
        return tr("Chunk header, %1").arg(wording::size(target.range.size()));
    case MapTarget::Kind::Large:
        return tr("Large run, %1").arg(wording::size(target.range.size()));
    case MapTarget::Kind::Huge:
        return tr("Huge block, %1").arg(wording::size(target.range.size()));
    case MapTarget::Kind::Nothing:
        break;
    }
    return {};
}

/// "51 B asked for, 5 B slack", or empty where the request is not known.
QString requestOf(const MapTarget& target)
{
    Bytes asked = 0;
    if (target.block != nullptr)
        asked = target.block->requested;
    else if (target.kind == MapTarget::Kind::Large || target.kind == MapTarget::Kind::Huge)
        asked = target.region->requested;
    const Bytes size = target.range.size();
    if (asked == 0 || asked >= size)
        return {};
    return tr("%1 asked for, %2 slack").arg(wording::size(asked), wording::size(size - asked));
}

} // namespace

Selection MapTarget::selection() const
{
    switch (kind) {
    case Kind::Nothing:
        return {};
    case Kind::Slot:
    case Kind::Large:
    case Kind::Huge:
        return { Selection::What::Block, range };
    case Kind::FreeSlot:
        return { Selection::What::Slot, range };
    case Kind::Header:
    case Kind::FreePages:
    case Kind::RunTail:
        return { Selection::What::Region, region->range };
    }
    return {};
}

MapTarget targetAt(const HeapSnapshot& snapshot, Address address)
{
    MapTarget target;
    const RegionRow* region = snapshot.regionAt(address);
    if (region == nullptr)
        return target;
    target.region = region;
    target.range = region->range;
    switch (region->kind) {
    case RegionKind::Header:
        target.kind = MapTarget::Kind::Header;
        break;
    case RegionKind::Free:
        target.kind = MapTarget::Kind::FreePages;
        break;
    case RegionKind::LargeRun:
        target.kind = MapTarget::Kind::Large;
        break;
    case RegionKind::Huge:
        target.kind = MapTarget::Kind::Huge;
        break;
    case RegionKind::SmallRun: {
        const Bytes slot = std::max<Bytes>(1, region->slotBytes);
        const Bytes index = (address - region->range.begin) / slot;
        if (index >= region->slotCount) {
            target.kind = MapTarget::Kind::RunTail;
            target.range.begin = region->range.begin + region->slotCount * slot;
            break;
        }
        target.slot = static_cast<std::uint32_t>(index);
        target.range = { region->range.begin + index * slot, region->range.begin + (index + 1) * slot };
        target.kind =
            snapshot.isSlotLive(*region, target.slot) ? MapTarget::Kind::Slot : MapTarget::Kind::FreeSlot;
        break;
    }
    }
    const bool isLive = target.kind == MapTarget::Kind::Slot || target.kind == MapTarget::Kind::Large
        || target.kind == MapTarget::Kind::Huge;
    if (isLive)
        target.block = snapshot.blockAt(target.range.begin);
    const ChunkRow& chunk = snapshot.chunks()[region->chunk];
    target.page = static_cast<std::uint32_t>((target.range.begin - chunk.range.begin) / snapshot.pageBytes());
    return target;
}

Selection pageSelection(const HeapSnapshot& snapshot, Address address)
{
    const ChunkRow* chunk = snapshot.chunkAt(address);
    if (chunk == nullptr)
        return {};
    if (chunk->pageCount == 0)
        return { Selection::What::Block, chunk->range };
    const Bytes page = snapshot.pageBytes();
    const Address begin = chunk->range.begin + (address - chunk->range.begin) / page * page;
    return { Selection::What::Page, { begin, begin + page } };
}

QStringList tooltipLines(const HeapSnapshot& snapshot, const MapTarget& target, const QString& site)
{
    if (target.kind == MapTarget::Kind::Nothing)
        return {};
    QStringList lines { titleOf(target) };
    const QString request = requestOf(target);
    if (!request.isEmpty())
        lines += request;
    if (!site.isEmpty())
        lines += site;
    if (target.block != nullptr) {
        lines += target.block->bornEvent == 0
            ? tr("alive since before the recording")
            : tr("born at event %1").arg(wording::count(target.block->bornEvent - 1));
    }
    lines += placeOf(snapshot, target);
    return lines;
}

QString oneLine(const HeapSnapshot& snapshot, const MapTarget& target)
{
    return tooltipLines(snapshot, target, {}).join(QStringLiteral(", "));
}

QStringList pageTooltipLines(const HeapSnapshot& snapshot, Address address)
{
    const MapTarget target = targetAt(snapshot, address);
    if (target.region == nullptr)
        return {};
    const ChunkRow& chunk = snapshot.chunks()[target.region->chunk];
    if (chunk.pageCount == 0)
        return tooltipLines(snapshot, target, {});
    QStringList lines;
    const Bytes page = (address - chunk.range.begin) / snapshot.pageBytes();
    lines += tr("Page %1 of %2").arg(page).arg(chunkName(chunk));
    const RegionRow& region = *target.region;
    const Bytes pages = region.range.size() / snapshot.pageBytes();
    if (region.kind == RegionKind::SmallRun)
        lines += tr("%1 class, %2 of %3 slots used")
                     .arg(wording::size(region.slotBytes), wording::count(region.liveSlots),
                         wording::count(region.slotCount));
    else
        lines += titleOf(target);
    if (pages > 1)
        lines += tr("in a run of %1 pages").arg(pages);
    return lines;
}

QStringList cellTooltipLines(const HeapSnapshot& snapshot, AddressRange cell)
{
    const ChunkRow* chunk = snapshot.chunkAt(cell.begin);
    if (chunk == nullptr)
        return {};
    const Bytes first = (cell.begin - chunk->range.begin) / snapshot.pageBytes();
    const Bytes last = (cell.end - chunk->range.begin - 1) / snapshot.pageBytes();
    const CellSums sums = cellSums(snapshot, cell);
    QStringList lines { tr("Pages %1–%2 of %3").arg(first).arg(last).arg(chunkName(*chunk)) };
    lines += tr("%1 live, %2 free").arg(wording::size(sums.live + sums.slack), wording::size(sums.free));
    if (sums.slack > 0)
        lines += tr("%1 of it slack").arg(wording::size(sums.slack));
    if (sums.overhead > 0)
        lines += tr("%1 for the allocator itself").arg(wording::size(sums.overhead));
    return lines;
}

QString breakLabel(Bytes gap) { return tr("%1 of address space not used").arg(wording::size(gap)); }

QStringList breakLines(Bytes gap)
{
    return { breakLabel(gap), tr("between two pieces of the heap; not to scale") };
}

Selection neighbour(const HeapSnapshot& snapshot, const Selection& from, bool isForward)
{
    const auto targetFor = [&snapshot](Address at) { return targetAt(snapshot, at).selection(); };
    const auto chunks = snapshot.chunks();
    if (chunks.empty())
        return from;
    if (from.what == Selection::What::Nothing)
        return targetFor(chunks.front().range.begin);
    if (isForward) {
        Address next = from.range.end;
        const MapTarget here = targetAt(snapshot, next);
        // The unused end of a run is no stop of its own.
        if (here.kind == MapTarget::Kind::RunTail)
            next = here.region->range.end;
        if (snapshot.chunkAt(next) == nullptr) {
            const auto it = std::find_if(chunks.begin(), chunks.end(),
                [&from](const ChunkRow& c) { return c.range.begin >= from.range.end; });
            if (it == chunks.end())
                return from;
            next = it->range.begin;
        }
        return targetFor(next);
    }
    Address before = from.range.begin;
    const ChunkRow* chunk = snapshot.chunkAt(before);
    if (chunk == nullptr || before == chunk->range.begin) {
        const auto it = std::find_if(
            chunks.rbegin(), chunks.rend(), [&before](const ChunkRow& c) { return c.range.end <= before; });
        if (it == chunks.rend())
            return from;
        before = it->range.end;
    }
    const MapTarget target = targetAt(snapshot, before - 1);
    if (target.kind == MapTarget::Kind::RunTail && target.region->slotCount > 0)
        return targetFor(target.range.begin - 1);
    return target.selection();
}

} // namespace heapatlas
