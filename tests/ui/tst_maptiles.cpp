// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/changedsnapshot.h"
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mappainter.h"

#include <QTest>

#include <cstring>

using namespace heapatlas;

namespace {

/// The first pixel that differs, or an empty string.
QString difference(const QImage& a, const QImage& b)
{
    if (a.size() != b.size())
        return QStringLiteral("sizes");
    const auto bytes = static_cast<std::size_t>(a.width()) * sizeof(QRgb);
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; std::memcmp(a.constScanLine(y), b.constScanLine(y), bytes) != 0 && x < a.width(); ++x)
            if (a.pixel(x, y) != b.pixel(x, y))
                return QStringLiteral("%1, %2: #%3, fresh #%4")
                    .arg(x)
                    .arg(y)
                    .arg(a.pixel(x, y), 8, 16)
                    .arg(b.pixel(x, y), 8, 16);
    return {};
}

QString siteOf(std::uint32_t stack) { return QStringLiteral("Site%1::add").arg(stack % 7); }

} // namespace

class TestMapTiles : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(); }

    void keptPicturesAreFreshPictures_data()
    {
        QTest::addColumn<double>("ratio");
        for (const double ratio : { 1.0, 1.25, 1.5, 2.0 })
            QTest::addRow("%g", ratio) << ratio;
    }
    /// However a picture came about, it is the one that nothing but the moment, the zoom and the place decide.
    void keptPicturesAreFreshPictures()
    {
        QFETCH(double, ratio);
        const auto seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED")
            ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
            : static_cast<std::uint32_t>(std::random_device()());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const SiteResolver resolver = siteOf;
        testing::FakeHeap heap;
        heap.chunks = 3;
        heap.adjacent = 2;
        SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        MapCache cache;
        MapLayout layout;
        QSize viewport = QSize(700, 480) * ratio;
        double width = 25;
        bool isSlackShown = true;
        std::optional<MapState> isolated = MapState::Header;
        QImage kept;
        for (int step = 0; step < 60; ++step) {
            switch (random() % 12) {
            case 0: {
                constexpr std::array widths { 0.1, 0.3, 1.0, 3.5, 5.0, 8.0, 14.0, 25.0, 58.0, 104.0, 281.0,
                    800.0 };
                width = widths.at(random() % widths.size());
                break;
            }
            case 1:
                heap.seed = 1 + static_cast<std::uint32_t>(random() % 3);
                heap.chunks = 2 + static_cast<std::uint32_t>(random() % 3);
                snapshot = testing::fakeSnapshot(heap);
                break;
            case 2:
            case 3:
            case 4:
            case 5:
                snapshot = testing::changedSnapshot(
                    *snapshot, random, 1 + static_cast<std::uint32_t>(random() % 20));
                break;
            case 6:
                isSlackShown = !isSlackShown;
                break;
            case 7:
                if (isolated)
                    isolated.reset();
                else
                    isolated = MapState::LargeRun;
                break;
            case 8:
                viewport = QSize(500 + static_cast<int>(random() % 300), 480) * ratio;
                break;
            default:
                break;
            }
            layout.rebuild(*snapshot, viewport, ratio, width);
            const QPoint most = layout.maxScroll();
            // Mostly near, where tiles are kept.
            const QPoint by(static_cast<int>(random() % 400) - 200, static_cast<int>(random() % 400) - 200);
            layout.setScroll(random() % 6 == 0 ? QPoint(most.x() / 2, most.y() / 3) : layout.scroll() + by);
            const MapScene scene { *snapshot, layout, lightTheme(), isSlackShown, isolated, &resolver };
            cache.pyramid.setSnapshot(snapshot);
            MapPainter::paintInto(kept, scene, cache);
            const QString where = difference(kept, MapPainter::paint(scene));
            QVERIFY2(where.isEmpty(),
                qPrintable(QStringLiteral("step %1, %2 px a page: %3").arg(step).arg(width).arg(where)));
        }
    }
    void scrollingCopiesAndAChangeRepaintsItsPages()
    {
        std::mt19937 random(7);
        SnapshotPtr snapshot = testing::fakeSnapshot();
        MapCache cache;
        MapLayout layout;
        layout.rebuild(*snapshot, { 976, 699 }, 1, 25);
        QImage image;
        const auto paint = [&] {
            cache.pyramid.setSnapshot(snapshot);
            const MapScene scene { *snapshot, layout, lightTheme(), true, std::nullopt, nullptr };
            MapPainter::paintInto(image, scene, cache);
            return cache.tiles.takePaintedPixels();
        };
        QCOMPARE(paint(), std::int64_t { layout.body().width() } * layout.body().height());
        QCOMPARE(paint(), std::int64_t { 0 });
        layout.setScroll({ 0, 30 });
        paint();
        layout.setScroll({ 0, 10 });
        QCOMPARE(paint(), std::int64_t { 0 });
        // The same heap once more: nothing differs.
        snapshot = testing::fakeSnapshot();
        QCOMPARE(paint(), std::int64_t { 0 });
        std::int64_t most = 0;
        for (int i = 0; i < 10; ++i) {
            snapshot = testing::changedSnapshot(*snapshot, random, 2);
            most = std::max(most, paint());
        }
        QVERIFY(most > 0);
        QVERIFY2(most < 80'000, qPrintable(QString::number(most)));
    }
};

QTEST_MAIN(TestMapTiles)
#include "tst_maptiles.moc"
