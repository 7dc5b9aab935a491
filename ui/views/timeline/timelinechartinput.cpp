// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do to the chart.
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/views/timeline/timelineaccess.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineitems.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace heapatlas {

namespace {

constexpr double wheelNotch = 120;
constexpr double zoomPerNotch = 1.25;
constexpr double handleReach = 3; ///< pixels beside a handle that take it, too
constexpr int bigNudge = 10;
constexpr qsizetype tipLines = 3;

bool snaps(Qt::KeyboardModifiers modifiers) { return (modifiers & Qt::AltModifier) == 0; }

} // namespace

std::uint64_t TimelineChart::snapped(double pixel, bool snap) const
{
    if (snap) {
        if (const auto target = m_markers.nearest(m_view, pixel - plotLeft(), plotWidth(), snapReach))
            return *target;
    }
    return eventAt(pixel);
}

void TimelineChart::scrubTo(double pixel, bool snap)
{
    if (m_events == 0)
        return;
    const std::uint64_t event = snapped(pixel, snap);
    if (event != m_cursor)
        Q_EMIT cursorRequested(event);
}

std::optional<TimelineChart::Part> TimelineChart::handleAt(QPointF position) const
{
    for (const Part part : { Part::RangeBegin, Part::RangeEnd }) {
        const QRectF box = m_scene->handle(part);
        if (!box.isNull() && box.adjusted(-handleReach, 0, handleReach, 2).contains(position))
            return part;
    }
    return std::nullopt;
}

void TimelineChart::press(QPointF position, Qt::KeyboardModifiers modifiers)
{
    m_drag = {};
    m_drag.pressedAt = position.x();
    m_drag.before = m_range;
    if (m_events == 0)
        return;
    if (const auto handle = handleAt(position)) {
        setFocusedPart(*handle);
        m_drag.what = Drag::What::RangeEnd;
        m_drag.anchor = *handle == Part::RangeBegin ? m_range->end : m_range->begin;
    } else if (position.y() < m_scene->laneTop + m_scene->laneHeight) {
        m_drag.what = Drag::What::NewRange;
        m_drag.anchor = snapped(position.x(), snaps(modifiers));
    } else {
        setFocusedPart(Part::Cursor);
        m_drag.what = Drag::What::Cursor;
        scrubTo(position.x(), snaps(modifiers));
    }
}

void TimelineChart::drag(QPointF position, Qt::KeyboardModifiers modifiers)
{
    m_drag.hasMoved = m_drag.hasMoved
        || std::abs(position.x() - m_drag.pressedAt) >= QApplication::startDragDistance() / 2.0;
    if (m_drag.what == Drag::What::Cursor) {
        scrubTo(position.x(), snaps(modifiers));
        return;
    }
    if (m_drag.what == Drag::What::Nothing || !m_drag.hasMoved)
        return;
    const std::uint64_t event = snapped(position.x(), snaps(modifiers));
    const EventRange range { std::min(event, m_drag.anchor), std::max(event, m_drag.anchor) };
    if (range.isEmpty() || range == m_range)
        return;
    // The handle under the pointer stays the one that is held when it passes the other.
    m_scene->focused = event < m_drag.anchor ? Part::RangeBegin : Part::RangeEnd;
    Q_EMIT rangeRequested(range);
}

void TimelineChart::release(QPointF position, Qt::KeyboardModifiers modifiers)
{
    // A click in the lane goes to the sign there.
    if (m_drag.what == Drag::What::NewRange && !m_drag.hasMoved)
        scrubTo(position.x(), snaps(modifiers));
    m_drag = {};
}

void TimelineChart::wheel(QPointF position, QPoint turn, Qt::KeyboardModifiers modifiers)
{
    const double events = static_cast<double>(m_events);
    if ((modifiers & Qt::ShiftModifier) != 0 || std::abs(turn.x()) > std::abs(turn.y())) {
        const double notches = (turn.x() != 0 ? turn.x() : turn.y()) / wheelNotch;
        setView(timelinelayout::panned(m_view, -notches * m_view.span() / 10, events));
        return;
    }
    const double pivot = timelinelayout::eventOf(m_view, position.x() - plotLeft(), plotWidth());
    setView(timelinelayout::zoomed(m_view, std::pow(zoomPerNotch, turn.y() / wheelNotch),
        std::clamp(pivot, m_view.begin, m_view.end), events));
}

void TimelineChart::updatePointer(QPointF position)
{
    const bool isOverHandle = handleAt(position).has_value();
    m_plot->setCursor(isOverHandle ? Qt::SplitHCursor : Qt::ArrowCursor);
}

bool TimelineChart::showTip(QPoint position, QPoint global)
{
    if (handleAt(position)) {
        QToolTip::showText(global,
            tr("%1 selected\nDrag to change, double-click to zoom, Esc to clear")
                .arg(wording::events(m_range->size())),
            this);
        return true;
    }
    const auto target = m_markers.nearest(m_view, position.x() - plotLeft(), plotWidth(), snapReach);
    if (!target || position.y() > m_scene->plot.bottom()) {
        QToolTip::hideText();
        return false;
    }
    QStringList lines = m_markers.describe(*target, tipLines);
    lines << tr("Event %1").arg(wording::count(*target));
    // What shares its pixel cannot be pointed at one by one.
    const double pixel = std::round(pixelOf(static_cast<double>(*target)) - plotLeft());
    const double from = timelinelayout::eventOf(m_view, pixel - 0.5, plotWidth());
    const double to = timelinelayout::eventOf(m_view, pixel + 0.5, plotWidth());
    const std::size_t runs = MarkerIndex::countIn(m_markers.gcRuns(), from, to);
    const std::size_t points = MarkerIndex::countIn(m_markers.checkpoints(), from, to);
    if (runs + points > 1) {
        lines << tr("%1 GC runs and %2 checkpoints in this pixel; zoom in to tell them apart")
                     .arg(wording::count(runs), wording::count(points));
    }
    QToolTip::showText(global, lines.join(u'\n'), this);
    return true;
}

bool TimelineChart::event(QEvent* event)
{
    // Esc is a key of the window as well; here it belongs to the range.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape
        && (m_range || m_drag.what != Drag::What::Nothing)) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

bool TimelineChart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        setFocus(Qt::MouseFocusReason);
        if (mouse->button() == Qt::MiddleButton)
            m_panFrom = mouse->position().x();
        if (mouse->button() == Qt::LeftButton)
            press(mouse->position(), mouse->modifiers());
        return true;
    }
    case QEvent::MouseMove: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if ((mouse->buttons() & Qt::LeftButton) != 0) {
            drag(mouse->position(), mouse->modifiers());
        } else if ((mouse->buttons() & Qt::MiddleButton) != 0 && m_panFrom) {
            const double delta =
                (*m_panFrom - mouse->position().x()) / std::max(plotWidth(), 1.0) * m_view.span();
            m_panFrom = mouse->position().x();
            setView(timelinelayout::panned(m_view, delta, static_cast<double>(m_events)));
        } else {
            updatePointer(mouse->position());
        }
        return true;
    }
    case QEvent::MouseButtonRelease: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        m_panFrom.reset();
        if (mouse->button() == Qt::LeftButton)
            release(mouse->position(), mouse->modifiers());
        return true;
    }
    case QEvent::MouseButtonDblClick: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        m_drag = {};
        const bool isLane = mouse->position().y() < m_scene->laneTop + m_scene->laneHeight;
        const bool isRange = m_range && isLane
            && (handleAt(mouse->position()) || m_range->contains(eventAt(mouse->position().x())));
        isRange ? zoomToRange() : fit();
        return true;
    }
    case QEvent::Wheel: {
        const auto* turned = static_cast<QWheelEvent*>(event);
        wheel(turned->position(), turned->angleDelta(), turned->modifiers());
        return true;
    }
    case QEvent::ContextMenu:
        showMenu(static_cast<QContextMenuEvent*>(event)->globalPos());
        return true;
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        showTip(help->pos(), help->globalPos());
        return true;
    }
    default:
        return false;
    }
}

