// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

/// Who owned a place of the heap over the whole trace, and how long blocks live in the run around it.
struct SlotLives
{
    static constexpr std::uint64_t never = ~std::uint64_t { 0 };
    /// Lifetimes in events: below 20, 200 … 200 000, and more.
    static constexpr std::array<std::uint64_t, 5> bounds { 20, 200, 2000, 20'000, 200'000 };
    static constexpr std::size_t mostOwners = 20'000;

    struct Owner
    {
        std::uint64_t from = 0; ///< positions [from, to)
        std::uint64_t to = never;
        std::uint64_t born = 0;
    };
    AddressRange run;
    Address place; ///< begin of the block that was asked about
    std::vector<Owner> owners; ///< of the place, by time; the first ones where there are too many
    std::uint64_t ownerCount = 0;
    std::array<std::uint64_t, bounds.size() + 1> lifetimes {}; ///< of ended blocks in the run
    std::uint64_t stillLive = 0; ///< at the end of the trace

    [[nodiscard]] std::uint64_t blocks() const
    {
        std::uint64_t sum = stillLive;
        for (const std::uint64_t count : lifetimes)
            sum += count;
        return sum;
    }
};
using SlotLivesPtr = std::shared_ptr<const SlotLives>;

/// What lived in a box of time × addresses.
struct BoxCount
{
    struct Share
    {
        std::uint32_t stack = 0;
        std::uint64_t blocks = 0;
        Bytes bytes = 0;
    };
    std::uint64_t blocks = 0;
    Bytes bytes = 0; ///< granted, each block once
    std::uint64_t born = 0; ///< of the blocks, those that came in the box
    std::uint64_t ended = 0; ///< and those that went in it
    std::vector<Share> stacks; ///< by bytes, largest first; every stack
};
using BoxCountPtr = std::shared_ptr<const BoxCount>;

} // namespace heapatlas
