// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellpyramid.h"

#include <QHash>
#include <QImage>
#include <QWidget>

#include <optional>
#include <vector>

namespace heapatlas {

/// The column left of the canvas: every chunk, by address, as a thumbnail with its used share, huge blocks by size, four
/// totals. More chunks than room make thumbnails lower, then one line each, then the column scrolls; the totals stay.
/// Costs what is seen of it. objectName "mapOverview".
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
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Row ///< of the same number as the row of chunks()
    {
        int top = 0; ///< of its caption, unscrolled
        bool isHuge = false;
        bool hasBreak = false; ///< address space before it is not used
    };
    struct Thumbnail
    {
        std::uint64_t version = 0; ///< of its cells
        QImage image;
    };
    void arrange();
    void setScroll(int scroll);
    void choose(std::uint32_t chunkRow);
    void reveal(std::uint32_t chunkRow);
    void paintRow(QPainter& painter, std::uint32_t chunkRow);
    void paintThumbnail(QPainter& painter, std::uint32_t chunkRow, const QRect& box);
    void paintTotals(QPainter& painter, int top) const;
    [[nodiscard]] int listHeight() const; ///< room for the list
    [[nodiscard]] int totalsHeight() const;
    [[nodiscard]] int boxHeight(const Row& row) const;
    [[nodiscard]] int rowHeight(const Row& row) const; ///< with caption and the gap below
    /// The row at y of the widget, nothing above the first.
    [[nodiscard]] std::optional<std::uint32_t> rowAt(int y) const;
    [[nodiscard]] QRect handleRect() const; ///< of the scroll bar; empty if everything fits
    void dragHandle(int y);

    SnapshotPtr m_snapshot;
    std::vector<Row> m_rows;
    CellPyramid m_pyramid;
    QHash<std::uint64_t, Thumbnail> m_thumbnails; ///< by address
    std::optional<std::uint32_t> m_current;
    int m_contentHeight = 0;
    int m_thumbnailHeight = 90;
    int m_scroll = 0;
    bool m_isCompact = false; ///< a line a chunk
    std::optional<int> m_dragAt; ///< where the handle of the scroll bar was taken
};

} // namespace heapatlas
