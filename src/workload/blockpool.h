// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workload/random.h"
#include "workload/workloadheap.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace heapatlas {

/// Blocks that live for a while: at most a given number, and each new one then drives out another.
class BlockPool
{
public:
    explicit BlockPool(std::size_t limit)
        : m_limit(limit)
    {
        m_blocks.reserve(limit);
    }

    [[nodiscard]] bool isFull() const { return m_blocks.size() >= m_limit; }
    [[nodiscard]] std::size_t count() const { return m_blocks.size(); }

    /// The victim is any block (`isRandom`), else the one that came here first.
    void put(WorkloadHeap& heap, WorkloadHeap::Handle block, Random& random, bool isRandom)
    {
        if (block == WorkloadHeap::none)
            return;
        if (!isFull()) {
            m_blocks.push_back(block);
            return;
        }
        if (m_limit == 0) {
            heap.free(block);
            return;
        }
        // The random victim was chosen last time, so that what is known of it could come into the cache.
        std::size_t at = m_victim;
        if (isRandom) {
            m_victim = random.below(static_cast<std::uint32_t>(m_limit));
            heap.prefetch(m_blocks[m_victim]);
        } else {
            at = m_oldest;
            m_oldest = m_oldest + 1 == m_limit ? 0 : m_oldest + 1;
        }
        heap.free(std::exchange(m_blocks[at], block));
    }
    void freeAll(WorkloadHeap& heap)
    {
        for (const WorkloadHeap::Handle block : m_blocks)
            heap.free(block);
        m_blocks.clear();
        m_oldest = 0;
        m_victim = 0;
    }

private:
    std::vector<WorkloadHeap::Handle> m_blocks;
    std::size_t m_limit;
    std::size_t m_oldest = 0;
    std::size_t m_victim = 0;
};

} // namespace heapatlas
