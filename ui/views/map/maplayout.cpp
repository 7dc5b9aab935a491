// SPDX-License-Identifier: GPL-3.0-or-later
// The world, chunks below each other:           Side by side (flow):            Dense (no titles):
//
//   | Chunk 0   0x7f…            |                | Chunk 0 |  | Chunk 1 |      0x7f… ## ## ## ##
//   | page page page … (32)      |                | ####### |  | ####### |      0x7f… ## ## == ==
//   | page page page …           |                | Chunk 2 |  | Huge    |       // 118 MB not used //
//   // 118 MB not used           //                                              0x7f… ## ##
//   | Chunk 1   0x7f…            |
//
// Invariant: every rectangle handed out has whole device pixels, and hit() of any pixel of pageRect(p) is a page of p's
// cell. No coordinate exceeds worldLimit, whatever the heap.
#include "ui/views/map/maplayout.h"

#include "model/cellpyramid.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double gutterWidth = 78;
constexpr double columnHeaderHeight = 29;
constexpr double slotHeaderHeight = 14;
constexpr double rightMargin = 16;
constexpr double bottomMargin = 12;
constexpr double flowMargin = 16;
constexpr double flowGapX = 24;
constexpr double flowGapY = 16;
constexpr double titleHeight = 28; ///< the line above a chunk
constexpr double flowTitleHeight = 20;
constexpr double barHeight = 34; ///< a huge block's bar, at least
constexpr double denseBarHeight = 15;
constexpr double leastTitled = 84; ///< a chunk narrower than this has no title
constexpr double denseGutterWidth = 112;
constexpr double breakHeight = 24; ///< a break that is a line of its own
constexpr double flowBreakWidth = 16; ///< a break between chunks side by side
constexpr double denseBreakWidth = 8;
constexpr double hexRowHeight = 18;
constexpr double hexTextRowHeight = 30; ///< with characters
constexpr double bytesBarHeight = 120;
constexpr std::int64_t worldLimit = 1 << 30;

} // namespace

MapLevel MapLayout::levelOf(double pageWidth)
{
    if (pageWidth < 4)
        return MapLevel::Heap;
    if (pageWidth < 60)
        return MapLevel::Chunk;
    if (pageWidth <= 160)
        return MapLevel::Page;
    return pageWidth <= bytesFrom ? MapLevel::Slot : MapLevel::Byte;
}

int MapLayout::px(double length) const
{
    return std::max(1, static_cast<int>(std::lround(length * m_ratio)));
}

double MapLayout::chunkFit() const
{
    const double width = m_viewport.width() / m_ratio - gutterWidth - rightMargin;
    return std::clamp(std::floor(width / pagesPerRow) - 2, 4.0, 59.0);
}

/// Height of a page by its width at chunkFit(): 1.48 as in the reference, flatter where the canvas is low, so that
/// one chunk of 16 rows is seen whole.
double MapLayout::aspect() const
{
    const double height = (m_viewport.height() / m_ratio - columnHeaderHeight - bottomMargin) / 16 - 4;
    return std::clamp(height / chunkFit(), 1.0, 1.48);
}

