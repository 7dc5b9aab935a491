// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/eventscale.h"

#include <algorithm>
#include <utility>

namespace heapatlas {

EventScale::EventScale(Unit unit, std::vector<Point> points)
    : m_unit(unit)
    , m_points(std::move(points))
{
    for (std::size_t i = 1; i < m_points.size(); ++i)
        m_points[i].value = std::max(m_points[i].value, m_points[i - 1].value);
}

double EventScale::valueAt(double position) const
{
    if (m_unit == Unit::Events)
        return position;
    if (m_points.empty())
        return 0;
    const auto after = std::upper_bound(m_points.begin(), m_points.end(), position,
        [](double p, const Point& point) { return p < point.position; });
    if (after == m_points.begin())
        return m_points.front().value;
    if (after == m_points.end())
        return m_points.back().value;
    const Point& a = *(after - 1);
    const double share = (position - a.position) / (after->position - a.position);
    return a.value + share * (after->value - a.value);
}

double EventScale::positionAt(double value) const
{
    if (m_unit == Unit::Events)
        return value;
    if (m_points.empty())
        return 0;
    const auto at = std::lower_bound(m_points.begin(), m_points.end(), value,
        [](const Point& point, double v) { return point.value < v; });
    if (at == m_points.begin())
        return m_points.front().position;
    if (at == m_points.end())
        return m_points.back().position;
    const Point& a = *(at - 1); // below `value`, so the two differ
    return a.position + (value - a.value) / (at->value - a.value) * (at->position - a.position);
}

} // namespace heapatlas
