// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QSize>

class QPainter;

namespace heapatlas {

class BytesLegend;
class MapCanvas;
class MapLegend;

/// The map's canvas with its legend below, as a picture. Sizes in device-independent pixels.
class MapPicture
{
public:
    MapPicture(const MapCanvas& canvas, const MapLegend& legend, const BytesLegend& bytesLegend)
        : m_canvas(canvas)
        , m_legend(legend)
        , m_bytesLegend(bytesLegend)
    {
    }

    /// In a frame of its own; see MapCanvas::picture().
    [[nodiscard]] QImage rendered(QSize size, qreal ratio) const;
    /// What is on the screen.
    [[nodiscard]] QImage shown(qreal ratio) const;
    [[nodiscard]] QSize shownSize() const;
    /// The same as shapes; false, and nothing is painted, where they would be too many.
    bool paintShapes(QPainter& painter) const;

private:
    [[nodiscard]] int legendHeight(int width) const;
    void paintLegend(QPainter& painter, QSize map, qreal ratio) const;
    [[nodiscard]] QImage withLegend(const QImage& map, QSize size, qreal ratio) const;

    const MapCanvas& m_canvas;
    const MapLegend& m_legend;
    const BytesLegend& m_bytesLegend;
};

} // namespace heapatlas
