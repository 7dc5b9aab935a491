// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellpyramid.h"
#include "ui/views/map/mapinks.h"
#include "ui/views/map/mapscene.h"

#include <QImage>

#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

/// The pixels of Heap level: one colour a cell, copied line by line. Keeps the colours of the chunks that it drew, so
/// another scroll or zoom of the same heap costs little more than writing the picture.
class HeapCells
{
public:
    /// Fills the whole image, which has the size of the scene's viewport. The pyramid has the scene's snapshot.
    void paint(QImage& image, const MapScene& scene, CellPyramid& pyramid);
    /// The colours of the cells of one chunk, by address.
    [[nodiscard]] std::span<const QRgb> colors(
        const MapScene& scene, CellPyramid& pyramid, std::uint32_t chunkRow, int level);

private:
    struct Chunk
    {
        std::uint64_t version = 0;
        int level = -1;
        std::vector<QRgb> colors;
    };
    void takeInks(const MapScene& scene);
    static void colorBlocks(
        const MapScene& scene, std::uint32_t chunkRow, int level, std::vector<QRgb>& colors);
    void compose(QRgb* line, int width, const MapScene& scene, CellPyramid& pyramid, MapLayout::Span items,
        int row, bool isGap);

    InkKey m_key;
    std::vector<QRgb> m_palette; ///< by CellCode
    std::bitset<CellCode::looks> m_hasLook;
    std::vector<Chunk> m_chunks; ///< by chunk row
    std::vector<QRgb> m_wide; ///< a line of cells that does not fit the image
};

} // namespace heapatlas
