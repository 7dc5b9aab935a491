// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "replay/replayengine.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas::cli {

/// A trace replayed in an engine, with its decoded columns.
struct TraceReplay
{
    std::string engineId;
    std::unique_ptr<ReplayEngine> engine; ///< at the last event replayed
    TraceColumnsStore store;
    std::vector<AdoptedBlock> initialBlocks;
    CurveBuilder curve; ///< finished
    double seconds = 0; ///< in the engine alone, without reading and decoding
    std::optional<Error> stopped; ///< why the replay ended before the trace did
};

struct TraceReplayOptions
{
    std::string engineId; ///< empty: the one that was recorded
    std::uint64_t until = std::numeric_limits<std::uint64_t>::max(); ///< event count to stop at
    bool wantsStacks = false;
    bool isQuiet = false;
    /// Called with the state after a marker's event, while the first pass runs.
    std::function<void(const Marker& marker, const HeapTotals& totals)> atMarker;
};

/// Reads and replays. Fails as createReplayEngine(); what damage leaves out ends the replay and is told in `stopped`.
/// The reader must be at its beginning.
[[nodiscard]] Result<TraceReplay> replayTrace(TraceReader& reader, const TraceReplayOptions& options);

/// A sentence about what the replay met that cannot be, or empty.
[[nodiscard]] std::string oddityText(const ReplayOddities& oddities);

} // namespace heapatlas::cli
