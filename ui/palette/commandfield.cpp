// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/commandfield.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/painting.h"

#include <QKeyEvent>
#include <QPainter>

#include <cmath>

namespace heapatlas {

namespace {

constexpr int padding = 9;
constexpr int glassSize = 16;

} // namespace

CommandField::CommandField(QWidget* parent)
    : QAbstractButton(parent)
{
    setObjectName(QStringLiteral("commandField"));
    setAccessibleName(tr("Find an address, site, page or command"));
    setToolTip(tr("Find an address, site, page or command (Ctrl+K)"));
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::IBeamCursor);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void CommandField::setNarrow(bool isNarrow)
{
    if (m_isNarrow == isNarrow)
        return;
    m_isNarrow = isNarrow;
    setCursor(isNarrow ? Qt::ArrowCursor : Qt::IBeamCursor);
    updateGeometry();
    update();
}

QSize CommandField::sizeHint() const
{
    return { m_isNarrow ? fonts::scaled(32) : fonts::scaled(fullWidth), fonts::scaled(30) };
}

void CommandField::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool isHovered = underMouse();
    if (!m_isNarrow || isHovered) {
        painter.setPen(m_isNarrow ? QPen(Qt::NoPen) : QPen(theme.lineStrong, 1));
        painter.setBrush(isDown() ? theme.selectTint : isHovered ? theme.hover : theme.raised);
        painter.drawRoundedRect(box, 6, 6);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const double x = m_isNarrow ? std::round((width() - glassSize) / 2.0) : padding;
    painter.drawPixmap(QPointF(x, std::round((height() - glassSize) / 2.0)),
        icons::pixmap(u"search", glassSize, theme.text2, devicePixelRatioF()));
    if (m_isNarrow)
        return;
    QRectF text = box.adjusted(padding + glassSize + 8, 0, -8, 0);
    const double chip = painting::keyChip(painter, text, theme.text2, tr("Ctrl K"));
    painting::elided(painter, text.adjusted(0, 0, -chip - 6, 0), fonts::body(), theme.text2,
        tr("Address, site, page or command"));
}

void CommandField::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Down)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace heapatlas
