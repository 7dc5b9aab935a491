// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/verifyresult.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <functional>
#include <stop_token>

namespace heapatlas {

struct VerifyOptions
{
    std::stop_token stop; ///< looked at every 1024 events
    /// Called between blocks of events, on the caller's thread.
    std::function<void(std::uint64_t events, std::uint64_t bytesRead)> progress;
};

/// Replays a recording in its own engine and compares every placement, usage sample, usage figure the program was
/// told, and the final state with what was observed. Streams: holds one block of events.
///
/// Of what was recorded the engine reads the requests, whether each succeeded, and whether a huge block grew in place;
/// never another address. Ends at the first discontinuity (damage): what comes after it cannot be exact, because the
/// state of the allocator there is not known; the final state then counts as absent.
/// Fails with Unsupported where the recording has no initial state or comes from an unknown allocator, with
/// CorruptedState if that state contradicts itself, with Cancelled.
[[nodiscard]] Result<VerifyResult> verify(TraceReader& reader, const VerifyOptions& options = {});

} // namespace heapatlas
