// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/events.h"
#include "replay/keyframedarray.h"
#include "replay/numberlist.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>

namespace heapatlas {

/// The live blocks of a replay by the trace's slot number: where the engine put each, and what a view wants to know of
/// it. One row of 16 bytes a slot (with 32-bit blocks), so an event touches one cache line.
template <class Block>
class LiveSlots
{
public:
    struct Row
    {
        Block block {};
        std::uint32_t requested = 0; ///< bytes; EventColumns::bigSize: see requestedOf()
        std::uint32_t born = notLive; ///< event index + 1 of its allocation; 0: before the first event
        std::uint32_t stack = 0; ///< call stack id of its allocation

        [[nodiscard]] bool isLive() const { return born != notLive; }
    };
    static constexpr std::uint32_t notLive = 0xFFFFFFFF;

    /// In keyframes: which slots are live, and of those the blocks as they are, then sizes, births (counted back from the
    /// latest) and stacks as number lists. Dead rows come back empty.
    struct Packing
    {
        static void pack(const Row* rows, [[maybe_unused]] std::size_t count, std::vector<std::uint8_t>& out)
        {
            std::array<std::uint32_t, 257> requested; // one more: of dead rows behind the last live one
            std::array<std::uint32_t, 257> born;
            std::array<std::uint32_t, 257> stack;
            assert(count == bitmapBytes * 8);
            out.resize(mostBytes);
            std::uint8_t* const bitmap = out.data();
            std::uint8_t* at = bitmap + bitmapBytes + sizeof(std::uint32_t);
            std::uint32_t latest = 0;
            std::size_t live = 0;
            for (std::size_t byte = 0; byte < bitmapBytes; ++byte) {
                unsigned bits = 0;
                for (unsigned bit = 0; bit < 8;
                     ++bit) { // without a branch: which rows are live is anybody's guess
                    const Row& row = rows[byte * 8 + bit];
                    const unsigned isLive = row.isLive() ? 1 : 0;
                    bits |= isLive << bit;
                    std::memcpy(at, &row.block, sizeof(Block));
                    at += isLive * sizeof(Block);
                    requested[live] = row.requested;
                    born[live] = row.born;
                    stack[live] = row.stack;
                    latest = std::max(latest, row.born & (0 - isLive));
                    live += isLive;
                }
                bitmap[byte] = static_cast<std::uint8_t>(bits);
            }
            std::memcpy(bitmap + bitmapBytes, &latest, sizeof latest);
            for (std::size_t i = 0; i < live; ++i)
                born[i] = latest - born[i];
            at = writeNumbers(requested.data(), live, at);
            at = writeNumbers(born.data(), live, at);
            at = writeNumbers(stack.data(), live, at);
            std::memset(at, 0, listSlack);
            out.resize(static_cast<std::size_t>(at - out.data()) + listSlack);
        }
        static void unpack(const std::uint8_t* bytes, std::size_t count, Row* rows)
        {
            std::array<std::uint32_t, 256> requested;
            std::array<std::uint32_t, 256> born;
            std::array<std::uint32_t, 256> stack;
            std::uint32_t latest = 0;
            std::memcpy(&latest, bytes + bitmapBytes, sizeof latest);
            std::size_t live = 0;
            for (std::size_t i = 0; i < bitmapBytes; ++i)
                live += static_cast<std::size_t>(std::popcount(bytes[i]));
            const std::uint8_t* block = bytes + bitmapBytes + sizeof latest;
            const std::uint8_t* at = readNumbers(block + live * sizeof(Block), live, requested.data());
            at = readNumbers(at, live, born.data());
            readNumbers(at, live, stack.data());
            std::fill_n(rows, count, Row {});
            std::size_t next = 0;
            for (std::size_t group = 0; group < bitmapBytes; group += sizeof(std::uint64_t)) {
                std::uint64_t bits = 0;
                std::memcpy(&bits, bytes + group, sizeof bits);
                for (; bits != 0; bits &= bits - 1, ++next) {
                    Row& row = rows[group * 8 + static_cast<std::size_t>(std::countr_zero(bits))];
                    std::memcpy(&row.block, block + next * sizeof(Block), sizeof(Block));
                    row.requested = requested[next];
                    row.born = latest - born[next];
                    row.stack = stack[next];
                }
            }
        }

    private:
        static constexpr std::size_t bitmapBytes = 256 / 8;
        static constexpr std::size_t mostBytes =
            bitmapBytes + 4 + 256 * sizeof(Block) + 3 * mostListBytes(256) + listSlack;
    };
    using Rows = KeyframedArray<Row, 8, Packing>;

    /// The state of all slots. Copied by sharing.
    struct Frame
    {
        typename Rows::Frame rows;
        std::map<std::uint32_t, Bytes> big;
        std::uint64_t count = 0;
        Bytes requested = 0;
    };

