/* SPDX-License-Identifier: MIT
 *
 * The hot part of the codec (FORMAT.md), and events for callers that know more than the writer has at hand: where a
 * block's class is known nothing has to be loaded from the slots' rows, which stand far apart in a large heap.
 */
#ifndef HEAPATLAS_HATWRITERINLINE_H
#define HEAPATLAS_HATWRITERINLINE_H

#include "trace/hatwriterimpl.h"

#define HAT_LIKELY(x) (int)__builtin_expect(!!(x), 1)

/* As hat_put_number(), for what is mostly one byte and seldom more than two. */
static inline unsigned char* hat_put_small(unsigned char* p, uint64_t v)
{
    if (HAT_LIKELY(v < 0x80)) {
        *p = (unsigned char)v;
        return p + 1;
    }
    return hat_put_number(p, v);
}

/* 0 if the class's bets said so, else how the address was written: 1 whole pages, 2 bytes. */
static inline unsigned hat_place(hat_writer* w, unsigned cls, uint64_t address)
{
    hat_bets* const b = &w->bets[cls];
    const uint32_t count = b->count;
    if (HAT_LIKELY(count != 0)) {
        if (HAT_LIKELY(b->stack[count - 1] == address)) {
            b->count = count - 1;
            b->strangers = 0;
            return 0;
        }
    } else if (b->run_left != 0 && b->run_next == address) {
        --b->run_left;
        b->run_next += b->slot_bytes;
        b->strangers = 0;
        return 0;
    }
    return hat_place_unexpected(w, cls, address);
}

/* Bets are never wrong in a way that costs truth: push and take only decide how an address is written. */
static inline void hat_push_bet(hat_writer* w, unsigned cls, uint64_t address)
{
    hat_bets* const b = &w->bets[cls];
    const uint32_t count = HAT_LIKELY(b->count != w->bet_capacity) ? b->count : 0;
    b->stack[count] = address;
    b->count = count + 1;
}

static inline unsigned hat_stack_bits(hat_writer* w)
{
    return HAT_LIKELY(w->stack == w->coded_stack) ? HAT_STACK_SAME : hat_change_stack(w);
}

static inline void hat_put_slot(hat_writer* w, uint32_t slot)
{
    const uint64_t difference = (uint64_t)((int64_t)slot - (int64_t)w->last_slot);
    w->last_slot = slot;
    w->slots_at = hat_put_small(w->slots_at, (uint32_t)hat_zigzag(difference));
}

static inline void hat_set_slot(hat_slot* s, uint64_t address, uint64_t size, unsigned cls)
{
    s->address = address;
    s->size_class = size << 8 | cls;
}

static inline void hat_end_event(hat_writer* w, unsigned code)
{
    const uint32_t rows = w->rows;
    w->codes[rows] = (unsigned char)code;
    w->rows = rows + 1;
    if (!HAT_LIKELY(rows + 1 != HAT_BLOCK_EVENTS))
        hat_write_block(w);
}

/* hat_alloc() of a size whose class the caller knows. */
static inline uint32_t hat_alloc_in_class(hat_writer* w, uint64_t size, uint64_t address, unsigned cls)
{
    const uint32_t free_count = w->free_count;
    uint32_t slot;
    if (!HAT_LIKELY(w->state == HAT_RUNNING))
        return hat_alloc(w, size, address);
    if (HAT_LIKELY(free_count != 0)) {
        w->free_count = free_count - 1;
        slot = w->free_slots[free_count - 1];
    } else if (w->slot_count != w->slot_limit) {
        slot = w->slot_count++;
    } else {
        return hat_alloc(w, size, address);
    }
    hat_set_slot(&w->slots[slot], address, size, cls);
    const unsigned code = HAT_OP_ALLOC_HIT + hat_place(w, cls, address);
    w->last_slot = slot;
    w->sizes_at = hat_put_small(w->sizes_at, size);
    ++w->totals.allocations;
    hat_end_event(w, code | hat_stack_bits(w));
    return slot;
}

/* hat_free() of a live slot whose address and class the caller knows: the class it was placed with. */
static inline void hat_free_in_class(hat_writer* w, uint32_t slot, uint64_t address, unsigned cls)
{
    if (!HAT_LIKELY(w->state == HAT_RUNNING)) {
        hat_free(w, slot);
        return;
    }
    hat_push_bet(w, cls, address);
    w->slots[slot].size_class = HAT_CLASS_FREE;
    w->free_slots[w->free_count++] = slot;
    hat_put_slot(w, slot);
    ++w->totals.frees;
    hat_end_event(w, HAT_OP_FREE | hat_stack_bits(w));
}

#endif
