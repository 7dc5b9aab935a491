// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellpyramid.h"
#include "ui/views/map/mapinks.h"
#include "ui/views/map/mapscene.h"
#include "ui/views/map/mapsticker.h"

#include <QImage>

#include <cstdint>
#include <span>
#include <vector>

namespace heapatlas {

/// The pixels of Heap level: one colour a cell, copied line by line. Keeps the colours of the chunks that it drew, so
/// another scroll or zoom of the same heap costs little more than writing the picture.
class HeapCells
{
public:
    /// Fills the whole image, which has the size of the scene's viewport. The pyramid has the scene's snapshot. The
    /// stickers, by their top, are written with the lines that they lie on.
    void paint(QImage& image, const MapScene& scene, CellPyramid& pyramid,
        std::span<const MapSticker> stickers = {});

private:
    struct Chunk
    {
        std::uint64_t version = 0;
        int level = -1;
        std::vector<QRgb> colors;
    };
    void takeInks(const MapScene& scene);
    void mixShades(const MapScene& scene, unsigned look);
    static void colorBlocks(
        const MapScene& scene, std::uint32_t chunkRow, int level, std::vector<QRgb>& colors);
    /// The colours of the cells of one chunk, by address.
    [[nodiscard]] std::span<const QRgb> colors(
        const MapScene& scene, CellPyramid& pyramid, std::uint32_t chunkRow, int level);
    void takeLine(const MapScene& scene, CellPyramid& pyramid, MapLayout::Span items, std::size_t imageWidth);
    void paintBars(std::vector<QRgb>& line, int top, QRgb background) const;
    void paintCells(const MapLayout& layout, int row, QRgb background);
    bool putWords(std::vector<QRgb>& line, int y, int width);
    void takeWordsOff(std::vector<QRgb>& line, int width, QRgb background) const;

    /// A chunk in a line of them.
    struct Piece
    {
        int left = 0;
        std::span<const QRgb> colors;
    };
    /// A huge block in a line of chunks.
    struct Bar
    {
        int left = 0;
        int width = 0;
        int height = 0;
        int slack = 0; ///< pixels at the right end
        QRgb live = 0;
        QRgb slackInk = 0;
    };

    InkKey m_key;
    std::vector<QRgb> m_palette; ///< by CellCode; 0: not mixed yet, for colours are opaque
    std::vector<Chunk> m_chunks; ///< by chunk row
    // Of the line of chunks that is being painted
    std::vector<Piece> m_pieces;
    std::vector<Bar> m_bars;
    std::vector<QRgb> m_cells; ///< one line of pixels, at least as wide as the image
    std::vector<QRgb> m_gap; ///< the line of pixels below a row of cells
    std::vector<QRgb> m_blank; ///< a line of nothing
    std::span<const MapSticker> m_waiting; ///< for lines further down
    std::vector<const MapSticker*> m_words; ///< on the line that was written last
};

} // namespace heapatlas
