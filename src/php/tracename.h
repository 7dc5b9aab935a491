/* SPDX-License-Identifier: MIT */
#ifndef HEAPATLAS_TRACENAME_H
#define HEAPATLAS_TRACENAME_H

#include <stddef.h>

/* Creates the file for a trace and returns a descriptor that is closed on exec and out of the way of the program's own
 * numbers; -1 with errno otherwise. `pattern`: %p process id, %r request, %% a per cent sign. Never overwrites: if
 * the name is taken, the file is NAME.PID.NUMBER.hat. A device (/dev/null) is opened as it is. The name used is left
 * in `path`. */
int ha_trace_create(const char* pattern, unsigned request, unsigned number, char* path, size_t path_size);

#endif
