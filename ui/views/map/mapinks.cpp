// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapinks.h"

#include <algorithm>

namespace heapatlas {

namespace {

/// How much of its class a free slot's outline has.
constexpr double freeEdgeShare = 0.32;

QRgb mixed(QRgb a, QRgb b, unsigned step)
{
    return Theme::mix(QColor(a), QColor(b), static_cast<double>(step) / CellCode::full).rgb();
}

} // namespace

InkKey InkKey::of(const MapScene& scene)
{
    InkKey key;
    key.theme = scene.theme.id;
    key.isSlackShown = scene.isSlackShown;
    key.isolated = scene.isolated;
    key.way = scene.coloring.way();
    key.isolatedBand = scene.isolatedBand;
    if (scene.coloring.isPerBlock()) {
        key.event = scene.snapshot.eventIndex();
        key.changeSince = scene.coloring.changeSince();
        key.window = scene.snapshot.window();
    }
    return key;
}

MapInks::MapInks(const MapScene& scene)
    : m_scene(scene)
    , m_header(shown(scene.theme.header, MapState::Header).rgb())
    , m_freePage(shown(scene.theme.freePage, MapState::FreePage).rgb())
    , m_freePageEdge(shown(scene.theme.freePageEdge, MapState::FreePage).rgb())
    , m_tail(scene.theme.freePage.rgb())
{
}

QColor MapInks::shown(const QColor& color, MapState state) const { return m_scene.shown(color, state); }

unsigned MapInks::keyOf(const RegionRow& region) const
{
    if (m_scene.coloring.way() != MapColoring::Occupancy)
        return region.sizeClass;
    // Small runs by how full they are, in the steps of a cell; others by what they are.
    if (region.kind != RegionKind::SmallRun)
        return CellCode::steps + static_cast<unsigned>(region.kind);
    return CellCode::of(0U, region.liveSlots, region.slotCount).step();
}

MapInks::Fill MapInks::filled(const QColor& color, const RegionRow& region) const
{
    const Theme& theme = m_scene.theme;
    const bool isSmall = region.kind == RegionKind::SmallRun;
    const MapState state = isSmall        ? MapState::SmallSlot
        : region.kind == RegionKind::Huge ? MapState::Huge
                                          : MapState::LargeRun;
    Fill fill;
    fill.live = shown(color, state).rgb();
    fill.free = shown(theme.freeSlotOf(color), MapState::FreeSlot).rgb();
    const QColor edge = theme.isHighContrast ? color : Theme::mix(color, theme.canvas, freeEdgeShare);
    fill.freeEdge = shown(edge, MapState::FreeSlot).rgb();
    fill.slack = m_scene.isSlackShown ? shown(theme.slackOf(color), MapState::Slack).rgb() : fill.live;
    return fill;
}

MapInks::Fill MapInks::fill(const RegionRow& region) const
{
    const Theme& theme = m_scene.theme;
    if (isPerBlock())
        return filled(BlockColoring::unknown(theme), region);
    const bool isSmall = region.kind == RegionKind::SmallRun;
    if (m_scene.coloring.way() == MapColoring::Occupancy) {
        const double share = isSmall ? static_cast<double>(keyOf(region)) / CellCode::full : 1.0;
        return filled(BlockColoring::occupancy(share, theme), region);
    }
    return filled(isSmall                     ? theme.sizeClassColor(region.sizeClass)
            : region.kind == RegionKind::Huge ? theme.hugeBlock
                                              : theme.largeRun,
        region);
}

MapInks::Fill MapInks::block(const RegionRow& region, const BlockRow& block) const
{
    if (!isPerBlock())
        return fill(region);
    const BlockColoring::Band band = m_scene.coloring.bandOf(block);
    const QColor color = m_scene.coloring.colorOf(band, m_scene.theme);
    const bool isFaded = m_scene.isolatedBand && *m_scene.isolatedBand != band;
    return filled(isFaded ? Theme::mix(color, m_scene.theme.canvas, MapScene::fadedShare) : color, region);
}

MapInks::Fill MapInks::whole(const RegionRow& region) const
{
    const BlockRow* known = isPerBlock() ? m_scene.snapshot.blockAt(region.range.begin) : nullptr;
    return known == nullptr ? fill(region) : block(region, *known);
}

QRgb MapInks::cell(CellCode code) const
{
    if (m_scene.coloring.way() == MapColoring::Occupancy && code.look() != CellCode::header
        && code.look() != CellCode::free) {
        const double share = static_cast<double>(code.step()) / CellCode::full;
        return BlockColoring::occupancy(share, m_scene.theme).rgb();
    }
    RegionRow region;
    switch (code.look()) {
    case CellCode::header:
        return code.step() == CellCode::full ? m_header : mixed(m_header, m_freePage, code.step());
    case CellCode::free:
        return m_freePage;
    case CellCode::large:
        region.kind = RegionKind::LargeRun;
        break;
    case CellCode::huge:
        region.kind = RegionKind::Huge;
        break;
    default:
        region.kind = RegionKind::SmallRun;
        region.sizeClass = static_cast<std::uint8_t>(code.look());
    }
    const Fill ink = fill(region);
    return mixed(ink.live, region.kind == RegionKind::SmallRun ? ink.free : ink.slack, code.step());
}

int MapInks::slackPixels(const RegionRow& region, int width)
{
    const Bytes size = region.range.size();
    if (region.requested == 0 || region.requested >= size)
        return 0;
    return static_cast<int>(static_cast<double>(size - region.requested) * width / static_cast<double>(size));
}

} // namespace heapatlas
