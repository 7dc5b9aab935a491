// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/spacetime/spacetimescene.h"

#include <QImage>
#include <QString>

class QPainter;

namespace heapatlas {

/// Everything of the space–time view that is not a pixel of data: the future's fading, captions, markers, cursor, the
/// lens' frame, selection, filter and axis.
class SpacetimeLabels
{
public:
    /// The whole view; `bands` and `lens` are as SpacetimePixels made them.
    static void paint(QPainter& painter, const SpacetimeScene& scene, const Theme& theme, const QImage& bands,
        const QImage& lens);

    /// "chunk 2, pages 248 to 254, 28 KB", or what else the lens shows.
    [[nodiscard]] static QString lensText(const SpacetimeScene& scene);
    /// A value of the axis: "250 k", "1.5 s", "12 MB".
    [[nodiscard]] static QString axisText(double value, double step, EventScale::Unit unit);
    /// Values at which the axis has a number: 1, 2 or 5 times a power of the unit, not closer than `apart` pixels.
    [[nodiscard]] static std::vector<double> ticks(
        const AxisRange& range, double width, double apart, EventScale::Unit unit);
};

} // namespace heapatlas
