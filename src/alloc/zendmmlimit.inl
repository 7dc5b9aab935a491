// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: memory_limit, gc.

namespace heapatlas {

template <Memory M, class Rules>
bool ZendMm<M, Rules>::isOverLimit(Bytes bytes) const
{
    // Classic PHP's subtraction wraps: a heap that is beyond its limit has none.
    if (m_options.variant == ZendMmState::Variant::Classic)
        return bytes > m_heap.limit - m_heap.realSize;
    return m_heap.limit < m_heap.realSize || m_heap.limit - m_heap.realSize < bytes;
}

/// The check before `bytes` more of real memory. `retries`: the caller looks for a chunk again after a gc that gave
/// something back.
template <Memory M, class Rules>
typename ZendMm<M, Rules>::LimitAnswer ZendMm<M, Rules>::checkLimit(
    Bytes bytes, bool retries, Outcome outcome)
{
    if (!isOverLimit(bytes))
        return LimitAnswer::Fits;
    tell(HeapEvent::Kind::LimitReached, HeapEvent::Reason::LimitCheck, {}, bytes);
    const Bytes collected = gc();
    if (m_options.variant == ZendMmState::Variant::Classic) {
        if (collected != 0 && retries)
            return LimitAnswer::Retry;
        if (collected != 0 && !isOverLimit(bytes))
            return LimitAnswer::Fits;
        // While PHP reports its fatal error the limit is not enforced. That it is reporting shows in the recording: a
        // request failed before, and this one did not.
        const bool mayExceed = m_heap.overflow != 0 || (outcome == Outcome::Succeeded && m_heap.hasFailed);
        if (mayExceed)
            return LimitAnswer::Fits;
        m_heap.hasFailed = true;
        return LimitAnswer::Refused;
    }
    if (outcome == Outcome::Failed) {
        if (isOverLimit(bytes)) // the caller accepts failure
            return LimitAnswer::Refused;
    } else if (m_heap.hardLimit - m_heap.realSize < bytes) { // wraps beyond the hard limit, as PHP's own does
        return LimitAnswer::Refused; // the process ends here
    }
    return retries && collected != 0 ? LimitAnswer::Retry : LimitAnswer::Fits;
}

template <Memory M, class Rules>
Bytes ZendMm<M, Rules>::hardLimitFor(Bytes limit) const
{
    constexpr Bytes gib = Bytes { 1 } << 30;
    if (m_options.variant == ZendMmState::Variant::Classic)
        return 0;
    if (m_heap.hardLimitPercent < 0 && limit > gib)
        return limit > mostBytes - gib ? mostBytes : limit + gib;
    // limit × percent / 100 without a wide product
    const Bytes percent = m_heap.hardLimitPercent < 0 ? 200 : static_cast<Bytes>(m_heap.hardLimitPercent);
    const Bytes hundreds = limit / 100;
    if (hundreds != 0 && percent > mostBytes / hundreds)
        return mostBytes;
    const Bytes rest = limit % 100;
    return std::min(mostBytes, hundreds * percent + rest * (percent / 100) + rest * (percent % 100) / 100);
}

/// php-src: zend_set_memory_limit.
template <Memory M, class Rules>
bool ZendMm<M, Rules>::setLimit(Bytes limit, std::optional<Bytes> hardLimit)
{
    if (m_options.variant == ZendMmState::Variant::DelayedOom)
        limit = std::min(limit, mostBytes);
    if (limit < m_heap.realSize) {
        const Bytes cached = static_cast<Bytes>(m_heap.cachedChunksCount) * zendmm::chunkBytes;
        if (limit < m_heap.realSize - cached)
            return false;
        while (limit < m_heap.realSize && !m_heap.cachedChunks.isNull()) {
            const Region chunk = m_heap.cachedChunks;
            m_heap.cachedChunks = header(chunk).next;
            unmapChunk(chunk);
            --m_heap.cachedChunksCount;
            m_heap.realSize -= zendmm::chunkBytes;
        }
        if (!m_options.storesLimitAfterTrim)
            return true;
    }
    m_heap.limit = limit;
    m_heap.hardLimit = hardLimit.value_or(hardLimitFor(limit));
    return true;
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::resetPeak()
{
    m_heap.peak = m_heap.size;
    m_heap.realPeak = m_heap.realSize;
}

template <Memory M, class Rules>
ZendMmUsage ZendMm<M, Rules>::usage() const
{
    return { m_heap.size, m_heap.peak, m_heap.realSize, m_heap.realPeak, m_heap.limit, m_heap.hardLimit };
}

/// php-src: the first loop of zend_mm_gc. Counts the free slots of each run in the run's page word; if some run is all
/// free, takes its slots off the list.
template <Memory M, class Rules>
void ZendMm<M, Rules>::countFreeSlots(unsigned bin)
{
    const std::uint32_t slotCount = zendmm::bins[bin].slots;
    const auto runWord = [&](Ref slot) -> std::uint32_t& {
        Header& chunk = header(m_memory.regionOf(slot));
        const auto page = static_cast<std::uint32_t>(m_memory.offsetOf(slot) / zendmm::pageBytes);
        const std::uint32_t word = chunk.map[page];
        return chunk.map[zendmm::isLaterPage(word) ? page - zendmm::wordField(word) : page];
    };
    bool hasFreeRuns = false;
    for (Ref slot = m_heap.freeSlot[bin]; !slot.isNull(); slot = m_memory.link(slot)) {
        std::uint32_t& word = runWord(slot);
        const std::uint32_t counter = zendmm::wordField(word) + 1;
        hasFreeRuns = hasFreeRuns || counter == slotCount;
        // The counter has 9 bits, so that a run of 512 never reads as all free. PHP's own word has bit 25 set then.
        word = zendmm::smallRunWord(bin, counter);
    }
    if (!hasFreeRuns)
        return;
    Ref kept {};
    for (Ref slot = m_heap.freeSlot[bin]; !slot.isNull();) {
        const Ref next = m_memory.link(slot);
        if (zendmm::wordField(runWord(slot)) != slotCount) {
            kept = slot;
        } else if (kept.isNull()) {
            m_heap.freeSlot[bin] = next;
        } else {
            m_memory.setLink(kept, next);
        }
        slot = next;
    }
    m_heap.freeLast[bin] = kept;
}

/// php-src: zend_mm_gc.
template <Memory M, class Rules>
Bytes ZendMm<M, Rules>::gc()
{
    if (m_heap.mainChunk.isNull())
        return 0;
    tell(HeapEvent::Kind::TrimBegan, HeapEvent::Reason::None, {}, 0);
    for (unsigned bin = 0; bin < zendmm::binCount; ++bin)
        countFreeSlots(bin);

    std::uint32_t collected = 0;
    Region region = m_heap.mainChunk;
    do {
        Header& chunk = header(region);
        // freeTail may move down while pages are given back: it is read anew each time.
        for (std::uint32_t page = zendmm::firstPage; page < chunk.freeTail;) {
            const std::uint32_t word = chunk.map[page];
            if (!zendmm::isPageUsed(chunk.freeMap, page)) {
                ++page;
            } else if (zendmm::isSmall(word)) {
                const unsigned bin = zendmm::wordBin(word);
                const zendmm::Bin& shape = zendmm::bins[bin];
                if (zendmm::wordField(word) == shape.slots) {
                    const Ref run = m_memory.refIn(region, page * zendmm::pageBytes);
                    tell(HeapEvent::Kind::RunReleased, HeapEvent::Reason::None, addressOf(run),
                        shape.pages * zendmm::pageBytes, bin, shape.pages);
                    m_memory.forgetRun(run, shape.slots, shape.pages);
                    freePages(region, page, shape.pages, false);
                    collected += shape.pages;
                } else {
                    chunk.map[page] = zendmm::smallRunWord(bin);
                }
                page += shape.pages;
            } else {
                page += zendmm::wordPages(word);
            }
        }
        const Region next = chunk.next;
        // Before 8.4 PHP does not exempt the main chunk here, but it is never empty during a request.
        if (chunk.freePages == zendmm::pagesPerChunk - zendmm::firstPage && !(region == m_heap.mainChunk))
            deleteChunk(region);
        region = next;
    } while (!(region == m_heap.mainChunk));
    const Bytes bytes = collected * zendmm::pageBytes;
    tell(HeapEvent::Kind::TrimEnded, HeapEvent::Reason::None, {}, bytes, 0, collected);
    return bytes;
}

} // namespace heapatlas
