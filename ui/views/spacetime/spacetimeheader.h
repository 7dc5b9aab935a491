// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/boxfilter.h"

#include <QWidget>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QToolButton;

namespace heapatlas {

class SegmentedSwitch;
class ToggleButton;

/// The line above the space–time view: title, what it shows, filter, time axis, colour, leaks, full screen. What does not
/// fit folds from the right into a "…" menu. 44 px high.
class SpacetimeHeader : public QWidget
{
    Q_OBJECT
public:
    explicit SpacetimeHeader(QWidget* parent = nullptr);

    [[nodiscard]] SegmentedSwitch* axisSwitch() const { return m_axis; } ///< events, seconds, bytes
    [[nodiscard]] QComboBox* colourBox() const { return m_colour; }
    [[nodiscard]] QToolButton* filterChip() const { return m_filter; }
    void setFilter(const std::optional<BoxFilter>& filter);

Q_SIGNALS:
    void filterCleared();
    void fullScreenRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    void fillMenu();

    QLabel* m_subtitle;
    QToolButton* m_filter;
    QLabel* m_axisLabel;
    SegmentedSwitch* m_axis;
    QLabel* m_colourLabel;
    QComboBox* m_colour;
    ToggleButton* m_leaks;
    QToolButton* m_full;
    QToolButton* m_more;
};

} // namespace heapatlas
