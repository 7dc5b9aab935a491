/* SPDX-License-Identifier: MIT
 *
 * The hot part of the codec (FORMAT.md), and events for a caller that has many of them at once and knows more than the
 * writer has at hand: where a block's class is known nothing has to be loaded from the slots' rows, which stand far
 * apart in a large heap.
 */
#ifndef HEAPATLAS_HATWRITERINLINE_H
#define HEAPATLAS_HATWRITERINLINE_H

#include "trace/hatwriterimpl.h"

#include <string.h>

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
    if (HAT_LIKELY(b->top != b->stack)) {
        if (HAT_LIKELY(b->top[-1] == address)) {
            --b->top;
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
    uint64_t* const at = HAT_LIKELY(b->top != b->limit) ? b->top : b->stack;
    *at = address;
    b->top = at + 1;
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

/* --- many events at once --- */

/* The fields of the writer that every event changes, kept in registers meanwhile: taken before, given back after, and
 * around each call of another function here. Its events do not tell the writer where the blocks of the slots stand:
 * the caller lists the live ones when asked (hat_options), and names a slot's block with hat_live() before it hands the
 * slot to a function of hatwriter.h. */
typedef struct hat_cursor
{
    unsigned char* codes_at;
    unsigned char* codes_end; /* of the block */
    unsigned char* slots_at;
    unsigned char* sizes_at;
    uint32_t* free_at; /* behind the newest free slot */
    uint32_t* free_begin;
    uint64_t allocations, frees, reallocations; /* since it was taken */
    uint32_t last_slot;
    uint32_t coded_stack; /* the writer's is kept up to date by hat_change_stack() */
} hat_cursor;

static inline hat_cursor hat_take_cursor(const hat_writer* w)
{
    const hat_cursor c = { w->codes + w->rows, w->codes + HAT_BLOCK_EVENTS, w->slots_at, w->sizes_at,
        w->free_slots + w->free_count, w->free_slots, 0, 0, 0, w->last_slot, w->coded_stack };
    return c;
}

static inline void hat_give_cursor(hat_writer* w, const hat_cursor* c)
{
    w->rows = (uint32_t)(c->codes_at - w->codes);
    w->slots_at = c->slots_at;
    w->sizes_at = c->sizes_at;
    w->free_count = (uint32_t)(c->free_at - w->free_slots);
    w->last_slot = c->last_slot;
    w->totals.allocations += c->allocations;
    w->totals.frees += c->frees;
    w->totals.reallocations += c->reallocations;
}

/* As hat_put_number(), for what is below 2^14, without a branch. Writes two bytes. */
static inline unsigned char* hat_put_short(unsigned char* p, uint32_t v)
{
    const uint32_t more = v >= 0x80;
    const uint16_t bytes = (uint16_t)((v & 0x7f) | more << 7 | (v >> 7) << 8);
    memcpy(p, &bytes, sizeof bytes);
    return p + 1 + more;
}

/* As hat_put_number(), with two branches below 2^28. Writes up to four bytes. */
static inline unsigned char* hat_put_word(unsigned char* p, uint32_t v)
{
    if (HAT_LIKELY(v < 1u << 14))
        return hat_put_short(p, v);
    if (!HAT_LIKELY(v < 1u << 28))
        return hat_put_number(p, v);
    const uint32_t more = 2 + (v >= 1u << 21);
    const uint32_t digits =
        (v & 0x7f) | (v & 0x7f << 7) << 1 | (v & 0x7f << 14) << 2 | (v & 0x7fu << 21) << 3;
    const uint32_t bytes = digits | (0x00808080u & ((1u << 8 * more) - 1));
    memcpy(p, &bytes, sizeof bytes);
    return p + 1 + more;
}

/* Whether events may be put through a cursor: the writer runs, and a block's worth of slot numbers is left. */
static inline int hat_can_batch(const hat_writer* w)
{
    return w->state == HAT_RUNNING && w->slot_limit - w->slot_count > HAT_BLOCK_EVENTS;
}

static inline unsigned hat_cursor_stack(hat_writer* w, hat_cursor* c, uint32_t stack)
{
    if (HAT_LIKELY(stack == c->coded_stack))
        return HAT_STACK_SAME;
    w->stack = stack;
    c->coded_stack = stack;
    return hat_change_stack(w);
}

static inline void hat_cursor_end(hat_writer* w, hat_cursor* c, unsigned code)
{
    *c->codes_at++ = (unsigned char)code;
    if (!HAT_LIKELY(c->codes_at != c->codes_end)) {
        hat_give_cursor(w, c);
        hat_write_block(w);
        *c = hat_take_cursor(w);
    }
}

/* What is known of a live slot. cls: the class it was placed with, or HAT_CLASS_NONE. */
static inline void hat_live(hat_writer* w, uint32_t slot, uint64_t address, uint64_t size, unsigned cls)
{
    if (slot < w->slot_count)
        hat_set_slot(&w->slots[slot], address, size, cls);
}

/* The slot that the next allocation will have. */
static inline uint32_t hat_next_slot(const hat_writer* w)
{
    return w->free_count != 0 ? w->free_slots[w->free_count - 1] : w->slot_count;
}

/* Begins an allocation: its slot, to be noted by the caller before hat_cursor_alloc() ends it. */
static inline uint32_t hat_cursor_take_slot(hat_writer* w, hat_cursor* c)
{
    return HAT_LIKELY(c->free_at != c->free_begin) ? *--c->free_at : w->slot_count++;
}

/* hat_alloc() of a size below 2^14 whose class the caller knows. */
static inline void hat_cursor_alloc(hat_writer* w, hat_cursor* c, uint32_t stack, uint32_t slot,
    uint32_t size, uint64_t address, unsigned cls)
{
    const unsigned code = HAT_OP_ALLOC_HIT + hat_place(w, cls, address);
    c->last_slot = slot;
    c->sizes_at = hat_put_short(c->sizes_at, size);
    ++c->allocations;
    hat_cursor_end(w, c, code | hat_cursor_stack(w, c, stack));
}

static inline void hat_cursor_put_slot(hat_cursor* c, uint32_t slot)
{
    const uint64_t difference = (uint64_t)((int64_t)slot - (int64_t)c->last_slot);
    c->last_slot = slot;
    c->slots_at = hat_put_word(c->slots_at, (uint32_t)hat_zigzag(difference));
}

/* hat_realloc() to a size below 2^14 of a live block that stays where it is. */
static inline void hat_cursor_resize(
    hat_writer* w, hat_cursor* c, uint32_t stack, uint32_t slot, uint32_t size)
{
    hat_cursor_put_slot(c, slot);
    c->sizes_at = hat_put_short(c->sizes_at, size);
    ++c->reallocations;
    hat_cursor_end(w, c, HAT_OP_REALLOC_IN_PLACE | hat_cursor_stack(w, c, stack));
}

/* hat_free() of a live slot whose address and class the caller knows: the class it was placed with. */
static inline void hat_cursor_free(
    hat_writer* w, hat_cursor* c, uint32_t stack, uint32_t slot, uint64_t address, unsigned cls)
{
    hat_push_bet(w, cls, address);
    *c->free_at++ = slot;
    hat_cursor_put_slot(c, slot);
    ++c->frees;
    hat_cursor_end(w, c, HAT_OP_FREE | hat_cursor_stack(w, c, stack));
}

#endif
