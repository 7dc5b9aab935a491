// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "memory/memory.h"
#include "memory/sharedpieces.h"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace heapatlas {

/// The place of a block in a SimulatedMemory: region number (14 bits) and 8-byte unit in the region (18
/// bits).
struct SimulatedRef
{
    std::uint32_t bits = 0;

    [[nodiscard]] constexpr bool isNull() const { return bits == 0; }
    friend constexpr bool operator==(SimulatedRef, SimulatedRef) = default;
};

struct SimulatedRegion
{
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    std::uint32_t number = none;

    [[nodiscard]] constexpr bool isNull() const { return number == none; }
    friend constexpr bool operator==(SimulatedRegion, SimulatedRegion) = default;
};

/// Memory as numbers: regions have 64-bit addresses that nobody can dereference; only the words that an
/// engine keeps in its memory exist, in compact arrays. A slot costs one 32-bit word whatever its size.
///
/// Word of a slot:  live: liveWord · on a free list: bits of the next slot's ref (0: last) · holding a
/// record: recordTag | number of the record.
///
/// Chunks are numbered from 0 up, solid mappings from 0x3FFE down, so that page tables need no rows for the
/// latter; number 0x3FFF never exists, which keeps liveWord and recordTag apart from links. At most 32 GiB of
/// chunks.
///
/// Addresses are the same in every run: chunks upward from 0x7f0000000000 by number, solid mappings in
/// windows of 4 GiB, so that each can grow in place. Only mapChunkAt() and mapSolidAt() take addresses from
/// outside.
class SimulatedMemory
{
public:
    using Ref = SimulatedRef;
    using Region = SimulatedRegion;
    static constexpr bool knowsLive = true;
    static constexpr std::size_t recordBytes = 24;

    // --- mappings; see memory.h ----------------------------------------------------------------------------
    /// O(1) amortised; nullopt when all region numbers are used.
    std::optional<Region> mapChunk();
    std::optional<Region> mapSolid(Bytes bytes);
    /// At a given place; nullopt if it is not aligned to regionBytes, null, or mapped already.
    std::optional<Region> mapChunkAt(Address address);
    std::optional<Region> mapSolidAt(Address address, Bytes bytes);
    void unmapChunk(Region chunk);
    void unmapSolid(Region solid, Bytes bytes);
    /// As recorded: `grewInPlace` decides. False also when the address space behind is taken.
    bool extendSolid(Region solid, Bytes oldBytes, Bytes newBytes, bool grewInPlace);
    bool truncateSolid(Region solid, Bytes oldBytes, Bytes newBytes);
    /// Forgets everything.
    void clear();
    /// Regions mapped so far; grows whenever an address may mean another region than before.
    [[nodiscard]] std::uint64_t mappings() const { return m_mappings; }
    /// Which mapping, counted from 1, a region is: the same number means that it was not unmapped meanwhile. 0 for
    /// one that a keyframe brought.
    [[nodiscard]] std::uint64_t mappingOf(Region region) const
    {
        return region.number < m_mappingOf.size() ? m_mappingOf[region.number] : 0;
    }

    // --- places --------------------------------------------------------------------------------------------
    static Region regionOf(Ref ref) { return { ref.bits >> unitBits }; }
    static Bytes offsetOf(Ref ref) { return Bytes { ref.bits & unitMask } << unitShift; }
    static Ref refIn(Region region, Bytes offset)
    {
        return { region.number << unitBits | static_cast<std::uint32_t>(offset >> unitShift) };
    }
    [[nodiscard]] Address addressOf(Ref ref) const { return regionAddress(regionOf(ref)) + offsetOf(ref); }
    [[nodiscard]] Address regionAddress(Region region) const
    {
        return region.number < m_chunks.size() ? Address { m_chunks[region.number] }
                                               : Address { m_solids[lastSolid - region.number].address };
    }
    /// Null where nothing is mapped, off 8-byte alignment, or inside a solid mapping.
    [[nodiscard]] Ref refAt(Address address) const;

