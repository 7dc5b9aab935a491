/* SPDX-License-Identifier: MIT
 *
 * Call stacks of the running PHP code as nodes of the trace's stack tree. The chain of prev_execute_data is walked at each
 * event and compared with that of the event before; only frames that differ are looked up. Nothing is written to the
 * engine's frames.
 */
#ifndef HEAPATLAS_CALLSTACK_H
#define HEAPATLAS_CALLSTACK_H

#include "trace/hatwriter.h"

typedef enum ha_stack_mode
{
    HA_STACKS_NONE,
    HA_STACKS_TOP,
    HA_STACKS_FULL
} ha_stack_mode;

/* Takes its memory from the arena; 0 on success. */
int ha_callstack_open(void);
/* A new trace: nothing of the one before is known to this writer. */
void ha_callstack_begin(hat_writer* writer, ha_stack_mode mode);

/* The current stack. Not for HA_STACKS_NONE. */
uint32_t ha_callstack_now(void);

/* Puts itself before the compiler (zend_compile_file, zend_compile_string): what is remembered by opline must not
 * outlive the code. */
void ha_callstack_wrap(void);
void ha_callstack_unwrap(void);

/* Id of a string of this trace, equal strings having the same id. */
uint32_t ha_callstack_string(const char* bytes, size_t size);

#endif
