// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapoverlays.h"

#include "session/pinwording.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QBrush>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <optional>

namespace heapatlas::mapoverlays {

namespace {

/// A chunk or run counts as pinned for the picture when this much of it is free.
constexpr double pinnedShare = 0.5;
/// Links of one list that are drawn; more hide each other.
constexpr std::size_t maxLinks = 400;

QString tr(const char* text) { return QCoreApplication::translate("Map", text); }

class Overlay
{
public:
    Overlay(QPainter& painter, const MapLayout& layout, const HeapSnapshot& snapshot,
        const HeapOverlays& overlays, const Theme& theme)
        : m_painter(painter)
        , m_layout(layout)
        , m_snapshot(snapshot)
        , m_overlays(overlays)
        , m_theme(theme)
    {
        const MapLayout::Span items = layout.visibleItems();
        for (int i = items.begin; i < items.end; ++i)
            m_seen.push_back(layout.items()[static_cast<std::size_t>(i)].range);
    }

    void justFreed();
    void freeLists();
    void pins();

private:
    [[nodiscard]] QRectF dip(const QRect& device) const
    {
        const double r = m_layout.ratio();
        return { device.left() / r, device.top() / r, device.width() / r, device.height() / r };
    }
    [[nodiscard]] bool isSeen(Address address) const
    {
        return std::any_of(
            m_seen.begin(), m_seen.end(), [address](AddressRange range) { return range.contains(address); });
    }
    /// The middle of what is drawn of a range, on the screen; nothing if it is not seen.
    [[nodiscard]] std::optional<QPointF> middleOf(AddressRange range) const
    {
        const std::vector<QRect> rects = m_layout.rectsOf(range);
        if (rects.empty())
            return {};
        return dip(rects.front()).center();
    }
    void hatchPlace(const FreedPlace& place, const QBrush& brush);
    void outline(AddressRange range, const QColor& color, double width);
    void pinnedChunk(const Pin& pin);

