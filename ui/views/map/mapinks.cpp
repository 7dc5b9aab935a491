// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapinks.h"

#include "ui/views/map/pagestrip.h"

#include <algorithm>

namespace heapatlas {

namespace {

/// How much of its class a free slot's outline has.
constexpr double freeEdgeShare = 0.32;

} // namespace

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

QRgb MapInks::page(const HeapSnapshot& snapshot, const RegionRow& region, Bytes offset) const
{
    const Bytes page = snapshot.pageBytes();
    const auto mixed = [](QRgb a, QRgb b, Bytes part, Bytes whole) {
        return Theme::mix(QColor(a), QColor(b), static_cast<double>(part) / static_cast<double>(whole)).rgb();
    };
    switch (region.kind) {
    case RegionKind::Header:
        return m_header;
    case RegionKind::Free:
        return m_freePage;
    case RegionKind::Huge:
        return fill(region).live;
    case RegionKind::LargeRun: {
        const Bytes asked = region.requested == 0 ? region.range.size() : region.requested;
        const Bytes live = asked <= offset ? 0 : std::min(asked - offset, page);
        const Fill ink = fill(region);
        return live == page ? ink.live : mixed(ink.live, ink.slack, live, page);
    }
    case RegionKind::SmallRun:
        break;
    }
    const Bytes live = PageStrip::liveBytes(snapshot, region, offset, offset + page);
    // A full page looks full: what its slots cannot use counts as neither.
    const Bytes slots = Bytes { region.slotBytes } * region.slotCount;
    const Bytes room = offset >= slots ? 1 : std::min(slots - offset, page);
    const Fill ink = fill(region);
    return mixed(ink.live, ink.free, live, room);
}

} // namespace heapatlas
