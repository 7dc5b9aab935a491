// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapinks.h"
#include "ui/views/map/maplayout.h"
#include "ui/views/map/mapscene.h"

#include <QImage>
#include <QRect>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace heapatlas {

/// Pictures of the map's world in squares, from Chunk level up: pages and what is written in them. A square is painted
/// when it is first seen; another scroll position only copies, another snapshot repaints only the pages that differ.
/// Everything is thrown away when the zoom, the place of a chunk or the inks change.
class MapTiles
{
public:
    static constexpr int side = 256; ///< device pixels

    /// Fills the body of the scene's viewport. `snapshot` is the scene's.
    void compose(QImage& image, const MapScene& scene, const SnapshotPtr& snapshot);
    void clear();
    /// How many pixels compose() has painted since the last call, not counting copies.
    [[nodiscard]] std::int64_t takePaintedPixels();

private:
    struct Tile
    {
        QImage image;
        QRect valid; ///< of the world; what is outside has never been painted
        std::vector<QRect> dirty; ///< of the world
        std::uint64_t used = 0; ///< the last compose() that needed it
    };
    class Brush;
    void sync(const MapScene& scene, const SnapshotPtr& snapshot);
    void markChanges(const HeapSnapshot& before, const MapScene& scene);
    void markDirty(QRect world);
    void update(Tile& tile, QRect whole, QRect needed, Brush& brush);

    InkKey m_key;
    MapLayout m_layout; ///< of the tiles, its scroll does not count
    SnapshotPtr m_snapshot;
    std::unordered_map<std::uint64_t, Tile> m_tiles; ///< looked up only, never gone through in order
    std::uint64_t m_turn = 0;
    std::int64_t m_painted = 0;
};

} // namespace heapatlas
