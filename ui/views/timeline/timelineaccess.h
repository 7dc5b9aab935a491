// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/timeline/timelinelayout.h"
#include "ui/widgets/accessiblecanvas.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

class TimelineChart;

/// The time chart for assistive tools: the cursor, both ends of the range, and the signs that can be seen, each with its
/// values in its name. Pressing a sign goes to its event; cursor and ends can be moved.
class TimelineAccess : public CanvasItems
{
public:
    /// Signs told of at most; where more are seen, some of them, spread over the view.
    static constexpr std::size_t mostSigns = 200;

    explicit TimelineAccess(TimelineChart* chart);

    void itemsChanged();
    void cursorMoved();
    void rangeMoved();
    void focusMoved();

    int count() const override;
    QString name(int item) const override;
    QRect rect(int item) const override;
    void press(int item) override;
    QAccessible::Role role(int item) const override;
    bool isSelected(int item) const override;
    bool hasFocus(int item) const override;
    void focus(int item) override;
    bool isAdjustable(int item) const override;
    void adjust(int item, int steps) override;

private:
    struct Sign
    {
        bool isCheckpoint = false;
        std::size_t index = 0; ///< of the chart's marker index
        std::uint64_t event = 0;
    };

    [[nodiscard]] int partCount() const;
    [[nodiscard]] timelinelayout::Part part(int item) const
    {
        return static_cast<timelinelayout::Part>(item);
    }
    /// Null for a part, and past the end.
    [[nodiscard]] const Sign* sign(int item) const;
    void collect() const;

    TimelineChart* m_chart;
    AccessibleCanvas* m_canvas; ///< child of the chart
    mutable std::vector<Sign> m_signs;
    mutable bool m_isStale = true;
};

} // namespace heapatlas
