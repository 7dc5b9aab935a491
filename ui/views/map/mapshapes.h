// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

class QPainter;

namespace heapatlas {

/// The map as shapes instead of pixels, for SVG: one rectangle a slot row, large run or free page that is in sight.
class MapShapes
{
public:
    /// More are embedded as a picture instead: no program draws them in a bearable time.
    static constexpr int maxShapes = 60'000;

    explicit MapShapes(const MapScene& scene);
    /// False, and nothing is painted, below Page level or where there would be too many. The painter's unit is the
    /// layout's pixel.
    bool paint(QPainter& painter) const;

private:
    class Drawing;
    [[nodiscard]] std::size_t count() const;

    const MapScene& m_scene;
};

} // namespace heapatlas
