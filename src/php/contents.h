/* SPDX-License-Identifier: MIT
 *
 * The bytes of the heap as they are now, into the trace: of each chunk the header and the pages in use, and all of the
 * huge blocks.
 */
#ifndef HEAPATLAS_CONTENTS_H
#define HEAPATLAS_CONTENTS_H

#include "php/zendlayout.h"
#include "trace/hatwriter.h"

#include <stddef.h>

/* kind, name: hat_contents_begin(). scratch holds one word for each chunk and huge block; what has no room is left
 * out. Reads the heap and changes nothing in it. */
void ha_contents_write(const ha_layout* layout, const void* heap, uint64_t* scratch, size_t scratch_count,
    hat_writer* writer, int kind, const char* name, size_t name_size);

#endif
