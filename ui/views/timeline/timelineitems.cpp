// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelineitems.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/timeline/markerindex.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

using timelinelayout::Part;

/// Opacity of everything after the cursor.
constexpr double futureOpacity = 0.42;
constexpr double handleWidth = 8;
constexpr double leastApart = 4; ///< lines through the plot closer than this would hide the curves

QColor faded(QColor color, double share)
{
    color.setAlphaF(static_cast<float>(share));
    return color;
}

QFont pillFont() { return fonts::ui(11.5, QFont::DemiBold); }

/// Height of a bar in the lane for so many signs in one pixel: a tenfold number is a step higher.
double densityHeight(std::size_t count, double lane)
{
    return std::min(4 + 3 * std::log10(static_cast<double>(std::max<std::size_t>(count, 1))), lane);
}

/// Calls visit(pixel of the first, index of the first, how many) for each pixel that has signs.
template <class Visit>
void eachPixel(const TimelineScene& scene, std::span<const std::uint64_t> events, Visit visit)
{
    const double width = scene.plot.width();
    const double end = std::nextafter(scene.view.end, scene.view.end + 1);
    std::size_t i = MarkerIndex::firstFrom(events, scene.view.begin);
    while (i < events.size() && static_cast<double>(events[i]) < end) {
        const double pixel =
            std::round(timelinelayout::pixelOf(scene.view, static_cast<double>(events[i]), width));
        const double next = timelinelayout::eventOf(scene.view, pixel + 0.5, width);
        const std::size_t after = std::max(MarkerIndex::firstFrom(events, std::min(next, end)), i + 1);
        visit(scene.plot.left() + pixel + 0.5, i, after - i);
        i = after;
    }
}

} // namespace

QRectF TimelineScene::handle(Part part) const
{
    if (!range || part == Part::Cursor)
        return {};
    const bool isBegin = part == Part::RangeBegin;
    const double x = std::round(pixelOf(isBegin ? range->begin : range->end));
    if (x < plot.left() - 1 || x > plot.right() + 1)
        return {};
    // Outside of the range, so that both can be taken however short it is.
    return { isBegin ? x - handleWidth : x, laneTop, handleWidth, laneHeight };
}

QRectF TimelineScene::cursorPill() const
{
    const double x = std::round(pixelOf(cursor)) + 0.5;
    if (x < plot.left() - 0.5 || x > plot.right() + 1)
        return {};
    const double width = QFontMetricsF(pillFont()).horizontalAdvance(wording::count(cursor)) + 16;
    const double left = std::clamp(x - width / 2, plot.left() - 8, plot.right() - width + 8);
    return { std::round(left), plot.bottom() + 4, width, static_cast<double>(fonts::scaled(16)) };
}

SignsItem::SignsItem(QCustomPlot* plot, const TimelineScene* scene, const MarkerIndex* markers)
    : QCPAbstractItem(plot)
    , m_scene(scene)
    , m_markers(markers)
{
    setClipToAxisRect(false);
    setSelectable(false);
}

double SignsItem::selectTest(const QPointF&, bool, QVariant*) const { return -1; }

void SignsItem::draw(QCPPainter* painter)
{
    drawGcRuns(painter);
    drawCheckpoints(painter);
}

void SignsItem::drawGcRuns(QCPPainter* painter) const
{
    const Theme& theme = Theme::current();
    const double bottom = m_scene->laneTop + m_scene->laneHeight;
    const double tip = bottom - 4;
    double last = -10;
    eachPixel(*m_scene, m_markers->gcRuns(), [&](double x, std::size_t, std::size_t count) {
        const bool hasRoom = x - last >= leastApart;
        if (count > 1 || !hasRoom) {
            const double high = densityHeight(count, m_scene->laneHeight - 1);
            painter->fillRect(QRectF(x - 0.5, bottom - high, 1, high), theme.gcPurple);
        }
        if (!hasRoom)
            return;
        last = x;
        painter->setAntialiasing(false);
        painter->setPen(QPen(faded(theme.gcPurple, 0.35), 1));
        painter->drawLine(QPointF(x, tip - 2), QPointF(x, m_scene->plot.bottom()));
        if (count > 1)
            return;
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.gcPurple);
        const QPointF triangle[] = { { x - 4.5, tip - 7 }, { x + 4.5, tip - 7 }, { x, tip } };
        painter->drawPolygon(triangle, 3);
    });
}

