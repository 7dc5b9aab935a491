// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/painting.h"

#include "ui/theme/fonts.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace heapatlas::painting {

double elided(QPainter& painter, const QRectF& box, const QFont& font, const QColor& color,
    const QString& text, Qt::Alignment alignment)
{
    painter.setFont(font);
    painter.setPen(color);
    const QFontMetricsF metrics(font);
    const QString shown = metrics.elidedText(text, Qt::ElideRight, box.width());
    painter.drawText(box, static_cast<int>(alignment) | Qt::TextSingleLine, shown);
    return metrics.horizontalAdvance(shown);
}

double keyChip(QPainter& painter, const QRectF& box, const QColor& color, const QString& keys)
{
    const QFont font = fonts::ui(11);
    const double width = QFontMetricsF(font).horizontalAdvance(keys) + 10;
    const double height = fonts::scaled(18);
    const QRectF chip(std::floor(box.right() - width) + 0.5, std::floor(box.center().y() - height / 2) + 0.5,
        std::floor(width), height);
    QColor edge = color;
    edge.setAlphaF(0.55F);
    painter.setPen(QPen(edge, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(chip, 4, 4);
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(chip, Qt::AlignCenter, keys);
    return width;
}

void sparkline(QPainter& painter, const QRectF& box, std::span<const float> values, const QColor& line,
    const QColor& fill)
{
    if (values.size() < 2)
        return;
    QPolygonF points;
    const double step = box.width() / static_cast<double>(values.size() - 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double height = std::clamp(static_cast<double>(values[i]), 0.0, 1.0) * (box.height() - 1.5);
        points << QPointF(box.left() + static_cast<double>(i) * step, box.bottom() - height);
    }
    QPolygonF area = points;
    area << box.bottomRight() << box.bottomLeft();
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(area);
    painter.setPen(QPen(line, 1.3, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(points);
}

} // namespace heapatlas::painting
