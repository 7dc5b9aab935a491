// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventrange.h"
#include "model/usagecurve.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

/// Usage of a short stretch of events, finer than the curve of the whole trace: buckets of `stride` events, of one
/// event each where it says what happened exactly.
struct UsageCloseUp
{
    EventRange range;
    std::uint64_t stride = 1; ///< a power of two
    std::vector<UsageBucket> buckets; ///< ceil(range.size() / stride); the last one may cover fewer events

    /// The stride with which a stretch of `events` events fills `columns` columns, each with one bucket at least;
    /// UsageCurve::baseEvents where the curve itself is fine enough.
    [[nodiscard]] static constexpr std::uint64_t strideFor(double events, double columns)
    {
        std::uint64_t stride = 1;
        while (stride < UsageCurve::baseEvents && static_cast<double>(stride * 2) * columns <= events)
            stride *= 2;
        return stride;
    }
};

} // namespace heapatlas
