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
    UNITS = 1 << (HA_ADDRESS_BITS - HA_CHUNK_SHIFT),
    ROW_STEP = sizeof(ha_chunk_row) >> HA_ROW_SHIFT,
    MOST_HUGE = 1 << 20
};

int ha_slots_open(unsigned map_offset)
{
    ha_slots.map = map_offset;
    if (ha_slots.rows != NULL)
        return 0;
    ha_slots.row_limit = 1u << 17;
    ha_slots.pool_bytes = (size_t)16 << 30;
    ha_slots.chunk_of = ha_arena_take(sizeof *ha_slots.chunk_of * UNITS);
    ha_slots.huge = ha_arena_take(sizeof *ha_slots.huge * UNITS);
    ha_slots.huge_size = ha_arena_take(sizeof *ha_slots.huge_size * UNITS);
    ha_slots.huge_units = ha_arena_take(sizeof *ha_slots.huge_units * MOST_HUGE);
    ha_slots.pool = ha_arena_take(ha_slots.pool_bytes);
    ha_slots.rows = ha_arena_take(sizeof(ha_chunk_row) * ha_slots.row_limit);
    return ha_slots.rows != NULL ? 0 : -1;
}

static size_t arrayBytes(unsigned bin)
{
    return ((size_t)ha_bin_count[bin] * sizeof(ha_block) + 15) & ~(size_t)15;
}

static ha_block* takeArray(unsigned bin)
{
    ha_block* array = ha_slots.spare[bin];
    const size_t bytes = arrayBytes(bin);
    if (array != NULL) {
        memcpy(&ha_slots.spare[bin], array, sizeof array);
        memset(array, 0, bytes);
        return array;
    }
    if (bytes > ha_slots.pool_bytes - ha_slots.pool_used)
        return NULL;
    array = (ha_block*)(void*)(ha_slots.pool + ha_slots.pool_used);
    ha_slots.pool_used += bytes;
    return array;
}

static void giveArray(ha_block* array, unsigned bin)
{
    memcpy(array, &ha_slots.spare[bin], sizeof array);
    ha_slots.spare[bin] = array;
    ++ha_slots.recycled;
}

static ha_chunk_row* makeRow(uintptr_t address)
{
    if (ha_slots.row_count + 1 == ha_slots.row_limit)
        return NULL;
    ++ha_slots.row_count;
    ha_slots.chunk_of[address >> HA_CHUNK_SHIFT] = ha_slots.row_count * ROW_STEP;
    ha_chunk_row* const row = ha_row_of(address);
    row->chunk = address >> HA_CHUNK_SHIFT;
    return row;
}

ha_block* ha_block_place_slow(uintptr_t address, uint32_t info)
{
    ha_chunk_row* const row =
        ha_slots.chunk_of[address >> HA_CHUNK_SHIFT] != 0 ? ha_row_of(address) : makeRow(address);
    if (row == NULL)
        return NULL;
    if ((info & HA_KIND_SMALL) != 0) {
        const uint32_t page = (uint32_t)((address & HA_CHUNK_MASK) >> HA_PAGE_SHIFT);
        const uint32_t bin = info & HA_RUN_BIN_MASK;
        uint64_t* const run = &row->run[page - ha_pages_back(info)];
        if ((*run & 0xff) != bin + 1) {
            if (*run != 0)
                giveArray((ha_block*)(uintptr_t)(*run >> 8), (unsigned)(*run & 0xff) - 1);
            const ha_block* const array = takeArray(bin);
            *run = array != NULL ? (uint64_t)(uintptr_t)array << 8 | (bin + 1) : 0;
            if (array == NULL)
                return NULL;
        }
    }
    return ha_block_at(address, info, 0);
}

void ha_block_set(ha_block* block, uintptr_t address, uint32_t number, uint64_t size)
{
    block->number = number;
    if ((address & HA_CHUNK_MASK) != 0) {
        block->size = (uint32_t)size;
        return;
    }
    const uint32_t unit = (uint32_t)(address >> HA_CHUNK_SHIFT);
    ha_slots.huge_size[unit] = size;
    if (block->size == 0 && ha_slots.huge_count < MOST_HUGE) {
        ha_slots.huge_units[ha_slots.huge_count++] = unit;
        block->size = 1; /* is listed */
    }
}

static void eachOfRun(uint64_t run, uintptr_t address, ha_each_block_fn f, void* context)
{
    const unsigned bin = (unsigned)(run & 0xff) - 1;
    const ha_block* const blocks = (const ha_block*)(uintptr_t)(run >> 8);
    for (unsigned i = 0; i < ha_bin_count[bin]; ++i)
        if (blocks[i].number != 0)
            f(context, blocks[i].number, address + (uintptr_t)i * ha_bin_size[bin], blocks[i].size, bin);
}

void ha_each_block(ha_each_block_fn f, void* context)
{
    for (uint32_t r = 1; r <= ha_slots.row_count; ++r) {
        const ha_chunk_row* const row = (const ha_chunk_row*)&ha_slots.rows[r];
        const uintptr_t chunk = (uintptr_t)row->chunk << HA_CHUNK_SHIFT;
        for (uint32_t page = 1; page < HA_PAGES; ++page) {
            const uintptr_t address = chunk + ((uintptr_t)page << HA_PAGE_SHIFT);
            if (row->run[page] != 0)
                eachOfRun(row->run[page], address, f, context);
            if (row->large[page].number != 0)
                f(context, row->large[page].number, address, row->large[page].size, HA_BINS);
        }
    }
    for (uint32_t i = 0; i < ha_slots.huge_count; ++i) {
        const uint32_t unit = ha_slots.huge_units[i];
        if (ha_slots.huge[unit].number != 0)
            f(context, ha_slots.huge[unit].number, (uintptr_t)unit << HA_CHUNK_SHIFT,
                ha_slots.huge_size[unit], HA_BINS);
    }
}
