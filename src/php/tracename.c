/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "php/tracename.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int expand(const char* pattern, unsigned request, char* out, size_t size)
{
    size_t at = 0;
    for (const char* p = pattern; *p != '\0'; ++p) {
        char piece[24] = { *p, '\0' };
        if (*p == '%' && (p[1] == 'p' || p[1] == 'r' || p[1] == '%')) {
            ++p;
            if (*p == 'p')
                snprintf(piece, sizeof piece, "%ld", (long)getpid());
            else if (*p == 'r')
                snprintf(piece, sizeof piece, "%u", request);
        }
        const size_t length = strlen(piece);
        if (at + length + 1 > size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(out + at, piece, length);
        at += length;
    }
    out[at] = '\0';
    return 0;
}

static int create(const char* path)
{
    struct stat st;
    const int isDevice = stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    const int low = open(path, O_WRONLY | O_CLOEXEC | O_CREAT | (isDevice ? 0 : O_EXCL), 0666);
    if (low < 0)
        return -1;
    /* The next file that the program opens gets the number that it would have had. */
    for (int from = 1000; from >= 100; from -= 300) {
        const int high = fcntl(low, F_DUPFD_CLOEXEC, from);
        if (high >= 0) {
            close(low);
            return high;
        }
    }
    return low;
}

int ha_trace_create(const char* pattern, unsigned request, unsigned number, char* path, size_t path_size)
{
    if (expand(pattern, request, path, path_size) != 0)
        return -1;
    int fd = create(path);
    if (fd >= 0 || errno != EEXIST)
        return fd;
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".hat") == 0)
        length -= 4;
    for (; number < 1000000; ++number) {
        const int wanted = snprintf(path + length, path_size - length, ".%ld.%u.hat", (long)getpid(), number);
        if (wanted < 0 || (size_t)wanted >= path_size - length) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = create(path);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}
