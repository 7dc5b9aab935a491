// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventscale.h"
#include "model/spacetimegrid.h"
#include "replay/interrupt.h"
#include "replay/lifeindex.h"
#include "replay/replaysource.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace heapatlas {

struct SpacetimeRequest
{
    std::uint64_t begin = 0; ///< positions [begin, end]
    std::uint64_t end = 0;
    unsigned columns = 1024; ///< evenly over the scale; fewer where the stretch has fewer positions
    EventScalePtr scale; ///< null: events
    std::size_t maxCells = std::size_t { 16 }
        << 20; ///< about; rows join pages, then columns are left out, to stay below
    Bytes hugeFrom =
        (Bytes { 2 } << 20) - 4095; ///< bytes asked for from which on a block is a bar of its own
    bool wantsLens = false; ///< the blocks of a few pages as well
    AddressRange lens {}; ///< these pages; empty: some in which much comes and goes
    std::size_t maxBars = 200'000; ///< of the lens
    unsigned threads = 0; ///< 0: as many as the stretch is worth
};

/// What is known of a grid, and of the pages of its lens: complete, or not yet.
struct SpacetimeNews
{
    SpacetimeGridPtr grid;
    LifeBarsPtr lives; ///< null: nobody asked, or no page was chosen yet
    AddressRange chosen; ///< the pages of the lens; if the request named none, empty until some are chosen
    double progress = 0; ///< share of the work done, 0 … 1
};
using SpacetimePublish = std::function<void(const SpacetimeNews&)>;

// A grid of all chunks over a stretch of a trace, by running through it once.
//
// First the keyframes within the stretch are looked at, which needs no replay: some picture of the whole in an instant.
// Then strip by strip from left to right, a long stretch by several threads, each with a cursor that starts at the nearest
// keyframe. Who runs through a strip is told of huge blocks, so that none is missed that came and went between two columns,
// and of those of the lens.
//
// Nothing if interrupted. Without `publish` there is no first look.
[[nodiscard]] std::optional<SpacetimeNews> makeSpacetime(const ReplaySourcePtr& source,
    const SpacetimeRequest& request, const Interrupt& interrupt = {}, const SpacetimePublish& publish = {});
/// Its grid alone; null if interrupted.
[[nodiscard]] SpacetimeGridPtr buildSpacetime(
    const ReplaySourcePtr& source, const SpacetimeRequest& request, const Interrupt& interrupt = {});

/// The positions that the columns of such a grid have.
[[nodiscard]] std::vector<std::uint64_t> spacetimeColumns(const SpacetimeRequest& request);

} // namespace heapatlas
