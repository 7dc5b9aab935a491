/* SPDX-License-Identifier: MIT
 *
 * The one writer of the .hat trace format (src/trace/FORMAT.md), in plain C so that the PHP recorder
 * (src/php) can carry it: both the recorder and the C++ TraceWriter use this file, so nothing is encoded
 * twice.
 *
 * Rules that the recorder depends on:
 *  - no function here allocates memory through anything but the regions reserved by hat_create() (mmap with
 *    MAP_NORESERVE, grown by touching), so that the address space of the watched process stays still then;
 *  - no function writes to stdout or stderr, throws, or exits; errors stick to the writer (hat_error());
 *  - after an error or at the byte limit the writer goes on accepting calls and drops them.
 * Not thread safe: one writer, one thread.
 */
#ifndef HEAPATLAS_HATWRITER_H
#define HEAPATLAS_HATWRITER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hat_writer hat_writer;

/* A size class of the recorded allocator: the codec's bets are made per class. A request of n bytes belongs
 * to the first class with size >= n; larger requests have no class and their addresses are written as
 * differences. */
typedef struct hat_size_class
{
    uint32_t size; /* bytes of a slot, ascending */
    uint32_t count; /* slots that one run of the class is cut into */
} hat_size_class;

/* For a caller that keeps the live blocks itself (hat_cursor): calls hat_live() for each of them. Such a caller calls
 * hat_start() before its first event. */
typedef void (*hat_list_live_fn)(hat_writer* w);

typedef struct hat_options
{
    int fd; /* opened for writing at offset 0; the writer closes it */
    const hat_size_class* classes;
    uint32_t class_count; /* at most 64 */
    int compression_level; /* zstd level; 0 = the writer's default */
    uint64_t byte_limit; /* stop cleanly when the file would pass it; 0 = none */
    hat_list_live_fn list_live; /* NULL: the writer keeps the live blocks */
    int contents; /* hat_contents_begin() will be called: room is reserved for it */
} hat_options;

#define HAT_NO_SLOT UINT32_MAX

/* NULL if no memory can be reserved or the classes are not ascending; the descriptor is then still the caller's. */
hat_writer* hat_create(const hat_options* options);

/* 0, or an errno value; stays. HAT_ELIMIT when the byte limit ended the trace. */
enum
{
    HAT_ELIMIT = -2
};
int hat_error(const hat_writer* w);

/* --- before the first event --- */

/* "program", "phpVersion", "allocator", "pid", ... UTF-8; see FORMAT.md for the keys with a meaning. */
void hat_meta(hat_writer* w, const char* key, const char* value);

/* A block that was live before recording began; size is what is known of it (for a small block, its class
 * size). Returns its slot number. */
uint32_t hat_adopt(hat_writer* w, uint64_t address, uint64_t size);

/* Bets at start: the free slots of a class in the order they will be handed out. */
void hat_seed_class(hat_writer* w, uint32_t class_index, const uint64_t* head_first, size_t count);

/* Events between restart points (default 4 Mi; 0 sets that). They stand further apart where they would be
 * large. */
void hat_set_restart_interval(hat_writer* w, uint64_t events);

/* Writes what stands before the first event, which otherwise does so. */
void hat_start(hat_writer* w);

/* After events went unseen: forgets all live blocks and bets. hat_adopt(), hat_seed_class() and
 * hat_heap_state(HAT_STATE_RESYNC) may then be called anew, before the next event; slot numbers begin at 0
 * again. */
void hat_forget_live(hat_writer* w);

/* The observed state of the allocator, opaque to the writer (FORMAT.md, "zendmm state"). */
enum
{
    HAT_STATE_INITIAL = 0,
    HAT_STATE_RESYNC = 1,
    HAT_STATE_FINAL = 2
};
void hat_heap_state(hat_writer* w, int when, const void* bytes, size_t size);

/* --- definitions, at any time; ids are dense from 1, 0 means "none" --- */

