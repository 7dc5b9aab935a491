/* SPDX-License-Identifier: MIT
 *
 * Inside of the writer, shared by its .c files only.
 */
#ifndef HEAPATLAS_HATWRITERIMPL_H
#define HEAPATLAS_HATWRITERIMPL_H

#include "trace/hatformat.h"
#include "trace/hatwriter.h"

#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_initStaticCCtx: no malloc in the watched process */
#include <zstd.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the .hat writer stores little endian by memcpy"
#endif

/* A live block. */
typedef struct hat_slot
{
    uint64_t address;
    /* size << 8 | class it was placed with, or HAT_CLASS_NONE, or HAT_CLASS_FREE: the slot is not in use.
     * Sizes from 2^56 on lose their top here, not in the events. */
    uint64_t size_class;
} hat_slot;

static inline unsigned hat_class_of(const hat_slot* s) { return (unsigned)(s->size_class & 0xFF); }

/* The bets of a class: freed slots, newest last, and beneath them the rest of the newest run. 64 bytes, so that each
 * class has a cache line. */
typedef struct hat_bets
{
    uint64_t* stack;
    uint64_t* top; /* behind the newest */
    uint64_t* limit;
    uint64_t run_next; /* first address of the run's rest */
    uint32_t run_left; /* slots left in the run */
    uint32_t strangers; /* unexplained addresses in a row */
    uint32_t slot_bytes;
    uint32_t run_slots;
    uint64_t unused;
} hat_bets;

static inline uint32_t hat_bet_count(const hat_bets* b) { return (uint32_t)(b->top - b->stack); }

typedef struct hat_index_row
{
    uint64_t offset;
    uint64_t first_event;
    uint32_t type;
    uint32_t count;
} hat_index_row;

typedef struct hat_totals
{
    uint64_t events, allocations, frees, reallocations, stacks, sites, checkpoints, gc_runs;
} hat_totals;

typedef struct hat_buffer
{
    unsigned char* begin;
    unsigned char* at;
    size_t capacity;
} hat_buffer;

typedef struct hat_page_hash
{
    uint64_t low, high;
} hat_page_hash;

/* Page contents: what was written, so that equal pages are written once, and the moment that is being told. */
typedef struct hat_contents
{
    hat_page_hash* hashes; /* of the page with id i + 1 */
    uint32_t* table; /* open addressing over them: ids, 0 is empty */
    uint32_t table_mask;
    uint32_t known, known_limit; /* hashes kept */
    uint32_t last_id; /* ever given to a page */
    uint32_t whole_id; /* up to here all pages are in the file */
    unsigned char* group; /* pages last_id - group_pages + 1 … last_id, not yet written */
    uint32_t group_pages;
    uint64_t bytes; /* of sections written */
    int is_full; /* the limit: no new pages any more */

    int is_open; /* between hat_contents_begin() and hat_contents_end() */
    int is_cut; /* of this moment something was left out */
    unsigned flags;
    uint32_t ordinal;
    unsigned kind;
    uint32_t name_bytes;
    char name[HAT_MAX_MOMENT_NAME];
    hat_buffer rows; /* of this part */
    uint64_t next_page; /* page number behind the last row put */
    uint64_t expected_id;
    uint64_t row_page, row_count, row_id; /* the row that still grows; row_count 0: none */
    unsigned row_form;
} hat_contents;

enum
{
    HAT_PREPARING,
    HAT_RUNNING,
    HAT_STOPPED
}; /* before the first event; then; after an error or the limit */

struct hat_writer
{
    /* hot: one event touches these */
    int state;
    uint32_t rows; /* events in the block */
    uint32_t stack; /* as set */
    uint32_t coded_stack; /* of the event before */
    uint32_t last_slot; /* touched by the event before */
    uint32_t free_count;
    uint32_t slot_count; /* slot numbers ever given out */
    uint32_t slot_limit;
    uint32_t class_limit; /* sizes below have a class: class_of[size] */
    uint32_t bet_capacity;
    unsigned char* codes;
    unsigned char* slots_at;
    unsigned char* sizes_at;
    unsigned char* addresses_at;
    unsigned char* stacks_at;
    hat_slot* slots; /* with list_live: only of slots that an event other than a cursor's just named */
    uint32_t* free_slots;
    uint32_t* next_stack;
    unsigned char* class_of;
    uint64_t last_address; /* last one that was written out */
    uint64_t block_event; /* first event of the block */
    hat_totals totals; /* of all events but `events`, which hat_events() tells */
    hat_bets bets[HAT_MAX_CLASSES];

