// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/togglebutton.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QFontMetrics>
#include <QPainter>

namespace heapatlas {

namespace {

constexpr int tickSize = 16;

} // namespace

ToggleButton::ToggleButton(const QString& text, QWidget* parent)
    : QAbstractButton(parent)
{
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

QSize ToggleButton::sizeHint() const
{
    const QFontMetrics metrics(fonts::ui(13, QFont::Medium));
    return { metrics.horizontalAdvance(text()) + fonts::scaled(tickSize) + fonts::scaled(26),
        fonts::scaled(28) };
}

void ToggleButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setBrush(isDown() ? theme.selectTint : underMouse() ? theme.hover : theme.raised);
    painter.setPen(hasFocus() ? QPen(theme.accent, 2) : QPen(theme.lineStrong, 1));
    painter.drawRoundedRect(hasFocus() ? frame.adjusted(0.5, 0.5, -0.5, -0.5) : frame, 6, 6);
    const int tick = fonts::scaled(tickSize);
    const QRect box = rect().adjusted(fonts::scaled(9), 0, 0, 0);
    if (isChecked())
        painter.drawPixmap(box.left(), (height() - tick) / 2,
            icons::pixmap(u"check", tick, theme.accent, devicePixelRatioF()));
    painter.setFont(fonts::ui(13, QFont::Medium));
    painter.setPen(isChecked() ? theme.text : theme.text2);
    painter.drawText(
        box.adjusted(tick + fonts::scaled(6), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

} // namespace heapatlas