    QPainter& m_painter;
    const MapLayout& m_layout;
    const HeapSnapshot& m_snapshot;
    const HeapOverlays& m_overlays;
    const Theme& m_theme;
    std::vector<AddressRange> m_seen;
};

void Overlay::hatchPlace(const FreedPlace& place, const QBrush& brush)
{
    // Only what is free now: a place may have been taken again, in whole or in part.
    Address at = place.range.begin;
    while (at < place.range.end) {
        const RegionRow* region = m_snapshot.regionAt(at);
        if (region == nullptr)
            return;
        AddressRange part { at, std::min(place.range.end, region->range.end) };
        bool isFree = region->kind == RegionKind::Free;
        if (region->kind == RegionKind::SmallRun && region->slotBytes != 0) {
            const Bytes slot = (at - region->range.begin) / region->slotBytes;
            if (slot < region->slotCount) {
                const Address end = region->range.begin + (slot + 1) * region->slotBytes;
                part.end = std::min(part.end, end);
                isFree = !m_snapshot.isSlotLive(*region, static_cast<std::uint32_t>(slot));
            }
        }
        if (isFree) {
            for (const QRect& rect : m_layout.rectsOf(part))
                m_painter.fillRect(dip(rect), brush);
        }
        at = part.end;
    }
}

void Overlay::justFreed()
{
    QBrush brush(hatch(m_theme.text3, m_layout.ratio()));
    brush.setTransform(QTransform::fromScale(1 / m_layout.ratio(), 1 / m_layout.ratio()));
    const std::vector<FreedPlace>& places = m_overlays.justFreed;
    for (const AddressRange& range : m_seen) {
        auto it = std::lower_bound(places.begin(), places.end(), range.begin,
            [](const FreedPlace& place, Address address) { return place.range.begin < address; });
        for (; it != places.end() && it->range.begin < range.end; ++it)
            hatchPlace(*it, brush);
    }
}

void Overlay::freeLists()
{
    m_painter.save();
    m_painter.setRenderHint(QPainter::Antialiasing);
    const bool hasHeads = m_layout.level() >= MapLevel::Page;
    for (const FreeList& list : m_overlays.freeLists) {
        QColor color = Theme::mix(m_theme.sizeClassColor(list.sizeClass), m_theme.text, 0.45);
        m_painter.setPen(QPen(color, hasHeads ? 1.5 : 1));
        std::optional<QPointF> before;
        std::size_t drawn = 0;
        for (std::size_t i = 0; i < list.slots.size() && drawn < maxLinks; ++i) {
            const Address slot = list.slots[i];
            const std::optional<QPointF> here =
                isSeen(slot) ? middleOf({ slot, slot + list.slotBytes }) : std::nullopt;
            if (here && before) {
                m_painter.drawLine(*before, *here);
                ++drawn;
                const QPointF way = *here - *before;
                const double length = std::hypot(way.x(), way.y());
                if (hasHeads && length > 10) {
                    const QPointF unit = way / length;
                    const QPointF side(-unit.y(), unit.x());
                    m_painter.setBrush(color);
                    const QPointF back = *here - unit * 6;
                    m_painter.drawPolygon(QPolygonF { *here, back + side * 2.5, back - side * 2.5 });
                }
            }
            if (here && i == 0) {
                // The slot that the next request of this class gets.
                m_painter.setBrush(m_theme.canvas);
                m_painter.drawEllipse(*here, hasHeads ? 4 : 2.5, hasHeads ? 4 : 2.5);
            }
            before = here;
        }
    }
    m_painter.restore();
}

void Overlay::outline(AddressRange range, const QColor& color, double width)
{
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (const QRect& rect : m_layout.rectsOf(range))
        path.addRect(dip(rect));
    if (path.isEmpty())
        return;
    m_painter.strokePath(path.simplified(), QPen(color, width));
}

void Overlay::pinnedChunk(const Pin& pin)
{
    const auto items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (!(item.range == pin.range))
            continue;
        const QRectF box = dip(m_layout.itemRect(item));
        m_painter.strokePath(
            [&] {
                QPainterPath path;
                path.addRect(box.adjusted(-1, -1, 1, 1));
                return path;
            }(),
            QPen(m_theme.warn, 1.5));
        const QString text = tr("held by %1").arg(wording::blocks(pin.blocks + pin.engineBlocks));
        const QFont font = fonts::ui(11, QFont::Medium);
        const QFontMetricsF metrics(font);
        const double width = metrics.horizontalAdvance(text) + 10;
        const double height = metrics.height() + 2;
        if (width > box.width() - 4 || height > box.height())
            return;
        // In the middle of what is seen of the chunk, so that it is read wherever one has scrolled to.
        const QRectF body = dip(m_layout.body());
        const QRectF seen = box.intersected(body);
        const QRectF tag(seen.right() - width - 2, seen.top() + 2, width, height);
        m_painter.fillRect(tag, m_theme.warnTint);
        m_painter.setFont(font);
        m_painter.setPen(m_theme.warn);
        m_painter.drawText(tag, Qt::AlignCenter, text);
        return;
    }
}

void Overlay::pins()
{
    m_painter.save();
    m_painter.setRenderHint(QPainter::Antialiasing, false);
    const PinTable& table = *m_overlays.pins;
    for (const Pin& pin : table.pins) {
        if (pin.freeShare() < pinnedShare || !isSeen(pin.range.begin))
            continue;
        if (pin.what == Pin::What::Chunk)
            pinnedChunk(pin);
        else if (m_layout.level() != MapLevel::Heap)
            outline(pin.range, m_theme.warn, 1.5);
    }
    m_painter.restore();
}

} // namespace

QImage hatch(const QColor& color, double ratio)
{
    const int size = std::max(4, static_cast<int>(std::lround(4 * ratio)));
    QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const int width = std::max(1, static_cast<int>(std::lround(ratio)));
    for (int y = 0; y < size; ++y) {
        for (int i = 0; i < width; ++i)
            image.setPixelColor((size - 1 - y + i) % size, y, color);
    }
    return image;
}

void paint(QPainter& painter, const MapLayout& layout, const HeapSnapshot& snapshot,
    const HeapOverlays& overlays, const MapOverlayChoice& choice, const Theme& theme)
{
    if (choice.isEmpty() || overlays.eventIndex != snapshot.eventIndex())
        return;
    painter.save();
    const QRect body = layout.body();
    const double r = layout.ratio();
    painter.setClipRect(QRectF(body.left() / r, body.top() / r, body.width() / r, body.height() / r));
    Overlay overlay(painter, layout, snapshot, overlays, theme);
    if (choice.hasJustFreed && overlays.hasJustFreed && layout.level() != MapLevel::Heap)
        overlay.justFreed();
    if (choice.hasPins && overlays.pins != nullptr)
        overlay.pins();
    if (choice.hasFreeLists && overlays.hasFreeLists && layout.level() != MapLevel::Heap)
        overlay.freeLists();
    painter.restore();
}

} // namespace heapatlas::mapoverlays
