// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/maplevel.h"

#include <QPoint>
#include <QRect>
#include <QSize>

#include <vector>

namespace heapatlas {

/// Where everything of the map stands, in whole device pixels: 32 pages a row, a page as rows of bytes, chunks below
/// each other, or side by side where several fit. Pure geometry: no snapshot data but the list of chunks, no widget.
/// Every edge is a whole number, so the painter and the hit test agree to the pixel at any ratio.
class MapLayout
{
public:
    static constexpr int pagesPerRow = 32;
    static constexpr double minPageWidth = 1.0;
    static constexpr double maxPageWidth = 1600.0;

    /// A chunk or a huge block. Coordinates are of the world: scroll() is subtracted for the screen.
    struct Item
    {
        AddressRange range;
        std::uint32_t chunkRow = 0; ///< row of HeapSnapshot::chunks()
        std::uint32_t pages = 0; ///< 0: a huge block, drawn as one bar
        QRect rect; ///< caption and pages
        int bodyTop = 0; ///< y of the first page row
    };

    struct Hit
    {
        enum class What : unsigned char
        {
            Nothing,
            Page,
            Huge,
            Caption, ///< the chunk's title line
        };
        What what = What::Nothing;
        std::size_t item = 0;
        std::uint32_t page = 0;
        Address address; ///< of the byte under the point (Page, Huge)
    };

    /// `pageWidth` in device-independent pixels; `viewport` in device pixels.
    void rebuild(const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth);
    /// The same, but what stands under `anchor` (device pixels of the viewport) stays there, as far as the world goes.
    void rebuildAbout(const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth,
        QPoint anchor);
    void clear();
    /// Device pixels, clamped to the world.
    void setScroll(QPoint scroll);

    [[nodiscard]] QPoint scroll() const { return m_scroll; }
    [[nodiscard]] QPoint maxScroll() const;
    [[nodiscard]] QSize viewport() const { return m_viewport; }
    [[nodiscard]] qreal ratio() const { return m_ratio; }
    [[nodiscard]] double pageWidth() const { return m_pageWidth; } ///< device-independent, as asked
    [[nodiscard]] MapLevel level() const { return levelOf(m_pageWidth); }
    [[nodiscard]] static MapLevel levelOf(double pageWidth);
    /// Page width at which one chunk fills the canvas; always of Chunk level.
    [[nodiscard]] double chunkFit() const;
    /// Largest page width of Heap level at which every chunk is seen; the smallest allowed if none.
    [[nodiscard]] double heapFit(const HeapSnapshot& snapshot) const;
    /// A page width of that level, near the usual one, at which whole pages fill the canvas.
    [[nodiscard]] double widthFor(MapLevel level, const HeapSnapshot& snapshot) const;

    [[nodiscard]] const std::vector<Item>& items() const { return m_items; }
    /// The item of that chunk row, or nullptr.
    [[nodiscard]] const Item* itemOf(std::uint32_t chunkRow) const;
    [[nodiscard]] bool isFlow() const { return m_isFlow; } ///< chunks side by side, no gutter
    /// The part of the viewport that shows pages: without gutter and column header.
    [[nodiscard]] QRect body() const;
    /// Half-open range of items that touch the body.
    struct Span
    {
        int begin = 0;
        int end = 0;
    };
    [[nodiscard]] Span visibleItems() const;
    [[nodiscard]] Span visibleRows(const Item& item) const; ///< page rows
    [[nodiscard]] Span visibleColumns(const Item& item) const;

    // Measures in device pixels
    [[nodiscard]] int pageW() const { return m_pageW; }
    [[nodiscard]] int pageH() const { return m_pageH; }
    [[nodiscard]] int gapX() const { return m_gapX; }
    [[nodiscard]] int pitchX() const { return m_pageW + m_gapX; }
    [[nodiscard]] int pitchY() const { return m_captionH + m_pageH + m_gapY; }
    [[nodiscard]] int pageCaption() const { return m_captionH; } ///< height of the line above a page, or 0
    [[nodiscard]] int gutter() const { return m_gutter; }
    [[nodiscard]] int columnHeader() const { return m_columnHeader; }
    [[nodiscard]] int rowsPerPage() const { return m_rowsPerPage; }
    [[nodiscard]] Bytes rowBytes() const { return m_pageBytes / static_cast<Bytes>(m_rowsPerPage); }
    [[nodiscard]] Bytes pageBytes() const { return m_pageBytes; }
    /// A length at ratio 1 in device pixels, at least one.
    [[nodiscard]] int px(double length) const;
    /// Byte row k of a page covers [rowTop(k), rowTop(k + 1)) below its top.
    [[nodiscard]] int rowTop(int k) const { return m_pageH * k / m_rowsPerPage; }
    /// Where byte `offset` (0 … rowBytes) of a row begins, right of the page's left edge.
    [[nodiscard]] int byteX(Bytes offset) const
    {
        // Rounds half down, so that a pixel belongs to the byte in its middle: the inverse is in hit().
        const Bytes row = rowBytes();
        return static_cast<int>((2 * offset * static_cast<Bytes>(m_pageW) + row - 1) / (2 * row));
    }

    /// On the screen, in device pixels.
    [[nodiscard]] QRect pageRect(const Item& item, std::uint32_t page) const;
    [[nodiscard]] QRect itemRect(const Item& item) const { return item.rect.translated(-m_scroll); }
    [[nodiscard]] QRect barRect(const Item& item) const; ///< a huge block's bar
    /// The rectangles that a range covers on the screen, one a byte row or, for whole pages, one a page row.
    [[nodiscard]] std::vector<QRect> rectsOf(AddressRange range) const;
    /// O(log items). `point` in device pixels.
    [[nodiscard]] Hit hit(QPoint point) const;
    /// The item that holds the address, or nullptr. O(items).
    [[nodiscard]] const Item* itemAt(Address address) const;

private:
    void measure(qreal ratio, double pageWidth, bool hasSeveral);
    [[nodiscard]] double aspect() const;

    std::vector<Item> m_items;
    std::vector<int> m_tops; ///< of items, ascending (rows of a flow share theirs)
    QSize m_viewport;
    QSize m_world;
    QPoint m_scroll;
    qreal m_ratio = 1;
    double m_pageWidth = 4;
    Bytes m_pageBytes = 4096;
    bool m_isFlow = false;
    int m_columns = 1;
    int m_pageW = 4;
    int m_pageH = 6;
    int m_gapX = 0;
    int m_gapY = 0;
    int m_captionH = 0;
    int m_gutter = 0;
    int m_columnHeader = 0;
    int m_rowsPerPage = 8;
};

} // namespace heapatlas
