// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmentedswitch.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace heapatlas {

SegmentedSwitch::SegmentedSwitch(const QStringList& labels, QWidget* parent)
    : QWidget(parent)
    , m_labels(labels)
{
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void SegmentedSwitch::setCurrent(int index)
{
    if (index == m_current)
        return;
    m_current = index;
    setAccessibleDescription(m_labels.value(index));
    update();
}

int SegmentedSwitch::segmentWidth(int index) const
{
    // As wide as the current one is drawn, so that nothing moves when the choice does.
    const QFontMetrics metrics(fonts::bodyStrong());
    return metrics.horizontalAdvance(m_labels.at(index)) + 2 * fonts::scaled(12);
}

QRect SegmentedSwitch::segmentRect(int index) const
{
    int x = 0;
    for (int i = 0; i < index; ++i)
        x += segmentWidth(i);
    return { x, 0, segmentWidth(index), height() };
}

QSize SegmentedSwitch::sizeHint() const
{
    int width = 0;
    for (int i = 0; i < static_cast<int>(m_labels.size()); ++i)
        width += segmentWidth(i);
    return { width, fonts::scaled(28) };
}

int SegmentedSwitch::indexAt(QPoint point) const
{
    for (int i = 0; i < static_cast<int>(m_labels.size()); ++i)
        if (segmentRect(i).contains(point))
            return i;
    return -1;
}

void SegmentedSwitch::choose(int index)
{
    if (index < 0 || index >= static_cast<int>(m_labels.size()))
        return;
    setCurrent(index);
    Q_EMIT chosen(index);
}

void SegmentedSwitch::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath outline;
    outline.addRoundedRect(frame, 6, 6);
    painter.fillPath(outline, theme.panel);
    painter.setClipPath(outline);
    for (int i = 0; i < static_cast<int>(m_labels.size()); ++i) {
        const QRect box = segmentRect(i);
        const bool isCurrent = i == m_current;
        if (isCurrent || i == m_hovered)
            painter.fillRect(box, isCurrent ? theme.selectTint : theme.hover);
        if (i > 0) {
            painter.setPen(theme.line);
            painter.drawLine(QPointF(box.left() + 0.5, 0), QPointF(box.left() + 0.5, height()));
        }
        painter.setFont(isCurrent ? fonts::bodyStrong() : fonts::body());
        painter.setPen(isCurrent ? theme.text : theme.text2);
        painter.drawText(box, Qt::AlignCenter, m_labels.at(i));
    }
    painter.setClipping(false);
    painter.setBrush(Qt::NoBrush);
    if (hasFocus())
        painter.setPen(QPen(theme.accent, 2));
    else
        painter.setPen(theme.line);
    painter.drawRoundedRect(hasFocus() ? frame.adjusted(0.5, 0.5, -0.5, -0.5) : frame, 6, 6);
}

bool SegmentedSwitch::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = indexAt(help->pos());
        QToolTip::showText(help->globalPos(), index < 0 ? QString() : m_tips.value(index), this);
        return true;
    }
    return QWidget::event(event);
}

void SegmentedSwitch::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        choose(indexAt(event->pos()));
}

void SegmentedSwitch::mouseMoveEvent(QMouseEvent* event)
{
    m_hovered = indexAt(event->pos());
    update();
}

void SegmentedSwitch::leaveEvent(QEvent*)
{
    m_hovered = -1;
    update();
}

void SegmentedSwitch::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_labels.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        choose(std::max(0, m_current - 1));
        break;
    case Qt::Key_Right:
        choose(std::min(last, m_current + 1));
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
        choose(m_current);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace heapatlas
