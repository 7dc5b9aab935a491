// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/replayfigures.h"

#include <algorithm>
#include <chrono>

namespace heapatlas {

Result<std::unique_ptr<ReplayEngine>> createReplayEngine(
    const TraceReader& reader, const std::string& engineId, bool* beginsEmpty)
{
    ReplayStart start;
    start.state = reader.initialState();
    start.blocks = reader.liveBlocks();
    start.info = reader.info();
    const std::string id = engineId.empty() ? start.info.metaValue("allocator") : engineId;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(id, start);
    if (start.state != nullptr && !engine && engine.error().code == ErrorCode::CorruptedState) {
        start.state = nullptr;
        start.blocks.clear();
        engine = createReplayEngine(id, start);
    }
    if (beginsEmpty != nullptr)
        *beginsEmpty = start.state == nullptr;
    return engine;
}

Result<ReplayFigures> replayFigures(TraceReader& reader, const ReplayFiguresOptions& options)
{
    ReplayFigures figures;
    figures.engine = options.engineId.empty() ? reader.info().metaValue("allocator") : options.engineId;
    Result<std::unique_ptr<ReplayEngine>> created = createReplayEngine(reader, options.engineId);
    if (!created)
        return created.error();
    ReplayEngine& engine = **created;

    using Clock = std::chrono::steady_clock;
    Clock::duration elapsed {};
    EventColumns columns;
    const std::uint64_t last = options.at.value_or(~std::uint64_t { 0 });
    while (engine.position() < last
        && reader.readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) {
        if (columns.firstEvent == engine.position() && reader.isDiscontinuous()
            && reader.resyncState() != nullptr) {
            if (const Result<void> synced = engine.resync(*reader.resyncState(), reader.liveBlocks());
                !synced)
                return synced.error();
        } else if (columns.firstEvent != engine.position() || reader.isDiscontinuous()) {
            figures.error = Error { ErrorCode::MalformedTrace, "events are missing", reader.bytesRead() };
            break;
        }
        const std::uint64_t end = std::min<std::uint64_t>(last, columns.firstEvent + columns.count());
        const auto begun = Clock::now();
        while (engine.position() < end) {
            if (options.interrupt && options.interrupt())
                return Error { ErrorCode::Cancelled, "replay", {} };
            const std::uint64_t stop = std::min<std::uint64_t>(end, engine.position() + 1024);
            engine.run(columns, static_cast<std::size_t>(stop - columns.firstEvent), reader.slotCapacity(),
                reader.markers());
        }
        elapsed += Clock::now() - begun;
        if (options.progress)
            options.progress(engine.position(), reader.bytesRead());
    }
    if (!figures.error && !reader.info().damage.empty())
        figures.error = reader.info().damage.front();
    figures.events = engine.position();
    figures.totals = engine.totals();
    figures.oddities = engine.oddities();
    figures.seconds = std::chrono::duration<double>(elapsed).count();
    figures.eventsPerSecond = figures.seconds > 0 ? static_cast<double>(figures.events) / figures.seconds : 0;
    return figures;
}

} // namespace heapatlas
