/* SPDX-License-Identifier: MIT
 *
 * The INI settings, as read once when PHP starts.
 */
#ifndef HEAPATLAS_SETTINGS_H
#define HEAPATLAS_SETTINGS_H

#include "php/callstack.h"

typedef struct ha_settings
{
    char output[4096]; /* absolute pattern; empty: record nothing */
    ha_stack_mode stacks;
    uint64_t byte_limit; /* of a trace; 0: none */
} ha_settings;

extern ha_settings ha_config;

/* 0 if something is to be recorded. Relative names belong to the folder that PHP was started in. */
int ha_settings_read(void);

/* "128M" as PHP reads it where it is well formed, without PHP's warnings (they allocate). */
uint64_t ha_quantity(const char* text);

#endif
