// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/tracereplay.h"

#include "cli/console.h"

#include <algorithm>
#include <chrono>

namespace heapatlas::cli {

namespace {

/// Runs the block that was stored last, up to `until` events, and stops at the markers if somebody looks at them.
void runLastBlock(TraceReplay& replay, const TraceReplayOptions& options, std::size_t& nextMarker)
{
    const std::size_t block = replay.store.blockCount() - 1;
    const std::uint64_t first = replay.store.block(block).columns.firstEvent;
    const std::uint64_t end = std::min(options.until, replay.store.eventCount());
    const auto runTo = [&](std::uint64_t event) {
        const auto begun = std::chrono::steady_clock::now();
        replay.engine->run(replay.store, block, event - first, &replay.curve);
        replay.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    const std::vector<Marker>& markers = replay.store.markers();
    for (; options.atMarker && nextMarker < markers.size() && markers[nextMarker].event < end; ++nextMarker) {
        const std::uint64_t after = markers[nextMarker].event + 1;
        if (after > replay.engine->position())
            runTo(after);
        options.atMarker(markers[nextMarker], replay.engine->totals());
    }
    if (replay.engine->position() < end)
        runTo(end);
}

} // namespace

Result<TraceReplay> replayTrace(TraceReader& reader, const TraceReplayOptions& options)
{
    TraceReplay replay;
    replay.engineId = options.engineId.empty() ? reader.info().metaValue("allocator") : options.engineId;
    replay.initialBlocks = reader.liveBlocks();
    ReplayStart start;
    start.state = reader.initialState();
    start.blocks = replay.initialBlocks;
    start.info = reader.info();
    auto engine = createReplayEngine(replay.engineId, start);
    if (!engine)
        return engine.error();
    replay.engine = std::move(*engine);

    ProgressBar bar("replaying", options.isQuiet);
    EventColumns columns;
    std::size_t nextMarker = 0;
    const ColumnChoice choice { .wantsStacks = options.wantsStacks, .wantsAddresses = false };
    while (replay.store.eventCount() < options.until && reader.readBlock(columns, choice)) {
        const auto appended = replay.store.append(columns, reader.slotCapacity());
        if (!appended) {
            replay.stopped = appended.error();
            break;
        }
        replay.store.setMarkers(reader.markers());
        runLastBlock(replay, options, nextMarker);
        bar.update(reader.bytesRead(), reader.info().fileBytes);
    }
    replay.curve.finish();
    return Result<TraceReplay>(std::move(replay));
}

std::string oddityText(const ReplayOddities& oddities)
{
    std::string text;
    const auto add = [&](std::uint64_t count, const char* what) {
        if (count != 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + what;
    };
    add(oddities.unknownBlocks, " frees or reallocations of blocks that were never seen live");
    add(oddities.refused, " requests refused that the recorded allocator granted");
    add(oddities.granted, " requests granted that the recorded allocator refused");
    return text;
}

} // namespace heapatlas::cli
