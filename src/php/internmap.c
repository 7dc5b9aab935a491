/* SPDX-License-Identifier: MIT */
#include "php/internmap.h"

#include "php/arena.h"

#include <string.h>

enum
{
    FIRST_BITS = 10
};

static void useTable(ha_intern_map* map, uint32_t bits)
{
    /* 2^10 + 2^11 + … entries stand before it */
    const size_t before = ((size_t)1 << bits) - ((size_t)1 << FIRST_BITS);
    map->bits = bits;
    map->table = (ha_intern_entry*)(void*)map->region + before;
}

int ha_intern_open(ha_intern_map* map, uint32_t max_bits)
{
    map->max_bits = max_bits;
    map->region_bytes = sizeof(ha_intern_entry) * ((size_t)2 << max_bits);
    map->region = ha_arena_take(map->region_bytes);
    map->count = 0;
    if (map->region == NULL)
        return -1;
    useTable(map, FIRST_BITS);
    return 0;
}

void ha_intern_clear(ha_intern_map* map)
{
    ha_arena_clear(map->region, map->region_bytes);
    map->count = 0;
    useTable(map, FIRST_BITS);
}

static ha_intern_entry* probe(const ha_intern_map* map, uint64_t a, uint64_t b)
{
    const uint32_t mask = ((uint32_t)1 << map->bits) - 1;
    uint64_t h = (a ^ (b << 31 | b >> 33)) * 0x9E3779B97F4A7C15u;
    h ^= h >> 32;
    for (uint32_t at = (uint32_t)(h * 0xD6E8FEB86659FD93u >> 32) & mask;; at = (at + 1) & mask) {
        ha_intern_entry* const entry = &map->table[at];
        if (entry->id == 0 || (entry->a == a && entry->b == b))
            return entry;
    }
}

static int grow(ha_intern_map* map)
{
    if (map->bits == map->max_bits)
        return -1;
    ha_intern_entry* const old = map->table;
    const size_t oldSize = (size_t)1 << map->bits;
    useTable(map, map->bits + 1);
    for (size_t i = 0; i < oldSize; ++i)
        if (old[i].id != 0)
            *probe(map, old[i].a, old[i].b) = old[i];
    return 0;
}

uint32_t* ha_intern_find(ha_intern_map* map, uint64_t a, uint64_t b)
{
    ha_intern_entry* entry = probe(map, a, b);
    if (entry->id != 0)
        return &entry->id;
    if (map->count >= ((uint32_t)1 << map->bits) / 2) {
        if (grow(map) != 0)
            return NULL;
        entry = probe(map, a, b);
    }
    ++map->count;
    entry->a = a;
    entry->b = b;
    return &entry->id;
}

void ha_intern_digest(const char* bytes, size_t size, uint64_t* a, uint64_t* b)
{
    uint64_t x = size * 0x9E3779B97F4A7C15u + 1;
    uint64_t y = size + 0xD6E8FEB86659FD93u;
    while (size != 0) {
        uint64_t word = 0;
        const size_t take = size < sizeof word ? size : sizeof word;
        memcpy(&word, bytes, take);
        x = (x ^ word) * 0xFF51AFD7ED558CCDu;
        x ^= x >> 32;
        y = (y + word) * 0xC4CEB9FE1A85EC53u;
        y ^= y >> 29;
        bytes += take;
        size -= take;
    }
    *a = x;
    *b = y;
}
