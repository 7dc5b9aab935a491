// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapinks.h"
#include "ui/views/map/mapscene.h"

#include <QColor>
#include <QGlyphRun>
#include <QImage>
#include <QRawFont>

#include <array>
#include <vector>

class QPainter;

namespace heapatlas {

/// Bytes level of the map: a hex pair a byte, from some width on its character below, behind them what they belong to:
/// a light wash of the size class, and a tint where a field is known. What is not known is a pair of faint dots.
class BytesPainter
{
public:
    BytesPainter(QImage& image, const MapScene& scene);

    /// All pages that are seen, and the gutter with the offset of every row. Pixels of the image are device pixels.
    void paint();

private:
    enum Ink : unsigned char
    {
        Known,
        Zero,
        Unknown,
        Gutter,
        InkCount,
    };
    void paintPage(QPainter& painter, const MapLayout::Item& item, std::uint32_t page);
    /// One row of a page: bytes [begin, end).
    void paintWash(QPainter& painter, const RegionRow& region, QRect box, AddressRange row);
    void paintFields(QPainter& painter, QRect box, AddressRange row, const HeapBytes& bytes);
    void addText(QRect box, AddressRange row, const HeapBytes* bytes);
    void addGutter(const MapLayout::Item& item, std::uint32_t page);
    void flushText(QPainter& painter);
    void put(Ink ink, quint32 glyph, double x, double y);
    [[nodiscard]] const HeapBytes* bytesAt(Address address) const;

    QImage& m_image;
    const MapScene& m_scene;
    const MapLayout& m_layout;
    MapInks m_inks;
    QRect m_body;
    bool m_hasText; ///< characters below the pairs
    double m_byteW;
    QRawFont m_font;
    double m_advance = 0;
    std::array<quint32, 16> m_digits {};
    std::array<quint32, 96> m_characters {}; ///< from the blank on
    quint32 m_dot = 0;
    std::array<QList<quint32>, InkCount> m_glyphs;
    std::array<QList<QPointF>, InkCount> m_places;
};

} // namespace heapatlas
