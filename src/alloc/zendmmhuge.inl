// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: huge blocks, reallocation beyond small to small, requests that are not small.

namespace heapatlas {

template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::allocateBig(Bytes size, Outcome outcome)
{
    return size <= zendmm::maxLargeBytes ? allocateLarge(size, outcome) : allocateHuge(size, outcome);
}

template <Memory M, class Rules>
AllocFailure ZendMm<M, Rules>::freeBig(Block block)
{
    if (block.isNull())
        return AllocFailure::None;
    return m_memory.offsetOf(block) == 0 ? freeHuge(block) : freeLarge(block);
}

/// The node in the huge list, null if there is none; `before` gets the node in front of it.
template <Memory M, class Rules>
typename M::Ref ZendMm<M, Rules>::hugeNodeOf(Block block, Ref* before) const
{
    Ref previous {};
    for (Ref node = m_heap.hugeList; !node.isNull();) {
        const HugeNode entry = m_memory.template record<HugeNode>(node);
        if (entry.block == block) {
            if (before != nullptr)
                *before = previous;
            return node;
        }
        previous = node;
        node = entry.next;
    }
    return {};
}

/// php-src: zend_mm_alloc_huge, zend_mm_add_huge_block.
template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::allocateHuge(Bytes size, Outcome outcome)
{
    if (size > ~Bytes { 0 } - (zendmm::pageBytes - 1))
        return { {}, AllocFailure::SizeOverflow };
    const Bytes bytes = (size + zendmm::pageBytes - 1) / zendmm::pageBytes * zendmm::pageBytes;
    if (checkLimit(bytes, false, outcome) == LimitAnswer::Refused)
        return { {}, AllocFailure::LimitReached };

    // A request recorded as failed that no limit forbids failed because the system had no memory. Its list node cannot
    // be the reason: where 2 MiB or more fit, a chunk for the node does too (and may pass the limit then).
    const auto map = [&] { return outcome != Outcome::Failed ? m_memory.mapSolid(bytes) : std::nullopt; };
    std::optional<Region> mapped = map();
    if (!mapped && gc() != 0)
        mapped = map();
    if (!mapped)
        return { {}, AllocFailure::OutOfMemory };

    const Placement<Block> node = allocateSmall(zendmm::binOf(zendmm::hugeNodeBytes), outcome);
    if (!node.isOk()) {
        m_memory.unmapSolid(*mapped, bytes);
        return node;
    }
    const Ref block = m_memory.refIn(*mapped, 0);
    m_memory.storeRecord(node.block, HugeNode { bytes, block, m_heap.hugeList });
    m_heap.hugeList = node.block;
    m_heap.realSize += bytes;
    m_heap.realPeak = std::max(m_heap.realPeak, m_heap.realSize);
    addSize(bytes);
    tell(HeapEvent::Kind::HugeMapped, HeapEvent::Reason::None, addressOf(block), bytes);
    return { block, AllocFailure::None };
}

/// php-src: zend_mm_free_huge, zend_mm_del_huge_block.
template <Memory M, class Rules>
AllocFailure ZendMm<M, Rules>::freeHuge(Block block)
{
    Ref before {};
    const Ref node = hugeNodeOf(block, &before);
    if (node.isNull())
        return AllocFailure::UnknownAddress;
    const HugeNode entry = m_memory.template record<HugeNode>(node);
    if (before.isNull()) {
        m_heap.hugeList = entry.next;
    } else {
        HugeNode previous = m_memory.template record<HugeNode>(before);
        previous.next = entry.next;
        m_memory.storeRecord(before, previous);
    }
    m_memory.eraseRecord(node);
    freeSmall(node, zendmm::binOf(zendmm::hugeNodeBytes));
    tell(HeapEvent::Kind::HugeUnmapped, HeapEvent::Reason::None, addressOf(block), entry.bytes);
    m_memory.unmapSolid(m_memory.regionOf(block), entry.bytes);
    m_heap.realSize -= entry.bytes;
    m_heap.size -= entry.bytes;
    return AllocFailure::None;
}

/// php-src: zend_mm_realloc_huge.
template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::reallocateHuge(
    Block block, Bytes size, bool grewInPlace, Outcome outcome)
{
    const Ref node = hugeNodeOf(block);
    if (node.isNull())
        return { {}, AllocFailure::UnknownAddress };
    HugeNode entry = m_memory.template record<HugeNode>(node);
    const Bytes oldBytes = entry.bytes;
    if (size > zendmm::maxLargeBytes) {
        if (size > ~Bytes { 0 } - (zendmm::pageBytes - 1))
            return { {}, AllocFailure::SizeOverflow };
        const Region region = m_memory.regionOf(block);
        const Bytes bytes = (size + zendmm::pageBytes - 1) / zendmm::pageBytes * zendmm::pageBytes;
        if (bytes == oldBytes)
            return { block, AllocFailure::None };
        entry.bytes = bytes;
        if (bytes < oldBytes) {
            if (m_memory.truncateSolid(region, oldBytes, bytes)) {
                m_heap.realSize -= oldBytes - bytes;
                m_heap.size -= oldBytes - bytes;
                m_memory.storeRecord(node, entry);
                tell(HeapEvent::Kind::ShrankInPlace, HeapEvent::Reason::None, addressOf(block), bytes);
                return { block, AllocFailure::None };
            }
        } else {
            if (checkLimit(bytes - oldBytes, false, outcome) == LimitAnswer::Refused)
                return { {}, AllocFailure::LimitReached };
            if (outcome != Outcome::Failed && m_memory.extendSolid(region, oldBytes, bytes, grewInPlace)) {
                m_heap.realSize += bytes - oldBytes;
                m_heap.realPeak = std::max(m_heap.realPeak, m_heap.realSize);
                addSize(bytes - oldBytes);
                m_memory.storeRecord(node, entry);
                tell(HeapEvent::Kind::GrewInPlace, HeapEvent::Reason::None, addressOf(block), bytes);
                return { block, AllocFailure::None };
            }
        }
    }
    return reallocateSlow(block, oldBytes, size, outcome);
}

template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::reallocateBig(
    Block block, Bytes size, bool grewInPlace, Outcome outcome)
{
    if (block.isNull())
        return allocate(size, outcome);
    if (m_memory.offsetOf(block) == 0)
        return reallocateHuge(block, size, grewInPlace, outcome);
    const std::uint32_t word = mapWord(block);
    if (!zendmm::isSmall(word))
        return reallocateLarge(block, size, outcome);
    if (!m_memory.isLive(block))
        return { {}, refuseSmall(block) };
    return reallocateSlow(block, zendmm::bins[zendmm::wordBin(word)].bytes, size, outcome);
}

/// php-src: the large cases of zend_mm_realloc_heap. freeTail stays as it is in all of them.
template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::reallocateLarge(Block block, Bytes size, Outcome outcome)
{
    const Bytes offset = m_memory.offsetOf(block);
    const auto first = static_cast<std::uint32_t>(offset / zendmm::pageBytes);
    Header& chunk = header(m_memory.regionOf(block));
    const std::uint32_t word = chunk.map[first];
    if (offset % zendmm::pageBytes != 0 || first == 0)
        return { {}, AllocFailure::UnknownAddress };
    if (!zendmm::isLargeStart(word) || !zendmm::isPageUsed(chunk.freeMap, first))
        return { {}, AllocFailure::DoubleFree };
    const std::uint32_t oldCount = zendmm::wordPages(word);
    if (size > zendmm::maxSmallBytes && size <= zendmm::maxLargeBytes) {
        const auto count = static_cast<std::uint32_t>((size + zendmm::pageBytes - 1) / zendmm::pageBytes);
        if (count == oldCount)
            return { block, AllocFailure::None };
        if (count < oldCount) {
            const std::uint32_t rest = oldCount - count;
            m_heap.size -= rest * zendmm::pageBytes;
            chunk.map[first] = zendmm::largeRunWord(count);
            chunk.freePages += rest;
            zendmm::clearPages(chunk.freeMap, first + count, rest);
            tell(HeapEvent::Kind::ShrankInPlace, HeapEvent::Reason::None, addressOf(block),
                count * zendmm::pageBytes);
            return { block, AllocFailure::None };
        }
        const std::uint32_t more = count - oldCount;
        if (first + count <= zendmm::pagesPerChunk
            && zendmm::arePagesFree(chunk.freeMap, first + oldCount, more)) {
            addSize(more * zendmm::pageBytes);
            chunk.freePages -= more;
            zendmm::setPages(chunk.freeMap, first + oldCount, more);
            chunk.map[first] = zendmm::largeRunWord(count);
            tell(HeapEvent::Kind::GrewInPlace, HeapEvent::Reason::None, addressOf(block),
                count * zendmm::pageBytes);
            return { block, AllocFailure::None };
        }
    }
    return reallocateSlow(block, oldCount * zendmm::pageBytes, size, outcome);
}

/// php-src: zend_mm_realloc_slow.
template <Memory M, class Rules>
Placement<typename M::Ref> ZendMm<M, Rules>::reallocateSlow(
    Block block, Bytes oldBytes, Bytes size, Outcome outcome)
{
    const Bytes peakBefore = m_heap.peak;
    const Placement<Block> moved = allocate(size, outcome);
    if (!moved.isOk())
        return moved;
    m_memory.copyContents(moved.block, block, std::min(oldBytes, size));
    const Address from = addressOf(block);
    deallocate(block);
    if constexpr (Rules::restoresPeak)
        m_heap.peak = std::max(peakBefore, m_heap.size);
    tell(HeapEvent::Kind::Moved, HeapEvent::Reason::None, addressOf(moved.block), size, 0, 0, from);
    return moved;
}

template <Memory M, class Rules>
Bytes ZendMm<M, Rules>::usableSize(Block block) const
{
    if (block.isNull())
        return 0;
    if (m_memory.offsetOf(block) == 0) {
        const Ref node = hugeNodeOf(block);
        return node.isNull() ? 0 : m_memory.template record<HugeNode>(node).bytes;
    }
    const std::uint32_t word = mapWord(block);
    return zendmm::isSmall(word) ? zendmm::bins[zendmm::wordBin(word)].bytes
                                 : zendmm::wordPages(word) * zendmm::pageBytes;
}

} // namespace heapatlas
