// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellcode.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

/// The heap at falling resolution: a cell of level k stands for 4^k consecutive pages of a chunk. So a picture of any
/// heap costs its pixels, not its pages. Made chunk by chunk when one is asked for, kept from snapshot to snapshot: chunks that
/// did not change are not made again.
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
        /// Another number whenever a code of the chunk at that level changed; never used twice, nor for levels that
        /// changed alone.
        std::uint64_t version = 0;
    };
    /// The cells of a chunk (row of chunks()), by address; none of a huge block. The span lives until setSnapshot().
    /// O(1) where the chunk is used as it was before, besides comparing it.
    [[nodiscard]] Cells cells(std::uint32_t chunkRow, int level);

private:
    /// Level 0, or all others together, of one chunk.
    struct Part
    {
        bool isCurrent = false; ///< codes are of m_snapshot
        std::uint64_t version = 0; ///< 0: never built
        std::vector<CellCode> codes;
    };
    struct Chunk
    {
        Address begin;
        std::uint32_t pages = 0;
        std::uint32_t rowBefore = 0; ///< in m_before; of parts that were current then
        Part page;
        Part coarse;
        bool wasPage = false; ///< parts that are of m_before
        bool wasCoarse = false;
    };
    /// What a cell holds while the next level is made of it.
    struct Sum
    {
        std::uint32_t used = 0;
        std::uint32_t ofLook = 0; ///< used bytes of the look that has most
        std::uint32_t room = 0;
        std::uint16_t look = CellCode::free;
    };
    [[nodiscard]] bool isAsBefore(const ChunkRow& row, const Chunk& chunk) const;
    void takeBuilt(Part& part);
    void buildPages(const ChunkRow& row, const Chunk& chunk);
    void buildCoarse(const ChunkRow& row, const Chunk& chunk);
    /// Tells `put` of the cell of each page: put(first, last, look, used, room).
    template <class Put>
    void visitPages(const ChunkRow& row, std::size_t pages, const Put& put) const;
    [[nodiscard]] static Sum joined(std::span<const Sum> sums);

    SnapshotPtr m_snapshot;
    SnapshotPtr m_before;
    std::vector<Chunk> m_chunks; ///< as rows of chunks()
    std::uint64_t m_lastVersion = 0;
    std::vector<Sum> m_sums;
    std::vector<CellCode> m_built;
};

} // namespace heapatlas
