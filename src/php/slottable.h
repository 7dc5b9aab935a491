/* SPDX-License-Identifier: MIT
 *
 * The live blocks by address, with their slot number in the trace and the size that was asked for: huge blocks by their
 * 2 MiB unit, large runs by first page, small blocks by run and position in the run. Which of these it is says the
 * chunk's own page map, so a look-up is a few loads and no hashing.
 *
 *   chunk_of[address >> 21] -> chunk row: large[512], run[512] -> array of one entry per slot of the run
 */
#ifndef HEAPATLAS_SLOTTABLE_H
#define HEAPATLAS_SLOTTABLE_H

#include "php/zendlayout.h"

#include <stddef.h>

enum
{
    HA_ADDRESS_BITS = 48, /* of what mmap() gives */
    HA_ROW_SHIFT = 6 /* chunk rows are named by where they begin, in 64 bytes */
};

typedef struct ha_block
{
    uint32_t number; /* slot number + 1; 0: not known to be live */
    uint32_t size; /* asked for; of a huge block in huge_size */
} ha_block;

typedef struct ha_chunk_row
{
    uint64_t run[HA_PAGES]; /* array << 8 | bin + 1 */
    ha_block large[HA_PAGES];
    uint64_t chunk; /* address >> 21 */
    uint64_t unused[7];
} ha_chunk_row;

typedef struct ha_slot_table
{
    uint32_t* chunk_of; /* by address >> 21: where in rows; 0 is a row that stays empty */
    ha_chunk_row* rows;
    ha_block* huge; /* by address >> 21 */
    uint64_t* huge_size;
    uint32_t* huge_units; /* that were ever used */
    uint32_t row_count, row_limit, huge_count;
    unsigned map; /* offset of the page map in a chunk */
    char* pool;
    size_t pool_used, pool_bytes;
    ha_block* spare[HA_BINS]; /* arrays of runs that gc took away, linked through their first entries */
    uint32_t recycled; /* times that an array went there: entries looked up before may be another run's */
} ha_slot_table;

extern ha_slot_table ha_slots;
extern const uint32_t
    ha_bin_inverse[HA_BINS]; /* ceil(2^32 / size): x * inverse >> 32 == x / size within a run */

/* Takes its memory from the arena. 0 on success. */
int ha_slots_open(unsigned map_offset);

/* Slow part of ha_block_at(): a new chunk, or a page that begins a run of another bin. NULL when out of memory. */
ha_block* ha_block_place_slow(uintptr_t address, uint32_t info);

/* Notes a block that is not small. */
void ha_block_set(ha_block* block, uintptr_t address, uint32_t number, uint64_t size);

typedef void (*ha_each_block_fn)(void* context, uint32_t number, uintptr_t address, uint64_t size,
    unsigned bin); /* bin: HA_BINS if not small */
/* Calls f for all blocks that are live here. Linear in the slots of all runs there ever were. */
void ha_each_block(ha_each_block_fn f, void* context);

/* Page info of a block as it stands in its chunk; 0 for a huge block. */
static inline uint32_t ha_info_of(uintptr_t address)
{
    const uintptr_t offset = address & HA_CHUNK_MASK;
    return offset == 0
        ? 0
        : ha_u32((const void*)(address - offset), ha_slots.map + 4 * (uint32_t)(offset >> HA_PAGE_SHIFT));
}

static inline ha_chunk_row* ha_row_of(uintptr_t address)
{
    return (ha_chunk_row*)(void*)((char*)ha_slots.rows
        + ((size_t)ha_slots.chunk_of[address >> HA_CHUNK_SHIFT] << HA_ROW_SHIFT));
}

/* How many pages its page is behind the first of the run, without a branch: pages that follow have bit 30 set. */
static inline uint32_t ha_pages_back(uint32_t info)
{
    return (info >> HA_RUN_OFFSET_SHIFT & HA_RUN_OFFSET_MASK) & (0 - (info >> 30 & 1));
}

/* A small block whose page had this info when it was live, NULL if its run has no array. */
static inline ha_block* ha_small_block_at(uintptr_t address, uint32_t info)
{
    const uint32_t page = (uint32_t)((address & HA_CHUNK_MASK) >> HA_PAGE_SHIFT);
    const uint32_t bin = info & HA_RUN_BIN_MASK;
    const uint32_t back = ha_pages_back(info);
    const uint64_t run = ha_row_of(address)->run[page - back];
    if (__builtin_expect((run & 0xff) != bin + 1, 0))
        return NULL;
    const uint32_t in_run =
        (uint32_t)(address & (((uintptr_t)1 << HA_PAGE_SHIFT) - 1)) + (back << HA_PAGE_SHIFT);
    return (ha_block*)(uintptr_t)(run >> 8) + ((uint64_t)in_run * ha_bin_inverse[bin] >> 32);
}

/* A block whose page had this info when it was live; with `creating` its array is made where there is none, else NULL
 * says that the address was never placed. */
static inline ha_block* ha_block_at(uintptr_t address, uint32_t info, int creating)
{
    if (__builtin_expect(address >> HA_ADDRESS_BITS != 0, 0))
        return NULL;
    if ((address & HA_CHUNK_MASK) == 0)
        return &ha_slots.huge[address >> HA_CHUNK_SHIFT];
    ha_block* block = NULL;
    if ((info & HA_KIND_SMALL) != 0)
        block = ha_small_block_at(address, info);
    else if (ha_slots.chunk_of[address >> HA_CHUNK_SHIFT] != 0)
        block = &ha_row_of(address)->large[(address & HA_CHUNK_MASK) >> HA_PAGE_SHIFT];
    return block != NULL || !creating ? block : ha_block_place_slow(address, info);
}

#endif
