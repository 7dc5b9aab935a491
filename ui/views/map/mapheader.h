// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapcoloring.h"
#include "ui/views/map/mapoverlays.h"

#include <QList>
#include <QWidget>

class QAction;
class QMenu;
class QToolButton;

namespace heapatlas {

class BarButton;
class Breadcrumb;
class SegmentedSwitch;
class ToggleButton;

/// The line above the map: title, breadcrumb, level switch, colours, slack, overlays, fit. What does not fit folds from the right into a
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
    [[nodiscard]] BarButton* colorButton() const { return m_color; }
    [[nodiscard]] BarButton* overlayButton() const { return m_overlay; }
    /// What the menus show; nothing is emitted.
    void setColoring(MapColoring way);
    void setOverlays(const MapOverlayChoice& choice);

Q_SIGNALS:
    void coloringChosen(heapatlas::MapColoring way);
    void overlaysChosen(const heapatlas::MapOverlayChoice& choice);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    void fillMenu();
    void buildMenus();
    [[nodiscard]] MapOverlayChoice checkedOverlays() const;

    Breadcrumb* m_breadcrumb;
    SegmentedSwitch* m_levels;
    BarButton* m_color;
    QMenu* m_colorMenu;
    ToggleButton* m_slack;
    BarButton* m_overlay;
    QMenu* m_overlayMenu;
    QList<QAction*> m_colorings; ///< by MapColoring
    QAction* m_justFreed = nullptr;
    QAction* m_freeLists = nullptr;
    QAction* m_pins = nullptr;
    QToolButton* m_fit;
    QToolButton* m_more;
};

} // namespace heapatlas
