/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/hatwriterimpl.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum
{
    /* With Huffman coding of literals, which negative levels leave out by themselves: bytes of level 1, some CPU less. */
    DEFAULT_LEVEL = -1,
    META_BYTES = 1 << 18,
    MARKER_BYTES = 1 << 18,
    SAMPLE_BYTES = 1 << 18,
    STRING_BYTES = 1 << 20,
    NODE_BYTES = 1 << 20,
    RAW_BYTES = 6 << 20, /* all definition buffers at once */
    OUT_BYTES = 8 << 20,
    FIRST_SITES = 1 << 10 /* places in the table of sites, which grows */
};

/* --- memory: one reservation, cut up here, touched only as far as it is used --- */

typedef struct layout
{
    unsigned char* base; /* NULL while only measuring */
    size_t used;
} layout;

static void* carve(layout* l, size_t bytes)
{
    void* at = l->base ? l->base + l->used : NULL;
    l->used += (bytes + 4095) & ~(size_t)4095;
    return at;
}

static void carve_buffer(layout* l, hat_buffer* b, size_t bytes)
{
    b->begin = carve(l, bytes);
    b->at = b->begin;
    b->capacity = bytes;
}

/* Only where contents are asked for. */
static hat_contents* lay_out_contents(layout* l, unsigned shrink)
{
    hat_contents draft;
    hat_contents* const at = carve(l, sizeof draft);
    memset(&draft, 0, sizeof draft);
    draft.known_limit = HAT_CONTENTS_PAGES >> shrink;
    draft.hashes = carve(l, (size_t)draft.known_limit * sizeof *draft.hashes);
    draft.table_mask = FIRST_SITES - 1;
    draft.table = carve(l, (size_t)4 * draft.known_limit * sizeof *draft.table);
    draft.group = carve(l, (size_t)HAT_GROUP_PAGES * HAT_PAGE_BYTES);
    carve_buffer(l, &draft.rows, HAT_CONTENTS_ROW_BYTES);
    if (l->base != NULL)
        *at = draft;
    return at;
}

/* Everything that grows is 2^-shrink of its full size. */
static void lay_out(hat_writer* w, layout* l, unsigned shrink, size_t zstd_bytes, int contents)
{
    const size_t rows = HAT_BLOCK_EVENTS;
    carve(l, sizeof *w);
    w->zstd = carve(l, zstd_bytes);
    w->codes = carve(l, rows);
    w->slots_column = carve(l, rows * 5);
    w->sizes_column = carve(l, rows * 10);
    w->addresses_column = carve(l, rows * 10);
    w->stacks_column = carve(l, rows * 5);
    carve_buffer(l, &w->markers, MARKER_BYTES);
    carve_buffer(l, &w->samples, SAMPLE_BYTES);
    carve_buffer(l, &w->meta, META_BYTES);
    carve_buffer(l, &w->strings, STRING_BYTES);
    carve_buffer(l, &w->functions, NODE_BYTES);
    carve_buffer(l, &w->stack_callers, NODE_BYTES);
    carve_buffer(l, &w->stack_functions, NODE_BYTES);
    carve_buffer(l, &w->stack_lines, NODE_BYTES);
    w->raw_capacity = RAW_BYTES;
    w->raw = carve(l, w->raw_capacity);
    w->out_capacity = ((size_t)HAT_MAX_RAW_BYTES + (HAT_MAX_RAW_BYTES >> 6)) >> shrink;
    if (w->out_capacity < OUT_BYTES)
        w->out_capacity = OUT_BYTES;
    w->out = carve(l, w->out_capacity);
    w->contents = contents ? lay_out_contents(l, shrink) : NULL;
    w->class_of = carve(l, (size_t)HAT_MAX_CLASS_BYTES + 1);
    w->slot_limit = HAT_MAX_SLOTS >> shrink;
    w->slots = carve(l, (size_t)w->slot_limit * sizeof *w->slots);
    w->free_slots = carve(l, (size_t)w->slot_limit * sizeof *w->free_slots);
    w->stack_limit = HAT_MAX_STACKS >> shrink;
    w->next_stack = carve(l, ((size_t)w->stack_limit + 1) * sizeof *w->next_stack);
    w->stack_sites = carve(l, ((size_t)w->stack_limit + 1) * sizeof *w->stack_sites);
    w->site_mask = FIRST_SITES - 1;
    w->site_table = carve(l, (size_t)4 * w->stack_limit * sizeof *w->site_table);
    w->index_limit = (1u << 22) >> shrink;
    w->index = carve(l, w->index_limit * sizeof *w->index);
    w->bet_capacity = HAT_MAX_BETS >> shrink;
    for (uint32_t c = 0; c < w->class_count; ++c) {
        w->bets[c].stack = carve(l, (size_t)w->bet_capacity * sizeof(uint64_t));
        w->bets[c].top = w->bets[c].stack;
        w->bets[c].limit = l->base != NULL ? w->bets[c].stack + w->bet_capacity : NULL;
    }
}

