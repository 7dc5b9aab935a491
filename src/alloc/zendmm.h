// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// ZendMM, the request heap of PHP 7.4 … 8.5, exactly: same placements, same usage figures.
// Source: php-src, Zend/zend_alloc.c (8.2.32 read); the delayed-OOM variant from the binary of 8.2.36.
//
// How a replay uses it:
//
//   ZendMm<SimulatedMemory> heap(ZendMmOptions::forPhp(meta("phpVersion"), state.variant));
//   heap.restore(state);                                       // the recorded initial heap
//   Block b = heap.blockAt(adopted.address);                   // cold; null if there is none
//   Placement p = heap.allocate(size, outcome);                // outcome: Succeeded or Failed as the trace has it
//   heap.deallocate(b);                                        // AllocFailure::None, UnknownAddress or DoubleFree
//   Placement q = heap.reallocate(b, size, inPlace, outcome);  // inPlace: recorded; read only when a huge block grows
//   heap.gc(); heap.setLimit(requested, hardLimit); heap.resetPeak();
//   auto k = heap.keyframe(); heap.restore(k);                 // whole state; shares what did not change
//
// Blocks are places (in SimulatedMemory 32 bit), not addresses; addressOf() is cheap. A block that was freed
// or moved must not be used again; a double free is noticed as long as its slot was not handed out anew. If a
// request fails, no block changes, but figures and page hints may, as in PHP. If a recorded outcome
// contradicts the engine (a recorded failure that needs no memory, a recorded success beyond what the rules
// allow), the engine follows its rules and the caller sees the difference.
//
// Bodies: hot paths here; zendmm*.inl hold the rest, included by zendmm.cpp and by tests of mutant rules.

#include "alloc/outcome.h"
#include "alloc/placement.h"
#include "alloc/zendmmbins.h"
#include "alloc/zendmmoptions.h"
#include "base/result.h"
#include "memory/memory.h"
#include "memory/processmemory.h"
#include "memory/simulatedmemory.h"
#include "model/freelist.h"
#include "model/heapbytesbuilder.h"
#include "model/heapevent.h"
#include "model/snapshotbuilder.h"
#include "model/zendmmstate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

template <Memory M, class Rules = ZendMmRules>
class ZendMm
{
public:
    using MemoryType = M;
    using Block = typename M::Ref;
    static constexpr Bytes maxAlignment = 8; ///< that every block has
    static constexpr Bytes maxSmallBytes = zendmm::bins.back().bytes; ///< larger requests get pages of their own

    explicit ZendMm(const ZendMmOptions& options = {});
    ~ZendMm();
    ZendMm(const ZendMm&) = delete;
    ZendMm& operator=(const ZendMm&) = delete;

    // --- requests ------------------------------------------------------------------------------------------
    /// Fails with LimitReached, OutOfMemory or SizeOverflow. Size 0 is a real block. O(1), but for new runs
    /// and pages.
    Placement<Block> allocate(Bytes size, Outcome outcome = Outcome::Unknown);
    /// Null is nothing to do. Fails with UnknownAddress or DoubleFree.
    AllocFailure deallocate(Block block);
    /// Null allocates. `grewInPlace` is what the recording saw of a huge block that grows; ProcessMemory asks
    /// the operating system instead.
    Placement<Block> reallocate(
        Block block, Bytes size, bool grewInPlace = false, Outcome outcome = Outcome::Unknown);
    /// Bytes granted to a live block.
    [[nodiscard]] Bytes usableSize(Block block) const;

    /// zend_mm_gc: gives back runs and chunks that hold nothing. Returns bytes of the pages. O(free slots +
    /// chunks).
    Bytes gc();
    /// zend_set_memory_limit: false if the heap is larger. The hard limit follows its rule unless given.
    bool setLimit(Bytes limit, std::optional<Bytes> hardLimit = std::nullopt);
    void resetPeak(); ///< memory_reset_peak_usage()

    // --- figures -------------------------------------------------------------------------------------------
    [[nodiscard]] Bytes liveBytes() const { return m_heap.size; } ///< memory_get_usage()
    [[nodiscard]] Bytes peakBytes() const { return m_heap.peak; }
    [[nodiscard]] Bytes realBytes() const { return m_heap.realSize; } ///< memory_get_usage(true)
    [[nodiscard]] ZendMmUsage usage() const;
    [[nodiscard]] const ZendMmOptions& options() const { return m_options; }

