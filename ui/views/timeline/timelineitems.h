// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventrange.h"
#include "ui/views/timeline/qcustomplotheader.h"
#include "ui/views/timeline/timelinelayout.h"

#include <cstdint>
#include <optional>

namespace heapatlas {

class MarkerIndex;

/// What both items below need to know of the chart; kept by TimelineChart.
struct TimelineScene
{
    timelinelayout::View view;
    QRectF plot; ///< the axis rectangle
    double laneTop = 0; ///< of the marker lane above it
    double laneHeight = 0;
    std::uint64_t cursor = 0;
    std::uint64_t events = 0;
    std::optional<EventRange> life; ///< of the selected block
    std::optional<EventRange> range;
    timelinelayout::Part focused = timelinelayout::Part::Cursor;
    bool showsFocus = false;

    [[nodiscard]] double pixelOf(std::uint64_t event) const
    {
        return plot.left() + timelinelayout::pixelOf(view, static_cast<double>(event), plot.width());
    }
    /// The handle of an end of the range, in the marker lane; null when it is not seen.
    [[nodiscard]] QRectF handle(timelinelayout::Part part) const;
    /// The label of the cursor below the plot; null when it is not seen.
    [[nodiscard]] QRectF cursorPill() const;
};

/// GC runs (▼) and checkpoints (flag with letter). Where they stand closer than they can be drawn, a bar in the lane
/// tells by its height how many share its pixel.
class SignsItem : public QCPAbstractItem
{
public:
    SignsItem(QCustomPlot* plot, const TimelineScene* scene, const MarkerIndex* markers);
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawGcRuns(QCPPainter* painter) const;
    void drawCheckpoints(QCPPainter* painter) const;

    const TimelineScene* m_scene;
    const MarkerIndex* m_markers;
};

/// What moves while one looks: the veil over the future, the range with its handles, the cursor with its label, the
/// event labels and the life of the selection.
class CursorItem : public QCPAbstractItem
{
public:
    CursorItem(QCustomPlot* plot, const TimelineScene* scene);
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawRange(QCPPainter* painter, const QRectF& pill) const;
    /// Those that do not touch the labels of cursor and range.
    void drawEventLabels(QCPPainter* painter, const QRectF& pill, const QRectF& other = {}) const;
    const TimelineScene* m_scene;
};

} // namespace heapatlas
