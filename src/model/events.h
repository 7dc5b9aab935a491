// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace heapatlas {

/// What an event of a trace is. The order is part of nothing: files have their own codes.
enum class EventKind : std::uint8_t
{
    Allocate,
    Free,
    Reallocate,
    Trim, ///< free memory given back on request (PHP: gc_mem_caches)
    Limit, ///< the memory limit was set
    Gc, ///< a cycle-collector run ended
    Checkpoint, ///< named by the user
    Usage, ///< the program was told a usage figure
};

/// "alloc", "free", "realloc", "trim", "limit", "gc", "checkpoint", "usage": the words of `hatlas events`.
[[nodiscard]] std::string_view eventKindName(EventKind kind);

/// One byte an event: the kind and what else replay needs to know.
struct EventCode
{
    static constexpr std::uint8_t kindMask = 0x07;
    static constexpr std::uint8_t failed = 0x08; ///< the request failed; no block changed
    static constexpr std::uint8_t inPlace = 0x10; ///< a realloc kept its recorded address
    static constexpr std::uint8_t unknownBlock =
        0x20; ///< a free or realloc of a block never seen live; slot is noSlot

    std::uint8_t bits = 0;

    [[nodiscard]] constexpr EventKind kind() const { return static_cast<EventKind>(bits & kindMask); }
    [[nodiscard]] constexpr bool hasFailed() const { return (bits & failed) != 0; }
    [[nodiscard]] constexpr bool isInPlace() const { return (bits & inPlace) != 0; }
    [[nodiscard]] constexpr bool isUnknownBlock() const { return (bits & unknownBlock) != 0; }
    static constexpr EventCode of(EventKind kind, std::uint8_t flags = 0)
    {
        return { static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | flags) };
    }
};

inline constexpr std::uint32_t noSlot = 0xFFFFFFFF;

/// Consecutive events as columns; row i is event firstEvent + i.
/// code and what follows it always have the same length, but stack and address, which are empty when not decoded.
struct EventColumns
{
    std::uint64_t firstEvent = 0;
    std::vector<EventCode> code;
    /// Allocate, Free, Reallocate: the live slot, dense, reused after the free, most recently freed first.
    /// Trim … Usage: row of the trace's marker table (see markers.h).
    std::vector<std::uint32_t> slot;
    /// Allocate, Reallocate: requested bytes; values from bigSize on are `bigSizes[size - bigSize]`.
    std::vector<std::uint32_t> size;
    std::vector<std::uint32_t> stack; ///< call stack id, 0 none
    std::vector<Address> address; ///< observed: of the new block; for Free, of the freed one
    std::vector<Address> oldAddress; ///< Reallocate: where the block was; null otherwise

    /// Where `address` is left out: rows whose address is known all the same, ascending.
    struct Stated
    {
        std::uint32_t row = 0;
        Address address;
    };
    std::vector<Stated> stated;

    static constexpr std::uint32_t bigSize = 0xFFF00000;
    std::vector<Bytes> bigSizes;

    [[nodiscard]] std::size_t count() const { return code.size(); }
    /// Of the row as far as decoded, else null. O(log stated).
    [[nodiscard]] Address addressOf(std::size_t row) const;
    [[nodiscard]] Bytes requested(std::size_t row) const
    {
        const std::uint32_t s = size[row];
        return s < bigSize ? Bytes { s } : bigSizes[s - bigSize];
    }
};

} // namespace heapatlas
