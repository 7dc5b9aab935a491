// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "php/zendlayout.h"

#include <cstdint>
#include <vector>

namespace heapatlas::phptest {

/// A ZendMM heap made up in real memory after one row of the layout table: a main chunk with the heap struct in it, and
/// what a test adds.
class SyntheticHeap
{
public:
    explicit SyntheticHeap(const ha_layout& layout);
    ~SyntheticHeap();
    SyntheticHeap(const SyntheticHeap&) = delete;
    SyntheticHeap& operator=(const SyntheticHeap&) = delete;

    [[nodiscard]] char* heap() const { return m_chunks.front() + HA_HEAP_OFFSET; }
    [[nodiscard]] char* chunk(std::size_t i) const { return m_chunks[i]; }
    /// Appends an empty chunk to the list.
    void addChunk();
    /// Marks pages used and writes their map words; `bin` < 0: a large run.
    void addRun(std::size_t chunk, std::uint32_t first, std::uint32_t pages, int bin);
    /// Puts a slot at the head of a bin's free list.
    void pushFree(unsigned bin, char* slot);
    /// Puts a huge block (nothing is mapped at its address) at the head of the list, its node at `node`.
    void addHuge(std::uint64_t address, std::uint64_t size, char* node);

    void setField(unsigned offset, std::uint64_t value) { ha_set_u64(heap(), offset, value); }

private:
    const ha_layout& m_layout;
    std::vector<char*> m_chunks;
};

} // namespace heapatlas::phptest