void SignsItem::drawCheckpoints(QCPPainter* painter) const
{
    const Theme& theme = Theme::current();
    const double bottom = m_scene->laneTop + m_scene->laneHeight;
    const double top = m_scene->laneTop + 3;
    const QFont font = fonts::ui(9, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double flagHeight = fonts::scaled(12);
    painter->setFont(font);
    double lastLine = -10;
    double flagEnd = -10;
    eachPixel(*m_scene, m_markers->checkpoints(), [&](double x, std::size_t first, std::size_t count) {
        painter->setAntialiasing(false);
        if (count > 1) {
            const double high = densityHeight(count, m_scene->laneHeight - 1);
            painter->fillRect(QRectF(x - 0.5, bottom - high, 1, high), theme.ok);
        }
        if (x - lastLine < leastApart) {
            if (count == 1)
                painter->fillRect(QRectF(x - 0.5, bottom - 4, 1, 4), theme.ok);
            return;
        }
        lastLine = x;
        painter->setPen(QPen(theme.ok, 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawLine(QPointF(x, count > 1 ? bottom : top), QPointF(x, m_scene->plot.bottom()));
        if (count > 1 || x < flagEnd) // its flag would hide the neighbour's letter; the line stays
            return;
        const QString letter = timelinelayout::checkpointLetter(first);
        const double flagWidth = std::max(flagHeight + 1, metrics.horizontalAdvance(letter) + 5);
        const QRectF flag(x - 0.5, top, flagWidth, flagHeight);
        painter->fillRect(flag, theme.ok);
        painter->setPen(Theme::labelOn(theme.ok));
        painter->setAntialiasing(true);
        painter->drawText(flag, Qt::AlignCenter, letter);
        flagEnd = x + flagWidth;
    });
}

CursorItem::CursorItem(QCustomPlot* plot, const TimelineScene* scene)
    : QCPAbstractItem(plot)
    , m_scene(scene)
{
    setClipToAxisRect(false);
    setSelectable(false);
}

double CursorItem::selectTest(const QPointF&, bool, QVariant*) const { return -1; }

void CursorItem::draw(QCPPainter* painter)
{
    const Theme& theme = Theme::current();
    const QRectF plot = m_scene->plot;
    if (m_scene->events == 0)
        return;
    const double x = std::round(m_scene->pixelOf(m_scene->cursor)) + 0.5;

    // The future is veiled with the panel's colour instead of being drawn twice.
    const double veilLeft = std::clamp(x + 0.5, plot.left(), plot.right() + 1);
    painter->setAntialiasing(false);
    painter->fillRect(
        QRectF(QPointF(veilLeft, m_scene->laneTop), QPointF(plot.right() + 12, plot.bottom() + 2)),
        faded(theme.panel, 1 - futureOpacity));

    if (m_scene->life) {
        const auto pixel = [&](std::uint64_t event) {
            return std::clamp(m_scene->pixelOf(event), plot.left(), plot.right());
        };
        const double from = pixel(m_scene->life->begin);
        painter->fillRect(
            QRectF(from, plot.bottom() + 1, std::max(pixel(m_scene->life->end) - from, 2.0), 3), theme.text);
    }
    const QRectF pill = m_scene->cursorPill();
    drawRange(painter, pill);
    if (pill.isNull())
        return;

    painter->setAntialiasing(false);
    painter->setPen(QPen(theme.text, 2));
    painter->drawLine(QPointF(x, m_scene->laneTop + 9), QPointF(x, plot.bottom() + 4));
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.text);
    painter->drawEllipse(QPointF(x, m_scene->laneTop + 8), 4.5, 4.5);
    painter->drawRoundedRect(pill, 3, 3);
    painter->setPen(theme.canvas);
    painter->setFont(pillFont());
    painter->drawText(pill, Qt::AlignCenter, wording::count(m_scene->cursor));
    if (m_scene->showsFocus && m_scene->focused == Part::Cursor) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme.accent, 2));
        painter->drawRoundedRect(pill.adjusted(-2, -2, 2, 2), 4, 4);
    }
}

