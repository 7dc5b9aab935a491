// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"

#include <QHash>
#include <QImage>
#include <QWidget>

#include <optional>
#include <vector>

namespace heapatlas {

/// The column left of the canvas: every chunk as a thumbnail with its used share, huge blocks by size, four totals.
/// Scrolls when there are more chunks than room; the totals stay. objectName "mapOverview".
class MapOverview : public QWidget
{
    Q_OBJECT
public:
    static constexpr int columnWidth = 136;

    explicit MapOverview(QWidget* parent = nullptr);

    void setSnapshot(SnapshotPtr snapshot);
    /// The chunk with the ring: row of chunks().
    void setCurrent(std::optional<std::uint32_t> chunkRow);
    /// Of the thumbnail or huge box of a chunk row, in the widget's coordinates; empty if there is none.
    [[nodiscard]] QRect boxOf(std::uint32_t chunkRow) const;

    [[nodiscard]] QSize sizeHint() const override { return { columnWidth, 400 }; }

Q_SIGNALS:
    void chunkChosen(std::uint32_t chunkRow);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Row
    {
        std::uint32_t chunkRow = 0;
        int top = 0; ///< of its caption, unscrolled
        bool isHuge = false;
    };
    void arrange();
    void setScroll(int scroll);
    void choose(std::uint32_t chunkRow);
    void reveal(std::uint32_t chunkRow);
    void paintRow(QPainter& painter, const Row& row);
    void paintTotals(QPainter& painter, int top) const;
    [[nodiscard]] int listHeight() const; ///< room for the list
    [[nodiscard]] int totalsHeight() const;
    [[nodiscard]] int boxHeight(const Row& row) const;

    SnapshotPtr m_snapshot;
    std::vector<Row> m_rows;
    QHash<std::uint32_t, QImage> m_thumbnails;
    std::optional<std::uint32_t> m_current;
    int m_contentHeight = 0;
    int m_thumbnailHeight = 90;
    int m_scroll = 0;
};

} // namespace heapatlas
