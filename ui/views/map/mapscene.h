// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "ui/theme/theme.h"
#include "ui/views/map/mapcoloring.h"
#include "ui/views/map/maplayout.h"

#include <QString>

#include <optional>
#include <span>

namespace heapatlas {

/// What the legend names; one can be isolated, then all others are faded.
enum class MapState : unsigned char
{
    SmallSlot,
    LargeRun,
    Huge,
    Header,
    FreePage,
    FreeSlot,
    Slack,
};

/// Everything a picture of the map depends on.
struct MapScene
{
    const HeapSnapshot& snapshot;
    const MapLayout& layout;
    const Theme& theme;
    bool isSlackShown = true;
    std::optional<MapState> isolated;
    const SiteResolver* siteResolver = nullptr;
    BlockColoring coloring {};
    std::optional<BlockColoring::Band> isolatedBand {}; ///< of a coloring per block: all others are faded
    std::span<const HeapBytesPtr> bytes {}; ///< of stretches that are seen; used at Bytes level

    /// How much of a faded colour is left when the legend isolates another.
    static constexpr double fadedShare = 0.14;
    /// `color` as it is shown: faded towards the canvas when the legend isolates another state.
    [[nodiscard]] QColor shown(const QColor& color, MapState state) const;
};

/// "Chunk 2", "Huge block".
[[nodiscard]] QString chunkName(const ChunkRow& chunk);
/// Granted share of a chunk, 0 … 1.
[[nodiscard]] double usedShare(const ChunkRow& chunk);

} // namespace heapatlas