// The band, its length below it, and a handle at each end.
void CursorItem::drawRange(QCPPainter* painter, const QRectF& pill) const
{
    const Theme& theme = Theme::current();
    const QRectF plot = m_scene->plot;
    if (!m_scene->range) {
        drawEventLabels(painter, pill);
        return;
    }
    const double from =
        std::clamp(std::round(m_scene->pixelOf(m_scene->range->begin)), plot.left(), plot.right());
    const double to =
        std::clamp(std::round(m_scene->pixelOf(m_scene->range->end)), plot.left(), plot.right());
    painter->setAntialiasing(false);
    painter->fillRect(
        QRectF(from, m_scene->laneTop, to - from, m_scene->laneHeight), faded(theme.accent, 0.24));
    painter->fillRect(QRectF(from, plot.top(), to - from, plot.height()), faded(theme.accent, 0.13));

    const QString length = wording::events(m_scene->range->size());
    painter->setFont(pillFont());
    const double width = QFontMetricsF(painter->font()).horizontalAdvance(length) + 12;
    const double left = std::clamp((from + to - width) / 2, plot.left() - 8, plot.right() - width + 8);
    QRectF box(std::round(left), plot.bottom() + 4, width, fonts::scaled(16));
    const bool isSeen = to > from || (from > plot.left() && from < plot.right());
    const bool isBelow = !box.adjusted(-4, 0, 4, 0).intersects(pill);
    if (!isBelow)
        box.moveTop(plot.top() + 2);
    drawEventLabels(painter, pill, isSeen && isBelow ? box : QRectF());
    if (isSeen) {
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.selectTint);
        painter->drawRoundedRect(box, 3, 3);
        painter->setPen(theme.text);
        painter->setFont(pillFont());
        painter->drawText(box, Qt::AlignCenter, length);
    }

    for (const Part part : { Part::RangeBegin, Part::RangeEnd }) {
        const QRectF handle = m_scene->handle(part);
        if (handle.isNull())
            continue;
        const bool isBegin = part == Part::RangeBegin;
        const double x = isBegin ? handle.right() : handle.left();
        painter->setAntialiasing(false);
        painter->fillRect(
            QRectF(isBegin ? x - 1 : x, handle.top(), 1, plot.bottom() - handle.top()), theme.accent);
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.accent);
        painter->drawRoundedRect(handle, 2, 2);
        painter->fillRect(
            QRectF(handle.center().x() - 0.5, handle.top() + 5, 1, handle.height() - 10), theme.onAccent);
        if (m_scene->showsFocus && m_scene->focused == part) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(theme.text, 2));
            painter->drawRoundedRect(handle.adjusted(-2, -1, 2, 1), 3, 3);
        }
    }
}

void CursorItem::drawEventLabels(QCPPainter* painter, const QRectF& pill, const QRectF& other) const
{
    const QRectF plot = m_scene->plot;
    painter->setFont(fonts::chart());
    painter->setPen(Theme::current().text3);
    painter->setAntialiasing(true);
    const QFontMetricsF metrics(painter->font());
    for (const double tick : timelinelayout::eventTicks(m_scene->view, plot.width(), fonts::scaled(180))) {
        const QString label = timelinelayout::eventLabel(tick);
        const double width = metrics.horizontalAdvance(label);
        const double x = plot.left() + timelinelayout::pixelOf(m_scene->view, tick, plot.width());
        const double left = std::clamp(x - width / 2, plot.left(), plot.right() - width);
        const QRectF box(left, plot.bottom() + 4, width + 1, fonts::scaled(16));
        const QRectF around = box.adjusted(-6, 0, 6, 0);
        if (!around.intersects(pill) && !around.intersects(other))
            painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter, label);
    }
}

} // namespace heapatlas
