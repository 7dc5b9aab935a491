// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hoverplace.h"

#include <algorithm>
#include <array>

namespace heapatlas {

namespace {

constexpr int distance = 16;

} // namespace

QRect besidePointer(QRect room, QSize size, QPoint pointer, QRect item)
{
    const auto placed = [&](int x, int y) {
        return QRect(std::clamp(x, room.left(), std::max(room.left(), room.right() + 1 - size.width())),
            std::clamp(y, room.top(), std::max(room.top(), room.bottom() + 1 - size.height())), size.width(),
            size.height());
    };
    // Below right of the pointer first, then the other corners, then clear of the item on each side.
    const int right = pointer.x() + distance;
    const int left = pointer.x() - distance - size.width();
    const int below = pointer.y() + distance;
    const int above = pointer.y() - distance - size.height();
    const std::array<QRect, 8> places { placed(right, below), placed(left, below), placed(right, above),
        placed(left, above), placed(right, item.bottom() + 1), placed(right, item.top() - size.height()),
        placed(item.right() + 1, below), placed(item.left() - size.width(), below) };
    const auto best = std::find_if(places.begin(), places.end(),
        [&](const QRect& place) { return !place.intersects(item) && !place.contains(pointer); });
    return best == places.end() ? places.front() : *best;
}

} // namespace heapatlas
