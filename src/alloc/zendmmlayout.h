// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/zendmmstate.h"

namespace heapatlas::zendmm {

// Where zend_alloc.c keeps its data in a chunk: offsets in bytes, PHP 8.2 on x86-64, no thread safety, no debug.
// Sources: php-src 8.2.32, and the binary of 8.2.36, whose heap struct is longer.
//
//   | chunk header | heap struct (used in the main chunk only) | free_map | map | nothing | pages 1 … 511

inline constexpr Bytes chunkFixedBytes = 0x24; ///< heap … num: the same in PHP 7.4 … 8.5
inline constexpr Bytes heapSlotOffset = 0x40;
inline constexpr Bytes freeSlotOffset = 0x20; ///< in the heap struct, as all below
inline constexpr Bytes realSizeOffset = 0x110;

struct HeapLayout
{
    Bytes overflow;
    Bytes hugeList;
    Bytes heapBytes; ///< sizeof the heap struct
    bool hasHardLimit; ///< and what else came with it: fallible, max_allocs

    [[nodiscard]] constexpr Bytes freeMap() const { return heapSlotOffset + heapBytes; }
    [[nodiscard]] constexpr Bytes map() const { return freeMap() + 64; }
    [[nodiscard]] constexpr Bytes chunkBytes() const { return map() + 2048; } ///< sizeof the chunk struct
};

inline constexpr HeapLayout classicLayout { 0x128, 0x130, 0x188, false };
inline constexpr HeapLayout delayedLayout { 0x138, 0x140, 0x1a0, true };
static_assert(classicLayout.freeMap() == 0x1c8 && classicLayout.map() == 0x208);
static_assert(delayedLayout.freeMap() == 0x1e0 && delayedLayout.map() == 0x220);

[[nodiscard]] constexpr const HeapLayout& layoutOf(ZendMmState::Variant variant)
{
    return variant == ZendMmState::Variant::Classic ? classicLayout : delayedLayout;
}

} // namespace heapatlas::zendmm