    unsigned char* slots_column;
    unsigned char* sizes_column;
    unsigned char* addresses_column;
    unsigned char* stacks_column;
    hat_buffer markers;
    hat_buffer samples;
    uint64_t sample_event; /* event of the block's last sample, or the block's first event */
    hat_sample sample; /* the block's last one */

    /* definitions not yet written */
    hat_buffer strings, functions, stack_callers, stack_functions, stack_lines;
    uint32_t string_count, function_count, stack_count; /* ever */
    uint32_t strings_written, functions_written, stacks_written;
    uint32_t stack_limit;
    uint64_t* stack_sites; /* by stack id: function << 32 | line, bit 63 once an event used it */
    uint64_t* site_table; /* open addressing over what stack_sites holds; 0 is empty */
    uint32_t site_mask;

    hat_buffer meta;
    hat_index_row* index;
    uint32_t index_count, index_limit;

    uint64_t restart_interval; /* events */
    uint64_t restart_share; /* and at least so many times the last one's bytes */
    uint64_t restart_event; /* of the last restart point */
    uint64_t restart_bytes; /* its size */
    uint64_t restart_offset; /* where it ended */
    uint32_t restarts, breaks; /* restart points so far; those that broke with what was before */
    int restart_break; /* the next one breaks with what was before */
    uint32_t block_slots, block_free; /* slot_count and free_count before it */
    hat_totals written; /* as of the last whole block */

    hat_list_live_fn list_live;
    int fd;
    int error;
    int is_broken; /* the file cannot be written any more */
    int level;
    int slots_repeat_little; /* in the block before */
    uint32_t class_count;
    hat_size_class classes[HAT_MAX_CLASSES];
    uint64_t byte_limit;
    uint64_t bytes;
    ZSTD_CCtx* zstd;
    unsigned char* raw; /* where sections are put together */
    size_t raw_capacity;
    unsigned char* out; /* and compressed */
    size_t out_capacity;
    void* region;
    size_t region_bytes;
    hat_contents* contents; /* NULL: contents are not asked for */
};

/* A LEB128 number at p; returns what follows it. At most 10 bytes. */
static inline unsigned char* hat_put_number(unsigned char* p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (unsigned char)(v | 0x80);
        v >>= 7;
    }
    *p++ = (unsigned char)v;
    return p;
}

/* Small numbers for small differences of either sign: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
static inline uint64_t hat_zigzag(uint64_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 63));
}

/* Events so far. Not counted one by one. */
static inline uint64_t hat_events(const hat_writer* w) { return w->block_event + w->rows; }

static inline size_t hat_room(const hat_buffer* b) { return b->capacity - (size_t)(b->at - b->begin); }
static inline size_t hat_fill(const hat_buffer* b) { return (size_t)(b->at - b->begin); }

enum
{
    HAT_RESTART_INTERVAL = 4 << 20, /* events between restart points */
    HAT_RESTART_SHARE = 9, /* bytes of events to a byte of restart points, at least */
    HAT_MARKER_ROOM = 128 /* more bytes than any marker or sample takes */
};

/* hatwriter.c */
unsigned hat_place_unexpected(hat_writer* w, unsigned cls, uint64_t address);
unsigned hat_change_stack(hat_writer* w);
/* hatmemory.c */
void hat_release(hat_writer* w); /* closes the descriptor too */
/* hatsections.c */
void hat_stop(hat_writer* w, int error);
/* Writes a section whose payload is w->raw[0 … size) (or any other bytes outside w->out), compressed if that
 * pays. */
void hat_write_section(
    hat_writer* w, unsigned type, unsigned flags, uint64_t first_event, const void* raw, size_t size);
/* Compresses to w->out + at or, where that does not pay, copies; the bytes taken, 0 if there is no room. */
size_t hat_store(hat_writer* w, size_t at, const void* raw, size_t size, unsigned* codec);
/* A section whose payload already stands in w->out, behind room for its header. */
void hat_write_stored(hat_writer* w, unsigned type, unsigned codec, unsigned flags, size_t stored, size_t raw,
    uint32_t count, uint64_t first_event);
/* Whether `size` more bytes would end the trace at its limit. */
int hat_passes_limit(const hat_writer* w, size_t size);
void hat_write_file_header(hat_writer* w);
void hat_write_meta(hat_writer* w);
void hat_write_definitions(hat_writer* w);
void hat_write_block(hat_writer* w);
void hat_write_index(hat_writer* w, int complete, const char* reason);
/* hatcontents.c */
enum
{
    HAT_CONTENTS_PAGES = 1 << 22, /* hashes kept at most: of 16 GiB */
    HAT_CONTENTS_ROW_BYTES = 1 << 20
};
/* hatrestart.c */
void hat_write_restart(hat_writer* w);

#endif
