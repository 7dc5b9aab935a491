// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/spacetime/spacetimescene.h"

#include <QImage>

#include <utility>
#include <vector>

namespace heapatlas {

/// The data of the space–time view as pixels, written line by line: the cost follows the pixels, not the events.
/// A pixel shows the moment at its middle, in the bands as in the lens, whatever came and went beside it.
class SpacetimePixels
{
public:
    /// `ratio`: device pixels to a pixel of the layout.
    SpacetimePixels(const SpacetimeScene& scene, const Theme& theme, double ratio);

    /// layout.bandsArea() within the axis' left and right: chunks and huge blocks, without words.
    void paintBands(QImage& image) const;
    /// layout.lens()
    void paintLens(QImage& image) const;

private:
    [[nodiscard]] QSize deviceSize(const QRectF& area) const;
    void paintBand(QImage& image, int band) const;
    void paintHuge(QImage& image) const;
    void paintPages(QImage& image) const;
    void paintBars(QImage& image) const;
    /// Pixel columns that show the positions [from, to).
    [[nodiscard]] std::pair<int, int> columnsOf(std::uint64_t from, std::uint64_t to) const;
    [[nodiscard]] QColor fillOf(SpacetimeCell cell) const;

    const SpacetimeScene& m_scene;
    const Theme& m_theme;
    double m_ratio;
    std::vector<std::uint64_t> m_positions; ///< that each pixel column shows, ascending
    std::vector<QRgb> m_inks; ///< by kind × 64 + used / 4
};

} // namespace heapatlas
