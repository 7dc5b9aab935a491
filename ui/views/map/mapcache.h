// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellpyramid.h"
#include "ui/views/map/heapcells.h"
#include "ui/views/map/maptiles.h"
#include "ui/views/map/maptitles.h"

namespace heapatlas {

/// What a view keeps from one picture of the map to the next. A picture is the same with an empty one.
struct MapCache
{
    CellPyramid pyramid; ///< has the snapshot that is painted
    HeapCells cells; ///< Heap level
    MapTiles tiles; ///< the others
    MapTitles titles; ///< where chunks stand side by side
};

} // namespace heapatlas