    // --- places --------------------------------------------------------------------------------------------
    [[nodiscard]] Address addressOf(Block block) const { return m_memory.addressOf(block); }
    /// The live block that begins there, or null. O(pages of a chunk).
    [[nodiscard]] Block blockAt(Address address) const;
    /// UnknownAddress or DoubleFree, for an address where blockAt() finds nothing.
    [[nodiscard]] AllocFailure whyNoBlock(Address address) const;
    // What a live block stands in: the index of its bin, or one of these.
    static constexpr unsigned largeKind = 62;
    static constexpr unsigned hugeKind = 63;
    [[nodiscard]] unsigned kindOf(Block block) const;
    [[nodiscard]] static Bytes slotBytesOf(unsigned bin)
    {
        return bin < zendmm::binCount ? zendmm::bins[bin].bytes : 0;
    }
    /// Brings what deallocate() and reallocate() will touch into the cache.
    void prefetch(Block block) const;

    // --- state ---------------------------------------------------------------------------------------------
    /// Replaces everything by an observed heap. Fails with CorruptedState and leaves a fresh heap.
    /// SimulatedMemory only.
    Result<void> restore(const ZendMmState& state) requires M::knowsLive;
    /// Bit-exact, stale page-map words and list orders included.
    [[nodiscard]] ZendMmState state() const;
    /// A snapshot's chunks, regions and totals; `requested` and block rows are the caller's. Node blocks of
    /// the huge list are live slots, but no live blocks of the program. O(chunks + slots).
    void describe(SnapshotBuilder& out) const;
    /// What each class would hand out next: at most `most` slots of a list, and its length. Classes whose list is empty
    /// are left out. O(free slots).
    [[nodiscard]] std::vector<FreeList> freeLists(std::size_t most) const;
    /// What the allocator itself keeps in the builder's range: chunk headers, links, nodes. O(chunks + pages + range).
    void describeBytes(HeapBytesBuilder& out) const requires M::knowsLive;
    /// Empty, or the first violation found. O(heap).
    [[nodiscard]] std::string checkInvariants() const;

    class Keyframe;
    [[nodiscard]] Keyframe keyframe() requires M::knowsLive;
    void restore(const Keyframe& keyframe) requires M::knowsLive;

    /// Tells every decision to `sink` from now on; null ends it. Not part of keyframes.
    void watch(HeapEventSink* sink) { m_sink = sink; }
    [[nodiscard]] const M& memory() const { return m_memory; }

private:
    using Region = typename M::Region;
    using Ref = typename M::Ref;
    static constexpr Bytes mostBytes = ~Bytes { 0 } >> 1; ///< the largest limit

    /// First bytes of a chunk.
    struct Header
    {
        Region next; ///< circular, the main chunk is the anchor; of a cached chunk: the next one or null
        Region prev;
        std::uint32_t freePages = 0;
        std::uint32_t freeTail = 0;
        std::uint32_t num = 0;
        std::array<std::uint64_t, 8> freeMap; ///< bit set: page used
        std::array<std::uint32_t, zendmm::pagesPerChunk> map;
    };
    /// In a 24-byte block of the heap itself.
    struct HugeNode
    {
        Bytes bytes = 0;
        Ref block;
        Ref next; ///< in this order there is no padding, whose values keyframes would compare
    };
    /// zend_mm_heap. Trivially copyable: a keyframe copies it whole.
    struct Heap
    {
        Bytes size = 0;
        Bytes peak = 0;
        Bytes realSize = 0;
        Bytes realPeak = 0;
        Bytes limit = 0;
        Bytes hardLimit = 0;
        Bytes inflation = 0; ///< what `size` counts without a live block: requests that failed in classic PHP
        std::int64_t hardLimitPercent = -1;
        double avgChunksCount = 1.0;
        std::array<Ref, zendmm::binCount> freeSlot {}; ///< heads of the free lists
        std::array<Ref, zendmm::binCount> freeLast {}; ///< tails, kept under fifoFreeLists only
        Ref hugeList; ///< node of the newest huge block
        Region mainChunk {};
        Region cachedChunks {};
        std::int32_t chunksCount = 0;
        std::int32_t peakChunksCount = 0;
        std::int32_t cachedChunksCount = 0;
        std::int32_t lastChunksDeleteBoundary = 0;
        std::int32_t lastChunksDeleteCount = 0;
        std::int32_t overflow = 0;
        bool hasFailed = false; ///< a request failed at the limit: PHP may be reporting it (classic)
    };
    struct Pages
    {
        Region chunk {};
        std::uint32_t first = 0;
        AllocFailure failure = AllocFailure::None;
    };
    struct Hole
    {
        std::uint32_t first = 0; ///< 0: none
        HeapEvent::Reason reason = HeapEvent::Reason::None;
    };

