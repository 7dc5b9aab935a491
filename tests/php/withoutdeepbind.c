/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands before the address sanitizer's runtime in LD_PRELOAD. PHP loads its extensions with RTLD_DEEPBIND, so that they
 * prefer their own libraries; the runtime ends a process that does so, because such a library would not find the
 * sanitizer's malloc(). None of the extensions that the tests load needs it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

typedef void* (*DlOpen)(const char*, int);

void* dlopen(const char* name, int mode)
{
    static DlOpen next;
    if (next == NULL)
        *(void**)&next = dlsym(RTLD_NEXT, "dlopen");
    return next(name, mode & ~RTLD_DEEPBIND);
}
