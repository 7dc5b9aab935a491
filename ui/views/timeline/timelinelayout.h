// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <QString>

#include <cstddef>
#include <vector>

namespace heapatlas {

/// Pure arithmetic of the time chart: no widget, no pen.
namespace timelinelayout {

/// A stretch of events shown on the chart; fractional while zooming.
struct View
{
    double begin = 0;
    double end = 1;

    [[nodiscard]] double span() const { return end - begin; }
    friend bool operator==(const View&, const View&) = default;
};

/// The smallest stretch that zooming in reaches, in events.
inline constexpr double smallestSpan = 64;

/// Zooms by `factor` (over 1: in) so that `pivot` stays where it is, kept inside [0, events].
[[nodiscard]] View zoomed(View view, double factor, double pivot, double events);
/// Moved by `delta` events, kept inside [0, events] without changing the span.
[[nodiscard]] View panned(View view, double delta, double events);
/// Panned just enough to contain `event`.
[[nodiscard]] View revealing(View view, double event, double events);

/// The pixel of an event in a chart `width` pixels wide, and back.
[[nodiscard]] double pixelOf(View view, double event, double width);
[[nodiscard]] double eventOf(View view, double pixel, double width);

/// Event tick positions: a step of 1, 2, 2.5 or 5 times a power of ten, at least `pixelsApart` apart.
[[nodiscard]] std::vector<double> eventTicks(View view, double width, double pixelsApart);
/// "0", "500", "250 k", "1 500 k", "12 M": short, exact at the tick's step.
[[nodiscard]] QString eventLabel(double event);

/// The top of the byte axis: 2^n or 3 × 2^n, not below `peak`, at least 64 KB. Half of it is the middle tick.
[[nodiscard]] Bytes axisTop(Bytes peak);
/// "16 MB", "1.5 MB", "0": without needless decimals.
[[nodiscard]] QString axisLabel(Bytes bytes);

/// "A" … "Z", "AA" … for the n-th checkpoint, from 0.
[[nodiscard]] QString checkpointLetter(std::size_t n);

/// What jumps go to.
enum class Wanted
{
    GcRun,
    Checkpoint,
};

/// What of the chart the keys move.
enum class Part
{
    Cursor,
    RangeBegin,
    RangeEnd,
};

} // namespace timelinelayout

} // namespace heapatlas
