/* SPDX-License-Identifier: MIT */
#include "trace/hatwriterinline.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int hat_error(const hat_writer* w) { return w->error; }
uint64_t hat_event_index(const hat_writer* w) { return hat_events(w); }
uint64_t hat_bytes_written(const hat_writer* w) { return w->bytes; }
void hat_set_restart_interval(hat_writer* w, uint64_t events)
{
    w->restart_interval = events != 0 ? events : HAT_RESTART_INTERVAL;
    w->restart_share = events != 0 ? 0 : HAT_RESTART_SHARE;
}

/* --- the codec --- */

static const uint64_t SITE = ~(uint64_t)0 >> 1; /* what of stack_sites[] is the site */

static inline unsigned class_for(const hat_writer* w, uint64_t size)
{
    return size < w->class_limit ? w->class_of[size] : HAT_CLASS_NONE;
}

/* The bets did not expect the address (FORMAT.md, "Bets"). */
static void learn(hat_bets* b, uint64_t address)
{
    const uint32_t count = hat_bet_count(b);
    const uint32_t depth = count < HAT_BET_SEARCH ? count : HAT_BET_SEARCH;
    for (uint32_t i = 2; i <= depth; ++i) {
        if (b->stack[count - i] == address) {
            b->top -= i;
            b->strangers = 0;
            return;
        }
    }
    const uint64_t ahead = address - b->run_next;
    if (ahead % b->slot_bytes == 0 && ahead / b->slot_bytes < b->run_left) {
        b->run_left -= (uint32_t)(ahead / b->slot_bytes) + 1;
        b->run_next = address + b->slot_bytes;
        b->top = b->stack;
        b->strangers = 0;
        return;
    }
    const int empty = count == 0 && b->run_left == 0;
    if (!empty && ++b->strangers < HAT_BET_PATIENCE)
        return;
    b->top = b->stack;
    b->strangers = 0;
    b->run_next = address + b->slot_bytes;
    b->run_left = b->run_slots - 1;
}

/* Writes the address out: 1 if as whole pages, 2 if as bytes from the last one written. */
static unsigned put_address(hat_writer* w, uint64_t address)
{
    const uint64_t difference = address - w->last_address;
    w->last_address = address;
    if ((difference & ((1u << HAT_PAGE_SHIFT) - 1)) == 0) {
        /* an arithmetic shift keeps the sign */
        w->addresses_at =
            hat_put_number(w->addresses_at, hat_zigzag((uint64_t)((int64_t)difference >> HAT_PAGE_SHIFT)));
        return 1;
    }
    w->addresses_at = hat_put_number(w->addresses_at, hat_zigzag(difference));
    return 2;
}

unsigned hat_place_unexpected(hat_writer* w, unsigned cls, uint64_t address)
{
    learn(&w->bets[cls], address);
    return put_address(w, address);
}

/* 0 if the bets said so, else as put_address(). */
static inline unsigned place(hat_writer* w, unsigned cls, uint64_t address)
{
    if (cls == HAT_CLASS_NONE)
        return put_address(w, address);
    return hat_place(w, cls, address);
}

/* 0 if the site was there already. */
static int add_site(const hat_writer* w, uint64_t key)
{
    uint32_t at = (uint32_t)((key * 0x9E3779B97F4A7C15ULL) >> 32) & w->site_mask;
    while (w->site_table[at] != 0) {
        if (w->site_table[at] == key)
            return 0;
        at = (at + 1) & w->site_mask;
    }
    w->site_table[at] = key;
    return 1;
}

/* Room for twice as many; all of them stand in stack_sites too. */
static void grow_sites(hat_writer* w)
{
    memset(w->site_table, 0, ((size_t)w->site_mask + 1) * sizeof *w->site_table);
    w->site_mask = 2 * w->site_mask + 1;
    for (uint32_t id = 1; id <= w->stack_count; ++id)
        if (w->stack_sites[id] >> 63 != 0)
            add_site(w, (w->stack_sites[id] & SITE) + 1);
}

static void use_stack(hat_writer* w, uint32_t stack)
{
    const uint64_t site = w->stack_sites[stack];
    if (stack == 0 || site >> 63 != 0)
        return;
    w->stack_sites[stack] = site | ~SITE;
    ++w->totals.stacks;
    if (!add_site(w, site + 1)) /* 0 marks an empty place */
        return;
    ++w->totals.sites;
    if (2 * w->totals.sites > w->site_mask)
        grow_sites(w);
}

