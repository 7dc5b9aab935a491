// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/events.h"
#include "trace/eventnumbers.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

// A block of events as it is kept in memory: what a replay needs and no addresses, in 2 … 4 bytes an event, each block
// readable alone.
//
//   codes      half a byte an event: operation and how its call stack follows, see below
//   slots      for frees and reallocs the difference to the slot named before; an alloc mostly takes the slot that was
//              freed last within the block, and then needs none
//   elsewhere  slots of the other allocs
//   sizes      for allocs and reallocs
//   stacks     differences, where a small table of "what followed this stack last time" is wrong
//   rare       code, slot and size of all other events
//
// All but the codes are lists of 32-bit numbers, each stored in 1 … 4 bytes; the lengths stand apart (2 bits each), so
// that reading waits for no branch.
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
    std::uint32_t m_lastSlot = 0; ///< "named before" of the first event
    List m_slots;
    List m_elsewhere;
    List m_sizes;
    List m_stacks;
    List m_rare;
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
    std::vector<std::uint32_t> elsewhere;
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint32_t> stacks;
    std::vector<std::uint32_t> rare;
    Followers followers;
};

class EventPacker
{
public:
    /// The columns must have the same length (stack may be empty), which must be below 2^24.
    [[nodiscard]] PackedEvents pack(const EventColumns& columns);
    /// The same columns as they were read: quicker, if the numbers are whole.
    [[nodiscard]] PackedEvents pack(const EventColumns& columns, const EventNumbers& numbers);

private:
    void count(const EventColumns& columns);
    std::size_t packStacks(const EventColumns& columns, const std::uint8_t* operations);
    void fillFilter(PackedEvents& packed, const EventColumns& columns, const std::uint8_t* operations);

    PackingState m_state;
    EventNumbers m_numbers; ///< of columns that came without
    std::vector<std::uint8_t> m_how; ///< a stack follows, by row
    std::vector<std::uint8_t> m_marks; ///< of the filter, a byte each
    std::vector<std::uint8_t> m_bytes;
};

class EventUnpacker
{
public:
    /// Fills code, slot, size, bigSizes, and stack (empty where all are 0).
    void unpack(const PackedEvents& packed, EventColumns& columns);
    /// Code and slot only; the other columns are left empty.
    void unpackSlots(const PackedEvents& packed, EventColumns& columns);

private:
    static void read(
        const PackedEvents& packed, PackedEvents::List list, std::vector<std::uint32_t>& numbers);
    void unpackSizes(const PackedEvents& packed, EventColumns& columns);
    void unpackStacks(const PackedEvents& packed, EventColumns& columns);

    PackingState m_state;
};

} // namespace heapatlas
