// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

class QPainter;

namespace heapatlas::mapbreaks {

/// Tells that address space before the item is not used, and how much: in words on a line of its own, or between
/// chunks side by side as a mark with the size as far as there is room. The painter has device-independent pixels.
void paint(QPainter& painter, const MapScene& scene, const MapLayout::Item& item);

} // namespace heapatlas::mapbreaks
