/* SPDX-License-Identifier: MIT
 *
 * Handlers between the engine and its heap. Two patterns:
 *
 *   toggle (delayed-OOM): the engine's heap has our handlers; around each call to the allocator its custom flag is 0, since
 *     zend_mm_gc() does nothing while it is set.
 *   swap (classic): the engine is given `front`, an empty heap struct with our handlers; `heap` behind it keeps flag 0.
 *     The allocator may be left by longjmp at the memory limit without leaving anything to restore. The figures that
 *     code reads from the engine's heap (usage, limit, cached chunks) are copied to the front after each call.
 *
 * What changes the heap or the limit past the handlers is noticed before the next event (front differs from what was seen).
 */
#ifndef HEAPATLAS_INTERCEPT_H
#define HEAPATLAS_INTERCEPT_H

#include <stdint.h>

/* Begins a recording of the current heap and puts the handlers in. 0 on success. */
int ha_intercept_start(void);
/* Takes them out and ends the trace. reason: NULL, or why it ends early. Does nothing if not recording. */
void ha_intercept_stop(const char* reason);
int ha_intercept_is_on(void);

/* Must be called before a marker is written: logs what happened since the last event, tells the writer the stack.
 * 0 if nothing is recorded (any more). */
int ha_intercept_mark(void);

/* Brackets code that is to run on the plain heap (zend_mm_gc). */
void ha_intercept_open(void);
void ha_intercept_close(void);
/* After memory_reset_peak_usage() on the front. */
void ha_intercept_take_peaks(void);
/* memory_limit or the hard limit was set through its INI entry. */
void ha_intercept_limit_set(uint64_t requested, int accepted);

/* In the child, after fork(). Does nothing to the file until the child's first event. */
void ha_intercept_forked(void);

#endif
