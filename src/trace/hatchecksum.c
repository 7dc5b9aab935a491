/* SPDX-License-Identifier: MIT */
#include "trace/hatformat.h"

#include <string.h>

/* XXH64 after doc/xxhash_spec.md of github.com/Cyan4973/xxHash. Little-endian machines only, as the whole
 * writer. */

#define PRIME1 0x9E3779B185EBCA87ULL
#define PRIME2 0xC2B2AE3D27D4EB4FULL
#define PRIME3 0x165667B19E3779F9ULL
#define PRIME4 0x85EBCA77C2B2AE63ULL
#define PRIME5 0x27D4EB2F165667C5ULL

static inline uint64_t rotate(uint64_t x, unsigned n) { return (x << n) | (x >> (64 - n)); }

static inline uint64_t load64(const unsigned char* p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t load32(const unsigned char* p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t lane(uint64_t acc, uint64_t input)
{
    return rotate(acc + input * PRIME2, 31) * PRIME1;
}

static inline uint64_t merge(uint64_t acc, uint64_t value)
{
    return (acc ^ lane(0, value)) * PRIME1 + PRIME4;
}

uint64_t hat_checksum(const void* bytes, size_t size) { return hat_checksum_seeded(bytes, size, 0); }

uint64_t hat_checksum_seeded(const void* bytes, size_t size, uint64_t seed)
{
    const unsigned char* p = size != 0 ? bytes : (const unsigned char*)""; /* no arithmetic on NULL */
    const unsigned char* const end = p + size;
    uint64_t acc;
    if (size >= 32) {
        uint64_t a = seed + PRIME1 + PRIME2;
        uint64_t b = seed + PRIME2;
        uint64_t c = seed;
        uint64_t d = seed - PRIME1;
        do {
            a = lane(a, load64(p));
            b = lane(b, load64(p + 8));
            c = lane(c, load64(p + 16));
            d = lane(d, load64(p + 24));
            p += 32;
        } while (end - p >= 32);
        acc = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
        acc = merge(acc, a);
        acc = merge(acc, b);
        acc = merge(acc, c);
        acc = merge(acc, d);
    } else {
        acc = seed + PRIME5;
    }
    acc += size;
    for (; end - p >= 8; p += 8)
        acc = rotate(acc ^ lane(0, load64(p)), 27) * PRIME1 + PRIME4;
    for (; end - p >= 4; p += 4)
        acc = rotate(acc ^ (load32(p) * PRIME1), 23) * PRIME2 + PRIME3;
    for (; p < end; ++p)
        acc = rotate(acc ^ (*p * PRIME5), 11) * PRIME1;
    acc ^= acc >> 33;
    acc *= PRIME2;
    acc ^= acc >> 29;
    acc *= PRIME3;
    acc ^= acc >> 32;
    return acc;
}
