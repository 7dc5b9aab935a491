// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/heapsnapshot.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heapatlas {

/// Blocks by how long they lived, in events from the one that made a block to the one that ended it (its free, or a
/// realloc that moved it). Bucket b counts lives of 2^b … 2^(b+1) − 1 events.
struct LifetimeCounts
{
    static constexpr std::size_t buckets = 32; ///< a replay numbers events in 32 bits

    std::array<std::uint64_t, buckets> ended {};
    std::array<std::uint64_t, buckets> live {}; ///< at the end of what was read; by their age there

    [[nodiscard]] static constexpr std::size_t bucketOf(std::uint64_t events)
    {
        const auto bucket = static_cast<std::size_t>(std::bit_width(events | 1) - 1);
        return bucket < buckets ? bucket : buckets - 1;
    }
    /// Shortest life in a bucket.
    [[nodiscard]] static constexpr std::uint64_t shortest(std::size_t bucket)
    {
        return std::uint64_t { 1 } << bucket;
    }
};

/// How long the blocks of a trace lived: all, and by what they stood in. Blocks that were live before the recording, or
/// that an interruption of it made forget, are in none of the counts.
struct Lifetimes
{
    struct Class
    {
        RegionKind kind = RegionKind::SmallRun; ///< or LargeRun, Huge
        std::uint8_t sizeClass = 0; ///< SmallRun: index of the class, as in a snapshot
        Bytes slotBytes = 0; ///< SmallRun: bytes a slot
        LifetimeCounts counts;
    };

    LifetimeCounts all;
    std::vector<Class> classes; ///< those that had blocks: size classes ascending, then large, then huge
};

} // namespace heapatlas