    template <class H>
    [[nodiscard]] H& header(Region chunk)
    {
        static_assert(std::is_trivially_copyable_v<H>);
        m_headerBytes = sizeof(H);
        return *reinterpret_cast<H*>(m_headers.data() + chunk.number * sizeof(H));
    }
    template <class H>
    [[nodiscard]] const H& header(Region chunk) const
    {
        return *reinterpret_cast<const H*>(m_headers.data() + chunk.number * sizeof(H));
    }
    /// To be called once, before the first chunk.
    void setHeaderBytes(std::size_t bytes) { m_headerBytes = bytes; }

    // --- slots ---------------------------------------------------------------------------------------------
    /// All slots begin free, their link null. `stride` is a multiple of 8, at most 4096; `pages` of 4096
    /// bytes.
    void declareRun(Ref first, Bytes stride, std::uint32_t count, std::uint32_t pages);
    void forgetRun(Ref first, std::uint32_t count, std::uint32_t pages);

    [[nodiscard]] Ref link(Ref slot) const { return { m_words[wordOf(slot)] }; }
    void setLink(Ref slot, Ref next) { m_words[wordOf(slot)] = next.bits; }
    void markLive(Ref slot) { m_words[wordOf(slot)] = liveWord; }
    [[nodiscard]] bool isLive(Ref slot) const { return m_words[wordOf(slot)] == liveWord; }
    /// link() and markLive() at once.
    Ref takeSlot(Ref slot)
    {
        std::uint32_t& word = m_words[wordOf(slot)];
        return { std::exchange(word, liveWord) };
    }
    /// isLive() and setLink() at once; false, and nothing changed, if the slot is not live.
    bool giveSlot(Ref slot, Ref next)
    {
        std::uint32_t& word = m_words[wordOf(slot)];
        if (word != liveWord) [[unlikely]]
            return false;
        word = next.bits;
        return true;
    }
    /// Bit i: slot i of the run is live or holds a record.
    void readLiveBits(Ref first, std::uint32_t count, std::span<std::uint64_t> bits) const;
    /// A hint that the slot will be taken or given soon.
    void prefetch(Ref slot) const { __builtin_prefetch(m_words.data() + wordOf(slot), 1); }

    // --- records -------------------------------------------------------------------------------------------
    template <class T>
    void storeRecord(Ref slot, const T& value)
    {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= recordBytes);
        std::memcpy(recordOf(slot).data(), &value, sizeof(T));
    }
    template <class T>
    [[nodiscard]] T record(Ref slot) const
    {
        T value;
        std::memcpy(&value, m_records[m_words[wordOf(slot)] & ~recordTag].data(), sizeof(T));
        return value;
    }
    [[nodiscard]] bool hasRecord(Ref slot) const
    {
        const std::uint32_t word = m_words[wordOf(slot)];
        return word >= recordTag && word != liveWord;
    }
    void eraseRecord(Ref slot); ///< the slot is an ordinary live one again

    static void copyContents(Ref, Ref, Bytes) { } ///< contents exist in ProcessMemory only

    // --- keyframes -----------------------------------------------------------------------------------------
    /// The whole state; shares with the keyframe made or restored last whatever is equal.
    class Keyframe;
    [[nodiscard]] Keyframe keyframe();
    void restore(const Keyframe& keyframe);

