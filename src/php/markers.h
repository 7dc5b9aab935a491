/* SPDX-License-Identifier: MIT
 *
 * Moments of the program other than allocations: what PHP functions were told about memory, limits, collector runs.
 * Each original runs unchanged; the event is written after it returned.
 */
#ifndef HEAPATLAS_MARKERS_H
#define HEAPATLAS_MARKERS_H

/* At module start and end: puts wrappers around functions, INI entries and the collector. They only pass on while
 * nothing is recorded. */
void ha_markers_wrap(void);
void ha_markers_unwrap(void);

#endif
