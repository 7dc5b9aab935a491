// SPDX-License-Identifier: GPL-3.0-or-later
// The world, chunks below each other:           Side by side (flow):
//
//   | Chunk 0   0x7f…            |                | Chunk 0 |  | Chunk 1 |
//   | page page page … (32)      |                | ####### |  | ####### |
//   | page page page …           |                | Chunk 2 |  | Huge    |
//   | Chunk 1   0x7f…            |
//
// Invariant: every rectangle handed out has whole device pixels, and hit() of any pixel of pageRect(p) is page p.
#include "ui/views/map/maplayout.h"

#include <algorithm>
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

} // namespace

MapLevel MapLayout::levelOf(double pageWidth)
{
    if (pageWidth < 4)
        return MapLevel::Heap;
    if (pageWidth < 60)
        return MapLevel::Chunk;
    return pageWidth <= 160 ? MapLevel::Page : MapLevel::Slot;
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
    m_pageW = std::max(1, static_cast<int>(std::lround(m_pageWidth * ratio)));

    // Beyond a chunk's fit a page grows more in width than in height: rows of bytes are read like text.
    const double fit = chunkFit();
    const double base = aspect() * std::min(m_pageWidth, fit);
    const double growth = m_pageWidth > fit ? std::pow(m_pageWidth / fit, 0.6) : 1.0;
    const double height = std::min(base * growth, std::max(base, 240.0));
    m_pageH = std::max(1, static_cast<int>(std::lround(height * ratio)));

    m_captionH = level == MapLevel::Slot ? px(22) : level == MapLevel::Page ? px(15) : 0;
    switch (level) {
    case MapLevel::Heap:
        m_gapX = m_pageW >= 3 ? 1 : 0;
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
        m_gapX = px(6);
        m_gapY = px(6);
        break;
    }
    m_rowsPerPage = m_pageH >= 16 ? 8 : m_pageH >= 8 ? 4 : m_pageH >= 4 ? 2 : 1;

    const int chunkW = pagesPerRow * pitchX() - m_gapX;
    const int space = m_viewport.width() - 2 * px(flowMargin) + px(flowGapX);
    const int columns = std::max(1, space / (chunkW + px(flowGapX)));
    m_isFlow = level == MapLevel::Heap || (hasSeveral && columns > 1);
    m_columns = m_isFlow ? columns : 1;
    m_gutter = m_isFlow ? 0 : px(gutterWidth);
    // With a caption over every page the columns need no numbers.
    m_columnHeader = m_isFlow ? 0 : px(level == MapLevel::Slot ? slotHeaderHeight : columnHeaderHeight);
}

void MapLayout::rebuild(
    const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth)
{
    m_viewport = viewport;
    m_pageBytes = snapshot.pageBytes();
    m_ratio = devicePixelRatio;
    measure(devicePixelRatio, pageWidth, snapshot.chunks().size() > 1);

    // Chunks in the engine's search order, which names them; huge blocks, which have no number, after them.
    m_items.clear();
    const auto chunks = snapshot.chunks();
    m_items.reserve(chunks.size());
    for (std::uint32_t i = 0; i < chunks.size(); ++i)
        m_items.push_back({ chunks[i].range, i, chunks[i].pageCount, {}, 0 });
    std::stable_sort(m_items.begin(), m_items.end(), [&chunks](const Item& a, const Item& b) {
        const bool aHuge = a.pages == 0;
        const bool bHuge = b.pages == 0;
        if (aHuge != bHuge)
            return bHuge;
        return !aHuge && chunks[a.chunkRow].ordinal < chunks[b.chunkRow].ordinal;
    });

    const int chunkW = pagesPerRow * pitchX() - m_gapX;
    const int title = m_isFlow ? px(flowTitleHeight) : px(titleHeight);
    const int stepX = chunkW + px(flowGapX);
    const int left = m_isFlow ? px(flowMargin) : m_gutter;
    int y = m_isFlow ? px(8) : m_columnHeader;
    int rowH = 0;
    int column = 0;
    m_tops.clear();
    for (Item& item : m_items) {
        const int rows = (static_cast<int>(item.pages) + pagesPerRow - 1) / pagesPerRow;
        const int body = item.pages == 0 ? std::max(px(barHeight), m_pageH) : rows * pitchY();
        item.rect = QRect(left + column * stepX, y, chunkW, title + body);
        item.bodyTop = y + title;
        m_tops.push_back(y);
        rowH = std::max(rowH, title + body);
        if (++column == m_columns) {
            y += rowH + (m_isFlow ? px(flowGapY) : px(8));
            column = 0;
            rowH = 0;
        }
    }
    if (column != 0)
        y += rowH;
    m_world = QSize(left + (m_isFlow ? m_columns * stepX : chunkW) + (m_isFlow ? 0 : px(rightMargin)),
        y + px(bottomMargin));
    setScroll(m_scroll);
}

