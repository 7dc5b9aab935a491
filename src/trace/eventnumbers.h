// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heapatlas {

/// A block of events close to how a file stores it: what each row does, and behind one another the numbers that it does not
/// foretell. Who stores the block again need not work them out of the columns.
struct EventNumbers
{
    enum Operation : std::uint8_t
    {
        AllocFreed, ///< in the slot that was freed last within the block and is free still; needs no slot number
        Free,
        AllocElsewhere,
        ReallocInPlace,
        ReallocMoved,
        Rare, ///< anything else: markers, failed requests, blocks that nobody knows
    };

    /// False where some rows that are Rare have numbers too (failed requests): then they are of no use.
    bool isWhole = false;
    std::uint32_t lastSlot = 0; ///< "the slot named before" of the first row
    std::vector<std::uint8_t> operations; ///< one a row
    std::vector<std::uint32_t> slots; ///< Free, Realloc…: difference to the slot named before, zigzag
    std::vector<std::uint32_t>
        elsewhere; ///< AllocElsewhere: difference to one more than the last such slot, zigzag
    std::vector<std::uint32_t> sizes; ///< Alloc…, Realloc…
    std::vector<std::uint32_t> rare; ///< rows that are
    // The vectors of numbers may be longer than the lists.
    std::size_t slotCount = 0;
    std::size_t sizeCount = 0;
};

/// 0, −1, 1, −2 … as 0, 1, 2, 3 …, modulo 2³².
[[nodiscard]] constexpr std::uint32_t zigzagged(std::uint32_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 31));
}
[[nodiscard]] constexpr std::uint32_t unzigzagged(std::uint32_t number)
{
    return (number >> 1) ^ (0 - (number & 1));
}

} // namespace heapatlas
