// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cellcode.h"
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mappainter.h"
#include "ui/views/map/maprings.h"

#include <QPainter>
#include <QTest>

using namespace heapatlas;

namespace {

/// Where small runs are seen at Slot level, in device-independent pixels.
constexpr QPoint smallRuns(5000, 500);

struct Picture
{
    MapLayout layout;
    QImage image;
};

Picture paint(const HeapSnapshot& snapshot, double width, qreal ratio, const Theme& theme, bool slack = true,
    std::optional<MapState> isolated = std::nullopt, QPoint scroll = {})
{
    Picture picture;
    picture.layout.rebuild(snapshot, QSize(qRound(976 * ratio), qRound(699 * ratio)), ratio, width);
    picture.layout.setScroll(scroll);
    picture.image = MapPainter::paint({ snapshot, picture.layout, theme, slack, isolated, nullptr });
    return picture;
}

} // namespace

class TestMapPainter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(); }

    void slotsHaveTheColorOfTheirClass_data()
    {
        QTest::addColumn<double>("width");
        QTest::addColumn<double>("ratio");
        QTest::addColumn<bool>("isDark");
        for (const bool isDark : { false, true })
            for (const double width : { 25.0, 59.0, 104.0, 253.0 })
                for (const double ratio : { 1.0, 1.25, 1.5, 2.0 })
                    QTest::addRow("%s %g px at %g", isDark ? "dark" : "light", width, ratio)
                        << width << ratio << isDark;
    }
    void slotsHaveTheColorOfTheirClass()
    {
        QFETCH(double, width);
        QFETCH(double, ratio);
        QFETCH(bool, isDark);
        const Theme& theme = isDark ? darkTheme() : lightTheme();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        // Without slack, and below the labels' level, the middle of a slot is nothing but its state.
        const QPoint scroll = width > 160 ? smallRuns * ratio : QPoint();
        const Picture picture = paint(*snapshot, width, ratio, theme, false, std::nullopt, scroll);
        const MapLayout& layout = picture.layout;
        int looked = 0;
        for (const RegionRow& region : snapshot->regions()) {
            if (region.kind != RegionKind::SmallRun)
                continue;
            const QColor fill = theme.sizeClassColor(region.sizeClass);
            for (std::uint32_t slot = 0; slot < region.slotCount; ++slot) {
                const Address begin = region.range.begin + Bytes { slot } * region.slotBytes;
                for (const QRect& rect : layout.rectsOf({ begin, begin + region.slotBytes })) {
                    const int least = layout.px(1) * 3 + 2;
                    if (!layout.body().contains(rect) || rect.width() < least || rect.height() < 4)
                        continue;
                    const bool isLive = snapshot->isSlotLive(region, slot);
                    if (isLive && layout.level() == MapLevel::Slot)
                        continue; // the label stands there
                    const QColor seen = picture.image.pixelColor(
                        rect.left() + rect.width() / 2 - 1, rect.top() + rect.height() / 2 - 1);
                    const QColor wanted = isLive ? fill : theme.freeSlotOf(fill);
                    QVERIFY2(seen == wanted,
                        qPrintable(QStringLiteral("%1 B slot %2: %3, not %4")
                                       .arg(region.slotBytes)
                                       .arg(slot)
                                       .arg(seen.name(), wanted.name())));
                    ++looked;
                }
            }
        }
        QCOMPARE_GT(looked, width > 160 ? 3 : 30); // at Slot level only free slots were looked at
    }
    void slackEndsEverySlot()
    {
        const Theme& theme = lightTheme();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const Picture picture = paint(*snapshot, 150, 1, theme);
        int looked = 0;
        for (const BlockRow& block : snapshot->blocks()) {
            const RegionRow& region = snapshot->regions()[block.region];
            if (region.kind != RegionKind::SmallRun || block.requested == block.size)
                continue;
            const auto rects =
                picture.layout.rectsOf({ block.begin + block.requested, block.begin + block.size });
            if (rects.size() != 1 || rects[0].width() < 5 || !picture.layout.body().contains(rects[0]))
                continue;
            const QColor seen = picture.image.pixelColor(rects[0].center() - QPoint(1, 1));
            QCOMPARE(seen, theme.slackOf(theme.sizeClassColor(region.sizeClass)));
            ++looked;
        }
        QCOMPARE_GT(looked, 10);
    }
    void freeColorHasTheShareOfFreePages()
    {
        const Theme& theme = lightTheme();
        testing::FakeHeap heap;
        heap.chunks = 1;
        heap.hugeBlocks = 0;
        heap.fill = 1.0;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        const Picture picture = paint(*snapshot, 3.5, 4, theme);
        const MapLayout::Item& item = picture.layout.items().front();
        int free = 0;
        int all = 0;
        for (std::uint32_t page = 0; page < item.pages; ++page) {
            const QColor seen = picture.image.pixelColor(picture.layout.pageRect(item, page).center());
            free += seen == theme.freePage ? 1 : 0;
            ++all;
        }
        QCOMPARE(all, 512);
        QCOMPARE(free, static_cast<int>(snapshot->totals().freePages));
    }
    void aPageIsMixedByItsUsedBytes()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        for (const RegionRow& region : snapshot->regions()) {
            if (region.kind != RegionKind::SmallRun)
                continue;
            Bytes sum = 0;
            for (Bytes at = 0; at < region.range.size(); at += 4096)
                sum += liveBytes(*snapshot, region, at, at + 4096);
            QCOMPARE(sum, Bytes { region.liveSlots } * region.slotBytes);
            QCOMPARE(liveBytes(*snapshot, region, 3, 3), Bytes { 0 });
        }
    }
    void largeRunsJoinAcrossGaps()
    {
        const Theme& theme = lightTheme();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const Picture picture = paint(*snapshot, 25, 2, theme);
        const MapLayout::Item& item = picture.layout.items().front();
        int looked = 0;
        for (const RegionRow& region : snapshot->regions().first(snapshot->chunks()[0].regionCount)) {
            const auto page = static_cast<std::uint32_t>((region.range.begin - item.range.begin) / 4096);
            if (region.kind != RegionKind::LargeRun || region.range.size() < 3 * 4096 || page % 32 > 28)
                continue;
            const QRect box = picture.layout.pageRect(item, page);
            if (!picture.layout.body().contains(box))
                continue;
            QCOMPARE(picture.image.pixelColor(box.center()), theme.largeRun);
            QCOMPARE(picture.image.pixelColor(box.right() + 2, box.center().y()), theme.largeRun);
            ++looked;
        }
        QCOMPARE_GT(looked, 3);
    }
    void isolatingFadesTheRest()
    {
        const Theme& theme = lightTheme();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const Picture picture = paint(*snapshot, 25, 1, theme, true, MapState::Header);
        const MapLayout::Item& item = picture.layout.items().front();
        const QRect header = picture.layout.pageRect(item, 0);
        QCOMPARE(picture.image.pixelColor(header.topLeft() + QPoint(2, 2)), theme.header);
        for (int y = 0; y < picture.image.height(); ++y)
            for (int x = picture.layout.gutter(); x < picture.image.width(); ++x)
                QVERIFY(picture.image.pixelColor(x, y) != theme.largeRun);
    }
    void theSelectedSlotHasARing()
    {
        const Theme& theme = Theme::current();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        for (const qreal ratio : { 1.0, 2.0 }) {
            Picture picture = paint(*snapshot, 253, ratio, theme, true, std::nullopt, smallRuns * ratio);
            const BlockRow* example = nullptr;
            std::vector<QRect> rects;
            for (const BlockRow& block : snapshot->blocks()) {
                rects = picture.layout.rectsOf({ block.begin, block.begin + block.size });
                const QRect grown = rects.empty() ? QRect() : rects[0].adjusted(-20, -20, 20, 20);
                if (rects.size() == 1 && rects[0].width() > 20 && picture.layout.body().contains(grown)) {
                    example = &block;
                    break;
                }
            }
            QVERIFY(example != nullptr);
            QPainter painter(&picture.image);
            maprings::selection(painter, picture.layout, { example->begin, example->begin + example->size });
            painter.end();
            const QRect r = rects[0];
            const int step = static_cast<int>(ratio);
            for (int i = 1; i <= 2 * step; ++i) {
                QCOMPARE(picture.image.pixelColor(r.center().x(), r.top() - i), theme.text);
                QCOMPARE(picture.image.pixelColor(r.left() - i, r.center().y()), theme.text);
                QCOMPARE(picture.image.pixelColor(r.right() + i, r.center().y()), theme.text);
                QCOMPARE(picture.image.pixelColor(r.center().x(), r.bottom() + i), theme.text);
            }
            for (int i = 2 * step + 1; i <= 4 * step; ++i)
                QCOMPARE(picture.image.pixelColor(r.center().x(), r.top() - i), theme.canvas);
            QVERIFY(picture.image.pixelColor(r.topLeft() + QPoint(1, 1)) != theme.text);
        }
    }
    void nothingIsDrawnIntoTheGutter()
    {
        const Theme& theme = lightTheme();
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const Picture picture = paint(*snapshot, 253, 1, theme, true, std::nullopt, { 1500, 700 });
        QCOMPARE(picture.layout.scroll(), QPoint(1500, 700));
        for (int y = 0; y < picture.image.height(); ++y)
            for (int x = picture.layout.gutter() - 8; x < picture.layout.gutter(); ++x)
                QCOMPARE(picture.image.pixelColor(x, y), theme.canvas);
    }
    void fingerprintsFillTheirFrame()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        for (const QSize size : { QSize(108, 82), QSize(290, 60) }) {
            const QImage image = MapPainter::fingerprint(*snapshot, size, 2);
            QCOMPARE(image.size(), size * 2);
            int amber = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    amber += image.pixelColor(x, y) == Theme::current().largeRun ? 1 : 0;
            QCOMPARE_GT(amber, 100);
        }
        testing::FakeHeap none;
        none.chunks = 0;
        none.hugeBlocks = 0;
        QCOMPARE(MapPainter::fingerprint(*testing::fakeSnapshot(none), { 10, 10 }, 1).size(), QSize(10, 10));
    }
};

QTEST_MAIN(TestMapPainter)
#include "tst_mappainter.moc"
