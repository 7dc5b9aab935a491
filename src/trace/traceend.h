// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/zendmmstate.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

/// The heap at the end of a finished recording.
struct TraceEnd
{
    std::uint64_t events = 0;
    std::vector<AdoptedBlock> blocks; ///< live after the last event; size: bytes asked for
    ZendMmState state; ///< as the recorder saw it there
};

/// Reads no more than the index, the last restart point and what stands behind it: some ten milliseconds, however long
/// the trace. Nothing where that does not do: no index, no final state, damage on the way, an end that was not planned,
/// or interrupted.
[[nodiscard]] std::optional<TraceEnd> readTraceEnd(
    const std::string& path, const std::function<bool()>& interrupt = {});

} // namespace heapatlas
