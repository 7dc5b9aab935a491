// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fakesnapshot.h"
#include "ui/views/map/maplayout.h"

#include <QTest>

using namespace heapatlas;

namespace {

struct Case
{
    double width;
    qreal ratio;
};

MapLayout layoutOf(const HeapSnapshot& snapshot, double width, qreal ratio)
{
    MapLayout layout;
    layout.rebuild(snapshot, QSize(qRound(976 * ratio), qRound(699 * ratio)), ratio, width);
    return layout;
}

} // namespace

class TestMapLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void levelsFollowThePageWidth()
    {
        QCOMPARE(MapLayout::levelOf(3.9), MapLevel::Heap);
        QCOMPARE(MapLayout::levelOf(4), MapLevel::Chunk);
        QCOMPARE(MapLayout::levelOf(59.9), MapLevel::Chunk);
        QCOMPARE(MapLayout::levelOf(60), MapLevel::Page);
        QCOMPARE(MapLayout::levelOf(160), MapLevel::Page);
        QCOMPARE(MapLayout::levelOf(161), MapLevel::Slot);
        QCOMPARE(MapLayout::levelOf(448), MapLevel::Slot);
        QCOMPARE(MapLayout::levelOf(449), MapLevel::Byte);
    }
    void fitsAsTheReference()
    {
        // 25 + 2 px across, 37 + 4 px down on the canvas of the picture.
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        MapLayout layout = layoutOf(*snapshot, 25, 1);
        QCOMPARE(layout.chunkFit(), 25.0);
        QCOMPARE(layout.pageW(), 25);
        QCOMPARE(layout.gapX(), 2);
        QCOMPARE(layout.pageH(), 37);
        QCOMPARE(layout.pitchY(), 41);
        QCOMPARE(layout.gutter(), 78);
    }

    void everySlotIsFoundWhereItIsDrawn_data()
    {
        QTest::addColumn<double>("width");
        QTest::addColumn<double>("ratio");
        for (const double width : { 5.0, 14.0, 25.0, 59.0, 104.0, 253.0, 440.0, 500.0, 752.0 })
            for (const double ratio : { 1.0, 1.25, 1.5, 2.0 })
                QTest::addRow("%g px at %g", width, ratio) << width << ratio;
    }
    void everySlotIsFoundWhereItIsDrawn()
    {
        QFETCH(double, width);
        QFETCH(double, ratio);
        testing::FakeHeap heap;
        heap.chunks = 2;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        MapLayout layout = layoutOf(*snapshot, width, ratio);
        int seen = 0;
        for (const RegionRow& region : snapshot->regions()) {
            if (region.kind != RegionKind::SmallRun)
                continue;
            for (std::uint32_t slot = 0; slot < region.slotCount; ++slot) {
                const Address begin = region.range.begin + Bytes { slot } * region.slotBytes;
                const AddressRange range { begin, begin + region.slotBytes };
                std::vector<QRect> rects = layout.rectsOf(range);
                QVERIFY(!rects.empty());
                // Bring it into sight, then look where it is now.
                layout.setScroll(layout.scroll() + rects.front().center() - layout.body().center());
                rects = layout.rectsOf(range);
                // A slot of less than a pixel, or one that wraps in two halves of one, may have none of its own.
                if (double(region.slotBytes) * layout.pageW() / double(layout.rowBytes()) < 2)
                    continue;
                for (const QRect& rect : rects) {
                    for (const QPoint& point : { rect.topLeft(), rect.center(), rect.bottomRight() }) {
                        if (!layout.body().contains(point))
                            continue;
                        const MapLayout::Hit hit = layout.hit(point);
                        QCOMPARE(hit.what, MapLayout::Hit::What::Page);
                        QVERIFY2(range.contains(hit.address),
                            qPrintable(QStringLiteral("slot %1 of %2 B").arg(slot).arg(region.slotBytes)));
                        ++seen;
                    }
                }
            }
        }
        QCOMPARE_GT(seen, width < 20 ? 100 : 5000);
    }
    void gapsBelongToNoPage()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const MapLayout layout = layoutOf(*snapshot, 25, 1);
        const QRect page = layout.pageRect(layout.items().front(), 5);
        QCOMPARE(layout.hit(page.center()).page, 5U);
        QCOMPARE(layout.hit(page.topRight() + QPoint(1, 0)).what, MapLayout::Hit::What::Nothing);
        QCOMPARE(layout.hit(page.bottomLeft() + QPoint(0, 1)).what, MapLayout::Hit::What::Nothing);
        QCOMPARE(layout.hit({ 10, 200 }).what, MapLayout::Hit::What::Nothing);
    }
    void zoomKeepsWhatIsUnderThePointer()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        MapLayout layout = layoutOf(*snapshot, 80, 1);
        layout.setScroll({ 700, 1500 });
        const QPoint pointer(500, 400);
        MapLayout::Hit before = layout.hit(pointer);
        QPoint at = pointer;
        while (before.what != MapLayout::Hit::What::Page)
            before = layout.hit(at += QPoint(3, 3));
        for (const double width : { 100.0, 125.0, 156.0, 195.0, 244.0 }) {
            layout.rebuildAbout(*snapshot, { 976, 699 }, 1, width, at);
            const MapLayout::Hit now = layout.hit(at);
            // Captions and gaps do not scale, so it may be the page's edge, but never another page.
            if (now.what == MapLayout::Hit::What::Page)
                QCOMPARE(now.page, before.page);
        }
    }
    void manyChunksAreCheapAndScroll()
    {
        testing::FakeHeap heap;
        heap.chunks = 400;
        heap.detail = Detail::Regions;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        MapLayout layout = layoutOf(*snapshot, 25, 1);
        QCOMPARE_GT(layout.maxScroll().y(), 100'000);
        layout.setScroll({ 0, layout.maxScroll().y() / 2 });
        const MapLayout::Span items = layout.visibleItems();
        QCOMPARE_LE(items.end - items.begin, 3);
        layout = layoutOf(*snapshot, layout.heapFit(*snapshot), 1);
        QVERIFY(layout.isFlow());
        for (const MapLayout::Item& item : layout.items())
            QVERIFY(item.rect.right() < 976);
    }
    void cellsOfSeveralPagesAreFoundWhereTheyAreDrawn()
    {
        testing::FakeHeap heap;
        heap.chunks = 30;
        heap.adjacent = 10;
        heap.detail = Detail::Regions;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        for (const double width : { 0.07, 0.13, 0.25, 0.4, 0.6, 1.0, 2.0 }) {
            for (const double ratio : { 1.0, 1.5, 2.0 }) {
                const MapLayout layout = layoutOf(*snapshot, width, ratio);
                QCOMPARE_GE(layout.pageW(), 1);
                for (const MapLayout::Item& item : layout.items()) {
                    for (std::uint32_t page = 0; page < item.pages; page += 1 + layout.cellPages() / 2) {
                        const QRect rect = layout.pageRect(item, page);
                        if (!layout.body().contains(rect))
                            continue;
                        const MapLayout::Hit hit = layout.hit(rect.bottomRight());
                        QCOMPARE(hit.what, MapLayout::Hit::What::Page);
                        QCOMPARE(hit.page, page - page % layout.cellPages());
                        QVERIFY(item.range.contains(hit.address));
                    }
                }
            }
        }
    }
    void itemsStandByAddressAndGapsAreTold()
    {
        testing::FakeHeap heap;
        heap.chunks = 9;
        heap.adjacent = 3;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        for (const double width : { 0.3, 1.0, 3.5, 8.0, 25.0, 104.0, 281.0 }) {
            MapLayout layout = layoutOf(*snapshot, width, 1);
            for (std::size_t i = 0; i < layout.items().size(); ++i) {
                const MapLayout::Item& item = layout.items()[i];
                QCOMPARE(item.chunkRow, static_cast<std::uint32_t>(i));
                const Bytes gap = i == 0 ? 0 : item.range.begin - snapshot->chunks()[i - 1].range.end;
                QCOMPARE(item.gap, gap);
                QCOMPARE(item.breakRect.isEmpty(), gap == 0);
                QCOMPARE(layout.itemAt(item.range.end - 1), &item);
                const bool hasNeighbour =
                    i + 1 < layout.items().size() && snapshot->chunks()[i + 1].range.begin == item.range.end;
                QCOMPARE(layout.itemAt(item.range.end), hasNeighbour ? &item + 1 : nullptr);
                for (const MapLayout::Item& other : layout.items())
                    QVERIFY(!other.rect.intersects(item.breakRect));
                if (gap == 0)
                    continue;
                layout.setScroll(QPoint(layout.scroll().x(), item.breakRect.center().y() - 300));
                const QPoint at = item.breakRect.center() - layout.scroll();
                if (layout.body().contains(at)) {
                    QCOMPARE(layout.hit(at).what, MapLayout::Hit::What::Break);
                    QCOMPARE(layout.hit(at).item, i);
                }
            }
        }
    }
    void aHeapOfAnySizeFitsAndStaysInTheWorld()
    {
        for (const std::uint32_t chunks : { 1U, 300U, 2048U, 20'000U }) {
            SnapshotBuilder out(1, Detail::Regions, {});
            for (std::uint32_t i = 0; i < chunks; ++i) {
                ChunkRow chunk;
                const Address begin { 0x7f0000000000 + Bytes { i } * 0x200000 };
                chunk.range = { begin, begin + 0x200000 };
                chunk.ordinal = i;
                chunk.pageCount = 512;
                out.beginChunk(chunk);
            }
            ChunkRow huge;
            huge.range = { { Bytes { 1 } << 50 }, { (Bytes { 1 } << 50) + (Bytes { 1 } << 40) } };
            out.beginChunk(huge);
            ChunkRow
                top; // ends one byte before the last address, and claims more pages than anybody could draw
            top.range = { { 0xffff800000000000 }, { ~std::uint64_t { 0 } } };
            top.pageCount = 0x7fffffff;
            out.beginChunk(top);
            const SnapshotPtr snapshot = out.finish();
            for (const double ratio : { 1.0, 2.0 }) {
                MapLayout layout = layoutOf(*snapshot, 25, ratio);
                layout = layoutOf(*snapshot, layout.widthFor(MapLevel::Heap, *snapshot), ratio);
                QCOMPARE(layout.level(), MapLevel::Heap);
                if (chunks <= 2048)
                    QCOMPARE(layout.maxScroll().y(), 0);
                for (const double width : { 0.0625, 1.0, 3.5, 25.0, 160.0, 1600.0 }) {
                    layout = layoutOf(*snapshot, width, ratio);
                    int bottom = 0;
                    for (const MapLayout::Item& item : layout.items()) {
                        QVERIFY(item.rect.isValid());
                        QCOMPARE_GE(item.rect.bottom(), bottom - (layout.isFlow() ? 1 << 29 : 0));
                        bottom = item.rect.bottom();
                        QVERIFY(bottom < (1 << 30) + 100'000);
                    }
                    layout.setScroll({ 0, layout.maxScroll().y() });
                    const MapLayout::Item& last = layout.items().back();
                    QCOMPARE(last.pages, 0U);
                    QVERIFY(layout.body().contains(layout.barRect(last).center()) || !layout.isFlow());
                }
            }
        }
    }
    void bytesLevelShowsWhereARangeBegins()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        for (const double ratio : { 1.0, 1.5, 2.0 }) {
            for (const double width : { 460.0, 760.0, 1600.0 }) {
                MapLayout layout = layoutOf(*snapshot, width, ratio);
                QCOMPARE(layout.level(), MapLevel::Byte);
                const Address chunk = layout.items()[1].range.begin;
                for (const AddressRange range : { AddressRange { chunk, chunk + 2 * 1024 * 1024 },
                         AddressRange { chunk + 40 * 4096, chunk + 43 * 4096 },
                         AddressRange { chunk + 100 * 4096 + 1234, chunk + 101 * 4096 + 17 } }) {
                    layout.centreOn(range);
                    const auto rects = layout.rectsOf({ range.begin, range.begin + 16 });
                    QVERIFY(!rects.empty() && layout.body().contains(rects.front().topLeft()));
                }
            }
        }
    }
    void rangesOfWholePagesJoinAcrossGaps()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        const MapLayout layout = layoutOf(*snapshot, 25, 1);
        const MapLayout::Item& item = layout.items().front();
        const auto rects = layout.rectsOf({ item.range.begin + 30 * 4096, item.range.begin + 34 * 4096 });
        QCOMPARE(rects.size(), std::size_t { 2 });
        QCOMPARE(rects[0].width(), 2 * 25 + 2);
        QCOMPARE(rects[1].left(), layout.pageRect(item, 32).left());
    }
};

QTEST_APPLESS_MAIN(TestMapLayout)
#include "tst_maplayout.moc"
