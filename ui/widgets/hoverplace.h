// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>

namespace heapatlas {

/// Where something of `size` opens beside the pointer inside `room`: 16 px away, below right of it first, flipped near
/// the edges, and never over `item` or the pointer as long as there is a place that is not.
[[nodiscard]] QRect besidePointer(QRect room, QSize size, QPoint pointer, QRect item);

} // namespace heapatlas