static int set_classes(hat_writer* w, const hat_options* options)
{
    w->class_count = options->class_count;
    if (w->class_count > HAT_MAX_CLASSES)
        return EINVAL;
    uint32_t above = 0;
    for (uint32_t c = 0; c < w->class_count; ++c) {
        const hat_size_class k = options->classes[c];
        if (k.size <= above || k.size > HAT_MAX_CLASS_BYTES || k.count == 0 || k.count > HAT_MAX_CLASS_COUNT)
            return EINVAL;
        above = k.size;
        w->classes[c] = k;
        w->bets[c].slot_bytes = k.size;
        w->bets[c].run_slots = k.count;
    }
    return 0;
}

hat_writer* hat_create(const hat_options* options)
{
    hat_writer draft; /* only measured with; the writer itself stands in its region */
    memset(&draft, 0, sizeof draft);
    draft.fd = options->fd;
    draft.level = options->compression_level != 0 ? options->compression_level : DEFAULT_LEVEL;
    draft.byte_limit = options->byte_limit;
    draft.list_live = options->list_live;
    draft.restart_interval = HAT_RESTART_INTERVAL;
    draft.restart_share = HAT_RESTART_SHARE;
    if (set_classes(&draft, options) != 0)
        return NULL;
    const size_t zstd_bytes =
        ZSTD_estimateCCtxSize(draft.level > 1 ? draft.level : 1); /* of all levels up to it */
    for (unsigned shrink = 0; shrink <= 8; ++shrink) {
        layout measure = { NULL, 0 };
        lay_out(&draft, &measure, shrink, zstd_bytes, options->contents);
        void* region = mmap(
            NULL, measure.used, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == MAP_FAILED)
            continue;
        madvise(region, measure.used, MADV_NOHUGEPAGE); /* areas are far apart and mostly empty */
        layout place = { region, 0 };
        lay_out(&draft, &place, shrink, zstd_bytes, options->contents);
        hat_writer* w = region;
        *w = draft;
        w->region = region;
        w->region_bytes = measure.used;
        w->zstd = ZSTD_initStaticCCtx(w->zstd, zstd_bytes);
        /* The reset sets the defaults, which a static context lacks: frames are to have their size. */
        if (w->zstd == NULL || ZSTD_isError(ZSTD_CCtx_reset(w->zstd, ZSTD_reset_session_and_parameters))
            || ZSTD_isError(ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_literalCompressionMode, ZSTD_ps_enable))) {
            munmap(region, measure.used);
            return NULL;
        }
        w->slots_at = w->slots_column;
        w->sizes_at = w->sizes_column;
        w->addresses_at = w->addresses_column;
        w->stacks_at = w->stacks_column;
        uint32_t size = 0;
        for (uint32_t c = 0; c < w->class_count; ++c)
            for (; size <= w->classes[c].size; ++size)
                w->class_of[size] = (unsigned char)c;
        w->class_limit = size;
        hat_write_file_header(w);
        return w;
    }
    return NULL;
}

void hat_release(hat_writer* w)
{
    if (w->fd >= 0)
        close(w->fd);
    munmap(w->region, w->region_bytes);
}
