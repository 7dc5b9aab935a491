// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

/// Smallest and largest value of a stretch of events.
struct UsageBucket
{
    Bytes liveMin = 0;
    Bytes liveMax = 0;
    Bytes realMin = 0;
    Bytes realMax = 0;
    Bytes peak = 0; ///< live peak at the end of the stretch

    void include(const UsageBucket& later);
    friend bool operator==(const UsageBucket&, const UsageBucket&) = default;
};

/// Usage over the events of a trace as a min/max pyramid: level k has buckets of baseEvents << k events, so drawing
/// costs pixels, not events. Appended to in order by the first pass; a copy is published to the views.
class UsageCurve
{
public:
    static constexpr std::uint64_t baseEvents = 256;

    /// Adds the next bucket of level 0 (the last one of a trace may cover fewer events). Amortised O(1).
    void append(const UsageBucket& bucket);
    void setEvents(std::uint64_t events) { m_events = events; } ///< events covered so far
    [[nodiscard]] std::uint64_t events() const { return m_events; }
    [[nodiscard]] bool isEmpty() const { return m_levels.empty(); }
    [[nodiscard]] std::size_t levels() const { return m_levels.size(); }
    [[nodiscard]] std::span<const UsageBucket> level(std::size_t k) const { return m_levels[k]; }
    /// Buckets [first, last) of level 0 as one; not empty. O(log(last − first)).
    [[nodiscard]] UsageBucket over(std::uint64_t first, std::uint64_t last) const;
    /// The finest level that has at most `buckets` buckets over the whole trace (or the coarsest).
    [[nodiscard]] std::size_t levelFor(std::size_t buckets) const;

private:
    std::uint64_t m_events = 0;
    std::vector<std::vector<UsageBucket>> m_levels;
};

} // namespace heapatlas
