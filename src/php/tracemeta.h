/* SPDX-License-Identifier: MIT */
#ifndef HEAPATLAS_TRACEMETA_H
#define HEAPATLAS_TRACEMETA_H

#include "php/callstack.h"
#include "php/zendlayout.h"

/* Writes the trace's meta entries: what ran, where, and how it was recorded. Allocates nothing. */
void ha_trace_meta(hat_writer* writer, const ha_layout* layout, ha_stack_mode stacks, unsigned request);

/* The version of the PHP that runs, not of the headers this was built with; 80236 is 8.2.36. */
uint32_t ha_php_version_id(void);

#endif
