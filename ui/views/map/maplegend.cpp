// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maplegend.h"

#include "ui/theme/fonts.h"
#include "ui/theme/thememanager.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int margin = 16;
constexpr int swatch = 12;
constexpr int swatchGap = 7; ///< between swatch and word
constexpr int entryGap = 18;
constexpr int padY = 8; ///< above and below the lines

int lineHeight() { return fonts::scaled(24); }
int rampWidth(int width) { return width > 900 ? 150 : 90; }

QString labelOf(MapState state)
{
    switch (state) {
    case MapState::SmallSlot:
        return MapLegend::tr("small slots");
    case MapState::LargeRun:
        return MapLegend::tr("Large run");
    case MapState::Huge:
        return MapLegend::tr("Huge");
    case MapState::Header:
        return MapLegend::tr("Header");
    case MapState::FreePage:
        return MapLegend::tr("Free page");
    case MapState::FreeSlot:
        return MapLegend::tr("Free slot");
    case MapState::Slack:
        return MapLegend::tr("Slack");
    }
    return {};
}

int textWidth(const QString& text) { return QFontMetrics(fonts::secondary()).horizontalAdvance(text) + 1; }

QString smallest() { return MapLegend::tr("8 B"); }
QString largest() { return MapLegend::tr("3 KB"); }

int entryWidth(MapState state, int width)
{
    if (state != MapState::SmallSlot)
        return swatch + swatchGap + textWidth(labelOf(state));
    return textWidth(smallest()) + 6 + rampWidth(width) + 6 + textWidth(largest()) + 6
        + textWidth(labelOf(state));
}

/// A swatch in its own colours; the second sign (edge, half) comes with it.
void paintSwatch(QPainter& painter, MapState state, const QRectF& box)
{
    const Theme& theme = Theme::current();
    const QColor example = theme.sizeClassColor(6);
    switch (state) {
    case MapState::SmallSlot:
        break;
    case MapState::LargeRun:
        painter.fillRect(box, theme.largeRun);
        break;
    case MapState::Huge:
        painter.fillRect(box, theme.hugeBlock);
        break;
    case MapState::Header:
        painter.fillRect(box, theme.header);
        break;
    case MapState::FreePage:
        painter.fillRect(box, theme.freePage);
        painter.setPen(theme.lineStrong);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    case MapState::FreeSlot:
        painter.fillRect(box, theme.freeSlotOf(example));
        if (theme.isHighContrast) {
            painter.setPen(example);
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        }
        break;
    case MapState::Slack:
        painter.fillRect(box, example);
        painter.fillRect(box.adjusted(box.width() / 2, 0, 0, 0), theme.slackOf(example));
        break;
    }
}

} // namespace

MapLegend::MapLegend(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("mapLegend"));
    setAccessibleName(tr("Legend"));
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

std::vector<MapState> MapLegend::states() const
{
    std::vector<MapState> all { MapState::SmallSlot, MapState::LargeRun, MapState::Huge, MapState::Header,
        MapState::FreePage, MapState::FreeSlot };
    if (m_isSlackShown)
        all.push_back(MapState::Slack);
    return all;
}

std::vector<MapLegend::Entry> MapLegend::arranged(int width) const
{
    std::vector<Entry> entries;
    int x = margin;
    int y = padY;
    for (const MapState state : states()) {
        const int wide = entryWidth(state, width);
        if (x > margin && x + wide > width - margin) {
            x = margin;
            y += lineHeight();
        }
        entries.push_back({ state, QRect(x, y, wide, lineHeight()) });
        x += wide + entryGap;
    }
    return entries;
}

int MapLegend::heightForWidth(int width) const
{
    const std::vector<Entry> entries = arranged(width);
    return entries.back().rect.bottom() + 1 + padY;
}

QSize MapLegend::sizeHint() const { return { 560, heightForWidth(std::max(width(), 320)) }; }
QSize MapLegend::minimumSizeHint() const { return { 200, lineHeight() + 2 * padY }; }

QRect MapLegend::entryRect(MapState state) const
{
    for (const Entry& entry : arranged(width()))
        if (entry.state == state)
            return entry.rect;
    return {};
}

void MapLegend::setIsolated(std::optional<MapState> state)
{
    if (m_isolated == state)
        return;
    m_isolated = state;
    setAccessibleDescription(state ? tr("Only %1").arg(labelOf(*state)) : QString());
    update();
    Q_EMIT isolatedChanged();
}

