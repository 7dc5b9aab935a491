/* SPDX-License-Identifier: MIT
 *
 * The recorder's own memory: one reservation of address space, made once and filled by touching, so that the address
 * space in which PHP maps its chunks and huge blocks stays as it would be without us. Never given back before the
 * module ends.
 */
#ifndef HEAPATLAS_ARENA_H
#define HEAPATLAS_ARENA_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reserves; 0 on success, else an errno value. */
int ha_arena_open(void);
void ha_arena_close(void);

/* mmap(), but away from PHP's mappings where the caller leaves the place open. */
void* ha_far_mmap(void* address, size_t bytes, int protection, int flags, int fd, off_t offset);

/* A zeroed region of `bytes`, aligned to 4096. NULL if the reservation is used up. */
void* ha_arena_take(size_t bytes);
/* Gives the pages of a region back to the system; reads as zero afterwards. */
void ha_arena_clear(void* begin, size_t bytes);

#endif
