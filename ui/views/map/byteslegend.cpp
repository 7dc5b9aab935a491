// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/byteslegend.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bytes/bytetints.h"

#include <QFontMetricsF>
#include <QPainter>

namespace heapatlas {

namespace {

constexpr double margin = 16;
constexpr double swatch = 12;
constexpr double gap = 16;

} // namespace

BytesLegend::BytesLegend(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("bytesLegend"));
    setAccessibleName(tr("Legend"));
    setFixedHeight(fonts::scaled(32));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void BytesLegend::setKinds(std::vector<FieldKind> kinds)
{
    if (kinds == m_kinds)
        return;
    m_kinds = std::move(kinds);
    QStringList words;
    for (const FieldKind kind : m_kinds)
        words += bytetints::word(kind);
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

void BytesLegend::paintInto(QPainter& painter, int width) const
{
    const Theme& theme = Theme::current();
    painter.fillRect(QRect(0, 0, width, height()), theme.canvas);
    const QFont font = fonts::secondary();
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setRenderHint(QPainter::Antialiasing);
    double x = margin;
    const auto word = [&](const QString& text) {
        painter.setPen(theme.text2);
        painter.drawText(QRectF(x, 0, width - x, height()), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + gap;
    };
    for (const FieldKind kind : m_kinds) {
        painter.setPen(bytetints::edge(kind, theme));
        painter.setBrush(bytetints::tint(kind, theme, theme.canvas));
        painter.drawRect(QRectF(x + 0.5, (height() - swatch) / 2 + 0.5, swatch - 1, swatch - 1));
        x += swatch + 6;
        word(bytetints::word(kind));
    }
    word(tr("··  not known"));
}

void BytesLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintInto(painter, width());
}

} // namespace heapatlas
