/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/hatwriterimpl.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum
{
    INDEX_ROW_BYTES = 40,
    INDEX_HEAD_BYTES = 4096,
    OUT_KEPT = 1 << 22,
    SLOTS_LEVEL = -10
};

void hat_stop(hat_writer* w, int error)
{
    if (w->state == HAT_STOPPED)
        return;
    w->state = HAT_STOPPED;
    w->error = error;
}

/* All of it or an error; what was begun is cut off again, so that the file ends with a whole section. */
static void write_out(hat_writer* w, const unsigned char* bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        const ssize_t n = write(w->fd, bytes + done, size - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            const int error = n == 0 ? EIO : errno;
            /* Not possible on a pipe, and then not needed: a reader finds the last whole section. */
            if (done != 0 && ftruncate(w->fd, (off_t)w->bytes) == 0)
                (void)lseek(w->fd, (off_t)w->bytes, SEEK_SET);
            w->is_broken = 1;
            hat_stop(w, error);
            return;
        }
    }
    w->bytes += size;
}

static inline unsigned char* put16(unsigned char* p, unsigned v)
{
    const uint16_t x = (uint16_t)v;
    memcpy(p, &x, 2);
    return p + 2;
}

static inline unsigned char* put32(unsigned char* p, uint32_t v)
{
    memcpy(p, &v, 4);
    return p + 4;
}

static inline unsigned char* put64(unsigned char* p, uint64_t v)
{
    memcpy(p, &v, 8);
    return p + 8;
}

void hat_write_file_header(hat_writer* w)
{
    unsigned char* p = w->out;
    memcpy(p, HAT_FILE_MAGIC, 8);
    p = put16(p + 8, HAT_VERSION_MAJOR);
    p = put16(p, HAT_VERSION_MINOR);
    p = put32(p, 0);
    p = put64(p, 0);
    put64(p, hat_checksum(w->out, HAT_FILE_HEADER_BYTES - 8));
    write_out(w, w->out, HAT_FILE_HEADER_BYTES);
}

int hat_passes_limit(const hat_writer* w, size_t size)
{
    const size_t reserve = (size_t)w->index_count * INDEX_ROW_BYTES + INDEX_HEAD_BYTES;
    return w->byte_limit != 0 && w->bytes + size + reserve > w->byte_limit;
}

/* Puts the header before `stored` payload bytes that already stand in w->out, and writes both. */
void hat_write_stored(hat_writer* w, unsigned type, unsigned codec, unsigned flags, size_t stored, size_t raw,
    uint32_t count, uint64_t first_event)
{
    const size_t size = HAT_SECTION_HEADER_BYTES + stored;
    if (type != HAT_SECTION_INDEX && hat_passes_limit(w, size)) {
        hat_stop(w, HAT_ELIMIT);
        return;
    }
    unsigned char* p = w->out;
    memcpy(p, HAT_SYNC_MARKER, 8);
    p += 8;
    *p++ = (unsigned char)type;
    *p++ = (unsigned char)codec;
    p = put16(p, flags);
    p = put32(p, (uint32_t)stored);
    p = put32(p, (uint32_t)raw);
    p = put32(p, count);
    p = put64(p, first_event);
    p = put64(p, hat_checksum(w->out + HAT_SECTION_HEADER_BYTES, stored));
    put64(p, hat_checksum(w->out, HAT_SECTION_HEADER_BYTES - 8));
    const uint64_t offset = w->bytes;
    write_out(w, w->out, size);
    if (w->state == HAT_STOPPED || type == HAT_SECTION_INDEX)
        return;
    if (w->index_count < w->index_limit) {
        const hat_index_row row = { offset, first_event, type, count };
        w->index[w->index_count++] = row;
    }
    if (size > OUT_KEPT) /* a large heap state: give the pages back */
        madvise(w->out + OUT_KEPT, size - OUT_KEPT, MADV_DONTNEED);
}

/* Compresses (or, where that does not pay, copies) to w->out + at; returns the bytes taken, 0 if there is no
 * room. */
static size_t store_at_level(
    hat_writer* w, int level, size_t at, const void* raw, size_t size, unsigned* codec)
{
    *codec = HAT_CODEC_RAW;
    if (w->out_capacity - at < size)
        return 0;
    if (size >= 64) {
        ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, level);
        const size_t n = ZSTD_compress2(w->zstd, w->out + at, w->out_capacity - at, raw, size);
        if (!ZSTD_isError(n) && n < size) {
            *codec = HAT_CODEC_ZSTD;
            return n;
        }
    }
    memcpy(w->out + at, raw, size);
    return size;
}