    [[nodiscard]] Header& header(Region chunk) { return m_memory.template header<Header>(chunk); }
    [[nodiscard]] const Header& header(Region chunk) const { return m_memory.template header<Header>(chunk); }
    [[nodiscard]] std::uint32_t mapWord(Block block) const
    {
        return header(m_memory.regionOf(block)).map[m_memory.offsetOf(block) / zendmm::pageBytes];
    }
    void addSize(Bytes bytes)
    {
        m_heap.size += bytes;
        m_heap.peak = std::max(m_heap.peak, m_heap.size);
    }

    // zendmmsmall.inl
    Placement<Block> allocateSmall(unsigned bin, Outcome outcome);
    AllocFailure freeSmall(Block block, unsigned bin);
    Placement<Block> allocateFromNewRun(unsigned bin, Outcome outcome);
    AllocFailure refuseSmall(Block block) const;
    // zendmmpages.inl: page search, large blocks, chunks
    Pages takePages(std::uint32_t count, Outcome outcome);
    Hole findHole(Header& chunk, std::uint32_t count);
    Pages addChunk(Outcome outcome);
    void initChunk(Region chunk);
    void freePages(Region chunk, std::uint32_t first, std::uint32_t count, bool deletesChunk);
    void deleteChunk(Region chunk);
    void unmapChunk(Region chunk);
    Placement<Block> allocateLarge(Bytes size, Outcome outcome);
    AllocFailure freeLarge(Block block);
    // zendmmhuge.inl
    Placement<Block> allocateHuge(Bytes size, Outcome outcome);
    AllocFailure freeHuge(Block block);
    Placement<Block> reallocateHuge(Block block, Bytes size, bool grewInPlace, Outcome outcome);
    [[nodiscard]] Ref hugeNodeOf(Block block, Ref* before = nullptr) const;
    Placement<Block> allocateBig(Bytes size, Outcome outcome);
    AllocFailure freeBig(Block block);
    Placement<Block> reallocateBig(Block block, Bytes size, bool grewInPlace, Outcome outcome);
    Placement<Block> reallocateSmall(Block block, unsigned oldBin, Bytes size, Outcome outcome);
    Placement<Block> reallocateLarge(Block block, Bytes size, Outcome outcome);
    Placement<Block> reallocateSlow(Block block, Bytes oldBytes, Bytes size, Outcome outcome);
    // zendmmlimit.inl
    enum class LimitAnswer : std::uint8_t
    {
        Fits,
        Retry, ///< gc gave something back: look again
        Refused,
    };
    LimitAnswer checkLimit(Bytes bytes, bool retries, Outcome outcome);
    [[nodiscard]] bool isOverLimit(Bytes bytes) const;
    [[nodiscard]] Bytes hardLimitFor(Bytes limit) const;
    void countFreeSlots(unsigned bin);
    // zendmmstate.inl
    [[nodiscard]] bool isLiveSlot(Ref ref) const;
    void makeMainChunk();
    void releaseAll();
    void tell(HeapEvent::Kind kind, HeapEvent::Reason reason, Address address, Bytes size, unsigned bin = 0,
        std::uint32_t pages = 0, Address other = {}) const;
    [[nodiscard]] std::string restoreChecked(const ZendMmState& state) requires M::knowsLive;
    [[nodiscard]] std::string restoreChunk(const ZendMmState::Chunk& from, Bytes& live) requires M::knowsLive;
    // zendmmdescribe.inl
    class LiveSlots;
    void describeChunk(SnapshotBuilder& out, const LiveSlots& liveSlots, Region chunk, std::uint32_t ordinal,
        bool isCached) const;
    // zendmmbytes.inl
    void describeHeapBytes(HeapBytesBuilder& out, Address heap) const;
    void describeHeaderBytes(HeapBytesBuilder& out, Region region, bool isCached) const;
    void describeSlotBytes(HeapBytesBuilder& out, Region region) const requires M::knowsLive;

    M m_memory;
    Heap m_heap; // after m_memory, before what keyframes leave out
    const zendmm::BinTable* m_binTable = &zendmm::binTable8;
    HeapEventSink* m_sink = nullptr;
    ZendMmOptions m_options;
};

/// A ZendMm's whole state. Restores alone, can be dropped alone; cheap to copy.
template <Memory M, class Rules>
class ZendMm<M, Rules>::Keyframe
{
public:
    /// Bytes that this keyframe added to those made before it.
    [[nodiscard]] Bytes ownBytes() const { return sizeof(Heap) + m_memory.ownBytes(); }

private:
    friend class ZendMm;
    Heap m_heap;
    typename M::Keyframe m_memory;
};

} // namespace heapatlas

#include "alloc/zendmmsmall.inl" // IWYU pragma: keep

namespace heapatlas {

extern template class ZendMm<ProcessMemory>;
extern template class ZendMm<SimulatedMemory>;

} // namespace heapatlas
