// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "trace/hatformat.h"
#include "trace/tracesizeclass.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

// The state that the codec carries from event to event; hatwriterimpl.h has the same on the other side.
// Invariant: freeSlots[0 … freeCount) are distinct, below slotCount, and exactly the slots whose class is
// HAT_CLASS_FREE.
struct CodecState
{
    struct Slot
    {
        std::uint64_t address = 0;
        std::uint64_t sizeClass = HAT_CLASS_FREE; ///< size << 8 | class

        [[nodiscard]] unsigned classIndex() const { return static_cast<unsigned>(sizeClass & 0xFF); }
        [[nodiscard]] bool isLive() const { return classIndex() != HAT_CLASS_FREE; }
        [[nodiscard]] Bytes size() const { return sizeClass >> 8; }
    };

    /// What a class is expected to hand out next (FORMAT.md, "Bets").
    struct Bets
    {
        std::vector<std::uint64_t> stack; ///< its first `count` entries, newest last
        std::uint32_t count = 0;
        std::uint32_t runLeft = 0;
        std::uint64_t runNext = 0;
        std::uint32_t strangers = 0;
        std::uint32_t slotBytes = 1;
        std::uint32_t runSlots = 1;

        void push(std::uint64_t address, std::uint32_t capacity)
        {
            if (count == capacity)
                count = 0;
            if (count == stack.size())
                stack.resize(stack.size() + stack.size() / 2 + 64);
            stack[count++] = address;
        }
        /// False if there is no bet.
        bool take(std::uint64_t& address)
        {
            if (count != 0) {
                address = stack[--count];
            } else {
                if (runLeft == 0)
                    return false;
                address = runNext;
                runNext += slotBytes;
                --runLeft;
            }
            strangers = 0;
            return true;
        }
        [[nodiscard]] std::vector<std::uint64_t> expected() const; ///< all bets, next one first
        /// An address that was not the bet.
        void learn(std::uint64_t address);
    };

    std::uint32_t restarts = 0; ///< ordinal of the last restart point
    std::uint32_t breaks = 0; ///< how many of them broke with what was before

    std::vector<TraceSizeClass> classes;
    std::vector<std::uint8_t> classOf; ///< by size
    std::uint32_t betCapacity = 0;

    /// What of the slots is known: decoding without addresses keeps up no more than which are live.
    enum class Knows : std::uint8_t
    {
        Slots, ///< slots
        Live, ///< live
    };
    Knows knows = Knows::Slots;
    std::vector<Slot> slots; ///< at least slotCount of them
    std::vector<std::uint8_t> live; ///< 1 where the slot is live
    std::uint32_t slotCount = 0;
    std::vector<std::uint32_t> freeSlots;
    std::uint32_t freeCount = 0;
    std::uint32_t lastSlot = 0;

    std::uint64_t lastAddress = 0;
    std::array<Bets, HAT_MAX_CLASSES> bets;

    std::uint32_t stack = 0;
    std::vector<std::uint32_t> nextStack; ///< larger than any stack id used so far

    [[nodiscard]] unsigned classFor(Bytes size) const
    {
        return size < classOf.size() ? classOf[static_cast<std::size_t>(size)] : unsigned { HAT_CLASS_NONE };
    }
    /// From now on `live` is true, `slots` no longer.
    void knowLive();
    /// Nothing is known of which stack follows which: so it is at each restart point.
    void forgetStackOrder();
    /// Room for that many more events.
    void reserve(std::uint32_t events);
};

/// Puts the parts of a restart point together.
class RestartParser
{
public:
    /// A restart point that claims more slots than that is malformed: the file is too short to have made them.
    explicit RestartParser(std::uint64_t slotBound)
        : m_slotBound(slotBound)
    {
    }

    enum class Outcome : std::uint8_t
    {
        Partial, ///< more parts follow
        Complete, ///< take() may be called
        Malformed,
    };
    Outcome add(unsigned flags, std::span<const std::uint8_t> part);
    /// Moves the finished state out.
    void take(CodecState& state);
    void reset() { m_isOpen = false; }

private:
    bool parse(std::span<const std::uint8_t> part);
    bool parseHead(class ByteCursor& in);
    bool parseClasses(class ByteCursor& in);
    bool parseSlots(class ByteCursor& in);
    bool parseFree(class ByteCursor& in);
    bool parseBets(class ByteCursor& in);
    [[nodiscard]] bool isWhole();

    std::uint64_t m_slotBound;
    bool m_isOpen = false;
    CodecState m_state;
    std::uint32_t m_wantedSlots = 0;
    std::uint32_t m_wantedFree = 0;
    std::uint64_t m_lastAddress = 0;
    std::uint64_t m_lastFree = 0;
    unsigned m_betClass = 0;
    std::uint64_t m_lastBet = 0;
};

} // namespace heapatlas
