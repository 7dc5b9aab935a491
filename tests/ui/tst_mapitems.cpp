// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/mapitems.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace heapatlas;

class TestMapItems : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        qputenv("HEAPATLAS_NO_ANIMATION", "1");
        ThemeManager::instance().install();
    }
    void init()
    {
        m_snapshot = testing::fakeSnapshot();
        m_canvas = std::make_unique<MapCanvas>();
        m_canvas->resize(976, 699);
        m_canvas->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_canvas.get()));
        m_canvas->setSnapshot(m_snapshot);
        m_list = QAccessible::queryAccessibleInterface(m_canvas.get());
        QVERIFY(m_list != nullptr);
    }
    void cleanup() { m_canvas.reset(); }

    void chunksAreTheItemsOfTheOverview()
    {
        m_canvas->setLevel(MapLevel::Heap);
        QCOMPARE(m_list->childCount(), static_cast<int>(m_snapshot->chunks().size()));
        const ChunkRow& chunk = m_snapshot->chunks()[1];
        QCOMPARE(m_list->child(1)->text(QAccessible::Name),
            QStringLiteral("Chunk 1, %1 % used, %2 of 512 pages free")
                .arg(qRound(usedShare(chunk) * 100))
                .arg(chunk.freePages));
        QVERIFY(m_list->child(4)->text(QAccessible::Name).startsWith(QStringLiteral("Huge block, ")));
        const QRect shown = m_canvas->layoutNow().itemRect(m_canvas->layoutNow().items()[1]);
        QCOMPARE(m_list->child(1)->rect().translated(-m_canvas->mapToGlobal(QPoint(0, 0))),
            shown & m_canvas->layoutNow().body());
    }
    void runsAreTheItemsOfAChunk()
    {
        m_canvas->setLevel(MapLevel::Chunk);
        const int count = m_list->childCount();
        QCOMPARE_GT(count, 20);
        QCOMPARE(
            m_list->child(0)->text(QAccessible::Name), QStringLiteral("Page 0 of chunk 0, chunk header"));
        int runs = 0;
        for (int i = 0; i < count; ++i) {
            const RegionRow& region = m_snapshot->regions()[static_cast<std::size_t>(i)];
            QVERIFY(m_canvas->rect().contains(
                m_list->child(i)->rect().translated(-m_canvas->mapToGlobal(QPoint(0, 0)))));
            if (region.kind != RegionKind::SmallRun)
                continue;
            ++runs;
            const QString name = m_list->child(i)->text(QAccessible::Name);
            QCOMPARE(name, regionName(*m_snapshot, region));
            QVERIFY(name.endsWith(
                QStringLiteral("slots, %1 of %2 live").arg(region.liveSlots).arg(region.slotCount)));
        }
        QCOMPARE_GT(runs, 10);
    }
    void slotsAreTheItemsCloserUp()
    {
        m_canvas->setLevel(MapLevel::Slot);
        const int count = m_list->childCount();
        QCOMPARE_GT(count, 5);
        QSignalSpy chosen(m_canvas.get(), &MapCanvas::selectionRequested);
        m_list->child(3)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(chosen.count(), 1);
        const auto selection = chosen[0][0].value<Selection>();
        QCOMPARE(m_canvas->selection(), selection);
        QVERIFY(m_list->child(3)->state().selected);
        QVERIFY(!m_list->child(2)->state().selected);
        const MapTarget target = targetAt(*m_snapshot, selection.range.begin);
        const QString name = m_list->child(3)->text(QAccessible::Name);
        const RegionRow& region = *target.region;
        QCOMPARE(name,
            region.range == selection.range ? regionName(*m_snapshot, region) : oneLine(*m_snapshot, target));
    }
    void whatIsLeftOutIsTold()
    {
        testing::FakeHeap heap;
        heap.chunks = 1000;
        heap.adjacent = 1000;
        m_snapshot = testing::fakeSnapshot(heap);
        m_canvas->setSnapshot(m_snapshot);
        m_canvas->setLevel(MapLevel::Heap);
        const int most = static_cast<int>(MapItems::mostItems);
        QCOMPARE(m_list->childCount(), most + 1);
        QAccessibleInterface* rest = m_list->child(most);
        QCOMPARE(rest->role(), QAccessible::StaticText);
        QVERIFY(rest->text(QAccessible::Name).endsWith(QStringLiteral("zoom in to reach them")));
        rest->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(m_canvas->level(), MapLevel::Chunk);
    }
    void itemsFollowTheView()
    {
        m_canvas->setLevel(MapLevel::Heap);
        QAccessibleInterface* last = m_list->child(4);
        QVERIFY(last->isValid());
        m_canvas->setSnapshot(nullptr);
        QCOMPARE(m_list->childCount(), 0);
        QVERIFY(!last->isValid());
    }
    void theItemThatHoldsTheSelectionHasTheFocus()
    {
        m_canvas->setLevel(MapLevel::Chunk);
        m_canvas->activateWindow();
        m_canvas->setFocus();
        QVERIFY(QTest::qWaitFor([this] { return m_canvas->hasFocus(); }));
        const RegionRow& run = m_snapshot->regions()[2];
        m_canvas->choose(targetAt(*m_snapshot, run.range.begin).selection());
        QAccessibleInterface* focused = m_list->focusChild();
        QVERIFY(focused != nullptr);
        QCOMPARE(m_list->indexOfChild(focused), 2);
    }
    void aBoxFadesWhatIsOutside()
    {
        m_canvas->setLevel(MapLevel::Heap);
        const MapLayout& layout = m_canvas->layoutNow();
        const QImage before = m_canvas->picture(m_canvas->size(), 1);
        const AddressRange chunk = m_snapshot->chunks()[1].range;
        m_canvas->setBox(BoxFilter { { 0, m_snapshot->eventIndex() }, chunk });
        const QImage after = m_canvas->picture(m_canvas->size(), 1);
        const QPoint inside = layout.pageRect(layout.items()[1], 0).center();
        const QPoint outside = layout.pageRect(layout.items()[0], 0).center();
        QCOMPARE(after.pixelColor(inside), before.pixelColor(inside));
        QVERIFY(after.pixelColor(outside) != before.pixelColor(outside));
        QSignalSpy cleared(m_canvas.get(), &MapCanvas::boxCleared);
        QTest::keyClick(m_canvas.get(), Qt::Key_Escape);
        QCOMPARE(cleared.count(), 1);
        m_canvas->setBox(std::nullopt);
        QCOMPARE(m_canvas->picture(m_canvas->size(), 1), before);
    }
    void aBoxFadesWhatWasBornAfterIt()
    {
        m_canvas->setLevel(MapLevel::Slot);
        const MapLayout& layout = m_canvas->layoutNow();
        const QImage before = m_canvas->shownPicture(1);
        const std::uint64_t end = m_snapshot->eventIndex() / 2;
        m_canvas->setBox(BoxFilter { { 0, end }, AddressRange::everything() });
        const QImage after = m_canvas->shownPicture(1);
        int faded = 0;
        int kept = 0;
        for (const BlockRow& block : m_snapshot->blocks()) {
            const auto rects = layout.rectsOf({ block.begin, block.begin + block.size });
            if (rects.empty() || rects[0].width() < 12 || !layout.body().contains(rects[0]))
                continue;
            const QPoint at = rects[0].topLeft() + QPoint(2, 2);
            const bool isSame = after.pixelColor(at) == before.pixelColor(at);
            QCOMPARE(isSame, block.bornEvent <= end);
            ++(isSame ? kept : faded);
        }
        QCOMPARE_GT(faded, 0);
        QCOMPARE_GT(kept, 0);
    }

private:
    SnapshotPtr m_snapshot;
    std::unique_ptr<MapCanvas> m_canvas;
    QAccessibleInterface* m_list = nullptr;
};

QTEST_MAIN(TestMapItems)
#include "tst_mapitems.moc"