uint32_t hat_string(hat_writer* w, const char* bytes, size_t size); /* does not look for equal ones */
uint32_t hat_function(hat_writer* w, uint32_t name, uint32_t scope, uint32_t file, uint32_t first_line);
/* A call stack is a node of a tree: the innermost frame (function at line) under its caller's node. */
uint32_t hat_stack(hat_writer* w, uint32_t caller, uint32_t function, uint32_t line);

/* The stack of all following events until changed. */
void hat_set_stack(hat_writer* w, uint32_t stack);

/* --- events; each has the next event index --- */

uint32_t hat_alloc(hat_writer* w, uint64_t size, uint64_t address); /* returns the slot number */
void hat_alloc_failed(hat_writer* w, uint64_t size);
void hat_free(hat_writer* w, uint32_t slot);
/* A free of something that was never seen live; kept so that nothing is lost. */
void hat_free_unknown(hat_writer* w, uint64_t address);
void hat_realloc(hat_writer* w, uint32_t slot, uint64_t size, uint64_t address); /* the slot number stays */
void hat_realloc_failed(hat_writer* w, uint32_t slot, uint64_t size);

/* memory_limit was set: what was asked, what stands now, whether the allocator accepted. */
void hat_limit(hat_writer* w, uint64_t requested, uint64_t resulting, int accepted, uint64_t hard_limit);
/* Free memory was given back on request (gc_mem_caches): bytes it reported. */
void hat_trim(hat_writer* w, uint64_t bytes);

typedef struct hat_gc_status
{
    uint64_t runs, collected, threshold, roots;
} hat_gc_status;
/* A cycle-collector run that just ended; first_event is hat_event_index() when it began. */
void hat_gc(hat_writer* w, uint64_t first_event, const hat_gc_status* before, const hat_gc_status* after);
void hat_checkpoint(hat_writer* w, uint32_t name_string);
/* A usage figure that the program was told. */
enum
{
    HAT_USAGE_LIVE = 0,
    HAT_USAGE_REAL = 1,
    HAT_USAGE_PEAK = 2,
    HAT_USAGE_REAL_PEAK = 3,
    HAT_USAGE_RESET_PEAK = 4
};
void hat_usage(hat_writer* w, int which, uint64_t value);

/* --- contents: the bytes of the heap at a moment; only with options.contents --- */

enum
{
    HAT_CONTENTS_CHECKPOINT = 0,
    HAT_CONTENTS_END = 1
};
/* The state after all events so far. name: of the checkpoint, UTF-8, cut at 255 bytes. */
void hat_contents_begin(hat_writer* w, int kind, const char* name, size_t name_size);
/* A page of 4096 bytes, ascending by address. What equals a page told before costs a reference. Contents take at
 * most three quarters of the byte limit; what goes beyond is left out, and the trace goes on. */
void hat_contents_page(hat_writer* w, uint64_t address, const void* bytes);
/* Some of the moment's pages are not to be had. */
void hat_contents_cut(hat_writer* w);
void hat_contents_end(hat_writer* w);

/* --- no event index --- */

typedef struct hat_sample
{
    uint64_t size, peak, real_size, real_peak; /* the allocator's own accounting at this moment */
    uint64_t elapsed_us; /* since recording began */
} hat_sample;
void hat_sample_usage(hat_writer* w, const hat_sample* sample);

uint64_t hat_event_index(const hat_writer* w); /* events so far */
uint64_t hat_bytes_written(const hat_writer* w);

/* Writes what is buffered as a whole block. A process killed afterwards loses nothing before this point. */
void hat_flush(hat_writer* w);
/* flush, index, close, release. complete: 1 if the recording ended as planned. reason: UTF-8 or NULL. */
int hat_finish(hat_writer* w, int complete, const char* reason);
/* Closes the descriptor and releases, writing nothing: for the child after a fork. */
void hat_abandon(hat_writer* w);

#ifdef __cplusplus
}
#endif

/* For the recorder: hat_cursor, to be compiled into its loop. */
#ifdef HAT_WITH_INLINE_EVENTS
#include "trace/hatwriterinline.h"
#endif
#endif
