/* SPDX-License-Identifier: MIT
 *
 * Address -> slot number of the trace, by where the block stands: huge blocks by their 2 MiB unit, large runs by first
 * page, small blocks by run and position in the run. Which of these it is says the chunk's own page map, so a look-up
 * is a few loads and no hashing.
 *
 *   chunk_of[address >> 21] -> chunk row: large[512], run[512] -> array of one word per slot of the run
 *
 * A word holds slot number + 1; 0 means "not known to be live". The top bit is a note of the call stacks.
 */
#ifndef HEAPATLAS_SLOTTABLE_H
#define HEAPATLAS_SLOTTABLE_H

#include "php/zendlayout.h"

#include <stddef.h>

#define HA_SLOT_HOLDS_CODE 0x80000000u
#define HA_SLOT_NUMBER_MASK 0x7fffffffu

typedef struct ha_chunk_row
{
    uint64_t run[HA_PAGES]; /* array << 8 | bin + 1 */
    uint32_t large[HA_PAGES];
} ha_chunk_row;

typedef struct ha_slot_table
{
    uint32_t* chunk_of; /* by address >> 21: index into rows + 1 */
    uint32_t* huge; /* by address >> 21 */
    ha_chunk_row* rows;
    uint32_t row_count, row_limit;
    unsigned map; /* offset of the page map in a chunk */
    char* pool;
    size_t pool_used, pool_bytes;
    uint32_t* spare[HA_BINS]; /* arrays of runs that gc took away, linked through their first words */
} ha_slot_table;

extern ha_slot_table ha_slots;
extern const uint32_t
    ha_bin_inverse[HA_BINS]; /* ceil(2^32 / size): x * inverse >> 32 == x / size within a run */

/* Takes its memory from the arena. 0 on success. */
int ha_slots_open(unsigned map_offset);

/* Slow part of ha_slot_place(): a new chunk, or a page that begins a run of another bin. NULL when out of memory. */
uint32_t* ha_slot_place_slow(uintptr_t address);

/* Page of the chunk at which the run with this page begins, and its info word. */
static inline uint32_t ha_run_first(uintptr_t chunk, uint32_t page, uint32_t info)
{
    (void)chunk;
    return (info & HA_KIND_MASK) == HA_KIND_FOLLOWING
        ? page - ((info >> HA_RUN_OFFSET_SHIFT) & HA_RUN_OFFSET_MASK)
        : page;
}

/* The word of a block; with `creating` its array is made where there is none, else NULL says that the address was
 * never placed. The block must be live (its page map entry valid). */
static inline uint32_t* ha_slot_word(uintptr_t address, int creating)
{
    const uintptr_t offset = address & HA_CHUNK_MASK;
    if (__builtin_expect(address >> 47 != 0, 0))
        return NULL;
    if (offset == 0)
        return &ha_slots.huge[address >> HA_CHUNK_SHIFT];
    const uint32_t row = ha_slots.chunk_of[address >> HA_CHUNK_SHIFT];
    if (__builtin_expect(row == 0, 0))
        return creating ? ha_slot_place_slow(address) : NULL;
    ha_chunk_row* const chunk = &ha_slots.rows[row - 1];
    const uintptr_t base = address - offset;
    const uint32_t page = (uint32_t)(offset >> HA_PAGE_SHIFT);
    const uint32_t info = ha_u32((const void*)base, ha_slots.map + 4 * page);
    if ((info & HA_KIND_SMALL) == 0)
        return &chunk->large[page];
    const uint32_t bin = info & HA_RUN_BIN_MASK;
    const uint32_t first = ha_run_first(base, page, info);
    const uint64_t run = chunk->run[first];
    if (__builtin_expect((run & 0xff) != bin + 1, 0))
        return creating ? ha_slot_place_slow(address) : NULL;
    const uint64_t position = ((offset - ((uintptr_t)first << HA_PAGE_SHIFT)) * ha_bin_inverse[bin]) >> 32;
    return (uint32_t*)(uintptr_t)(run >> 8) + position;
}

/* The word of a live small block of this bin whose page info is known; NULL if its run has no array. */
static inline uint32_t* ha_slot_word_known(uintptr_t address, uint32_t bin, uint32_t info)
{
    const uintptr_t offset = address & HA_CHUNK_MASK;
    const uint32_t row = ha_slots.chunk_of[address >> HA_CHUNK_SHIFT];
    if (__builtin_expect(row == 0, 0))
        return NULL;
    const uint32_t page = (uint32_t)(offset >> HA_PAGE_SHIFT);
    uintptr_t in_run = address & (((uintptr_t)1 << HA_PAGE_SHIFT) - 1);
    uint32_t first = page;
    if (__builtin_expect((info & HA_KIND_MASK) == HA_KIND_FOLLOWING, 0)) {
        first = ha_run_first(address - offset, page, info);
        in_run = offset - ((uintptr_t)first << HA_PAGE_SHIFT);
    }
    const uint64_t run = ha_slots.rows[row - 1].run[first];
    if (__builtin_expect((run & 0xff) != bin + 1, 0))
        return NULL;
    return (uint32_t*)(uintptr_t)(run >> 8) + (in_run * ha_bin_inverse[bin] >> 32);
}

/* ha_slot_word(address, 1) of a small block of this bin. */
static inline uint32_t* ha_slot_word_small(uintptr_t address, uint32_t bin)
{
    const uintptr_t offset = address & HA_CHUNK_MASK;
    const uint32_t info =
        ha_u32((const void*)(address - offset), ha_slots.map + 4 * (uint32_t)(offset >> HA_PAGE_SHIFT));
    uint32_t* const word = ha_slot_word_known(address, bin, info);
    return __builtin_expect(word != NULL, 1) ? word : ha_slot_place_slow(address);
}

#endif
