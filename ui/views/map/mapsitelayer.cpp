// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapsitelayer.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

/// What of the picture below is left where no block of the site stands.
constexpr double left = 0.2;

QColor fillOf(const RegionRow& region)
{
    const Theme& theme = Theme::current();
    switch (region.kind) {
    case RegionKind::LargeRun:
        return theme.largeRun;
    case RegionKind::Huge:
        return theme.hugeBlock;
    default:
        return theme.sizeClassColor(region.sizeClass);
    }
}

} // namespace

void MapSiteLayer::setSite(std::uint32_t site, SiteOf siteOf)
{
    m_site = site;
    m_siteOf = std::move(siteOf);
    m_picture = {};
}

void MapSiteLayer::paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot)
{
    if (m_site == 0 || snapshot == nullptr || !m_siteOf)
        return;
    const bool isSame = m_snapshot == snapshot && m_scroll == layout.scroll()
        && std::abs(m_pageWidth - layout.pageWidth()) < 1e-9 && std::abs(m_ratio - layout.ratio()) < 1e-9
        && m_theme == Theme::current().id && m_picture.size() == layout.viewport();
    if (!isSame) {
        m_snapshot = snapshot;
        m_scroll = layout.scroll();
        m_pageWidth = layout.pageWidth();
        m_ratio = layout.ratio();
        m_theme = Theme::current().id;
        render(layout, *snapshot);
    }
    painter.drawImage(QPointF(0, 0), m_picture);
}

void MapSiteLayer::render(const MapLayout& layout, const HeapSnapshot& snapshot)
{
    m_picture = QImage(layout.viewport(), QImage::Format_ARGB32_Premultiplied);
    QColor veil = Theme::current().canvas;
    veil.setAlphaF(static_cast<float>(1 - left));
    m_picture.fill(veil);
    QPainter painter(&m_picture);
    const QRect screen(QPoint(0, 0), layout.viewport());
    for (const BlockRow& block : snapshot.blocks()) {
        if (m_siteOf(block.stack) != m_site || block.region >= snapshot.regions().size())
            continue;
        const RegionRow& region = snapshot.regions()[block.region];
        const QColor fill = fillOf(region);
        const int gap = region.kind == RegionKind::SmallRun ? 1 : 0;
        for (QRect box : layout.rectsOf({ block.begin, block.begin + block.size })) {
            if (box.width() > 3 * gap)
                box.setRight(box.right() - gap);
            if (box.height() > 3 * gap)
                box.setBottom(box.bottom() - gap);
            box.setSize(box.size().expandedTo({ 1, 1 }));
            if (box.intersects(screen))
                painter.fillRect(box, fill);
        }
    }
    painter.end();
    m_picture.setDevicePixelRatio(layout.ratio());
}

} // namespace heapatlas
