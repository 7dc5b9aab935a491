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
    /// What the fills mean, and the bands that a coloring per block has here.
    void setColoring(const BlockColoring& coloring, std::vector<BlockColoring::Entry> bands);
    [[nodiscard]] MapColoring coloring() const { return m_coloring.way(); }
    [[nodiscard]] std::optional<BlockColoring::Band> isolatedBand() const { return m_isolatedBand; }
    void setIsolatedBand(std::optional<BlockColoring::Band> band);
    [[nodiscard]] QRect entryRect(MapState state) const;
    [[nodiscard]] QRect bandRect(BlockColoring::Band band) const;

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
    /// One thing that the legend names: a state of memory, or a band of the blocks.
    struct Item
    {
        MapState state = MapState::SmallSlot;
        std::optional<BlockColoring::Band> band {};
        QString label {};
    };
    struct Entry
    {
        Item item;
        QRect rect;
    };
    [[nodiscard]] std::vector<Entry> arranged(int width) const;
    [[nodiscard]] std::vector<Item> items() const;
    [[nodiscard]] int widthOf(const Item& item, int width) const;
    [[nodiscard]] bool isRamp(const Item& item) const
    {
        return item.state == MapState::SmallSlot && !item.band;
    }
    [[nodiscard]] bool isIsolated(const Item& item) const;
    [[nodiscard]] bool isAnyIsolated() const { return m_isolated || m_isolatedBand; }
    void toggle(const Item& item);

    BlockColoring m_coloring;
    std::vector<BlockColoring::Entry> m_bands;
    std::optional<BlockColoring::Band> m_isolatedBand;
    std::optional<MapState> m_isolated;
    bool m_isSlackShown = true;
    int m_focused = 0;
    int m_hovered = -1;
};

} // namespace heapatlas
