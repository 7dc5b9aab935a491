// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maprings.h"

#include "ui/theme/theme.h"

#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace heapatlas::maprings {

namespace {

QPainterPath outlineOf(const std::vector<QRect>& rects, qreal ratio)
{
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (const QRect& r : rects)
        path.addRect(QRectF(r.left() / ratio, r.top() / ratio, r.width() / ratio, r.height() / ratio));
    return path.simplified();
}

/// Strokes `width` pixels on the outer side of the path only: the painter clips the inner one away.
void strokeOutside(QPainter& painter, const QPainterPath& path, const QColor& color, double width)
{
    if (painter.paintEngine()->type() == QPaintEngine::SVG) { // it knows no clip
        QPainterPathStroker stroker;
        stroker.setWidth(2 * width);
        stroker.setJoinStyle(Qt::MiterJoin);
        painter.fillPath(stroker.createStroke(path).subtracted(path), color);
        return;
    }
    QPen pen(color, 2 * width);
    pen.setJoinStyle(Qt::MiterJoin);
    painter.strokePath(path, pen);
}

} // namespace

std::vector<QRect> ringed(const MapLayout& layout, AddressRange range)
{
    std::vector<QRect> rects = layout.rectsOf(range);
    const int least = layout.px(6);
    const bool isTiny = std::none_of(rects.begin(), rects.end(),
        [&](const QRect& r) { return r.width() >= least && r.height() >= std::min(least, layout.px(4)); });
    if (rects.empty() || !isTiny)
        return rects;
    const MapLayout::Item* item = layout.itemAt(range.begin);
    if (item == nullptr || item->pages == 0)
        return rects;
    const Bytes page = layout.pageBytes();
    const Address begin = item->range.begin + (range.begin - item->range.begin) / page * page;
    const Address end = item->range.begin + (range.end - item->range.begin + page - 1) / page * page;
    return layout.rectsOf({ begin, end });
}

void selection(QPainter& painter, const MapLayout& layout, AddressRange range)
{
    const std::vector<QRect> rects = ringed(layout, range);
    if (rects.empty())
        return;
    const Theme& theme = Theme::current();
    const QPainterPath path = outlineOf(rects, layout.ratio());
    QPainterPath outside;
    outside.addRect(path.boundingRect().adjusted(-8, -8, 8, 8));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipPath(outside.subtracted(path), Qt::IntersectClip);
    strokeOutside(painter, path, theme.canvas, 4);
    strokeOutside(painter, path, theme.text, 2);
    painter.restore();
}

void hover(QPainter& painter, const MapLayout& layout, AddressRange range)
{
    const std::vector<QRect> rects = layout.rectsOf(range);
    if (rects.empty())
        return;
    const QPainterPath path = outlineOf(rects, layout.ratio());
    QPainterPath outside;
    outside.addRect(path.boundingRect().adjusted(-4, -4, 4, 4));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipPath(outside.subtracted(path), Qt::IntersectClip);
    strokeOutside(painter, path, Theme::current().text, 1);
    painter.restore();
}

} // namespace heapatlas::maprings