    void grow(std::uint32_t slots) { m_rows.grow(slots); }
    [[nodiscard]] std::uint32_t capacity() const { return static_cast<std::uint32_t>(m_rows.size()); }
    [[nodiscard]] const Row& operator[](std::uint32_t slot) const { return m_rows[slot]; }
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    [[nodiscard]] Bytes requested() const { return m_requested; }
    [[nodiscard]] Bytes requestedOf(std::uint32_t slot) const
    {
        const std::uint32_t small = m_rows[slot].requested;
        return small < EventColumns::bigSize ? Bytes { small } : m_big.at(slot);
    }
    void prefetch(std::uint32_t slot) const { __builtin_prefetch(&m_rows[slot], 1); }

    /// No slot is live afterwards.
    void clear()
    {
        // Whole rows: engines may be asked to prefetch the block of any row, dead ones too.
        for (std::uint32_t slot = 0; slot < capacity(); ++slot)
            m_rows.edit(slot) = {};
        m_big.clear();
        m_count = 0;
        m_requested = 0;
    }
    /// The slot must not be live.
    void add(std::uint32_t slot, Block block, Bytes requested, std::uint32_t born, std::uint32_t stack)
    {
        Row& row = m_rows.edit(slot);
        row = { block, narrow(slot, requested), born, stack };
        ++m_count;
        m_requested += requested;
    }
    /// The slot must be live.
    void remove(std::uint32_t slot)
    {
        Row& row = m_rows.edit(slot);
        m_requested -= widen(slot, row.requested);
        row.born = notLive;
        --m_count;
    }
    /// Another block (or the same one) and size for a live slot; when it was born stays.
    void resize(std::uint32_t slot, Block block, Bytes requested)
    {
        Row& row = m_rows.edit(slot);
        m_requested += requested - widen(slot, row.requested);
        row.block = block;
        row.requested = narrow(slot, requested);
    }
    void setBirth(std::uint32_t slot, std::uint32_t born, std::uint32_t stack)
    {
        Row& row = m_rows.edit(slot);
        row.born = born;
        row.stack = stack;
    }

    /// add() and remove() without their look-ups, for the replay loop: keeps the sums in registers and writes them back
    /// at flush(), which must come before anything else is asked of the slots. Sizes below EventColumns::bigSize only.
    class Writer
    {
    public:
        explicit Writer(LiveSlots& slots)
            : m_slots(slots)
            , m_rows(slots.m_rows.values())
            , m_changed(slots.m_rows.changed())
        {
        }
        [[nodiscard]] const Row& operator[](std::uint32_t slot) const { return m_rows[slot]; }
        void add(
            std::uint32_t slot, Block block, std::uint32_t requested, std::uint32_t born, std::uint32_t stack)
        {
            m_changed[slot >> Rows::pieceBits] = 1;
            m_rows[slot] = { block, requested, born, stack };
            ++m_count;
            m_requested += requested;
        }
        void remove(std::uint32_t slot)
        {
            m_changed[slot >> Rows::pieceBits] = 1;
            m_requested -= m_rows[slot].requested;
            m_rows[slot].born = notLive;
            --m_count;
        }
        void flush()
        {
            m_slots.m_count += std::exchange(m_count, 0);
            m_slots.m_requested += std::exchange(m_requested, 0);
        }

    private:
        LiveSlots& m_slots;
        Row* m_rows;
        std::uint8_t* m_changed;
        std::uint64_t m_count = 0; ///< differences; unsigned, so they wrap as they should
        Bytes m_requested = 0;
    };

    [[nodiscard]] Bytes frameCost() const { return m_rows.frameCost(); }
    [[nodiscard]] Frame frame(const KeyframeBytes& bytes)
    {
        return { m_rows.frame(bytes), m_big, m_count, m_requested };
    }
    void restore(const Frame& frame)
    {
        m_rows.restore(frame.rows);
        m_big = frame.big;
        m_count = frame.count;
        m_requested = frame.requested;
    }
    /// Bytes that the frame would take if it shared nothing.
    [[nodiscard]] static Bytes fullBytes(const Frame& frame)
    {
        Bytes bytes = Rows::frameTableBytes(frame.rows);
        for (const auto& piece : frame.rows)
            bytes += piece ? piece->memoryBytes() : 0;
        return bytes;
    }

private:
    std::uint32_t narrow(std::uint32_t slot, Bytes requested)
    {
        if (requested < EventColumns::bigSize) [[likely]]
            return static_cast<std::uint32_t>(requested);
        m_big[slot] = requested;
        return EventColumns::bigSize;
    }
    Bytes widen(std::uint32_t slot, std::uint32_t requested)
    {
        if (requested < EventColumns::bigSize) [[likely]]
            return requested;
        const auto it = m_big.find(slot);
        assert(it != m_big.end());
        const Bytes big = it->second;
        m_big.erase(it);
        return big;
    }

    Rows m_rows { Row {} };
    std::map<std::uint32_t, Bytes> m_big; ///< sizes that need more than 32 bits
    std::uint64_t m_count = 0;
    Bytes m_requested = 0;
};

} // namespace heapatlas