void TimelineChart::contextMenuEvent(QContextMenuEvent* event)
{
    // Opened by key, it stands at what the keys move.
    const QRect box = partBox(focusedPart());
    showMenu(mapToGlobal(box.isNull() ? rect().center() : box.center()));
    event->accept();
}

void TimelineChart::showMenu(QPoint global)
{
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("timelineMenu"));
    const auto add = [&menu](const QString& text, bool isEnabled, auto&& does) {
        QAction* action = menu.addAction(text);
        action->setEnabled(isEnabled);
        QObject::connect(action, &QAction::triggered, &menu, std::forward<decltype(does)>(does));
    };
    add(tr("Set range start at cursor"), m_events > 0, [this] { Q_EMIT rangeStartRequested(); });
    add(tr("Set range end at cursor"), m_events > 0, [this] { Q_EMIT rangeEndRequested(); });
    add(tr("Zoom to range"), m_range.has_value(), [this] { zoomToRange(); });
    add(tr("Clear range"), m_range.has_value(), [this] { Q_EMIT rangeRequested(std::nullopt); });
    menu.addSeparator();
    add(tr("Fit"), m_events > 0, [this] { fit(); });
    add(tr("Show as table…"), m_events > 0, [this] { Q_EMIT tableRequested(); });
    add(tr("Copy as table"), m_events > 0, [this] { Q_EMIT copyRequested(); });
    menu.exec(global);
}

