// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

#include <QFont>
#include <QImage>

class QPainter;

namespace heapatlas {

/// The words on the map: titles of chunks, captions of pages, sizes or sites in slots, gutter and column header.
class MapLabels
{
public:
    MapLabels(QImage& image, const MapScene& scene);
    void paint();

private:
    void paintTitle(QPainter& painter, const MapLayout::Item& item);
    void paintBar(QPainter& painter, const MapLayout::Item& item);
    void paintPages(QPainter& painter, const MapLayout::Item& item);
    void paintCaption(
        QPainter& painter, const RegionRow& region, std::uint32_t page, Bytes offset, QRect box);
    void paintSlots(QPainter& painter, const RegionRow& region, Bytes offset, QRect box);
    void paintGutter(QPainter& painter);
    void paintAddresses(QPainter& painter);
    void paintColumnHeader(QPainter& painter);
    [[nodiscard]] QString blockLabel(const BlockRow& block) const;
    [[nodiscard]] QRectF dip(QRect device) const;

    QImage& m_image;
    const MapScene& m_scene;
    const MapLayout& m_layout;
    MapLevel m_level;
};

} // namespace heapatlas
