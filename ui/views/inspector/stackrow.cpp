// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/stackrow.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/painting.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

StackRow::StackRow(const Frame& frame, bool isInnermost, QWidget* parent)
    : QAbstractButton(parent)
    , m_frame(frame)
    , m_isInnermost(isInnermost)
{
    setObjectName(QStringLiteral("stackRow"));
    const QString name = QString::fromStdString(frame.qualifiedName());
    const bool hasSource = !frame.file.empty();
    setText(name);
    setAccessibleName(name + QStringLiteral(", ") + wording::fileAndLine(frame));
    setToolTip(hasSource ? QStringLiteral("%1\n%2:%3\n%4")
                               .arg(name, QString::fromStdString(frame.file), QString::number(frame.line),
                                   tr("Click to open in the editor"))
                         : name);
    setEnabled(hasSource);
    setFocusPolicy(hasSource ? Qt::StrongFocus : Qt::NoFocus);
    setAttribute(Qt::WA_Hover);
    if (hasSource)
        setCursor(Qt::PointingHandCursor);
}

QSize StackRow::sizeHint() const { return { 200, fonts::scaled(21) }; }

QSize StackRow::minimumSizeHint() const { return { 80, fonts::scaled(21) }; }

void StackRow::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(6, 0, -6, 0);
    if (isEnabled() && (underMouse() || isDown())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
    const QFont placeFont = fonts::mono(11.5);
    const QString place = wording::fileAndLine(m_frame);
    const double placeWidth =
        std::min(QFontMetricsF(placeFont).horizontalAdvance(place) + 1, box.width() * 0.58);
    painting::elided(painter, QRectF(box.right() - placeWidth, box.top(), placeWidth, box.height()),
        placeFont, theme.text2, place, Qt::AlignRight | Qt::AlignVCenter);
    painting::elided(painter, QRectF(box.left(), box.top(), box.width() - placeWidth - 10, box.height()),
        fonts::ui(13, m_isInnermost ? QFont::Medium : QFont::Normal), theme.text, text());
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void StackRow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace heapatlas
