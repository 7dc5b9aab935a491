/* SPDX-License-Identifier: MIT */
#define HAT_WITH_INLINE_EVENTS
#include "php/eventlog.h"

#include "php/arena.h"
#include "php/slottable.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

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

static inline ha_log_op opOf(const ha_logged* e) { return (ha_log_op)(e->what >> HA_LOG_OP_SHIFT); }
static inline uintptr_t addressOf(const ha_logged* e)
{
    return (uintptr_t)(e->what & (((uint64_t)1 << HA_LOG_ADDRESS_BITS) - 1));
}
static inline uint64_t smallSizeOf(const ha_logged* e)
{
    return e->what >> HA_LOG_ADDRESS_BITS & ((1u << (HA_LOG_OP_SHIFT - HA_LOG_ADDRESS_BITS)) - 1);
}
static inline uint64_t largeSizeOf(const ha_logged* e)
{
    return e->what & (((uint64_t)1 << HA_LOG_OP_SHIFT) - 1);
}

/* A run that was not known when the blocks were looked up may have been made since, for an entry before this one. */
static inline ha_block* blockOf(const ha_logged* e, ha_block* fetched, int creating)
{
    return LIKELY(fetched != NULL) ? fetched : ha_block_at(addressOf(e), e->info, creating);
}

/* Begins to load what these entries need. A block of a run that is not known yet is NULL. */
static inline void fetch(const ha_logged* e, size_t count, ha_block** blocks)
{
    for (size_t i = 0; i < count; ++i) {
        blocks[i] = LIKELY((e[i].info & HA_KIND_SMALL) != 0) ? ha_small_block_at(addressOf(&e[i]), e[i].info)
            : opOf(&e[i]) != HA_LOG_SIZE                     ? ha_block_at(addressOf(&e[i]), e[i].info, 0)
                                                             : NULL;
        __builtin_prefetch(blocks[i], 1);
    }
}

/* 0 if nobody saw it being placed. */
static int name(hat_writer* w, const ha_block* block, uintptr_t address, uint32_t info, uint32_t* slot)
{
    if (block == NULL || block->number == 0)
        return 0;
    *slot = block->number - 1;
    const uint64_t size =
        (address & HA_CHUNK_MASK) == 0 ? ha_slots.huge_size[address >> HA_CHUNK_SHIFT] : block->size;
    hat_live(w, *slot, address, size, (info & HA_KIND_SMALL) != 0 ? info & HA_RUN_BIN_MASK : HAT_CLASS_NONE);
    return 1;
}

int ha_log_name(hat_writer* w, uintptr_t address, uint32_t info, uint32_t* slot)
{
    return name(w, ha_block_at(address, info, 0), address, info, slot);
}

static void encodeAlloc(hat_writer* w, const ha_logged* e, ha_block* known, uint64_t size)
{
    /* First, for the event may be the one before a restart point. */
    ha_block* const block = blockOf(e, known, 1);
    if (block != NULL)
        ha_block_set(block, addressOf(e), hat_next_slot(w) + 1, size);
    hat_alloc(w, size, addressOf(e));
}

static void encodeFree(hat_writer* w, const ha_logged* e, ha_block* known)
{
    uint32_t slot;
    ha_block* const block = blockOf(e, known, 0);
    if (!name(w, block, addressOf(e), e->info, &slot)) {
        hat_free_unknown(w, addressOf(e));
        return;
    }
    block->number = 0;
    hat_free(w, slot);
}

/* A block nobody saw being placed is told as its release and a new one. `to` may be the same entry. */
static void encodeMove(hat_writer* w, const ha_logged* from, ha_block* knownFrom, const ha_logged* to,
    ha_block* knownTo, uint64_t size)
{
    uint32_t slot;
    ha_block* const old = blockOf(from, knownFrom, 0);
    if (!name(w, old, addressOf(from), from->info, &slot)) {
        hat_free_unknown(w, addressOf(from));
        encodeAlloc(w, to, knownTo, size);
        return;
    }
    old->number = 0;
    ha_block* const block = blockOf(to, knownTo, 1);
    if (block != NULL)
        ha_block_set(block, addressOf(to), slot + 1, size);
    hat_realloc(w, slot, size, addressOf(to));
}

/* Everything but the placing and the release of a small block that is known. */
static void encodeSeldom(hat_writer* w, const ha_logged* e, ha_block** known)
{
    hat_set_stack(w, e->stack);
    switch (opOf(e)) {
    case HA_LOG_ALLOC:
        encodeAlloc(w, e, known[0], smallSizeOf(e));
        break;
    case HA_LOG_ALLOC_LARGE:
        encodeAlloc(w, e, known[0], largeSizeOf(e + 1));
        break;
    case HA_LOG_FREE:
        encodeFree(w, e, known[0]);
        break;
    case HA_LOG_RESIZE:
        encodeMove(w, e, known[0], e, known[0], smallSizeOf(e));
        break;
    case HA_LOG_MOVE:
        encodeMove(w, e, known[0], e + 1, known[1], largeSizeOf(e + 2));
        break;
    case HA_LOG_TO:
    case HA_LOG_SIZE:
        break;
    }
}

/* 1 if the event was one of the many. */
static inline int encode(hat_writer* w, hat_cursor* c, const ha_logged* e, ha_block* block)
{
    const ha_log_op op = opOf(e);
    if (op > HA_LOG_FREE || UNLIKELY(block == NULL))
        return 0;
    const unsigned bin = e->info & HA_RUN_BIN_MASK;
    if (op == HA_LOG_ALLOC) {
        const uint32_t slot = hat_cursor_take_slot(w, c);
        const uint32_t size = (uint32_t)smallSizeOf(e);
        *block = (ha_block) { slot + 1, size };
        hat_cursor_alloc(w, c, e->stack, slot, size, addressOf(e), bin);
        return 1;
    }
    const uint32_t number = block->number;
    if (UNLIKELY(number == 0 || (e->info & HA_KIND_SMALL) == 0))
        return 0;
    block->number = 0;
    hat_cursor_free(w, c, e->stack, number - 1, addressOf(e), bin);
    return 1;
}

void ha_log_drain(hat_writer* w)
{
    ha_block* blocks[TOGETHER + HA_LOG_LONGEST];
    const ha_logged* e = ha_log.begin;
    const ha_logged* const end = ha_log.at;
    hat_cursor c = hat_take_cursor(w);
    int many = hat_can_batch(w);
    while (e != end) {
        size_t count = (size_t)(end - e) < TOGETHER ? (size_t)(end - e) : TOGETHER;
        while (e + count != end && opOf(&e[count]) >= HA_LOG_TO)
            ++count; /* an event's entries stay together */
        fetch(e, count, blocks);
        for (size_t i = 0; i < count; ++i) {
            if (LIKELY(many) && LIKELY(encode(w, &c, &e[i], blocks[i])))
                continue;
            const uint32_t recycled = ha_slots.recycled;
            hat_give_cursor(w, &c);
            encodeSeldom(w, &e[i], &blocks[i]);
            c = hat_take_cursor(w);
            many = hat_can_batch(w);
            /* Where an array changed hands, what was looked up ahead may be in it. */
            if (UNLIKELY(ha_slots.recycled != recycled))
                fetch(&e[i + 1], count - i - 1, &blocks[i + 1]);
        }
        e += count;
    }
    hat_give_cursor(w, &c);
    ha_log.at = ha_log.begin;
}
