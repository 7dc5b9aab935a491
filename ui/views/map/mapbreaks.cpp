// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapbreaks.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/views/map/maptarget.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas::mapbreaks {

namespace {

/// Two slanted strokes, as where an axis is cut.
void strokes(QPainter& painter, const QColor& color, QPointF middle, double height, double step)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.25));
    const double lean = height / 4;
    for (const double x : { -step / 2, step / 2 })
        painter.drawLine(QPointF(middle.x() + x - lean, middle.y() + height / 2),
            QPointF(middle.x() + x + lean, middle.y() - height / 2));
    painter.restore();
}

void paintLine(QPainter& painter, const Theme& theme, const QRectF& box, Bytes gap)
{
    const QFont font = fonts::secondary();
    const QFontMetricsF metrics(font);
    const QString text = breakLabel(gap);
    strokes(painter, theme.text3, { box.left() + 6, box.center().y() }, 10, 4);
    painter.setFont(font);
    painter.setPen(theme.text3);
    painter.drawText(QPointF(box.left() + 18, box.center().y() + metrics.capHeight() / 2), text);
    const double from = box.left() + 18 + metrics.horizontalAdvance(text) + 10;
    if (from < box.right() - 16)
        painter.fillRect(QRectF(from, std::floor(box.center().y()), box.right() - 16 - from, 1), theme.line);
}

void paintMark(QPainter& painter, const Theme& theme, const QRectF& box, Bytes gap)
{
    const bool isNarrow = box.width() < 12;
    strokes(painter, theme.text3, { box.center().x(), box.top() + std::min(7.0, box.height() / 2) },
        std::min(isNarrow ? 8.0 : 10.0, box.height()), isNarrow ? 2.5 : 4);
    if (isNarrow)
        return;
    const QFont font = fonts::gutter();
    const QFontMetricsF metrics(font);
    const double room = box.height() - 20;
    QString text = breakLabel(gap);
    if (metrics.horizontalAdvance(text) > room)
        text = wording::size(gap);
    if (metrics.horizontalAdvance(text) > room)
        return;
    painter.save();
    painter.translate(box.center().x(), box.top() + 18);
    painter.rotate(90);
    painter.setFont(font);
    painter.setPen(theme.text3);
    painter.drawText(QPointF(0, metrics.capHeight() / 2), text);
    painter.restore();
}

} // namespace

void paint(QPainter& painter, const MapScene& scene, const MapLayout::Item& item)
{
    if (item.breakRect.isEmpty())
        return;
    const double r = scene.layout.ratio();
    const QRect shown = item.breakRect.translated(-scene.layout.scroll());
    QRectF box(shown.left() / r, shown.top() / r, shown.width() / r, shown.height() / r);
    const bool isLine = shown.width() > shown.height() && shown.width() > scene.layout.px(100);
    if (!isLine) {
        paintMark(painter, scene.theme, box, item.gap);
        return;
    }
    // The words stay in sight however far the chunks are scrolled sideways.
    box.setLeft(std::max(box.left(), scene.layout.body().left() / r));
    box.setRight(std::min(box.right(), scene.layout.viewport().width() / r));
    paintLine(painter, scene.theme, box, item.gap);
}

} // namespace heapatlas::mapbreaks
