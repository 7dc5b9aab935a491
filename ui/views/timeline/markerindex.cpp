// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/markerindex.h"

#include "session/wording.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

QString text(const char* source) { return QCoreApplication::translate("Timeline", source); }

} // namespace

void MarkerIndex::setMarkers(Markers markers)
{
    // The same table, grown, is taken up where it was left; any other one anew.
    const bool isGrown = markers && m_markers && m_seen != 0 && markers->size() >= m_seen
        && markers->front().event == m_firstEvent && (*markers)[m_seen - 1].event == m_lastEvent;
    if (!isGrown) {
        m_gcRuns = {};
        m_checkpoints = {};
        m_seen = 0;
    }
    m_markers = std::move(markers);
    if (!m_markers)
        return;
    for (; m_seen < m_markers->size(); ++m_seen) {
        const Marker& marker = (*m_markers)[m_seen];
        Signs* const signs = std::holds_alternative<GcMarker>(marker.what) ? &m_gcRuns
            : std::holds_alternative<CheckpointMarker>(marker.what)        ? &m_checkpoints
                                                                           : nullptr;
        if (signs == nullptr)
            continue;
        signs->events.push_back(marker.event);
        signs->rows.push_back(static_cast<std::uint32_t>(m_seen));
    }
    if (m_seen != 0) {
        m_firstEvent = m_markers->front().event;
        m_lastEvent = (*m_markers)[m_seen - 1].event;
    }
}

std::size_t MarkerIndex::firstFrom(std::span<const std::uint64_t> events, double from)
{
    if (from <= 0)
        return 0;
    constexpr double tooFar = 1e18;
    const auto event = static_cast<std::uint64_t>(std::ceil(std::min(from, tooFar)));
    return static_cast<std::size_t>(std::lower_bound(events.begin(), events.end(), event) - events.begin());
}

std::size_t MarkerIndex::countIn(std::span<const std::uint64_t> events, double from, double to)
{
    const std::size_t first = firstFrom(events, from);
    return std::max(firstFrom(events, to), first) - first;
}

std::optional<std::uint64_t> MarkerIndex::before(std::span<const std::uint64_t> events, std::uint64_t event)
{
    const auto at = std::lower_bound(events.begin(), events.end(), event);
    return at == events.begin() ? std::nullopt : std::optional(*std::prev(at));
}

std::optional<std::uint64_t> MarkerIndex::after(std::span<const std::uint64_t> events, std::uint64_t event)
{
    const auto at = std::upper_bound(events.begin(), events.end(), event);
    return at == events.end() ? std::nullopt : std::optional(*at);
}

std::optional<std::uint64_t> MarkerIndex::nearest(
    timelinelayout::View view, double pixel, double width, double reach) const
{
    const double at = timelinelayout::eventOf(view, pixel, width);
    const double farthest = width > 0 ? reach * view.span() / width : 0;
    std::optional<std::uint64_t> best;
    double bestDistance = farthest;
    for (const std::span<const std::uint64_t> events : { gcRuns(), checkpoints() }) {
        const std::size_t after = firstFrom(events, at);
        for (const std::size_t i : { after - 1, after }) {
            if (i >= events.size()) // before the first one, too
                continue;
            const double distance = std::abs(static_cast<double>(events[i]) - at);
            if (distance < bestDistance || (!best && distance <= bestDistance)) {
                best = events[i];
                bestDistance = distance;
            }
        }
    }
    return best;
}

QString MarkerIndex::gcRunText(std::size_t i) const
{
    const auto& gc = std::get<GcMarker>(gcRun(i).what);
    return text("GC run %1: %2 values collected, %3 roots before, %4 after")
        .arg(wording::count(gc.after.runs), wording::count(gc.after.collected - gc.before.collected),
            wording::count(gc.before.roots), wording::count(gc.after.roots));
}

QString MarkerIndex::checkpointText(std::size_t i) const
{
    const auto& named = std::get<CheckpointMarker>(checkpoint(i).what);
    return text("Checkpoint %1: %2")
        .arg(timelinelayout::checkpointLetter(i), QString::fromStdString(named.name));
}

QStringList MarkerIndex::describe(std::uint64_t event, qsizetype limit) const
{
    QStringList lines;
    const double at = static_cast<double>(event);
    std::size_t left = 0;
    for (std::size_t i = firstFrom(checkpoints(), at); i < checkpoints().size() && checkpoints()[i] == event;
         ++i)
        lines.size() < limit ? lines.push_back(checkpointText(i)) : void(++left);
    for (std::size_t i = firstFrom(gcRuns(), at); i < gcRuns().size() && gcRuns()[i] == event; ++i)
        lines.size() < limit ? lines.push_back(gcRunText(i)) : void(++left);
    if (left > 0)
        lines << text("and %1 more").arg(wording::count(left));
    return lines;
}

} // namespace heapatlas
