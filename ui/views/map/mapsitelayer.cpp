// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapsitelayer.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

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
    m_picture.forget();
}

void MapSiteLayer::paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot)
{
    if (m_site == 0 || snapshot == nullptr || !m_siteOf)
        return;
    m_picture.paint(painter, layout, snapshot, [&] { return rendered(layout, *snapshot); });
}

QImage MapSiteLayer::rendered(const MapLayout& layout, const HeapSnapshot& snapshot) const
{
    QImage picture(layout.viewport(), QImage::Format_ARGB32_Premultiplied);
    QColor veil = Theme::current().canvas;
    veil.setAlphaF(static_cast<float>(1 - left));
    picture.fill(veil);
    QPainter painter(&picture);
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
    picture.setDevicePixelRatio(layout.ratio());
    return picture;
}

} // namespace heapatlas
