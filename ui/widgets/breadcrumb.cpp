// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/breadcrumb.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int arrowWidth = 20; ///< the mark between two parts with its margins
constexpr int arrowSize = 12;

} // namespace

Breadcrumb::Breadcrumb(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

QFont Breadcrumb::fontOf(int index) const
{
    return fonts::ui(13, index == m_strong ? QFont::Medium : QFont::Normal);
}

void Breadcrumb::setParts(const QStringList& parts, int strong)
{
    if (parts == m_parts && strong == m_strong)
        return;
    m_parts = parts;
    m_strong = strong;
    m_focused = std::clamp(m_focused, 0, std::max(0, static_cast<int>(parts.size()) - 1));
    m_hovered = -1;
    setAccessibleDescription(parts.join(QStringLiteral(" › ")));
    arrange();
    updateGeometry();
    update();
}

void Breadcrumb::arrange()
{
    const int count = static_cast<int>(m_parts.size());
    QList<int> widths;
    for (int i = 0; i < count; ++i)
        widths += QFontMetrics(fontOf(i)).horizontalAdvance(m_parts.at(i)) + 2;
    const int arrow = fonts::scaled(arrowWidth);
    // From the end: the last part says where one is.
    int first = count;
    int total = 0;
    while (first > 0) {
        const int more = widths.at(first - 1) + (first < count ? arrow : 0);
        const int dots = first > 1 ? arrow : 0;
        if (total + more + dots > width() && first < count)
            break;
        total += more;
        --first;
    }
    m_isCut = first > 0;
    m_rects = QList<QRect>(count);
    int x = m_isCut ? arrow : 0;
    for (int i = first; i < count; ++i) {
        m_rects[i] = QRect(x, 0, widths.at(i), height());
        x += widths.at(i) + arrow;
    }
}

QRect Breadcrumb::partRect(int index) const { return m_rects.value(index); }

QSize Breadcrumb::sizeHint() const
{
    int width = 0;
    for (int i = 0; i < static_cast<int>(m_parts.size()); ++i)
        width += QFontMetrics(fontOf(i)).horizontalAdvance(m_parts.at(i)) + 2 + fonts::scaled(arrowWidth);
    return { width, fonts::scaled(28) };
}

QSize Breadcrumb::minimumSizeHint() const { return { fonts::scaled(72), fonts::scaled(28) }; }

int Breadcrumb::indexAt(QPoint point) const
{
    for (int i = 0; i < static_cast<int>(m_rects.size()); ++i)
        if (m_rects.at(i).adjusted(-4, 0, 4, 0).contains(point))
            return i;
    return -1;
}

void Breadcrumb::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (m_isCut) {
        painter.setFont(fonts::body());
        painter.setPen(theme.text3);
        painter.drawText(
            QRect(0, 0, fonts::scaled(arrowWidth), height()), Qt::AlignVCenter, QStringLiteral("…"));
    }
    for (int i = 0; i < static_cast<int>(m_parts.size()); ++i) {
        const QRect box = m_rects.value(i);
        if (box.isEmpty())
            continue;
        QFont font = fontOf(i);
        font.setUnderline(i == m_hovered);
        painter.setFont(font);
        painter.setPen(i == m_strong || i == m_hovered ? theme.text : theme.text2);
        painter.drawText(box.adjusted(0, 0, 2, 0), Qt::AlignVCenter | Qt::AlignLeft, m_parts.at(i));
        if (hasFocus() && i == m_focused) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme.accent, 2));
            painter.drawRoundedRect(QRectF(box).adjusted(-3, 4, 3, -4), 4, 4);
        }
        if (i + 1 < static_cast<int>(m_parts.size())) {
            const int size = fonts::scaled(arrowSize);
            const int x = box.right() + 1 + (fonts::scaled(arrowWidth) - size) / 2;
            painter.drawPixmap(
                x, (height() - size) / 2, icons::pixmap(u"chevron", size, theme.text2, devicePixelRatioF()));
        }
    }
}

void Breadcrumb::mouseMoveEvent(QMouseEvent* event)
{
    m_hovered = indexAt(event->pos());
    setCursor(m_hovered < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    update();
}

void Breadcrumb::mousePressEvent(QMouseEvent* event)
{
    const int index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0)
        Q_EMIT clicked(index);
}

void Breadcrumb::leaveEvent(QEvent*)
{
    m_hovered = -1;
    update();
}

void Breadcrumb::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_parts.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        m_focused = std::max(0, m_focused - 1);
        break;
    case Qt::Key_Right:
        m_focused = std::min(last, m_focused + 1);
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
        if (last >= 0)
            Q_EMIT clicked(m_focused);
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    update();
}

void Breadcrumb::resizeEvent(QResizeEvent*) { arrange(); }

} // namespace heapatlas