size_t hat_store(hat_writer* w, size_t at, const void* raw, size_t size, unsigned* codec)
{
    return store_at_level(w, w->level, at, raw, size, codec);
}

/* Slot numbers often repeat little. Then looking for repetitions costs more than all other columns together and gives
 * a few percent; what Huffman coding gives remains. */
static size_t store_slots(hat_writer* w, size_t at, const void* raw, size_t size, unsigned* codec)
{
    const int level = w->slots_repeat_little && w->level < 0 ? SLOTS_LEVEL : w->level;
    const size_t stored = store_at_level(w, level, at, raw, size, codec);
    if (size >= 4096)
        w->slots_repeat_little = stored > size / 4 * 3;
    return stored;
}

void hat_write_section(
    hat_writer* w, unsigned type, unsigned flags, uint64_t first_event, const void* raw, size_t size)
{
    if (w->state == HAT_STOPPED || size > HAT_MAX_RAW_BYTES)
        return;
    unsigned codec = 0;
    const size_t stored = hat_store(w, HAT_SECTION_HEADER_BYTES, raw, size, &codec);
    if (stored != 0 || size == 0)
        hat_write_stored(w, type, codec, flags, stored, size, 0, first_event);
}

void hat_write_meta(hat_writer* w)
{
    const size_t size = hat_fill(&w->meta);
    w->meta.at = w->meta.begin;
    if (size != 0)
        hat_write_section(w, HAT_SECTION_META, 0, hat_events(w), w->meta.begin, size);
}

static unsigned char* append(unsigned char* p, hat_buffer* b)
{
    const size_t size = hat_fill(b);
    memcpy(p, b->begin, size);
    b->at = b->begin;
    return p + size;
}

void hat_write_definitions(hat_writer* w)
{
    const uint32_t strings = w->string_count - w->strings_written;
    const uint32_t functions = w->function_count - w->functions_written;
    const uint32_t stacks = w->stack_count - w->stacks_written;
    if (strings == 0 && functions == 0 && stacks == 0)
        return;
    unsigned char* p = hat_put_number(w->raw, w->strings_written + 1);
    p = hat_put_number(p, strings);
    p = hat_put_number(p, w->functions_written + 1);
    p = hat_put_number(p, functions);
    p = hat_put_number(p, w->stacks_written + 1);
    p = hat_put_number(p, stacks);
    p = append(p, &w->strings);
    p = append(p, &w->functions);
    p = append(p, &w->stack_callers);
    p = append(p, &w->stack_functions);
    p = append(p, &w->stack_lines);
    w->strings_written = w->string_count;
    w->functions_written = w->function_count;
    w->stacks_written = w->stack_count;
    hat_write_section(w, HAT_SECTION_DEFINITIONS, 0, hat_events(w), w->raw, (size_t)(p - w->raw));
}

typedef struct column
{
    unsigned id;
    const unsigned char* begin;
    size_t size;
} column;

static void empty_columns(hat_writer* w)
{
    w->rows = 0;
    w->slots_at = w->slots_column;
    w->sizes_at = w->sizes_column;
    w->addresses_at = w->addresses_column;
    w->stacks_at = w->stacks_column;
    w->markers.at = w->markers.begin;
    w->samples.at = w->samples.begin;
    w->sample_event = w->block_event;
    memset(&w->sample, 0, sizeof w->sample);
}

