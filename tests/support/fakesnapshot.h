// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/zendmmbins.h"
#include "model/snapshotbuilder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace heapatlas::testing {

/// A made-up heap in ZendMM's shape, for tests of what draws snapshots: no engine and no trace is needed.
/// The same options give the same snapshot on every machine.
struct FakeHeap
{
    std::uint32_t seed = 1;
    std::uint32_t chunks = 4; ///< of 2 MB
    std::uint32_t hugeBlocks = 1;
    std::uint32_t adjacent = 1; ///< chunks that follow each other before one chunk's room is left out
    Bytes hugeBytes = 0; ///< of each huge block; 0: somewhat more than a chunk
    double fill = 0.75; ///< share of a small run's slots that are live, on average
    std::uint64_t eventIndex = 100'000;
    Detail detail = Detail::Blocks;
    AddressRange window = AddressRange::everything();

    static constexpr Bytes pageBytes = 4096;
    static constexpr Bytes chunkBytes = 2 * 1024 * 1024;
    static constexpr std::uint32_t chunkPages = 512;
    /// Where chunk 0 begins; chunk i begins at base + i * stride while `adjacent` is 1.
    static constexpr Address base { 0x7f4c2ca00000 };
    static constexpr Bytes stride = 2 * chunkBytes;
    [[nodiscard]] Address chunkBegin(std::uint32_t chunk) const
    {
        return base + (Bytes { chunk } + chunk / std::max(1U, adjacent)) * chunkBytes;
    }

    static constexpr const auto& bins = zendmm::bins;
};

namespace detail {

/// Builds the snapshot of one FakeHeap; a class only so that the parts share the generator and the sums.
class FakeHeapBuilder
{
public:
    explicit FakeHeapBuilder(const FakeHeap& heap)
        : m_heap(heap)
        , m_out(heap.eventIndex, heap.detail, heap.window)
        , m_random(heap.seed)
    {
    }

    SnapshotPtr build()
    {
        m_out.setPageBytes(FakeHeap::pageBytes);
        for (std::uint32_t c = 0; c < m_heap.chunks; ++c)
            addChunk(c);
        for (std::uint32_t h = 0; h < m_heap.hugeBlocks; ++h)
            addHuge(h);
        m_totals.chunks = m_heap.chunks;
        m_totals.hugeBlocks = m_heap.hugeBlocks;
        m_totals.peakLive = m_totals.live + m_totals.live / 10;
        m_totals.real += m_heap.chunks * FakeHeap::chunkBytes;
        m_totals.realPeak = m_totals.real;
        m_totals.limit = 128 * 1024 * 1024;
        m_out.setTotals(m_totals);
        return m_out.finish();
    }

private:
    /// 0 … n − 1. Not std::uniform_int_distribution, whose result differs between libraries.
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(m_random() % n); }

    void addBlock(Address begin, Bytes size, Bytes smallest)
    {
        BlockRow row;
        row.begin = begin;
        row.size = size;
        row.requested =
            size - below(static_cast<std::uint32_t>(std::min<Bytes>(size - smallest + 1, 0xFFFF)));
        row.bornEvent = m_heap.eventIndex == 0 ? 0 : 1 + m_random() % m_heap.eventIndex;
        row.stack = 1 + below(40);
        row.slot = m_nextSlot++;
        m_totals.requested += row.requested;
        m_totals.live += size;
        ++m_totals.liveBlocks;
        if (m_out.wantsBlocks())
            m_out.addBlock(row);
    }

    struct Piece
    {
        RegionRow row;
        std::vector<std::uint64_t> bits;
    };

    Piece freePiece(Address begin, std::uint32_t pages)
    {
        Piece piece;
        piece.row.kind = RegionKind::Free;
        piece.row.range = { begin, begin + pages * FakeHeap::pageBytes };
        m_totals.freePages += pages;
        m_totals.largestHole = std::max(m_totals.largestHole, pages * FakeHeap::pageBytes);
        return piece;
    }

    Piece largePiece(Address begin, std::uint32_t pages)
    {
        Piece piece;
        piece.row.kind = RegionKind::LargeRun;
        piece.row.range = { begin, begin + pages * FakeHeap::pageBytes };
        piece.row.liveSlots = 1;
        piece.row.requested = piece.row.range.size();
        addBlock(
            begin, pages * FakeHeap::pageBytes, std::max<Bytes>(3073, (pages - 1) * FakeHeap::pageBytes + 1));
        return piece;
    }

    Piece smallPiece(Address begin, std::uint8_t bin)
    {
        const zendmm::Bin& b = FakeHeap::bins.at(bin);
        Piece piece;
        piece.row.kind = RegionKind::SmallRun;
        piece.row.range = { begin, begin + Bytes { b.pages } * FakeHeap::pageBytes };
        piece.row.sizeClass = bin;
        piece.row.slotBytes = b.bytes;
        piece.row.slotCount = b.slots;
        piece.bits.resize((b.slots + std::size_t { 63 }) / 64);
        const std::uint32_t perMille = static_cast<std::uint32_t>(m_heap.fill * 1000);
        const Bytes smallest = bin == 0 ? 1 : FakeHeap::bins.at(bin - 1U).bytes + Bytes { 1 };
        for (std::uint32_t slot = 0; slot < b.slots; ++slot) {
            if (below(1000) >= perMille) {
                m_totals.freeSlotBytes += b.bytes;
                continue;
            }
            piece.bits[slot / 64] |= std::uint64_t { 1 } << (slot % 64);
            ++piece.row.liveSlots;
            addBlock(begin + Bytes { slot } * b.bytes, b.bytes, smallest);
        }
        return piece;
    }

