// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportdata.h"

#include "base/formatsize.h"
#include "cli/oddities.h"
#include "replay/blockcache.h"
#include "replay/rangejobs.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"
#include "session/missing.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace heapatlas::cli {

namespace {

/// The heap was observed anew at an event (the recording had been interrupted).
struct Resync
{
    std::uint64_t event = 0;
    std::vector<AdoptedBlock> blocks;
};

/// The live blocks of the trace by slot, walked over the stored columns: what an engine need not know.
class LiveSet
{
public:
    void adopt(const std::vector<AdoptedBlock>& blocks)
    {
        m_blocks.clear();
        for (const AdoptedBlock& block : blocks)
            set(block.slot, { block.size, 0, true, true });
    }

    /// Applies events [from, to).
    void run(const TraceColumnsStore& store, std::uint64_t from, std::uint64_t to)
    {
        BlockCache cache;
        for (std::size_t b = 0; b < store.blockCount(); ++b) {
            const std::uint64_t begin = store.block(b).firstEvent();
            const std::uint64_t end = store.block(b).endEvent();
            if (from < end && to > begin)
                runRows(cache.columns(store, b), std::max(from, begin) - begin, std::min(to, end) - begin);
        }
    }

    /// Sums by innermost frame, most bytes first.
    [[nodiscard]] std::vector<SiteRow> sites(const TraceReader& reader) const
    {
        std::unordered_map<std::uint32_t, Sum> byStack;
        Sum adopted;
        for (const Block& block : m_blocks) {
            if (!block.isLive)
                continue;
            Sum& sum = block.isAdopted ? adopted : byStack[block.stack];
            sum.bytes += block.size;
            ++sum.blocks;
        }
        // Ordered, so that equal sums come out the same on every run.
        std::map<std::tuple<std::string, std::string, std::string, std::uint32_t>, SiteRow> bySite;
        for (const auto& [stack, sum] : byStack) {
            const Frame frame = reader.site(stack);
            SiteRow& row = bySite[{ frame.file, frame.scope, frame.function, frame.line }];
            row.frame = frame;
            row.bytes += sum.bytes;
            row.blocks += sum.blocks;
        }
        std::vector<SiteRow> rows;
        if (adopted.blocks != 0)
            rows.push_back({ {}, true, adopted.bytes, adopted.blocks });
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
    struct Sum
    {
        Bytes bytes = 0;
        std::uint64_t blocks = 0;
    };

    void runRows(const EventColumns& columns, std::size_t first, std::size_t last)
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

    void set(std::uint32_t slot, const Block& block)
    {
        if (slot == noSlot)
            return;
        if (slot >= m_blocks.size())
            m_blocks.resize(std::max<std::size_t>(slot + std::size_t { 1 }, m_blocks.size() * 2));
        m_blocks[slot] = block;
    }

    std::vector<Block> m_blocks;
};

/// The number of events after which most bytes were live, the first such; 0 for a trace without events.
std::uint64_t findPeak(Timeline& timeline)
{
    if (timeline.curve().isEmpty())
        return 0;
    const auto level = timeline.curve().level(0);
    const auto highest = std::max_element(level.begin(), level.end(),
        [](const UsageBucket& a, const UsageBucket& b) { return a.liveMax < b.liveMax; });
    const std::uint64_t begin = static_cast<std::uint64_t>(highest - level.begin()) * UsageCurve::baseEvents;
    const std::uint64_t end = std::min(begin + UsageCurve::baseEvents, timeline.eventCount());
    std::uint64_t peak = begin;
    Bytes most = 0;
    for (std::uint64_t event = begin + 1; event <= end; ++event) {
        static_cast<void>(timeline.seek(event));
        if (timeline.liveBytes() > most) {
            most = timeline.liveBytes();
            peak = event;
        }
    }
    return peak;
}

/// Reads the trace into the timeline; false where damage ends it early.
bool load(TraceReader& reader, Timeline& timeline, std::vector<Resync>& resyncs, bool isQuiet)
{
    ProgressBar bar("replaying", isQuiet);
    EventColumns columns;
    bool isWhole = true;
    while (reader.readBlock(columns, { .wantsStacks = true, .addresses = AddressChoice::All })) {
        if (reader.isDiscontinuous()) {
            isWhole = columns.firstEvent == timeline.eventCount() && reader.resyncState() != nullptr
                && timeline.resync(*reader.resyncState(), reader.liveBlocks()).isOk();
            if (isWhole)
                resyncs.push_back({ columns.firstEvent, reader.liveBlocks() });
        }
        if (!isWhole || !timeline.append(columns, reader.slotCapacity(), reader.markers())) {
            isWhole = false;
            // What the whole file holds is told all the same.
            while (reader.readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) { }
            break;
        }
        bar.update(reader.bytesRead(), reader.info().fileBytes);
    }
    timeline.finish();
    return isWhole;
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

Result<ReportData> collectReport(TraceReader& reader, bool isQuiet, std::optional<EventRange> range)
{
    bool beginsEmpty = false;
    auto engine = createReplayEngine(reader, {}, &beginsEmpty);
    if (!engine)
        return engine.error();
    LiveSet live;
    live.adopt(reader.liveBlocks());
    std::vector<Resync> resyncs;
    Timeline timeline(std::move(*engine));
    ReportData data;
    data.engineId = reader.info().metaValue("allocator");
    data.isPartial = !load(reader, timeline, resyncs, isQuiet);
    data.info = reader.info();
    data.curve = timeline.curve();
    data.oddities = oddityText(timeline.oddities());
    for (const QString& sentence : wording::missing(data.info, !beginsEmpty, reader.finalState() != nullptr))
        data.missing.push_back(sentence.toStdString());

    for (const Marker& marker : timeline.store().markers()) {
        const bool isGc = std::holds_alternative<GcMarker>(marker.what);
        if (!isGc && !std::holds_alternative<CheckpointMarker>(marker.what))
            continue;
        static_cast<void>(timeline.seek(marker.event + 1)); // cannot be interrupted
        (isGc ? data.gcRuns : data.checkpoints)
            .push_back({ marker, timeline.liveBytes(), timeline.realBytes() });
    }

    const std::uint64_t peakEvent = findPeak(timeline);
    std::map<std::pair<int, Bytes>, ClassRow> classes;
    const auto look = [&](std::uint64_t from, std::uint64_t event, ClassUse ClassRow::*use) {
        for (const Resync& resync : resyncs) {
            if (resync.event < from || resync.event > event)
                continue;
            live.adopt(resync.blocks);
            from = resync.event;
        }
        live.run(timeline.store(), from, event);
        static_cast<void>(timeline.seek(event));
        const SnapshotPtr snapshot = timeline.snapshot(Detail::Regions);
        addClasses(classes, *snapshot, use);
        data.pageBytes = snapshot->pageBytes();
        return momentOf(event, snapshot->totals(), live.sites(reader));
    };
    data.peak = look(0, peakEvent, &ClassRow::atPeak);
    data.end = look(peakEvent, timeline.eventCount(), &ClassRow::atEnd);
    {
        // Without interruption there is always an answer.
        ReplayCursor cursor(timeline.source(), 0);
        data.whole = *rangeFigures(cursor, data.curve, { 0, timeline.eventCount() });
        if (range)
            data.range = rangeFigures(cursor, data.curve, *range);
    }
    data.pins = collectPins(*timeline.snapshot(Detail::Blocks), reader.definitions());
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
