// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/slotcharts.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

int lineHeight() { return fonts::scaled(20); }

} // namespace

SlotStrip::SlotStrip(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("slotStrip"));
    setFixedHeight(18);
}

QSize SlotStrip::sizeHint() const { return { 200, 18 }; }

void SlotStrip::setLives(SlotLivesPtr lives, std::uint64_t born, std::uint64_t cursor, std::uint64_t events)
{
    m_lives = std::move(lives);
    m_born = born;
    m_cursor = cursor;
    m_events = std::max<std::uint64_t>(events, 1);
    setAccessibleName(
        m_lives ? tr("%1 owners of this slot").arg(wording::count(m_lives->ownerCount)) : QString());
    update();
}

void SlotStrip::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QRectF bar(0, 2, width(), 14);
    painter.fillRect(bar, theme.hover);
    if (m_lives == nullptr)
        return;
    const auto x = [&](std::uint64_t position) {
        return std::clamp(static_cast<double>(position) / static_cast<double>(m_events), 0.0, 1.0)
            * bar.width();
    };
    double painted = -1; // of many owners within a pixel one is enough
    for (const SlotLives::Owner& owner : m_lives->owners) {
        const bool isIt = owner.born == m_born;
        const double from = x(owner.from);
        const double to = owner.to == SlotLives::never ? bar.width() : x(owner.to);
        if (!isIt && to <= painted)
            continue;
        painted = std::max(painted, std::ceil(to));
        painter.fillRect(QRectF(from, bar.top(), std::max(1.0, to - from - 0.5), bar.height()),
            isIt ? theme.accent : Theme::mix(theme.text3, theme.hover, 0.45));
    }
    const double cursor = std::min(std::round(x(m_cursor)), bar.width() - 2);
    painter.fillRect(QRectF(cursor, 0, 2, height()), theme.text);
}

LifetimeHistogram::LifetimeHistogram(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("lifetimeHistogram"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LifetimeHistogram::setLives(SlotLivesPtr lives)
{
    m_lives = std::move(lives);
    QStringList words;
    for (const Line& line : lines())
        words << QStringLiteral("%1: %2").arg(line.name, wording::percent(line.share));
    setAccessibleName(words.join(QStringLiteral(", ")));
    update();
}

QSize LifetimeHistogram::sizeHint() const
{
    return { 280, static_cast<int>(SlotLives::bounds.size() + 2) * lineHeight() };
}

std::vector<LifetimeHistogram::Line> LifetimeHistogram::lines() const
{
    if (m_lives == nullptr)
        return {};
    const double all = static_cast<double>(std::max<std::uint64_t>(1, m_lives->blocks()));
    std::vector<Line> out;
    const auto& bounds = SlotLives::bounds;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        const QString name = i == 0 ? tr("under %1 events").arg(bounds[0])
            : i == bounds.size()
            ? tr("over %1").arg(wording::count(bounds.back()))
            : tr("%1 to %2").arg(wording::count(bounds[i - 1]), wording::count(bounds[i]));
        out.push_back({ name, static_cast<double>(m_lives->lifetimes[i]) / all, false });
    }
    out.push_back({ tr("still allocated"), static_cast<double>(m_lives->stillLive) / all, true });
    return out;
}

void LifetimeHistogram::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QFontMetrics metrics(fonts::secondary());
    const int names = std::min(width() / 2, metrics.horizontalAdvance(tr("20 000 to 200 000")) + 10);
    const int numbers = metrics.horizontalAdvance(QStringLiteral("100.0 %")) + 6;
    const int room = std::max(8, width() - names - numbers - 8);
    int y = 0;
    for (const Line& line : lines()) {
        painter.setFont(line.isStillLive ? fonts::ui(12, QFont::DemiBold) : fonts::secondary());
        painter.setPen(theme.text);
        painter.drawText(QRect(0, y, names, lineHeight()), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(line.name, Qt::ElideRight, names));
        const double wide = line.share <= 0 ? 0 : std::max(2.0, line.share * room);
        painter.fillRect(
            QRectF(names, y + lineHeight() / 2.0 - 4, wide, 8), line.isStillLive ? theme.warn : theme.live);
        painter.setPen(theme.text2);
        painter.drawText(QRect(width() - numbers, y, numbers, lineHeight()),
            Qt::AlignRight | Qt::AlignVCenter, wording::percent(line.share));
        y += lineHeight();
    }
}

} // namespace heapatlas
