// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventrange.h"
#include "model/eventtotals.h"

#include <algorithm>
#include <cstdint>

namespace heapatlas {

/// Usage of the heap at one moment.
struct UsageMoment
{
    Bytes live = 0; ///< granted to the program
    Bytes real = 0; ///< from the operating system
    Bytes requested = 0; ///< asked for by live blocks
    std::uint64_t liveBlocks = 0;
};

/// What happened in a range of events, exactly.
struct RangeFigures
{
    EventRange range;
    EventSums sums;
    UsageMoment before; ///< at range.begin
    UsageMoment after; ///< at range.end
    Bytes peakLive = 0; ///< the most after any event of the range, or before its first
    Bytes peakReal = 0;

    /// Asked for by blocks that are not there any more: what was there, and what came, less what is there. A
    /// reallocation gives its old bytes back.
    [[nodiscard]] Bytes bytesFreed() const
    {
        const Bytes had = before.requested + sums.bytesAllocated;
        return had - std::min(had, after.requested);
    }
};

} // namespace heapatlas
