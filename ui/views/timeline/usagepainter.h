// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "ui/views/timeline/usagecolumns.h"

#include <QColor>
#include <QImage>

#include <span>

namespace heapatlas {

/// Colours and widths of the usage curves; opaque, widths in device pixels.
struct UsageInks
{
    QColor area; ///< below the live curve
    QColor live;
    QColor real;
    QColor peak;
    double liveWidth = 1;
    double realWidth = 1;
    double peakWidth = 1;
    int dash = 4; ///< of the peak line
    int dashGap = 3;
};

/// Draws usage as an image, a column of pixels each: live as an area with its line, real as a line, peak dashed. Writes
/// pixels itself, because nothing else is quick enough to follow a wheel. `top` is the value at the upper edge of the
/// drawing, whose lower edge is 0; `margin` rows above and below it are free for half a line.
[[nodiscard]] QImage usageImage(
    std::span<const UsageColumn> columns, int height, int margin, Bytes top, const UsageInks& inks);

} // namespace heapatlas
