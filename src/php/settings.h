/* SPDX-License-Identifier: MIT
 *
 * The settings, read once from PHP's configuration when it starts. They are not registered as INI entries: that would
 * intern their names and values ("full", "always") for good, and a script with the same literal would then not
 * allocate it: its memory_get_usage() was 32 bytes less.
 */
#ifndef HEAPATLAS_SETTINGS_H
#define HEAPATLAS_SETTINGS_H

#include "php/callstack.h"

typedef struct ha_settings
{
    char output[4096]; /* absolute pattern; empty: record nothing */
    char trigger[256];
    ha_stack_mode stacks;
    uint64_t byte_limit; /* of a trace; 0: none */
    int contents; /* keep the bytes of the heap at checkpoints and at the end */
} ha_settings;

extern ha_settings ha_config;

/* Fills ha_config. Relative names belong to the folder that PHP was started in: scripts change theirs. */
void ha_settings_read(void);

/* "128M" as PHP reads it where it is well formed, without PHP's warnings (they allocate). */
uint64_t ha_quantity(const char* text);

#endif
