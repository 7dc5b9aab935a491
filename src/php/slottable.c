/* SPDX-License-Identifier: MIT */
#include "php/slottable.h"

#include "php/arena.h"

ha_slot_table ha_slots;

#define INVERSE(size) (uint32_t)((((uint64_t)1 << 32) + (size)-1) / (size))
const uint32_t ha_inverse[HA_ARRAY_KINDS] = { INVERSE(8), INVERSE(16), INVERSE(24), INVERSE(32), INVERSE(40),
    INVERSE(48), INVERSE(56), INVERSE(64), INVERSE(80), INVERSE(96), INVERSE(112), INVERSE(128), INVERSE(160),
    INVERSE(192), INVERSE(224), INVERSE(256), INVERSE(320), INVERSE(384), INVERSE(448), INVERSE(512),
    INVERSE(640), INVERSE(768), INVERSE(896), INVERSE(1024), INVERSE(1280), INVERSE(1536), INVERSE(1792),
    INVERSE(2048), INVERSE(2560), INVERSE(3072) };

int ha_slots_open(unsigned map_offset)
{
    ha_slots.map = map_offset;
    if (ha_slots.pages != NULL)
        return 0;
    ha_slots.pool_bytes = (size_t)16 << 30;
    ha_slots.is_listed = ha_arena_take(HA_UNITS);
    ha_slots.units = ha_arena_take(sizeof *ha_slots.units * HA_UNITS);
    ha_slots.pool = ha_arena_take(ha_slots.pool_bytes);
    ha_slots.pages = ha_arena_take(sizeof *ha_slots.pages << (HA_ADDRESS_BITS - HA_PAGE_SHIFT));
    return ha_slots.pages != NULL ? 0 : -1;
}

/* --- arrays --- */

static unsigned blocksOf(unsigned kind)
{
    return kind < HA_BINS ? ha_bin_count[kind] : kind == HA_HUGE ? 2 : 1;
}
static unsigned pagesOf(unsigned kind) { return kind < HA_BINS ? ha_bin_pages[kind] : 1; }

static ha_block* takeArray(unsigned kind)
{
    ha_block* array = ha_slots.spare[kind];
    const size_t bytes = ((size_t)blocksOf(kind) * sizeof(ha_block) + 15) & ~(size_t)15;
    if (array != NULL) {
        memcpy(&ha_slots.spare[kind], array, sizeof array);
        memset(array, 0, bytes);
        return array;
    }
    if (bytes > ha_slots.pool_bytes - ha_slots.pool_used)
        return NULL;
    array = (ha_block*)(void*)(ha_slots.pool + ha_slots.pool_used);
    ha_slots.pool_used += bytes;
    return array;
}

static void giveArray(ha_block* array, unsigned kind)
{
    memcpy(array, &ha_slots.spare[kind], sizeof array);
    ha_slots.spare[kind] = array;
    ++ha_slots.recycled;
}

/* --- entries --- */

static ha_block* arrayOf(uint64_t entry) { return (ha_block*)(uintptr_t)(entry >> HA_ENTRY_ARRAY_SHIFT); }
static unsigned kindOf(uint64_t entry) { return (unsigned)(entry & HA_ENTRY_KIND) - 1; }
static unsigned backOf(uint64_t entry) { return (unsigned)(entry & HA_ENTRY_BACK) >> HA_PAGE_SHIFT; }

static unsigned kindOfInfo(uintptr_t address, uint32_t info)
{
    return (address & HA_CHUNK_MASK) == 0 ? (unsigned)HA_HUGE
        : (info & HA_KIND_SMALL) != 0     ? info & HA_RUN_BIN_MASK
                                          : (unsigned)HA_LARGE;
}

/* How many pages a small block's page is behind the first of its run. */
static unsigned backOfInfo(uint32_t info)
{
    return (info & HA_KIND_MASK) == HA_KIND_FOLLOWING ? info >> HA_RUN_OFFSET_SHIFT & HA_RUN_OFFSET_MASK : 0;
}

