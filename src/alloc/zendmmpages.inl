// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: new runs, the page search, large blocks, chunks.

#include <bit>

namespace heapatlas {

namespace zendmm {

/// Calls `change(word, mask)` for the words of the bitmap that contain pages [first, first + count).
template <class Map, class Change>
void eachWord(Map& map, std::uint32_t first, std::uint32_t count, Change change)
{
    const std::uint32_t end = first + count;
    for (std::uint32_t at = first; at < end;) {
        const std::uint32_t in = at % 64;
        const std::uint32_t bits = std::min(64 - in, end - at);
        const std::uint64_t mask = (bits == 64 ? ~std::uint64_t { 0 } : (std::uint64_t { 1 } << bits) - 1)
            << in;
        change(map[at / 64], mask);
        at += bits;
    }
}

inline void setPages(std::array<std::uint64_t, 8>& map, std::uint32_t first, std::uint32_t count)
{
    eachWord(map, first, count, [](std::uint64_t& word, std::uint64_t mask) { word |= mask; });
}
inline void clearPages(std::array<std::uint64_t, 8>& map, std::uint32_t first, std::uint32_t count)
{
    eachWord(map, first, count, [](std::uint64_t& word, std::uint64_t mask) { word &= ~mask; });
}
[[nodiscard]] inline bool arePagesFree(
    const std::array<std::uint64_t, 8>& map, std::uint32_t first, std::uint32_t count)
{
    bool areFree = true;
    eachWord(map, first, count,
        [&](const std::uint64_t& word, std::uint64_t mask) { areFree = areFree && (word & mask) == 0; });
    return areFree;
}
[[nodiscard]] inline bool isPageUsed(const std::array<std::uint64_t, 8>& map, std::uint32_t page)
{
    return ((map[page / 64] >> (page % 64)) & 1) != 0;
}

} // namespace zendmm

/// php-src: zend_mm_alloc_small_slow. The figures are the caller's.
template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::allocateFromNewRun(unsigned bin, Outcome outcome)
{
    const zendmm::Bin& shape = zendmm::bins[bin];
    const Pages pages = takePages(shape.pages, outcome);
    if (pages.failure != AllocFailure::None) {
        if (m_options.variant == ZendMmState::Variant::DelayedOom)
            m_heap.size -= shape.bytes;
        else
            m_heap.inflation += shape.bytes;
        return { {}, pages.failure };
    }
    Header& chunk = header(pages.chunk);
    chunk.map[pages.first] = zendmm::smallRunWord(bin);
    for (std::uint32_t i = 1; i < shape.pages; ++i)
        chunk.map[pages.first + i] = zendmm::laterPageWord(bin, i);

    const Bytes begin = pages.first * zendmm::pageBytes;
    const Ref run = m_memory.refIn(pages.chunk, begin);
    m_memory.declareRun(run, shape.bytes, shape.slots, shape.pages);
    // Slot 0 is the answer, the others are the new free list in ascending order.
    Ref next {};
    for (std::uint32_t i = shape.slots - 1u; i >= 1; --i) {
        const Ref slot = m_memory.refIn(pages.chunk, begin + i * shape.bytes);
        m_memory.setLink(slot, next);
        if (next.isNull())
            m_heap.freeLast[bin] = slot;
        next = slot;
    }
    m_heap.freeSlot[bin] = next;
    m_memory.markLive(run);
    tell(HeapEvent::Kind::RunCreated, HeapEvent::Reason::None, addressOf(run),
        shape.pages * zendmm::pageBytes, bin, shape.pages);
    return { run, AllocFailure::None };
}

template <Memory M, class Rules>
AllocFailure ZendMm<M, Rules>::refuseSmall(Block block) const
{
    return m_memory.hasRecord(block) ? AllocFailure::UnknownAddress : AllocFailure::DoubleFree;
}

/// php-src: the search in zend_mm_alloc_pages. Best fit among holes; the tail of the chunk counts with its real length.
/// Corrects freeTail even if nothing fits.
template <Memory M, class Rules>
typename ZendMm<M, Rules>::Hole ZendMm<M, Rules>::findHole(Header& chunk, std::uint32_t count)
{
    using Reason = HeapEvent::Reason;
    constexpr std::uint32_t wordPages = 64;
    const std::uint32_t freeTail = chunk.freeTail;
    std::uint32_t bestLength = zendmm::pagesPerChunk;
    Hole best;
    std::uint32_t word = 0; // index of `rest` in the map
    std::uint64_t rest = chunk.freeMap[0]; // used pages; what is behind us reads as used or free, as needed
    while (true) {
        while (rest == ~std::uint64_t { 0 }) {
            if (++word == chunk.freeMap.size())
                return best;
            rest = chunk.freeMap[word];
        }
        const std::uint32_t first = word * wordPages + static_cast<std::uint32_t>(std::countr_one(rest));
        rest &= rest + 1;
        while (rest == 0) {
            ++word;
            if (word * wordPages >= freeTail || word == chunk.freeMap.size()) {
                const std::uint32_t length = zendmm::pagesPerChunk - first;
                if (length >= count && length < bestLength) {
                    chunk.freeTail = first + count;
                    return { first, Reason::Tail };
                }
                if constexpr (Rules::keepsFreeTail)
                    chunk.freeTail = first;
                return best;
            }
            rest = chunk.freeMap[word];
        }
        const std::uint32_t length =
            word * wordPages + static_cast<std::uint32_t>(std::countr_zero(rest)) - first;
        if (length == count || (Rules::firstFitHoles && length >= count))
            return { first, Reason::ExactHole };
        if (length > count && length < bestLength) {
            bestLength = length;
            best = { first, Reason::SmallestHole };
        }
        rest |= rest - 1;
    }
}

/// php-src: zend_mm_alloc_pages. First fit among chunks.
template <Memory M, class Rules>
typename ZendMm<M, Rules>::Pages ZendMm<M, Rules>::takePages(std::uint32_t count, Outcome outcome)
{
    Region found = m_heap.mainChunk;
    if (found.isNull())
        return { {}, 0, AllocFailure::OutOfMemory };
    Hole hole;
    unsigned steps = 0;
    while (true) {
        Header& chunk = header(found);
        if (chunk.freePages >= count)
            hole = findHole(chunk, count);
        if (hole.first != 0)
            break;
        if (chunk.next == m_heap.mainChunk) {
            const Pages fresh = addChunk(outcome);
            if (fresh.failure != AllocFailure::None)
                return fresh;
            found = fresh.chunk;
            hole = { zendmm::firstPage, HeapEvent::Reason::NewChunk };
            break;
        }
        found = chunk.next;
        ++steps;
    }

    Header& chunk = header(found);
    // A far chunk that still takes small requests is searched early from now on.
    if (Rules::movesChunks && steps > 2 && count < 8) {
        header(chunk.prev).next = chunk.next;
        header(chunk.next).prev = chunk.prev;
        chunk.next = header(m_heap.mainChunk).next;
        chunk.prev = m_heap.mainChunk;
        header(chunk.prev).next = found;
        header(chunk.next).prev = found;
        tell(HeapEvent::Kind::ChunkMovedForward, HeapEvent::Reason::None, m_memory.regionAddress(found),
            zendmm::chunkBytes);
    }
    chunk.freePages -= count;
    zendmm::setPages(chunk.freeMap, hole.first, count);
    chunk.map[hole.first] = zendmm::largeRunWord(count);
    if (hole.first == chunk.freeTail)
        chunk.freeTail = hole.first + count;
    tell(HeapEvent::Kind::PagesTaken, hole.reason,
        m_memory.regionAddress(found) + hole.first * zendmm::pageBytes, count * zendmm::pageBytes, 0, count);
    return { found, hole.first, AllocFailure::None };
}

template <Memory M, class Rules>
typename ZendMm<M, Rules>::Pages ZendMm<M, Rules>::addChunk(Outcome outcome)
{
    Region chunk = m_heap.cachedChunks;
    while (chunk.isNull()) {
        const LimitAnswer answer = checkLimit(zendmm::chunkBytes, true, outcome);
        if (answer == LimitAnswer::Refused)
            return { {}, 0, AllocFailure::LimitReached };
        if (answer == LimitAnswer::Retry) {
            chunk = m_heap.cachedChunks;
            continue;
        }
        std::optional<Region> mapped;
        if (outcome != Outcome::Failed)
            mapped = m_memory.mapChunk();
        if (!mapped && gc() != 0 && outcome != Outcome::Failed)
            mapped = m_memory.mapChunk();
        if (!mapped)
            return { {}, 0, AllocFailure::OutOfMemory };
        m_heap.realSize += zendmm::chunkBytes;
        m_heap.realPeak = std::max(m_heap.realPeak, m_heap.realSize);
        initChunk(*mapped);
        tell(HeapEvent::Kind::ChunkMapped, HeapEvent::Reason::NewChunk, m_memory.regionAddress(*mapped),
            zendmm::chunkBytes);
        return { *mapped, 0, AllocFailure::None };
    }
    --m_heap.cachedChunksCount;
    m_heap.cachedChunks = header(chunk).next;
    initChunk(chunk);
    tell(HeapEvent::Kind::ChunkReused, HeapEvent::Reason::NewChunk, m_memory.regionAddress(chunk),
        zendmm::chunkBytes);
    return { chunk, 0, AllocFailure::None };
}

/// php-src: zend_mm_chunk_init, at the end of the list. A chunk that was kept back keeps its stale page words.
template <Memory M, class Rules>
void ZendMm<M, Rules>::initChunk(Region region)
{
    ++m_heap.chunksCount;
    m_heap.peakChunksCount = std::max(m_heap.peakChunksCount, m_heap.chunksCount);
    Header& chunk = header(region);
    Header& main = header(m_heap.mainChunk);
    chunk.next = m_heap.mainChunk;
    chunk.prev = main.prev;
    header(chunk.prev).next = region;
    main.prev = region;
    chunk.freePages = zendmm::pagesPerChunk - zendmm::firstPage;
    chunk.freeTail = zendmm::firstPage;
    chunk.num = header(chunk.prev).num + 1;
    chunk.freeMap[0] = 1;
    chunk.map[0] = zendmm::largeRunWord(zendmm::firstPage);
}

/// php-src: zend_mm_free_pages_ex.
template <Memory M, class Rules>
void ZendMm<M, Rules>::freePages(Region region, std::uint32_t first, std::uint32_t count, bool deletesChunk)
{
    Header& chunk = header(region);
    chunk.freePages += count;
    zendmm::clearPages(chunk.freeMap, first, count);
    chunk.map[first] = 0;
    if (chunk.freeTail == first + count)
        chunk.freeTail = first;
    tell(HeapEvent::Kind::PagesFreed, HeapEvent::Reason::None,
        m_memory.regionAddress(region) + first * zendmm::pageBytes, count * zendmm::pageBytes, 0, count);
    if (deletesChunk && !(region == m_heap.mainChunk)
        && chunk.freePages == zendmm::pagesPerChunk - zendmm::firstPage)
        deleteChunk(region);
}

/// php-src: zend_mm_delete_chunk.
template <Memory M, class Rules>
void ZendMm<M, Rules>::deleteChunk(Region region)
{
    using Reason = HeapEvent::Reason;
    Header& chunk = header(region);
    header(chunk.next).prev = chunk.prev;
    header(chunk.prev).next = chunk.next;
    --m_heap.chunksCount;
    const bool isBelowAverage = m_heap.chunksCount + m_heap.cachedChunksCount < m_heap.avgChunksCount + 0.1;
    if (isBelowAverage
        || (m_heap.chunksCount == m_heap.lastChunksDeleteBoundary && m_heap.lastChunksDeleteCount >= 4)) {
        ++m_heap.cachedChunksCount;
        chunk.next = m_heap.cachedChunks;
        m_heap.cachedChunks = region;
        tell(HeapEvent::Kind::ChunkCached, isBelowAverage ? Reason::BelowAverage : Reason::RepeatedDelete,
            m_memory.regionAddress(region), zendmm::chunkBytes);
        return;
    }
    m_heap.realSize -= zendmm::chunkBytes;
    if (m_heap.cachedChunks.isNull()) {
        if (m_heap.chunksCount != m_heap.lastChunksDeleteBoundary) {
            m_heap.lastChunksDeleteBoundary = m_heap.chunksCount;
            m_heap.lastChunksDeleteCount = 0;
        } else {
            ++m_heap.lastChunksDeleteCount;
        }
        unmapChunk(region);
    } else if (chunk.num > header(m_heap.cachedChunks).num) {
        unmapChunk(region);
    } else {
        const Region replaced = m_heap.cachedChunks;
        chunk.next = header(replaced).next;
        unmapChunk(replaced);
        m_heap.cachedChunks = region;
        tell(HeapEvent::Kind::ChunkCached, Reason::None, m_memory.regionAddress(region), zendmm::chunkBytes);
    }
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::unmapChunk(Region region)
{
    tell(HeapEvent::Kind::ChunkUnmapped, HeapEvent::Reason::None, m_memory.regionAddress(region),
        zendmm::chunkBytes);
    m_memory.unmapChunk(region);
}

template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::allocateLarge(Bytes size, Outcome outcome)
{
    const auto count = static_cast<std::uint32_t>((size + zendmm::pageBytes - 1) / zendmm::pageBytes);
    const Pages pages = takePages(count, outcome);
    if (pages.failure != AllocFailure::None)
        return { {}, pages.failure };
    addSize(count * zendmm::pageBytes);
    return { m_memory.refIn(pages.chunk, pages.first * zendmm::pageBytes), AllocFailure::None };
}

template <Memory M, class Rules>
AllocFailure ZendMm<M, Rules>::freeLarge(Block block)
{
    const Region region = m_memory.regionOf(block);
    const Bytes offset = m_memory.offsetOf(block);
    const auto first = static_cast<std::uint32_t>(offset / zendmm::pageBytes);
    const Header& chunk = header(region);
    const std::uint32_t word = chunk.map[first];
    if (offset % zendmm::pageBytes != 0 || first == 0)
        return AllocFailure::UnknownAddress;
    if (!zendmm::isLargeStart(word) || !zendmm::isPageUsed(chunk.freeMap, first))
        return AllocFailure::DoubleFree;
    const std::uint32_t count = zendmm::wordPages(word);
    m_heap.size -= count * zendmm::pageBytes;
    freePages(region, first, count, true);
    return AllocFailure::None;
}

} // namespace heapatlas
