// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportdata.h"

#include "base/formatsize.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace heapatlas::cli {

namespace {

/// The live blocks of the trace by slot, walked over the stored columns: what an engine need not know.
class LiveSet
{
public:
    explicit LiveSet(const std::vector<AdoptedBlock>& adopted)
    {
        for (const AdoptedBlock& block : adopted)
            set(block.slot, { block.size, 0, true, true });
    }

    /// Applies rows [first, last) of a block.
    void run(const EventColumns& columns, std::size_t first, std::size_t last)
    {
        for (std::size_t i = first; i < last; ++i) {
            const EventCode code = columns.code[i];
            if (code.hasFailed() || code.isUnknownBlock())
                continue;
            const std::uint32_t stack = columns.stack.empty() ? 0 : columns.stack[i];
            if (code.kind() == EventKind::Allocate || code.kind() == EventKind::Reallocate)
                set(columns.slot[i], { columns.requested(i), stack, true, false });
            else if (code.kind() == EventKind::Free)
                set(columns.slot[i], {});
        }
    }

    [[nodiscard]] Bytes bytes() const { return m_bytes; }

    /// Sums by innermost frame, most bytes first.
    [[nodiscard]] std::vector<SiteRow> sites(const TraceReader& reader) const
    {
        using Key = std::tuple<std::string, std::string, std::string, std::uint32_t, bool>;
        std::unordered_map<std::uint32_t, std::pair<Bytes, std::uint64_t>> byStack;
        std::pair<Bytes, std::uint64_t> adopted;
        for (const Block& block : m_blocks) {
            if (!block.isLive)
                continue;
            auto& [bytes, blocks] = block.isAdopted ? adopted : byStack[block.stack];
            bytes += block.size;
            ++blocks;
        }
        std::map<Key, SiteRow> bySite; // ordered, so that equal sums come out the same on every run
        const auto add = [&](const Frame& frame, bool isAdopted, const std::pair<Bytes, std::uint64_t>& sum) {
            SiteRow& row = bySite[Key { frame.file, frame.scope, frame.function, frame.line, isAdopted }];
            row.frame = frame;
            row.isAdopted = isAdopted;
            row.bytes += sum.first;
            row.blocks += sum.second;
        };
        for (const auto& [stack, sum] : byStack)
            add(reader.innermostFrame(stack), false, sum);
        if (adopted.second != 0)
            add({}, true, adopted);
        std::vector<SiteRow> rows;
        rows.reserve(bySite.size());
        for (auto& [key, row] : bySite)
            rows.push_back(std::move(row));
        std::stable_sort(
            rows.begin(), rows.end(), [](const SiteRow& a, const SiteRow& b) { return a.bytes > b.bytes; });
        return rows;
    }

private:
    struct Block
    {
        Bytes size = 0;
        std::uint32_t stack = 0;
        bool isLive = false;
        bool isAdopted = false;
    };

    void set(std::uint32_t slot, const Block& block)
    {
        if (slot == noSlot)
            return;
        if (slot >= m_blocks.size())
            m_blocks.resize(std::max<std::size_t>(slot + std::size_t { 1 }, m_blocks.size() * 2));
        m_bytes += block.size - m_blocks[slot].size; // wraps and comes back: sizes of dead blocks are 0
        m_blocks[slot] = block;
    }

    std::vector<Block> m_blocks;
    Bytes m_bytes = 0;
};

/// Begin of the stretch of the finest level where live bytes were highest; the first one on ties.
std::pair<std::uint64_t, std::uint64_t> peakStretch(const UsageCurve& curve)
{
    if (curve.isEmpty())
        return { 0, 0 };
    const auto level = curve.level(0);
    const auto highest = std::max_element(level.begin(), level.end(),
        [](const UsageBucket& a, const UsageBucket& b) { return a.liveMax < b.liveMax; });
    const auto index = static_cast<std::uint64_t>(highest - level.begin());
    return { index * UsageCurve::baseEvents, std::min((index + 1) * UsageCurve::baseEvents, curve.events()) };
}

Moment momentOf(std::uint64_t event, const HeapTotals& totals, std::vector<SiteRow> sites)
{
    Moment moment;
    moment.event = event;
    moment.totals = totals;
    moment.siteCount = sites.size();
    if (sites.size() > ReportData::maxSites)
        sites.resize(ReportData::maxSites);
    moment.sites = std::move(sites);
    return moment;
}

/// Adds what a snapshot says of each size class. Keys sort as the rows shall stand.
void addClasses(
    std::map<std::pair<int, Bytes>, ClassRow>& rows, const HeapSnapshot& snapshot, ClassUse ClassRow::*moment)
{
    for (const RegionRow& region : snapshot.regions()) {
        const bool isSmall = region.kind == RegionKind::SmallRun;
        if (!isSmall && region.kind != RegionKind::LargeRun && region.kind != RegionKind::Huge)
            continue;
        const int order = isSmall ? 0 : region.kind == RegionKind::LargeRun ? 1 : 2;
        ClassRow& row = rows[{ order, isSmall ? Bytes { region.slotBytes } : 0 }];
        row.slotBytes = isSmall ? Bytes { region.slotBytes } : 0;
        row.name = isSmall ? formatSize(region.slotBytes) : order == 1 ? "large" : "huge";
        ClassUse& use = row.*moment;
        ++use.runs;
        use.blocks += isSmall ? region.liveSlots : 1;
        use.slots += isSmall ? region.slotCount : 1;
        use.liveBytes += isSmall ? Bytes { region.liveSlots } * region.slotBytes : region.range.size();
    }
}

} // namespace

