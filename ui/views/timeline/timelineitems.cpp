// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelineitems.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

/// Opacity of everything after the cursor.
constexpr double futureOpacity = 0.42;

} // namespace

SignsItem::SignsItem(QCustomPlot* plot, const TimelineScene* scene, const std::vector<Marker>* signs)
    : QCPAbstractItem(plot)
    , m_scene(scene)
    , m_signs(signs)
{
    setClipToAxisRect(false);
    setSelectable(false);
}

double SignsItem::selectTest(const QPointF&, bool, QVariant*) const { return -1; }

void SignsItem::draw(QCPPainter* painter)
{
    const Theme& theme = Theme::current();
    const double top = m_scene->laneTop;
    const double bottom = m_scene->plot.bottom();
    const double width = m_scene->plot.width();
    painter->setFont(fonts::ui(9, QFont::DemiBold));
    const int flagHeight = fonts::scaled(12);
    QColor thread = theme.gcPurple;
    thread.setAlphaF(0.35F);

    double lastGcPixel = -10;
    double lastFlagPixel = -10;
    double lastFlagEnd = -10;
    std::size_t checkpoint = 0;
    for (const Marker& marker : *m_signs) {
        const bool isFlag = std::holds_alternative<CheckpointMarker>(marker.what);
        const std::size_t number = isFlag ? checkpoint++ : 0;
        const double event = static_cast<double>(marker.event);
        if (event < m_scene->view.begin || event > m_scene->view.end)
            continue;
        const double x =
            std::round(m_scene->plot.left() + timelinelayout::pixelOf(m_scene->view, event, width)) + 0.5;
        if (!isFlag) {
            if (x - lastGcPixel < 1)
                continue;
            lastGcPixel = x;
            painter->setAntialiasing(false);
            painter->setPen(QPen(thread, 1));
            painter->drawLine(QPointF(x, top + 8), QPointF(x, bottom));
            painter->setAntialiasing(true);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.gcPurple);
            const QPointF triangle[] = { { x - 4.5, top + 3 }, { x + 4.5, top + 3 }, { x, top + 10 } };
            painter->drawPolygon(triangle, 3);
            continue;
        }
        if (x - lastFlagPixel < 1) // a million of them are one line a pixel
            continue;
        lastFlagPixel = x;
        painter->setAntialiasing(false);
        painter->setPen(QPen(theme.ok, 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawLine(QPointF(x, top), QPointF(x, bottom));
        if (x < lastFlagEnd) // its flag would hide the neighbour's letter; the line stays
            continue;
        const QString letter = timelinelayout::checkpointLetter(number);
        const double flagWidth =
            std::max(flagHeight + 1, painter->fontMetrics().horizontalAdvance(letter) + 5);
        const QRectF flag(x - 0.5, top, flagWidth, flagHeight);
        painter->fillRect(flag, theme.ok);
        painter->setPen(Theme::labelOn(theme.ok));
        painter->setAntialiasing(true);
        painter->drawText(flag, Qt::AlignCenter, letter);
        lastFlagEnd = x + flagWidth;
    }
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
    const double offset =
        timelinelayout::pixelOf(m_scene->view, static_cast<double>(m_scene->cursor), plot.width());
    const double x = std::round(plot.left() + offset) + 0.5;
    const bool isInside = offset >= -0.5 && offset <= plot.width() + 0.5;

    // The future is veiled with the panel's colour instead of being drawn twice.
    const double veilLeft = std::clamp(x + 0.5, plot.left(), plot.right() + 1);
    QColor veil = theme.panel;
    veil.setAlphaF(static_cast<float>(1 - futureOpacity));
    painter->setAntialiasing(false);
    painter->fillRect(
        QRectF(QPointF(veilLeft, m_scene->laneTop), QPointF(plot.right() + 12, plot.bottom())), veil);

    if (m_scene->life) {
        const auto pixel = [&](std::uint64_t event) {
            return plot.left()
                + std::clamp(timelinelayout::pixelOf(m_scene->view, static_cast<double>(event), plot.width()),
                    0.0, plot.width());
        };
        const double from = pixel(m_scene->life->first);
        painter->fillRect(
            QRectF(from, plot.bottom() + 1, std::max(pixel(m_scene->life->second) - from, 2.0), 3),
            theme.text);
    }

    painter->setFont(fonts::ui(11.5, QFont::DemiBold));
    const QString label = wording::count(m_scene->cursor);
    const QFontMetricsF metrics(painter->font());
    const double pillWidth = metrics.horizontalAdvance(label) + 16;
    const double pillHeight = fonts::scaled(16);
    const double pillLeft = std::clamp(x - pillWidth / 2, plot.left() - 8, plot.right() - pillWidth + 8);
    const QRectF pill(std::round(pillLeft), plot.bottom() + 4, pillWidth, pillHeight);
    drawEventLabels(painter, isInside ? pill : QRectF());
    if (!isInside)
        return;

    painter->setAntialiasing(false);
    painter->setPen(QPen(theme.text, 2));
    painter->drawLine(QPointF(x, m_scene->laneTop + 6), QPointF(x, plot.bottom() + 4));
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.text);
    painter->drawEllipse(QPointF(x, m_scene->laneTop + 5), 4.5, 4.5);
    painter->drawRoundedRect(pill, 3, 3);
    painter->setPen(theme.canvas);
    painter->setFont(fonts::ui(11.5, QFont::DemiBold));
    painter->drawText(pill, Qt::AlignCenter, label);
}

void CursorItem::drawEventLabels(QCPPainter* painter, const QRectF& pill) const
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
        if (pill.isNull() || !box.adjusted(-6, 0, 6, 0).intersects(pill))
            painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter, label);
    }
}

} // namespace heapatlas
