// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mappainter.h"

#include "ui/views/map/bytespainter.h"
#include "ui/views/map/maplabels.h"
#include "ui/views/map/pagestrip.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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

/// More pages than any small picture shows.
constexpr std::size_t mostPages = 4096;

void appendPages(
    std::vector<PageColor>& out, const MapScene& scene, CellPyramid& pyramid, std::uint32_t chunkRow)
{
    const ChunkRow& chunk = scene.snapshot.chunks()[chunkRow];
    const Bytes pageBytes = scene.snapshot.pageBytes();
    const std::span<const CellCode> codes = pyramid.cells(chunkRow, 0).codes;
    const MapInks inks(scene);
    for (const RegionRow& region : scene.snapshot.regions().subspan(chunk.firstRegion, chunk.regionCount)) {
        const bool isOne = region.kind == RegionKind::LargeRun;
        for (Address at = region.range.begin; at < region.range.end && out.size() <= mostPages;
             at = at + pageBytes) {
            const std::size_t page = (at - chunk.range.begin) / pageBytes;
            const CellCode code =
                page < codes.size() ? codes[page] : CellCode::of(CellCode::lookOf(region), CellCode::full);
            out.push_back({ inks.cell(code), isOne && at + pageBytes < region.range.end });
        }
    }
}

/// All but the body.
void fillFrame(QImage& image, QRect body, QRgb color)
{
    for (int y = 0; y < image.height(); ++y) {
        const bool isAbove = y < body.top() || y > body.bottom();
        std::fill_n(reinterpret_cast<QRgb*>(image.scanLine(y)),
            isAbove ? image.width() : std::min(image.width(), body.left()), color);
    }
}

void copyTo(QImage& image, const MapSticker& sticker)
{
    const QRect seen = sticker.rect() & image.rect();
    for (int y = seen.top(); y <= seen.bottom(); ++y)
        std::copy_n(sticker.line(y) + (seen.left() - sticker.at.x()), std::max(0, seen.width()),
            reinterpret_cast<QRgb*>(image.scanLine(y)) + seen.left());
}

/// Not kept as tiles: bytes change with every event, and a screen of them costs little.
void paintBytes(QImage& image, const MapScene& scene)
{
    const MapLayout& layout = scene.layout;
    image.fill(scene.theme.canvas);
    const QRect world = layout.body().translated(layout.scroll());
    PageStrip strip(scene);
    strip.setTarget(image, layout.scroll(), world);
    strip.paint(world); // of the huge blocks; pages are painted over
    BytesPainter(image, scene).paint();
    MapLabels(image, scene, layout.scroll()).paintPages(world);
    image.setDevicePixelRatio(1);
}

/// For one picture of a snapshot that somebody else keeps alive meanwhile.
SnapshotPtr borrowed(const HeapSnapshot& snapshot) { return { SnapshotPtr(), &snapshot }; }

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
    MapCache cache;
    cache.pyramid.setSnapshot(borrowed(scene.snapshot));
    paintInto(image, scene, cache);
}

void MapPainter::paintInto(QImage& image, const MapScene& scene, MapCache& cache)
{
    const MapLayout& layout = scene.layout;
    if (image.size() != layout.viewport() || image.format() != QImage::Format_RGB32)
        image = QImage(layout.viewport(), QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    if (layout.level() == MapLevel::Byte) {
        paintBytes(image, scene);
    } else if (layout.level() == MapLevel::Heap) {
        cache.cells.paint(image, scene, cache.pyramid, cache.titles.collect(scene));
    } else {
        fillFrame(image, layout.body(), scene.theme.canvas.rgb());
        cache.tiles.compose(image, scene, cache.pyramid.snapshot());
        for (const MapSticker& sticker : cache.titles.collect(scene))
            copyTo(image, sticker);
    }
    image.setDevicePixelRatio(layout.ratio());
    MapLabels(image, scene, layout.scroll()).paintFrame();
}

QImage MapPainter::fingerprint(const HeapSnapshot& snapshot, QSize size, qreal devicePixelRatio)
{
    const Theme& theme = Theme::current();
    QImage image = emptyImage(size, devicePixelRatio, theme.freePage);
    const MapLayout layout;
    const MapScene scene { snapshot, layout, theme, true, std::nullopt, nullptr };
    // The engine's order: by address the newest chunk would often come first.
    const auto chunks = snapshot.chunks();
    std::vector<std::uint32_t> rows(chunks.size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::stable_sort(rows.begin(), rows.end(), [&chunks](std::uint32_t a, std::uint32_t b) {
        const bool aIsHuge = chunks[a].pageCount == 0;
        const bool bIsHuge = chunks[b].pageCount == 0;
        return aIsHuge != bIsHuge ? bIsHuge : !aIsHuge && chunks[a].ordinal < chunks[b].ordinal;
    });
    CellPyramid pyramid;
    pyramid.setSnapshot(borrowed(snapshot));
    std::vector<PageColor> pages;
    for (const std::uint32_t row : rows) {
        appendPages(pages, scene, pyramid, row);
        if (pages.size() > mostPages)
            break;
    }
    if (pages.empty())
        return image;
    // Cells one and a half times as high as wide, of a size at which the whole heap fits, within reason.
    const double area = static_cast<double>(size.width()) * size.height() / static_cast<double>(pages.size());
    const double width = std::clamp(std::sqrt(area / 1.5), 3.0, 8.0);
    const int columns = std::max(1, static_cast<int>(size.width() / width));
    const int rowCount = std::max(1, static_cast<int>(std::lround(size.height() / (width * 1.5))));
    paintGrid(image, pages, columns, rowCount, theme.canvas.rgb());
    return image;
}

QImage MapPainter::thumbnail(
    CellPyramid& pyramid, std::uint32_t chunkRow, const Theme& theme, QSize size, qreal devicePixelRatio)
{
    QImage image = emptyImage(size, devicePixelRatio, theme.panel);
    const MapLayout layout;
    const MapScene scene { *pyramid.snapshot(), layout, theme, true, std::nullopt, nullptr };
    std::vector<PageColor> pages;
    appendPages(pages, scene, pyramid, chunkRow);
    const auto rows = static_cast<int>((pages.size() + MapLayout::pagesPerRow - 1) / MapLayout::pagesPerRow);
    paintGrid(image, pages, MapLayout::pagesPerRow, std::max(1, rows), theme.panel.rgb());
    return image;
}

} // namespace heapatlas