void MapLegend::toggle(MapState state)
{
    setIsolated(m_isolated == state ? std::nullopt : std::optional(state));
}

void MapLegend::setSlackShown(bool on)
{
    m_isSlackShown = on;
    if (!on && m_isolated == MapState::Slack)
        setIsolated(std::nullopt);
    updateGeometry();
    update();
}

void MapLegend::paintInto(QPainter& painter, int width, qreal ratio) const
{
    const Theme& theme = Theme::current();
    painter.fillRect(QRect(0, 0, width, heightForWidth(width)), theme.canvas);
    painter.setFont(fonts::secondary());
    const QFontMetrics metrics(fonts::secondary());
    for (const Entry& entry : arranged(width)) {
        const bool isFaded = m_isolated && *m_isolated != entry.state;
        painter.setOpacity(isFaded ? 0.45 : 1.0);
        const double middle = entry.rect.center().y() + 0.5;
        const double baseline = middle + metrics.capHeight() / 2.0;
        double x = entry.rect.left();
        const auto word = [&](const QString& text, const QColor& color) {
            painter.setPen(color);
            painter.drawText(QPointF(x, baseline), text);
            x += textWidth(text);
        };
        if (entry.state == MapState::SmallSlot) {
            word(smallest(), theme.text2);
            x += 6;
            // One device-pixel column at a time, so that the 30 steps have whole edges at any ratio.
            const int columns = static_cast<int>(rampWidth(width) * ratio);
            for (int i = 0; i < columns; ++i)
                painter.fillRect(QRectF(x + i / ratio, middle - 6, 1 / ratio, 12),
                    theme.sizeClassColor(i * Theme::rampSize / columns));
            x += rampWidth(width) + 6;
            word(largest(), theme.text2);
            x += 6;
        } else {
            paintSwatch(painter, entry.state, QRectF(x, middle - 6, swatch, swatch));
            x += swatch + swatchGap;
        }
        word(labelOf(entry.state), m_isolated == entry.state ? theme.text : theme.text2);
    }
    painter.setOpacity(1);
}

void MapLegend::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    paintInto(painter, width(), devicePixelRatioF());
    const std::vector<Entry> entries = arranged(width());
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const QRectF frame = QRectF(entries[i].rect).adjusted(-5.5, 1.5, 4.5, -1.5);
        const bool isFocused = hasFocus() && static_cast<int>(i) == m_focused;
        if (!isFocused && static_cast<int>(i) != m_hovered && m_isolated != entries[i].state)
            continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(isFocused ? QPen(theme.accent, 2) : QPen(theme.lineStrong, 1));
        painter.drawRoundedRect(frame, 6, 6);
    }
}

void MapLegend::resizeEvent(QResizeEvent*) { updateGeometry(); }

void MapLegend::mousePressEvent(QMouseEvent* event)
{
    for (const Entry& entry : arranged(width()))
        if (event->button() == Qt::LeftButton && entry.rect.adjusted(-6, 0, 5, 0).contains(event->pos()))
            toggle(entry.state);
}

void MapLegend::mouseMoveEvent(QMouseEvent* event)
{
    const std::vector<Entry> entries = arranged(width());
    const auto it = std::find_if(entries.begin(), entries.end(),
        [event](const Entry& entry) { return entry.rect.adjusted(-6, 0, 5, 0).contains(event->pos()); });
    m_hovered = it == entries.end() ? -1 : static_cast<int>(it - entries.begin());
    setCursor(m_hovered < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    update();
}

void MapLegend::leaveEvent(QEvent*)
{
    m_hovered = -1;
    update();
}

void MapLegend::keyPressEvent(QKeyEvent* event)
{
    const std::vector<MapState> all = states();
    const int last = static_cast<int>(all.size()) - 1;
    m_focused = std::min(m_focused, last);
    switch (event->key()) {
    case Qt::Key_Left:
        m_focused = std::max(0, m_focused - 1);
        break;
    case Qt::Key_Right:
        m_focused = std::min(last, m_focused + 1);
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
        toggle(all[static_cast<std::size_t>(m_focused)]);
        break;
    case Qt::Key_Escape:
        if (m_isolated) {
            setIsolated(std::nullopt);
            break;
        }
        [[fallthrough]];
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    update();
}

} // namespace heapatlas
