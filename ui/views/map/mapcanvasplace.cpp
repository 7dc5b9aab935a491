// SPDX-License-Identifier: GPL-3.0-or-later
// The place in the map that MapCanvas shows, as it is kept by bookmarks and the history.
#include "ui/views/map/mapcanvas.h"

#include "session/viewplace.h"
#include "ui/theme/theme.h"
#include "ui/views/map/mapoverlays.h"
#include "ui/views/map/mapshapes.h"

#include <QPainter>

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

/// Upper left of the page, or of the bar, that the address is in; device pixels of the viewport.
QPointF cornerOf(const MapLayout& layout, const MapLayout::Item& item, Address address)
{
    if (item.pages == 0)
        return layout.barRect(item).topLeft();
    return layout
        .pageRect(item, static_cast<std::uint32_t>((address - item.range.begin) / layout.pageBytes()))
        .topLeft();
}

/// What is in the middle of the body.
MapCanvas::Place placeIn(const MapLayout& layout)
{
    MapCanvas::Place place;
    place.pageWidth = layout.pageWidth();
    if (layout.items().empty())
        return place;
    // Not by a hit: gaps, captions and the ground around the chunks are no page.
    const QPoint middle = layout.body().center();
    const MapLayout::Item* next = nullptr;
    int least = 0;
    MapLayout::Span seen = layout.visibleItems();
    if (seen.begin >= seen.end)
        seen = { 0, static_cast<int>(layout.items().size()) };
    for (int i = seen.begin; i < seen.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        const QRect rect = layout.itemRect(item);
        const int distance = std::max({ rect.left() - middle.x(), middle.x() - rect.right(), 0 })
            + std::max({ rect.top() - middle.y(), middle.y() - rect.bottom(), 0 });
        if (next == nullptr || distance < least) {
            next = &item;
            least = distance;
        }
    }
    const auto index = [](int length, int pitch, std::uint32_t count) {
        return static_cast<std::uint32_t>(
            std::clamp(length / std::max(pitch, 1), 0, static_cast<int>(count) - 1));
    };
    place.middle = next->range.begin;
    if (next->pages != 0) {
        const auto columns = static_cast<std::uint32_t>(layout.cellsPerRow());
        const std::uint32_t cells = (next->pages + layout.cellPages() - 1) / layout.cellPages();
        const QPoint first = layout.pageRect(*next, 0).topLeft();
        const std::uint32_t row =
            index(middle.y() - first.y(), layout.pitchY(), (cells + columns - 1) / columns);
        const std::uint32_t column = index(middle.x() - first.x(), layout.pitchX(), columns);
        const std::uint32_t cell = std::min(row * columns + column, cells - 1);
        place.middle = next->range.begin + Bytes { cell } * layout.cellPages() * layout.pageBytes();
    }
    const QPointF corner = cornerOf(layout, *next, place.middle);
    place.into = { (middle.x() - corner.x()) / layout.pitchX(), (middle.y() - corner.y()) / layout.pitchY() };
    return place;
}

/// Puts that place in the middle, as far as the world goes; the layout has the place's page width.
void centreOnPlace(MapLayout& layout, const MapCanvas::Place& place)
{
    const MapLayout::Item* item = layout.itemAt(place.middle);
    if (item == nullptr)
        return;
    const QPointF there = cornerOf(layout, *item, place.middle)
        + QPointF(place.into.x() * layout.pitchX(), place.into.y() * layout.pitchY());
    layout.setScroll(layout.scroll() + (there - layout.body().center()).toPoint());
}

} // namespace

QJsonObject MapCanvas::Place::toJson() const
{
    return { { QStringLiteral("pageWidth"), pageWidth }, { QStringLiteral("middle"), addressText(middle) },
        { QStringLiteral("x"), into.x() }, { QStringLiteral("y"), into.y() } };
}

MapCanvas::Place MapCanvas::Place::fromJson(const QJsonObject& json)
{
    return { json[u"pageWidth"].toDouble(), Address { numberFromJson(json[u"middle"]).value_or(0) },
        { json[u"x"].toDouble(0.5), json[u"y"].toDouble(0.5) } };
}

MapCanvas::Place MapCanvas::place() const { return placeIn(m_layout); }

void MapCanvas::goToPlace(const Place& place)
{
    if (isEmpty() || !(place.pageWidth >= MapLayout::minPageWidth))
        return;
    m_zoom.stop();
    rebuild(std::min(place.pageWidth, MapLayout::maxPageWidth), middle());
    moveBy([&] { centreOnPlace(m_layout, place); });
    m_hasFitted = true;
}

MapLayout MapCanvas::shownLayout(qreal ratio) const
{
    MapLayout layout;
    layout.rebuild(*m_snapshot, (QSizeF(size()) * ratio).toSize(), ratio, m_layout.pageWidth());
    centreOnPlace(layout, place());
    return layout;
}

QImage MapCanvas::shownPicture(qreal ratio) const
{
    if (isEmpty())
        return picture(size(), ratio);
    const MapLayout layout = shownLayout(ratio);
    QImage image(layout.viewport(), QImage::Format_RGB32);
    MapCache cache;
    cache.pyramid.setSnapshot(m_snapshot);
    render(image, layout, cache);
    QPainter painter(&image);
    paintRings(painter, layout, {});
    return image;
}

bool MapCanvas::paintShapes(QPainter& painter) const
{
    if (isEmpty())
        return false;
    const MapLayout layout = shownLayout(1);
    const MapScene scene { *m_snapshot, layout, Theme::current(), m_isSlackShown, m_isolated, &m_siteResolver,
        coloring(), m_isolatedBand };
    if (!MapShapes(scene).paint(painter))
        return false;
    if (m_overlays != nullptr && !m_overlayChoice.isEmpty())
        mapoverlays::paint(painter, layout, *m_snapshot, *m_overlays, m_overlayChoice, scene.theme);
    paintRings(painter, layout, {});
    return true;
}

void MapCanvas::setSite(std::uint32_t site, std::function<std::uint32_t(std::uint32_t stack)> siteOf)
{
    m_siteLayer.setSite(site, std::move(siteOf));
    update();
}

void MapCanvas::setBox(const std::optional<BoxFilter>& box)
{
    if (box == m_boxLayer.box())
        return;
    m_boxLayer.setBox(box);
    update();
}

} // namespace heapatlas