void MapLayout::measure(qreal ratio, double pageWidth, bool hasSeveral)
{
    m_ratio = ratio;
    m_pageWidth = std::clamp(pageWidth, minPageWidth, maxPageWidth);
    const MapLevel level = levelOf(m_pageWidth);
    // Pages of less than a pixel share a cell: four, sixteen … of them, so that a cell has at least one.
    double width = m_pageWidth;
    m_cellLevel = 0;
    while (width * ratio < 1 && m_cellLevel + 1 < CellPyramid::levels) {
        width *= 2;
        ++m_cellLevel;
    }
    m_pageW = std::max(1, static_cast<int>(std::lround(width * ratio)));

    // Beyond a chunk's fit a page grows more in width than in height: rows of bytes are read like text.
    const double fit = chunkFit();
    const double base = aspect() * std::min(width, fit);
    const double growth = width > fit ? std::pow(width / fit, 0.6) : 1.0;
    const double height = std::min(base * growth, std::max(base, 240.0));
    m_pageH = std::max(1, static_cast<int>(std::lround(height * ratio)));

    m_captionH = level >= MapLevel::Slot ? px(22) : level == MapLevel::Page ? px(15) : 0;
    switch (level) {
    case MapLevel::Heap:
        m_gapX = m_pageW >= 3 ? 1 : 0;
        m_isDense = chunkW() < px(leastTitled);
        if (m_isDense)
            m_pageH = m_pageW;
        m_gapY = m_pageH >= 3 ? 1 : 0;
        break;
    case MapLevel::Chunk:
        m_gapX = m_pageWidth < 10 ? px(1) : px(2);
        m_gapY = m_pageWidth < 10 ? px(2) : px(4);
        break;
    case MapLevel::Page:
        m_gapX = px(4);
        m_gapY = px(4);
        break;
    case MapLevel::Slot:
    case MapLevel::Byte:
        m_gapX = px(6);
        m_gapY = px(6);
        break;
    }
    m_isDense = m_isDense && level == MapLevel::Heap;
    m_rowsPerPage = m_pageH >= 16 ? 8 : m_pageH >= 8 ? 4 : m_pageH >= 4 ? 2 : 1;
    if (level == MapLevel::Byte) {
        m_rowsPerPage = static_cast<int>(std::max<Bytes>(1, m_pageBytes / hexRowBytes));
        m_pageH = m_rowsPerPage * px(showsCharacters() ? hexTextRowHeight : hexRowHeight);
    }
    measureFlow(hasSeveral);
}

void MapLayout::measureFlow(bool hasSeveral)
{
    const MapLevel level = levelOf(m_pageWidth);
    m_flowGapX = m_isDense ? std::clamp((chunkW() + 4) / 8, 1, px(4)) : px(flowGapX);
    m_flowGapY = m_isDense ? m_flowGapX : px(flowGapY);
    m_left = m_isDense ? px(denseGutterWidth) : px(flowMargin);
    const auto columns = [this] {
        const int space = m_viewport.width() - m_left - (m_isDense ? px(8) : px(flowMargin)) + m_flowGapX;
        return std::max(1, space / stepX());
    };
    m_columns = columns();
    m_isFlow = level == MapLevel::Heap || (hasSeveral && m_columns > 1);
    // Breaks as lines of their own are better to read, but only where few of them are needed.
    const std::size_t enough = std::max<std::size_t>(2, static_cast<std::size_t>(m_columns) / 2);
    const auto room = static_cast<std::size_t>(m_viewport.height() / 3 / (px(breakHeight) + m_flowGapY));
    const bool isCrowded = m_items.size() < (m_breaks + 1) * enough || m_breaks > room;
    m_hasStrips = !m_isFlow || !isCrowded;
    m_breakW = m_hasStrips || m_breaks == 0 ? 0 : m_isDense ? px(denseBreakWidth) : px(flowBreakWidth);
    if (m_isFlow && m_breakW > 0) {
        m_left += m_isDense ? m_breakW : px(flowGapX - flowMargin);
        m_columns = columns();
    }
    m_gutter = m_isDense ? px(denseGutterWidth - 8) : m_isFlow ? 0 : px(gutterWidth);
    if (!m_isFlow) {
        m_columns = 1;
        m_left = m_gutter;
    }
    // With a caption over every page the columns need no numbers.
    m_columnHeader = m_isFlow ? 0 : px(level >= MapLevel::Slot ? slotHeaderHeight : columnHeaderHeight);
}

/// The items, by address, with what lies between them.
void MapLayout::collect(const HeapSnapshot& snapshot)
{
    m_pageBytes = snapshot.pageBytes();
    const auto chunks = snapshot.chunks();
    m_items.clear();
    m_items.reserve(chunks.size());
    m_breaks = 0;
    m_leastChunk = 0;
    for (std::uint32_t i = 0; i < chunks.size(); ++i) {
        Item item;
        item.range = chunks[i].range;
        item.chunkRow = i;
        item.pages = chunks[i].pageCount > CellPyramid::maxPages ? 0 : chunks[i].pageCount;
        if (i > 0 && m_items.back().range.end < item.range.begin)
            item.gap = item.range.begin - m_items.back().range.end;
        m_breaks += item.gap > 0 ? 1 : 0;
        if (item.pages != 0 && m_leastChunk == 0)
            m_leastChunk = item.range.size();
        m_items.push_back(item);
    }
    m_leastChunk = std::max(m_leastChunk, 512 * m_pageBytes);
}