    /// The header, then runs, large blocks and holes as the generator likes; later chunks end in a longer
    /// hole.
    std::vector<Piece> pieces(Address begin, std::uint32_t ordinal)
    {
        std::vector<Piece> all;
        Piece header;
        header.row.kind = RegionKind::Header;
        header.row.range = { begin, begin + FakeHeap::pageBytes };
        all.push_back(std::move(header));
        const std::uint32_t tail = 16 + ordinal * 90 % 400;
        std::uint32_t page = 1;
        bool wasFree = false;
        while (page < FakeHeap::chunkPages - tail) {
            const Address at = begin + page * FakeHeap::pageBytes;
            const std::uint32_t room = FakeHeap::chunkPages - tail - page;
            const std::uint32_t dice = below(100);
            std::uint32_t pages = 0;
            if (dice < 8 && !wasFree) {
                pages = std::min(room, 1 + below(6));
                all.push_back(freePiece(at, pages));
                wasFree = true;
            } else if (dice < 22) {
                pages = std::min(room, 1 + below(14));
                all.push_back(largePiece(at, pages));
                wasFree = false;
            } else {
                // Small classes are the common ones.
                std::uint32_t bin = std::min(below(30), below(30));
                while (FakeHeap::bins.at(bin).pages > room)
                    bin = bin == 0 ? 0 : bin - 1;
                pages = FakeHeap::bins.at(bin).pages;
                all.push_back(smallPiece(at, static_cast<std::uint8_t>(bin)));
                wasFree = false;
            }
            page += pages;
        }
        // A free run never has a free neighbour: the tail grows by a hole that touches it.
        std::uint32_t tailPages = FakeHeap::chunkPages - page;
        if (all.back().row.kind == RegionKind::Free) {
            const auto joined = static_cast<std::uint32_t>(all.back().row.range.size() / FakeHeap::pageBytes);
            m_totals.freePages -= joined;
            page -= joined;
            tailPages += joined;
            all.pop_back();
        }
        all.push_back(freePiece(begin + page * FakeHeap::pageBytes, tailPages));
        return all;
    }

    void addChunk(std::uint32_t ordinal)
    {
        const Address begin = m_heap.chunkBegin(ordinal);
        const Bytes liveBefore = m_totals.live;
        const std::uint64_t freeBefore = m_totals.freePages;
        const std::vector<Piece> all = pieces(begin, ordinal);
        ChunkRow chunk;
        chunk.range = { begin, begin + FakeHeap::chunkBytes };
        chunk.ordinal = ordinal;
        chunk.pageCount = FakeHeap::chunkPages;
        chunk.freePages = static_cast<std::uint32_t>(m_totals.freePages - freeBefore);
        chunk.usedBytes = m_totals.live - liveBefore + FakeHeap::pageBytes;
        if (!m_out.wantsRegions())
            return;
        m_out.beginChunk(chunk);
        for (const Piece& piece : all) {
            const auto bits = m_out.addRegion(piece.row);
            std::copy(piece.bits.begin(), piece.bits.end(), bits.begin());
        }
    }

    void addHuge(std::uint32_t ordinal)
    {
        const Bytes odd = FakeHeap::chunkBytes + (64 + Bytes { below(100) }) * FakeHeap::pageBytes;
        const Bytes size = m_heap.hugeBytes == 0 ? odd : m_heap.hugeBytes;
        const Address begin = FakeHeap::base + m_heap.chunks * FakeHeap::stride
            + ordinal * std::max(2 * FakeHeap::stride, size + FakeHeap::chunkBytes);
        addBlock(begin, size, size - FakeHeap::pageBytes + 1);
        m_totals.real += size;
        if (!m_out.wantsRegions())
            return;
        ChunkRow chunk;
        chunk.range = { begin, begin + size };
        chunk.ordinal = ordinal;
        chunk.usedBytes = size;
        m_out.beginChunk(chunk);
        RegionRow row;
        row.kind = RegionKind::Huge;
        row.range = chunk.range;
        row.liveSlots = 1;
        row.requested = size;
        m_out.addRegion(row);
    }

    FakeHeap m_heap;
    SnapshotBuilder m_out;
    std::mt19937 m_random;
    HeapTotals m_totals;
    std::uint32_t m_nextSlot = 0;
};

} // namespace detail

/// A plausible heap with small runs of most classes, large runs, holes and huge blocks.
[[nodiscard]] inline SnapshotPtr fakeSnapshot(const FakeHeap& heap = {})
{
    return detail::FakeHeapBuilder(heap).build();
}

} // namespace heapatlas::testing
