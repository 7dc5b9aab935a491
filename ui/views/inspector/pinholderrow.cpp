// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/pinholderrow.h"

#include "session/pinwording.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/painting.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

PinHolderRow::PinHolderRow(QWidget* parent)
    : QAbstractButton(parent)
{
    setObjectName(QStringLiteral("pinHolder"));
    setAccessibleName(tr("Site that holds it"));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
}

void PinHolderRow::setHolder(const PinHolder& holder, const Frame& site)
{
    m_holder = holder;
    const QString function = QString::fromStdString(site.qualifiedName());
    const QString full = wording::pinHolder(holder, site);
    setText(holder.isAdopted || function.isEmpty() ? full : function);
    m_amount = tr("%1 in %2").arg(wording::size(holder.bytes), wording::blocks(holder.blocks));
    setAccessibleName(full + QStringLiteral(", ") + m_amount);
    setToolTip(QStringLiteral("%1\n%2, %3\n%4")
                   .arg(full, m_amount, wording::pinnedSince(holder.oldestEvent, holder.isAdopted),
                       tr("Click to select its first block here")));
    update();
}

QSize PinHolderRow::sizeHint() const { return { 200, fonts::scaled(24) }; }
QSize PinHolderRow::minimumSizeHint() const { return { 80, fonts::scaled(24) }; }

void PinHolderRow::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
    const QRectF box = QRectF(rect()).adjusted(6, 0, -6, 0);
    const QFont amountFont = fonts::secondary();
    const double amountWidth = QFontMetricsF(amountFont).horizontalAdvance(m_amount) + 1;
    painting::elided(painter, QRectF(box.right() - amountWidth, box.top(), amountWidth, box.height()),
        amountFont, theme.text2, m_amount, Qt::AlignRight | Qt::AlignVCenter);
    painting::elided(painter,
        QRectF(box.left(), box.top(), std::max(0.0, box.width() - amountWidth - 10), box.height()),
        fonts::body(), theme.text, text());
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void PinHolderRow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace heapatlas
