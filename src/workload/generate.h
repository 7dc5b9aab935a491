// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace heapatlas {

struct GenerateOptions
{
    std::string profile = "steady";
    std::uint64_t events = 1'000'000; ///< exactly
    std::uint64_t seed = 1;
    std::uint64_t live = 0; ///< blocks at once, about; 0: the profile's own number
    Bytes heapBytes = Bytes { 4 } << 30; ///< that profile big reaches; at most mostHeapBytes
    /// Called every some ten thousand events; false ends it with Cancelled.
    std::function<bool(std::uint64_t done)> progress {};
};

inline constexpr std::uint64_t mostGeneratedEvents = 4'000'000'000;
inline constexpr std::uint64_t mostLiveBlocks = 20'000'000;
inline constexpr Bytes mostHeapBytes = Bytes { 24 } << 30;

struct GenerateSummary
{
    std::uint64_t events = 0;
    std::uint64_t liveBlocks = 0;
    Bytes live = 0;
    Bytes peak = 0;
    Bytes real = 0;
    Bytes realPeak = 0;
};

/// Runs a synthetic program and writes its trace to `path`: the same options give the same bytes. Memory is bounded by
/// what lives at once. Fails with BadArgument (unknown profile, numbers out of range), CannotWrite or Cancelled; the
/// file is then not worth keeping.
Result<GenerateSummary> generate(const GenerateOptions& options, const std::string& path);

} // namespace heapatlas
