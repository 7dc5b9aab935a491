// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace heapatlas {

/// What a stretch of the heap is used for.
enum class RegionKind : std::uint8_t
{
    Header, ///< the allocator's own pages (ZendMM: page 0 of a chunk)
    Free, ///< consecutive free pages
    SmallRun, ///< a run cut into slots of one size class
    LargeRun, ///< consecutive pages, one block
    Huge, ///< a block with a mapping of its own
};

/// How much of a snapshot is wanted. Each includes those before.
enum class Detail : std::uint8_t
{
    Totals,
    Regions, ///< chunks, regions and the live bits of every slot
    Blocks, ///< and one row for each live block in the asked address window
};

/// A chunk: a large aligned piece from the operating system that the engine cuts into pages.
struct ChunkRow
{
    AddressRange range;
    std::uint32_t ordinal = 0; ///< order in which the engine searches it; names it for people ("Chunk 2")
    std::uint32_t pageCount = 0; ///< 0: a huge block, which has no pages of its own
    std::uint32_t freePages = 0;
    std::uint32_t firstRegion = 0; ///< rows [firstRegion, firstRegion + regionCount) of regions()
    std::uint32_t regionCount = 0;
    Bytes usedBytes = 0; ///< granted bytes: slots, large runs, the header page
    bool isCached = false; ///< kept by the engine, holds nothing
};

/// A stretch of a chunk. Regions tile their chunk: sorted, without gaps.
struct RegionRow
{
    AddressRange range;
    RegionKind kind = RegionKind::Free;
    std::uint8_t sizeClass = 0; ///< SmallRun: index of the class (ZendMM: the bin)
    std::uint32_t slotBytes = 0; ///< SmallRun: bytes a slot
    std::uint32_t slotCount = 0; ///< SmallRun
    std::uint32_t liveSlots = 0; ///< SmallRun; LargeRun and Huge: 1
    std::uint32_t firstLiveWord = 0; ///< SmallRun: bit i of liveBits()[firstLiveWord + i / 64] tells slot i
    std::uint32_t chunk = 0; ///< row of chunks()
    Bytes requested = 0; ///< LargeRun, Huge: bytes asked for; granted where that is unknown
};

/// One live block. `size` is what the engine granted; slack is size − requested.
struct BlockRow
{
    Address begin;
    Bytes size = 0;
    Bytes requested = 0; ///< equals size where unknown (live before the recording)
    std::uint64_t bornEvent = 0; ///< event index + 1 of its allocation (0: live before the recording)
    std::uint32_t stack = 0; ///< call stack id of its allocation, 0 unknown
    std::uint32_t slot = 0; ///< live slot of the trace
    std::uint32_t region = 0; ///< row of regions()
};

/// The figures every view shows. All in bytes unless named otherwise.
struct HeapTotals
{
    Bytes live = 0; ///< granted to the program; ZendMM: memory_get_usage()
    Bytes peakLive = 0;
    Bytes real = 0; ///< from the operating system; ZendMM: memory_get_usage(true)
    Bytes realPeak = 0;
    Bytes requested = 0; ///< asked for by live blocks
    Bytes limit = 0; ///< memory_limit, 0 unlimited or unknown
    Bytes freeSlotBytes = 0;
    Bytes largestHole = 0; ///< longest stretch of free pages in one chunk
    std::uint64_t liveBlocks = 0;
    std::uint64_t freePages = 0;
    std::uint32_t chunks = 0;
    std::uint32_t cachedChunks = 0;
    std::uint32_t hugeBlocks = 0;

    /// 1 − requested / granted.
    [[nodiscard]] double internalFragmentation() const
    {
        return live == 0 ? 0.0 : 1.0 - static_cast<double>(requested) / static_cast<double>(live);
    }
    /// 1 − largest free / total free, over free pages.
    [[nodiscard]] double externalFragmentation(Bytes pageBytes) const
    {
        const Bytes total = freePages * pageBytes;
        return total == 0 ? 0.0 : 1.0 - static_cast<double>(largestHole) / static_cast<double>(total);
    }
};

/// The heap at one event: immutable columns, the only thing a view ever draws. Rows are sorted by address, chunks by
/// their range. Made through SnapshotBuilder.
class HeapSnapshot
{
public:
    [[nodiscard]] std::uint64_t eventIndex() const { return m_eventIndex; } ///< state after that many events
    [[nodiscard]] Detail detail() const { return m_detail; }
    [[nodiscard]] AddressRange window() const { return m_window; } ///< where blocks() is filled
    [[nodiscard]] Bytes pageBytes() const { return m_pageBytes; }
    [[nodiscard]] const HeapTotals& totals() const { return m_totals; }
    [[nodiscard]] std::span<const ChunkRow> chunks() const { return m_chunks; }
    [[nodiscard]] std::span<const RegionRow> regions() const { return m_regions; }
    [[nodiscard]] std::span<const std::uint64_t> liveBits() const { return m_liveBits; }
    [[nodiscard]] std::span<const BlockRow> blocks() const { return m_blocks; }

    [[nodiscard]] bool isSlotLive(const RegionRow& region, std::uint32_t slot) const
    {
        return ((m_liveBits[region.firstLiveWord + slot / 64] >> (slot % 64)) & 1) != 0;
    }
    /// Row of regions() that contains the address, or nullptr. O(log regions).
    [[nodiscard]] const RegionRow* regionAt(Address address) const;
    /// The live block that contains the address, or nullptr; only inside window(). O(log blocks).
    [[nodiscard]] const BlockRow* blockAt(Address address) const;
    [[nodiscard]] const ChunkRow* chunkAt(Address address) const;

    friend class SnapshotBuilder;

private:
    std::uint64_t m_eventIndex = 0;
    Detail m_detail = Detail::Totals;
    AddressRange m_window;
    Bytes m_pageBytes = 4096;
    HeapTotals m_totals;
    std::vector<ChunkRow> m_chunks;
    std::vector<RegionRow> m_regions;
    std::vector<std::uint64_t> m_liveBits;
    std::vector<BlockRow> m_blocks;
};

using SnapshotPtr = std::shared_ptr<const HeapSnapshot>;

} // namespace heapatlas
