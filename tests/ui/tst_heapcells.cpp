// SPDX-License-Identifier: GPL-3.0-or-later
//
// Heap level is painted in lines, past the caches and with what is kept from picture to picture. Here every pixel is
// asked on its own where it belongs, and must have that colour.
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mappainter.h"

#include <QTest>

#include <array>
#include <random>

using namespace heapatlas;

namespace {

/// The canvas, bars and cells, pixel by pixel through the hit test.
QImage naivePicture(const MapScene& scene, const SnapshotPtr& snapshot)
{
    const MapLayout& layout = scene.layout;
    QImage image(layout.viewport(), QImage::Format_RGB32);
    CellPyramid pyramid;
    pyramid.setSnapshot(snapshot);
    const MapInks inks(scene);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            QRgb color = scene.theme.canvas.rgb();
            const MapLayout::Hit hit = layout.hit({ x, y });
            if (hit.what == MapLayout::Hit::What::Page) {
                const auto cells = pyramid.cells(layout.items()[hit.item].chunkRow, layout.cellLevel()).codes;
                color = inks.cell(cells[hit.page / layout.cellPages()]);
            }
            image.setPixel(x, y, color);
        }
    }
    // Bars and stickers, as rectangles.
    for (const MapLayout::Item& item : layout.items()) {
        const ChunkRow& chunk = snapshot->chunks()[item.chunkRow];
        if (item.pages != 0 || chunk.regionCount == 0)
            continue;
        const RegionRow& region = snapshot->regions()[chunk.firstRegion];
        const QRect bar = layout.barRect(item);
        const int slack = MapInks::slackPixels(region, bar.width());
        const MapInks::Fill ink = inks.whole(region);
        const QRect seen = bar & image.rect();
        for (int y = seen.top(); y <= seen.bottom(); ++y)
            for (int x = seen.left(); x <= seen.right(); ++x)
                image.setPixel(x, y, x > bar.right() - slack ? ink.slack : ink.live);
    }
    MapTitles titles;
    for (const MapSticker& sticker : titles.collect(scene)) {
        const QRect seen = sticker.rect() & image.rect();
        for (int y = seen.top(); y <= seen.bottom(); ++y)
            for (int x = seen.left(); x <= seen.right(); ++x)
                image.setPixel(x, y, sticker.line(y)[x - sticker.at.x()]);
    }
    return image;
}

QString firstDifference(const QImage& a, const QImage& b)
{
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            if (a.pixel(x, y) != b.pixel(x, y))
                return QStringLiteral("(%1, %2): %3, not %4")
                    .arg(x)
                    .arg(y)
                    .arg(a.pixel(x, y), 8, 16)
                    .arg(b.pixel(x, y), 8, 16);
    return {};
}

} // namespace

class TestHeapCells : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(); }

    void everyPixelHasTheColorOfItsPlace()
    {
        const auto seed = static_cast<std::uint32_t>(std::random_device()());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        constexpr std::array<double, 5> ratios { 1, 1.25, 1.5, 2, 3 };
        MapCache cache; // warm over all of it
        QImage image;
        for (int round = 0; round < 40; ++round) {
            testing::FakeHeap heap;
            heap.seed = static_cast<std::uint32_t>(random());
            heap.chunks = static_cast<std::uint32_t>(1 + below(60));
            heap.hugeBlocks = static_cast<std::uint32_t>(below(4));
            heap.hugeBytes = Bytes { 1 } << (22 + below(6));
            heap.adjacent = static_cast<std::uint32_t>(1 + below(20));
            heap.detail = below(2) == 0 ? Detail::Regions : Detail::Blocks;
            const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
            const double ratio = ratios.at(static_cast<std::size_t>(below(5)));
            const double width = std::min(3.99, std::exp2(below(60) / 10.0 - 4));
            // Every fifth is so large that it is written past the caches.
            const QSize size = round % 5 == 0 ? QSize(1200 + below(100), 900 + below(50))
                                              : QSize(1 + below(500), 1 + below(400));
            MapLayout layout;
            layout.rebuild(*snapshot, size, ratio, width);
            if (layout.level() != MapLevel::Heap)
                continue;
            layout.setScroll({ 0, below(layout.maxScroll().y() + 1) });
            const auto way = std::array { MapColoring::SizeClass, MapColoring::Occupancy }.at(
                static_cast<std::size_t>(below(2)));
            MapScene scene { *snapshot, layout, below(2) == 0 ? lightTheme() : darkTheme(), true,
                std::nullopt };
            scene.isSlackShown = below(2) == 0;
            scene.coloring = BlockColoring(way, heap.eventIndex, 0, nullptr);
            if (below(3) == 0)
                scene.isolated = static_cast<MapState>(below(7));
            const QImage naive = naivePicture(scene, snapshot);
            cache.pyramid.setSnapshot(snapshot);
            if (image.size() != size)
                image = QImage(size, QImage::Format_RGB32);
            image.fill(Qt::magenta);
            cache.cells.paint(image, scene, cache.pyramid, cache.titles.collect(scene));
            QVERIFY2(image == naive,
                qPrintable(QStringLiteral("round %1, %2 x %3 at %4, page %5 px: %6")
                               .arg(round)
                               .arg(size.width())
                               .arg(size.height())
                               .arg(ratio)
                               .arg(width)
                               .arg(firstDifference(image, naive))));
            // And with all that a view keeps: the same as from nothing.
            QImage whole(size, QImage::Format_RGB32);
            MapPainter::paintInto(whole, scene, cache);
            whole.setDevicePixelRatio(1);
            QImage fresh = MapPainter::paint(scene);
            fresh.setDevicePixelRatio(1);
            QVERIFY2(whole == fresh, qPrintable(firstDifference(whole, fresh)));
        }
    }

    void stickersLieOnCanvasOnly()
    {
        testing::FakeHeap heap;
        heap.chunks = 30;
        heap.adjacent = 3;
        for (const double width : { 0.1, 0.5, 1.0, 2.0, 3.0, 3.9 }) {
            for (const double ratio : { 1.0, 1.5, 2.0 }) {
                const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
                MapLayout layout;
                layout.rebuild(*snapshot, QSize(800, 600), ratio, width);
                const MapScene scene { *snapshot, layout, lightTheme(), true, std::nullopt };
                MapTitles titles;
                int count = 0;
                for (const MapSticker& sticker : titles.collect(scene)) {
                    ++count;
                    for (const MapLayout::Item& item : layout.items())
                        if (layout.itemRect(item).bottom() >= 0)
                            QVERIFY(!sticker.rect().intersects(layout.itemRect(item).adjusted(
                                0, item.bodyTop - item.rect.top(), 0, -(layout.pitchY() - layout.pageH()))));
                }
                QCOMPARE_GT(count, 0);
            }
        }
    }
};

QTEST_MAIN(TestHeapCells)
#include "tst_heapcells.moc"
