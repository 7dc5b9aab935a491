/* SPDX-License-Identifier: MIT */
#include "php/contents.h"

#include "php/heapstate.h"

/* A mapping as one word that sorts by address: number of its first page, number of its pages, whether it is a chunk.
 * Addresses have 47 bits; of more than 2^28 pages (1 TiB) the rest is left out. */
enum
{
    COUNT_SHIFT = 1,
    PAGE_SHIFT = 29,
    IS_CHUNK = 1
};
static const uint64_t maxPages = ((uint64_t)1 << (PAGE_SHIFT - COUNT_SHIFT)) - 1;

static uint64_t mapping(uint64_t address, uint64_t size, unsigned flags)
{
    const uint64_t pages = size >> HA_PAGE_SHIFT;
    return address >> HA_PAGE_SHIFT << PAGE_SHIFT | (pages < maxPages ? pages : maxPages) << COUNT_SHIFT
        | flags;
}

static size_t gather(const ha_layout* layout, const void* heap, uint64_t* out, size_t capacity)
{
    size_t count = 0;
    const void* const mainChunk = ha_pointer(heap, layout->main_chunk);
    const void* chunk = mainChunk;
    do {
        if (count == capacity)
            return count;
        out[count++] = mapping((uintptr_t)chunk, HA_CHUNK_BYTES, IS_CHUNK);
        chunk = ha_pointer(chunk, HA_CHUNK_NEXT);
    } while (chunk != mainChunk);
    for (const void* node = ha_pointer(heap, layout->huge_list); node != NULL && count < capacity;
         node = ha_pointer(node, HA_HUGE_NEXT))
        out[count++] = mapping(ha_u64(node, HA_HUGE_ADDRESS), ha_u64(node, HA_HUGE_SIZE), 0);
    return count;
}

static int isInUse(const ha_layout* layout, uintptr_t chunk, uint64_t page)
{
    return page == 0
        || (ha_u64((const void*)chunk, layout->free_map + 8 * (unsigned)(page / 64)) >> (page % 64) & 1) != 0;
}

void ha_contents_write(const ha_layout* layout, const void* heap, uint64_t* scratch, size_t scratch_count,
    hat_writer* writer, int kind, const char* name, size_t name_size)
{
    const size_t count = gather(layout, heap, scratch, scratch_count);
    ha_sort_addresses(scratch, count);
    hat_contents_begin(writer, kind, name, name_size);
    for (size_t i = 0; i < count; ++i) {
        const uintptr_t begin = (uintptr_t)(scratch[i] >> PAGE_SHIFT << HA_PAGE_SHIFT);
        const uint64_t pages = scratch[i] >> COUNT_SHIFT & maxPages;
        for (uint64_t page = 0; page < pages; ++page) {
            const uintptr_t at = begin + (page << HA_PAGE_SHIFT);
            if ((scratch[i] & IS_CHUNK) == 0 || isInUse(layout, begin, page))
                hat_contents_page(writer, at, (const void*)at);
        }
    }
    hat_contents_end(writer);
}
