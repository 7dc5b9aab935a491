// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hovertip.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hoverplace.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int padX = 10;
constexpr int padY = 8;

QFont fontOf(qsizetype line) { return line == 0 ? fonts::ui(12, QFont::DemiBold) : fonts::secondary(); }

int lineHeight() { return fonts::scaled(17); }

} // namespace

HoverTip::HoverTip(QWidget* canvas)
    : QWidget(canvas)
    , m_canvas(canvas)
{
    setObjectName(QStringLiteral("hoverTip"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

QSize HoverTip::wanted() const
{
    int width = 0;
    for (qsizetype i = 0; i < m_lines.size(); ++i)
        width = std::max(width, QFontMetrics(fontOf(i)).horizontalAdvance(m_lines.at(i)));
    return { std::min(width + 2 * padX + 2, 420),
        static_cast<int>(m_lines.size()) * lineHeight() + 2 * padY };
}

void HoverTip::showLines(const QStringList& lines, QPoint pointer, const QRect& item)
{
    if (lines.isEmpty()) {
        hide();
        return;
    }
    m_lines = lines.mid(0, 5);
    QWidget* host = m_canvas->window();
    if (parentWidget() != host)
        setParent(host);
    const QSize size = wanted();
    const QPoint at = m_canvas->mapTo(host, pointer);
    const QRect keepOff = QRect(m_canvas->mapTo(host, item.topLeft()), item.size()).adjusted(-4, -4, 4, 4);
    const QRect room = host->rect().adjusted(4, 4, -4, -4);
    setGeometry(besidePointer(room, size, at, keepOff));
    raise();
    show();
    update();
}

void HoverTip::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(theme.raised);
    painter.setPen(theme.lineStrong);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QRect line(padX, padY, width() - 2 * padX, lineHeight());
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        painter.setFont(fontOf(i));
        painter.setPen(i == 0 ? theme.text : theme.text2);
        const QString text = painter.fontMetrics().elidedText(m_lines.at(i), Qt::ElideMiddle, line.width());
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft, text);
        line.translate(0, lineHeight());
    }
}

} // namespace heapatlas
