// SPDX-License-Identifier: GPL-3.0-or-later
// MapLayout: which part of the world is seen. Where things stand in it is in maplayout.cpp.
#include "ui/views/map/maplayout.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

void MapLayout::rebuildAbout(
    const HeapSnapshot& snapshot, QSize viewport, qreal devicePixelRatio, double pageWidth, QPoint anchor)
{
    // The nearest item, and the place in it counted in pages: gaps and captions do not scale, pages do.
    const QPoint world = anchor + m_scroll;
    const auto distance = [&world](const Item& item) {
        const QRect& r = item.rect;
        const int dx = std::max({ 0, r.left() - world.x(), world.x() - r.right() });
        const int dy = std::max({ 0, r.top() - world.y(), world.y() - r.bottom() });
        return std::int64_t { dx } * dx + std::int64_t { dy } * dy;
    };
    Span span = visibleItems();
    if (span.begin >= span.end)
        span = { 0, static_cast<int>(m_items.size()) };
    const Item* nearest = nullptr;
    for (int i = span.begin; i < span.end; ++i) {
        const Item& item = m_items[static_cast<std::size_t>(i)];
        if (nearest == nullptr || distance(item) < distance(*nearest))
            nearest = &item;
    }
    if (nearest == nullptr) {
        rebuild(snapshot, viewport, devicePixelRatio, pageWidth);
        return;
    }
    const Address key = nearest->range.begin;
    const auto cells = [this] { return static_cast<double>(1 << m_cellLevel); };
    const double columns = static_cast<double>(world.x() - nearest->rect.left()) / pitchX() * cells();
    const double rows = static_cast<double>(world.y() - nearest->bodyTop) / pitchY() * cells();
    rebuild(snapshot, viewport, devicePixelRatio, pageWidth);
    const Item* now = itemAt(key);
    if (now == nullptr)
        return;
    const auto pixels = [&cells](double pages, int pitch) {
        return static_cast<int>(std::lround(std::clamp(pages * pitch / cells(), -1e9, 1e9)));
    };
    setScroll(
        QPoint(now->rect.left() + pixels(columns, pitchX()), now->bodyTop + pixels(rows, pitchY())) - anchor);
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

void MapLayout::centreOn(AddressRange range)
{
    const Item* item = itemAt(range.begin);
    if (level() == MapLevel::Byte && item != nullptr && item->pages != 0) {
        // A page is larger than the canvas: its middle would leave out where the range begins.
        const Bytes into = (range.begin - item->range.begin) % rowBytes();
        range.end = std::min(range.end, range.begin + (rowBytes() - into));
    }
    const std::vector<QRect> rects = rectsOf(range);
    if (rects.empty())
        return;
    const QRect first = rects.front();
    QPoint by = first.center() - body().center();
    if (level() == MapLevel::Byte && first.width() > body().width())
        by.setX(first.left() - body().left());
    setScroll(m_scroll + by);
}

void MapLayout::alignToPages()
{
    const Span items = visibleItems();
    if (m_isFlow || items.begin >= items.end)
        return;
    const int column = (m_scroll.x() + pitchX() / 2) / pitchX();
    const Item& item = m_items[static_cast<std::size_t>(items.begin)];
    const int into = m_scroll.y() + m_columnHeader - item.bodyTop;
    if (level() == MapLevel::Byte) { // a page is higher than the canvas
        setScroll({ column * pitchX(), m_scroll.y() });
        return;
    }
    const int row = into <= 0 ? 0 : (into + pitchY() / 2) / pitchY();
    setScroll(
        { column * pitchX(), into <= 0 ? m_scroll.y() : item.bodyTop + row * pitchY() - m_columnHeader });
}

void MapLayout::showChunk(std::uint32_t chunkRow)
{
    const Item* item = itemOf(chunkRow);
    if (item == nullptr)
        return;
    if (m_isFlow) {
        centreOn({ item->range.begin, item->range.begin + 1 });
        return;
    }
    const int top = item->pages == 0 ? item->rect.top() : item->bodyTop;
    setScroll({ level() == MapLevel::Chunk ? 0 : m_scroll.x(), top - m_columnHeader });
}

void MapLayout::startAs(const MapLayout& other)
{
    const Span items = other.visibleItems();
    if (m_isFlow || other.m_isFlow || items.begin >= items.end)
        return;
    const Item& there = other.m_items[static_cast<std::size_t>(items.begin)];
    const Item* here = itemOf(there.chunkRow);
    if (here == nullptr)
        return;
    const auto scaled = [](int length, int from, int to) {
        return static_cast<int>(std::int64_t { length } * to / from);
    };
    const int into = other.m_scroll.y() + other.m_columnHeader - there.bodyTop;
    setScroll({ scaled(other.m_scroll.x(), other.pitchX(), pitchX()),
        here->bodyTop + (into < 0 ? into : scaled(into, other.pitchY(), pitchY())) - m_columnHeader });
}

} // namespace heapatlas
