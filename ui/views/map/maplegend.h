// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

#include <QWidget>

#include <optional>
#include <vector>

class QPainter;

namespace heapatlas {

/// What the colours mean, in lines of 24 px. A click on an entry isolates it, another click ends that.
class MapLegend : public QWidget
{
    Q_OBJECT
public:
    explicit MapLegend(QWidget* parent = nullptr);

    [[nodiscard]] std::optional<MapState> isolated() const { return m_isolated; }
    void setIsolated(std::optional<MapState> state);
    void setSlackShown(bool on);
    [[nodiscard]] QRect entryRect(MapState state) const;

    /// Paints the legend of `width` at the painter's origin; for pictures of the canvas.
    void paintInto(QPainter& painter, int width, qreal ratio) const;
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void isolatedChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Entry
    {
        MapState state;
        QRect rect;
    };
    [[nodiscard]] std::vector<Entry> arranged(int width) const;
    [[nodiscard]] std::vector<MapState> states() const;
    void toggle(MapState state);

    std::optional<MapState> m_isolated;
    bool m_isSlackShown = true;
    int m_focused = 0;
    int m_hovered = -1;
};

} // namespace heapatlas
