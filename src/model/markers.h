// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace heapatlas {

struct TrimMarker
{
    Bytes returned = 0; ///< what the program was told
};

struct LimitMarker
{
    Bytes requested = 0;
    Bytes resulting = 0;
    Bytes hardLimit = 0; ///< 0 where the allocator has none
    bool accepted = true;
};

/// PHP's gc_status() figures.
struct GcStatus
{
    std::uint64_t runs = 0;
    std::uint64_t collected = 0;
    std::uint64_t threshold = 0;
    std::uint64_t roots = 0;
};

struct GcMarker
{
    std::uint64_t firstEvent = 0; ///< event index when the run began; it ends at the marker's own index
    GcStatus before;
    GcStatus after;
};

struct CheckpointMarker
{
    std::string name;
};

enum class UsageFigure : std::uint8_t
{
    Live, ///< memory_get_usage()
    Real, ///< memory_get_usage(true)
    Peak,
    RealPeak,
    ResetPeak, ///< memory_reset_peak_usage()
};

struct UsageMarker
{
    UsageFigure figure = UsageFigure::Live;
    Bytes value = 0;
};

/// The details of an event that is no allocation.
struct Marker
{
    std::uint64_t event = 0; ///< its event index
    std::variant<TrimMarker, LimitMarker, GcMarker, CheckpointMarker, UsageMarker> what;
};

/// The allocator's own accounting as observed after `event` events.
struct UsageSample
{
    std::uint64_t event = 0;
    Bytes live = 0;
    Bytes peak = 0;
    Bytes real = 0;
    Bytes realPeak = 0;
    std::uint64_t elapsedUs = 0; ///< since recording began
};

} // namespace heapatlas
