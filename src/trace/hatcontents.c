/* SPDX-License-Identifier: MIT */
#include "trace/hatwriterimpl.h"

#include <string.h>

/* Bytes of the heap: pages in groups that are compressed together, and moments that say which page had what in it
 * (FORMAT.md, 7 and 8). */

enum
{
    ROW_ROOM = 64, /* more bytes than a row takes */
    HEAD_ROOM = 32 + HAT_MAX_MOMENT_NAME
};

static const uint64_t SECOND_SEED = 0x5851F42D4C957F2DULL;

static int is_zero(const unsigned char* page)
{
    return page[0] == 0 && memcmp(page, page + 1, HAT_PAGE_BYTES - 1) == 0;
}

/* --- pages --- */

/* Whether what stands in w->out may be written without ending the trace. */
static int fits(const hat_writer* w, size_t stored)
{
    const size_t size = HAT_SECTION_HEADER_BYTES + stored;
    return w->byte_limit == 0
        || (!hat_passes_limit(w, size) && w->contents->bytes + size <= w->byte_limit / 4 * 3);
}

static void write_group(hat_writer* w)
{
    hat_contents* const c = w->contents;
    const uint32_t pages = c->group_pages;
    c->group_pages = 0;
    if (pages == 0 || w->state == HAT_STOPPED)
        return;
    unsigned codec = 0;
    const size_t at = HAT_SECTION_HEADER_BYTES + HAT_GROUP_HEAD_BYTES;
    const size_t stored = hat_store(w, at, c->group, (size_t)pages * HAT_PAGE_BYTES, &codec);
    const size_t payload = HAT_GROUP_HEAD_BYTES + stored;
    if (stored == 0 || !fits(w, payload)) {
        c->is_full = 1;
        c->is_cut = 1;
        return;
    }
    unsigned char* const head = w->out + HAT_SECTION_HEADER_BYTES;
    const uint32_t first = c->last_id - pages + 1;
    const uint16_t count = (uint16_t)pages;
    memcpy(head, &first, sizeof first);
    memcpy(head + 4, &count, sizeof count);
    head[6] = (unsigned char)codec;
    head[7] = 0;
    c->bytes += HAT_SECTION_HEADER_BYTES + payload;
    hat_write_stored(w, HAT_SECTION_PAGES, HAT_CODEC_RAW, 0, payload, payload, pages, hat_events(w));
    if (w->state != HAT_STOPPED)
        c->whole_id = c->last_id;
}

static inline uint32_t place_of(const hat_contents* c, hat_page_hash hash)
{
    return (uint32_t)hash.low & c->table_mask;
}

/* 0 if no page with this hash is known. */
static uint32_t find(const hat_contents* c, hat_page_hash hash)
{
    for (uint32_t at = place_of(c, hash); c->table[at] != 0; at = (at + 1) & c->table_mask) {
        const hat_page_hash* const h = &c->hashes[c->table[at] - 1];
        if (h->low == hash.low && h->high == hash.high)
            return c->table[at];
    }
    return 0;
}

static void enter(hat_contents* c, uint32_t id)
{
    uint32_t at = place_of(c, c->hashes[id - 1]);
    while (c->table[at] != 0)
        at = (at + 1) & c->table_mask;
    c->table[at] = id;
}

static void grow_table(hat_contents* c)
{
    memset(c->table, 0, ((size_t)c->table_mask + 1) * sizeof *c->table);
    c->table_mask = 2 * c->table_mask + 1;
    for (uint32_t id = 1; id <= c->known; ++id)
        enter(c, id);
}

/* The id of a page that is not all zeros; 0 if it has none and can have none. */
static uint32_t id_of(hat_writer* w, const unsigned char* page)
{
    hat_contents* const c = w->contents;
    const hat_page_hash hash = { hat_checksum(page, HAT_PAGE_BYTES),
        hat_checksum_seeded(page, HAT_PAGE_BYTES, SECOND_SEED) };
    const uint32_t present = find(c, hash);
    if (present != 0)
        return c->is_full && present > c->whole_id ? 0 : present;
    if (c->is_full || c->last_id == UINT32_MAX)
        return 0;
    if (c->group_pages == HAT_GROUP_PAGES) {
        write_group(w);
        if (c->is_full || w->state == HAT_STOPPED)
            return 0;
    }
    memcpy(c->group + (size_t)c->group_pages++ * HAT_PAGE_BYTES, page, HAT_PAGE_BYTES);
    const uint32_t id = ++c->last_id;
    /* Ids and hashes go together only as long as every page gets one. */
    if (c->known == id - 1 && c->known < c->known_limit) {
        c->hashes[c->known++] = hash;
        if (2 * c->known > c->table_mask)
            grow_table(c);
        else
            enter(c, id);
    }
    return id;
}

/* --- moments --- */

