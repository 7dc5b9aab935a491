// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "ui/views/map/maplayout.h"

class QPainter;

namespace heapatlas::maprings {

/// The ring of the selected range: 2 px in the text colour around it, 2 px of canvas outside, so it reads on every
/// fill. What is too small for a ring gets it around its page. `painter` in device-independent pixels.
void selection(QPainter& painter, const MapLayout& layout, AddressRange range);
/// 1 px around what is under the pointer.
void hover(QPainter& painter, const MapLayout& layout, AddressRange range);

/// The rectangles that a ring goes around, in device pixels: of the range, or of its page where that is too small.
[[nodiscard]] std::vector<QRect> ringed(const MapLayout& layout, AddressRange range);

} // namespace heapatlas::maprings
