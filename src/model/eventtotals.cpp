// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/eventtotals.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace heapatlas {

namespace {

using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Halves8 = std::uint16_t __attribute__((vector_size(16)));
using Words4 = std::uint32_t __attribute__((vector_size(16)));
using Sums2 = std::uint64_t __attribute__((vector_size(16)));

constexpr std::uint64_t eachByte = 0x0101010101010101U;
static_assert(static_cast<unsigned>(EventKind::Allocate) == 0 && static_cast<unsigned>(EventKind::Free) == 1
        && static_cast<unsigned>(EventKind::Reallocate) == 2,
    "one bit tells frees, another reallocations");

template <class Vector>
Vector load(const void* from)
{
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

std::uint64_t anyBit(Sums2 vector) { return vector[0] | vector[1]; }

void add(EventSums& sums, const EventColumns& columns, std::size_t row)
{
    const EventCode code = columns.code[row];
    if (code.hasFailed()) {
        ++sums.failed;
        return;
    }
    switch (code.kind()) {
    case EventKind::Allocate:
        ++sums.allocations;
        sums.bytesAllocated += columns.requested(row);
        break;
    case EventKind::Free:
        ++sums.frees;
        break;
    case EventKind::Reallocate:
        ++sums.reallocations;
        sums.bytesAllocated += columns.requested(row);
        break;
    case EventKind::Gc:
        ++sums.gcRuns;
        break;
    case EventKind::Checkpoint:
        ++sums.checkpoints;
        break;
    default:
        break;
    }
}

} // namespace

EventSums& EventSums::operator+=(const EventSums& other)
{
    events += other.events;
    allocations += other.allocations;
    frees += other.frees;
    reallocations += other.reallocations;
    failed += other.failed;
    gcRuns += other.gcRuns;
    checkpoints += other.checkpoints;
    bytesAllocated += other.bytesAllocated;
    return *this;
}

EventSums& EventSums::operator-=(const EventSums& other)
{
    events -= other.events;
    allocations -= other.allocations;
    frees -= other.frees;
    reallocations -= other.reallocations;
    failed -= other.failed;
    gcRuns -= other.gcRuns;
    checkpoints -= other.checkpoints;
    bytesAllocated -= other.bytesAllocated;
    return *this;
}

// Sixteen events at a time. Where all of them are requests that succeeded, which is nearly everywhere, the two lowest
// bits of a code say all there is to count, and whether its size is wanted.
EventSums sumsOf(const EventColumns& columns, std::size_t from, std::size_t to)
{
    static_assert(sizeof(EventCode) == 1);
    constexpr std::size_t group = 16;
    constexpr std::uint8_t otherKinds = (EventCode::kindMask & ~3U) | EventCode::failed;
    EventSums sums;
    const EventCode* const codes = columns.code.data();
    const std::uint32_t* const sizes = columns.size.data();
    Sums2 bytes {};
    std::size_t row = from;
    for (; row + group <= to; row += group) {
        const auto code = load<Bytes16>(codes + row);
        // 0xFF of each that is no free, spread over the four bytes of its size.
        const Bytes16 mask = (code & 1) - 1;
        const auto low = reinterpret_cast<Halves8>(
            __builtin_shufflevector(mask, mask, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));
        const auto high = reinterpret_cast<Halves8>(
            __builtin_shufflevector(mask, mask, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15));
        const auto lower = [](Halves8 half) {
            return reinterpret_cast<Words4>(__builtin_shufflevector(half, half, 0, 0, 1, 1, 2, 2, 3, 3));
        };
        const auto upper = [](Halves8 half) {
            return reinterpret_cast<Words4>(__builtin_shufflevector(half, half, 4, 4, 5, 5, 6, 6, 7, 7));
        };
        const Words4 size[] = { load<Words4>(sizes + row) & lower(low),
            load<Words4>(sizes + row + 4) & upper(low), load<Words4>(sizes + row + 8) & lower(high),
            load<Words4>(sizes + row + 12) & upper(high) };
        Sums2 added {};
        Sums2 odd = reinterpret_cast<Sums2>((code & otherKinds) | (code & (code >> 1) & 1));
        for (const Words4& four : size) {
            odd |= reinterpret_cast<Sums2>((four & EventColumns::bigSize) == EventColumns::bigSize);
            const auto pairs = reinterpret_cast<Sums2>(four);
            added += (pairs & 0xFFFFFFFFU) + (pairs >> 32U);
        }
        if (anyBit(odd) != 0) [[unlikely]] {
            for (std::size_t i = 0; i < group; ++i)
                add(sums, columns, row + i);
            continue;
        }
        bytes += added;
        const auto count = [](Bytes16 ones) {
            const auto halves = reinterpret_cast<Sums2>(ones);
            return ((halves[0] + halves[1]) * eachByte) >> 56U;
        };
        const std::uint64_t frees = count(code & 1);
        const std::uint64_t reallocations = count((code >> 1) & 1);
        sums.frees += frees;
        sums.reallocations += reallocations;
        sums.allocations += group - frees - reallocations;
    }
    sums.bytesAllocated += bytes[0] + bytes[1];
    for (; row < to; ++row)
        add(sums, columns, row);
    sums.events = to - from;
    return sums;
}

void EventTotals::append(const EventColumns& columns)
{
    assert(columns.firstEvent == m_all.events);
    const std::size_t count = columns.count();
    for (std::size_t row = 0; row < count;) {
        const std::uint64_t left = stretch - m_all.events % stretch;
        const std::size_t to = row + static_cast<std::size_t>(std::min<std::uint64_t>(left, count - row));
        m_all += sumsOf(columns, row, to);
        row = to;
        if (m_all.events % stretch == 0) {
            m_rows.push_back({ static_cast<std::uint32_t>(m_all.allocations),
                static_cast<std::uint32_t>(m_all.frees), static_cast<std::uint32_t>(m_all.reallocations),
                static_cast<std::uint32_t>(m_all.failed), static_cast<std::uint32_t>(m_all.gcRuns),
                static_cast<std::uint32_t>(m_all.checkpoints), m_all.bytesAllocated });
        }
    }
}

std::uint64_t EventTotals::knownBefore(std::uint64_t event) const
{
    if (event >= m_all.events)
        return m_all.events;
    return event / stretch * stretch;
}

EventSums EventTotals::before(std::uint64_t event) const
{
    if (event == m_all.events)
        return m_all;
    assert(event % stretch == 0 && event / stretch <= m_rows.size());
    if (event == 0)
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(event / stretch) - 1];
    return { event, row.allocations, row.frees, row.reallocations, row.failed, row.gcRuns, row.checkpoints,
        row.bytesAllocated };
}

} // namespace heapatlas
