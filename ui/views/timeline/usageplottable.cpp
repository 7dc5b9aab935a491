// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/usageplottable.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int margin = 3; ///< lines at the edge are as wide as elsewhere

} // namespace

UsagePlottable::UsagePlottable(QCPAxis* keyAxis, QCPAxis* valueAxis)
    : QCPAbstractPlottable(keyAxis, valueAxis)
{
    setSelectable(QCP::stNone);
}

void UsagePlottable::setLimit(Bytes limit, const QPen& pen)
{
    m_limit = limit;
    m_limitPen = pen;
}

double UsagePlottable::selectTest(const QPointF&, bool, QVariant*) const { return -1; }

QCPRange UsagePlottable::getKeyRange(bool& found, QCP::SignDomain) const
{
    found = m_curve && m_curve->events() > 0;
    return found ? QCPRange(0, static_cast<double>(m_curve->events())) : QCPRange();
}

QCPRange UsagePlottable::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const
{
    found = m_curve && !m_curve->isEmpty();
    if (!found)
        return {};
    Bytes most = 0;
    for (const UsageBucket& bucket : m_curve->level(m_curve->levels() - 1))
        most = std::max({ most, bucket.realMax, bucket.peak });
    return { 0, static_cast<double>(most) };
}

QRect UsagePlottable::clipRect() const
{
    return QCPAbstractPlottable::clipRect().adjusted(0, -margin, 0, margin);
}

std::vector<UsageColumn> UsagePlottable::columns(std::size_t width) const
{
    const QCPRange keys = mKeyAxis->range();
    return usageColumns(*m_curve, m_closeUp.get(), { keys.lower, keys.upper }, width);
}

void UsagePlottable::draw(QCPPainter* painter)
{
    const QRectF box = mKeyAxis->axisRect()->rect();
    if (m_curve && box.width() > 0 && box.height() > 0) {
        if (painter->modes().testFlag(QCPPainter::pmVectorized)) {
            drawVectors(painter, box);
        } else {
            const double ratio = painter->device()->devicePixelRatioF();
            const auto width = static_cast<std::size_t>(std::lround(box.width() * ratio));
            const int height = static_cast<int>(std::lround(box.height() * ratio));
            const int free = static_cast<int>(std::lround(margin * ratio));
            UsageInks inks = m_inks;
            for (double* size : { &inks.liveWidth, &inks.realWidth, &inks.peakWidth })
                *size *= ratio;
            inks.dash = static_cast<int>(std::lround(inks.dash * ratio));
            inks.dashGap = static_cast<int>(std::lround(inks.dashGap * ratio));
            const auto top = static_cast<Bytes>(std::max(mValueAxis->range().upper, 1.0));
            QImage image = usageImage(columns(width), height, free, top, inks);
            image.setDevicePixelRatio(ratio);
            painter->drawImage(QPointF(box.left(), box.top() - free / ratio), image);
            m_columnCount = static_cast<int>(width);
        }
    }
    if (m_limit > 0) {
        const double y = mValueAxis->coordToPixel(static_cast<double>(m_limit));
        painter->setAntialiasing(false);
        painter->setPen(m_limitPen);
        painter->drawLine(QPointF(box.left(), y), QPointF(box.right(), y));
    }
}

// For printing and SVG: the same columns as outlines.
void UsagePlottable::drawVectors(QCPPainter* painter, const QRectF& box) const
{
    const auto all = columns(static_cast<std::size_t>(std::lround(box.width())));
    QPolygonF live;
    QPolygonF real;
    QPolygonF peak;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const UsageColumn& column = all[i];
        if (column.isNothing())
            continue;
        const double x = box.left() + static_cast<double>(i);
        const auto y = [this](Bytes value) { return mValueAxis->coordToPixel(static_cast<double>(value)); };
        const bool lowFirst = live.isEmpty()
            || std::abs(live.last().y() - y(column.liveMin)) <= std::abs(live.last().y() - y(column.liveMax));
        live << QPointF(x, y(lowFirst ? column.liveMin : column.liveMax))
             << QPointF(x + 1, y(lowFirst ? column.liveMax : column.liveMin));
        real << QPointF(x, y(column.realMax)) << QPointF(x + 1, y(column.realMax));
        peak << QPointF(x, y(column.peak)) << QPointF(x + 1, y(column.peak));
    }
    if (live.isEmpty())
        return;
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_inks.area);
    painter->drawPolygon(
        QPolygonF(live) << QPointF(live.last().x(), box.bottom()) << QPointF(live.first().x(), box.bottom()));
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(m_inks.live, m_inks.liveWidth));
    painter->drawPolyline(live);
    painter->setPen(QPen(m_inks.real, m_inks.realWidth));
    painter->drawPolyline(real);
    QPen dashed(m_inks.peak, m_inks.peakWidth);
    dashed.setDashPattern({ m_inks.dash / m_inks.peakWidth, m_inks.dashGap / m_inks.peakWidth });
    painter->setPen(dashed);
    painter->drawPolyline(peak);
}

void UsagePlottable::drawLegendIcon(QCPPainter*, const QRectF&) const { }

} // namespace heapatlas
