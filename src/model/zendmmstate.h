// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>
#include <vector>

namespace heapatlas {

/// The whole state of a ZendMM heap, as observed in a process or as an engine has it. Addresses are the owner's own.
/// Field names are those of php-src's zend_alloc.c.
struct ZendMmState
{
    enum class Variant : std::uint8_t
    {
        Classic, ///< 8.2.0 … 8.2.34: the limit error leaves the allocator by longjmp
        DelayedOom, ///< 8.2.35 on: the allocator goes over the limit, the VM raises the error later
    };

    struct Chunk
    {
        Address address;
        std::uint32_t freePages = 0;
        std::uint32_t freeTail = 0;
        std::uint32_t num = 0;
        std::array<std::uint64_t, 8> freeMap {}; ///< bit set: page used
        std::array<std::uint32_t, 512> map {}; ///< page info words, stale ones included
        friend bool operator==(const Chunk&, const Chunk&) = default;
    };
    struct Huge
    {
        Address address;
        Bytes size = 0;
        Address node; ///< the 24-byte list node, a small block of this heap
        friend bool operator==(const Huge&, const Huge&) = default;
    };

    Variant variant = Variant::DelayedOom;
    Bytes size = 0;
    Bytes peak = 0;
    Bytes realSize = 0;
    Bytes realPeak = 0;
    Bytes limit = 0;
    Bytes hardLimit = 0; ///< 0 in the classic variant
    std::int64_t hardLimitPercent = -1;
    std::int32_t overflow = 0;
    std::int32_t chunksCount = 0;
    std::int32_t peakChunksCount = 0;
    std::int32_t cachedChunksCount = 0;
    double avgChunksCount = 1.0;
    std::int32_t lastChunksDeleteBoundary = 0;
    std::int32_t lastChunksDeleteCount = 0;
    std::vector<Chunk> chunks; ///< list order, main chunk first
    std::vector<Chunk> cachedChunks; ///< head first; only address and map are meaningful
    std::array<std::vector<Address>, 30> freeSlots; ///< per bin, head first
    std::vector<Huge> huge; ///< newest first

    friend bool operator==(const ZendMmState&, const ZendMmState&) = default;
};

} // namespace heapatlas