unsigned hat_change_stack(hat_writer* w)
{
    const uint32_t before = w->coded_stack;
    const uint32_t now = w->stack;
    w->coded_stack = now;
    if (w->next_stack[before] == now)
        return HAT_STACK_PREDICTED;
    w->next_stack[before] = now;
    use_stack(w, now);
    w->stacks_at = hat_put_number(w->stacks_at, hat_zigzag((uint64_t)now - before));
    return HAT_STACK_EXPLICIT;
}

/* Everything that must stand before the first event. */
static void begin(hat_writer* w)
{
    hat_write_meta(w);
    if (w->state == HAT_STOPPED)
        return;
    w->state = HAT_RUNNING;
    hat_write_definitions(w);
    hat_write_restart(w);
}

/* 0 if the event is to be dropped. */
static int ready_slowly(hat_writer* w)
{
    if (w->state == HAT_PREPARING)
        begin(w);
    return w->state == HAT_RUNNING;
}

static inline int ready(hat_writer* w) { return w->state == HAT_RUNNING ? 1 : ready_slowly(w); }

/* Stops for a reason that leaves the file writable: what came before is kept. */
static void refuse(hat_writer* w, int error)
{
    hat_write_block(w);
    hat_stop(w, error);
}

static inline int is_live(const hat_writer* w, uint32_t slot)
{
    return slot < w->slot_count && hat_class_of(&w->slots[slot]) != HAT_CLASS_FREE;
}

static inline uint32_t take_slot(hat_writer* w)
{
    if (w->free_count != 0)
        return w->free_slots[--w->free_count];
    if (w->slot_count == w->slot_limit) {
        refuse(w, ENOMEM);
        return HAT_NO_SLOT;
    }
    return w->slot_count++;
}

/* --- before the first event --- */

void hat_meta(hat_writer* w, const char* key, const char* value)
{
    const size_t key_size = strlen(key);
    size_t value_size = strlen(value);
    if (value_size > HAT_MAX_STRING_BYTES)
        value_size = HAT_MAX_STRING_BYTES;
    if (key_size > 255 || w->state == HAT_STOPPED)
        return;
    if (hat_room(&w->meta) < key_size + value_size + 8)
        hat_write_meta(w);
    w->meta.at = hat_put_number(w->meta.at, key_size);
    memcpy(w->meta.at, key, key_size);
    w->meta.at = hat_put_number(w->meta.at + key_size, value_size);
    memcpy(w->meta.at, value, value_size);
    w->meta.at += value_size;
}

uint32_t hat_adopt(hat_writer* w, uint64_t address, uint64_t size)
{
    if (w->state != HAT_PREPARING)
        return HAT_NO_SLOT;
    const uint32_t slot = take_slot(w);
    if (slot != HAT_NO_SLOT)
        hat_set_slot(&w->slots[slot], address, size, class_for(w, size));
    return slot;
}

void hat_seed_class(hat_writer* w, uint32_t class_index, const uint64_t* head_first, size_t count)
{
    if (w->state != HAT_PREPARING || class_index >= w->class_count)
        return;
    hat_bets* b = &w->bets[class_index];
    b->run_left = 0;
    if (count > w->bet_capacity)
        count = w->bet_capacity;
    b->top = b->stack + count;
    for (size_t i = 0; i < count; ++i)
        b->stack[count - 1 - i] = head_first[i];
}

void hat_start(hat_writer* w)
{
    if (w->state == HAT_PREPARING)
        begin(w);
}

void hat_forget_live(hat_writer* w)
{
    if (w->state != HAT_RUNNING)
        return;
    hat_flush(w);
    if (w->state != HAT_RUNNING)
        return;
    w->slot_count = 0;
    w->free_count = 0;
    w->last_slot = 0;
    w->last_address = 0;
    for (uint32_t c = 0; c < w->class_count; ++c) {
        w->bets[c].top = w->bets[c].stack;
        w->bets[c].run_left = 0;
        w->bets[c].strangers = 0;
    }
    w->restart_break = 1;
    w->state = HAT_PREPARING;
}

void hat_heap_state(hat_writer* w, int when, const void* bytes, size_t size)
{
    if (w->state == HAT_STOPPED)
        return;
    hat_write_meta(w);
    if (w->state == HAT_RUNNING)
        hat_write_block(w);
    hat_write_section(w, HAT_SECTION_STATE, (unsigned)when, hat_events(w), bytes, size);
}

/* --- definitions --- */

uint32_t hat_string(hat_writer* w, const char* bytes, size_t size)
{
    if (w->state == HAT_STOPPED || w->string_count == UINT32_MAX - 1)
        return 0;
    if (size > HAT_MAX_STRING_BYTES)
        size = HAT_MAX_STRING_BYTES;
    if (hat_room(&w->strings) < size + 8)
        hat_write_definitions(w);
    w->strings.at = hat_put_number(w->strings.at, size);
    memcpy(w->strings.at, bytes, size);
    w->strings.at += size;
    return ++w->string_count;
}

