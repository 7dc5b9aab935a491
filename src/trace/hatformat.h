/* SPDX-License-Identifier: MIT
 *
 * The numbers of the .hat format, shared by the writer and the reader. What they mean: FORMAT.md.
 */
#ifndef HEAPATLAS_HATFORMAT_H
#define HEAPATLAS_HATFORMAT_H

#include <stddef.h>
#include <stdint.h>

enum
{
    HAT_VERSION_MAJOR = 1,
    HAT_VERSION_MINOR = 1,

    HAT_FILE_HEADER_BYTES = 32,
    HAT_SECTION_HEADER_BYTES = 48,
    HAT_TRAILER_BYTES = 32,
    HAT_COLUMN_ENTRY_BYTES = 12,

    HAT_BLOCK_EVENTS = 32768, /* most events of one events section */
    HAT_MAX_CLASSES = 64,
    HAT_MAX_CLASS_BYTES = 1 << 16, /* largest slot size of a class */
    HAT_MAX_BETS = 1 << 22, /* most bets a class may keep */
    HAT_MAX_CLASS_COUNT = 1 << 16, /* most slots of one run */
    HAT_MAX_SLOTS = 1 << 27, /* most blocks live at once */
    HAT_MAX_STACKS = 1 << 24, /* largest call stack id */
    HAT_MAX_STRING_BYTES = 65535, /* longer strings are cut */
    HAT_MAX_RAW_BYTES = 1 << 28, /* most bytes that a section may decompress to */
    HAT_BET_SEARCH = 64, /* entries looked at when a bet fails */
    HAT_BET_PATIENCE = 3, /* unexplained addresses in a row before a class's bets are given up */
    HAT_PAGE_SHIFT = 12, /* unit of the differences in HAT_OP_*_PAGES, and of page contents */
    HAT_PAGE_BYTES = 1 << HAT_PAGE_SHIFT,
    HAT_GROUP_PAGES = 64, /* most pages of one section of page contents */
    HAT_GROUP_HEAD_BYTES = 8,
    HAT_MAX_MOMENT_NAME = 255
};

#define HAT_FILE_MAGIC "\x89HAT\r\n\x1a\n"
#define HAT_END_MAGIC "\x89HATEND\n"
/* First eight bytes of each section header; chosen so that it is not likely in compressed data. */
#define HAT_SYNC_MARKER "\xF5\x48\xA1\x54\xC3\x53\xE7\x0D"

enum
{ /* section types */
    HAT_SECTION_META = 1,
    HAT_SECTION_STATE = 2,
    HAT_SECTION_RESTART = 3,
    HAT_SECTION_DEFINITIONS = 4,
    HAT_SECTION_EVENTS = 5,
    HAT_SECTION_INDEX = 6,
    HAT_SECTION_PAGES = 7,
    HAT_SECTION_MOMENT = 8
};

enum
{ /* section flags of HAT_SECTION_RESTART */
    HAT_RESTART_FIRST = 1, /* first part */
    HAT_RESTART_LAST = 2, /* last part */
    HAT_RESTART_BREAK = 4 /* the live blocks are not those that the events before lead to */
};

enum
{ /* section flags of HAT_SECTION_MOMENT */
    HAT_MOMENT_FIRST = 1, /* first part */
    HAT_MOMENT_LAST = 2, /* last part */
    HAT_MOMENT_CUT = 4 /* pages are left out because of the limit */
};

enum
{ /* form of a row of a moment, its two low bits */
    HAT_PAGES_ZERO = 0,
    HAT_PAGES_RISING = 1,
    HAT_PAGES_SAME = 2
};

enum
{ /* rows of a restart part */
    HAT_RESTART_HEAD = 1,
    HAT_RESTART_SLOTS = 2,
    HAT_RESTART_FREE = 3,
    HAT_RESTART_BETS = 4,
    HAT_RESTART_CLASSES = 5
};

enum
{
    HAT_CODEC_RAW = 0,
    HAT_CODEC_ZSTD = 1
};

enum
{ /* columns of an events section */
    HAT_COLUMN_CODES = 1,
    HAT_COLUMN_SLOTS = 2,
    HAT_COLUMN_SIZES = 3,
    HAT_COLUMN_ADDRESSES = 4,
    HAT_COLUMN_STACKS = 5,
    HAT_COLUMN_MARKERS = 6,
    HAT_COLUMN_SAMPLES = 7,
    HAT_COLUMN_LIMIT = 8
};

enum
{ /* low four bits of a code */
    HAT_OP_ALLOC_HIT = 0,
    HAT_OP_ALLOC_PAGES = 1,
    HAT_OP_ALLOC_BYTES = 2,
    HAT_OP_FREE = 3,
    HAT_OP_REALLOC_IN_PLACE = 4,
    HAT_OP_REALLOC_HIT = 5,
    HAT_OP_REALLOC_PAGES = 6,
    HAT_OP_REALLOC_BYTES = 7,
    HAT_OP_ALLOC_FAILED = 8,
    HAT_OP_REALLOC_FAILED = 9,
    HAT_OP_FREE_UNKNOWN = 10,
    HAT_OP_MARKER = 11,
    HAT_OP_LIMIT = 12,
    HAT_OP_MASK = 0x0F
};

enum
{ /* bits 4 and 5 of a code; 6 and 7 are 0 */
    HAT_STACK_SAME = 0x00,
    HAT_STACK_PREDICTED = 0x10,
    HAT_STACK_EXPLICIT = 0x20,
    HAT_STACK_MASK = 0x30
};

enum
{ /* first byte of a marker */
    HAT_MARKER_TRIM = 0,
    HAT_MARKER_LIMIT = 1,
    HAT_MARKER_GC = 2,
    HAT_MARKER_CHECKPOINT = 3,
    HAT_MARKER_USAGE = 4
};

enum
{
    HAT_CLASS_NONE = 0xFE,
    HAT_CLASS_FREE = 0xFF
}; /* class byte of a slot without class; of a free slot */

#ifdef __cplusplus
extern "C" {
#endif

/* XXH64 of the bytes with seed 0 (Yann Collet, github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
uint64_t hat_checksum(const void* bytes, size_t size);
uint64_t hat_checksum_seeded(const void* bytes, size_t size, uint64_t seed);

#ifdef __cplusplus
}
#endif
#endif
