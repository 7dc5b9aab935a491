/* SPDX-License-Identifier: MIT
 *
 * Hash map from a 128-bit key to an id, for interning. Open addressing, grown by doubling inside a region of the arena that is
 * only touched as far as it is used.
 */
#ifndef HEAPATLAS_INTERNMAP_H
#define HEAPATLAS_INTERNMAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct ha_intern_entry
{
    uint64_t a, b;
    uint32_t id; /* 0: empty */
    uint32_t unused;
} ha_intern_entry;

typedef struct ha_intern_map
{
    ha_intern_entry* table;
    char* region; /* tables of 2^10, 2^11 … entries one behind the other */
    size_t region_bytes;
    uint32_t bits, max_bits;
    uint32_t count;
} ha_intern_map;

/* Room for about 2^max_bits / 2 keys; 0 on success. */
int ha_intern_open(ha_intern_map* map, uint32_t max_bits);
void ha_intern_clear(ha_intern_map* map);

/* The id of a key; 0 says that it is new, and the caller must set it (not to 0) before the next call, or leave it 0 to
 * forget the key. NULL if the map is full. */
uint32_t* ha_intern_find(ha_intern_map* map, uint64_t a, uint64_t b);

/* Two independent 64-bit hashes of a byte string: taken as its identity. */
void ha_intern_digest(const char* bytes, size_t size, uint64_t* a, uint64_t* b);

#endif
