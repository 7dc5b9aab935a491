// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/markers.h"
#include "model/usagecurve.h"
#include "ui/views/timeline/timelinelayout.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QCustomPlot;

namespace heapatlas {

class CursorItem;
class SignsItem;
struct TimelineScene;

/// Usage over the events of a trace with its GC runs, checkpoints and the cursor. Scrubs by dragging, zooms with the
/// wheel. What it draws costs pixels, not events; moving the cursor redraws one overlay only.
class TimelineChart : public QWidget
{
    Q_OBJECT
public:
    using View = timelinelayout::View;
    /// Distance in pixels within which scrubbing snaps to a sign.
    static constexpr double snapReach = 6;

    explicit TimelineChart(QWidget* parent = nullptr);
    ~TimelineChart() override;

    [[nodiscard]] View view() const { return m_view; }
    [[nodiscard]] std::uint64_t cursor() const { return m_cursor; }
    [[nodiscard]] std::uint64_t events() const { return m_events; }
    /// Pixel of an event inside this widget, and the event that a click there means (before snapping).
    [[nodiscard]] double pixelOf(double event) const;
    [[nodiscard]] std::uint64_t eventAt(double pixel) const;
    /// Points in the curves now: grows with pixels, never with events.
    [[nodiscard]] int pointCount() const;
    /// Whether the memory_limit line is inside the axis.
    [[nodiscard]] bool isLimitVisible() const;
    [[nodiscard]] Bytes axisTop() const { return m_axisTop; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    /// What to draw; either may be null. `events` is the length of the axis.
    void setData(std::shared_ptr<const heapatlas::UsageCurve> curve,
        std::shared_ptr<const std::vector<heapatlas::Marker>> markers, std::uint64_t events);
    void setCursor(std::uint64_t event);
    /// memory_limit at the cursor in bytes, 0 for none; drawn where it is within the axis.
    void setLimit(heapatlas::Bytes limit);
    /// The life of the selected block, drawn as a thin bar under the axis; nullopt for none.
    void setSelectionLife(std::optional<std::pair<std::uint64_t, std::uint64_t>> life);
    void fit();
    /// About the cursor, as the wheel does about the pointer.
    void zoom(double factor);
    /// Pans by the smallest distance that shows the cursor.
    void revealCursor();

Q_SIGNALS:
    void cursorRequested(std::uint64_t event);
    void viewChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void setView(View view);
    void dress(); ///< pens and brushes of the theme
    void placeAxes();
    void redrawOverlay();
    void rebuild(); ///< curves of the visible stretch
    void scrubTo(double pixel, bool snap);
    bool showTip(QPoint position, QPoint global);
    [[nodiscard]] double plotLeft() const;
    [[nodiscard]] double plotWidth() const;

    std::shared_ptr<const UsageCurve> m_curve;
    std::vector<Marker> m_signs; ///< GC runs and checkpoints only, by event
    std::uint64_t m_events = 0;
    std::uint64_t m_cursor = 0;
    Bytes m_limit = 0;
    Bytes m_axisTop = 0;
    View m_view;
    bool m_hasDrawn = false;
    bool m_isFitted = true; ///< follows the end while a trace is loading
    std::optional<double> m_panFrom; ///< pixel of the last middle-button position

    std::unique_ptr<TimelineScene> m_scene; ///< what the items look at
    QCustomPlot* m_plot = nullptr; ///< child
    SignsItem* m_signsItem = nullptr; ///< owned by the plot
    CursorItem* m_cursorItem = nullptr; ///< owned by the plot
};

} // namespace heapatlas
