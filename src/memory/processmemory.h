// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "memory/memory.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace heapatlas {

/// The place of a block in this process.
struct ProcessRef
{
    std::byte* pointer = nullptr;

    [[nodiscard]] constexpr bool isNull() const { return pointer == nullptr; }
    friend constexpr bool operator==(ProcessRef, ProcessRef) = default;
};

struct ProcessRegion
{
    std::byte* begin = nullptr;

    [[nodiscard]] constexpr bool isNull() const { return begin == nullptr; }
    friend constexpr bool operator==(ProcessRegion, ProcessRegion) = default;
};

/// Real pages of this process: an engine over it is an allocator. Words stand in the bytes they belong to (a
/// link in the first word of its free slot), so whether a slot is live is not known; the compiler leaves
/// nothing of this class but pointer code. Regions come from mmap() and are the engine's to unmap.
class ProcessMemory
{
public:
    using Ref = ProcessRef;
    using Region = ProcessRegion;
    static constexpr bool knowsLive = false;
    /// There are none of real memory.
    struct Keyframe
    {
        [[nodiscard]] static Bytes ownBytes() { return 0; }
    };

    void setHeaderBytes(std::size_t) { }
    std::optional<Region> mapChunk() { return mapSolid(regionBytes); }
    std::optional<Region> mapSolid(Bytes bytes);
    void unmapChunk(Region chunk) { unmapSolid(chunk, regionBytes); }
    void unmapSolid(Region solid, Bytes bytes);
    /// mremap() without leave to move; `grewInPlace` is not read.
    bool extendSolid(Region solid, Bytes oldBytes, Bytes newBytes, bool grewInPlace);
    bool truncateSolid(Region solid, Bytes oldBytes, Bytes newBytes);

    static Region regionOf(Ref ref) { return { ref.pointer - offsetOf(ref) }; }
    static Bytes offsetOf(Ref ref) { return addressOf(ref).offsetIn(regionBytes); }
    static Ref refIn(Region region, Bytes offset) { return { region.begin + offset }; }
    static Address addressOf(Ref ref) { return { reinterpret_cast<std::uintptr_t>(ref.pointer) }; }
    static Address regionAddress(Region region) { return addressOf({ region.begin }); }
    static Ref refAt(Address address) { return { reinterpret_cast<std::byte*>(address.value) }; }

    template <class H>
    [[nodiscard]] static H& header(Region chunk)
    {
        return *reinterpret_cast<H*>(chunk.begin);
    }

    void declareRun(Ref, Bytes, std::uint32_t, std::uint32_t) { }
    void forgetRun(Ref, std::uint32_t, std::uint32_t) { }
    static Ref link(Ref slot) { return record<Ref>(slot); }
    static void setLink(Ref slot, Ref next) { std::memcpy(slot.pointer, &next, sizeof(next)); }
    static void markLive(Ref) { }
    static bool isLive(Ref) { return true; }
    static Ref takeSlot(Ref slot) { return link(slot); }
    static bool giveSlot(Ref slot, Ref next)
    {
        setLink(slot, next);
        return true;
    }
    void readLiveBits(Ref, std::uint32_t, std::span<std::uint64_t>) const { }
    static void prefetch(Ref slot) { __builtin_prefetch(slot.pointer, 1); }

    template <class T>
    static void storeRecord(Ref slot, const T& value)
    {
        std::memcpy(slot.pointer, &value, sizeof(T));
    }
    template <class T>
    [[nodiscard]] static T record(Ref slot)
    {
        T value;
        std::memcpy(&value, slot.pointer, sizeof(T));
        return value;
    }
    static bool hasRecord(Ref) { return false; }
    static void eraseRecord(Ref) { }

    static void copyContents(Ref to, Ref from, Bytes bytes) { std::memcpy(to.pointer, from.pointer, bytes); }
};

static_assert(Memory<ProcessMemory>);

} // namespace heapatlas
