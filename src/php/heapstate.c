/* SPDX-License-Identifier: MIT */
#include "php/heapstate.h"

#include "php/slottable.h"

#include <stdlib.h>

typedef struct out_bytes
{
    unsigned char* at;
    unsigned char* end;
    int full;
} out_bytes;

static void put(out_bytes* out, const void* bytes, size_t size)
{
    if (size > (size_t)(out->end - out->at)) {
        out->full = 1;
        return;
    }
    memcpy(out->at, bytes, size);
    out->at += size;
}
static void putU32(out_bytes* out, uint32_t v) { put(out, &v, sizeof v); }
static void putU64(out_bytes* out, uint64_t v) { put(out, &v, sizeof v); }

static void putChunk(out_bytes* out, const ha_layout* layout, const void* chunk)
{
    putU64(out, (uintptr_t)chunk);
    putU32(out, ha_u32(chunk, HA_CHUNK_FREE_PAGES));
    putU32(out, ha_u32(chunk, HA_CHUNK_FREE_TAIL));
    putU32(out, ha_u32(chunk, HA_CHUNK_NUM));
    put(out, (const char*)chunk + layout->free_map, 8 * HA_FREE_MAP_WORDS);
    put(out, (const char*)chunk + layout->map, 4 * HA_PAGES);
}

size_t ha_state_write(const ha_layout* layout, const void* heap, unsigned char* buffer, size_t capacity)
{
    out_bytes out = { buffer, buffer + capacity, 0 };
    const void* const mainChunk = ha_pointer(heap, layout->main_chunk);

    putU32(&out, 1);
    putU32(&out, (uint32_t)layout->variant);
    putU64(&out, (uintptr_t)mainChunk);
    putU64(&out, ha_u64(heap, layout->size));
    putU64(&out, ha_u64(heap, layout->peak));
    putU64(&out, ha_u64(heap, layout->real_size));
    putU64(&out, ha_u64(heap, layout->real_peak));
    putU64(&out, ha_u64(heap, layout->limit));
    putU64(&out, layout->hard_limit != HA_NOT_KNOWN ? ha_u64(heap, layout->hard_limit) : 0);
    putU64(&out,
        layout->hard_limit_percent != HA_NOT_KNOWN ? ha_u64(heap, layout->hard_limit_percent) : UINT64_MAX);
    putU32(&out, ha_u32(heap, layout->overflow));
    putU32(&out, ha_u32(heap, layout->chunks_count));
    putU32(&out, ha_u32(heap, layout->peak_chunks_count));
    putU32(&out, ha_u32(heap, layout->cached_chunks_count));
    putU64(&out, ha_u64(heap, layout->avg_chunks_count));
    putU32(&out, ha_u32(heap, layout->delete_boundary));
    putU32(&out, ha_u32(heap, layout->delete_count));

    putU32(&out, ha_u32(heap, layout->chunks_count));
    const void* chunk = mainChunk;
    do {
        putChunk(&out, layout, chunk);
        chunk = ha_pointer(chunk, HA_CHUNK_NEXT);
    } while (chunk != mainChunk && !out.full);

    putU32(&out, ha_u32(heap, layout->cached_chunks_count));
    for (chunk = ha_pointer(heap, layout->cached_chunks); chunk != NULL && !out.full;
         chunk = ha_pointer(chunk, HA_CHUNK_NEXT))
        putChunk(&out, layout, chunk);

    putU32(&out, HA_BINS);
    for (unsigned bin = 0; bin < HA_BINS; ++bin) {
        unsigned char* const countAt = out.at;
        uint32_t count = 0;
        putU32(&out, 0);
        for (const void* slot = ha_pointer(heap, layout->free_slot + 8 * bin); slot != NULL && !out.full;
             slot = ha_pointer(slot, 0), ++count)
            putU64(&out, (uintptr_t)slot);
        if (!out.full)
            memcpy(countAt, &count, sizeof count);
    }

    unsigned char* const countAt = out.at;
    uint32_t count = 0;
    putU32(&out, 0);
    for (const void* node = ha_pointer(heap, layout->huge_list); node != NULL && !out.full;
         node = ha_pointer(node, HA_HUGE_NEXT), ++count) {
        putU64(&out, ha_u64(node, HA_HUGE_ADDRESS));
        putU64(&out, ha_u64(node, HA_HUGE_SIZE));
        putU64(&out, (uintptr_t)node);
    }
    if (out.full)
        return 0;
    memcpy(countAt, &count, sizeof count);
    return (size_t)(out.at - buffer);
}

static int compareAddresses(const void* a, const void* b)
{
    uint64_t x;
    uint64_t y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* In place and without malloc, unlike qsort(). */
void ha_sort_addresses(uint64_t* v, size_t count)
{
    for (size_t start = count / 2; start-- > 0;)
        for (size_t at = start, child; (child = 2 * at + 1) < count; at = child) {
            if (child + 1 < count && compareAddresses(&v[child], &v[child + 1]) < 0)
                ++child;
            if (v[at] >= v[child])
                break;
            const uint64_t swap = v[at];
            v[at] = v[child];
            v[child] = swap;
        }
    for (size_t end = count; end-- > 1;) {
        const uint64_t top = v[0];
        v[0] = v[end];
        v[end] = top;
        for (size_t at = 0, child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && v[child] < v[child + 1])
                ++child;
            if (v[at] >= v[child])
                break;
            const uint64_t swap = v[at];
            v[at] = v[child];
            v[child] = swap;
        }
    }
}

