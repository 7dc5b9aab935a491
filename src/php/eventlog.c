/* SPDX-License-Identifier: MIT */
#define HAT_WITH_INLINE_EVENTS
#include "php/eventlog.h"

#include "php/arena.h"
#include "php/slottable.h"

ha_event_log ha_log;

enum
{
    TOGETHER = 32 /* entries whose loads are started before the first is encoded */
};

int ha_log_open(void)
{
    if (ha_log.begin == NULL)
        ha_log.begin = ha_arena_take(sizeof *ha_log.begin * HA_LOG_CAPACITY);
    ha_log.at = ha_log.begin;
    ha_log.end = NULL;
    return ha_log.begin != NULL ? 0 : -1;
}

void ha_log_clear(void) { ha_log.at = ha_log.begin; }

static inline ha_log_op opOf(const ha_logged* e) { return (ha_log_op)(e->what & 15); }
static inline uintptr_t addressOf(const ha_logged* e) { return (uintptr_t)(e->what >> HA_LOG_ADDRESS_SHIFT); }
static inline uint64_t smallSizeOf(const ha_logged* e)
{
    return e->what >> HA_LOG_SIZE_SHIFT & ((1u << (HA_LOG_ADDRESS_SHIFT - HA_LOG_SIZE_SHIFT)) - 1);
}
static inline uint64_t largeSizeOf(const ha_logged* e) { return e->what >> HA_LOG_SIZE_SHIFT; }

/* Begins to load what the frequent entries need; NULL for others. A run may not be known yet, but then it is made for
 * an entry before this one. */
static inline void fetch(const ha_logged* e, size_t count, ha_block** blocks)
{
    for (size_t i = 0; i < count; ++i) {
        blocks[i] =
            HAT_LIKELY(opOf(&e[i]) <= HA_LOG_FREQUENT) ? ha_block_of_kind(addressOf(&e[i]), e[i].info) : NULL;
        __builtin_prefetch(blocks[i], 1);
    }
}

/* What is needed of a frequent entry to treat it like the others. */
static uint32_t infoOf(const ha_logged* e)
{
    return opOf(e) <= HA_LOG_FREQUENT ? HA_KIND_SMALL | e->info : e->info;
}

/* 0 if nobody saw it being placed. */
static int name(hat_writer* w, const ha_block* block, uintptr_t address, uint32_t info, uint32_t* slot)
{
    if (block == NULL || block->number == 0)
        return 0;
    *slot = block->number - 1;
    hat_live(w, *slot, address, ha_block_size(block, address),
        (info & HA_KIND_SMALL) != 0 ? info & HA_RUN_BIN_MASK : HAT_CLASS_NONE);
    return 1;
}

int ha_log_name(hat_writer* w, uintptr_t address, uint32_t info, uint32_t* slot)
{
    return name(w, ha_block_at(address, info), address, info, slot);
}

/* Where the entry's new block is to be noted. The page itself is the last to be asked, for by now it may be another
 * run's, or gone: only where nobody saw the run being made and it is not known where in it the page is. */
static ha_block* make(const ha_logged* e)
{
    const uintptr_t address = addressOf(e);
    if (opOf(e) > HA_LOG_FREQUENT)
        return ha_block_make(address, e->info);
    ha_block* const known = ha_block_of_kind(address, e->info);
    if (known != NULL)
        return known;
    return ha_block_make(address, ha_bin_pages[e->info] == 1 ? infoOf(e) : ha_info_of(address));
}

static void encodeAlloc(hat_writer* w, const ha_logged* e, uint64_t size)
{
    ha_block* const block = make(e);
    /* First, for the event may be the one before a restart point. */
    if (block != NULL)
        ha_block_set(block, addressOf(e), hat_next_slot(w) + 1, size);
    hat_alloc(w, size, addressOf(e));
}

static void encodeFree(hat_writer* w, const ha_logged* e)
{
    uint32_t slot;
    ha_block* const block = ha_block_at(addressOf(e), infoOf(e));
    if (!name(w, block, addressOf(e), infoOf(e), &slot)) {
        hat_free_unknown(w, addressOf(e));
        return;
    }
    block->number = 0;
    hat_free(w, slot);
}

/* A block nobody saw being placed is told as its release and a new one. `to` may be the same entry. A small block that
 * stays in the bin above its new size is told as one of the bin's size first, like those that were there before the
 * recording: its class in the trace is to be its bin. */
