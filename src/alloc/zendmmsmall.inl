// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.h: requests and the hot paths of small blocks.

namespace heapatlas {

template <Memory M, class Rules>
inline void ZendMm<M, Rules>::tell(HeapEvent::Kind kind, HeapEvent::Reason reason, Address address,
    Bytes size, unsigned bin, std::uint32_t pages, Address other) const
{
    if (m_sink != nullptr) [[unlikely]]
        m_sink->onHeapEvent({ kind, reason, static_cast<std::uint8_t>(bin), pages, address, other, size });
}

template <Memory M, class Rules>
inline Placement<typename M::Ref> ZendMm<M, Rules>::allocate(Bytes size, Outcome outcome)
{
    if (size <= zendmm::maxSmallBytes) [[likely]]
        return allocateSmall((*m_binTable)[(size + 7) / 8], outcome);
    return allocateBig(size, outcome);
}

template <Memory M, class Rules>
inline AllocFailure ZendMm<M, Rules>::deallocate(Block block)
{
    const Bytes offset = m_memory.offsetOf(block);
    if (offset != 0) [[likely]] {
        const std::uint32_t word = header(m_memory.regionOf(block)).map[offset / zendmm::pageBytes];
        if (zendmm::isSmall(word)) [[likely]]
            return freeSmall(block, zendmm::wordBin(word));
    }
    return freeBig(block);
}

template <Memory M, class Rules>
inline Placement<typename M::Ref> ZendMm<M, Rules>::reallocate(
    Block block, Bytes size, bool grewInPlace, Outcome outcome)
{
    if (size < m_options.minimumSize)
        size = m_options.minimumSize;
    const Bytes offset = m_memory.offsetOf(block);
    if (offset != 0) [[likely]] {
        const std::uint32_t word = header(m_memory.regionOf(block)).map[offset / zendmm::pageBytes];
        if (zendmm::isSmall(word) && size <= zendmm::maxSmallBytes)
            return reallocateSmall(block, zendmm::wordBin(word), size, outcome);
    }
    return reallocateBig(block, size, grewInPlace, outcome);
}

template <Memory M, class Rules>
inline unsigned ZendMm<M, Rules>::kindOf(Block block) const
{
    if (m_memory.offsetOf(block) == 0)
        return hugeKind;
    const std::uint32_t word = mapWord(block);
    return zendmm::isSmall(word) ? zendmm::wordBin(word) : largeKind;
}

template <Memory M, class Rules>
inline void ZendMm<M, Rules>::prefetch(Block block) const
{
    // A solid mapping has no page table.
    if (m_memory.offsetOf(block) != 0)
        m_memory.prefetch(block);
}

template <Memory M, class Rules>
inline Placement<typename M::Ref> ZendMm<M, Rules>::allocateSmall(unsigned bin, Outcome outcome)
{
    // The figures come first: if there is no page for a run, classic PHP leaves them so.
    addSize(zendmm::bins[bin].bytes);
    const Ref slot = m_heap.freeSlot[bin];
    if (slot.isNull()) [[unlikely]]
        return allocateFromNewRun(bin, outcome);
    const Ref next = m_memory.takeSlot(slot);
    m_heap.freeSlot[bin] = next;
    m_memory.prefetch(next); // null is a place too
    if (m_sink != nullptr) [[unlikely]]
        tell(HeapEvent::Kind::SlotTaken, HeapEvent::Reason::ListHead, addressOf(slot),
            zendmm::bins[bin].bytes, bin);
    return { slot, AllocFailure::None };
}

template <Memory M, class Rules>
inline AllocFailure ZendMm<M, Rules>::freeSmall(Block block, unsigned bin)
{
    if constexpr (Rules::fifoFreeLists) {
        if (!m_memory.giveSlot(block, Ref {})) [[unlikely]]
            return refuseSmall(block);
        if (m_heap.freeSlot[bin].isNull())
            m_heap.freeSlot[bin] = block;
        else
            m_memory.setLink(m_heap.freeLast[bin], block);
        m_heap.freeLast[bin] = block;
    } else {
        if (!m_memory.giveSlot(block, m_heap.freeSlot[bin])) [[unlikely]]
            return refuseSmall(block);
        m_heap.freeSlot[bin] = block;
    }
    m_heap.size -= zendmm::bins[bin].bytes;
    if (m_sink != nullptr) [[unlikely]]
        tell(HeapEvent::Kind::SlotFreed, HeapEvent::Reason::None, addressOf(block), zendmm::bins[bin].bytes,
            bin);
    return AllocFailure::None;
}

/// php-src: the small cases of zend_mm_realloc_heap.
template <Memory M, class Rules>
inline Placement<typename M::Ref> ZendMm<M, Rules>::reallocateSmall(
    Block block, unsigned oldBin, Bytes size, Outcome outcome)
{
    const Bytes oldBytes = zendmm::bins[oldBin].bytes;
    if (!m_memory.isLive(block)) [[unlikely]]
        return { {}, refuseSmall(block) };
    const bool shrinks = size <= oldBytes;
    if (shrinks && (oldBin == 0 || size >= zendmm::bins[oldBin - 1].bytes))
        return { block, AllocFailure::None };

    const Bytes peakBefore = m_heap.peak;
    if constexpr (Rules::freesBeforeShrinking) {
        if (shrinks)
            freeSmall(block, oldBin);
    }
    const Placement<Block> moved = allocateSmall((*m_binTable)[(size + 7) / 8], outcome);
    if (!moved.isOk()) [[unlikely]]
        return moved;
    m_memory.copyContents(moved.block, block, shrinks ? size : oldBytes);
    if (!Rules::freesBeforeShrinking || !shrinks)
        freeSmall(block, oldBin);
    // The temporary sum counts when a block shrinks, and does not when it grows.
    if (!shrinks && Rules::restoresPeak)
        m_heap.peak = std::max(peakBefore, m_heap.size);
    if (m_sink != nullptr) [[unlikely]]
        tell(HeapEvent::Kind::Moved, HeapEvent::Reason::None, addressOf(moved.block), size, 0, 0,
            addressOf(block));
    return moved;
}

} // namespace heapatlas
