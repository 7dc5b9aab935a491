// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellcode.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

/// The heap at falling resolution: a cell of level k stands for 4^k consecutive pages of a chunk. So a picture of any
/// heap costs its pixels, not its pages. Made chunk by chunk when one is asked for, kept from snapshot to snapshot.
/// Not for several threads.
class CellPyramid
{
public:
    static constexpr int levels = 5; ///< 1, 4, 16, 64, 256 pages a cell
    /// Chunks of more pages have no cells; they are drawn as one bar, as huge blocks are.
    static constexpr std::uint32_t maxPages = 1U << 16;

    [[nodiscard]] static constexpr std::uint32_t pagesPerCell(int level) { return 1U << (2 * level); }
    [[nodiscard]] static constexpr std::uint32_t cellCount(std::uint32_t pages, int level)
    {
        return (pages + pagesPerCell(level) - 1) / pagesPerCell(level);
    }

    /// The chunks of another moment; what is kept of the same addresses is compared when it is asked for.
    void setSnapshot(SnapshotPtr snapshot);
    [[nodiscard]] const SnapshotPtr& snapshot() const { return m_snapshot; }

    struct Cells
    {
        std::span<const CellCode> codes;
        std::uint64_t version = 0; ///< another number whenever a code of the chunk changed; never used twice
    };
    /// The cells of a chunk (row of chunks()), by address; none of a huge block. The span lives until setSnapshot().
    [[nodiscard]] Cells cells(std::uint32_t chunkRow, int level);

private:
    struct Chunk
    {
        Address begin;
        std::uint32_t pages = 0;
        bool isCurrent = false; ///< codes are of m_snapshot
        std::uint64_t version = 0; ///< 0: never built
        std::array<std::uint32_t, levels + 1> first {}; ///< of each level in codes
        std::vector<CellCode> codes;
    };
    /// What a cell holds while the next level is made of it.
    struct Sum
    {
        std::uint32_t used = 0;
        std::uint32_t ofLook = 0; ///< used bytes of the look that has most
        std::uint32_t room = 0;
        std::uint16_t look = CellCode::free;
    };
    void build(const ChunkRow& row, Chunk& chunk);
    void buildPages(const ChunkRow& row, std::span<CellCode> out);
    static Sum joined(std::span<const Sum> sums);

    SnapshotPtr m_snapshot;
    std::vector<Chunk> m_chunks; ///< as rows of chunks()
    std::uint64_t m_lastVersion = 0;
    std::vector<Sum> m_sums;
    std::vector<CellCode> m_built;
};

} // namespace heapatlas
