// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/overlays.h"
#include "ui/views/map/maplayout.h"

#include <QImage>

class QPainter;

namespace heapatlas {

struct Theme;

/// Which overlays are on. Slack is part of the fills (MapScene::isSlackShown).
struct MapOverlayChoice
{
    bool hasPins = false;
    bool hasJustFreed = false;
    bool hasFreeLists = false;

    [[nodiscard]] bool isEmpty() const { return !hasPins && !hasJustFreed && !hasFreeLists; }
    friend bool operator==(const MapOverlayChoice&, const MapOverlayChoice&) = default;
};

namespace mapoverlays {

/// Draws over the fills of a picture of the same event, below its labels and rings; nothing if the overlays are of
/// another event. `painter` in device-independent pixels. Cost: what is seen, and the logarithm of the rest.
void paint(QPainter& painter, const MapLayout& layout, const HeapSnapshot& snapshot,
    const HeapOverlays& overlays, const MapOverlayChoice& choice, const Theme& theme);

/// 45° lines, 4 px apart, for what was just freed; `ratio` device pixels a pixel.
[[nodiscard]] QImage hatch(const QColor& color, double ratio);

} // namespace mapoverlays

} // namespace heapatlas
