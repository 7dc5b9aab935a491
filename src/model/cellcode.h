// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/heapsnapshot.h"

#include <algorithm>
#include <cstdint>

namespace heapatlas {

/// What a cell of the map looks like, in 16 bits: what fills it, and how far. One table lookup makes it a colour.
struct CellCode
{
    static constexpr unsigned steps = 64; ///< 0 nothing in use … 63 all of it
    static constexpr unsigned full = steps - 1;
    // Looks below 256 are size classes of small runs.
    static constexpr unsigned header = 256;
    static constexpr unsigned free = 257;
    static constexpr unsigned large = 258;
    static constexpr unsigned huge = 259;
    static constexpr unsigned looks = 260;
    static constexpr unsigned count = looks * steps;

    std::uint16_t value = free * steps;

    [[nodiscard]] constexpr unsigned look() const { return value / steps; }
    [[nodiscard]] constexpr unsigned step() const { return value % steps; }
    [[nodiscard]] static constexpr CellCode of(unsigned look, unsigned step)
    {
        return { static_cast<std::uint16_t>(look * steps + step) };
    }
    /// `used` of `room` bytes. Only what is empty looks empty, and only what is full looks full.
    [[nodiscard]] static constexpr CellCode of(unsigned look, std::uint32_t used, std::uint32_t room)
    {
        if (used == 0 || room == 0)
            return of(look, 0U);
        if (used >= room)
            return of(look, full);
        // Of what fits 32 bits the division is several times faster.
        const unsigned step = used <= 0xFFFFFFFF / full
            ? used * full / room
            : static_cast<unsigned>((std::uint64_t { used } * full) / room);
        return of(look, std::clamp(step, 1U, full - 1));
    }
    [[nodiscard]] static constexpr unsigned lookOf(const RegionRow& region)
    {
        switch (region.kind) {
        case RegionKind::Header:
            return header;
        case RegionKind::Free:
            return free;
        case RegionKind::SmallRun:
            return region.sizeClass;
        case RegionKind::LargeRun:
            return large;
        case RegionKind::Huge:
            return huge;
        }
        return free;
    }
    friend constexpr bool operator==(CellCode a, CellCode b) { return a.value == b.value; }
};

/// What a stretch of addresses is used for, in bytes. The sum is the part of the stretch that chunks cover.
struct CellSums
{
    Bytes live = 0; ///< asked for, as far as that is known; else granted
    Bytes slack = 0; ///< granted beyond what was asked for; of slots only where the snapshot has their blocks
    Bytes free = 0; ///< free pages and free slots
    Bytes overhead = 0; ///< the allocator's own pages, and ends of runs that no slot fits in
};

/// Bytes of live slots in [begin, end) of a small run, offsets from the run's begin.
[[nodiscard]] Bytes liveBytes(const HeapSnapshot& snapshot, const RegionRow& region, Bytes begin, Bytes end);

/// The sums of a stretch, exactly. O(log regions + regions and blocks in it).
[[nodiscard]] CellSums cellSums(const HeapSnapshot& snapshot, AddressRange range);

} // namespace heapatlas
