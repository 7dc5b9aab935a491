// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/zendmm.h"

#include <QtTest>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace heapatlas::test {

using Heap = ZendMm<SimulatedMemory>;
using Block = Heap::Block;

inline constexpr Bytes page = zendmm::pageBytes;
inline constexpr Bytes chunk = zendmm::chunkBytes;

inline ZendMmOptions optionsOf(ZendMmState::Variant variant, Bytes limit = ~Bytes { 0 } >> 1)
{
    ZendMmOptions options;
    options.variant = variant;
    options.limit = limit;
    return options;
}

/// A block or, with a failed test, the null block.
template <class H>
typename H::Block mustAllocate(H& heap, Bytes size)
{
    const auto placement = heap.allocate(size);
    if (!placement.isOk())
        QTest::qFail("allocation failed", __FILE__, __LINE__);
    return placement.block;
}

template <class H>
typename H::Block mustReallocate(H& heap, typename H::Block block, Bytes size, bool grewInPlace = false)
{
    const auto placement = heap.reallocate(block, size, grewInPlace);
    if (!placement.isOk())
        QTest::qFail("reallocation failed", __FILE__, __LINE__);
    return placement.block;
}

/// Where a block is: its chunk's place in the list, and the page and byte in it.
struct Place
{
    std::size_t chunk = 0;
    Bytes page = 0;
    Bytes byte = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

template <class H>
Place placeOf(const H& heap, typename H::Block block)
{
    const Address address = heap.addressOf(block);
    const ZendMmState state = heap.state();
    for (std::size_t i = 0; i < state.chunks.size(); ++i)
        if (state.chunks[i].address == address.alignedDown(chunk))
            return { i, address.offsetIn(chunk) / page, address.offsetIn(page) };
    return { 9999, 0, 0 };
}

/// Random requests of all kinds, the same for every heap that is fed the same seed.
class RandomProgram
{
public:
    explicit RandomProgram(unsigned seed, std::size_t target = 600)
        : m_random(seed)
        , m_target(target)
    {
    }

    /// One request; false if something that cannot fail failed.
    template <class H>
    bool step(H& heap, std::vector<typename H::Block>& live)
    {
        const auto kind = m_random() % 100;
        const bool grows = live.size() < m_target;
        if (live.empty() || kind < (grows ? 60U : 30U)) {
            const auto placement = heap.allocate(size());
            if (placement.isOk())
                live.push_back(placement.block);
            return placement.isOk();
        }
        const std::size_t which = m_random() % live.size();
        if (kind < 85) {
            const bool isFreed = heap.deallocate(live[which]) == AllocFailure::None;
            live[which] = live.back();
            live.pop_back();
            return isFreed;
        }
        if (kind == 99) {
            heap.gc();
            return true;
        }
        const Bytes wanted = size();
        const bool grewInPlace = m_random() % 2 == 0;
        const auto placement = heap.reallocate(live[which], wanted, grewInPlace);
        if (placement.isOk())
            live[which] = placement.block;
        return placement.isOk();
    }

private:
    Bytes size()
    {
        const auto kind = m_random() % 1000;
        if (kind < 700)
            return m_random() % 300;
        if (kind < 900)
            return m_random() % 3073;
        if (kind < 980)
            return 3073 + m_random() % 40000;
        if (kind < 995)
            return 3073 + m_random() % 2090000;
        return 2093057 + m_random() % 5000000;
    }

    std::mt19937 m_random;
    std::size_t m_target;
};

} // namespace heapatlas::test
