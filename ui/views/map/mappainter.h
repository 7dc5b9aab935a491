// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/mapcache.h"
#include "ui/views/map/mapscene.h"

#include <QImage>
#include <QSize>

namespace heapatlas {

/// Pixels of the map: scanlines into an image, so the cost follows the pixels. Stateless.
class MapPainter
{
public:
    /// Pages, blocks and their labels, gutter and column header, as far as they are visible. The image has the size
    /// and ratio of the scene's viewport; opaque.
    [[nodiscard]] static QImage paint(const MapScene& scene);
    /// The same into an image whose memory is used again if it has the size: new pages cost more than the painting.
    static void paintInto(QImage& image, const MapScene& scene);
    /// The same, pixel by pixel, with what the cache still has; its pyramid has the scene's snapshot.
    static void paintInto(QImage& image, const MapScene& scene, MapCache& cache);

    /// One colour a page, chunk after chunk, as many as fit: for welcome cards. `size` in device-independent pixels;
    /// uses Theme::current().
    [[nodiscard]] static QImage fingerprint(const HeapSnapshot& snapshot, QSize size, qreal devicePixelRatio);
    /// One colour a page of one chunk, 32 pages a row, on `theme.panel`: for the overview column.
    [[nodiscard]] static QImage thumbnail(
        CellPyramid& pyramid, std::uint32_t chunkRow, const Theme& theme, QSize size, qreal devicePixelRatio);
};

} // namespace heapatlas
