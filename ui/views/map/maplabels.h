// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

#include <QFont>
#include <QImage>

class QPainter;

namespace heapatlas {

/// The words on the map: captions of pages, sizes or sites in slots, which move with the pages; and what stays in sight
/// while they move: titles of chunks below each other, breaks, gutter and column header.
class MapLabels
{
public:
    /// The image's first pixel stands for `origin` of the world.
    MapLabels(QImage& image, const MapScene& scene, QPoint origin);
    /// In the pages of a rectangle of the world.
    void paintPages(QRect world);
    /// Over and around the pages; the origin is the scroll position.
    void paintFrame();
    /// All of it with another painter, in device-independent pixels; the image is not touched.
    void paintAll(QPainter& painter);

private:
    void paintFrame(QPainter& painter);
    void paintTitle(QPainter& painter, const MapLayout::Item& item);
    void paintBar(QPainter& painter, const MapLayout::Item& item);
    void paintPages(QPainter& painter, const MapLayout::Item& item, QRect world);
    void paintCaption(
        QPainter& painter, const RegionRow& region, std::uint32_t page, Bytes offset, QRect box);
    void paintSlots(QPainter& painter, const RegionRow& region, Bytes offset, QRect box);
    void paintGutter(QPainter& painter);
    void paintColumnHeader(QPainter& painter);
    [[nodiscard]] QString blockLabel(const BlockRow& block) const;
    [[nodiscard]] QRectF dip(QRect device) const;
    [[nodiscard]] QRect boxOf(const MapLayout::Item& item, std::uint32_t page) const;

    QImage& m_image;
    const MapScene& m_scene;
    const MapLayout& m_layout;
    QPoint m_origin;
    MapLevel m_level;
};

} // namespace heapatlas