/* Stands in the slot table for a slot that is not the program's while the live ones are looked for. */
static const uint32_t notLive = UINT32_MAX;

static ha_block* blockAt(uintptr_t address) { return ha_block_make(address, ha_info_of(address)); }

static int markNotLive(const void* slot)
{
    ha_block* const block = blockAt((uintptr_t)slot);
    if (block == NULL)
        return -1;
    block->number = notLive;
    return 0;
}

static int adoptChunk(const ha_layout* layout, uintptr_t chunk, ha_adopt_fn adopt, void* context)
{
    for (uint32_t page = 1; page < HA_PAGES;) {
        const uint64_t word = ha_u64((const void*)chunk, layout->free_map + 8 * (page / 64));
        if ((word >> (page % 64) & 1) == 0) {
            ++page;
            continue;
        }
        const uintptr_t address = chunk + ((uintptr_t)page << HA_PAGE_SHIFT);
        const uint32_t info = ha_u32((const void*)chunk, layout->map + 4 * page);
        ha_block* block = blockAt(address);
        if (block == NULL)
            return -1;
        if ((info & HA_KIND_SMALL) == 0) {
            const uint32_t pages = info & HA_RUN_PAGES_MASK;
            const uint64_t size = (uint64_t)pages << HA_PAGE_SHIFT;
            ha_block_set(block, address, adopt(context, address, size) + 1, size);
            page += pages != 0 ? pages : 1;
            continue;
        }
        const unsigned bin = info & HA_RUN_BIN_MASK;
        for (unsigned i = 0; i < ha_bin_count[bin]; ++i, ++block) {
            block->size = ha_bin_size[bin];
            block->number = block->number == notLive
                ? 0
                : adopt(context, address + (uintptr_t)i * ha_bin_size[bin], ha_bin_size[bin]) + 1;
        }
        page += ha_bin_pages[bin];
    }
    return 0;
}

int ha_state_adopt(const ha_layout* layout, const void* heap, uint64_t* scratch, size_t scratch_count,
    ha_adopt_fn adopt, ha_free_fn seed, void* context)
{
    for (unsigned bin = 0; bin < HA_BINS; ++bin)
        for (const void* slot = ha_pointer(heap, layout->free_slot + 8 * bin); slot != NULL;
             slot = ha_pointer(slot, 0))
            if (markNotLive(slot) != 0)
                return -1;
    for (const void* node = ha_pointer(heap, layout->huge_list); node != NULL;
         node = ha_pointer(node, HA_HUGE_NEXT))
        if (markNotLive(node) != 0)
            return -1;

    size_t count = 0;
    const void* const mainChunk = ha_pointer(heap, layout->main_chunk);
    const void* chunk = mainChunk;
    do {
        if (count == scratch_count)
            return -1;
        scratch[count++] = (uintptr_t)chunk;
        chunk = ha_pointer(chunk, HA_CHUNK_NEXT);
    } while (chunk != mainChunk);
    ha_sort_addresses(scratch, count);
    for (size_t i = 0; i < count; ++i)
        if (adoptChunk(layout, (uintptr_t)scratch[i], adopt, context) != 0)
            return -1;

    count = 0;
    for (const void* node = ha_pointer(heap, layout->huge_list); node != NULL;
         node = ha_pointer(node, HA_HUGE_NEXT)) {
        if (count + 2 > scratch_count)
            return -1;
        scratch[count++] = ha_u64(node, HA_HUGE_ADDRESS);
    }
    ha_sort_addresses(scratch, count);
    for (size_t i = 0; i < count; ++i) {
        uint64_t size = 0;
        for (const void* node = ha_pointer(heap, layout->huge_list); node != NULL;
             node = ha_pointer(node, HA_HUGE_NEXT))
            if (ha_u64(node, HA_HUGE_ADDRESS) == scratch[i])
                size = ha_u64(node, HA_HUGE_SIZE);
        ha_block* const block = blockAt((uintptr_t)scratch[i]);
        if (block == NULL)
            return -1;
        ha_block_set(block, (uintptr_t)scratch[i], adopt(context, scratch[i], size) + 1, size);
    }

    for (unsigned bin = 0; bin < HA_BINS; ++bin) {
        count = 0;
        for (const void* slot = ha_pointer(heap, layout->free_slot + 8 * bin); slot != NULL;
             slot = ha_pointer(slot, 0)) {
            if (count == scratch_count)
                break; /* a shorter bet costs bytes, never truth */
            scratch[count++] = (uintptr_t)slot;
        }
        seed(context, bin, scratch, count);
    }
    return 0;
}