private:
    struct Solid
    {
        std::uint64_t address = 0; ///< 0: this number is free
        Bytes bytes = 0;
    };
    /// How to get from a place on this page to its slot's word; all 0 where no run is declared.
    struct Stride
    {
        std::uint32_t firstWord = 0;
        std::uint16_t reciprocal = 0; ///< of the stride in units, times 2^15, rounded up
        std::uint16_t pageOffset = 0; ///< of this page in its run, in units
    };
    using Record = std::array<std::byte, recordBytes>;

    static constexpr unsigned unitShift = 3;
    static constexpr unsigned unitBits = 18;
    static constexpr unsigned pageUnitBits = 9;
    static constexpr std::uint32_t unitMask = (1U << unitBits) - 1;
    static constexpr std::uint32_t pageUnitMask = (1U << pageUnitBits) - 1;
    static constexpr std::uint32_t pagesPerChunk = 1U << (unitBits - pageUnitBits);
    static constexpr std::uint32_t lastSolid = 0x3FFE;
    static constexpr std::uint32_t recordTag = 0xFFFC0000;
    static constexpr std::uint32_t liveWord = 0xFFFFFFFF;
    static constexpr unsigned reciprocalShift = 15;
    static constexpr std::uint64_t chunkBase = 0x7f0000000000;
    static constexpr std::uint64_t solidBase = 0x100000000000;
    static constexpr Bytes solidWindow = Bytes { 1 } << 32;
    static constexpr std::uint64_t addressEnd = 0x800000000000;

    /// Exact for the begin of a slot: the error of the reciprocal stays below one slot for runs of up to 8
    /// pages. Without a run: word 0, which is never live.
    [[nodiscard]] std::size_t wordOf(Ref slot) const
    {
        const Stride& stride = m_strides[slot.bits >> pageUnitBits];
        const std::uint32_t unit = stride.pageOffset + (slot.bits & pageUnitMask);
        return stride.firstWord + ((unit * stride.reciprocal) >> reciprocalShift);
    }
    Record& recordOf(Ref slot);
    [[nodiscard]] bool isFree(Address address, Bytes bytes) const;
    [[nodiscard]] std::optional<std::uint32_t> freeChunkNumber();
    [[nodiscard]] std::optional<std::uint32_t> freeSolidNumber();
    void countMapping(std::uint32_t number);
    void placeChunk(std::uint32_t number, Address address);
    void placeSolid(std::uint32_t number, Address address, Bytes bytes);
    [[nodiscard]] std::uint32_t takeWords(std::uint32_t count);
    void rebuildIndex();

    std::vector<std::uint32_t> m_words { 0 }; ///< word 0 stands for "no run here"
    std::vector<Stride> m_strides; ///< a page each
    std::vector<std::byte> m_headers;
    std::vector<std::uint64_t> m_chunks; ///< address by number; 0: free number
    std::vector<Solid> m_solids; ///< by lastSolid − number
    std::vector<Record> m_records;
    std::vector<std::uint32_t> m_freeRecords;
    std::vector<std::uint32_t> m_freeChunks;
    std::vector<std::uint32_t> m_freeSolids;
    std::map<std::uint32_t, std::vector<std::uint32_t>>
        m_freeWords; ///< by count: first words of forgotten runs
    std::size_t m_headerBytes = 0;
    std::uint64_t m_mappings = 0; ///< no part of keyframes
    std::vector<std::uint64_t> m_mappingOf; ///< by region number; no part of keyframes
    std::uint64_t m_bigNext = 0x600000000000; ///< next address for solids too large for half a window
    std::unordered_map<std::uint64_t, std::uint32_t> m_index; ///< address / regionBytes → region number
    std::map<std::uint64_t, Bytes> m_mapped; ///< begin → bytes of every solid mapping, for overlap
    std::shared_ptr<const Keyframe> m_last;
};

/// See SimulatedMemory::keyframe(). Cheap to copy; restores alone.
class SimulatedMemory::Keyframe
{
public:
    [[nodiscard]] Bytes ownBytes() const; ///< what this keyframe added to those before it

private:
    friend class SimulatedMemory;
    SharedPieces m_words;
    SharedPieces m_strides;
    SharedPieces m_headers;
    SharedPieces m_chunks;
    SharedPieces m_solids;
    SharedPieces m_records;
    std::vector<std::uint32_t> m_freeRecords;
    std::vector<std::uint32_t> m_freeChunks;
    std::vector<std::uint32_t> m_freeSolids;
    std::map<std::uint32_t, std::vector<std::uint32_t>> m_freeWords;
    std::size_t m_headerBytes = 0;
    std::uint64_t m_bigNext = 0;
};

static_assert(Memory<SimulatedMemory>);

} // namespace heapatlas
