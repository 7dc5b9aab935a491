/* SPDX-License-Identifier: MIT
 *
 * One trace of one request: its file, its head (meta, initial state, live blocks) and its end. There is at most one at
 * a time in a process.
 */
#ifndef HEAPATLAS_RECORDING_H
#define HEAPATLAS_RECORDING_H

#include "php/settings.h"
#include "php/zendlayout.h"

typedef struct ha_recording
{
    hat_writer* writer; /* NULL: not recording */
    const ha_layout* layout;
    void* heap; /* that places the blocks */
    uint64_t started_us;
} ha_recording;

extern ha_recording ha_now;

/* Reserves what all recordings of the process need. 0 on success, else an errno value. */
int ha_recording_setup(void);
/* A request began, so that names and meta can tell. */
void ha_recording_count_request(void);

/* Opens a file and writes what stands before the first event. 0 on success; otherwise a line on standard error says
 * why not (once per process), and nothing is recorded. */
int ha_recording_begin(const ha_layout* layout, void* heap);
/* The final state, then the end of the file. Handlers must be out of the heap. reason: NULL, or why it ended early. */
void ha_recording_end(const char* reason);
/* In a forked child: leaves the parent's file alone and begins one of its own. 0 on success. */
int ha_recording_begin_in_child(void);
/* In a forked child that never allocated. */
void ha_recording_abandon(void);

/* The bytes of the heap, if the settings ask for them. name: of the checkpoint. */
void ha_recording_keep_contents(int kind, const char* name, size_t name_size);

/* The allocator's figures at this moment. */
void ha_recording_sample(void);

/* One line on standard error, once per process. */
void ha_warn(const char* text, const char* detail);

#endif