uint32_t hat_function(hat_writer* w, uint32_t name, uint32_t scope, uint32_t file, uint32_t first_line)
{
    if (w->state == HAT_STOPPED || w->function_count == HAT_MAX_STACKS)
        return 0;
    if (hat_room(&w->functions) < 32)
        hat_write_definitions(w);
    unsigned char* p = hat_put_number(w->functions.at, name);
    p = hat_put_number(p, scope);
    p = hat_put_number(p, file);
    w->functions.at = hat_put_number(p, first_line);
    return ++w->function_count;
}

uint32_t hat_stack(hat_writer* w, uint32_t caller, uint32_t function, uint32_t line)
{
    if (w->state == HAT_STOPPED || w->stack_count == w->stack_limit)
        return 0;
    if (hat_room(&w->stack_callers) < 16 || hat_room(&w->stack_functions) < 16
        || hat_room(&w->stack_lines) < 16)
        hat_write_definitions(w);
    const uint32_t id = ++w->stack_count;
    w->stack_callers.at = hat_put_number(w->stack_callers.at, id - (caller < id ? caller : 0));
    w->stack_functions.at = hat_put_number(w->stack_functions.at, function);
    w->stack_lines.at = hat_put_number(w->stack_lines.at, line);
    w->stack_sites[id] = (uint64_t)(function & 0x3fffffffu) << 32 | line;
    return id;
}

void hat_set_stack(hat_writer* w, uint32_t stack) { w->stack = stack <= w->stack_count ? stack : 0; }

/* --- events --- */

uint32_t hat_alloc(hat_writer* w, uint64_t size, uint64_t address)
{
    if (!ready(w))
        return HAT_NO_SLOT;
    const uint32_t slot = take_slot(w);
    if (slot == HAT_NO_SLOT)
        return slot;
    const unsigned cls = class_for(w, size);
    const unsigned code = HAT_OP_ALLOC_HIT + place(w, cls, address);
    hat_set_slot(&w->slots[slot], address, size, cls);
    w->last_slot = slot;
    w->sizes_at = hat_put_number(w->sizes_at, size);
    ++w->totals.allocations;
    hat_end_event(w, code | hat_stack_bits(w));
    return slot;
}

void hat_alloc_failed(hat_writer* w, uint64_t size)
{
    if (!ready(w))
        return;
    w->sizes_at = hat_put_number(w->sizes_at, size);
    hat_end_event(w, HAT_OP_ALLOC_FAILED | hat_stack_bits(w));
}

void hat_free(hat_writer* w, uint32_t slot)
{
    if (!ready(w))
        return;
    if (!is_live(w, slot)) {
        refuse(w, EINVAL);
        return;
    }
    hat_slot* s = &w->slots[slot];
    const unsigned cls = hat_class_of(s);
    if (cls != HAT_CLASS_NONE)
        hat_push_bet(w, cls, s->address);
    s->size_class = HAT_CLASS_FREE;
    w->free_slots[w->free_count++] = slot;
    hat_put_slot(w, slot);
    ++w->totals.frees;
    hat_end_event(w, HAT_OP_FREE | hat_stack_bits(w));
}

void hat_free_unknown(hat_writer* w, uint64_t address)
{
    if (!ready(w))
        return;
    const uint64_t difference = address - w->last_address;
    w->last_address = address;
    w->addresses_at = hat_put_number(w->addresses_at, hat_zigzag(difference));
    ++w->totals.frees;
    hat_end_event(w, HAT_OP_FREE_UNKNOWN | hat_stack_bits(w));
}

void hat_realloc(hat_writer* w, uint32_t slot, uint64_t size, uint64_t address)
{
    if (!ready(w))
        return;
    if (!is_live(w, slot)) {
        refuse(w, EINVAL);
        return;
    }
    hat_slot* s = &w->slots[slot];
    unsigned code = HAT_OP_REALLOC_IN_PLACE;
    if (s->address == address) {
        hat_set_slot(s, address, size, hat_class_of(s));
    } else {
        const uint64_t old_address = s->address;
        const unsigned old_cls = hat_class_of(s);
        const unsigned cls = class_for(w, size);
        code = HAT_OP_REALLOC_HIT + place(w, cls, address);
        if (old_cls != HAT_CLASS_NONE)
            hat_push_bet(w, old_cls, old_address);
        hat_set_slot(s, address, size, cls);
    }
    hat_put_slot(w, slot);
    w->sizes_at = hat_put_number(w->sizes_at, size);
    ++w->totals.reallocations;
    hat_end_event(w, code | hat_stack_bits(w));
}

