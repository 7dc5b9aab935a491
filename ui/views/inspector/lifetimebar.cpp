// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/lifetimebar.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

LifetimeBar::LifetimeBar(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("lifetimeBar"));
    setFixedHeight(18);
}

QSize LifetimeBar::sizeHint() const { return { 200, 18 }; }

void LifetimeBar::setLife(const InspectorFacts::Life& life, const QColor& fill)
{
    m_life = life;
    m_fill = fill;
    setAccessibleName(life.bornText + QStringLiteral(", ") + life.stateText);
    update();
}

void LifetimeBar::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QRectF bar(0, 2, width(), 14);
    const double events = static_cast<double>(std::max<std::uint64_t>(m_life.events, 1));
    const auto x = [&](std::uint64_t event) {
        return std::round(std::clamp(static_cast<double>(event) / events, 0.0, 1.0) * bar.width());
    };
    const double cursor = x(m_life.cursor);
    painter.fillRect(bar, theme.hover);
    const double born = x(m_life.born);
    const double end = std::max(x(m_life.freed.value_or(m_life.events)), born + 2);
    painter.fillRect(
        QRectF(born, bar.top(), end - born, bar.height()), Theme::mix(m_fill, theme.hover, 0.42));
    painter.fillRect(QRectF(born, bar.top(), std::clamp(cursor, born + 2, end) - born, bar.height()), m_fill);
    painter.fillRect(QRectF(std::min(cursor, bar.width() - 2), 0, 2, height()), theme.text);
}

} // namespace heapatlas
