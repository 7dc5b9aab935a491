// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/heapsnapshot.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

/// A block as long as it had one size: its place and the positions at which it was seen there.
struct LifeBar
{
    static constexpr std::uint64_t never = ~std::uint64_t { 0 };

    Address begin;
    Bytes size = 0; ///< granted
    Bytes requested = 0;
    std::uint64_t from = 0; ///< lives at positions [from, to)
    std::uint64_t to = never; ///< never: to the end of the trace
    std::uint64_t born =
        0; ///< of the block, as BlockRow::bornEvent; less than `from` after a realloc in place
    std::uint32_t stack = 0; ///< call stack id of its allocation, 0 unknown
    std::uint32_t slot = 0; ///< live slot of the trace
    RegionKind kind = RegionKind::SmallRun;
    std::uint8_t sizeClass = 0; ///< SmallRun
    bool isContinued = false; ///< ends by a realloc in place: another bar of the block follows

    [[nodiscard]] AddressRange range() const { return { begin, begin + size }; }
    friend bool operator==(const LifeBar&, const LifeBar&) = default;
};

/// Every block in a window of addresses over a stretch of the trace. Immutable.
struct LifeBars
{
    AddressRange window;
    std::uint64_t begin = 0; ///< bars that live at a position in [begin, end]
    std::uint64_t end = 0;
    std::uint64_t knownTo = 0; ///< looked at so far; `end` when complete
    bool isComplete = false;
    std::uint64_t dropped = 0; ///< blocks too short to be seen, left out because there were too many
    std::vector<LifeBar> bars; ///< by begin, then by from

    /// The bar that covers the address at the position, or nullptr.
    [[nodiscard]] const LifeBar* at(Address address, std::uint64_t position) const;
};
using LifeBarsPtr = std::shared_ptr<const LifeBars>;

} // namespace heapatlas