Result<ReportData> collectReport(TraceReader& reader, bool isQuiet)
{
    ReportData data;
    TraceReplayOptions options;
    options.wantsStacks = true;
    options.isQuiet = isQuiet;
    options.atMarker = [&](const Marker& marker, const HeapTotals& totals) {
        if (std::holds_alternative<GcMarker>(marker.what))
            data.gcRuns.push_back({ marker, totals.live, totals.real });
        else if (std::holds_alternative<CheckpointMarker>(marker.what))
            data.checkpoints.push_back({ marker, totals.live, totals.real });
    };
    auto replayed = replayTrace(reader, options);
    if (!replayed)
        return replayed.error();
    TraceReplay& replay = *replayed;
    data.info = reader.info();
    data.engineId = replay.engineId;
    data.curve = replay.curve.curve;
    data.oddities = oddityText(replay.engine->oddities());
    data.isPartial = replay.stopped.has_value();

    // The engine's second run and the live set go together, so that both stop at the peak: within its stretch the
    // event after which most bytes are live.
    const auto [stretchBegin, stretchEnd] = peakStretch(data.curve);
    const std::unique_ptr<ReplayEngine> second = replay.engine->sibling();
    LiveSet live(replay.initialBlocks);
    std::uint64_t peakEvent = 0;
    Bytes peakLive = 0;
    {
        const std::unique_ptr<ReplayEngine> scout = replay.engine->sibling();
        for (std::size_t b = 0; b < replay.store.blockCount(); ++b) {
            const EventColumns& columns = replay.store.block(b).columns;
            const std::uint64_t blockEnd = columns.firstEvent + columns.count();
            while (scout->position() < std::min(blockEnd, stretchEnd)) {
                const std::uint64_t next = scout->position() < stretchBegin ? std::min(blockEnd, stretchBegin)
                                                                            : scout->position() + 1;
                scout->run(replay.store, b, next - columns.firstEvent);
                if (next > stretchBegin && scout->totals().live > peakLive) {
                    peakLive = scout->totals().live;
                    peakEvent = next;
                }
            }
        }
    }
    bool isAtPeak = peakEvent == 0;
    if (isAtPeak)
        data.peak = momentOf(0, second->totals(), live.sites(reader));
    for (std::size_t b = 0; b < replay.store.blockCount(); ++b) {
        const EventColumns& columns = replay.store.block(b).columns;
        const std::uint64_t blockEnd = columns.firstEvent + columns.count();
        const std::uint64_t stop = std::clamp(peakEvent, columns.firstEvent, blockEnd);
        const std::size_t row = stop - columns.firstEvent;
        live.run(columns, 0, row);
        if (second->position() < stop)
            second->run(replay.store, b, row);
        if (!isAtPeak && stop == peakEvent) {
            isAtPeak = true;
            data.peak = momentOf(peakEvent, second->totals(), live.sites(reader));
        }
        live.run(columns, row, columns.count());
    }
    data.end = momentOf(replay.engine->position(), replay.engine->totals(), live.sites(reader));
    std::map<std::pair<int, Bytes>, ClassRow> classes;
    const AddressRange all = AddressRange::everything();
    addClasses(classes, *second->snapshot(Detail::Regions, all), &ClassRow::atPeak);
    const SnapshotPtr atEnd = replay.engine->snapshot(Detail::Regions, all);
    addClasses(classes, *atEnd, &ClassRow::atEnd);
    data.pageBytes = atEnd->pageBytes();
    for (auto& [key, row] : classes)
        data.classes.push_back(std::move(row));
    return Result<ReportData>(std::move(data));
}

std::vector<UsageBucket> resampled(const UsageCurve& curve, std::size_t columns)
{
    std::vector<UsageBucket> result;
    if (curve.isEmpty() || columns == 0)
        return result;
    // From a level with several buckets a column, so that their borders do not show.
    const auto level = curve.level(curve.levelFor(columns * 16));
    const std::size_t count = std::min(columns, level.size());
    for (std::size_t c = 0; c < count; ++c) {
        const std::size_t begin = c * level.size() / count;
        const std::size_t end = std::max(begin + 1, (c + 1) * level.size() / count);
        UsageBucket joined = level[begin];
        for (std::size_t i = begin + 1; i < end; ++i)
            joined.include(level[i]);
        result.push_back(joined);
    }
    return result;
}

} // namespace heapatlas::cli
