// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/inspectorfacts.h"

#include "session/wording.h"

#include <QCoreApplication>

#include <algorithm>

namespace heapatlas {

namespace {

using Row = InspectorFacts::Row;
using Swatch = InspectorFacts::Swatch;

QString text(const char* source) { return QCoreApplication::translate("Inspector", source); }

Row sizeRow(const char* name, Bytes bytes)
{
    return { text(name), wording::size(bytes), wording::exactSize(bytes) };
}

/// "Chunk 2", or empty for a huge block, which has a mapping of its own.
QString chunkName(const HeapSnapshot& snapshot, const RegionRow& region)
{
    if (region.kind == RegionKind::Huge || region.chunk >= snapshot.chunks().size())
        return {};
    return text("chunk %1").arg(snapshot.chunks()[region.chunk].ordinal);
}

std::uint64_t pageOf(const HeapSnapshot& snapshot, const RegionRow& region, Address address)
{
    return (address - snapshot.chunks()[region.chunk].range.begin) / snapshot.pageBytes();
}

/// "chunk 2, page 267" or "chunk 2, pages 12 – 23".
QString pagesText(const HeapSnapshot& snapshot, const RegionRow& region, AddressRange range)
{
    const std::uint64_t first = pageOf(snapshot, region, range.begin);
    const std::uint64_t last = pageOf(snapshot, region, range.end - 1);
    const QString pages =
        first == last ? text("page %1").arg(first) : text("pages %1 – %2").arg(first).arg(last);
    return chunkName(snapshot, region) + QStringLiteral(", ") + pages;
}

Swatch swatchOf(const RegionRow& region)
{
    switch (region.kind) {
    case RegionKind::Header:
        return Swatch::Header;
    case RegionKind::Free:
        return Swatch::FreePage;
    case RegionKind::SmallRun:
        return Swatch::SizeClass;
    case RegionKind::LargeRun:
        return Swatch::LargeRun;
    case RegionKind::Huge:
        return Swatch::Huge;
    }
    return Swatch::None;
}

QString slotsUsed(const RegionRow& region)
{
    return text("%1 of %2 slots used")
        .arg(wording::count(region.liveSlots), wording::count(region.slotCount));
}

void addPosition(InspectorFacts& facts, const HeapSnapshot& snapshot, const RegionRow& region, Address begin)
{
    if (region.kind == RegionKind::Huge) {
        facts.where << Row { text("Position"), text("a mapping of its own"), {} };
        return;
    }
    if (region.kind == RegionKind::SmallRun && region.slotBytes > 0) {
        const std::uint64_t slot = (begin - region.range.begin) / region.slotBytes;
        facts.where << Row { text("Position"),
            text("page %1, slot %2 of %3")
                .arg(pageOf(snapshot, region, begin))
                .arg(slot)
                .arg(region.slotCount),
            chunkName(snapshot, region) };
        return;
    }
    facts.where << Row { text("Position"), pagesText(snapshot, region, region.range), {} };
}

void addBlock(
    InspectorFacts& facts, const HeapSnapshot& snapshot, const RegionRow& region, const BlockRow* block)
{
    facts.fill = swatchOf(region);
    addPosition(facts, snapshot, region, facts.address);
    if (region.kind == RegionKind::SmallRun)
        facts.where << Row { text("Size class"), wording::sizeClass(region), slotsUsed(region),
            Swatch::SizeClass };
    else
        facts.where << Row { text("Kind"), wording::regionTitle(region), {}, facts.fill };
    if (block == nullptr)
        return;
    const bool isGuess = block->bornEvent == 0 && block->requested == block->size;
    if (isGuess) {
        facts.where << Row { text("Size"), wording::size(block->size), wording::exactSize(block->size) };
        facts.where << Row { text("Requested"), text("not known, live before recording"), {} };
        return;
    }
    const Bytes slack = block->size - std::min(block->requested, block->size);
    facts.where << Row { text("Requested"),
        slack == 0
            ? wording::size(block->requested)
            : text("%1, rounded to %2").arg(wording::size(block->requested), wording::size(block->size)),
        wording::exactSize(block->requested) };
    const double share = block->size == 0 ? 0 : static_cast<double>(slack) / static_cast<double>(block->size);
    facts.where << Row { text("Slack"),
        slack == 0 ? text("none")
                   : QStringLiteral("%1 (%2)").arg(wording::size(slack), wording::percent(share)),
        wording::exactSize(slack) };
}

void addLife(InspectorFacts& facts, const BlockDetails& details, std::span<const Marker> markers,
    std::uint64_t cursor, std::uint64_t events)
{
    InspectorFacts::Life life;
    life.born = details.block.bornEvent;
    life.freed = details.freedEvent;
    life.cursor = cursor;
    life.events = events;
    life.bornText =
        life.born == 0 ? text("before the recording") : text("born %1").arg(wording::count(life.born - 1));
    const std::uint64_t age = cursor - std::min(cursor, life.born);
    const auto gcRuns =
        static_cast<std::uint64_t>(std::count_if(markers.begin(), markers.end(), [&](const Marker& m) {
            return std::holds_alternative<GcMarker>(m.what) && m.event >= life.born && m.event < cursor;
        }));
    const QString alive = text("alive %1").arg(wording::events(age));
    if (life.freed) {
        life.stateText = text("freed %1").arg(wording::count(*life.freed));
    } else if (gcRuns > 0) {
        life.stateText =
            alive + (gcRuns == 1 ? text(", 1 GC run") : text(", %1 GC runs").arg(wording::count(gcRuns)));
    } else {
        life.stateText = alive;
    }
    facts.life = life;
}

void describeChunk(InspectorFacts& facts, const HeapSnapshot& snapshot, const ChunkRow& chunk)
{
    if (chunk.pageCount == 0) {
        facts.title = text("Huge block, %1").arg(wording::size(chunk.range.size()));
        facts.where << sizeRow("Size", chunk.range.size());
        return;
    }
    facts.title = text("Chunk %1").arg(chunk.ordinal);
    const Bytes size = chunk.range.size();
    facts.where << sizeRow("Size", size);
    facts.where << Row { text("Used"),
        QStringLiteral("%1 (%2)").arg(wording::size(chunk.usedBytes),
            wording::percent(
                static_cast<double>(chunk.usedBytes) / static_cast<double>(std::max<Bytes>(size, 1)))),
        wording::exactSize(chunk.usedBytes) };
    facts.where << Row { text("Free pages"),
        text("%1 of %2").arg(wording::count(chunk.freePages), wording::count(chunk.pageCount)), {},
        Swatch::FreePage };
    std::uint64_t smallRuns = 0;
    std::uint64_t largeRuns = 0;
    Bytes hole = 0;
    const auto regions = snapshot.regions();
    const std::size_t last = std::min<std::size_t>(chunk.firstRegion + chunk.regionCount, regions.size());
    for (std::size_t row = chunk.firstRegion; row < last; ++row) {
        smallRuns += regions[row].kind == RegionKind::SmallRun ? 1U : 0U;
        largeRuns += regions[row].kind == RegionKind::LargeRun ? 1U : 0U;
        if (regions[row].kind == RegionKind::Free)
            hole = std::max(hole, regions[row].range.size());
    }
    if (chunk.regionCount > 0) {
        facts.where << Row { text("Largest hole"), wording::size(hole), wording::exactSize(hole) };
        facts.where << Row { text("Small runs"), wording::count(smallRuns), {} };
        facts.where << Row { text("Large runs"), wording::count(largeRuns), {} };
    }
    if (chunk.isCached)
        facts.where << Row { text("State"), text("cached: empty, kept for reuse"), {} };
}

void describeRegion(InspectorFacts& facts, const HeapSnapshot& snapshot, const RegionRow& region)
{
    facts.fill = swatchOf(region);
    if (region.kind == RegionKind::Huge)
        facts.where << Row { text("Position"), text("a mapping of its own"), {} };
    else
        facts.where << Row { text("Position"), pagesText(snapshot, region, region.range), {} };
    facts.where << sizeRow("Size", region.range.size());
    switch (region.kind) {
    case RegionKind::SmallRun: {
        const Bytes freeBytes = Bytes { region.slotCount - region.liveSlots } * region.slotBytes;
        facts.where << Row { text("Size class"), wording::sizeClass(region), {}, Swatch::SizeClass };
        facts.where << Row { text("Slots"), slotsUsed(region), {} };
        facts.where << sizeRow("Free in slots", freeBytes);
        break;
    }
    case RegionKind::LargeRun:
    case RegionKind::Huge:
        facts.where << sizeRow("Requested", region.requested);
        facts.where << sizeRow(
            "Slack", region.range.size() - std::min(region.requested, region.range.size()));
        break;
    case RegionKind::Header:
        facts.where << Row { text("Holds"), text("the chunk's own page map"), {}, Swatch::Header };
        break;
    case RegionKind::Free:
        facts.where << Row { text("State"), text("free"), {}, Swatch::FreePage };
        break;
    }
}

} // namespace

int sharedAddressDigits(const HeapSnapshot& snapshot)
{
    const auto chunks = snapshot.chunks();
    if (chunks.empty())
        return 0;
    const std::uint64_t low = chunks.front().range.begin.value;
    const std::uint64_t high = chunks.back().range.end.value - 1;
    int shared = 0;
    bool hasStarted = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
        if ((low >> shift) != (high >> shift))
            break;
        hasStarted = hasStarted || (low >> shift) != 0;
        shared += hasStarted ? 1 : 0;
    }
    return shared;
}