int MapLayout::rowCount(const Item& item) const
{
    return static_cast<int>((item.pages + rowPages() - 1) / rowPages());
}

/// How many chunks' widths a bar takes in a dense flow: as many as it is large, but no more than a line.
int MapLayout::barCells(const Item& item) const
{
    if (!m_isDense || item.pages != 0)
        return 1;
    const Bytes cells = (item.range.size() - 1) / m_leastChunk + 1;
    return static_cast<int>(std::clamp<Bytes>(cells, 1, static_cast<Bytes>(m_columns)));
}

void MapLayout::place()
{
    const int title = m_isDense ? 0 : m_isFlow ? px(flowTitleHeight) : px(titleHeight);
    const int below = m_isFlow ? m_flowGapY : px(8);
    const int strip = px(breakHeight);
    const int right = m_left + m_columns * stepX();
    std::int64_t y = m_isFlow ? px(8) : m_columnHeader;
    int x = m_left;
    int lineH = 0;
    const auto endLine = [&] {
        y = std::min(y + lineH + below, worldLimit);
        x = m_left;
        lineH = 0;
    };
    m_tops.clear();
    m_tops.reserve(m_items.size());
    for (Item& item : m_items) {
        const int cells = barCells(item);
        const int width = chunkW() + (cells - 1) * stepX();
        const bool hasBreak = item.gap > 0;
        // Between titled chunks a mark finds room; dense ones make it.
        const int mark = hasBreak && m_isDense && x > m_left ? m_breakW : 0;
        if (x > m_left && (!m_isFlow || x + mark + width > right || (hasBreak && m_hasStrips)))
            endLine();
        else
            x += mark;
        if (hasBreak && m_hasStrips) {
            item.breakRect =
                QRect(m_left, static_cast<int>(y), std::max(chunkW(), m_viewport.width() - m_left), strip);
            y = std::min(y + strip + (m_isFlow ? below : 0), worldLimit);
        }
        const int body = bodyHeight(item);
        item.rect = QRect(x, static_cast<int>(y), width, title + body);
        item.bodyTop = static_cast<int>(y) + title;
        item.isClamped = m_isDense && item.pages == 0
            && (item.range.size() - 1) / m_leastChunk >= static_cast<Bytes>(cells);
        if (hasBreak && !m_hasStrips) {
            const int left = x - (m_isDense ? m_breakW : (m_flowGapX + m_breakW) / 2);
            item.breakRect = QRect(left, item.bodyTop, m_breakW, body - m_gapY);
        }
        m_tops.push_back(static_cast<int>(y));
        lineH = std::max(lineH, title + body);
        x += width + m_flowGapX;
    }
    m_world = QSize(m_left + (m_isFlow ? m_columns * stepX() : chunkW() + px(rightMargin)),
        static_cast<int>(std::min(y + lineH + px(bottomMargin), worldLimit)));
}

/// Of the pages, or of the bar; in a flow whole rows of cells.
int MapLayout::bodyHeight(const Item& item) const
{
    if (item.pages != 0)
        return rowCount(item) * pitchY();
    if (!m_isFlow)
        return level() == MapLevel::Byte ? px(bytesBarHeight) : std::max(px(barHeight), m_pageH);
    const auto chunkRows = static_cast<int>((m_leastChunk / m_pageBytes + rowPages() - 1) / rowPages());
    const int least = m_isDense ? std::max(px(denseBarHeight), chunkRows * pitchY()) : px(barHeight);
    return (std::max(least, m_pageH) + pitchY() - 1) / pitchY() * pitchY();
}

