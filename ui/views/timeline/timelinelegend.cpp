// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelinelegend.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QFontMetricsF>
#include <QPainter>

namespace heapatlas {

namespace {

enum class Swatch
{
    Line,
    Area,
    Dashes,
    Triangle,
    Flag,
    Limit,
};

void drawSwatch(QPainter& painter, Swatch swatch, const QRectF& box)
{
    const Theme& theme = Theme::current();
    const double middle = box.center().y();
    painter.setBrush(Qt::NoBrush);
    switch (swatch) {
    case Swatch::Line:
    case Swatch::Limit:
        painter.setPen(
            QPen(swatch == Swatch::Line ? theme.real : theme.limit, 2, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle));
        break;
    case Swatch::Dashes: {
        QPen pen(theme.warn, 2, Qt::SolidLine, Qt::FlatCap);
        pen.setDashPattern({ 2.5, 1.5 });
        painter.setPen(pen);
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle));
        break;
    }
    case Swatch::Area:
        painter.fillRect(
            QRectF(box.left(), middle - 4, box.width(), 8), Theme::mix(theme.live, theme.panel, 0.5));
        break;
    case Swatch::Triangle: {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.gcPurple);
        const double x = box.center().x();
        const QPointF points[] = { { x - 4.5, middle - 3.5 }, { x + 4.5, middle - 3.5 }, { x, middle + 4 } };
        painter.drawPolygon(points, 3);
        break;
    }
    case Swatch::Flag:
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.ok);
        painter.drawRoundedRect(QRectF(box.center().x() - 4.5, middle - 4.5, 9, 9), 2, 2);
        break;
    }
}

} // namespace

TimelineLegend::TimelineLegend(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("timelineLegend"));
    setAccessibleName(tr("Values at the cursor"));
    setFixedHeight(fonts::scaled(18));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

QSize TimelineLegend::sizeHint() const { return { 400, fonts::scaled(18) }; }

void TimelineLegend::setValues(const std::optional<Values>& values)
{
    if (values == m_values)
        return;
    m_values = values;
    if (values) {
        setAccessibleDescription(
            tr("Live %1, real %2, peak %3")
                .arg(wording::size(values->live), wording::size(values->real), wording::size(values->peak)));
        setToolTip(tr("Live %1\nReal %2\nPeak %3")
                       .arg(wording::exactSize(values->live), wording::exactSize(values->real),
                           wording::exactSize(values->peak)));
    }
    update();
}

void TimelineLegend::paintEvent(QPaintEvent*)
{
    if (!m_values)
        return;
    struct Entry
    {
        Swatch swatch;
        double swatchWidth;
        QString name;
        QString value;
    };
    QList<Entry> entries {
        { Swatch::Line, 16, tr("Real"), wording::size(m_values->real) },
        { Swatch::Area, 14, tr("Live"), wording::size(m_values->live) },
        { Swatch::Dashes, 16, tr("Peak"), wording::size(m_values->peak) },
    };
    if (m_values->limit > 0)
        entries << Entry { Swatch::Limit, 16, QStringLiteral("memory_limit"),
            wording::size(m_values->limit) };
    if (m_values->hasGcRuns)
        entries << Entry { Swatch::Triangle, 10, tr("GC run"), {} };
    if (m_values->hasCheckpoints)
        entries << Entry { Swatch::Flag, 10, tr("Checkpoint"), {} };

    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont nameFont = fonts::chart();
    const QFont valueFont = fonts::ui(11.5, QFont::Medium);
    double x = 14;
    for (const Entry& entry : entries) {
        const double nameWidth = QFontMetricsF(nameFont).horizontalAdvance(entry.name);
        const double valueWidth =
            entry.value.isEmpty() ? 0 : QFontMetricsF(valueFont).horizontalAdvance(entry.value) + 5;
        if (x + entry.swatchWidth + 6 + nameWidth + valueWidth > width())
            break; // an entry is whole or not there
        drawSwatch(painter, entry.swatch, QRectF(x, 0, entry.swatchWidth, height()));
        x += entry.swatchWidth + 6;
        painter.setFont(nameFont);
        painter.setPen(theme.text2);
        painter.drawText(QRectF(x, 0, nameWidth + 2, height()), Qt::AlignVCenter, entry.name);
        x += nameWidth + 5;
        if (!entry.value.isEmpty()) {
            painter.setFont(valueFont);
            painter.setPen(theme.text);
            painter.drawText(QRectF(x, 0, valueWidth + 2, height()), Qt::AlignVCenter, entry.value);
            x += valueWidth - 5;
        }
        x += 18;
    }
}

} // namespace heapatlas
