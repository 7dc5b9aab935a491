// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventscale.h"
#include "model/heapsnapshot.h"
#include "model/lifebars.h"
#include "model/spacetimegrid.h"
#include "session/boxfilter.h"
#include "session/selection.h"
#include "ui/theme/theme.h"
#include "ui/views/map/mapscene.h"
#include "ui/views/spacetime/spacetimelayout.h"

#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

/// What stands on the address axis: chunks in the order in which they came, huge blocks in lines without overlap.
struct SpacetimeRows
{
    static constexpr int mostHugeLines = 8;

    struct Band
    {
        AddressRange range;
        std::uint32_t pages = 0;
        std::uint32_t ordinal = 0;
        std::uint64_t firstSeen = 0;
        int inOverview = -1; ///< index of its band there, −1: not in it
        int inDetail = -1;
    };
    std::vector<Band> bands;
    std::vector<HugeBar> huge;
    std::vector<int> hugeLine; ///< of each
    int hugeLines = 0;

    [[nodiscard]] static SpacetimeRows of(const SpacetimeGrid* overview, const SpacetimeGrid* detail);
    /// Index of the band whose chunk contains the address, −1 if none.
    [[nodiscard]] int bandOf(Address address) const;
};

/// Everything a picture of the view depends on.
struct SpacetimeScene
{
    SpacetimeLayout layout;
    AxisRange range;
    EventScalePtr scale = std::make_shared<const EventScale>();
    SpacetimeRows rows;
    SpacetimeGridPtr overview;
    SpacetimeGridPtr detail;
    LifeBarsPtr lives;
    AddressRange lens;
    int lensBand = -1; ///< −1: a huge block, or nothing
    std::uint64_t events = 0;
    std::uint64_t cursor = 0;
    std::vector<std::uint64_t> gcRuns; ///< their events, ascending
    std::vector<std::uint64_t> checkpoints;
    SnapshotPtr snapshot; ///< at the cursor, for the numbers of chunks; may be null
    Selection selection;
    std::uint64_t selectedBirth = 0; ///< born position of the selected block, if details are known
    bool hasSelectedBirth = false;
    std::optional<BoxFilter> filter;
    std::optional<QRectF> box; ///< that is being dragged
    std::optional<MapState> isolated;
    SiteResolver siteName; ///< may be empty
    bool isOccupancyShown = false; ///< colours tell how full pages are, not what they hold
    bool hasFocus = false;

    [[nodiscard]] double xOf(double position) const { return layout.xOf(scale->valueAt(position), range); }
    [[nodiscard]] std::uint64_t positionAt(double x) const;
    /// The column of the finest grid that knows the position. `index` is the band's there, −1 if it has none.
    struct Cells
    {
        SpacetimeGrid::Place place;
        int index = -1;
    };
    [[nodiscard]] Cells cellsAt(int band, std::uint64_t position) const;
    [[nodiscard]] SpacetimeCell cellAt(int band, std::uint32_t page, std::uint64_t position) const;
    /// "Chunk 2", as the map calls it at the cursor; where it is not mapped then, as it was called when it came.
    [[nodiscard]] QString nameOf(int band) const;
    [[nodiscard]] bool isMapped(int band) const; ///< at the cursor, as far as that is known
    /// Columns between which a chunk was mapped: from 0 one that was there at the beginning, to nothing where it still is
    /// at the end.
    struct Mapping
    {
        std::uint64_t from = 0;
        std::optional<std::uint64_t> to;
    };
    [[nodiscard]] Mapping mappingOf(int band) const; ///< O(columns)
    [[nodiscard]] bool isSelected(const LifeBar& bar) const;
    [[nodiscard]] QColor shown(const QColor& color, MapState state, const Theme& theme) const;
    [[nodiscard]] QRectF rectOf(const BoxFilter& filter) const; ///< in the bands; empty where it is not seen
    [[nodiscard]] QRectF lensRectOf(const BoxFilter& filter) const; ///< the same in the lens
};

} // namespace heapatlas