void MapLayout::rebuild(
    const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth)
{
    m_viewport = viewport;
    collect(snapshot);
    measure(devicePixelRatio, pageWidth, snapshot.chunks().size() > 1);
    // So many chunks that their height would leave the world: they can be seen from farther away only.
    const auto height = [this] {
        std::int64_t sum = 0;
        for (const Item& item : m_items)
            sum += std::int64_t { rowCount(item) } * pitchY() + px(titleHeight + barHeight + breakHeight);
        return sum / m_columns; // an upper bound
    };
    for (double width = m_pageWidth / 2; width > minPageWidth && height() > worldLimit; width /= 2)
        measure(devicePixelRatio, width, snapshot.chunks().size() > 1);
    place();
    setScroll(m_scroll);
}

void MapLayout::clear()
{
    m_items.clear();
    m_tops.clear();
    m_world = {};
    m_scroll = {};
}

double MapLayout::heapFit(const HeapSnapshot& snapshot) const
{
    MapLayout trial = *this;
    for (double width = 3.5; width > minPageWidth; width -= width > 1 ? 0.5 : width / 4) {
        trial.rebuild(snapshot, m_viewport, m_ratio, width);
        if (trial.maxScroll().y() == 0)
            return width;
    }
    return minPageWidth;
}

double MapLayout::widthFor(MapLevel level, const HeapSnapshot& snapshot) const
{
    const double width = m_viewport.width() / m_ratio - gutterWidth;
    switch (level) {
    case MapLevel::Heap:
        return heapFit(snapshot);
    case MapLevel::Chunk:
        return chunkFit();
    case MapLevel::Page:
        return std::clamp(std::ceil(width / std::max(1.0, std::round(width / 112)) - 4), 60.0, 160.0);
    case MapLevel::Slot:
        return std::clamp(std::ceil(width / std::max(1.0, std::round(width / 262)) - 6), 161.0, 400.0);
    case MapLevel::Byte:
        // One page with its characters, as much of it as there is room for.
        return std::clamp(width - 20, bytesFrom + 8, charactersFrom + 48);
    }
    return chunkFit();
}

const MapLayout::Item* MapLayout::itemOf(std::uint32_t chunkRow) const
{
    return chunkRow < m_items.size() ? &m_items[chunkRow] : nullptr;
}

const MapLayout::Item* MapLayout::itemAt(Address address) const
{
    const auto after = std::upper_bound(m_items.begin(), m_items.end(), address,
        [](Address a, const Item& item) { return a < item.range.begin; });
    if (after == m_items.begin() || !std::prev(after)->range.contains(address))
        return nullptr;
    return &*std::prev(after);
}

QRect MapLayout::body() const
{
    return { m_gutter, m_columnHeader, std::max(0, m_viewport.width() - m_gutter),
        std::max(0, m_viewport.height() - m_columnHeader) };
}

MapLayout::Span MapLayout::itemsIn(int top, int bottom) const
{
    // Rows are as high as their highest item, so the row that contains `top` is the last one that begins above it.
    auto first = std::upper_bound(m_tops.begin(), m_tops.end(), top);
    if (first != m_tops.begin())
        first = std::lower_bound(m_tops.begin(), first, *std::prev(first));
    const auto last = std::lower_bound(first, m_tops.end(), bottom);
    return { static_cast<int>(first - m_tops.begin()), static_cast<int>(last - m_tops.begin()) };
}

MapLayout::Span MapLayout::rowsIn(const Item& item, int top, int bottom) const
{
    const int rows = rowCount(item);
    top -= item.bodyTop;
    bottom -= item.bodyTop;
    const int first = top <= 0 ? 0 : top / pitchY();
    const int last = bottom <= 0 ? 0 : (bottom - 1) / pitchY() + 1;
    return { std::min(first, rows), std::clamp(last, 0, rows) };
}