void TimelineChart::nudge(Part part, int pixels)
{
    const double worth = std::max(m_view.span() / std::max(plotWidth(), 1.0), 1.0);
    const auto distance = static_cast<std::uint64_t>(worth * std::abs(pixels));
    const auto moved = [&](std::uint64_t event) {
        return pixels < 0 ? event - std::min(event, distance) : std::min(event + distance, m_events);
    };
    if (part == Part::Cursor) {
        Q_EMIT cursorRequested(moved(m_cursor));
        return;
    }
    if (!m_range)
        return;
    EventRange range = *m_range;
    if (part == Part::RangeBegin)
        range.begin = std::min(moved(range.begin), range.end - 1);
    else
        range.end = std::max(moved(range.end), range.begin + 1);
    if (range != *m_range)
        Q_EMIT rangeRequested(range);
}

void TimelineChart::keyPressEvent(QKeyEvent* event)
{
    const int step = (event->modifiers() & Qt::ShiftModifier) != 0 ? bigNudge : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        nudge(focusedPart(), -step);
        break;
    case Qt::Key_Right:
        nudge(focusedPart(), step);
        break;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        constexpr int parts = 3;
        const int turn = event->key() == Qt::Key_Down ? 1 : parts - 1;
        setFocusedPart(static_cast<Part>((static_cast<int>(focusedPart()) + turn) % parts));
        m_scene->showsFocus = true;
        redraw(Repaint::Overlay);
        break;
    }
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(zoomPerNotch);
        break;
    case Qt::Key_Minus:
        zoom(1 / zoomPerNotch);
        break;
    case Qt::Key_0:
        fit();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        zoomToRange();
        break;
    case Qt::Key_Escape:
        if (m_drag.what == Drag::What::NewRange || m_drag.what == Drag::What::RangeEnd) {
            const auto before = m_drag.before;
            m_drag = {};
            Q_EMIT rangeRequested(before);
        } else if (m_range) {
            Q_EMIT rangeRequested(std::nullopt);
        } else {
            QWidget::keyPressEvent(event);
        }
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void TimelineChart::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_scene->showsFocus = event->reason() != Qt::MouseFocusReason && event->reason() != Qt::PopupFocusReason;
    redraw(Repaint::Overlay);
    m_access->focusMoved();
}

void TimelineChart::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_scene->showsFocus = false;
    redraw(Repaint::Overlay);
}

} // namespace heapatlas
