// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace heapatlas {

/// An immutable copy of an array, cut into pieces of 256 32-bit words. A piece that is equal to the one at
/// the same place of an earlier copy is shared with it, so that a copy costs what changed, yet each stands
/// alone and can be dropped alone. Pieces of zeros are shared by all; in the others, words of all zeros or all ones take a
/// bit or two.
class SharedPieces
{
public:
    static constexpr std::size_t pieceBytes = 1024;

    SharedPieces() = default;

    /// O(bytes), a comparison each; copies only what differs from `previous`.
    [[nodiscard]] static SharedPieces capture(std::span<const std::byte> bytes, const SharedPieces& previous);

    /// The same for an array of any trivially copyable type.
    template <class T>
    [[nodiscard]] static SharedPieces captureOf(const std::vector<T>& values, const SharedPieces& previous)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        return capture(std::as_bytes(std::span(values)), previous);
    }

    /// Writes the copy back; `out` has exactly size() bytes.
    void copyTo(std::span<std::byte> out) const;

    /// The same into a vector, which is resized.
    template <class T>
    void copyInto(std::vector<T>& values) const
    {
        static_assert(std::is_trivially_copyable_v<T>);
        values.resize(m_bytes / sizeof(T));
        copyTo(std::as_writable_bytes(std::span(values)));
    }

    [[nodiscard]] std::size_t size() const { return m_bytes; } ///< bytes of the array
    /// Bytes that this copy added to those before it: own pieces and its table.
    [[nodiscard]] Bytes ownBytes() const { return m_ownBytes; }

private:
    /// Packed: see sharedpieces.cpp.
    using Piece = std::vector<std::byte>;

    std::vector<std::shared_ptr<const Piece>> m_pieces;
    std::size_t m_bytes = 0;
    Bytes m_ownBytes = 0;
};

} // namespace heapatlas
