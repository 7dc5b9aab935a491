// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/sharedpieces.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace heapatlas {

SharedPieces SharedPieces::capture(std::span<const std::byte> bytes, const SharedPieces& previous)
{
    static const std::shared_ptr<const Piece> zeros = std::make_shared<const Piece>();
    // What make_shared adds to a piece: two counts and the table of the control block.
    constexpr Bytes pieceCost = pieceBytes + 16;

    SharedPieces copy;
    copy.m_bytes = bytes.size();
    const std::size_t count = (bytes.size() + pieceBytes - 1) / pieceBytes;
    copy.m_pieces.reserve(count);
    copy.m_ownBytes = count * sizeof(copy.m_pieces[0]);
    for (std::size_t i = 0; i < count; ++i) {
        const std::span<const std::byte> now =
            bytes.subspan(i * pieceBytes, std::min(pieceBytes, bytes.size() - i * pieceBytes));
        // The last piece of the earlier copy may be shorter; its padding is zero and compares as such.
        if (i < previous.m_pieces.size()
            && std::memcmp(previous.m_pieces[i]->data(), now.data(), now.size()) == 0) {
            copy.m_pieces.push_back(previous.m_pieces[i]);
        } else if (std::memcmp(zeros->data(), now.data(), now.size()) == 0) {
            copy.m_pieces.push_back(zeros);
        } else {
            auto piece = std::make_shared<Piece>();
            std::memcpy(piece->data(), now.data(), now.size());
            copy.m_pieces.push_back(std::move(piece));
            copy.m_ownBytes += pieceCost;
        }
    }
    return copy;
}

void SharedPieces::copyTo(std::span<std::byte> out) const
{
    assert(out.size() == m_bytes);
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        const std::size_t at = i * pieceBytes;
        std::memcpy(out.data() + at, m_pieces[i]->data(), std::min(pieceBytes, out.size() - at));
    }
}

} // namespace heapatlas
