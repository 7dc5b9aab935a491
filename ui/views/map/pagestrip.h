// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/mapinks.h"
#include "ui/views/map/mapscene.h"

#include <QImage>
#include <QRect>

#include <array>
#include <vector>

namespace heapatlas {

/// Fills the pixels of pages, without text: the inner loop of MapPainter.
class PageStrip
{
public:
    explicit PageStrip(const MapScene& scene);

    /// Where to paint: the image's first pixel stands for `origin` of the world, and nothing outside `clip`, which is
    /// of the world too, is touched.
    void setTarget(QImage& image, QPoint origin, QRect clip);
    /// Fills a rectangle of the world that is inside the clip: pages, bars, and canvas between them.
    void paint(QRect world);

private:
    /// A fill with what is derived from it at this level.
    struct Tones
    {
        QRgb live = 0;
        QRgb free = 0;
        QRgb slack = 0;
        // The same in the second line: at Chunk level the half gap under a row, from Page level on its edge.
        QRgb live2 = 0;
        QRgb free2 = 0;
        QRgb slack2 = 0;
    };
    /// Of one key of MapInks.
    struct Inks
    {
        Tones tones;
        std::array<QRgb, 65> mixes {}; ///< free … live in 64 steps
        std::array<QRgb, 65> mixes2 {};
        bool isReady = false;
    };
    void paintChunk(const MapLayout::Item& item, MapLayout::Span rows, MapLayout::Span columns);
    void paintBar(const MapLayout::Item& item);
    void put(int from, int to, QRgb middle, QRgb second);
    void smallPage(const RegionRow& region, Bytes pageOffset, QRect box);
    void coarseRow(const RegionRow& region, const Inks& inks, Bytes begin);
    void coarseBlocks(const RegionRow& region, const Inks& inks, Bytes begin, std::size_t& block);
    void fineRow(const RegionRow& region, const Inks& inks, Bytes begin, std::size_t& block);
    void largePage(const RegionRow& region, Bytes pageOffset, QRect box);
    void joinPages(const RegionRow& region, Bytes nextOffset, QRect box);
    void freePage(QRect box);
    void fill(QRect rect, QRgb color);
    void copyLine(const std::vector<QRgb>& line, QRect box, int y);
    const Inks& inksOf(const RegionRow& region);
    [[nodiscard]] Tones tonesOf(const MapInks::Fill& fill) const;
    [[nodiscard]] std::size_t firstBlock(Address address) const;

    QRgb* m_bits =
        nullptr; ///< of the target; asking the image for every line would cost more than many fills
    qsizetype m_stride = 0; ///< in pixels
    QPoint m_origin;
    const MapScene& m_scene;
    const MapLayout& m_layout;
    MapInks m_source;
    QRect m_clip;
    MapLevel m_level;
    int m_slotGap;
    int m_rowGap;
    QRgb m_canvas;
    QRgb m_freeTail;
    QRgb m_freeTail2;
    std::array<Inks, MapInks::keys> m_inks;
    std::vector<QRgb> m_line; ///< middle of a row of bytes
    std::vector<QRgb> m_second; ///< the gap below it, or its top and bottom where free slots have an edge
    struct Light
    {
        float red = 0;
        float green = 0;
        float blue = 0;
    };
    std::vector<Light> m_lights; ///< sum of the colours of live bytes in each pixel
    std::vector<float> m_live; ///< share of each pixel that live bytes cover
};

} // namespace heapatlas
