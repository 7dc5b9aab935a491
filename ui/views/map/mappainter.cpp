// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mappainter.h"

#include "ui/views/map/maplabels.h"
#include "ui/views/map/pagestrip.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace heapatlas {

namespace {

QRgb halfway(QRgb a, QRgb b)
{
    return qRgb((qRed(a) + qRed(b)) / 2, (qGreen(a) + qGreen(b)) / 2, (qBlue(a) + qBlue(b)) / 2);
}

/// Fills a box, its last column and line halfway to the background as a hairline grid.
void cell(QImage& image, QRect box, QRgb color, QRgb background, bool hasRightLine)
{
    const QRgb light = halfway(color, background);
    const bool hasLines = box.width() >= 3 && box.height() >= 3;
    for (int y = box.top(); y <= box.bottom(); ++y) {
        QRgb* line = reinterpret_cast<QRgb*>(image.scanLine(y)) + box.left();
        std::fill_n(line, box.width(), hasLines && y == box.bottom() ? light : color);
        if (hasLines && hasRightLine)
            line[box.width() - 1] = light;
    }
}

struct PageColor
{
    QRgb color = 0;
    bool isJoined = false; ///< one large run with the next page
};

void appendPages(std::vector<PageColor>& out, const MapScene& scene, const ChunkRow& chunk)
{
    const Bytes pageBytes = scene.snapshot.pageBytes();
    const MapInks inks(scene);
    for (const RegionRow& region : scene.snapshot.regions().subspan(chunk.firstRegion, chunk.regionCount)) {
        for (Bytes offset = 0; offset < region.range.size(); offset += pageBytes) {
            const bool isJoined =
                region.kind == RegionKind::LargeRun && offset + pageBytes < region.range.size();
            out.push_back({ inks.page(scene.snapshot, region, offset), isJoined });
        }
    }
}

QImage emptyImage(QSize size, qreal ratio, const QColor& background)
{
    const QSize device(std::max(1, static_cast<int>(std::lround(size.width() * ratio))),
        std::max(1, static_cast<int>(std::lround(size.height() * ratio))));
    QImage image(device, QImage::Format_RGB32);
    image.fill(background);
    image.setDevicePixelRatio(ratio);
    return image;
}

void paintGrid(QImage& image, const std::vector<PageColor>& pages, int columns, int rows, QRgb background)
{
    const auto at = [](int i, int count, int length) { return i * length / count; };
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const int row = static_cast<int>(i) / columns;
        const int column = static_cast<int>(i) % columns;
        if (row >= rows)
            break;
        const int left = at(column, columns, image.width());
        const int top = at(row, rows, image.height());
        const QRect box(left, top, at(column + 1, columns, image.width()) - left,
            at(row + 1, rows, image.height()) - top);
        cell(image, box, pages[i].color, background, !pages[i].isJoined);
    }
}

} // namespace

QImage MapPainter::paint(const MapScene& scene)
{
    QImage image;
    paintInto(image, scene);
    return image;
}

void MapPainter::paintInto(QImage& image, const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    if (image.size() != layout.viewport() || image.format() != QImage::Format_RGB32)
        image = QImage(layout.viewport(), QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    image.fill(scene.theme.canvas);
    PageStrip strip(image, scene, layout.body());
    const MapLayout::Span items = layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0)
            strip.paintBar(item);
        else
            strip.paintChunk(item, layout.visibleRows(item), layout.visibleColumns(item));
    }
    image.setDevicePixelRatio(layout.ratio());
    MapLabels(image, scene).paint();
}

QImage MapPainter::fingerprint(const HeapSnapshot& snapshot, QSize size, qreal devicePixelRatio)
{
    const Theme& theme = Theme::current();
    QImage image = emptyImage(size, devicePixelRatio, theme.freePage);
    const MapLayout layout;
    const MapScene scene { snapshot, layout, theme, true, std::nullopt, nullptr };
    // The engine's order, as in the overview: by address the newest chunk would come first.
    std::vector<const ChunkRow*> chunks;
    for (const ChunkRow& chunk : snapshot.chunks())
        chunks.push_back(&chunk);
    std::stable_sort(chunks.begin(), chunks.end(), [](const ChunkRow* a, const ChunkRow* b) {
        const bool aIsHuge = a->pageCount == 0;
        const bool bIsHuge = b->pageCount == 0;
        return aIsHuge != bIsHuge ? bIsHuge : !aIsHuge && a->ordinal < b->ordinal;
    });
    std::vector<PageColor> pages;
    for (const ChunkRow* const chunk : chunks) {
        appendPages(pages, scene, *chunk);
        if (pages.size() > 4096)
            break;
    }
    if (pages.empty())
        return image;
    // Cells one and a half times as high as wide, of a size at which the whole heap fits, within reason.
    const double area = static_cast<double>(size.width()) * size.height() / static_cast<double>(pages.size());
    const double width = std::clamp(std::sqrt(area / 1.5), 3.0, 8.0);
    const int columns = std::max(1, static_cast<int>(size.width() / width));
    const int rows = std::max(1, static_cast<int>(std::lround(size.height() / (width * 1.5))));
    paintGrid(image, pages, columns, rows, theme.canvas.rgb());
    return image;
}

QImage MapPainter::thumbnail(const HeapSnapshot& snapshot, const ChunkRow& chunk, const Theme& theme,
    QSize size, qreal devicePixelRatio)
{
    QImage image = emptyImage(size, devicePixelRatio, theme.panel);
    const MapLayout layout;
    const MapScene scene { snapshot, layout, theme, true, std::nullopt, nullptr };
    std::vector<PageColor> pages;
    appendPages(pages, scene, chunk);
    const int rows =
        (static_cast<int>(chunk.pageCount) + MapLayout::pagesPerRow - 1) / MapLayout::pagesPerRow;
    paintGrid(image, pages, MapLayout::pagesPerRow, std::max(1, rows), theme.panel.rgb());
    return image;
}

} // namespace heapatlas