/* The run that had this page is no more: the allocator has given its pages to another. */
static void forgetRun(uint64_t* page)
{
    const uint64_t entry = *page;
    uint64_t* const first = page - backOf(entry);
    for (unsigned i = 0; i < pagesOf(kindOf(entry)); ++i)
        first[i] = 0;
    giveArray(arrayOf(entry), kindOf(entry));
}

static void listUnit(uintptr_t address)
{
    const uint32_t unit = (uint32_t)(address >> HA_CHUNK_SHIFT);
    if (ha_slots.is_listed[unit])
        return;
    ha_slots.is_listed[unit] = 1;
    ha_slots.units[ha_slots.unit_count++] = unit;
}

ha_block* ha_block_at(uintptr_t address, uint32_t info)
{
    return address >> HA_ADDRESS_BITS == 0 ? ha_block_of_kind(address, kindOfInfo(address, info)) : NULL;
}

ha_block* ha_block_make(uintptr_t address, uint32_t info)
{
    if (address >> HA_ADDRESS_BITS != 0)
        return NULL;
    const unsigned kind = kindOfInfo(address, info);
    const unsigned back = kind < HA_BINS ? backOfInfo(info) : 0;
    uint64_t* const page = &ha_slots.pages[address >> HA_PAGE_SHIFT];
    if ((*page & HA_ENTRY_KIND) != kind + 1 || backOf(*page) != back) {
        uint64_t* const first = page - back;
        for (unsigned i = 0; i < pagesOf(kind); ++i)
            if (first[i] != 0)
                forgetRun(&first[i]);
        const ha_block* const array = takeArray(kind);
        if (array == NULL)
            return NULL;
        listUnit(address);
        for (unsigned i = 0; i < pagesOf(kind); ++i)
            first[i] = (uint64_t)(uintptr_t)array << HA_ENTRY_ARRAY_SHIFT | (uint64_t)i << HA_PAGE_SHIFT
                | (kind + 1);
    }
    return ha_block_of_kind(address, kind);
}

/* --- blocks --- */

void ha_block_set(ha_block* block, uintptr_t address, uint32_t number, uint64_t size)
{
    block->number = number;
    block->size = (uint32_t)size;
    if ((address & HA_CHUNK_MASK) == 0)
        memcpy(block + 1, &size, sizeof size);
}

uint64_t ha_block_size(const ha_block* block, uintptr_t address)
{
    uint64_t size = block->size;
    if ((address & HA_CHUNK_MASK) == 0)
        memcpy(&size, block + 1, sizeof size);
    return size;
}

static void eachOfRun(uint64_t entry, uintptr_t address, ha_each_block_fn f, void* context)
{
    const unsigned kind = kindOf(entry);
    const ha_block* const blocks = arrayOf(entry);
    const unsigned count = kind < HA_BINS ? ha_bin_count[kind] : 1;
    for (unsigned i = 0; i < count; ++i) {
        const uintptr_t at = address + (kind < HA_BINS ? (uintptr_t)i * ha_bin_size[kind] : 0);
        if (blocks[i].number != 0)
            f(context, blocks[i].number, at, ha_block_size(&blocks[i], at), kind);
    }
}

void ha_each_block(ha_each_block_fn f, void* context)
{
    for (uint32_t i = 0; i < ha_slots.unit_count; ++i) {
        const uintptr_t unit = (uintptr_t)ha_slots.units[i] << HA_CHUNK_SHIFT;
        const uint64_t* const pages = &ha_slots.pages[unit >> HA_PAGE_SHIFT];
        for (uint32_t page = 0; page < HA_PAGES; ++page)
            if (pages[page] != 0 && backOf(pages[page]) == 0)
                eachOfRun(pages[page], unit + ((uintptr_t)page << HA_PAGE_SHIFT), f, context);
    }
}
