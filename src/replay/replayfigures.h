// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/heapsnapshot.h"
#include "replay/interrupt.h"
#include "replay/replayengine.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace heapatlas {

/// What `hatlas replay` tells of a trace in an engine.
struct ReplayFigures
{
    std::string engine; ///< id
    std::uint64_t events = 0; ///< replayed
    HeapTotals totals; ///< after them
    Bytes pageBytes = 4096;
    ReplayOddities oddities;
    double seconds = 0; ///< replaying alone, without reading and decoding
    double eventsPerSecond = 0;
    /// Why the replay ended before the event asked for: damage of the trace.
    std::optional<Error> error;
};

struct ReplayFiguresOptions
{
    std::string engineId; ///< empty: the one that the trace was recorded from
    std::optional<std::uint64_t> at; ///< state after that many events; unset: all of them
    Interrupt interrupt;
    std::function<void(std::uint64_t events, std::uint64_t bytesRead)> progress; ///< between blocks of events
};

/// Replays block by block, so that memory does not grow with the trace. The reader must be at its beginning.
/// Fails with Unsupported for an unknown engine, with Cancelled, and as createReplayEngine().
[[nodiscard]] Result<ReplayFigures> replayFigures(
    TraceReader& reader, const ReplayFiguresOptions& options = {});

/// The engine of a trace that was just opened: `engineId`, or if empty the recorded allocator's, at event 0. Where the
/// heap at the start was not recorded, or cannot be one, it begins with an empty heap, which `beginsEmpty` tells.
[[nodiscard]] Result<std::unique_ptr<ReplayEngine>> createReplayEngine(
    const TraceReader& reader, const std::string& engineId, bool* beginsEmpty = nullptr);

} // namespace heapatlas
