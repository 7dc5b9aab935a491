// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/barbutton.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/painting.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int padding = 8;
constexpr int pictureSize = 18;
constexpr int iconGap = 7;
constexpr int chevronSize = 14;
constexpr int chevronGap = 6;
constexpr int maxTextWidth = 260;

QFont labelFont() { return fonts::ui(13, QFont::Medium); }

} // namespace

BarButton::BarButton(const QString& name, const QString& text, const QString& tip, Edge edge, QWidget* parent)
    : QToolButton(parent)
    , m_edge(edge)
{
    setObjectName(name);
    setText(text);
    setAccessibleName(text.isEmpty() ? tip : text);
    setToolTip(tip);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void BarButton::setPicture(const QString& name, const QColor& color)
{
    m_picture = name;
    m_pictureColor = color;
    updateGeometry();
    update();
}

void BarButton::setDropDown(QMenu* menu, bool isSplit)
{
    m_isSplit = isSplit;
    setMenu(menu);
    setPopupMode(InstantPopup);
    updateGeometry();
}

QSize BarButton::sizeHint() const
{
    double width = 2 * (text().isEmpty() ? padding - 1 : padding);
    if (!m_picture.isEmpty())
        width += pictureSize;
    if (!text().isEmpty()) {
        width += m_picture.isEmpty() ? 0 : iconGap;
        width += std::min<double>(QFontMetricsF(labelFont()).horizontalAdvance(text()), maxTextWidth);
    }
    if (hasChevron())
        width += chevronGap + chevronSize;
    return { static_cast<int>(std::ceil(width)) + 1, fonts::scaled(30) };
}

QSize BarButton::minimumSizeHint() const { return sizeHint(); }

void BarButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool isHovered = isEnabled() && underMouse();
    if (m_edge == Edge::Framed || isHovered || isDown()) {
        painter.setPen(m_edge == Edge::Framed ? QPen(theme.lineStrong, 1) : QPen(Qt::NoPen));
        painter.setBrush(isDown() ? theme.selectTint : isHovered ? theme.hover : theme.raised);
        painter.drawRoundedRect(box, 6, 6);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const QColor ink = isEnabled() ? theme.text : Theme::mix(theme.text3, theme.window, 0.7);
    double x = text().isEmpty() ? padding - 1 : padding;
    if (!m_picture.isEmpty()) {
        const QColor color = isEnabled() && m_pictureColor.isValid() ? m_pictureColor : ink;
        painter.drawPixmap(QPointF(x, std::round((height() - pictureSize) / 2.0)),
            icons::pixmap(m_picture, pictureSize, color, devicePixelRatioF()));
        x += pictureSize + iconGap;
    }
    const double right = width() - padding - (hasChevron() ? chevronSize + chevronGap : 0);
    if (!text().isEmpty())
        painting::elided(painter, QRectF(x, 0, right - x + 1, height()), labelFont(), ink, text());
    if (hasChevron()) {
        painter.drawPixmap(
            QPointF(width() - padding - chevronSize + 2, std::round((height() - chevronSize) / 2.0)),
            icons::pixmap(u"chevron-down", chevronSize, ink, devicePixelRatioF()));
    }
}

void BarButton::mousePressEvent(QMouseEvent* event)
{
    const bool isOnChevron = event->position().x() >= width() - padding - chevronSize - chevronGap;
    if (hasChevron() && m_isSplit && !isOnChevron) {
        QAbstractButton::mousePressEvent(event); // past QToolButton, which would open the menu
        return;
    }
    QToolButton::mousePressEvent(event);
}

void BarButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Down && hasChevron())
        showMenu();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        m_isSplit || !hasChevron() ? click() : showMenu();
    else
        QToolButton::keyPressEvent(event);
}

} // namespace heapatlas