void MapLayout::rebuildAbout(
    const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth, QPoint anchor)
{
    // The nearest item, and the place in it counted in pages: gaps and captions do not scale, pages do.
    const QPoint world = anchor + m_scroll;
    const Item* nearest = nullptr;
    const auto distance = [&world](const Item& item) {
        const QRect& r = item.rect;
        const int dx = std::max({ 0, r.left() - world.x(), world.x() - r.right() });
        const int dy = std::max({ 0, r.top() - world.y(), world.y() - r.bottom() });
        return std::int64_t { dx } * dx + std::int64_t { dy } * dy;
    };
    for (const Item& item : m_items)
        if (nearest == nullptr || distance(item) < distance(*nearest))
            nearest = &item;
    if (nearest == nullptr) {
        rebuild(snapshot, viewport, devicePixelRatio, pageWidth);
        return;
    }
    const Address key = nearest->range.begin;
    const double columns = static_cast<double>(world.x() - nearest->rect.left()) / pitchX();
    const double rows = static_cast<double>(world.y() - nearest->bodyTop) / pitchY();
    rebuild(snapshot, viewport, devicePixelRatio, pageWidth);
    const Item* now = itemAt(key);
    if (now == nullptr)
        return;
    setScroll(QPoint(now->rect.left() + static_cast<int>(std::lround(columns * pitchX())),
                  now->bodyTop + static_cast<int>(std::lround(rows * pitchY())))
        - anchor);
}

void MapLayout::clear()
{
    m_items.clear();
    m_tops.clear();
    m_world = {};
    m_scroll = {};
}

QPoint MapLayout::maxScroll() const
{
    const int x = m_isFlow ? 0 : m_world.width() - m_viewport.width();
    return { std::max(0, x), std::max(0, m_world.height() - m_viewport.height()) };
}

void MapLayout::setScroll(QPoint scroll)
{
    const QPoint most = maxScroll();
    m_scroll = { std::clamp(scroll.x(), 0, most.x()), std::clamp(scroll.y(), 0, most.y()) };
}

double MapLayout::heapFit(const HeapSnapshot& snapshot) const
{
    MapLayout trial = *this;
    for (double width = 3.5; width > minPageWidth; width -= 0.5) {
        trial.rebuild(snapshot, m_viewport, m_ratio, width);
        if (trial.maxScroll().y() == 0)
            return width;
    }
    // Too many chunks for one screen: readable cells that scroll are better than specks that do not.
    return 3.5;
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
    }
    return chunkFit();
}

const MapLayout::Item* MapLayout::itemOf(std::uint32_t chunkRow) const
{
    for (const Item& item : m_items)
        if (item.chunkRow == chunkRow)
            return &item;
    return nullptr;
}

const MapLayout::Item* MapLayout::itemAt(Address address) const
{
    for (const Item& item : m_items)
        if (item.range.contains(address))
            return &item;
    return nullptr;
}

QRect MapLayout::body() const
{
    return { m_gutter, m_columnHeader, std::max(0, m_viewport.width() - m_gutter),
        std::max(0, m_viewport.height() - m_columnHeader) };
}

MapLayout::Span MapLayout::visibleItems() const
{
    const int top = m_scroll.y() + m_columnHeader;
    const int bottom = m_scroll.y() + m_viewport.height();
    // Rows are as high as their highest item, so the row that contains `top` is the last one that begins above it.
    auto first = std::upper_bound(m_tops.begin(), m_tops.end(), top);
    if (first != m_tops.begin())
        first = std::lower_bound(m_tops.begin(), first, *std::prev(first));
    const auto last = std::lower_bound(m_tops.begin(), m_tops.end(), bottom);
    return { static_cast<int>(first - m_tops.begin()), static_cast<int>(last - m_tops.begin()) };
}

