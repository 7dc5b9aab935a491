// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventrange.h"
#include "model/markers.h"
#include "model/usagecloseup.h"
#include "model/usagecurve.h"
#include "ui/views/timeline/markerindex.h"
#include "ui/views/timeline/timelinelayout.h"

#include <QImage>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QCustomPlot;

namespace heapatlas {

class BookmarkFlags;
class CursorItem;
class SignsItem;
class TimelineAccess;
class UsagePlottable;
struct TimelineScene;

/// Usage over the events of a trace with its GC runs, checkpoints, the cursor and a range of events. Scrubs by dragging,
/// selects a range by dragging in the lane of the signs, zooms with the wheel. What it draws costs pixels, not events;
/// axes and grid are redrawn only when their scale changes, curves when the view does, and moving the cursor redraws
/// one overlay.
class TimelineChart : public QWidget
{
    Q_OBJECT
public:
    using View = timelinelayout::View;
    using Part = timelinelayout::Part;
    /// Distance in pixels within which scrubbing snaps to a sign.
    static constexpr double snapReach = 6;

    explicit TimelineChart(QWidget* parent = nullptr);
    ~TimelineChart() override;

    [[nodiscard]] View view() const { return m_view; }
    [[nodiscard]] std::uint64_t cursor() const { return m_cursor; }
    [[nodiscard]] std::uint64_t events() const { return m_events; }
    [[nodiscard]] std::optional<EventRange> range() const { return m_range; }
    [[nodiscard]] const MarkerIndex& markers() const { return m_markers; }
    /// Pixel of an event inside this widget, and the event that a click there means (before snapping).
    [[nodiscard]] double pixelOf(double event) const;
    [[nodiscard]] std::uint64_t eventAt(double pixel) const;
    /// Columns of pixels in the curves now: grows with pixels, never with events.
    [[nodiscard]] int columnCount() const;
    /// How often the curves were drawn; moving the cursor leaves it.
    [[nodiscard]] int repaints() const { return m_repaints; }
    /// Whether the memory_limit line is inside the axis.
    [[nodiscard]] bool isLimitVisible() const;
    [[nodiscard]] Bytes axisTop() const { return m_axisTop; }
    /// The rectangle of the handle of that end of the range, or of the cursor's label; null when it is not seen.
    [[nodiscard]] QRect partBox(Part part) const;
    /// What the arrow keys move.
    [[nodiscard]] Part focusedPart() const;
    void setFocusedPart(Part part);
    /// Moves a part by that many pixels' worth of events, at least one.
    void nudge(Part part, int pixels);
    /// The lane of the signs, where dragging selects a range.
    [[nodiscard]] QRect lane() const;

    /// What is shown, finer by that factor; or painted into anything, such as an SVG.
    [[nodiscard]] QImage picture(qreal devicePixelRatio) const;
    bool paintInto(QPaintDevice* device) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    /// What to draw; either may be null. `events` is the length of the axis.
    void setData(std::shared_ptr<const heapatlas::UsageCurve> curve,
        std::shared_ptr<const std::vector<heapatlas::Marker>> markers, std::uint64_t events);
    /// Finer buckets for a part of the curve, as closeUpWanted() asked for.
    void setCloseUp(std::shared_ptr<const heapatlas::UsageCloseUp> closeUp);
    void setCursor(std::uint64_t event);
    void setRange(std::optional<heapatlas::EventRange> range);
    /// memory_limit at the cursor in bytes, 0 for none; drawn where it is within the axis.
    void setLimit(heapatlas::Bytes limit);
    /// The life of the selected block, drawn as a thin bar under the axis; nullopt for none.
    void setSelectionLife(std::optional<heapatlas::EventRange> life);
    /// Events with a bookmark, ascending.
    void setBookmarks(std::vector<std::uint64_t> events);
    void fit();
    void zoomToRange();
    /// About the cursor, as the wheel does about the pointer.
    void zoom(double factor);
    /// Pans by the smallest distance that shows the cursor.
    void revealCursor();

Q_SIGNALS:
    void cursorRequested(std::uint64_t event);
    void rangeRequested(std::optional<heapatlas::EventRange> range);
    void viewChanged();
    /// The curve is coarser than the pixels here.
    void closeUpWanted(heapatlas::EventRange range, std::uint64_t stride);
    void rangeStartRequested(); ///< at the cursor
    void rangeEndRequested();
    void tableRequested();
    void copyRequested();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Repaint
    {
        Everything, ///< axes, too
        Curves, ///< what depends on the view
        Overlay,
    };
    /// What the left button does until it is released.
    struct Drag
    {
        enum class What
        {
            Nothing,
            Cursor,
            NewRange,
            RangeEnd, ///< either: the other one stays
        };
        What what = What::Nothing;
        std::uint64_t anchor = 0; ///< the other end of the range
        double pressedAt = 0; ///< pixel
        bool hasMoved = false;
        std::optional<EventRange> before; ///< what Esc restores
    };

    void setView(View view);
    void dress(); ///< pens and brushes of the theme
    void placeAxes();
    void scaleAxes();
    void redraw(Repaint what);
    void wantCloseUp();
    void press(QPointF position, Qt::KeyboardModifiers modifiers);
    void drag(QPointF position, Qt::KeyboardModifiers modifiers);
    void release(QPointF position, Qt::KeyboardModifiers modifiers);
    void scrubTo(double pixel, bool snap);
    void wheel(QPointF position, QPoint turn, Qt::KeyboardModifiers modifiers);
    void showMenu(QPoint global);
    void updatePointer(QPointF position);
    [[nodiscard]] std::optional<Part> handleAt(QPointF position) const;
    [[nodiscard]] std::uint64_t snapped(double pixel, bool snap) const;
    bool showTip(QPoint position, QPoint global);
    [[nodiscard]] double plotLeft() const;
    [[nodiscard]] double plotWidth() const;

    std::unique_ptr<TimelineAccess>
        m_access; ///< first, so that the first question about this widget finds it
    std::shared_ptr<const UsageCurve> m_curve;
    std::shared_ptr<const UsageCloseUp> m_closeUp;
    MarkerIndex m_markers;
    std::uint64_t m_events = 0;
    std::uint64_t m_cursor = 0;
    std::optional<EventRange> m_range;
    Bytes m_limit = 0;
    Bytes m_axisTop = 0;
    View m_view;
    bool m_hasDrawn = false;
    bool m_isFitted = true; ///< follows the end while a trace is loading
    int m_repaints = 0;
    Drag m_drag;
    std::optional<double> m_panFrom; ///< pixel of the last middle-button position

    std::unique_ptr<TimelineScene> m_scene; ///< what the items look at
    QCustomPlot* m_plot = nullptr; ///< child
    UsagePlottable* m_usage = nullptr; ///< owned by the plot
    SignsItem* m_signsItem = nullptr; ///< owned by the plot
    BookmarkFlags* m_bookmarkFlags = nullptr; ///< owned by the plot
    CursorItem* m_cursorItem = nullptr; ///< owned by the plot
};

} // namespace heapatlas
