/* SPDX-License-Identifier: MIT
 *
 * What the handlers saw, in order, not yet encoded. An event costs its handler three stores here; slot numbers, bets
 * and columns are worked out for many events at once, where the loads of one do not wait for those of another and the
 * tables do not push the program's own data out of the cache with every call.
 *
 * Only the handlers append. Whoever writes to the trace directly drains the log first.
 */
#ifndef HEAPATLAS_EVENTLOG_H
#define HEAPATLAS_EVENTLOG_H

#include "trace/hatwriter.h"

#include <stddef.h>
#include <stdint.h>

/* One entry: address, small size and operation in one word; of what is frequent the bin, else the page info of the
 * block as it was then, since zend_mm_gc() may have given the page to another bin by the time it is read; the call
 * stack. */
typedef struct ha_logged
{
    uint64_t what;
    uint32_t info;
    uint32_t stack;
} ha_logged;

typedef enum ha_log_op
{
    HA_LOG_ALLOC, /* a small block from a free list */
    HA_LOG_FREE, /* a small block */
    HA_LOG_RESIZE, /* a small block that stays where it is */
    HA_LOG_FREQUENT = HA_LOG_RESIZE,
    HA_LOG_ALLOC_FIRST, /* a small block, perhaps the first of a run; with info, as all that follow */
    HA_LOG_ALLOC_LARGE, /* its size follows */
    HA_LOG_FREE_LARGE,
    HA_LOG_MOVE, /* realloc; where to and the size follow */
    HA_LOG_TO,
    HA_LOG_SIZE
} ha_log_op;

enum
{
    HA_LOG_SIZE_SHIFT = 4, /* above the operation; sizes of small blocks have 12 bits */
    HA_LOG_ADDRESS_SHIFT = 16,
    HA_LOG_CAPACITY = 1024, /* 16 KiB: what is logged is still in the cache when it is encoded */
    HA_LOG_LONGEST = 3 /* entries of one event */
};

typedef struct ha_event_log
{
    ha_logged* at; /* next entry */
    ha_logged* end; /* at >= end: the next event goes the slow way. NULL: all do */
    ha_logged* begin;
} ha_event_log;

extern ha_event_log ha_log;

/* Reserves the entries (arena). 0 on success. */
int ha_log_open(void);
/* Forgets what is logged: for the child after a fork, whose parent has it too. */
void ha_log_clear(void);
/* Encodes what is logged. Must not be interrupted by a signal that drains it too (php/signals.h). */
void ha_log_drain(hat_writer* writer);

/* The slot of a live block that is to be told as such to a function of hatwriter.h. 0: nobody saw it being placed.
 * Only after ha_log_drain(). */
int ha_log_name(hat_writer* writer, uintptr_t address, uint32_t info, uint32_t* slot);

static inline void ha_log_admit(int admit)
{
    ha_log.end = admit ? ha_log.begin + HA_LOG_CAPACITY - HA_LOG_LONGEST : NULL;
}

/* The entry counts from here on; a signal sees it whole or not at all. */
static inline void ha_log_put(ha_log_op op, uint64_t address, uint64_t size, uint32_t info, uint32_t stack)
{
    ha_logged* const entry = ha_log.at;
    entry->what = address << HA_LOG_ADDRESS_SHIFT | size << HA_LOG_SIZE_SHIFT | op;
    entry->info = info;
    entry->stack = stack;
    __atomic_signal_fence(__ATOMIC_RELEASE);
    ha_log.at = entry + 1;
}

/* An event of several entries, whole or not at all. */
static inline void ha_log_put_large(uint64_t address, uint64_t size, uint32_t info, uint32_t stack)
{
    ha_logged* const entry = ha_log.at;
    entry[0] = (ha_logged) { address << HA_LOG_ADDRESS_SHIFT | HA_LOG_ALLOC_LARGE, info, stack };
    entry[1] = (ha_logged) { size << HA_LOG_SIZE_SHIFT | HA_LOG_SIZE, 0, stack };
    __atomic_signal_fence(__ATOMIC_RELEASE);
    ha_log.at = entry + 2;
}

static inline void ha_log_put_move(
    uint64_t from, uint32_t from_info, uint64_t to, uint32_t to_info, uint64_t size, uint32_t stack)
{
    ha_logged* const entry = ha_log.at;
    entry[0] = (ha_logged) { from << HA_LOG_ADDRESS_SHIFT | HA_LOG_MOVE, from_info, stack };
    entry[1] = (ha_logged) { to << HA_LOG_ADDRESS_SHIFT | HA_LOG_TO, to_info, stack };
    entry[2] = (ha_logged) { size << HA_LOG_SIZE_SHIFT | HA_LOG_SIZE, 0, stack };
    __atomic_signal_fence(__ATOMIC_RELEASE);
    ha_log.at = entry + 3;
}

#endif
