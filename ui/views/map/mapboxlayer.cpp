// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapboxlayer.h"

#include "ui/theme/theme.h"
#include "ui/views/map/mapscene.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

void MapBoxLayer::setBox(const std::optional<BoxFilter>& box)
{
    m_box = box;
    m_picture = {};
}

void MapBoxLayer::paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot)
{
    if (!m_box || snapshot == nullptr)
        return;
    const bool isSame = m_snapshot == snapshot && m_scroll == layout.scroll()
        && std::abs(m_pageWidth - layout.pageWidth()) < 1e-9 && std::abs(m_ratio - layout.ratio()) < 1e-9
        && m_theme == Theme::current().id && m_picture.size() == layout.viewport();
    if (!isSame) {
        m_snapshot = snapshot;
        m_scroll = layout.scroll();
        m_pageWidth = layout.pageWidth();
        m_ratio = layout.ratio();
        m_theme = Theme::current().id;
        render(layout, *snapshot);
    }
    painter.drawImage(QPointF(0, 0), m_picture);
}

void MapBoxLayer::render(const MapLayout& layout, const HeapSnapshot& snapshot)
{
    QColor veil = Theme::current().canvas;
    veil.setAlphaF(static_cast<float>(1 - MapScene::fadedShare));
    m_picture = QImage(layout.viewport(), QImage::Format_ARGB32_Premultiplied);
    m_picture.fill(Qt::transparent);
    QPainter painter(&m_picture);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    const QRect body = layout.body() & m_picture.rect();
    painter.setClipRect(body);
    painter.fillRect(body, veil);
    const MapLayout::Span items = layout.visibleItems();
    AddressRange inside;
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        AddressRange part { std::max(item.range.begin, m_box->addresses.begin),
            std::min(item.range.end, m_box->addresses.end) };
        if (!(part.begin < part.end))
            continue;
        if (item.pages != 0 && part == item.range) {
            painter.fillRect(layout.itemRect(item), Qt::transparent);
        } else {
            if (item.pages != 0) { // only rows that are seen
                const MapLayout::Span rows = layout.visibleRows(item);
                const Bytes row = Bytes { layout.rowPages() } * layout.pageBytes();
                part.begin = std::max(part.begin, item.range.begin + static_cast<Bytes>(rows.begin) * row);
                part.end = std::min(part.end, item.range.begin + static_cast<Bytes>(rows.end) * row);
            }
            if (!(part.begin < part.end))
                continue;
            for (const QRect& rect : layout.rectsOf(part))
                painter.fillRect(rect, Qt::transparent);
        }
        inside = { inside.isEmpty() ? part.begin : inside.begin, part.end };
    }
    const auto blocks = snapshot.blocks();
    auto block = std::lower_bound(blocks.begin(), blocks.end(), inside.begin,
        [](const BlockRow& row, Address address) { return row.begin + row.size <= address; });
    for (; block != blocks.end() && block->begin < inside.end; ++block) {
        if (block->bornEvent <= m_box->events.end) // one more than the index of its birth
            continue;
        for (const QRect& rect : layout.rectsOf({ block->begin, block->begin + block->size }))
            painter.fillRect(rect, veil);
    }
    painter.end();
    m_picture.setDevicePixelRatio(layout.ratio());
}

} // namespace heapatlas