static void begin_part(hat_contents* c)
{
    unsigned char* p = c->rows.begin;
    p = hat_put_number(p, c->ordinal);
    p = hat_put_number(p, c->kind);
    p = hat_put_number(p, c->name_bytes);
    memcpy(p, c->name, c->name_bytes);
    c->rows.at = p + c->name_bytes;
    c->next_page = 0;
    c->expected_id = 1;
}

static void write_part(hat_writer* w, unsigned last)
{
    hat_contents* const c = w->contents;
    if (w->state == HAT_STOPPED)
        return;
    unsigned codec = 0;
    const size_t raw = hat_fill(&c->rows);
    const size_t stored = hat_store(w, HAT_SECTION_HEADER_BYTES, c->rows.begin, raw, &codec);
    if (stored == 0 || !fits(w, stored)) {
        c->is_cut = 1;
        return;
    }
    const unsigned flags = c->flags | last | (c->is_cut ? HAT_MOMENT_CUT : 0u);
    c->bytes += HAT_SECTION_HEADER_BYTES + stored;
    hat_write_stored(w, HAT_SECTION_MOMENT, codec, flags, stored, raw, 0, hat_events(w));
    c->flags = 0;
}

/* What the row names must stand before it in the file, so groups are written first. */
static void next_part(hat_writer* w, unsigned last)
{
    write_group(w);
    write_part(w, last);
    begin_part(w->contents);
}

static void put_row(hat_writer* w)
{
    hat_contents* const c = w->contents;
    if (c->row_count == 0)
        return;
    if (hat_room(&c->rows) < ROW_ROOM)
        next_part(w, 0);
    unsigned char* p = hat_put_number(c->rows.at, c->row_page - c->next_page);
    p = hat_put_number(p, c->row_count << 2 | c->row_form);
    if (c->row_form != HAT_PAGES_ZERO) {
        p = hat_put_number(p, hat_zigzag(c->row_id - c->expected_id));
        c->expected_id = c->row_form == HAT_PAGES_RISING ? c->row_id + c->row_count : c->row_id + 1;
    }
    c->rows.at = p;
    c->next_page = c->row_page + c->row_count;
    c->row_count = 0;
}

void hat_contents_begin(hat_writer* w, int kind, const char* name, size_t name_size)
{
    hat_contents* const c = w->contents;
    if (c == NULL || c->is_open || w->state == HAT_STOPPED)
        return;
    hat_start(w);
    hat_flush(w); /* the moment's event index is that of the events written */
    c->is_open = 1;
    c->is_cut = 0;
    c->flags = HAT_MOMENT_FIRST;
    ++c->ordinal;
    c->kind = (unsigned)kind;
    c->name_bytes = name_size < HAT_MAX_MOMENT_NAME ? (uint32_t)name_size : HAT_MAX_MOMENT_NAME;
    if (c->name_bytes != 0)
        memcpy(c->name, name, c->name_bytes);
    c->row_count = 0;
    begin_part(c);
}

void hat_contents_page(hat_writer* w, uint64_t address, const void* bytes)
{
    hat_contents* const c = w->contents;
    const uint64_t page = address >> HAT_PAGE_SHIFT;
    if (c == NULL || !c->is_open || w->state == HAT_STOPPED || page < c->row_page + c->row_count)
        return;
    const uint32_t id = is_zero(bytes) ? 0 : id_of(w, bytes);
    if (id == 0 && !is_zero(bytes)) {
        c->is_cut = 1;
        return;
    }
    const unsigned form = id == 0 ? HAT_PAGES_ZERO : HAT_PAGES_RISING;
    if (c->row_count != 0 && page == c->row_page + c->row_count) {
        const int grows = form == HAT_PAGES_ZERO ? c->row_form == HAT_PAGES_ZERO
            : c->row_form == HAT_PAGES_RISING    ? id == c->row_id + c->row_count
                                                 : c->row_form == HAT_PAGES_SAME && id == c->row_id;
        if (grows) {
            ++c->row_count;
            return;
        }
        if (form != HAT_PAGES_ZERO && c->row_count == 1 && c->row_form == HAT_PAGES_RISING
            && id == c->row_id) {
            c->row_form = HAT_PAGES_SAME;
            c->row_count = 2;
            return;
        }
    }
    put_row(w);
    c->row_page = page;
    c->row_count = 1;
    c->row_id = id;
    c->row_form = form;
}

void hat_contents_cut(hat_writer* w)
{
    if (w->contents != NULL && w->contents->is_open)
        w->contents->is_cut = 1;
}

void hat_contents_end(hat_writer* w)
{
    hat_contents* const c = w->contents;
    if (c == NULL || !c->is_open)
        return;
    put_row(w);
    next_part(w, HAT_MOMENT_LAST);
    c->is_open = 0;
    c->row_page = 0;
    c->row_count = 0;
}
