/* SPDX-License-Identifier: MIT
 *
 * The heap as it stands: the "zendmm state" of the trace format, and the blocks that are live in it.
 */
#ifndef HEAPATLAS_HEAPSTATE_H
#define HEAPATLAS_HEAPSTATE_H

#include "php/zendlayout.h"

#include <stddef.h>

/* Huge list nodes are { address, size, next }. */
enum
{
    HA_HUGE_ADDRESS = 0,
    HA_HUGE_SIZE = 8,
    HA_HUGE_NEXT = 16
};

/* Ascending, in place, without malloc. */
void ha_sort_addresses(uint64_t* v, size_t count);

/* Writes the state of `heap` to out; returns its length, or 0 if it does not fit into `capacity`. Layout of the
 * bytes: src/trace/FORMAT.md, "zendmm state". Linear in chunks, pages and free slots. */
size_t ha_state_write(const ha_layout* layout, const void* heap, unsigned char* out, size_t capacity);

/* What to do with a block that is live; the slot number it now has. */
typedef uint32_t (*ha_adopt_fn)(void* context, uint64_t address, uint64_t size);
/* One bin's free slots, head first. */
typedef void (*ha_free_fn)(void* context, unsigned bin, const uint64_t* head_first, size_t count);

/* Calls adopt for every live block (chunks ascending by address, in each small and large blocks ascending; then huge
 * blocks ascending, the allocator's own list nodes left out) and keeps the numbers in ha_slots; then seed for every
 * bin. scratch holds the addresses of the longest of these lists. 0 on success, -1 if scratch or the slot table is
 * too small. */
int ha_state_adopt(const ha_layout* layout, const void* heap, uint64_t* scratch, size_t scratch_count,
    ha_adopt_fn adopt, ha_free_fn seed, void* context);

#endif
