/* SPDX-License-Identifier: MIT */
#include "php/zendlayout.h"

#include <stddef.h>

const uint16_t ha_bin_size[HA_BINS] = { 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
    320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072 };
const uint16_t ha_bin_count[HA_BINS] = { 512, 256, 170, 128, 102, 85, 73, 64, 51, 42, 36, 32, 25, 21, 18, 16,
    64, 32, 9, 8, 32, 16, 9, 8, 16, 8, 16, 8, 8, 4 };
const uint8_t ha_bin_pages[HA_BINS] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 3, 1, 1, 5, 3, 2,
    2, 5, 3, 7, 4, 5, 3 };

/* The struct of PHP 7.3 … 8.3 before the delayed out-of-memory error. */
#define HA_CLASSIC_FIELDS                                                                                    \
    .custom = 0x00, .storage = 0x08, .size = 0x10, .peak = 0x18, .free_slot = 0x20, .real_size = 0x110,      \
    .real_peak = 0x118, .limit = 0x120, .overflow = 0x128, .huge_list = 0x130, .main_chunk = 0x138,          \
    .cached_chunks = 0x140, .chunks_count = 0x148, .peak_chunks_count = 0x14c, .cached_chunks_count = 0x150, \
    .avg_chunks_count = 0x158, .delete_boundary = 0x160, .delete_count = 0x164

#define HA_DELAYED_FIELDS                                                                                    \
    .custom = 0x00, .storage = 0x08, .size = 0x10, .peak = 0x18, .free_slot = 0x20, .real_size = 0x110,      \
    .real_peak = 0x118, .limit = 0x120, .hard_limit = 0x128, .hard_limit_percent = 0x130, .overflow = 0x138, \
    .fallible = 0x13c, .huge_list = 0x140, .main_chunk = 0x148, .cached_chunks = 0x150,                      \
    .chunks_count = 0x158, .peak_chunks_count = 0x15c, .cached_chunks_count = 0x160,                         \
    .avg_chunks_count = 0x168, .delete_boundary = 0x170, .delete_count = 0x174

/* 8.4 on: a random key stands between peak and free_slot, all later fields move by 8. */
#define HA_KEYED_CLASSIC_FIELDS                                                                              \
    .custom = 0x00, .storage = 0x08, .size = 0x10, .peak = 0x18, .free_slot = 0x28, .real_size = 0x118,      \
    .real_peak = 0x120, .limit = 0x128, .overflow = 0x130, .huge_list = 0x138, .main_chunk = 0x140,          \
    .cached_chunks = 0x148, .chunks_count = 0x150, .peak_chunks_count = 0x154, .cached_chunks_count = 0x158, \
    .avg_chunks_count = 0x160, .delete_boundary = 0x168, .delete_count = 0x16c

#define HA_KEYED_DELAYED_FIELDS                                                                              \
    .custom = 0x00, .storage = 0x08, .size = 0x10, .peak = 0x18, .free_slot = 0x28, .real_size = 0x118,      \
    .real_peak = 0x120, .limit = 0x128, .hard_limit = 0x130, .hard_limit_percent = 0x138, .overflow = 0x140, \
    .fallible = 0x144, .huge_list = 0x148, .main_chunk = 0x150, .cached_chunks = 0x158,                      \
    .chunks_count = 0x160, .peak_chunks_count = 0x164, .cached_chunks_count = 0x168,                         \
    .avg_chunks_count = 0x170, .delete_boundary = 0x178, .delete_count = 0x17c

/* Rows with was_run = 0 are read from sources or concluded from a neighbour; they serve only to name what was met. To
 * make one work: measure its missing offsets, record and verify real programs under that PHP, set was_run. */
