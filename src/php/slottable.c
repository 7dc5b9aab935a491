/* SPDX-License-Identifier: MIT */
#include "php/slottable.h"

#include "php/arena.h"

ha_slot_table ha_slots;

#define INVERSE(size) (uint32_t)((((uint64_t)1 << 32) + (size)-1) / (size))
const uint32_t ha_bin_inverse[HA_BINS] = { INVERSE(8), INVERSE(16), INVERSE(24), INVERSE(32), INVERSE(40),
    INVERSE(48), INVERSE(56), INVERSE(64), INVERSE(80), INVERSE(96), INVERSE(112), INVERSE(128), INVERSE(160),
    INVERSE(192), INVERSE(224), INVERSE(256), INVERSE(320), INVERSE(384), INVERSE(448), INVERSE(512),
    INVERSE(640), INVERSE(768), INVERSE(896), INVERSE(1024), INVERSE(1280), INVERSE(1536), INVERSE(1792),
    INVERSE(2048), INVERSE(2560), INVERSE(3072) };

enum
{
    UNITS = 1 << 26
}; /* 2 MiB units of a 47-bit address space */

int ha_slots_open(unsigned map_offset)
{
    ha_slots.map = map_offset;
    if (ha_slots.rows != NULL)
        return 0;
    ha_slots.row_limit = 1u << 17;
    ha_slots.pool_bytes = (size_t)8 << 30;
    ha_slots.chunk_of = ha_arena_take(sizeof(uint32_t) * UNITS);
    ha_slots.huge = ha_arena_take(sizeof(uint32_t) * UNITS);
    ha_slots.pool = ha_arena_take(ha_slots.pool_bytes);
    ha_slots.rows = ha_arena_take(sizeof(ha_chunk_row) * ha_slots.row_limit);
    return ha_slots.rows != NULL ? 0 : -1;
}

static uint32_t* takeArray(unsigned bin)
{
    uint32_t* array = ha_slots.spare[bin];
    const size_t bytes = ((size_t)ha_bin_count[bin] * sizeof(uint32_t) + 15) & ~(size_t)15;
    if (array != NULL) {
        memcpy(&ha_slots.spare[bin], array, sizeof array);
        memset(array, 0, bytes);
        return array;
    }
    if (bytes > ha_slots.pool_bytes - ha_slots.pool_used)
        return NULL;
    array = (uint32_t*)(void*)(ha_slots.pool + ha_slots.pool_used);
    ha_slots.pool_used += bytes;
    return array;
}

uint32_t* ha_slot_place_slow(uintptr_t address)
{
    uint32_t* const unit = &ha_slots.chunk_of[address >> HA_CHUNK_SHIFT];
    if (*unit == 0) {
        if (ha_slots.row_count == ha_slots.row_limit)
            return NULL;
        *unit = ++ha_slots.row_count;
    }
    ha_chunk_row* const chunk = &ha_slots.rows[*unit - 1];
    const uintptr_t base = address & ~HA_CHUNK_MASK;
    const uint32_t page = (uint32_t)((address & HA_CHUNK_MASK) >> HA_PAGE_SHIFT);
    const uint32_t info = ha_u32((const void*)base, ha_slots.map + 4 * page);
    if ((info & HA_KIND_SMALL) != 0) {
        const uint32_t bin = info & HA_RUN_BIN_MASK;
        uint64_t* const run = &chunk->run[ha_run_first(base, page, info)];
        if ((*run & 0xff) != bin + 1) {
            if (*run != 0) {
                uint32_t* const old = (uint32_t*)(uintptr_t)(*run >> 8);
                const unsigned oldBin = (unsigned)(*run & 0xff) - 1;
                memcpy(old, &ha_slots.spare[oldBin], sizeof old);
                ha_slots.spare[oldBin] = old;
            }
            uint32_t* const array = takeArray(bin);
            *run = array != NULL ? (uint64_t)(uintptr_t)array << 8 | (bin + 1) : 0;
            if (array == NULL)
                return NULL;
        }
    }
    return ha_slot_word(address, 0);
}
