// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maplegend.h"

#include "ui/theme/fonts.h"
#include "ui/theme/thememanager.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

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

/// Longer names of sites are cut.
constexpr int maxLabel = 170;

/// The words left and right of the ramp.
struct Ends
{
    QString low;
    QString high;
};

Ends endsOf(MapColoring way)
{
    return way == MapColoring::Occupancy ? Ends { MapLegend::tr("0 %"), MapLegend::tr("100 %") }
                                         : Ends { MapLegend::tr("8 B"), MapLegend::tr("3 KB") };
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

std::vector<MapLegend::Item> MapLegend::items() const
{
    std::vector<Item> all;
    const auto add = [&all](MapState state) { all.push_back({ state, {}, labelOf(state) }); };
    switch (m_coloring.way()) {
    case MapColoring::SizeClass:
        add(MapState::SmallSlot);
        add(MapState::LargeRun);
        add(MapState::Huge);
        break;
    case MapColoring::Occupancy:
        all.push_back({ MapState::SmallSlot, {}, tr("of a run in use") });
        break;
    default:
        for (const BlockColoring::Entry& band : m_bands) {
            const QFontMetrics metrics(fonts::secondary());
            all.push_back({ MapState::SmallSlot, band.band,
                metrics.elidedText(band.label, Qt::ElideMiddle, fonts::scaled(maxLabel)) });
        }
    }
    add(MapState::Header);
    add(MapState::FreePage);
    add(MapState::FreeSlot);
    if (m_isSlackShown)
        add(MapState::Slack);
    return all;
}

int MapLegend::widthOf(const Item& item, int width) const
{
    if (!isRamp(item))
        return swatch + swatchGap + textWidth(item.label);
    const Ends ends = endsOf(m_coloring.way());
    return textWidth(ends.low) + 6 + rampWidth(width) + 6 + textWidth(ends.high) + 6 + textWidth(item.label);
}

bool MapLegend::isIsolated(const Item& item) const
{
    return item.band ? m_isolatedBand == item.band : m_isolated == item.state;
}

std::vector<MapLegend::Entry> MapLegend::arranged(int width) const
{
    std::vector<Entry> entries;
    int x = margin;
    int y = padY;
    for (const Item& item : items()) {
        const int wide = widthOf(item, width);
        if (x > margin && x + wide > width - margin) {
            x = margin;
            y += lineHeight();
        }
        entries.push_back({ item, QRect(x, y, wide, lineHeight()) });
        x += wide + entryGap;
    }
    return entries;
}

int MapLegend::heightForWidth(int width) const
{
    const std::vector<Entry> entries = arranged(width);
    // Sites change with the cursor; the map above must not jump with them.
    const int least = m_coloring.way() == MapColoring::CallSite ? 2 * lineHeight() : 0;
    return std::max(entries.back().rect.bottom() + 1 - padY, least) + 2 * padY;
}

QSize MapLegend::sizeHint() const { return { 560, heightForWidth(std::max(width(), 320)) }; }
QSize MapLegend::minimumSizeHint() const { return { 200, lineHeight() + 2 * padY }; }

QRect MapLegend::entryRect(MapState state) const
{
    for (const Entry& entry : arranged(width()))
        if (!entry.item.band && entry.item.state == state)
            return entry.rect;
    return {};
}

QRect MapLegend::bandRect(BlockColoring::Band band) const
{
    for (const Entry& entry : arranged(width()))
        if (entry.item.band == band)
            return entry.rect;
    return {};
}

void MapLegend::setColoring(const BlockColoring& coloring, std::vector<BlockColoring::Entry> bands)
{
    const bool isOther = coloring.way() != m_coloring.way();
    m_coloring = coloring;
    m_bands = std::move(bands);
    if (isOther) {
        setIsolated(std::nullopt);
        setIsolatedBand(std::nullopt);
    }
    updateGeometry();
    update();
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

void MapLegend::setIsolatedBand(std::optional<BlockColoring::Band> band)
{
    if (m_isolatedBand == band)
        return;
    m_isolatedBand = band;
    QString label;
    for (const BlockColoring::Entry& entry : m_bands)
        label = band == entry.band ? entry.label : label;
    setAccessibleDescription(band ? tr("Only %1").arg(label) : QString());
    update();
    Q_EMIT isolatedChanged();
}

void MapLegend::toggle(const Item& item)
{
    const bool isOn = isIsolated(item);
    if (item.band)
        setIsolatedBand(isOn ? std::nullopt : item.band);
    else
        setIsolated(isOn ? std::nullopt : std::optional(item.state));
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
        const bool isFaded = isAnyIsolated() && !isIsolated(entry.item);
        painter.setOpacity(isFaded ? 0.45 : 1.0);
        const double middle = entry.rect.center().y() + 0.5;
        const double baseline = middle + metrics.capHeight() / 2.0;
        double x = entry.rect.left();
        const auto word = [&](const QString& text, const QColor& color) {
            painter.setPen(color);
            painter.drawText(QPointF(x, baseline), text);
            x += textWidth(text);
        };
        if (isRamp(entry.item)) {
            const Ends ends = endsOf(m_coloring.way());
            word(ends.low, theme.text2);
            x += 6;
            // One device-pixel column at a time, so that the 30 steps have whole edges at any ratio.
            const int columns = static_cast<int>(rampWidth(width) * ratio);
            for (int i = 0; i < columns; ++i) {
                const QColor color = m_coloring.way() == MapColoring::Occupancy
                    ? BlockColoring::occupancy(static_cast<double>(i) / columns, theme)
                    : theme.sizeClassColor(i * Theme::rampSize / columns);
                painter.fillRect(QRectF(x + i / ratio, middle - 6, 1 / ratio, 12), color);
            }
            x += rampWidth(width) + 6;
            word(ends.high, theme.text2);
            x += 6;
        } else {
            const QRectF box(x, middle - 6, swatch, swatch);
            if (entry.item.band)
                painter.fillRect(box, m_coloring.colorOf(*entry.item.band, theme));
            else
                paintSwatch(painter, entry.item.state, box);
            x += swatch + swatchGap;
        }
        word(entry.item.label, isIsolated(entry.item) ? theme.text : theme.text2);
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
        if (!isFocused && static_cast<int>(i) != m_hovered && !isIsolated(entries[i].item))
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
            toggle(entry.item);
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
    const std::vector<Item> all = items();
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
        if (isAnyIsolated()) {
            setIsolated(std::nullopt);
            setIsolatedBand(std::nullopt);
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
