// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPoint>
#include <QRect>
#include <QSize>

#include <cstddef>
#include <vector>

namespace heapatlas {

/// A small opaque picture, line after line without anything between them.
struct MapStrip
{
    QSize size;
    std::vector<QRgb> pixels;
};

/// A strip with a place on the map's viewport, in device pixels. Where it lies nothing else is but the canvas, so it
/// may be written before or after the cells.
struct MapSticker
{
    QPoint at; ///< upper left corner; parts may be outside the viewport
    QSize size;
    const QRgb* pixels = nullptr;

    MapSticker(const MapStrip& strip, QPoint place)
        : at(place)
        , size(strip.size)
        , pixels(strip.pixels.data())
    {
    }
    [[nodiscard]] QRect rect() const { return { at, size }; }
    [[nodiscard]] int bottom() const { return at.y() + size.height(); } ///< the first line below
    /// Its pixels in a line of the viewport that it touches.
    [[nodiscard]] const QRgb* line(int y) const
    {
        return pixels + static_cast<std::ptrdiff_t>(y - at.y()) * size.width();
    }
};

} // namespace heapatlas
