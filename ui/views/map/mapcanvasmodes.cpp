// SPDX-License-Identifier: GPL-3.0-or-later
// MapCanvas: what fills mean, what is drawn over them, and the loupe.
#include "ui/theme/theme.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/maploupe.h"
#include "ui/views/map/mappainter.h"
#include "ui/widgets/hovertip.h"

#include <QPainter>

#include <utility>

namespace heapatlas {

void MapCanvas::setColoring(MapColoring way, std::uint64_t changeSince)
{
    if (way == m_way && changeSince == m_changeSince)
        return;
    if (way != m_way)
        m_isolatedBand.reset();
    m_way = way;
    m_changeSince = changeSince;
    m_cache.cells = {};
    markDirty();
}

BlockColoring MapCanvas::coloring() const
{
    return { m_way, m_snapshot == nullptr ? 0 : m_snapshot->eventIndex(), m_changeSince, &m_bands };
}

void MapCanvas::setIsolatedBand(std::optional<BlockColoring::Band> band)
{
    m_isolatedBand = band;
    markDirty();
}

void MapCanvas::setOverlayChoice(const MapOverlayChoice& choice)
{
    m_overlayChoice = choice;
    markDirty();
}

void MapCanvas::setOverlays(HeapOverlaysPtr overlays)
{
    m_overlays = std::move(overlays);
    if (!m_overlayChoice.isEmpty())
        markDirty();
}

void MapCanvas::render(QImage& into, const MapLayout& layout, MapCache& cache) const
{
    const MapScene scene { *m_snapshot, layout, Theme::current(), m_isSlackShown, m_isolated, &m_siteResolver,
        coloring(), m_isolatedBand, m_bytes };
    MapPainter::paintInto(into, scene, cache);
    if (m_overlays == nullptr || m_overlayChoice.isEmpty())
        return;
    QPainter painter(&into);
    mapoverlays::paint(painter, layout, *m_snapshot, *m_overlays, m_overlayChoice, scene.theme);
}

bool MapCanvas::showLoupe()
{
    const MapLayout::Hit hit = m_layout.hit(toDevice(m_pointer));
    const bool hasLoupe =
        level() <= MapLevel::Chunk && m_layout.cellLevel() == 0 && hit.what == MapLayout::Hit::What::Page;
    if (!hasLoupe) {
        m_loupe->hide();
        return false;
    }
    const Selection page = pageSelection(*m_snapshot, hit.address);
    const MapScene scene { *m_snapshot, m_layout, Theme::current(), m_isSlackShown, m_isolated,
        &m_siteResolver, coloring(), m_isolatedBand };
    const QRect rect = m_layout.pageRect(m_layout.items()[hit.item], hit.page);
    const qreal ratio = m_layout.ratio();
    const QRectF shown(rect.left() / ratio, rect.top() / ratio, rect.width() / ratio, rect.height() / ratio);
    m_tip->hide();
    m_loupe->showPage(scene, m_snapshot, page.range.begin, m_pointer.toPoint(), shown.toAlignedRect());
    return true;
}

void MapCanvas::hideHints()
{
    m_tip->hide();
    m_loupe->hide();
}

} // namespace heapatlas
