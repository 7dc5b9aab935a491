/* SPDX-License-Identifier: MIT
 *
 * Call stacks of the running PHP code as nodes of the trace's stack tree. The chain of prev_execute_data is walked at each
 * event and compared with that of the event before; only frames that differ are looked up. Nothing is registered with
 * the engine, nothing is written to its frames.
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

/* Tells the writer the current stack, if it is not the one it has. Not for HA_STACKS_NONE. */
void ha_callstack_update(void);

/* A block that holds opcodes was released (HA_SLOT_HOLDS_CODE): what is remembered by opline may be wrong. */
void ha_callstack_code_freed(void);

/* Id of a string of this trace, equal strings having the same id. */
uint32_t ha_callstack_string(const char* bytes, size_t size);

#endif
