// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/markers.h"
#include "ui/views/timeline/qcustomplotheader.h"
#include "ui/views/timeline/timelinelayout.h"

#include <optional>
#include <vector>

namespace heapatlas {

/// What both items below need to know of the chart; kept by TimelineChart.
struct TimelineScene
{
    timelinelayout::View view;
    QRectF plot; ///< the axis rectangle
    double laneTop = 0; ///< top of the marker lane above it
    std::uint64_t cursor = 0;
    std::uint64_t events = 0;
    std::optional<std::pair<std::uint64_t, std::uint64_t>> life;
};

/// GC runs (▼) and checkpoints (flag with letter), one sign per pixel at most.
class SignsItem : public QCPAbstractItem
{
public:
    SignsItem(QCustomPlot* plot, const TimelineScene* scene, const std::vector<Marker>* signs);
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    const TimelineScene* m_scene;
    const std::vector<Marker>* m_signs;
};

/// The veil over the future, the cursor with its label, the event labels and the life of the selection.
class CursorItem : public QCPAbstractItem
{
public:
    CursorItem(QCustomPlot* plot, const TimelineScene* scene);
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawEventLabels(QCPPainter* painter, const QRectF& pill) const;
    const TimelineScene* m_scene;
};

} // namespace heapatlas
