// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/maplevel.h"

#include <QPoint>
#include <QRect>
#include <QSize>

#include <vector>

namespace heapatlas {

/// Where everything of the map stands, in whole device pixels: 32 pages a row, a page as rows of bytes, chunks by
/// address below each other, or side by side where several fit. Pages of less than a pixel share a cell. Pure geometry:
/// no snapshot data but the list of chunks, no widget. Every edge is a whole number, so the painter and the hit test
/// agree to the pixel at any ratio.
class MapLayout
{
public:
    static constexpr int pagesPerRow = 32;
    static constexpr double minPageWidth = 1.0 / 16;
    static constexpr double maxPageWidth = 1600.0;
    static constexpr Bytes hexRowBytes = 32; ///< bytes a row at Bytes level
    static constexpr double bytesFrom = 14.0 * hexRowBytes; ///< wider pages are of Bytes level
    static constexpr double charactersFrom = 22.0 * hexRowBytes; ///< wider ones show characters, too

    /// A chunk or a huge block, by value comparable: equal items are drawn in the same place. Coordinates are of the world: scroll() is subtracted for the screen.
    struct Item
    {
        AddressRange range;
        std::uint32_t chunkRow = 0; ///< row of HeapSnapshot::chunks()
        std::uint32_t pages =
            0; ///< 0: drawn as one bar: a huge block, or a chunk of more pages than anybody could see
        QRect rect; ///< caption and pages
        int bodyTop = 0; ///< y of the first page row
        Bytes gap = 0; ///< addresses between this item and the one before it that belong to neither
        QRect breakRect; ///< where that is told; empty if there are none
        bool isClamped = false; ///< a bar that would be longer at the scale of its neighbours

        friend bool operator==(const Item&, const Item&) = default;
    };

    struct Hit
    {
        enum class What : unsigned char
        {
            Nothing,
            Page,
            Huge,
            Caption, ///< the chunk's title line
            Break, ///< address space that is not used, before the item
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
    /// Puts the range in the middle, as far as the world goes; at Bytes level the row where it begins.
    void centreOn(AddressRange range);
    /// Whole pages fill the canvas at the widths of widthFor(): begins with the edge of one. Not in a flow.
    void alignToPages();
    /// The chunk's first page row at the top; in a flow the chunk in the middle.
    void showChunk(std::uint32_t chunkRow);
    /// The byte of the world at the upper left stands there in `other`, too, counted in parts of a page.
    void startAs(const MapLayout& other);

    [[nodiscard]] QPoint scroll() const { return m_scroll; }
    [[nodiscard]] QPoint maxScroll() const;
    [[nodiscard]] QSize viewport() const { return m_viewport; }
    [[nodiscard]] qreal ratio() const { return m_ratio; }
    [[nodiscard]] double pageWidth() const { return m_pageWidth; } ///< device-independent, as asked
    [[nodiscard]] MapLevel level() const { return levelOf(m_pageWidth); }
    [[nodiscard]] static MapLevel levelOf(double pageWidth);
    [[nodiscard]] bool showsCharacters() const { return m_pageWidth > charactersFrom; }
    /// Page width at which one chunk fills the canvas; always of Chunk level.
    [[nodiscard]] double chunkFit() const;
    /// Largest page width of Heap level at which every chunk is seen; the smallest allowed if there is none.
    [[nodiscard]] double heapFit(const HeapSnapshot& snapshot) const;
    /// A page width of that level, near the usual one, at which whole pages fill the canvas.
    [[nodiscard]] double widthFor(MapLevel level, const HeapSnapshot& snapshot) const;

    /// By address, so item i is row i of HeapSnapshot::chunks().
    [[nodiscard]] const std::vector<Item>& items() const { return m_items; }
    /// The item of that chunk row, or nullptr.
    [[nodiscard]] const Item* itemOf(std::uint32_t chunkRow) const;
    [[nodiscard]] bool isFlow() const { return m_isFlow; } ///< chunks side by side
    /// A flow of chunks too small for titles: a gutter names the first address of every line instead.
    [[nodiscard]] bool isDense() const { return m_isDense; }
    /// The part of the viewport that shows pages: without gutter and column header.
    [[nodiscard]] QRect body() const;
    /// Half-open range of items that touch the body.
    struct Span
    {
        int begin = 0;
        int end = 0;
    };
    [[nodiscard]] Span visibleItems() const
    {
        return itemsIn(m_scroll.y() + m_columnHeader, m_scroll.y() + m_viewport.height());
    }
    [[nodiscard]] Span visibleRows(const Item& item) const; ///< page rows
    [[nodiscard]] Span visibleColumns(const Item& item) const;
    /// The same for a stretch of the world.
    [[nodiscard]] Span itemsIn(int top, int bottom) const;
    [[nodiscard]] Span rowsIn(const Item& item, int top, int bottom) const;
    [[nodiscard]] Span columnsIn(const Item& item, int left, int right) const;

