/* SPDX-License-Identifier: MIT
 *
 * What zend_mm_alloc_small(), zend_mm_free_small() and the in-place cases of zend_mm_realloc_heap() do, on the heap as
 * it stands in memory: where a free list has what is asked for, and at every release of a small block. None of these
 * can reach the page allocator, the limit or zend_mm_gc(), so the engine's heap need not be switched over to its own
 * handlers for them. Everything else is left to the allocator itself, as is a block it would call corrupted.
 */
#ifndef HEAPATLAS_SMALLBLOCKS_H
#define HEAPATLAS_SMALLBLOCKS_H

#include "php/slottable.h"

#define HA_UNLIKELY(x) (int)__builtin_expect(!!(x), 0)

/* What the fast paths know of the heap struct, the same in all layouts that were run. */
enum
{
    HA_FAST_SIZE = 0x10,
    HA_FAST_PEAK = 0x18,
    HA_FAST_FREE_SLOT = 0x20
};

/* The newest free slot of the bin, now in use; NULL if there is none. */
static inline void* ha_small_pop(char* heap, unsigned bin)
{
    void* const head = ha_pointer(heap, HA_FAST_FREE_SLOT + 8 * bin);
    if (HA_UNLIKELY(head == NULL))
        return NULL;
    const uint64_t size = ha_u64(heap, HA_FAST_SIZE) + ha_bin_size[bin];
    const uint64_t peak = ha_u64(heap, HA_FAST_PEAK);
    ha_set_u64(heap, HA_FAST_SIZE, size);
    ha_set_u64(heap, HA_FAST_PEAK, size > peak ? size : peak);
    ha_set_u64(heap, HA_FAST_FREE_SLOT + 8 * bin, ha_u64(head, 0));
    return head;
}

static inline void ha_small_push(char* heap, void* p, unsigned bin)
{
    ha_set_u64(heap, HA_FAST_SIZE, ha_u64(heap, HA_FAST_SIZE) - ha_bin_size[bin]);
    ha_set_u64(p, 0, ha_u64(heap, HA_FAST_FREE_SLOT + 8 * bin));
    ha_set_u64(heap, HA_FAST_FREE_SLOT + 8 * bin, (uintptr_t)p);
}

/* Page info of a block, 0 unless the block is small and stands in a chunk of this heap. */
static inline uint32_t ha_small_info(const char* heap, const void* p)
{
    const uintptr_t chunk = (uintptr_t)p & ~HA_CHUNK_MASK;
    if (HA_UNLIKELY(chunk == (uintptr_t)p || ha_u64((const void*)chunk, HA_CHUNK_HEAP) != (uintptr_t)heap))
        return 0;
    const uint32_t page = (uint32_t)(((uintptr_t)p & HA_CHUNK_MASK) >> HA_PAGE_SHIFT);
    const uint32_t info = ha_u32((const void*)chunk, ha_slots.map + 4 * page);
    return (info & HA_KIND_SMALL) != 0 ? info : 0;
}

/* zend_mm_realloc_heap() for a small block whose page info is known and that stays where it is or grows into a free
 * slot of another bin; NULL where neither is the case. */
static inline void* ha_small_resize(char* heap, void* old, uint32_t info, uint64_t size)
{
    const unsigned bin = info & HA_RUN_BIN_MASK;
    if (size <= ha_bin_size[bin])
        return bin == 0 || size >= ha_bin_size[bin - 1] ? old : NULL;
    if (size > HA_MAX_SMALL)
        return NULL;
    const uint64_t peak = ha_u64(heap, HA_FAST_PEAK);
    void* const p = ha_small_pop(heap, ha_bin_of(size));
    if (p == NULL)
        return NULL;
    memcpy(p, old, ha_bin_size[bin]);
    ha_small_push(heap, old, bin);
    /* The moment at which there were both does not count. */
    const uint64_t now = ha_u64(heap, HA_FAST_SIZE);
    ha_set_u64(heap, HA_FAST_PEAK, now > peak ? now : peak);
    return p;
}

/* Whether the constants above hold for a layout. */
static inline int ha_small_fits(const ha_layout* l)
{
    return l->size == HA_FAST_SIZE && l->peak == HA_FAST_PEAK && l->free_slot == HA_FAST_FREE_SLOT;
}

#endif