void hat_realloc_failed(hat_writer* w, uint32_t slot, uint64_t size)
{
    if (!ready(w))
        return;
    if (!is_live(w, slot)) {
        refuse(w, EINVAL);
        return;
    }
    hat_put_slot(w, slot);
    w->sizes_at = hat_put_number(w->sizes_at, size);
    hat_end_event(w, HAT_OP_REALLOC_FAILED | hat_stack_bits(w));
}

/* Where the marker's bytes go, after its type; NULL if the event is to be dropped. */
static unsigned char* begin_marker(hat_writer* w, unsigned type)
{
    if (!ready(w))
        return NULL;
    *w->markers.at = (unsigned char)type;
    return w->markers.at + 1;
}

static void end_marker(hat_writer* w, unsigned char* p)
{
    w->markers.at = p;
    hat_end_event(w, HAT_OP_MARKER | hat_stack_bits(w));
    if (hat_room(&w->markers) < HAT_MARKER_ROOM)
        hat_write_block(w);
}

void hat_limit(hat_writer* w, uint64_t requested, uint64_t resulting, int accepted, uint64_t hard_limit)
{
    unsigned char* p = begin_marker(w, HAT_MARKER_LIMIT);
    if (p == NULL)
        return;
    p = hat_put_number(p, requested);
    p = hat_put_number(p, resulting);
    p = hat_put_number(p, accepted != 0);
    end_marker(w, hat_put_number(p, hard_limit));
}

void hat_trim(hat_writer* w, uint64_t bytes)
{
    unsigned char* p = begin_marker(w, HAT_MARKER_TRIM);
    if (p != NULL)
        end_marker(w, hat_put_number(p, bytes));
}

void hat_gc(hat_writer* w, uint64_t first_event, const hat_gc_status* before, const hat_gc_status* after)
{
    unsigned char* p = begin_marker(w, HAT_MARKER_GC);
    if (p == NULL)
        return;
    p = hat_put_number(p, hat_events(w) - (first_event < hat_events(w) ? first_event : hat_events(w)));
    const hat_gc_status* both[2] = { before, after };
    for (int i = 0; i < 2; ++i) {
        p = hat_put_number(p, both[i]->runs);
        p = hat_put_number(p, both[i]->collected);
        p = hat_put_number(p, both[i]->threshold);
        p = hat_put_number(p, both[i]->roots);
    }
    ++w->totals.gc_runs;
    end_marker(w, p);
}

void hat_checkpoint(hat_writer* w, uint32_t name_string)
{
    unsigned char* p = begin_marker(w, HAT_MARKER_CHECKPOINT);
    if (p == NULL)
        return;
    ++w->totals.checkpoints;
    end_marker(w, hat_put_number(p, name_string));
}

void hat_usage(hat_writer* w, int which, uint64_t value)
{
    unsigned char* p = begin_marker(w, HAT_MARKER_USAGE);
    if (p == NULL)
        return;
    p = hat_put_number(p, (uint64_t)which & 7);
    end_marker(w, hat_put_number(p, value));
}

void hat_sample_usage(hat_writer* w, const hat_sample* sample)
{
    if (!ready(w))
        return;
    const hat_sample* last = &w->sample;
    unsigned char* p = hat_put_number(w->samples.at, hat_events(w) - w->sample_event);
    p = hat_put_number(p, hat_zigzag(sample->size - last->size));
    p = hat_put_number(p, hat_zigzag(sample->peak - last->peak));
    p = hat_put_number(p, hat_zigzag(sample->real_size - last->real_size));
    p = hat_put_number(p, hat_zigzag(sample->real_peak - last->real_peak));
    w->samples.at = hat_put_number(p, hat_zigzag(sample->elapsed_us - last->elapsed_us));
    w->sample_event = hat_events(w);
    w->sample = *sample;
    if (hat_room(&w->samples) < HAT_MARKER_ROOM)
        hat_write_block(w);
}

/* --- the end --- */

void hat_flush(hat_writer* w)
{
    hat_write_meta(w);
    if (w->state == HAT_RUNNING)
        hat_write_block(w);
}

int hat_finish(hat_writer* w, int complete, const char* reason)
{
    if (w->state == HAT_PREPARING)
        begin(w);
    hat_flush(w);
    hat_write_index(w, complete, reason);
    if (w->fd >= 0 && close(w->fd) != 0 && w->error == 0)
        w->error = errno;
    w->fd = -1;
    const int error = w->error;
    hat_release(w);
    return error;
}

void hat_abandon(hat_writer* w) { hat_release(w); }
