// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/sharedpieces.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace heapatlas {

namespace {

constexpr std::size_t wordCount = SharedPieces::pieceBytes / sizeof(std::uint32_t);
constexpr std::size_t bitmapBytes = wordCount / 8;
constexpr std::uint32_t allOnes = 0xFFFFFFFF;
using Words = std::array<std::uint32_t, wordCount>;
using Bitmap = std::array<std::uint64_t, wordCount / 64>;

// A packed piece: a bit for each word that is not all ones, a bit for each of these that is not zero, and the words that
// are neither. An engine's free slots are links, its live ones all ones.
//
//   | 32 bytes: not ones | 32 bytes: not zero | words |
//
/// Returns the packed bytes.
std::size_t pack(std::span<const std::byte> bytes, std::span<std::byte> out)
{
    Words words {};
    std::memcpy(words.data(), bytes.data(), bytes.size());
    Bitmap notOnes {};
    Bitmap notZero {};
    std::size_t at = 2 * bitmapBytes;
    for (std::size_t group = 0; group < notOnes.size(); ++group) {
        std::uint64_t ones = 0;
        std::uint64_t zeros = 0;
        for (unsigned bit = 0; bit < 64; ++bit) {
            const std::uint32_t word = words[group * 64 + bit];
            const std::uint64_t isOnes = word == allOnes ? 1 : 0;
            const std::uint64_t isZero = word == 0 ? 1 : 0;
            ones |= isOnes << bit;
            zeros |= isZero << bit;
            std::memcpy(out.data() + at, &word, sizeof word);
            at += ((isOnes | isZero) ^ 1) * sizeof word;
        }
        notOnes[group] = ~ones;
        notZero[group] = ~zeros;
    }
    std::memcpy(out.data(), notOnes.data(), bitmapBytes);
    std::memcpy(out.data() + bitmapBytes, notZero.data(), bitmapBytes);
    return at;
}

void unpack(std::span<const std::byte> packed, std::span<std::byte> out)
{
    Words words {};
    Bitmap notOnes {};
    Bitmap notZero {};
    std::memcpy(notOnes.data(), packed.data(), bitmapBytes);
    std::memcpy(notZero.data(), packed.data() + bitmapBytes, bitmapBytes);
    std::size_t at = 2 * bitmapBytes;
    for (std::size_t group = 0; group < notOnes.size(); ++group) {
        for (std::size_t bit = 0; bit < 64; ++bit)
            words[group * 64 + bit] = ((notOnes[group] >> bit) & 1) != 0 ? 0 : allOnes;
        for (std::uint64_t left = notOnes[group] & notZero[group]; left != 0; left &= left - 1) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(left));
            std::memcpy(&words[group * 64 + bit], packed.data() + at, sizeof(std::uint32_t));
            at += sizeof(std::uint32_t);
        }
    }
    std::memcpy(out.data(), words.data(), out.size());
}

bool isEqual(std::span<const std::byte> a, std::span<const std::byte> b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

SharedPieces SharedPieces::capture(std::span<const std::byte> bytes, const SharedPieces& previous)
{
    static const std::shared_ptr<const Piece> zeros = [] {
        const std::array<std::byte, pieceBytes> nothing {};
        std::array<std::byte, 2 * bitmapBytes + pieceBytes + sizeof(std::uint32_t)> packed {};
        const std::size_t size = pack(nothing, packed);
        return std::make_shared<const Piece>(packed.begin(), packed.begin() + size);
    }();
    // What the heap and make_shared add to a piece.
    constexpr Bytes pieceCost = sizeof(Piece) + 16 + 16 + 16;

    SharedPieces copy;
    copy.m_bytes = bytes.size();
    const std::size_t count = (bytes.size() + pieceBytes - 1) / pieceBytes;
    copy.m_pieces.reserve(count);
    copy.m_ownBytes = count * sizeof(copy.m_pieces[0]);
    std::array<std::byte, 2 * bitmapBytes + pieceBytes + sizeof(std::uint32_t)> buffer;
    for (std::size_t i = 0; i < count; ++i) {
        // The last piece may be shorter; what is missing is packed as zeros.
        const std::size_t size =
            pack(bytes.subspan(i * pieceBytes, std::min(pieceBytes, bytes.size() - i * pieceBytes)), buffer);
        const std::span<const std::byte> now = std::span(buffer).first(size);
        if (i < previous.m_pieces.size() && isEqual(*previous.m_pieces[i], now)) {
            copy.m_pieces.push_back(previous.m_pieces[i]);
        } else if (isEqual(*zeros, now)) {
            copy.m_pieces.push_back(zeros);
        } else {
            copy.m_pieces.push_back(std::make_shared<const Piece>(now.begin(), now.end()));
            copy.m_ownBytes += pieceCost + size;
        }
    }
    return copy;
}

void SharedPieces::copyTo(std::span<std::byte> out) const
{
    assert(out.size() == m_bytes);
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        const std::size_t at = i * pieceBytes;
        unpack(*m_pieces[i], out.subspan(at, std::min(pieceBytes, out.size() - at)));
    }
}

} // namespace heapatlas
