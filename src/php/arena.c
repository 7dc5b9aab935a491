/* SPDX-License-Identifier: MIT */
#include "php/arena.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>

#ifdef __SANITIZE_THREAD__
/* Its shadow memory is at the address below. Its mmap() does not know this flag and would go to address 0 instead;
 * without the flag the address is a wish. */
#undef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0
#elif !defined(MAP_FIXED_NOREPLACE)
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* 35 TiB: below where Linux maps programs and libraries, above the brk heap of a fixed-address program and the
 * shadow memory of the address sanitizer. */
static const uintptr_t farAway = (uintptr_t)0x200000000000;
static const size_t reservedBytes = (size_t)320 << 30;

static char* begin;
static size_t used;

int ha_arena_open(void)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* p = mmap((void*)farAway, reservedBytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == MAP_FAILED)
        p = mmap(NULL, reservedBytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        return errno;
    /* A huge page would make resident what was never touched. */
    madvise(p, reservedBytes, MADV_NOHUGEPAGE);
    begin = p;
    used = 0;
    return 0;
}

/* The writer's calls of mmap() end here (CMakeLists.txt): its regions go behind the arena. */
void* ha_far_mmap(void* address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    if (address == NULL && begin != NULL) {
        void* const p =
            mmap(begin + 2 * reservedBytes, bytes, protection, flags | MAP_FIXED_NOREPLACE, fd, offset);
        if (p != MAP_FAILED)
            return p;
    }
    return mmap(address, bytes, protection, flags, fd, offset);
}

void ha_arena_close(void)
{
    if (begin != NULL)
        munmap(begin, reservedBytes);
    begin = NULL;
    used = 0;
}

void* ha_arena_take(size_t bytes)
{
    const size_t rounded = (bytes + 4095) & ~(size_t)4095;
    if (begin == NULL || rounded < bytes || rounded > reservedBytes - used)
        return NULL;
    void* p = begin + used;
    used += rounded;
    return p;
}

void ha_arena_clear(void* from, size_t bytes) { madvise(from, bytes, MADV_DONTNEED); }