MapLayout::Span MapLayout::columnsIn(const Item& item, int left, int right) const
{
    left -= item.rect.left();
    right -= item.rect.left();
    const int first = left <= 0 ? 0 : left / pitchX();
    const int last = right <= 0 ? 0 : (right - 1) / pitchX() + 1;
    return { std::min(first, cellsPerRow()), std::clamp(last, 0, cellsPerRow()) };
}

MapLayout::Span MapLayout::visibleRows(const Item& item) const
{
    return rowsIn(item, m_scroll.y() + m_columnHeader, m_scroll.y() + m_viewport.height());
}

MapLayout::Span MapLayout::visibleColumns(const Item& item) const
{
    return columnsIn(item, m_scroll.x() + m_gutter, m_scroll.x() + m_viewport.width());
}

QRect MapLayout::worldRect(const Item& item, std::uint32_t page) const
{
    const auto cell = static_cast<int>(page / cellPages());
    return { item.rect.left() + cell % cellsPerRow() * pitchX(),
        item.bodyTop + cell / cellsPerRow() * pitchY() + m_captionH, m_pageW, m_pageH };
}

QRect MapLayout::pageRect(const Item& item, std::uint32_t page) const
{
    return worldRect(item, page).translated(-m_scroll);
}

QRect MapLayout::worldBar(const Item& item) const
{
    const int bottom = item.rect.bottom() + 1 - (m_isFlow ? m_gapY : 0);
    return { item.rect.left(), item.bodyTop, item.rect.width(), bottom - item.bodyTop };
}

QRect MapLayout::barRect(const Item& item) const { return worldBar(item).translated(-m_scroll); }

bool MapLayout::hasPlacesOf(const MapLayout& other) const
{
    const auto measures = [](const MapLayout& l) {
        return std::array { l.m_pageW, l.m_pageH, l.m_gapX, l.m_gapY, l.m_captionH, l.m_rowsPerPage,
            l.m_cellLevel, static_cast<int>(l.level()), static_cast<int>(l.m_isFlow) };
    };
    return measures(*this) == measures(other) && m_pageBytes == other.m_pageBytes && m_ratio == other.m_ratio
        && m_items == other.m_items;
}

std::vector<AddressRange> MapLayout::byteWindows() const
{
    std::vector<AddressRange> windows;
    if (level() != MapLevel::Byte)
        return windows;
    const Span items = visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const Item& item = m_items[static_cast<std::size_t>(i)];
        const Span rows = visibleRows(item);
        Span columns = visibleColumns(item);
        if (item.pages == 0 || columns.begin >= columns.end)
            continue;
        columns = { std::max(0, columns.begin - 1), std::min(pagesPerRow, columns.end + 1) };
        for (int row = rows.begin; row < rows.end; ++row) {
            const auto first = static_cast<std::uint32_t>(row * pagesPerRow + columns.begin);
            const auto last =
                std::min(static_cast<std::uint32_t>(row * pagesPerRow + columns.end), item.pages);
            if (first < last)
                windows.push_back(
                    { item.range.begin + first * m_pageBytes, item.range.begin + last * m_pageBytes });
        }
    }
    return windows;
}

std::vector<QRect> MapLayout::rectsOf(AddressRange range) const
{
    std::vector<QRect> rects;
    const Item* item = itemAt(range.begin);
    if (item == nullptr || range.isEmpty())
        return rects;
    if (item->pages == 0)
        return { barRect(*item) };
    Bytes at = range.begin - item->range.begin;
    Bytes end = std::min(range.end, item->range.end) - item->range.begin;
    if (m_cellLevel > 0) {
        // Nothing is smaller than a cell.
        at -= at % m_pageBytes;
        end += (m_pageBytes - end % m_pageBytes) % m_pageBytes;
    }
    const bool isWhole = at % m_pageBytes == 0 && end % m_pageBytes == 0;
    while (at < end) {
        const auto page = static_cast<std::uint32_t>(at / m_pageBytes);
        const QRect box = pageRect(*item, page);
        if (isWhole) {
            const std::uint32_t rowEnd = (page / rowPages() + 1) * rowPages();
            const auto last =
                std::min<std::uint32_t>(rowEnd, static_cast<std::uint32_t>(end / m_pageBytes)) - 1;
            rects.push_back(box.united(pageRect(*item, last)));
            at = (Bytes { last } + 1) * m_pageBytes;
            continue;
        }
        const Bytes inPage = at % m_pageBytes;
        const Bytes row = inPage / rowBytes();
        const Bytes from = inPage % rowBytes();
        const Bytes to = std::min(rowBytes(), from + (end - at));
        const int k = static_cast<int>(row);
        const int left = box.left() + byteX(from);
        const int right = box.left() + byteX(to);
        const int top = box.top() + rowTop(k);
        // A piece too thin for a pixel has none; only if all are, one stands for them.
        const bool isLast = at + (to - from) >= end;
        const int height = box.top() + rowTop(k + 1) - top;
        if (right > left)
            rects.emplace_back(left, top, right - left, height);
        else if (isLast && rects.empty())
            rects.emplace_back(std::min(left, box.right()), top, 1, height);
        at += to - from;
    }
    return rects;
}

