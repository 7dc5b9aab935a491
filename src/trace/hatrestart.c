/* SPDX-License-Identifier: MIT */
#include "trace/hatwriterimpl.h"

#include <string.h>

/* A restart point is written in parts of bounded size, so that a heap of any size needs no large buffer here
 * and no large one in a reader. */
enum
{
    PART_BYTES = 1 << 20,
    SLOT_ROWS = 8192,
    NUMBER_ROWS = 16384
};

typedef struct part
{
    hat_writer* w;
    unsigned char* at;
    unsigned flags;
} part;

static void write_part(part* p, unsigned last)
{
    hat_writer* w = p->w;
    hat_write_section(
        w, HAT_SECTION_RESTART, p->flags | last, hat_events(w), w->raw, (size_t)(p->at - w->raw));
    p->flags &= ~(unsigned)HAT_RESTART_FIRST;
    p->at = w->raw;
}

static void make_room(part* p, size_t bytes)
{
    if ((size_t)(p->at - p->w->raw) + bytes > PART_BYTES)
        write_part(p, 0);
}

static void put_head(part* p)
{
    const hat_writer* w = p->w;
    const uint64_t numbers[] = { w->restarts, w->breaks, w->slot_count, w->free_count, w->last_slot,
        w->coded_stack, w->last_address, w->string_count, w->function_count, w->stack_count };
    *p->at++ = HAT_RESTART_HEAD;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i)
        p->at = hat_put_number(p->at, numbers[i]);
}

static void put_classes(part* p)
{
    const hat_writer* w = p->w;
    *p->at++ = HAT_RESTART_CLASSES;
    p->at = hat_put_number(p->at, w->bet_capacity);
    p->at = hat_put_number(p->at, w->class_count);
    for (uint32_t c = 0; c < w->class_count; ++c) {
        p->at = hat_put_number(p->at, w->classes[c].size);
        p->at = hat_put_number(p->at, w->classes[c].count);
    }
}

/* slots[] from whoever keeps the live blocks. */
static void gather_slots(hat_writer* w)
{
    for (uint32_t i = 0; i < w->slot_count; ++i)
        w->slots[i].size_class = HAT_CLASS_FREE;
    w->list_live(w);
}

static void put_slots(part* p)
{
    const hat_writer* w = p->w;
    if (w->list_live != NULL)
        gather_slots(p->w);
    uint64_t last = 0;
    for (uint32_t from = 0; from < w->slot_count; from += SLOT_ROWS) {
        const uint32_t to = w->slot_count - from < SLOT_ROWS ? w->slot_count : from + SLOT_ROWS;
        make_room(p, 32 + (size_t)SLOT_ROWS * 21);
        unsigned char* at = p->at;
        *at++ = HAT_RESTART_SLOTS;
        at = hat_put_number(at, from);
        at = hat_put_number(at, to - from);
        for (uint32_t i = from; i < to; ++i)
            *at++ = (unsigned char)hat_class_of(&w->slots[i]);
        for (uint32_t i = from; i < to; ++i) {
            if (hat_class_of(&w->slots[i]) == HAT_CLASS_FREE)
                continue;
            at = hat_put_number(at, hat_zigzag(w->slots[i].address - last));
            last = w->slots[i].address;
        }
        for (uint32_t i = from; i < to; ++i)
            if (hat_class_of(&w->slots[i]) != HAT_CLASS_FREE)
                at = hat_put_number(at, w->slots[i].size_class >> 8);
        p->at = at;
    }
}

static void put_free_slots(part* p)
{
    const hat_writer* w = p->w;
    uint32_t last = 0;
    for (uint32_t from = 0; from < w->free_count; from += NUMBER_ROWS) {
        const uint32_t n = w->free_count - from < NUMBER_ROWS ? w->free_count - from : NUMBER_ROWS;
        make_room(p, 32 + (size_t)n * 10);
        *p->at++ = HAT_RESTART_FREE;
        p->at = hat_put_number(p->at, n);
        for (uint32_t i = from; i < from + n; ++i) {
            p->at = hat_put_number(p->at, hat_zigzag((uint64_t)w->free_slots[i] - last));
            last = w->free_slots[i];
        }
    }
}

static void put_bets(part* p, unsigned cls)
{
    const hat_bets* b = &p->w->bets[cls];
    const uint32_t count = hat_bet_count(b);
    uint64_t last = 0;
    uint32_t from = 0;
    do {
        const uint32_t n = count - from < NUMBER_ROWS ? count - from : NUMBER_ROWS;
        make_room(p, 64 + (size_t)n * 10);
        *p->at++ = HAT_RESTART_BETS;
        *p->at++ = (unsigned char)cls;
        p->at = hat_put_number(p->at, b->run_next);
        p->at = hat_put_number(p->at, b->run_left);
        p->at = hat_put_number(p->at, b->strangers);
        p->at = hat_put_number(p->at, n);
        for (uint32_t i = from; i < from + n; ++i) {
            p->at = hat_put_number(p->at, hat_zigzag(b->stack[i] - last));
            last = b->stack[i];
        }
        from += n;
    } while (from < count);
}

void hat_write_restart(hat_writer* w)
{
    const uint64_t before = w->bytes;
    part p = { w, w->raw, HAT_RESTART_FIRST | (w->restart_break ? HAT_RESTART_BREAK : 0u) };
    memset(w->next_stack, 0, ((size_t)w->stack_count + 1) * sizeof *w->next_stack);
    ++w->restarts;
    w->breaks += w->restart_break != 0;
    put_head(&p);
    put_classes(&p);
    put_slots(&p);
    put_free_slots(&p);
    for (uint32_t c = 0; c < w->class_count; ++c)
        if (hat_bet_count(&w->bets[c]) != 0 || w->bets[c].run_left != 0)
            put_bets(&p, c);
    write_part(&p, HAT_RESTART_LAST);
    w->restart_break = 0;
    w->block_slots = w->slot_count;
    w->block_free = w->free_count;
    w->restart_event = hat_events(w);
    w->restart_bytes = w->bytes - before;
    w->restart_offset = w->bytes;
}
