// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;

namespace heapatlas {

class Breadcrumb;
class SegmentedSwitch;
class ToggleButton;

/// The line above the map: title, breadcrumb, level switch, slack, fit. What does not fit folds from the right into a
/// "…" menu. 44 px high.
class MapHeader : public QWidget
{
    Q_OBJECT
public:
    explicit MapHeader(QWidget* parent = nullptr);

    [[nodiscard]] Breadcrumb* breadcrumb() const { return m_breadcrumb; }
    [[nodiscard]] SegmentedSwitch* levelSwitch() const { return m_levels; }
    [[nodiscard]] ToggleButton* slackButton() const { return m_slack; }
    [[nodiscard]] QToolButton* fitButton() const { return m_fit; }
    [[nodiscard]] QToolButton* moreButton() const { return m_more; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    void fillMenu();

    Breadcrumb* m_breadcrumb;
    SegmentedSwitch* m_levels;
    ToggleButton* m_slack;
    QToolButton* m_fit;
    QToolButton* m_more;
};

} // namespace heapatlas
