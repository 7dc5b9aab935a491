// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/events.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

// A block of events as it is kept in memory: what a replay needs and no addresses, in 2 … 4 bytes an event, each block
// readable alone.
//
//   codes    half a byte an event: operation and how its call stack follows, see below
//   slots    for frees and reallocs the difference to the slot named before; an alloc mostly takes the slot that was
//            freed last within the block, and then needs none
//   sizes    for allocs and reallocs
//   stacks   differences, where a small table of "what followed this stack last time" is wrong
//
// Slots, sizes and stacks are lists of 32-bit numbers, each stored in 1 … 4 bytes; the lengths stand apart (2 bits each),
// so that reading waits for no branch.
class PackedEvents
{
public:
    [[nodiscard]] std::uint64_t firstEvent() const { return m_firstEvent; }
    [[nodiscard]] std::size_t count() const { return m_count; }
    /// False only if no event in it ends the life of that slot's block (Free, or a realloc that moved).
    [[nodiscard]] bool mayEnd(std::uint32_t slot) const
    {
        const std::size_t bit = slot & m_filterMask;
        return ((m_filter[bit / 64] >> (bit % 64)) & 1) != 0;
    }
    [[nodiscard]] Bytes memoryBytes() const
    {
        return sizeof(*this) + m_byteCount + m_filter.size() * sizeof(std::uint64_t)
            + m_bigSizes.size() * sizeof(Bytes);
    }

private:
    friend class EventPacker;
    friend class EventUnpacker;
    /// Where a list of numbers stands: lengths at `at`, the bytes behind them.
    struct List
    {
        std::uint32_t at = 0;
        std::uint32_t count = 0;
    };

    std::uint64_t m_firstEvent = 0;
    std::uint32_t m_count = 0;
    std::uint32_t m_byteCount = 0;
    std::uint32_t m_filterMask = 0;
    bool m_hasStacks = false;
    List m_slots;
    List m_sizes;
    List m_stacks;
    std::unique_ptr<std::uint8_t[]> m_bytes;
    std::vector<std::uint64_t> m_filter; ///< bit slot & mask: see mayEnd()
    std::vector<Bytes> m_bigSizes;
};

/// What packer and unpacker carry from event to event, both alike.
struct PackingState
{
    /// Which stack followed a stack, by a hash of it. Wrong now and then, which costs bytes only.
    class Followers
    {
    public:
        void clear() { m_next.fill(0); }
        [[nodiscard]] std::uint32_t& of(std::uint32_t stack) { return m_next[(stack * 2654435761U) >> 20]; }

    private:
        std::array<std::uint32_t, 4096> m_next {};
    };

    std::vector<std::uint32_t>
        freed; ///< slots freed in the block, newest last, behind one entry that is never taken
    std::vector<std::uint32_t> slots; ///< numbers of the lists
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint32_t> stacks;
    Followers followers;
};

class EventPacker
{
public:
    /// The columns must have the same length (stack may be empty), which must be below 2^24.
    [[nodiscard]] PackedEvents pack(const EventColumns& columns);

private:
    std::size_t packSlots(const EventColumns& columns, std::size_t& sizeCount);
    std::size_t packStacks(const EventColumns& columns);

    PackingState m_state;
    std::vector<std::uint8_t> m_ops;
};

class EventUnpacker
{
public:
    /// Fills code, slot, size, bigSizes, and stack (empty where all are 0).
    void unpack(const PackedEvents& packed, EventColumns& columns);
    /// Code and slot only; the other columns are left empty.
    void unpackSlots(const PackedEvents& packed, EventColumns& columns);

private:
    void unpackSizes(const PackedEvents& packed, EventColumns& columns);
    void unpackStacks(const PackedEvents& packed, EventColumns& columns);

    PackingState m_state;
};

} // namespace heapatlas
