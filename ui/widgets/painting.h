// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>

#include <span>

class QFont;
class QColor;
class QPainter;

namespace heapatlas::painting {

/// One line of text, shortened with … where it does not fit. Returns the width it took.
double elided(QPainter& painter, const QRectF& box, const QFont& font, const QColor& color,
    const QString& text, Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter);

/// A key in a rounded frame ("Ctrl O"), right-aligned in the box. Returns its width.
double keyChip(QPainter& painter, const QRectF& box, const QColor& color, const QString& keys);

/// Values 0 … 1 as an area with its line, over the whole box.
void sparkline(QPainter& painter, const QRectF& box, std::span<const float> values, const QColor& line,
    const QColor& fill);

} // namespace heapatlas::painting
