// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"

#include <QImage>
#include <QSize>

namespace heapatlas {

/// Pixels of the map. Stateless: snapshot, layout and theme in, scanlines out.
class MapPainter
{
public:
    /// One colour a page, chunks below each other: for welcome cards. `size` in device-independent pixels;
    /// uses Theme::current().
    [[nodiscard]] static QImage fingerprint(const HeapSnapshot& snapshot, QSize size, qreal devicePixelRatio);
};

} // namespace heapatlas