MapLayout::Span MapLayout::visibleRows(const Item& item) const
{
    const int rows = (static_cast<int>(item.pages) + pagesPerRow - 1) / pagesPerRow;
    const int top = m_scroll.y() + m_columnHeader - item.bodyTop;
    const int bottom = m_scroll.y() + m_viewport.height() - item.bodyTop;
    const int first = top <= 0 ? 0 : top / pitchY();
    const int last = bottom <= 0 ? 0 : (bottom + pitchY() - 1) / pitchY();
    return { std::min(first, rows), std::clamp(last, 0, rows) };
}

MapLayout::Span MapLayout::visibleColumns(const Item& item) const
{
    const int left = m_scroll.x() + m_gutter - item.rect.left();
    const int right = m_scroll.x() + m_viewport.width() - item.rect.left();
    const int first = left <= 0 ? 0 : left / pitchX();
    const int last = right <= 0 ? 0 : (right + pitchX() - 1) / pitchX();
    return { std::min(first, pagesPerRow), std::clamp(last, 0, pagesPerRow) };
}

QRect MapLayout::pageRect(const Item& item, std::uint32_t page) const
{
    const int row = static_cast<int>(page) / pagesPerRow;
    const int column = static_cast<int>(page) % pagesPerRow;
    return QRect(
        item.rect.left() + column * pitchX(), item.bodyTop + row * pitchY() + m_captionH, m_pageW, m_pageH)
        .translated(-m_scroll);
}

QRect MapLayout::barRect(const Item& item) const
{
    return QRect(item.rect.left(), item.bodyTop, item.rect.width(), item.rect.bottom() + 1 - item.bodyTop)
        .translated(-m_scroll);
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
    const Bytes end = std::min(range.end, item->range.end) - item->range.begin;
    const bool isWhole = at % m_pageBytes == 0 && end % m_pageBytes == 0;
    while (at < end) {
        const auto page = static_cast<std::uint32_t>(at / m_pageBytes);
        const QRect box = pageRect(*item, page);
        if (isWhole) {
            const std::uint32_t rowEnd = (page / pagesPerRow + 1) * pagesPerRow;
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
    // The row of items, then the column: a flow has equal columns.
    auto it = std::upper_bound(m_tops.begin(), m_tops.end(), world.y());
    if (it == m_tops.begin())
        return {};
    it = std::lower_bound(m_tops.begin(), it, *std::prev(it));
    for (auto i = static_cast<std::size_t>(it - m_tops.begin()); i < m_items.size() && m_tops[i] == *it;
         ++i) {
        const Item& item = m_items[i];
        if (!item.rect.contains(world))
            continue;
        if (world.y() < item.bodyTop)
            return { Hit::What::Caption, i, 0, item.range.begin };
        if (item.pages == 0) {
            const Bytes share = item.range.size() / static_cast<Bytes>(item.rect.width());
            return { Hit::What::Huge, i, 0,
                item.range.begin + share * static_cast<Bytes>(world.x() - item.rect.left()) };
        }
        const int x = world.x() - item.rect.left();
        const int y = world.y() - item.bodyTop;
        const int inX = x % pitchX();
        const int inY = y % pitchY() - m_captionH;
        if (inX >= m_pageW || inY < 0 || inY >= m_pageH)
            return {};
        const auto page = static_cast<std::uint32_t>(y / pitchY() * pagesPerRow + x / pitchX());
        if (page >= item.pages)
            return {};
        // Inverse of rowTop() and byteX(): the row and the byte whose pixels contain the point.
        int k = std::min(m_rowsPerPage - 1, (inY * m_rowsPerPage + m_rowsPerPage - 1) / m_pageH);
        while (k > 0 && rowTop(k) > inY)
            --k;
        while (k + 1 < m_rowsPerPage && rowTop(k + 1) <= inY)
            ++k;
        // The byte in the middle of the pixel.
        const Bytes offset =
            (static_cast<Bytes>(2 * inX + 1) * rowBytes()) / (2 * static_cast<Bytes>(m_pageW));
        return { Hit::What::Page, i, page,
            item.range.begin + page * m_pageBytes + static_cast<Bytes>(k) * rowBytes() + offset };
    }
    return {};
}

} // namespace heapatlas