    // Cells: a page each, or 4^k pages where a page is less than a pixel
    [[nodiscard]] int cellLevel() const { return m_cellLevel; }
    [[nodiscard]] std::uint32_t cellPages() const { return 1U << (2 * m_cellLevel); }
    [[nodiscard]] int cellsPerRow() const { return pagesPerRow >> m_cellLevel; }
    [[nodiscard]] std::uint32_t rowPages() const
    {
        return static_cast<std::uint32_t>(pagesPerRow) << m_cellLevel;
    }

    // Measures in device pixels, of a cell
    [[nodiscard]] int pageW() const { return m_pageW; }
    [[nodiscard]] int pageH() const { return m_pageH; }
    [[nodiscard]] int gapX() const { return m_gapX; }
    [[nodiscard]] int pitchX() const { return m_pageW + m_gapX; }
    [[nodiscard]] int pitchY() const { return m_captionH + m_pageH + m_gapY; }
    [[nodiscard]] int pageCaption() const { return m_captionH; } ///< height of the line above a page, or 0
    [[nodiscard]] int gutter() const { return m_gutter; }
    [[nodiscard]] int columnHeader() const { return m_columnHeader; }
    [[nodiscard]] int chunkWidth() const { return chunkW(); }
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

    /// On the screen, in device pixels; of the page's cell.
    [[nodiscard]] QRect pageRect(const Item& item, std::uint32_t page) const;
    [[nodiscard]] QRect itemRect(const Item& item) const { return item.rect.translated(-m_scroll); }
    [[nodiscard]] QRect barRect(const Item& item) const; ///< a huge block's bar
    [[nodiscard]] QRect worldRect(const Item& item, std::uint32_t page) const; ///< pageRect(), not scrolled
    [[nodiscard]] QRect worldBar(const Item& item) const; ///< barRect(), not scrolled
    /// True if everything has the same place in the world of both; scroll and viewport do not count.
    [[nodiscard]] bool hasPlacesOf(const MapLayout& other) const;
    /// At Bytes level the pages that are seen, and one more at either side: a range for each line of pages.
    [[nodiscard]] std::vector<AddressRange> byteWindows() const;
    /// The rectangles that a range covers on the screen, one a byte row or, for whole pages, one a page row.
    [[nodiscard]] std::vector<QRect> rectsOf(AddressRange range) const;
    /// O(log items). `point` in device pixels.
    [[nodiscard]] Hit hit(QPoint point) const;
    /// The item that holds the address, or nullptr. O(log items).
    [[nodiscard]] const Item* itemAt(Address address) const;

private:
    void measure(qreal ratio, double pageWidth, bool hasSeveral);
    void measureFlow(bool hasSeveral);
    void collect(const HeapSnapshot& snapshot);
    void place();
    [[nodiscard]] double aspect() const;
    [[nodiscard]] int chunkW() const { return cellsPerRow() * pitchX() - m_gapX; }
    [[nodiscard]] int stepX() const { return chunkW() + m_flowGapX; } ///< from chunk to chunk in a flow
    [[nodiscard]] int rowCount(const Item& item) const;
    [[nodiscard]] int bodyHeight(const Item& item) const;
    [[nodiscard]] int barCells(const Item& item) const;
    [[nodiscard]] Hit hitItem(std::size_t index, QPoint world) const;

    std::vector<Item> m_items;
    std::vector<int> m_tops; ///< of items, ascending (rows of a flow share theirs)
    QSize m_viewport;
    QSize m_world;
    QPoint m_scroll;
    qreal m_ratio = 1;
    double m_pageWidth = 4;
    Bytes m_pageBytes = 4096;
    std::size_t m_breaks = 0;
    Bytes m_leastChunk = 0; ///< bytes of the usual chunk, which bars are measured by
    bool m_isFlow = false;
    bool m_isDense = false;
    bool m_hasStrips = false; ///< breaks are lines of their own, also in a flow
    int m_cellLevel = 0;
    int m_columns = 1;
    int m_left = 0;
    int m_flowGapX = 0;
    int m_flowGapY = 0;
    int m_breakW = 0; ///< of a mark between chunks side by side
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
