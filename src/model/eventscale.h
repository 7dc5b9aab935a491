// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

/// What the x axis of a time view counts, as a function of the event: straight between known points, not descending.
/// Positions are numbers of events: 0 is before the first, eventCount() after the last.
class EventScale
{
public:
    enum class Unit : std::uint8_t
    {
        Events,
        Seconds,
        Requested, ///< bytes asked for, since the recording began
    };
    struct Point
    {
        double position = 0;
        double value = 0;
    };

    /// Events themselves.
    EventScale() = default;
    /// Positions have to ascend; values that descend are raised. Fewer than two points measure nothing.
    EventScale(Unit unit, std::vector<Point> points);

    [[nodiscard]] Unit unit() const { return m_unit; }
    /// Whether it can be used: a trace without samples has no seconds.
    [[nodiscard]] bool isKnown() const { return m_unit == Unit::Events || m_points.size() >= 2; }
    [[nodiscard]] double valueAt(double position) const;
    /// The first position at which the value is reached.
    [[nodiscard]] double positionAt(double value) const;

private:
    Unit m_unit = Unit::Events;
    std::vector<Point> m_points;
};
using EventScalePtr = std::shared_ptr<const EventScale>;

} // namespace heapatlas
