/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#define HAT_WITH_INLINE_EVENTS
#include "php/recording.h"

#include "php/arena.h"
#include "php/contents.h"
#include "php/heapstate.h"
#include "php/slottable.h"
#include "php/tracemeta.h"
#include "php/tracename.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

ha_recording ha_now;

static const size_t scratchBytes = (size_t)4 << 30;
static unsigned char* scratch;
static unsigned requests; /* begun in this process */
static unsigned recordings; /* begun in this process */
static int warned;
/* How much was in the file at the last sample, and at which sample that had changed. */
static uint64_t writtenBytes, writtenAt;
enum
{
    FLUSH_AFTER_US = 500000
};

void ha_warn(const char* text, const char* detail)
{
    if (warned)
        return;
    warned = 1;
    char line[4400];
    const int length = snprintf(line, sizeof line, "heapatlas: %s%s%s\n", text, detail != NULL ? ": " : "",
        detail != NULL ? detail : "");
    if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0) {
        /* nobody to tell */
    }
}

static uint64_t nowMicroseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int ha_recording_setup(void)
{
    if (scratch != NULL)
        return 0;
    const int error = ha_arena_open();
    if (error != 0)
        return error;
    scratch = ha_arena_take(scratchBytes);
    return scratch != NULL && ha_callstack_open() == 0 && ha_slots_open(0) == 0 ? 0 : ENOMEM;
}

void ha_recording_count_request(void) { ++requests; }

static uint32_t adopt(void* context, uint64_t address, uint64_t size)
{
    return hat_adopt(context, address, size);
}
static void seed(void* context, unsigned bin, const uint64_t* head_first, size_t count)
{
    hat_seed_class(context, bin, head_first, count);
}

static void tellLive(void* context, uint32_t number, uintptr_t address, uint64_t size, unsigned kind)
{
    hat_live(context, number - 1, address, size, kind < HA_BINS ? kind : HAT_CLASS_NONE);
}
static void listLive(hat_writer* w) { ha_each_block(tellLive, w); }

static int writeState(int when)
{
    const size_t bytes = ha_state_write(ha_now.layout, ha_now.heap, scratch, scratchBytes);
    if (bytes != 0)
        hat_heap_state(ha_now.writer, when, scratch, bytes);
    ha_arena_clear(scratch, bytes);
    return bytes != 0 ? 0 : -1;
}

static int start(void)
{
    char path[4200];
    const int fd = ha_trace_create(ha_config.output, requests, recordings + 1, path, sizeof path);
    if (fd < 0) {
        char detail[4400];
        snprintf(detail, sizeof detail, "%s: %s", path, strerror(errno));
        ha_warn("not recording: cannot create the trace", detail);
        return -1;
    }
    ++recordings;

    hat_size_class classes[HA_BINS];
    for (unsigned bin = 0; bin < HA_BINS; ++bin)
        classes[bin] = (hat_size_class) { ha_bin_size[bin], ha_bin_count[bin] };
    const hat_options options = { .fd = fd,
        .classes = classes,
        .class_count = HA_BINS,
        .byte_limit = ha_config.byte_limit,
        .list_live = listLive,
        .contents = ha_config.contents };
    hat_writer* const writer = hat_create(&options);
    if (writer == NULL) {
        close(fd);
        unlink(path);
        ha_warn("not recording: no address space for the recorder's tables", NULL);
        return -1;
    }
    ha_now.writer = writer;
    writtenBytes = 0;
    writtenAt = 0;
    ha_now.started_us = nowMicroseconds();
    ha_trace_meta(writer, ha_now.layout, ha_config.stacks, requests);
    if (ha_config.contents)
        hat_meta(writer, "contents", "full");
    ha_slots_open(ha_now.layout->map);
    if (writeState(HAT_STATE_INITIAL) != 0
        || ha_state_adopt(ha_now.layout, ha_now.heap, (uint64_t*)(void*)scratch,
               scratchBytes / sizeof(uint64_t), adopt, seed, writer)
            != 0) {
        hat_abandon(writer);
        unlink(path);
        ha_now.writer = NULL;
        ha_warn("not recording: the heap is too large for the recorder's tables", NULL);
        return -1;
    }
    ha_arena_clear(scratch, scratchBytes);
    hat_start(writer);
    ha_callstack_begin(writer, ha_config.stacks);
    ha_recording_sample();
    return 0;
}

int ha_recording_begin(const ha_layout* layout, void* heap)
{
    ha_now.layout = layout;
    ha_now.heap = heap;
    return start();
}

void ha_recording_end(const char* reason)
{
    if (ha_now.writer == NULL)
        return;
    const int wasWhole = hat_error(ha_now.writer) == 0;
    if (wasWhole) {
        ha_recording_sample();
        writeState(HAT_STATE_FINAL);
        ha_recording_keep_contents(HAT_CONTENTS_END, "", 0);
    }
    const int error = hat_finish(ha_now.writer, wasWhole && reason == NULL, reason);
    ha_now.writer = NULL;
    if (error > 0)
        ha_warn("the trace ended early", strerror(error));
}

int ha_recording_begin_in_child(void)
{
    ha_recording_abandon();
    return start();
}

void ha_recording_abandon(void)
{
    if (ha_now.writer != NULL)
        hat_abandon(ha_now.writer);
    ha_now.writer = NULL;
    recordings = 0;
}

void ha_recording_keep_contents(int kind, const char* name, size_t name_size)
{
    if (!ha_config.contents)
        return;
    uint64_t* const words = (uint64_t*)(void*)scratch;
    ha_contents_write(ha_now.layout, ha_now.heap, words, scratchBytes / sizeof *words, ha_now.writer, kind,
        name, name_size);
    ha_arena_clear(scratch, scratchBytes);
}

void ha_recording_sample(void)
{
    const ha_layout* const l = ha_now.layout;
    const uint64_t now = nowMicroseconds() - ha_now.started_us;
    const hat_sample sample = { ha_u64(ha_now.heap, l->size), ha_u64(ha_now.heap, l->peak),
        ha_u64(ha_now.heap, l->real_size), ha_u64(ha_now.heap, l->real_peak), now };
    hat_sample_usage(ha_now.writer, &sample);
    /* A program that fills its blocks slowly is to lose little when it is killed. */
    if (hat_bytes_written(ha_now.writer) == writtenBytes && now - writtenAt >= FLUSH_AFTER_US)
        hat_flush(ha_now.writer);
    if (hat_bytes_written(ha_now.writer) != writtenBytes) {
        writtenBytes = hat_bytes_written(ha_now.writer);
        writtenAt = now;
    }
}