InspectorFacts inspectorFacts(const Selection& selection, const HeapSnapshot& snapshot,
    const BlockDetails* details, std::span<const Marker> markers, std::uint64_t events)
{
    InspectorFacts facts;
    if (selection.what == Selection::What::Nothing)
        return facts;
    facts.address = selection.range.begin;
    facts.sharedDigits = sharedAddressDigits(snapshot);
    facts.whereTitle = text("Where");
    if (selection.what == Selection::What::Chunk) {
        if (const ChunkRow* chunk = snapshot.chunkAt(selection.range.begin); chunk != nullptr)
            describeChunk(facts, snapshot, *chunk);
        else
            facts.title = text("Chunk, not mapped at this event");
        return facts;
    }
    const RegionRow* region = snapshot.regionAt(selection.range.begin);
    if (region == nullptr) {
        facts.title = text("Not mapped at this event");
        return facts;
    }
    facts.swatchClass = region->sizeClass;
    switch (selection.what) {
    case Selection::What::Block: {
        const BlockRow* block =
            details != nullptr ? &details->block : snapshot.blockAt(selection.range.begin);
        if (block != nullptr) {
            facts.title = wording::blockTitle(*block, *region);
        } else if (region->kind == RegionKind::SmallRun) {
            // The block is gone (or not here yet) at this event; what is there now is what can be said.
            const auto slot = static_cast<std::uint32_t>(
                (selection.range.begin - region->range.begin) / std::max(region->slotBytes, 1U));
            facts.title = slot < region->slotCount && snapshot.isSlotLive(*region, slot)
                ? text("%1 block").arg(wording::size(region->slotBytes))
                : wording::freeSlotTitle(*region);
        } else {
            facts.title = wording::regionTitle(*region);
        }
        addBlock(facts, snapshot, *region, block);
        if (details != nullptr) {
            addLife(facts, *details, markers, snapshot.eventIndex(), events);
            facts.allocatedBy = details->allocatedBy;
            facts.freedBy = details->freedBy;
            if (facts.allocatedBy.empty()) {
                facts.stackNote = details->block.bornEvent == 0
                    ? text("Not known: this block was live before the recording began.")
                    : text("This trace was recorded without call stacks.");
            }
        }
        break;
    }
    case Selection::What::Slot:
        facts.title = wording::freeSlotTitle(*region);
        addPosition(facts, snapshot, *region, selection.range.begin);
        facts.where << Row { text("Size class"), wording::sizeClass(*region), {}, Swatch::SizeClass };
        facts.where << Row { text("Run"), slotsUsed(*region), {} };
        break;
    case Selection::What::Page: {
        facts.title = text("Page %1").arg(pageOf(snapshot, *region, selection.range.begin));
        facts.where << Row { text("Part of"), wording::regionTitle(*region), {}, swatchOf(*region) };
        describeRegion(facts, snapshot, *region);
        break;
    }
    case Selection::What::Region:
        facts.title = wording::regionTitle(*region);
        describeRegion(facts, snapshot, *region);
        break;
    case Selection::What::Chunk:
    case Selection::What::Nothing:
        break;
    }
    return facts;
}

} // namespace heapatlas
