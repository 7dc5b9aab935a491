// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/choicebox.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <cmath>

namespace heapatlas {

namespace {

constexpr int arrowSize = 14;
constexpr int arrowRight = 8; ///< from the box's edge

} // namespace

void ChoiceBox::paintEvent(QPaintEvent* event)
{
    QComboBox::paintEvent(event);
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const double x = isRightToLeft() ? arrowRight : width() - arrowRight - arrowSize;
    painter.drawPixmap(QPointF(x, std::round((height() - arrowSize) / 2.0)),
        icons::pixmap(
            u"chevron-down", arrowSize, isEnabled() ? theme.text2 : theme.text3, devicePixelRatioF()));
}

} // namespace heapatlas
