/* SPDX-License-Identifier: MIT
 *
 * The live blocks by address, with their slot number in the trace and the size that was asked for. Every 4 KiB page of
 * the address space has an entry, of which only those of the heap are ever touched:
 *
 *   pages[address >> 12] -> array of one block per slot of the run that the page belongs to
 *
 * A large run and a huge block have an array too, found at their first page. So a look-up is three loads, one of them
 * of a constant, and no hashing.
 */
#ifndef HEAPATLAS_SLOTTABLE_H
#define HEAPATLAS_SLOTTABLE_H

#include "php/zendlayout.h"

#include <stddef.h>

enum
{
    HA_ADDRESS_BITS = 47, /* of a process */
    HA_UNITS =
        1 << (HA_ADDRESS_BITS - HA_CHUNK_SHIFT), /* places of a chunk or the beginning of a huge block */

    /* What an array is for: a bin, or one of these. */
    HA_LARGE = HA_BINS,
    HA_HUGE, /* two: the second holds the size in 64 bits */
    HA_ARRAY_KINDS,

    /* An entry: array << 16, pages back to the run's first << 12, kind + 1; 0: none. */
    HA_ENTRY_KIND = 0x3f,
    HA_ENTRY_BACK = 0x7000,
    HA_ENTRY_ARRAY_SHIFT = 16
};

typedef struct ha_block
{
    uint32_t number; /* slot number + 1; 0: not known to be live */
    uint32_t size; /* asked for; not of a huge block */
} ha_block;

typedef struct ha_slot_table
{
    uint64_t* pages; /* by address >> 12 */
    unsigned char* is_listed; /* by address >> 21 */
    uint32_t* units; /* those that are */
    uint32_t unit_count;
    unsigned map; /* offset of the page map in a chunk */
    char* pool;
    size_t pool_used, pool_bytes;
    ha_block* spare[HA_ARRAY_KINDS]; /* arrays whose run is no more, linked through their first blocks */
    uint32_t recycled; /* times that an array went there: blocks looked up before may be another run's */
} ha_slot_table;

extern ha_slot_table ha_slots;
/* By kind. ceil(2^32 / size): x * inverse >> 32 == x / size within a run; 0 for what has one block. */
extern const uint32_t ha_inverse[HA_ARRAY_KINDS];

/* Takes its memory from the arena. 0 on success. */
int ha_slots_open(unsigned map_offset);

/* Page info of a block as it stands in its chunk; 0 for a huge block. */
static inline uint32_t ha_info_of(uintptr_t address)
{
    const uintptr_t offset = address & HA_CHUNK_MASK;
    return offset == 0
        ? 0
        : ha_u32((const void*)(address - offset), ha_slots.map + 4 * (uint32_t)(offset >> HA_PAGE_SHIFT));
}

/* A block that was placed as this kind; NULL if its page has no array of it. */
static inline ha_block* ha_block_of_kind(uintptr_t address, unsigned kind)
{
    const uint64_t entry = ha_slots.pages[address >> HA_PAGE_SHIFT];
    if (__builtin_expect((entry & HA_ENTRY_KIND) != kind + 1, 0))
        return NULL;
    const uint32_t in_run =
        (uint32_t)((address & (((uintptr_t)1 << HA_PAGE_SHIFT) - 1)) + (entry & HA_ENTRY_BACK));
    return (ha_block*)(uintptr_t)(entry >> HA_ENTRY_ARRAY_SHIFT)
        + ((uint64_t)in_run * ha_inverse[kind] >> 32);
}

/* A block whose page had this info when it was live; NULL if it was never placed. */
ha_block* ha_block_at(uintptr_t address, uint32_t info);
/* Where a block is to be noted that was placed now; its page has this info. The first of a new run makes the array.
 * NULL when out of memory. */
ha_block* ha_block_make(uintptr_t address, uint32_t info);

/* Notes a block of any kind. */
void ha_block_set(ha_block* block, uintptr_t address, uint32_t number, uint64_t size);
uint64_t ha_block_size(const ha_block* block, uintptr_t address);

typedef void (*ha_each_block_fn)(
    void* context, uint32_t number, uintptr_t address, uint64_t size, unsigned kind);
/* Calls f for all blocks that are live here. Linear in the slots of all runs there are. */
void ha_each_block(ha_each_block_fn f, void* context);

#endif