MapLayout::Hit MapLayout::hit(QPoint point) const
{
    if (!body().contains(point) || m_items.empty())
        return {};
    const QPoint world = point + m_scroll;
    // The line of items that begins above the point, and in it the last item that begins left of it.
    const auto end = std::upper_bound(m_tops.begin(), m_tops.end(), world.y());
    const auto begin = end == m_tops.begin() ? end : std::lower_bound(m_tops.begin(), end, *std::prev(end));
    const auto first = m_items.begin() + (begin - m_tops.begin());
    const auto last = m_items.begin() + (end - m_tops.begin());
    const auto after = std::upper_bound(
        first, last, world.x(), [](int x, const Item& item) { return x < item.rect.left(); });
    if (after != first) {
        const auto index = static_cast<std::size_t>(after - m_items.begin()) - 1;
        if (m_items[index].rect.contains(world))
            return hitItem(index, world);
    }
    // A break stands left of its item, or above its line.
    for (const auto& it : { after, last })
        if (it != m_items.end() && it->breakRect.contains(world))
            return { Hit::What::Break, static_cast<std::size_t>(it - m_items.begin()), 0, it->range.begin };
    return {};
}

MapLayout::Hit MapLayout::hitItem(std::size_t index, QPoint world) const
{
    const Item& item = m_items[index];
    if (world.y() < item.bodyTop)
        return { Hit::What::Caption, index, 0, item.range.begin };
    if (item.pages == 0) {
        const Bytes share = item.range.size() / static_cast<Bytes>(item.rect.width());
        return { Hit::What::Huge, index, 0,
            item.range.begin + share * static_cast<Bytes>(world.x() - item.rect.left()) };
    }
    const int x = world.x() - item.rect.left();
    const int y = world.y() - item.bodyTop;
    const int inX = x % pitchX();
    const int inY = y % pitchY() - m_captionH;
    if (inX >= m_pageW || inY < 0 || inY >= m_pageH)
        return {};
    const auto cell = static_cast<std::uint32_t>(y / pitchY() * cellsPerRow() + x / pitchX());
    const std::uint32_t page = cell * cellPages();
    if (page >= item.pages)
        return {};
    if (m_cellLevel > 0)
        return { Hit::What::Page, index, page, item.range.begin + page * m_pageBytes };
    // Inverse of rowTop() and byteX(): the row and the byte whose pixels contain the point.
    int k = std::min(m_rowsPerPage - 1, (inY * m_rowsPerPage + m_rowsPerPage - 1) / m_pageH);
    while (k > 0 && rowTop(k) > inY)
        --k;
    while (k + 1 < m_rowsPerPage && rowTop(k + 1) <= inY)
        ++k;
    // The byte in the middle of the pixel.
    const Bytes offset = (static_cast<Bytes>(2 * inX + 1) * rowBytes()) / (2 * static_cast<Bytes>(m_pageW));
    return { Hit::What::Page, index, page,
        item.range.begin + page * m_pageBytes + static_cast<Bytes>(k) * rowBytes() + offset };
}

} // namespace heapatlas
