// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventscale.h"
#include "model/spacetimegrid.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <functional>

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
};

/// Takes a grid that is not complete yet and how much of the work is done, 0 … 1.
using SpacetimePublish = std::function<void(SpacetimeGridPtr, double)>;

// A grid of all chunks over a stretch of a trace, by one run of the cursor.
//
// First the keyframes within the stretch are looked at, which needs no replay: some picture of the whole in an instant.
// Then the run from left to right, strip by strip. Huge blocks are taken from the events themselves, so none is missed
// that came and went between two columns.
//
// Null if interrupted.
[[nodiscard]] SpacetimeGridPtr buildSpacetime(ReplayCursor& cursor, const SpacetimeRequest& request,
    const Interrupt& interrupt = {}, const SpacetimePublish& publish = {});

/// The positions that the columns of such a grid have.
[[nodiscard]] std::vector<std::uint64_t> spacetimeColumns(const SpacetimeRequest& request);

} // namespace heapatlas