static void encodeMove(hat_writer* w, const ha_logged* from, const ha_logged* to, uint64_t size)
{
    uint32_t slot;
    ha_block* old = ha_block_at(addressOf(from), infoOf(from));
    if (!name(w, old, addressOf(from), infoOf(from), &slot)) {
        const uint32_t info = infoOf(to);
        const unsigned bin = info & HA_RUN_BIN_MASK;
        const int is_above = (info & HA_KIND_SMALL) != 0 && bin != ha_bin_of(size);
        hat_free_unknown(w, addressOf(from));
        encodeAlloc(w, to, is_above ? ha_bin_size[bin] : size);
        old = is_above ? ha_block_at(addressOf(to), info) : NULL;
        if (!name(w, old, addressOf(to), info, &slot))
            return;
        from = to;
    }
    old->number = 0;
    ha_block* const block = from == to ? old : ha_block_make(addressOf(to), to->info);
    if (block != NULL)
        ha_block_set(block, addressOf(to), slot + 1, size);
    hat_realloc(w, slot, size, addressOf(to));
}

static void encodeSeldom(hat_writer* w, const ha_logged* e)
{
    hat_set_stack(w, e->stack);
    switch (opOf(e)) {
    case HA_LOG_ALLOC:
    case HA_LOG_ALLOC_FIRST:
        encodeAlloc(w, e, smallSizeOf(e));
        break;
    case HA_LOG_ALLOC_LARGE:
        encodeAlloc(w, e, largeSizeOf(e + 1));
        break;
    case HA_LOG_FREE:
    case HA_LOG_FREE_LARGE:
        encodeFree(w, e);
        break;
    case HA_LOG_RESIZE:
        encodeMove(w, e, e, smallSizeOf(e));
        break;
    case HA_LOG_MOVE:
        encodeMove(w, e, e + 1, largeSizeOf(e + 2));
        break;
    case HA_LOG_TO:
    case HA_LOG_SIZE:
        break;
    }
}

/* 1 if the entry was a frequent one of a block that is known. */
static inline int encode(hat_writer* w, hat_cursor* c, const ha_logged* e, ha_block* block)
{
    if (!HAT_LIKELY(block != NULL))
        return 0;
    if (opOf(e) == HA_LOG_ALLOC) {
        const uint32_t slot = hat_cursor_take_slot(w, c);
        const uint32_t size = (uint32_t)smallSizeOf(e);
        *block = (ha_block) { slot + 1, size };
        hat_cursor_alloc(w, c, e->stack, slot, size, addressOf(e), e->info);
        return 1;
    }
    const uint32_t number = block->number;
    if (!HAT_LIKELY(number != 0))
        return 0;
    if (opOf(e) == HA_LOG_FREE) {
        block->number = 0;
        hat_cursor_free(w, c, e->stack, number - 1, addressOf(e), e->info);
    } else {
        block->size = (uint32_t)smallSizeOf(e);
        hat_cursor_resize(w, c, e->stack, number - 1, block->size);
    }
    return 1;
}

/* All entries, each by itself: before the writer runs and after it stopped. */
static void encodeSingly(hat_writer* w, const ha_logged* e, const ha_logged* end)
{
    for (; e != end; ++e)
        encodeSeldom(w, e);
}

static void encodeTogether(hat_writer* w, const ha_logged* e, size_t count)
{
    ha_block* blocks[TOGETHER];
    fetch(e, count, blocks);
    hat_cursor c = hat_take_cursor(w);
    for (size_t i = 0; i < count; ++i) {
        if (HAT_LIKELY(encode(w, &c, &e[i], blocks[i])))
            continue;
        if (opOf(&e[i]) >= HA_LOG_TO)
            continue;
        const uint32_t recycled = ha_slots.recycled;
        hat_give_cursor(w, &c);
        encodeSeldom(w, &e[i]);
        c = hat_take_cursor(w);
        /* Where an array changed hands, what was looked up ahead may be in it. */
        if (!HAT_LIKELY(ha_slots.recycled == recycled))
            fetch(&e[i + 1], count - i - 1, &blocks[i + 1]);
    }
    hat_give_cursor(w, &c);
}

void ha_log_drain(hat_writer* w)
{
    const ha_logged* e = ha_log.begin;
    const ha_logged* const end = ha_log.at;
    while (e != end && hat_can_batch(w)) {
        const size_t count = (size_t)(end - e) < TOGETHER ? (size_t)(end - e) : TOGETHER;
        encodeTogether(w, e, count);
        e += count;
    }
    encodeSingly(w, e, end);
    ha_log.at = ha_log.begin;
}