/* Once the writer has stopped, what comes is dropped a block at a time. */
void hat_write_block(hat_writer* w)
{
    if (w->state != HAT_STOPPED)
        hat_write_definitions(w);
    if (w->state == HAT_STOPPED) {
        empty_columns(w);
        return;
    }
    if (w->rows == 0 && hat_fill(&w->samples) == 0)
        return;
    const column columns[] = {
        { HAT_COLUMN_CODES, w->codes, w->rows },
        { HAT_COLUMN_SLOTS, w->slots_column, (size_t)(w->slots_at - w->slots_column) },
        { HAT_COLUMN_SIZES, w->sizes_column, (size_t)(w->sizes_at - w->sizes_column) },
        { HAT_COLUMN_ADDRESSES, w->addresses_column, (size_t)(w->addresses_at - w->addresses_column) },
        { HAT_COLUMN_STACKS, w->stacks_column, (size_t)(w->stacks_at - w->stacks_column) },
        { HAT_COLUMN_MARKERS, w->markers.begin, hat_fill(&w->markers) },
        { HAT_COLUMN_SAMPLES, w->samples.begin, hat_fill(&w->samples) },
    };
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; ++i)
        count += columns[i].size != 0;
    unsigned char* p = w->out + HAT_SECTION_HEADER_BYTES;
    p = put32(p, w->restarts);
    p = put32(p, w->breaks);
    p = put32(p, w->block_slots);
    p = put32(p, w->block_free);
    p = put32(p, count);
    size_t at = (size_t)(p - w->out) + count * HAT_COLUMN_ENTRY_BYTES;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; ++i) {
        if (columns[i].size == 0)
            continue;
        unsigned codec = 0;
        const size_t stored = columns[i].id == HAT_COLUMN_SLOTS
            ? store_slots(w, at, columns[i].begin, columns[i].size, &codec)
            : hat_store(w, at, columns[i].begin, columns[i].size, &codec);
        *p++ = (unsigned char)columns[i].id;
        *p++ = (unsigned char)codec;
        p = put16(p, 0);
        p = put32(p, (uint32_t)stored);
        p = put32(p, (uint32_t)columns[i].size);
        at += stored;
    }
    const size_t stored = at - HAT_SECTION_HEADER_BYTES;
    hat_write_stored(w, HAT_SECTION_EVENTS, HAT_CODEC_RAW, 0, stored, stored, w->rows, w->block_event);
    if (w->state == HAT_STOPPED) {
        empty_columns(w);
        return;
    }
    w->block_event = hat_events(w);
    w->written = w->totals;
    w->written.events = w->block_event;
    w->block_slots = w->slot_count;
    w->block_free = w->free_count;
    empty_columns(w);
    /* A restart point of a million blocks takes megabytes: then they stand further apart, at a tenth of the
     * file. */
    if (hat_events(w) - w->restart_event >= w->restart_interval
        && w->bytes - w->restart_offset >= w->restart_share * w->restart_bytes)
        hat_write_restart(w);
}

void hat_write_index(hat_writer* w, int complete, const char* reason)
{
    if (w->is_broken)
        return;
    if (w->state == HAT_STOPPED) {
        complete = 0;
        reason =
            w->error == HAT_ELIMIT ? "the size limit of the trace was reached" : "the recorder had to stop";
        w->state = HAT_RUNNING; /* room for the index was kept free */
    }
    if (reason == NULL)
        reason = "";
    size_t reason_size = strlen(reason);
    if (reason_size > 1000)
        reason_size = 1000;
    const hat_totals* t = &w->written;
    const uint64_t totals[8] = { t->events, t->allocations, t->frees, t->reallocations, t->stacks, t->sites,
        t->checkpoints, t->gc_runs };
    unsigned char* p = w->raw;
    *p++ = (unsigned char)(complete != 0);
    for (int i = 0; i < 8; ++i)
        p = hat_put_number(p, totals[i]);
    p = hat_put_number(p, reason_size);
    memcpy(p, reason, reason_size);
    p += reason_size;
    unsigned char* const count_at = p;
    p += 4;
    uint32_t rows = 0;
    uint64_t offset = 0;
    uint64_t event = 0;
    for (; rows < w->index_count && (size_t)(p - w->raw) + INDEX_ROW_BYTES < w->raw_capacity; ++rows) {
        const hat_index_row* r = &w->index[rows];
        *p++ = (unsigned char)r->type;
        p = hat_put_number(p, r->offset - offset);
        p = hat_put_number(p, r->first_event - event);
        p = hat_put_number(p, r->count);
        offset = r->offset;
        event = r->first_event;
    }
    put32(count_at, rows);
    const uint64_t index_offset = w->bytes;
    hat_write_section(w, HAT_SECTION_INDEX, 0, w->written.events, w->raw, (size_t)(p - w->raw));
    if (w->state != HAT_STOPPED) {
        p = w->out;
        p = put64(p, index_offset);
        p = put64(p, w->bytes - index_offset);
        p = put64(p, hat_checksum(w->out, 16));
        memcpy(p, HAT_END_MAGIC, 8);
        write_out(w, w->out, HAT_TRAILER_BYTES);
    }
    w->state = HAT_STOPPED;
}
