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
    m_picture.forget();
}

void MapBoxLayer::paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot)
{
    if (!m_box || snapshot == nullptr)
        return;
    m_picture.paint(painter, layout, snapshot, [&] { return rendered(layout, *snapshot); });
}

QImage MapBoxLayer::rendered(const MapLayout& layout, const HeapSnapshot& snapshot) const
{
    QColor veil = Theme::current().canvas;
    veil.setAlphaF(static_cast<float>(1 - MapScene::fadedShare));
    QImage picture(layout.viewport(), QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    const QRect body = layout.body() & picture.rect();
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
    picture.setDevicePixelRatio(layout.ratio());
    return picture;
}

} // namespace heapatlas
