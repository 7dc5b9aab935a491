// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntheticheap.h"

#include <cstdlib>
#include <cstring>

namespace heapatlas::phptest {

namespace {

// Rows that nobody measured have no place for the maps; any that fits will do.
unsigned freeMapOf(const ha_layout& layout)
{
    return layout.free_map != HA_NOT_KNOWN ? layout.free_map : 0x300u;
}
unsigned mapOf(const ha_layout& layout) { return layout.map != HA_NOT_KNOWN ? layout.map : 0x340u; }

} // namespace

SyntheticHeap::SyntheticHeap(const ha_layout& layout)
    : m_layout(layout)
{
    addChunk();
    const double average = 1.0;
    std::memcpy(heap() + layout.avg_chunks_count, &average, sizeof average);
    setField(layout.main_chunk, reinterpret_cast<std::uintptr_t>(m_chunks.front()));
    setField(layout.peak, 400'000);
    setField(layout.size, 390'000);
    setField(layout.limit, 128u << 20);
    if (layout.hard_limit_percent != HA_NOT_KNOWN)
        setField(layout.hard_limit_percent, UINT64_MAX);
}

SyntheticHeap::~SyntheticHeap()
{
    for (char* chunk : m_chunks)
        std::free(chunk);
}

void SyntheticHeap::addChunk()
{
    char* const chunk = static_cast<char*>(std::aligned_alloc(HA_CHUNK_BYTES, HA_CHUNK_BYTES));
    std::memset(chunk, 0, HA_CHUNK_BYTES);
    m_chunks.push_back(chunk);
    char* const first = m_chunks.front();
    char* const last = m_chunks.size() > 1 ? m_chunks[m_chunks.size() - 2] : chunk;
    ha_set_u64(chunk, HA_CHUNK_HEAP, reinterpret_cast<std::uintptr_t>(heap()));
    ha_set_u64(chunk, HA_CHUNK_NEXT, reinterpret_cast<std::uintptr_t>(first));
    ha_set_u64(chunk, HA_CHUNK_PREV, reinterpret_cast<std::uintptr_t>(last));
    ha_set_u64(last, HA_CHUNK_NEXT, reinterpret_cast<std::uintptr_t>(chunk));
    ha_set_u64(first, HA_CHUNK_PREV, reinterpret_cast<std::uintptr_t>(chunk));
    ha_set_u32(chunk, HA_CHUNK_FREE_PAGES, HA_PAGES - 1);
    ha_set_u32(chunk, HA_CHUNK_FREE_TAIL, 1);
    ha_set_u32(chunk, HA_CHUNK_NUM, static_cast<std::uint32_t>(m_chunks.size()) - 1);
    ha_set_u64(chunk, freeMapOf(m_layout), 1);
    ha_set_u32(chunk, mapOf(m_layout), HA_KIND_LARGE | 1);
    const auto count = static_cast<std::uint32_t>(m_chunks.size());
    ha_set_u32(heap(), m_layout.chunks_count, count);
    ha_set_u32(heap(), m_layout.peak_chunks_count, count);
    setField(m_layout.real_size, std::uint64_t { count } * HA_CHUNK_BYTES);
    setField(m_layout.real_peak, std::uint64_t { count } * HA_CHUNK_BYTES);
}

void SyntheticHeap::addRun(std::size_t chunk, std::uint32_t first, std::uint32_t pages, int bin)
{
    char* const at = m_chunks[chunk];
    for (std::uint32_t page = first; page < first + pages; ++page) {
        const unsigned word = freeMapOf(m_layout) + 8 * (page / 64);
        ha_set_u64(at, word, ha_u64(at, word) | std::uint64_t { 1 } << (page % 64));
    }
    ha_set_u32(at, HA_CHUNK_FREE_PAGES, ha_u32(at, HA_CHUNK_FREE_PAGES) - pages);
    ha_set_u32(at, HA_CHUNK_FREE_TAIL, first + pages);
    const unsigned map = mapOf(m_layout);
    if (bin < 0) {
        ha_set_u32(at, map + 4 * first, HA_KIND_LARGE | pages);
        return;
    }
    const auto number = static_cast<std::uint32_t>(bin);
    ha_set_u32(at, map + 4 * first, HA_KIND_SMALL | number);
    for (std::uint32_t i = 1; i < pages; ++i)
        ha_set_u32(at, map + 4 * (first + i), HA_KIND_FOLLOWING | number | i << HA_RUN_OFFSET_SHIFT);
}

void SyntheticHeap::pushFree(unsigned bin, char* slot)
{
    const unsigned head = m_layout.free_slot + 8 * bin;
    ha_set_u64(slot, 0, ha_u64(heap(), head));
    setField(head, reinterpret_cast<std::uintptr_t>(slot));
}

void SyntheticHeap::addHuge(std::uint64_t address, std::uint64_t size, char* node)
{
    ha_set_u64(node, 0, address);
    ha_set_u64(node, 8, size);
    ha_set_u64(node, 16, ha_u64(heap(), m_layout.huge_list));
    setField(m_layout.huge_list, reinterpret_cast<std::uintptr_t>(node));
}

} // namespace heapatlas::phptest
