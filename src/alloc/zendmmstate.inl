// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: begin and end, import and export of the state, keyframes, places by address.

namespace heapatlas {

namespace zendmm {

enum class Stretch : std::uint8_t
{
    Free,
    Small,
    Large,
    Bad, ///< used pages without a page word that explains them
};

/// Calls `visit(stretch, firstPage, pages, word)` for what the pages behind the header are, ascending and without
/// gaps. Reads only words of used pages: the others are stale.
template <class Header, class Visit>
void eachStretch(const Header& chunk, Visit visit)
{
    for (std::uint32_t page = firstPage; page < pagesPerChunk;) {
        const std::uint32_t word = chunk.map[page];
        std::uint32_t count = 1;
        Stretch stretch = Stretch::Bad;
        if (!isPageUsed(chunk.freeMap, page)) {
            stretch = Stretch::Free;
            while (page + count < pagesPerChunk && !isPageUsed(chunk.freeMap, page + count))
                ++count;
        } else if (isLargeStart(word) && wordPages(word) >= 1) {
            stretch = Stretch::Large;
            count = wordPages(word);
        } else if (isSmallStart(word) && wordBin(word) < binCount) {
            stretch = Stretch::Small;
            count = bins[wordBin(word)].pages;
        }
        if (count > pagesPerChunk - page) {
            stretch = Stretch::Bad;
            count = pagesPerChunk - page;
        }
        visit(stretch, page, count, word);
        page += count;
    }
}

} // namespace zendmm

template <Memory M, class Rules>
ZendMm<M, Rules>::ZendMm(const ZendMmOptions& options)
    : m_binTable(options.minimumSize > 8 ? &zendmm::binTable16 : &zendmm::binTable8)
    , m_options(options)
{
    m_memory.setHeaderBytes(sizeof(Header));
    makeMainChunk();
}

template <Memory M, class Rules>
ZendMm<M, Rules>::~ZendMm()
{
    if constexpr (!M::knowsLive)
        releaseAll();
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::makeMainChunk()
{
    m_heap = Heap {};
    m_heap.limit = m_options.limit;
    m_heap.hardLimitPercent = m_options.hardLimitPercent;
    m_heap.hardLimit = hardLimitFor(m_heap.limit);
    const std::optional<Region> mapped = m_memory.mapChunk();
    if (!mapped)
        return; // every request fails with OutOfMemory
    m_heap.mainChunk = *mapped;
    Header& main = header(*mapped);
    main.next = *mapped;
    main.prev = *mapped;
    main.freePages = zendmm::pagesPerChunk - zendmm::firstPage;
    main.freeTail = zendmm::firstPage;
    main.freeMap[0] = 1;
    main.map[0] = zendmm::largeRunWord(zendmm::firstPage);
    m_heap.chunksCount = 1;
    m_heap.peakChunksCount = 1;
    m_heap.realSize = zendmm::chunkBytes;
    m_heap.realPeak = zendmm::chunkBytes;
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::releaseAll()
{
    if (m_heap.mainChunk.isNull())
        return;
    for (Ref node = m_heap.hugeList; !node.isNull();) {
        const HugeNode entry = m_memory.template record<HugeNode>(node);
        m_memory.unmapSolid(m_memory.regionOf(entry.block), entry.bytes);
        node = entry.next;
    }
    for (Region chunk = m_heap.cachedChunks; !chunk.isNull();) {
        const Region next = header(chunk).next;
        m_memory.unmapChunk(chunk);
        chunk = next;
    }
    for (Region chunk = header(m_heap.mainChunk).next; !(chunk == m_heap.mainChunk);) {
        const Region next = header(chunk).next;
        m_memory.unmapChunk(chunk);
        chunk = next;
    }
    m_memory.unmapChunk(m_heap.mainChunk);
}

/// Whether a place inside a small run, by its page's word, is the begin of a live slot. Exact where slots know that.
template <Memory M, class Rules>
bool ZendMm<M, Rules>::isLiveSlot(Ref ref) const
{
    const Bytes offset = m_memory.offsetOf(ref);
    const auto page = static_cast<std::uint32_t>(offset / zendmm::pageBytes);
    const std::uint32_t word = header(m_memory.regionOf(ref)).map[page];
    const std::uint32_t behind = zendmm::isLaterPage(word) ? zendmm::wordField(word) : 0;
    if (!zendmm::isSmall(word) || zendmm::wordBin(word) >= zendmm::binCount || behind > page)
        return false;
    const zendmm::Bin& bin = zendmm::bins[zendmm::wordBin(word)];
    const Bytes at = offset - (page - behind) * zendmm::pageBytes;
    // Only then does the memory have a word for the place.
    return at % bin.bytes == 0 && at / bin.bytes < bin.slots && m_memory.isLive(ref);
}

template <Memory M, class Rules>
typename M::Ref ZendMm<M, Rules>::blockAt(Address address) const
{
    const Ref ref = m_memory.refAt(address);
    if (ref.isNull() || m_heap.mainChunk.isNull())
        return {};
    const Bytes offset = m_memory.offsetOf(ref);
    if (offset == 0)
        return hugeNodeOf(ref).isNull() ? Ref {} : ref;
    if (M::knowsLive && isLiveSlot(ref))
        return ref;
    // Words of pages inside a large run are stale and may look like anything, and an address of the process may be
    // nobody's chunk: walk.
    const Region wanted = m_memory.regionOf(ref);
    Region chunk = m_heap.mainChunk;
    while (!(chunk == wanted)) {
        chunk = header(chunk).next;
        if (chunk == m_heap.mainChunk)
            return {};
    }
    Ref found {};
    zendmm::eachStretch(
        header(chunk), [&](zendmm::Stretch stretch, std::uint32_t first, std::uint32_t count, std::uint32_t) {
            const Bytes begin = first * zendmm::pageBytes;
            if (offset < begin || offset >= begin + count * zendmm::pageBytes)
                return;
            if ((stretch == zendmm::Stretch::Large && offset == begin)
                || (stretch == zendmm::Stretch::Small && isLiveSlot(ref)))
                found = ref;
        });
    return found;
}

template <Memory M, class Rules>
AllocFailure ZendMm<M, Rules>::whyNoBlock(Address address) const
{
    for (const Ref head : m_heap.freeSlot)
        for (Ref slot = head; !slot.isNull(); slot = m_memory.link(slot))
            if (addressOf(slot) == address)
                return AllocFailure::DoubleFree;
    return AllocFailure::UnknownAddress;
}

// --- export -----------------------------------------------------------------------------------------------------

template <Memory M, class Rules>
ZendMmState ZendMm<M, Rules>::state() const
{
    ZendMmState s;
    s.variant = m_options.variant;
    s.size = m_heap.size;
    s.peak = m_heap.peak;
    s.realSize = m_heap.realSize;
    s.realPeak = m_heap.realPeak;
    s.limit = m_heap.limit;
    s.hardLimit = m_heap.hardLimit;
    s.hardLimitPercent = m_heap.hardLimitPercent;
    s.overflow = m_heap.overflow;
    s.chunksCount = m_heap.chunksCount;
    s.peakChunksCount = m_heap.peakChunksCount;
    s.cachedChunksCount = m_heap.cachedChunksCount;
    s.avgChunksCount = m_heap.avgChunksCount;
    s.lastChunksDeleteBoundary = m_heap.lastChunksDeleteBoundary;
    s.lastChunksDeleteCount = m_heap.lastChunksDeleteCount;
    if (m_heap.mainChunk.isNull())
        return s;
    const auto copyOf = [&](Region region) {
        const Header& chunk = header(region);
        return ZendMmState::Chunk { m_memory.regionAddress(region), chunk.freePages, chunk.freeTail,
            chunk.num, chunk.freeMap, chunk.map };
    };
    Region chunk = m_heap.mainChunk;
    do {
        s.chunks.push_back(copyOf(chunk));
        chunk = header(chunk).next;
    } while (!(chunk == m_heap.mainChunk));
    for (chunk = m_heap.cachedChunks; !chunk.isNull(); chunk = header(chunk).next)
        s.cachedChunks.push_back(copyOf(chunk));
    for (unsigned bin = 0; bin < zendmm::binCount; ++bin)
        for (Ref slot = m_heap.freeSlot[bin]; !slot.isNull(); slot = m_memory.link(slot))
            s.freeSlots[bin].push_back(addressOf(slot));
    for (Ref node = m_heap.hugeList; !node.isNull();) {
        const HugeNode entry = m_memory.template record<HugeNode>(node);
        s.huge.push_back({ addressOf(entry.block), entry.bytes, addressOf(node) });
        node = entry.next;
    }
    return s;
}

// --- import -----------------------------------------------------------------------------------------------------

template <Memory M, class Rules>
Result<void> ZendMm<M, Rules>::restore(const ZendMmState& state) requires M::knowsLive
{
    m_memory.clear();
    m_heap = Heap {};
    m_options.variant = state.variant;
    std::string problem = restoreChecked(state);
    if (problem.empty())
        return {};
    m_memory.clear();
    makeMainChunk();
    return Error { ErrorCode::CorruptedState, "zendmm: restore: " + problem, std::nullopt };
}

/// Empty, or what contradicts itself in the state; the heap is unusable then.
template <Memory M, class Rules>
std::string ZendMm<M, Rules>::restoreChecked(const ZendMmState& state) requires M::knowsLive
{
    if (state.chunks.empty())
        return "no main chunk";
    m_heap.size = state.size;
    m_heap.peak = state.peak;
    m_heap.realSize = state.realSize;
    m_heap.realPeak = state.realPeak;
    m_heap.limit = state.limit;
    m_heap.hardLimit = state.hardLimit;
    m_heap.hardLimitPercent = state.hardLimitPercent;
    m_heap.overflow = state.overflow;
    m_heap.chunksCount = state.chunksCount;
    m_heap.peakChunksCount = state.peakChunksCount;
    m_heap.cachedChunksCount = state.cachedChunksCount;
    m_heap.avgChunksCount = state.avgChunksCount;
    m_heap.lastChunksDeleteBoundary = state.lastChunksDeleteBoundary;
    m_heap.lastChunksDeleteCount = state.lastChunksDeleteCount;

    Bytes live = 0;
    for (const ZendMmState::Chunk& from : state.chunks) {
        std::string problem = restoreChunk(from, live);
        if (!problem.empty())
            return problem;
    }
    Region lastCached {};
    for (const ZendMmState::Chunk& from : state.cachedChunks) {
        const std::optional<Region> mapped = m_memory.mapChunkAt(from.address);
        if (!mapped)
            return "a cached chunk has an impossible address";
        Header& chunk = header(*mapped);
        chunk = { Region {}, Region {}, from.freePages, from.freeTail, from.num, from.freeMap, from.map };
        if (lastCached.isNull())
            m_heap.cachedChunks = *mapped;
        else
            header(lastCached).next = *mapped;
        lastCached = *mapped;
    }
    for (unsigned bin = 0; bin < zendmm::binCount; ++bin) {
        for (const Address address : state.freeSlots[bin]) {
            const Ref slot = m_memory.refAt(address);
            if (slot.isNull() || m_memory.offsetOf(slot) == 0 || !isLiveSlot(slot)
                || zendmm::wordBin(mapWord(slot)) != bin)
                return "a free list names what is no free slot of its bin";
            if (m_heap.freeSlot[bin].isNull())
                m_heap.freeSlot[bin] = slot;
            else
                m_memory.setLink(m_heap.freeLast[bin], slot);
            m_memory.setLink(slot, Ref {});
            m_heap.freeLast[bin] = slot;
            live -= zendmm::bins[bin].bytes;
        }
    }
    const unsigned nodeBin = zendmm::binOf(zendmm::hugeNodeBytes);
    for (auto from = state.huge.rbegin(); from != state.huge.rend(); ++from) {
        const Ref node = m_memory.refAt(from->node);
        if (node.isNull() || m_memory.offsetOf(node) == 0 || !isLiveSlot(node)
            || zendmm::wordBin(mapWord(node)) != nodeBin)
            return "the list of huge blocks names what is no node";
        const std::optional<Region> mapped = m_memory.mapSolidAt(from->address, from->size);
        if (!mapped)
            return "a huge block has an impossible address";
        m_memory.storeRecord(node, HugeNode { from->size, m_memory.refIn(*mapped, 0), m_heap.hugeList });
        m_heap.hugeList = node;
        live += from->size;
    }
    m_heap.inflation = m_heap.size - live;
    return {};
}

/// Adds a chunk at the end of the list; every slot is live until the free lists are read. `live` gets its bytes.
template <Memory M, class Rules>
std::string ZendMm<M, Rules>::restoreChunk(const ZendMmState::Chunk& from, Bytes& live) requires M::knowsLive
{
    const std::optional<Region> mapped = m_memory.mapChunkAt(from.address);
    if (!mapped)
        return "a chunk has an impossible address";
    const Region region = *mapped;
    if (m_heap.mainChunk.isNull()) {
        m_heap.mainChunk = region;
        header(region).prev = region;
    }
    const Region last = header(m_heap.mainChunk).prev;
    header(
        region) = { m_heap.mainChunk, last, from.freePages, from.freeTail, from.num, from.freeMap, from.map };
    header(last).next = region;
    header(m_heap.mainChunk).prev = region;
    header(region).next = m_heap.mainChunk;

    std::uint32_t freePages = 0;
    bool isGood = zendmm::isPageUsed(from.freeMap, 0) && from.freeTail <= zendmm::pagesPerChunk;
    zendmm::eachStretch(
        from, [&](zendmm::Stretch stretch, std::uint32_t first, std::uint32_t count, std::uint32_t word) {
            if (stretch == zendmm::Stretch::Free) {
                freePages += count;
                return;
            }
            isGood = isGood && stretch != zendmm::Stretch::Bad;
            for (std::uint32_t i = 1; i < count; ++i)
                isGood = isGood && zendmm::isPageUsed(from.freeMap, first + i)
                    && (stretch == zendmm::Stretch::Large
                        || (from.map[first + i] & ~zendmm::fieldMask)
                            == zendmm::laterPageWord(zendmm::wordBin(word), 0));
            if (!isGood)
                return;
            if (stretch == zendmm::Stretch::Large) {
                live += count * zendmm::pageBytes;
                return;
            }
            for (std::uint32_t i = 1; i < count; ++i)
                isGood = isGood && zendmm::wordField(from.map[first + i]) == i;
            const zendmm::Bin& bin = zendmm::bins[zendmm::wordBin(word)];
            const Bytes begin = first * zendmm::pageBytes;
            m_memory.declareRun(m_memory.refIn(region, begin), bin.bytes, bin.slots, bin.pages);
            for (std::uint32_t slot = 0; slot < bin.slots; ++slot)
                m_memory.markLive(m_memory.refIn(region, begin + slot * Bytes { bin.bytes }));
            live += bin.slots * Bytes { bin.bytes };
        });
    return isGood && freePages == from.freePages ? std::string()
                                                 : "the page map of a chunk contradicts itself";
}

// --- keyframes --------------------------------------------------------------------------------------------------

template <Memory M, class Rules>
typename ZendMm<M, Rules>::Keyframe ZendMm<M, Rules>::keyframe() requires M::knowsLive
{
    Keyframe k;
    k.m_heap = m_heap;
    k.m_memory = m_memory.keyframe();
    return k;
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::restore(const Keyframe& keyframe) requires M::knowsLive
{
    m_heap = keyframe.m_heap;
    m_memory.restore(keyframe.m_memory);
}

} // namespace heapatlas
