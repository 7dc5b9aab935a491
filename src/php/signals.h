/* SPDX-License-Identifier: MIT
 *
 * SIGTERM, SIGINT and SIGHUP end a program that does nothing about them. While a recording runs they first write out
 * what the trace has buffered, then end it as they would have.
 */
#ifndef HEAPATLAS_SIGNALS_H
#define HEAPATLAS_SIGNALS_H

#include <signal.h>

/* Set while the writer must not be entered by a signal, and what came meanwhile. */
extern volatile sig_atomic_t ha_signals_held, ha_signals_pending;

/* Takes the signals whose disposition is the default one. For the process that owns ha_now.writer; again after fork. */
void ha_signals_watch(void);
/* Gives back those that are still taken. */
void ha_signals_unwatch(void);
/* Ends the program by the pending signal. */
void ha_signals_deliver(void);

static inline void ha_signals_hold(void)
{
    ha_signals_held = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
static inline void ha_signals_release(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    ha_signals_held = 0;
    if (__builtin_expect(ha_signals_pending != 0, 0))
        ha_signals_deliver();
}

/* The same inside of code that may hold them already: returns what ha_signals_unnest() is to be given. */
static inline sig_atomic_t ha_signals_nest(void)
{
    const sig_atomic_t before = ha_signals_held;
    ha_signals_hold();
    return before;
}
static inline void ha_signals_unnest(sig_atomic_t before)
{
    if (before == 0)
        ha_signals_release();
}

#endif