const ha_layout ha_layouts[] = {
    { .name = "classic",
        .first_version = 802,
        .last_version = 802,
        .was_run = 1,
        .variant = HA_CLASSIC,
        HA_CLASSIC_FIELDS,
        .heap_bytes = 0x188,
        .free_map = 0x1c8,
        .map = 0x208 },
    { .name = "delayed-oom",
        .first_version = 802,
        .last_version = 802,
        .was_run = 1,
        .variant = HA_DELAYED_OOM,
        HA_DELAYED_FIELDS,
        .heap_bytes = 0x1a0,
        .free_map = 0x1e0,
        .map = 0x220 },
    { .name = "classic",
        .first_version = 704,
        .last_version = 801,
        .was_run = 0,
        .variant = HA_CLASSIC,
        HA_CLASSIC_FIELDS },
    { .name = "classic",
        .first_version = 803,
        .last_version = 803,
        .was_run = 0,
        .variant = HA_CLASSIC,
        HA_CLASSIC_FIELDS },
    { .name = "delayed-oom",
        .first_version = 803,
        .last_version = 803,
        .was_run = 0,
        .variant = HA_DELAYED_OOM,
        HA_DELAYED_FIELDS },
    { .name = "classic",
        .first_version = 804,
        .last_version = 805,
        .was_run = 0,
        .variant = HA_CLASSIC,
        HA_KEYED_CLASSIC_FIELDS },
    { .name = "delayed-oom",
        .first_version = 804,
        .last_version = 805,
        .was_run = 0,
        .variant = HA_DELAYED_OOM,
        HA_KEYED_DELAYED_FIELDS },
};
const unsigned ha_layout_count = sizeof ha_layouts / sizeof ha_layouts[0];

/* The fields that a wrong row would hardly get right together. */
static int fits(const ha_layout* row, const char* heap, const char* chunk)
{
    if (ha_u64(heap, row->main_chunk) != (uintptr_t)chunk)
        return 0;
    if (row->map == HA_NOT_KNOWN)
        return 1;
    if (ha_u32(chunk, row->map) != (HA_KIND_LARGE | 1))
        return 0;
    unsigned used = 0;
    for (unsigned i = 0; i < HA_FREE_MAP_WORDS; ++i)
        used += (unsigned)__builtin_popcountll(ha_u64(chunk, row->free_map + 8 * i));
    double average;
    memcpy(&average, heap + row->avg_chunks_count, sizeof average);
    const int32_t chunks = (int32_t)ha_u32(heap, row->chunks_count);
    return used + ha_u32(chunk, HA_CHUNK_FREE_PAGES) == HA_PAGES && chunks >= 1
        && (int32_t)ha_u32(heap, row->peak_chunks_count) >= chunks && average >= 1.0
        && ha_u64(heap, row->real_size) >= (uint64_t)chunks * HA_CHUNK_BYTES
        && ha_u64(heap, row->size) <= ha_u64(heap, row->peak);
}

ha_verdict ha_detect(const void* heap, uint32_t version_id, const ha_layout** layout)
{
    *layout = NULL;
    const char* chunk = (const char*)((uintptr_t)heap & ~HA_CHUNK_MASK);
    if (chunk == NULL || (uintptr_t)heap != (uintptr_t)chunk + HA_HEAP_OFFSET
        || ha_u64(chunk, HA_CHUNK_HEAP) != (uintptr_t)heap)
        return HA_NOT_A_ZEND_HEAP;
    /* These two stand at the same place in every version. */
    if (ha_u32(heap, 0x00) != 0)
        return HA_CUSTOM_HANDLERS;
    if (ha_u64(heap, 0x08) != 0)
        return HA_CUSTOM_STORAGE;
    for (unsigned i = 0; i < ha_layout_count; ++i) {
        const ha_layout* row = &ha_layouts[i];
        if (version_id / 100 < row->first_version || version_id / 100 > row->last_version
            || !fits(row, (const char*)heap, chunk))
            continue;
        *layout = row;
        return row->was_run ? HA_FOUND : HA_NOT_RUN;
    }
    return HA_UNKNOWN_LAYOUT;
}

const char* ha_verdict_text(ha_verdict verdict)
{
    switch (verdict) {
    case HA_FOUND:
        return "";
    case HA_NOT_A_ZEND_HEAP:
        return "not recording: PHP does not use its own allocator (is USE_ZEND_ALLOC=0 set?)";
    case HA_CUSTOM_HANDLERS:
        return "not recording: PHP's allocator is replaced (USE_ZEND_ALLOC=0, or another extension handles "
               "allocations)";
    case HA_CUSTOM_STORAGE:
        return "not recording: another extension provides the memory of PHP's heap";
    case HA_UNKNOWN_LAYOUT:
        return "not recording: the heap of this PHP has a layout that is not known";
    case HA_NOT_RUN:
        return "not recording: the heap of this PHP has a layout that was never tried";
    }
    return "";
}
