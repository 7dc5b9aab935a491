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

// A flat array that is cheap to write and whose keyframes cost what changed since the keyframe they are based on:
//
//   values   | piece 0 | piece 1 | piece 2 |     written in place, one dirty byte a piece
//   frame A      a0        a1        a2          immutable, shared
//   frame B      a0        b1        a2          only piece 1 was dirty
//
// Each frame restores alone and can be dropped alone: there is no chain of differences.
// Invariant: where a piece is not dirty, the values equal the piece of m_base.
template <class T, unsigned PieceBits = 8>
class KeyframedArray
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    static constexpr std::size_t pieceSize = std::size_t { 1 } << PieceBits;

    class Piece
    {
    public:
        explicit Piece(KeyframeBytes bytes)
            : m_bytes(std::move(bytes))
        {
            m_bytes->fetch_add(sizeof(Piece), std::memory_order_relaxed);
        }
        ~Piece() { m_bytes->fetch_sub(sizeof(Piece), std::memory_order_relaxed); }
        Piece(const Piece&) = delete;
        Piece& operator=(const Piece&) = delete;
        std::array<T, pieceSize> values;

    private:
        KeyframeBytes m_bytes;
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
        return dirty * sizeof(Piece) + m_dirty.size() * sizeof(typename Frame::value_type);
    }

    /// The present values; shares the pieces that did not change since the last frame() or restore().
    [[nodiscard]] Frame frame(const KeyframeBytes& bytes)
    {
        m_base.resize(m_dirty.size());
        for (std::size_t p = 0; p < m_dirty.size(); ++p) {
            if (m_dirty[p] == 0)
                continue;
            const T* const from = m_values.data() + (p << PieceBits);
            // Written to but the same as before is common for slots that were freed and taken again.
            if (!m_base[p] || std::memcmp(m_base[p]->values.data(), from, sizeof(T) * pieceSize) != 0) {
                auto piece = std::make_shared<Piece>(bytes);
                std::memcpy(piece->values.data(), from, sizeof(T) * pieceSize);
                m_base[p] = std::move(piece);
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
                std::memcpy(to, target->values.data(), sizeof(T) * pieceSize);
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
};

} // namespace heapatlas
