// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/eventrange.h"
#include "model/events.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heapatlas {

/// What happened in a stretch of events. Requests that failed count in `failed` only.
struct EventSums
{
    std::uint64_t events = 0;
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t reallocations = 0;
    std::uint64_t failed = 0;
    std::uint64_t gcRuns = 0; ///< by where they end
    std::uint64_t checkpoints = 0;
    Bytes bytesAllocated = 0; ///< asked for by allocations, and by reallocations for their new size

    EventSums& operator+=(const EventSums& other);
    EventSums& operator-=(const EventSums& other);
    friend EventSums operator+(EventSums a, const EventSums& b) { return a += b; }
    friend EventSums operator-(EventSums a, const EventSums& b) { return a -= b; }
    friend bool operator==(const EventSums&, const EventSums&) = default;
};

/// Sums rows [from, to) of the columns. Half a nanosecond an event or so.
[[nodiscard]] EventSums sumsOf(const EventColumns& columns, std::size_t from, std::size_t to);

// The sums before every 512th event. What happened in [a, b) is what happened before b less what happened before a:
//
//   0 ────────┬────────┬─────a──┬────────┬────────┬──b─────┬ …
//             row 1    row 2    row 3                        one row is 32 bytes, so 1/16 byte an event
//                      └─────┘ counted in the columns
//
/// Built by the first pass, in order.
class EventTotals
{
public:
    static constexpr std::uint64_t stretch = 512;

    /// The next events of the trace.
    void append(const EventColumns& columns);
    [[nodiscard]] const EventSums& all() const { return m_all; } ///< of everything appended

    /// The last event at or before `event` whose sums are known without looking at columns.
    [[nodiscard]] std::uint64_t knownBefore(std::uint64_t event) const;
    /// What happened in [0, event), an event that knownBefore() returned.
    [[nodiscard]] EventSums before(std::uint64_t event) const;

    [[nodiscard]] Bytes memoryBytes() const { return m_rows.capacity() * sizeof(Row); }

private:
    /// A replay numbers events in 32 bits, so counts fit.
    struct Row
    {
        std::uint32_t allocations = 0;
        std::uint32_t frees = 0;
        std::uint32_t reallocations = 0;
        std::uint32_t failed = 0;
        std::uint32_t gcRuns = 0;
        std::uint32_t checkpoints = 0;
        Bytes bytesAllocated = 0;
    };

    std::vector<Row> m_rows; ///< before event (i + 1) × stretch
    EventSums m_all;
};

} // namespace heapatlas
