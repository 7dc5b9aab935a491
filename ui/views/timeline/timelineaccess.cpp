// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelineaccess.h"

#include "session/wording.h"
#include "ui/views/timeline/timelinechart.h"

#include <QCoreApplication>

#include <algorithm>

namespace heapatlas {

namespace {

using timelinelayout::Part;

QString text(const char* source) { return QCoreApplication::translate("Timeline", source); }

} // namespace

TimelineAccess::TimelineAccess(TimelineChart* chart)
    : m_chart(chart)
    , m_canvas(new AccessibleCanvas(chart, this))
{
}

void TimelineAccess::itemsChanged()
{
    m_isStale = true;
    m_canvas->itemsChanged();
}

void TimelineAccess::cursorMoved() { m_canvas->announce(static_cast<int>(Part::Cursor)); }

void TimelineAccess::rangeMoved()
{
    if (m_chart->range())
        m_canvas->announce(
            std::max(static_cast<int>(m_chart->focusedPart()), static_cast<int>(Part::RangeBegin)));
}

void TimelineAccess::focusMoved() { m_canvas->focusMoved(static_cast<int>(m_chart->focusedPart())); }

int TimelineAccess::partCount() const { return m_chart->range() ? 3 : 1; }

int TimelineAccess::count() const
{
    collect();
    return partCount() + static_cast<int>(m_signs.size());
}

const TimelineAccess::Sign* TimelineAccess::sign(int item) const
{
    collect();
    const int at = item - partCount();
    return at >= 0 && at < static_cast<int>(m_signs.size()) ? &m_signs[static_cast<std::size_t>(at)]
                                                            : nullptr;
}

// Checkpoints first: they have names that somebody gave them.
void TimelineAccess::collect() const
{
    if (!std::exchange(m_isStale, false))
        return;
    m_signs.clear();
    const MarkerIndex& markers = m_chart->markers();
    const timelinelayout::View view = m_chart->view();
    for (const bool isCheckpoint : { true, false }) {
        const std::span<const std::uint64_t> events = isCheckpoint ? markers.checkpoints() : markers.gcRuns();
        const std::size_t first = MarkerIndex::firstFrom(events, view.begin);
        const std::size_t seen = MarkerIndex::countIn(events, view.begin, view.end + 1);
        const std::size_t room = mostSigns - m_signs.size();
        const std::size_t step = room == 0 ? seen + 1 : (seen + room - 1) / std::max<std::size_t>(room, 1);
        for (std::size_t i = 0; i < seen && m_signs.size() < mostSigns; i += std::max<std::size_t>(step, 1))
            m_signs.push_back({ isCheckpoint, first + i, events[first + i] });
    }
    std::sort(m_signs.begin(), m_signs.end(), [](const Sign& a, const Sign& b) { return a.event < b.event; });
}

QString TimelineAccess::name(int item) const
{
    if (const Sign* const at = sign(item)) {
        const MarkerIndex& markers = m_chart->markers();
        const QString what =
            at->isCheckpoint ? markers.checkpointText(at->index) : markers.gcRunText(at->index);
        return text("%1, event %2").arg(what, wording::count(at->event));
    }
    switch (part(item)) {
    case Part::Cursor:
        return text("Cursor, event %1 of %2")
            .arg(wording::count(m_chart->cursor()), wording::count(m_chart->events()));
    case Part::RangeBegin:
        return text("Range start, event %1, %2 selected")
            .arg(wording::count(m_chart->range()->begin), wording::events(m_chart->range()->size()));
    case Part::RangeEnd:
        return text("Range end, event %1, %2 selected")
            .arg(wording::count(m_chart->range()->end), wording::events(m_chart->range()->size()));
    }
    return {};
}

QRect TimelineAccess::rect(int item) const
{
    const Sign* const at = sign(item);
    if (at == nullptr)
        return m_chart->partBox(part(item));
    constexpr int width = 12;
    const QRect lane = m_chart->lane();
    return { qRound(m_chart->pixelOf(static_cast<double>(at->event))) - width / 2, lane.top(), width,
        lane.height() };
}

void TimelineAccess::press(int item)
{
    if (const Sign* const at = sign(item))
        Q_EMIT m_chart->cursorRequested(at->event);
    else
        focus(item);
}

QAccessible::Role TimelineAccess::role(int item) const
{
    return sign(item) != nullptr ? QAccessible::ListItem : QAccessible::Slider;
}

bool TimelineAccess::isSelected(int item) const
{
    const Sign* const at = sign(item);
    return at != nullptr && at->event == m_chart->cursor();
}

bool TimelineAccess::hasFocus(int item) const
{
    return sign(item) == nullptr && part(item) == m_chart->focusedPart();
}

void TimelineAccess::focus(int item)
{
    if (sign(item) == nullptr)
        m_chart->setFocusedPart(part(item));
}

bool TimelineAccess::isAdjustable(int item) const { return sign(item) == nullptr; }

void TimelineAccess::adjust(int item, int steps)
{
    if (sign(item) == nullptr)
        m_chart->nudge(part(item), steps);
}

} // namespace heapatlas
