// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <QRectF>
#include <QSize>

#include <cstdint>
#include <optional>

namespace heapatlas {

/// A stretch of the time axis in the axis' own unit (events, seconds or bytes).
struct AxisRange
{
    double begin = 0;
    double end = 1;

    [[nodiscard]] double span() const { return end - begin; }
    friend bool operator==(const AxisRange&, const AxisRange&) = default;

    /// Zooms by `factor` (over 1: in) so that `pivot` stays, within `whole` and not below `least`.
    [[nodiscard]] AxisRange zoomed(double factor, double pivot, const AxisRange& whole, double least) const;
    /// Moved by `delta` within `whole`, without changing the span.
    [[nodiscard]] AxisRange panned(double delta, const AxisRange& whole) const;
};

// Where everything of the space–time view stands. Pure geometry in device-independent pixels: no data, no widget.
//
//   ┌ markers ──────────────────────┐
//   │ band 0                        │ ─┐
//   │ band 1                        │  │ scrolls where not all fit
//   │ huge, one line each           │ ─┘
//   ├ divider ──────────────────────┤
//   │ title of the lens             │
//   │ lens, pages × time            │
//   │ axis                          │
//   └───────────────────────────────┘
class SpacetimeLayout
{
public:
    static constexpr double tallBand = 70;
    static constexpr double leastBand = 24;

    struct Input
    {
        QSize size;
        int bands = 0;
        int hugeLines = 0;
        double share = 0.6; ///< of the bands in the height
        double scroll = 0; ///< of the bands, in pixels
        double textScale = 1;
    };

    SpacetimeLayout() = default;
    explicit SpacetimeLayout(const Input& input);

    [[nodiscard]] double left() const { return m_left; } ///< of everything on the time axis
    [[nodiscard]] double right() const { return m_right; }
    [[nodiscard]] double width() const { return m_right - m_left; }
    [[nodiscard]] QRectF markerLane() const { return m_markers; }
    [[nodiscard]] QRectF bandsArea() const { return m_bandsArea; } ///< what is seen of bands and huge blocks
    [[nodiscard]] QRectF divider() const { return m_divider; } ///< as it can be grabbed
    [[nodiscard]] QRectF lensTitle() const { return m_lensTitle; }
    [[nodiscard]] QRectF lens() const { return m_lens; }
    [[nodiscard]] QRectF axis() const { return m_axis; }

    [[nodiscard]] double bandHeight() const { return m_bandHeight; }
    [[nodiscard]] QRectF band(int index) const; ///< may lie outside bandsArea()
    [[nodiscard]] QRectF hugeLine(int index) const;
    [[nodiscard]] std::optional<int> bandAt(double y) const;
    [[nodiscard]] std::optional<int> hugeLineAt(double y) const;
    [[nodiscard]] double contentHeight() const { return m_contentHeight; }
    [[nodiscard]] double mostScroll() const;
    [[nodiscard]] double scroll() const { return m_scroll; }
    /// The scroll that shows the band by moving the least.
    [[nodiscard]] double scrollTo(int band) const;
    /// The share that puts the divider at y.
    [[nodiscard]] double shareAt(double y) const;

    [[nodiscard]] double xOf(double value, const AxisRange& range) const;
    [[nodiscard]] double valueAt(double x, const AxisRange& range) const;
    /// Offset in a band of `bytes` bytes, and back.
    [[nodiscard]] double yInBand(int index, Bytes offset, Bytes bytes) const;
    [[nodiscard]] Bytes offsetInBand(int index, double y, Bytes bytes) const;
    [[nodiscard]] double yInLens(Address address, AddressRange window) const;
    [[nodiscard]] Address addressInLens(double y, AddressRange window) const;

private:
    Input m_input;
    double m_left = 0;
    double m_right = 1;
    double m_bandHeight = leastBand;
    double m_gap = 4;
    double m_lineHeight = 24;
    double m_contentHeight = 0;
    double m_scroll = 0;
    double m_top = 0;
    double m_bottom = 1; ///< of what the divider moves in
    QRectF m_markers;
    QRectF m_bandsArea;
    QRectF m_divider;
    QRectF m_lensTitle;
    QRectF m_lens;
    QRectF m_axis;
};

} // namespace heapatlas
