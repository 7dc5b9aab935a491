// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

namespace heapatlas {

/// Bytes held by the pieces that keyframes share: a piece in five keyframes counts once. They may die on any thread.
using KeyframeBytes = std::shared_ptr<std::atomic<Bytes>>;

/// Keeps the values of a piece as they are.
template <class T>
struct PlainPieces
{
    static void pack(const T* values, std::size_t count, std::vector<std::uint8_t>& out)
    {
        out.resize(count * sizeof(T));
        std::memcpy(out.data(), values, out.size());
    }
    static void unpack(const std::uint8_t* bytes, std::size_t count, T* values)
    {
        std::memcpy(values, bytes, count * sizeof(T));
    }
};

// A flat array that is cheap to write and whose keyframes cost what changed since the keyframe they are based on:
//
//   values   | piece 0 | piece 1 | piece 2 |     written in place, one dirty byte a piece
//   frame A      a0        a1        a2          immutable, shared
//   frame B      a0        b1        a2          only piece 1 was dirty
//
// Each frame restores alone and can be dropped alone: there is no chain of differences. Packing says how the values of a
// piece are kept; it may forget what nobody asks for.
// Invariant: where a piece is not dirty, the values equal the piece of m_base.
template <class T, unsigned PieceBits = 8, class Packing = PlainPieces<T>>
class KeyframedArray
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    static constexpr std::size_t pieceSize = std::size_t { 1 } << PieceBits;

    class Piece
    {
    public:
        Piece(KeyframeBytes counter, const std::vector<std::uint8_t>& packed)
            : m_size(packed.size())
            , m_packed(std::make_unique_for_overwrite<std::uint8_t[]>(packed.size()))
            , m_counter(std::move(counter))
        {
            std::memcpy(m_packed.get(), packed.data(), packed.size());
            m_counter->fetch_add(memoryBytes(), std::memory_order_relaxed);
        }
        ~Piece() { m_counter->fetch_sub(memoryBytes(), std::memory_order_relaxed); }
        Piece(const Piece&) = delete;
        Piece& operator=(const Piece&) = delete;

        [[nodiscard]] const std::uint8_t* packed() const { return m_packed.get(); }
        [[nodiscard]] bool holds(const std::vector<std::uint8_t>& packed) const
        {
            return packed.size() == m_size && std::memcmp(m_packed.get(), packed.data(), m_size) == 0;
        }
        [[nodiscard]] Bytes memoryBytes() const { return memoryBytesOf(m_size); }
        /// With what the heap adds to two blocks.
        [[nodiscard]] static Bytes memoryBytesOf(std::size_t packed)
        {
            return sizeof(Piece) + 16 + packed + 16;
        }

    private:
        std::size_t m_size;
        std::unique_ptr<std::uint8_t[]> m_packed;
        KeyframeBytes m_counter;
    };
    using Frame = std::vector<std::shared_ptr<const Piece>>;

    explicit KeyframedArray(T empty)
        : m_empty(empty)
    {
    }

    [[nodiscard]] std::size_t size() const { return m_values.size(); }
    [[nodiscard]] const T& operator[](std::size_t i) const { return m_values[i]; }
    /// For writing; marks the piece as changed.
    [[nodiscard]] T& edit(std::size_t i)
    {
        m_dirty[i >> PieceBits] = 1;
        return m_values[i];
    }
    /// For loops that write many: values and one changed byte a piece, valid until grow().
    [[nodiscard]] T* values() { return m_values.data(); }
    [[nodiscard]] std::uint8_t* changed() { return m_dirty.data(); }
    static constexpr unsigned pieceBits = PieceBits;
    /// Makes room for `count` values (rounded up to whole pieces); new ones are `empty`. Never shrinks.
    void grow(std::size_t count)
    {
        if (count <= m_values.size())
            return;
        const std::size_t pieces =
            (std::max(count, m_values.size() + m_values.size() / 2) + pieceSize - 1) >> PieceBits;
        m_values.resize(pieces << PieceBits, m_empty);
        m_dirty.resize(pieces, 0); // not dirty and not in m_base: all empty
    }

    /// What frame() would add to the memory held by keyframes. O(pieces).
    [[nodiscard]] Bytes frameCost() const
    {
        const auto dirty =
            static_cast<std::size_t>(std::count(m_dirty.begin(), m_dirty.end(), std::uint8_t { 1 }));
        return dirty * m_pieceBytes + m_dirty.size() * sizeof(typename Frame::value_type);
    }

    /// The present values; shares the pieces that did not change since the last frame() or restore().
    [[nodiscard]] Frame frame(const KeyframeBytes& bytes)
    {
        m_base.resize(m_dirty.size());
        for (std::size_t p = 0; p < m_dirty.size(); ++p) {
            if (m_dirty[p] == 0)
                continue;
            Packing::pack(m_values.data() + (p << PieceBits), pieceSize, m_packed);
            // Written to but the same as before is common for slots that were freed and taken again.
            if (!m_base[p] || !m_base[p]->holds(m_packed)) {
                m_base[p] = std::make_shared<const Piece>(bytes, m_packed);
                m_pieceBytes = (7 * m_pieceBytes + m_base[p]->memoryBytes()) / 8;
            }
            m_dirty[p] = 0;
        }
        return m_base;
    }

    /// Copies only the pieces that differ from what is there.
    void restore(const Frame& frame)
    {
        grow(frame.size() << PieceBits);
        m_base.resize(m_dirty.size());
        for (std::size_t p = 0; p < m_dirty.size(); ++p) {
            const std::shared_ptr<const Piece> target = p < frame.size() ? frame[p] : nullptr;
            if (m_dirty[p] == 0 && m_base[p] == target)
                continue;
            T* const to = m_values.data() + (p << PieceBits);
            if (target)
                Packing::unpack(target->packed(), pieceSize, to);
            else
                std::fill_n(to, pieceSize, m_empty);
            m_base[p] = target;
            m_dirty[p] = 0;
        }
    }

    [[nodiscard]] static Bytes frameTableBytes(const Frame& frame)
    {
        return frame.size() * sizeof(typename Frame::value_type);
    }

private:
    T m_empty;
    std::vector<T> m_values;
    std::vector<std::uint8_t> m_dirty;
    Frame m_base;
    std::vector<std::uint8_t> m_packed;
    Bytes m_pieceBytes = Piece::memoryBytesOf(pieceSize * sizeof(T)); ///< of those made last, for estimates
};

} // namespace heapatlas
