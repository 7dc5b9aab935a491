/* SPDX-License-Identifier: MIT
 *
 * Where the fields of PHP's heap struct and chunk header are, for each layout that is known, and how to tell which
 * one stands in memory. Knows no PHP header: it reads words at offsets, so it runs on synthetic heaps in tests.
 *
 *   2 MiB chunk:  | header | heap struct (main chunk only) | free_map[8] | map[512] | pages 1 … 511 |
 */
#ifndef HEAPATLAS_ZENDLAYOUT_H
#define HEAPATLAS_ZENDLAYOUT_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum
{
    HA_CHUNK_SHIFT = 21,
    HA_CHUNK_BYTES = 1 << HA_CHUNK_SHIFT,
    HA_PAGE_SHIFT = 12,
    HA_PAGES = 512,
    HA_BINS = 30,
    HA_MAX_SMALL = 3072,
    HA_MAX_LARGE = HA_CHUNK_BYTES - (1 << HA_PAGE_SHIFT),
    HA_FREE_MAP_WORDS = 8,

    HA_HEAP_OFFSET = 0x40, /* of the heap struct in the main chunk */
    HA_NOT_KNOWN = 0
};
#define HA_CHUNK_MASK ((uintptr_t)HA_CHUNK_BYTES - 1)

/* Page info words. */
enum
{
    HA_RUN_BIN_MASK = 0x1f,
    HA_RUN_PAGES_MASK = 0x3ff,
    HA_RUN_OFFSET_SHIFT = 16,
    HA_RUN_OFFSET_MASK = 0x1ff
};
#define HA_KIND_MASK 0xc0000000u
#define HA_KIND_LARGE 0x40000000u
#define HA_KIND_SMALL 0x80000000u
#define HA_KIND_FOLLOWING 0xc0000000u

/* Chunk header, the same in all versions. */
enum
{
    HA_CHUNK_HEAP = 0x00,
    HA_CHUNK_NEXT = 0x08,
    HA_CHUNK_PREV = 0x10,
    HA_CHUNK_FREE_PAGES = 0x18,
    HA_CHUNK_FREE_TAIL = 0x1c,
    HA_CHUNK_NUM = 0x20
};

typedef enum ha_variant
{
    HA_CLASSIC = 0, /* the limit error leaves the allocator by longjmp */
    HA_DELAYED_OOM = 1 /* the allocator goes over the limit; the VM raises the error later */
} ha_variant;

/* One known layout. Offsets are bytes into the heap struct; free_map and map into the chunk. */
typedef struct ha_layout
{
    const char* name; /* as the trace's meta "variant" has it */
    uint32_t first_version, last_version; /* PHP_VERSION_ID / 100, inclusive */
    int was_run; /* recorded and replayed by us; a row that was not is refused */
    ha_variant variant;
    uint16_t custom, storage, size, peak, free_slot, real_size, real_peak, limit, hard_limit,
        hard_limit_percent;
    uint16_t overflow, fallible, huge_list, main_chunk, cached_chunks;
    uint16_t chunks_count, peak_chunks_count, cached_chunks_count, avg_chunks_count;
    uint16_t delete_boundary, delete_count;
    uint16_t heap_bytes, free_map, map; /* HA_NOT_KNOWN in rows that were read but not measured */
} ha_layout;

typedef enum ha_verdict
{
    HA_FOUND,
    HA_NOT_A_ZEND_HEAP, /* the heap is not inside a chunk that points back to it */
    HA_CUSTOM_HANDLERS, /* somebody else's handlers, or USE_ZEND_ALLOC=0 */
    HA_CUSTOM_STORAGE,
    HA_UNKNOWN_LAYOUT, /* no row fits */
    HA_NOT_RUN /* a row fits that nobody has tried */
} ha_verdict;

extern const ha_layout ha_layouts[];
extern const unsigned ha_layout_count;

/* Size, slots and pages of a run of each bin (php-src Zend/zend_alloc_sizes.h). */
extern const uint16_t ha_bin_size[HA_BINS];
extern const uint16_t ha_bin_count[HA_BINS];
extern const uint8_t ha_bin_pages[HA_BINS];

/* Which row describes the heap at `heap`, in a PHP of version `version_id` (80236 is 8.2.36). Reads the heap's
 * 2 MiB chunk (header and page map) only, after checking that `heap` stands where a main chunk has it.
 * *layout is set with HA_FOUND and HA_NOT_RUN, else NULL. */
ha_verdict ha_detect(const void* heap, uint32_t version_id, const ha_layout** layout);

/* Why not, as a line for the user; "" for HA_FOUND. */
const char* ha_verdict_text(ha_verdict verdict);

/* Bin of a small size (0 … 3072); size 0 has bin 0. */
static inline unsigned ha_bin_of(uint64_t size)
{
    if (size <= 64)
        return size == 0 ? 0 : (unsigned)((size - 1) >> 3);
    const unsigned t = (unsigned)size - 1;
    const unsigned high = 31u - (unsigned)__builtin_clz(t);
    return (t >> (high - 2)) + 4 * (high - 5);
}

static inline uint64_t ha_u64(const void* base, unsigned offset)
{
    uint64_t v;
    memcpy(&v, (const char*)base + offset, sizeof v);
    return v;
}
static inline uint32_t ha_u32(const void* base, unsigned offset)
{
    uint32_t v;
    memcpy(&v, (const char*)base + offset, sizeof v);
    return v;
}
static inline void ha_set_u64(void* base, unsigned offset, uint64_t v)
{
    memcpy((char*)base + offset, &v, sizeof v);
}
static inline void ha_set_u32(void* base, unsigned offset, uint32_t v)
{
    memcpy((char*)base + offset, &v, sizeof v);
}
static inline void* ha_pointer(const void* base, unsigned offset)
{
    return (void*)(uintptr_t)ha_u64(base, offset);
}

#ifdef __cplusplus
}
#endif
#endif
