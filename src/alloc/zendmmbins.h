// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>

namespace heapatlas::zendmm {

// Sizes and page-map words of ZendMM, the same in PHP 7.4 … 8.5.
// Source: php-src, Zend/zend_alloc_sizes.h and Zend/zend_alloc.c.

inline constexpr Bytes chunkBytes = Bytes { 2 } * 1024 * 1024;
inline constexpr Bytes pageBytes = 4096;
inline constexpr std::uint32_t pagesPerChunk = 512;
inline constexpr std::uint32_t firstPage = 1; ///< page 0 is the chunk's header
inline constexpr Bytes maxSmallBytes = 3072;
inline constexpr Bytes maxLargeBytes = chunkBytes - pageBytes;
inline constexpr unsigned binCount = 30;
inline constexpr Bytes hugeNodeBytes = 24; ///< list node of a huge block: itself a small block

struct Bin
{
    std::uint16_t bytes; ///< of a slot
    std::uint16_t slots; ///< in a run
    std::uint16_t pages; ///< of a run
};

inline constexpr std::array<Bin, binCount> bins { {
    { 8, 512, 1 },
    { 16, 256, 1 },
    { 24, 170, 1 },
    { 32, 128, 1 },
    { 40, 102, 1 },
    { 48, 85, 1 },
    { 56, 73, 1 },
    { 64, 64, 1 },
    { 80, 51, 1 },
    { 96, 42, 1 },
    { 112, 36, 1 },
    { 128, 32, 1 },
    { 160, 25, 1 },
    { 192, 21, 1 },
    { 224, 18, 1 },
    { 256, 16, 1 },
    { 320, 64, 5 },
    { 384, 32, 3 },
    { 448, 9, 1 },
    { 512, 8, 1 },
    { 640, 32, 5 },
    { 768, 16, 3 },
    { 896, 9, 2 },
    { 1024, 8, 2 },
    { 1280, 16, 5 },
    { 1536, 8, 3 },
    { 1792, 16, 7 },
    { 2048, 8, 4 },
    { 2560, 8, 5 },
    { 3072, 4, 3 },
} };

/// Bin of a request of 0 … maxSmallBytes bytes, as ZEND_MM_SMALL_SIZE_TO_BIN.
[[nodiscard]] constexpr unsigned binOf(Bytes size)
{
    unsigned bin = 0;
    while (bins[bin].bytes < size)
        ++bin;
    return bin;
}

/// binOf() by (size + 7) / 8, for a heap whose smallest block is `minimum` bytes (8; 16 from PHP 8.4 on).
using BinTable = std::array<std::uint8_t, maxSmallBytes / 8 + 1>;
[[nodiscard]] constexpr BinTable makeBinTable(Bytes minimum)
{
    BinTable table {};
    for (Bytes i = 0; i < table.size(); ++i)
        table[i] = static_cast<std::uint8_t>(binOf(i * 8 < minimum ? minimum : i * 8));
    return table;
}
inline constexpr BinTable binTable8 = makeBinTable(8);
inline constexpr BinTable binTable16 = makeBinTable(16);

// A word of the page map:
//   bits 31..30  kind: 00 free · 01 large run, first page · 10 small run, first page · 11 small run, later
//   page bits  9..0   large: pages of the run bits  4..0   small: bin bits 24..16  first page: gc's counter
//   of free slots, modulo 512 · later page: offset to the first page
// Only the first page of a large run has a word; the others keep whatever stood there.

inline constexpr std::uint32_t largeRunBit = 0x40000000;
inline constexpr std::uint32_t smallRunBit = 0x80000000;
inline constexpr std::uint32_t kindMask = largeRunBit | smallRunBit;
inline constexpr std::uint32_t fieldMask =
    0x01FF0000; ///< 9 bits: a run of 512 slots never counts as all free
inline constexpr unsigned fieldShift = 16;

[[nodiscard]] constexpr std::uint32_t largeRunWord(std::uint32_t pages) { return largeRunBit | pages; }
[[nodiscard]] constexpr std::uint32_t smallRunWord(unsigned bin, std::uint32_t counter = 0)
{
    return smallRunBit | bin | counter << fieldShift;
}
[[nodiscard]] constexpr std::uint32_t laterPageWord(unsigned bin, std::uint32_t offset)
{
    return kindMask | bin | offset << fieldShift;
}
[[nodiscard]] constexpr bool isSmall(std::uint32_t word) { return (word & smallRunBit) != 0; }
[[nodiscard]] constexpr bool isLargeStart(std::uint32_t word) { return (word & kindMask) == largeRunBit; }
[[nodiscard]] constexpr bool isSmallStart(std::uint32_t word) { return (word & kindMask) == smallRunBit; }
[[nodiscard]] constexpr bool isLaterPage(std::uint32_t word) { return (word & kindMask) == kindMask; }
[[nodiscard]] constexpr unsigned wordBin(std::uint32_t word) { return word & 0x1F; }
[[nodiscard]] constexpr std::uint32_t wordPages(std::uint32_t word) { return word & 0x3FF; }
[[nodiscard]] constexpr std::uint32_t wordField(std::uint32_t word)
{
    return (word & fieldMask) >> fieldShift;
}

} // namespace heapatlas::zendmm
