// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: snapshots and the check of invariants.

#include <vector>

namespace heapatlas {

/// Live slots of a run. Memory that does not know them is asked for the free lists, once for all runs.
template <Memory M, class Rules>
class ZendMm<M, Rules>::LiveSlots
{
public:
    using Bits = std::array<std::uint64_t, 8>;

    explicit LiveSlots(const ZendMm& heap)
        : m_heap(heap)
    {
        if constexpr (!M::knowsLive) {
            for (Ref slot : heap.m_heap.freeSlot)
                for (; !slot.isNull(); slot = heap.m_memory.link(slot))
                    m_free.push_back(heap.addressOf(slot));
            std::sort(m_free.begin(), m_free.end());
        }
    }

    [[nodiscard]] Bits of(Ref run, const zendmm::Bin& bin) const
    {
        Bits bits {};
        if constexpr (M::knowsLive) {
            m_heap.m_memory.readLiveBits(run, bin.slots, bits);
        } else {
            for (std::uint32_t slot = 0; slot < bin.slots; ++slot)
                bits[slot / 64] |= std::uint64_t { 1 } << (slot % 64);
            const Address begin = m_heap.addressOf(run);
            const Address end = begin + bin.slots * Bytes { bin.bytes };
            for (auto at = std::lower_bound(m_free.begin(), m_free.end(), begin);
                 at != m_free.end() && *at < end; ++at) {
                const Bytes slot = (*at - begin) / bin.bytes;
                bits[slot / 64] &= ~(std::uint64_t { 1 } << (slot % 64));
            }
        }
        return bits;
    }

private:
    const ZendMm& m_heap;
    std::vector<Address> m_free;
};

template <Memory M, class Rules>
void ZendMm<M, Rules>::describeChunk(SnapshotBuilder& out, const LiveSlots& liveSlots, Region region,
    std::uint32_t ordinal, bool isCached) const
{
    using Kind = RegionKind;
    const Address begin = m_memory.regionAddress(region);
    const auto rangeOf = [&](std::uint32_t first, std::uint32_t count) {
        const Address at = begin + first * zendmm::pageBytes;
        return AddressRange { at, at + count * zendmm::pageBytes };
    };
    HeapTotals& totals = out.totals();
    ChunkRow row { rangeOf(0, zendmm::pagesPerChunk), ordinal, zendmm::pagesPerChunk, 0, 0, 0,
        zendmm::pageBytes, isCached };

    std::vector<RegionRow> regions;
    std::vector<typename LiveSlots::Bits> bits;
    RegionRow head;
    head.range = rangeOf(0, zendmm::firstPage);
    head.kind = Kind::Header;
    regions.push_back(head);
    if (isCached) {
        row.freePages = zendmm::pagesPerChunk - zendmm::firstPage;
        RegionRow rest;
        rest.range = rangeOf(zendmm::firstPage, row.freePages);
        regions.push_back(rest);
    } else {
        row.freePages = header(region).freePages;
        totals.freePages += row.freePages;
        zendmm::eachStretch(header(region),
            [&](zendmm::Stretch stretch, std::uint32_t first, std::uint32_t count, std::uint32_t word) {
                RegionRow r;
                r.range = rangeOf(first, count);
                if (stretch == zendmm::Stretch::Free) {
                    totals.largestHole = std::max(totals.largestHole, r.range.size());
                } else if (stretch == zendmm::Stretch::Small) {
                    const zendmm::Bin& bin = zendmm::bins[zendmm::wordBin(word)];
                    bits.push_back(liveSlots.of(m_memory.refIn(region, first * zendmm::pageBytes), bin));
                    r.kind = Kind::SmallRun;
                    r.sizeClass = static_cast<std::uint8_t>(zendmm::wordBin(word));
                    r.slotBytes = bin.bytes;
                    r.slotCount = bin.slots;
                    for (const std::uint64_t w : bits.back())
                        r.liveSlots += static_cast<std::uint32_t>(std::popcount(w));
                    row.usedBytes += r.liveSlots * Bytes { bin.bytes };
                    totals.freeSlotBytes += (bin.slots - r.liveSlots) * Bytes { bin.bytes };
                    totals.liveBlocks += r.liveSlots;
                } else {
                    r.kind = Kind::LargeRun;
                    r.liveSlots = 1;
                    r.requested = r.range.size();
                    row.usedBytes += r.range.size();
                    ++totals.liveBlocks;
                }
                regions.push_back(r);
            });
    }
    if (!out.wantsRegions())
        return;
    out.beginChunk(row);
    auto nextBits = bits.begin();
    for (const RegionRow& r : regions) {
        const std::span<std::uint64_t> words = out.addRegion(r);
        if (r.kind == Kind::SmallRun)
            std::copy_n((nextBits++)->begin(), words.size(), words.begin());
    }
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::describe(SnapshotBuilder& out) const
{
    constexpr Bytes unlimited = Bytes { 1 } << 62; // PHP's own values for "none" are above
    out.setPageBytes(zendmm::pageBytes);
    HeapTotals& totals = out.totals();
    totals.live = m_heap.size;
    totals.peakLive = m_heap.peak;
    totals.real = m_heap.realSize;
    totals.realPeak = m_heap.realPeak;
    totals.limit = m_heap.limit < unlimited ? m_heap.limit : 0;
    if (m_heap.mainChunk.isNull())
        return;
    const LiveSlots liveSlots(*this);
    std::uint32_t ordinal = 0;
    Region chunk = m_heap.mainChunk;
    do {
        describeChunk(out, liveSlots, chunk, ordinal++, false);
        ++totals.chunks;
        chunk = header(chunk).next;
    } while (!(chunk == m_heap.mainChunk));
    for (chunk = m_heap.cachedChunks; !chunk.isNull(); chunk = header(chunk).next) {
        describeChunk(out, liveSlots, chunk, ordinal++, true);
        ++totals.cachedChunks;
    }
    for (Ref node = m_heap.hugeList; !node.isNull();) {
        const HugeNode entry = m_memory.template record<HugeNode>(node);
        ++totals.hugeBlocks; // in place of its node, which was counted as a live slot
        if (out.wantsRegions()) {
            RegionRow row;
            row.range = { addressOf(entry.block), addressOf(entry.block) + entry.bytes };
            row.kind = RegionKind::Huge;
            row.liveSlots = 1;
            row.requested = entry.bytes;
            out.beginChunk({ row.range, ordinal++, 0, 0, 0, 0, entry.bytes, false });
            out.addRegion(row);
        }
        node = entry.next;
    }
}

// --- invariants -------------------------------------------------------------------------------------------------

template <Memory M, class Rules>
std::vector<FreeList> ZendMm<M, Rules>::freeLists(std::size_t most) const
{
    std::vector<FreeList> lists;
    for (unsigned bin = 0; bin < zendmm::binCount; ++bin) {
        FreeList list;
        list.sizeClass = static_cast<std::uint8_t>(bin);
        list.slotBytes = static_cast<std::uint32_t>(zendmm::bins[bin].bytes);
        for (Ref slot = m_heap.freeSlot[bin]; !slot.isNull(); slot = m_memory.link(slot)) {
            if (list.length++ < most)
                list.slots.push_back(addressOf(slot));
        }
        if (list.length != 0)
            lists.push_back(std::move(list));
    }
    return lists;
}

template <Memory M, class Rules>
std::string ZendMm<M, Rules>::checkInvariants() const
{
    if (m_heap.mainChunk.isNull())
        return {};
    const LiveSlots liveSlots(*this);
    Bytes live = 0;
    std::uint64_t slotCounts[zendmm::binCount] = {};
    std::int32_t chunks = 0;
    Region chunk = m_heap.mainChunk;
    do {
        if (!(header(header(chunk).next).prev == chunk))
            return "chunk list: next and prev disagree";
        std::string problem;
        std::uint32_t freePages = 0;
        zendmm::eachStretch(header(chunk),
            [&](zendmm::Stretch stretch, std::uint32_t first, std::uint32_t count, std::uint32_t word) {
                if (stretch == zendmm::Stretch::Free) {
                    freePages += count;
                } else if (stretch == zendmm::Stretch::Large) {
                    live += count * zendmm::pageBytes;
                } else if (stretch == zendmm::Stretch::Small) {
                    const unsigned bin = zendmm::wordBin(word);
                    std::uint32_t liveCount = 0;
                    for (const std::uint64_t w :
                        liveSlots.of(m_memory.refIn(chunk, first * zendmm::pageBytes), zendmm::bins[bin]))
                        liveCount += static_cast<std::uint32_t>(std::popcount(w));
                    live += liveCount * Bytes { zendmm::bins[bin].bytes };
                    slotCounts[bin] += zendmm::bins[bin].slots - liveCount;
                    for (std::uint32_t i = 1; i < count; ++i)
                        if (header(chunk).map[first + i] != zendmm::laterPageWord(bin, i))
                            problem = "a later page of a run has a wrong word";
                } else {
                    problem = "used pages that belong to no run";
                }
                for (std::uint32_t i = 0; i < count; ++i)
                    if (zendmm::isPageUsed(header(chunk).freeMap, first + i)
                        == (stretch == zendmm::Stretch::Free))
                        problem = "a run has free pages";
            });
        if (problem.empty() && freePages != header(chunk).freePages)
            problem = "freePages is not the number of free pages";
        if (problem.empty() && header(chunk).freeTail > zendmm::pagesPerChunk)
            problem = "freeTail is beyond the chunk";
        if (!problem.empty())
            return "chunk " + std::to_string(chunks) + ": " + problem;
        ++chunks;
        chunk = header(chunk).next;
    } while (!(chunk == m_heap.mainChunk) && chunks <= m_heap.chunksCount);
    if (chunks != m_heap.chunksCount)
        return "chunk list: not chunksCount long";

    Bytes real = static_cast<Bytes>(chunks) * zendmm::chunkBytes;
    std::int32_t cached = 0;
    for (chunk = m_heap.cachedChunks; !chunk.isNull() && cached <= m_heap.cachedChunksCount; ++cached)
        chunk = header(chunk).next;
    if (cached != m_heap.cachedChunksCount)
        return "cached chunks: not cachedChunksCount many";
    real += static_cast<Bytes>(cached) * zendmm::chunkBytes;

    for (unsigned bin = 0; bin < zendmm::binCount; ++bin) {
        std::uint64_t listed = 0;
        for (Ref slot = m_heap.freeSlot[bin]; !slot.isNull(); slot = m_memory.link(slot)) {
            if (zendmm::wordBin(mapWord(slot)) != bin || !zendmm::isSmall(mapWord(slot)))
                return "free list " + std::to_string(bin) + ": a slot of another bin";
            if (M::knowsLive && m_memory.isLive(slot))
                return "free list " + std::to_string(bin) + ": a live slot";
            if (++listed > slotCounts[bin])
                return "free list " + std::to_string(bin) + ": longer than its runs have free slots";
        }
    }
    for (Ref node = m_heap.hugeList; !node.isNull();) {
        const HugeNode entry = m_memory.template record<HugeNode>(node);
        live += entry.bytes;
        real += entry.bytes;
        node = entry.next;
    }
    if (live + m_heap.inflation != m_heap.size)
        return "size " + std::to_string(m_heap.size) + " is not the sum of live blocks "
            + std::to_string(live);
    if (real != m_heap.realSize)
        return "realSize " + std::to_string(m_heap.realSize) + " is not the sum of mappings "
            + std::to_string(real);
    if (m_heap.peak < m_heap.size || m_heap.realPeak < m_heap.realSize)
        return "a peak is below the present value";
    return {};
}

} // namespace heapatlas
