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

InkKey InkKey::of(const MapScene& scene) { return { scene.theme.id, scene.isSlackShown, scene.isolated }; }

MapInks::MapInks(const MapScene& scene)
    : m_scene(scene)
    , m_header(shown(scene.theme.header, MapState::Header).rgb())
    , m_freePage(shown(scene.theme.freePage, MapState::FreePage).rgb())
    , m_freePageEdge(shown(scene.theme.freePageEdge, MapState::FreePage).rgb())
    , m_tail(scene.theme.freePage.rgb())
{
}

QColor MapInks::shown(const QColor& color, MapState state) const { return m_scene.shown(color, state); }

MapInks::Fill MapInks::fill(const RegionRow& region) const
{
    const Theme& theme = m_scene.theme;
    const bool isSmall = region.kind == RegionKind::SmallRun;
    const QColor color = isSmall          ? theme.sizeClassColor(region.sizeClass)
        : region.kind == RegionKind::Huge ? theme.hugeBlock
                                          : theme.largeRun;
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

QRgb MapInks::cell(CellCode code) const
{
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
