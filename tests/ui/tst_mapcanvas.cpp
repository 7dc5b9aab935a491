// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/heapbytesbuilder.h"
#include "support/changedsnapshot.h"
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/maplegend.h"
#include "ui/views/map/mapoverview.h"
#include "ui/views/map/maptarget.h"
#include "ui/views/map/mapview.h"
#include "ui/widgets/breadcrumb.h"
#include "ui/widgets/hovertip.h"
#include "ui/widgets/segmentedswitch.h"

#include <QAbstractButton>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace heapatlas;

namespace {

void turnWheel(MapCanvas& canvas, QPoint at, int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QWheelEvent event(at, canvas.mapToGlobal(at), {}, { 0, notches * 120 }, Qt::NoButton, modifiers,
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(&canvas, &event);
}

/// The middle of a range on the widget.
QPoint middleOf(const MapCanvas& canvas, AddressRange range)
{
    const auto rects = canvas.layoutNow().rectsOf(range);
    return rects.empty() ? QPoint() : rects.front().center();
}

} // namespace

class TestMapCanvas : public QObject
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
        m_view = std::make_unique<MapView>();
        m_view->resize(1112, 784);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->showSnapshot(m_snapshot);
        m_canvas = qobject_cast<MapCanvas*>(m_view->canvas());
        QVERIFY(m_canvas != nullptr);
    }
    void cleanup() { m_view.reset(); }

    void beginsWithTheFirstChunkFitted()
    {
        QCOMPARE(m_view->level(), MapLevel::Chunk);
        QCOMPARE(m_canvas->chunkInView(), std::optional<std::uint32_t>(0));
        const MapLayout& layout = m_canvas->layoutNow();
        QCOMPARE(layout.pageRect(layout.items().front(), 0).topLeft(), QPoint(78, 29));
    }
    void clickSelectsTheSlotUnderThePointer()
    {
        m_view->setLevel(MapLevel::Slot);
        QSignalSpy spy(m_canvas, &MapCanvas::selectionRequested);
        const AddressRange seen = m_canvas->visibleRange();
        for (const BlockRow& block : m_snapshot->blocks()) {
            const AddressRange range { block.begin, block.begin + block.size };
            const QPoint at = middleOf(*m_canvas, range);
            if (!seen.contains(block.begin) || !m_canvas->rect().contains(at) || block.size < 64
                || at.x() < 90)
                continue;
            QTest::mouseClick(m_canvas, Qt::LeftButton, {}, at);
            QCOMPARE(m_canvas->selection().range, range);
            QCOMPARE(m_canvas->selection().what, Selection::What::Block);
            break;
        }
        QCOMPARE(spy.count(), 1);
    }
    void tooltipTellsTheItemAndKeepsOffIt()
    {
        const Address page = m_snapshot->chunks()[1].range.begin + 144 * Bytes { 4096 };
        m_view->showSelection({ Selection::What::Page, { page, page + 4096 } });
        m_view->setLevel(MapLevel::Slot);
        const AddressRange seen = m_canvas->visibleRange();
        int shown = 0;
        for (const BlockRow& block : m_snapshot->blocks()) {
            const AddressRange range { block.begin, block.begin + block.size };
            const auto rects = m_canvas->layoutNow().rectsOf(range);
            if (!seen.contains(block.begin) || rects.size() != 1 || block.size < 64
                || !m_canvas->layoutNow().body().contains(rects.front()))
                continue;
            const QPoint at = rects.front().center();
            QMouseEvent move(QEvent::MouseMove, QPointF(at), m_canvas->mapToGlobal(QPointF(at)), Qt::NoButton,
                Qt::NoButton, Qt::NoModifier);
            QApplication::sendEvent(m_canvas, &move);
            auto* tip = m_view->findChild<HoverTip*>(QStringLiteral("hoverTip"));
            QVERIFY(tip != nullptr);
            QTRY_VERIFY(tip->isVisible());
            QVERIFY(tip->lines().size() <= 5);
            QVERIFY(tip->lines().front().contains(QStringLiteral("slot, in use")));
            const QRect item(m_canvas->mapTo(m_view.get(), rects.front().topLeft()), rects.front().size());
            QVERIFY(!tip->geometry().intersects(item));
            QVERIFY(m_view->rect().contains(tip->geometry()));
            if (++shown == 25)
                break;
        }
        QCOMPARE_GT(shown, 5);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(m_canvas, &leave);
        QVERIFY(!m_view->findChild<HoverTip*>(QStringLiteral("hoverTip"))->isVisible());
    }
    void dragPansAndSelectsNothing()
    {
        m_view->setLevel(MapLevel::Slot);
        const QPoint before = m_canvas->layoutNow().scroll();
        QTest::mousePress(m_canvas, Qt::LeftButton, {}, { 500, 400 });
        QTest::mouseMove(m_canvas, { 460, 380 });
        QMouseEvent move(QEvent::MouseMove, QPointF(400, 350), m_canvas->mapToGlobal(QPointF(400, 350)),
            Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_canvas, &move);
        QTest::mouseRelease(m_canvas, Qt::LeftButton, {}, { 400, 350 });
        QCOMPARE(m_canvas->layoutNow().scroll() - before, QPoint(100, 50));
        QCOMPARE(m_canvas->selection().what, Selection::What::Nothing);
    }
    void wheelZoomsByAQuarterAndShiftGoesSideways()
    {
        const double before = m_canvas->layoutNow().pageWidth();
        turnWheel(*m_canvas, { 500, 300 }, 1);
        QCOMPARE(m_canvas->layoutNow().pageWidth(), before * 1.25);
        turnWheel(*m_canvas, { 500, 300 }, 3);
        const QPoint scroll = m_canvas->layoutNow().scroll();
        turnWheel(*m_canvas, { 500, 300 }, -1, Qt::ShiftModifier);
        QCOMPARE_GT(m_canvas->layoutNow().scroll().x(), scroll.x());
        QCOMPARE(m_canvas->layoutNow().scroll().y(), scroll.y());
    }
    void fingersPan()
    {
        m_view->setLevel(MapLevel::Slot);
        const QPoint before = m_canvas->layoutNow().scroll();
        QWheelEvent event(QPointF(500, 300), m_canvas->mapToGlobal(QPointF(500, 300)), { -30, -20 },
            { -60, -40 }, Qt::NoButton, Qt::NoModifier, Qt::ScrollUpdate, false);
        QApplication::sendEvent(m_canvas, &event);
        QCOMPARE(m_canvas->layoutNow().scroll() - before, QPoint(30, 20));
        QCOMPARE(m_view->level(), MapLevel::Slot);
    }
    void keysWalkLevels()
    {
        QSignalSpy spy(m_view.get(), &MapView::levelChanged);
        m_canvas->setFocus();
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QCOMPARE(m_view->level(), MapLevel::Page);
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QCOMPARE(m_view->level(), MapLevel::Slot);
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QCOMPARE(m_view->level(), MapLevel::Byte);
        QTest::keyClick(m_canvas, Qt::Key_Return); // no pointer to follow
        QCOMPARE(m_view->level(), MapLevel::Byte);
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(m_canvas, Qt::Key_Backspace);
        QCOMPARE(m_view->level(), MapLevel::Heap);
        QCOMPARE(spy.count(), 7);
        QTest::keyClick(m_canvas, Qt::Key_Plus);
        QTest::keyClick(m_canvas, Qt::Key_Minus);
        QTest::keyClick(m_canvas, Qt::Key_0);
        QCOMPARE(m_view->level(), MapLevel::Heap);
    }
    /// The first page of chunk 0: a pointer to chunk 1, eight known zeros, nothing else known.
    [[nodiscard]] HeapBytesPtr headerBytes() const
    {
        const Address begin = m_snapshot->chunks()[0].range.begin;
        HeapBytesBuilder builder(0, { begin, begin + 4096 });
        builder.putPointer(begin, m_snapshot->chunks()[1].range.begin, FieldKind::ChunkHeader, "next");
        builder.putZeros(begin + 8, 8, "reserve");
        return builder.finish();
    }
    void bytesAreWideEnoughToRead()
    {
        m_view->setLevel(MapLevel::Byte);
        const MapLayout& layout = m_canvas->layoutNow();
        QVERIFY(layout.showsCharacters());
        QVERIFY(layout.pageW() > 22 * 32);
        QCOMPARE(layout.rowBytes(), Bytes { 32 });
        // What is seen is asked for, and no more than a window holds.
        const std::vector<AddressRange> windows = layout.byteWindows();
        QVERIFY(!windows.empty());
        const MapLayout::Hit hit = layout.hit(layout.body().topLeft() + QPoint(30, 60));
        QVERIFY(windows.front().contains(hit.address));
        for (const AddressRange window : windows)
            QVERIFY(window.size() <= maxBytesWindow);
        // Narrower: pairs alone.
        for (int i = 0; i < 2; ++i)
            turnWheel(*m_canvas, { 500, 300 }, -1);
        QCOMPARE(m_view->level(), MapLevel::Byte);
        QVERIFY(!layout.showsCharacters());
        QVERIFY(layout.pageW() > 14 * 32);
    }
    void clickChoosesAFieldAndReturnFollowsIt()
    {
        const AddressRange first = m_snapshot->chunks()[0].range;
        m_view->showSelection({ Selection::What::Page, { first.begin, first.begin + 4096 } });
        m_view->setLevel(MapLevel::Byte);
        m_canvas->setBytes({ headerBytes() });
        m_canvas->setSelection({ Selection::What::Region, { first.begin, first.begin + 4096 } });
        m_canvas->setByteRange({ first.begin, first.begin + 1 });
        m_canvas->revealSelection();
        QSignalSpy spy(m_canvas, &MapCanvas::byteRangeRequested);
        const auto rects = m_canvas->layoutNow().rectsOf({ first.begin + 3, first.begin + 4 });
        QVERIFY(!rects.empty() && m_canvas->rect().contains(rects.front()));
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, rects.front().center());
        QCOMPARE(spy.count(), 1);
        QCOMPARE(m_canvas->byteRange(), (AddressRange { first.begin, first.begin + 8 }));
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QCOMPARE(m_canvas->byteRange(), (AddressRange { first.begin + 8, first.begin + 16 }));
        QTest::keyClick(m_canvas, Qt::Key_Left);
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QVERIFY(m_snapshot->chunks()[1].range.contains(m_canvas->selection().range.begin));
    }
    void unknownBytesAreNoZeros()
    {
        const Address begin = m_snapshot->chunks()[0].range.begin;
        m_view->showSelection({ Selection::What::Page, { begin, begin + 4096 } });
        m_view->setLevel(MapLevel::Byte);
        m_canvas->setByteRange({ begin, begin + 1 });
        m_canvas->revealSelection();
        m_canvas->setByteRange({});
        const auto look = [&](Bytes offset) {
            QRect box = m_canvas->layoutNow().rectsOf({ begin + offset, begin + offset + 1 }).front();
            box.adjust(3, 3, -3, -3);
            return m_canvas->grab(box).toImage();
        };
        m_canvas->setBytes({ headerBytes() });
        const QImage zero = look(9);
        const QImage unknown = look(17);
        QCOMPARE(zero.size(), unknown.size());
        QVERIFY(zero != unknown);
        m_canvas->setBytes({});
        QVERIFY(look(9) != zero);
    }
    void arrowsReachEveryBlockInOrder()
    {
        m_view->setLevel(MapLevel::Slot);
        const RegionRow* run = nullptr;
        for (const RegionRow& region : m_snapshot->regions())
            if (region.kind == RegionKind::SmallRun && region.slotCount < 20 && run == nullptr)
                run = &region;
        QVERIFY(run != nullptr);
        const Address begin = run->range.begin;
        m_canvas->setSelection({ Selection::What::Block, { begin, begin + run->slotBytes } });
        for (std::uint32_t slot = 1; slot < run->slotCount; ++slot) {
            QTest::keyClick(m_canvas, Qt::Key_Right);
            QCOMPARE(m_canvas->selection().range.begin, begin + Bytes { slot } * run->slotBytes);
            // What is selected is seen.
            const auto rects = m_canvas->layoutNow().rectsOf(m_canvas->selection().range);
            QVERIFY(m_canvas->layoutNow().body().intersects(rects.front()));
        }
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QCOMPARE(m_canvas->selection().range.begin, run->range.end);
        QTest::keyClick(m_canvas, Qt::Key_Left);
        QCOMPARE(m_canvas->selection().range.begin, begin + (run->slotCount - 1) * Bytes { run->slotBytes });
    }
    void arrowsMoveByPageAndByChunk()
    {
        const AddressRange first = m_snapshot->chunks()[0].range;
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QCOMPARE(m_canvas->selection().range.begin, first.begin);
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QTest::keyClick(m_canvas, Qt::Key_Down);
        QCOMPARE(m_canvas->selection().what, Selection::What::Page);
        QCOMPARE(m_canvas->selection().range.begin, first.begin + 33 * Bytes { 4096 });
        m_view->setLevel(MapLevel::Heap);
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QTest::keyClick(m_canvas, Qt::Key_Right);
        QCOMPARE(m_canvas->selection().what, Selection::What::Chunk);
        QCOMPARE(m_canvas->selection().range, m_snapshot->chunks()[1].range);
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        QCOMPARE(m_canvas->selection().what, Selection::What::Nothing);
    }
    void breadcrumbTellsThePlaceAndLeadsThere()
    {
        auto* crumbs = m_view->findChild<Breadcrumb*>(QStringLiteral("mapBreadcrumb"));
        QVERIFY(crumbs != nullptr);
        QCOMPARE(crumbs->parts(), QStringList({ QStringLiteral("Heap"), QStringLiteral("Chunk 0") }));
        const ChunkRow& chunk = m_snapshot->chunks()[1];
        const Address page = chunk.range.begin + 7 * Bytes { 4096 };
        m_view->showSelection({ Selection::What::Page, { page, page + 4096 } });
        QCOMPARE(crumbs->parts().value(1), QStringLiteral("Chunk 1"));
        QCOMPARE(crumbs->parts().value(2), QStringLiteral("page 7"));
        QTest::mouseClick(crumbs, Qt::LeftButton, {}, crumbs->partRect(0).center());
        QCOMPARE(m_view->level(), MapLevel::Heap);
        QTest::mouseClick(crumbs, Qt::LeftButton, {}, crumbs->partRect(1).center());
        QCOMPARE(m_view->level(), MapLevel::Chunk);
        QCOMPARE(m_canvas->chunkInView(), std::optional<std::uint32_t>(1));
    }
    void levelSwitchCentresOnTheSelection()
    {
        const ChunkRow& chunk = m_snapshot->chunks()[2];
        const Address page = chunk.range.begin + 200 * Bytes { 4096 };
        m_view->showSelection({ Selection::What::Page, { page, page + 4096 } });
        auto* levels = m_view->findChild<SegmentedSwitch*>(QStringLiteral("mapLevels"));
        QTest::mouseClick(levels, Qt::LeftButton, {}, levels->segmentRect(3).center());
        QCOMPARE(m_view->level(), MapLevel::Slot);
        const auto rects = m_canvas->layoutNow().rectsOf({ page, page + 4096 });
        QVERIFY(m_canvas->layoutNow().body().contains(rects.front()));
    }
    void overviewLeadsToItsChunk()
    {
        auto* overview = m_view->findChild<MapOverview*>(QStringLiteral("mapOverview"));
        QTest::mouseClick(overview, Qt::LeftButton, {}, overview->boxOf(2).center());
        QCOMPARE(m_canvas->chunkInView(), std::optional<std::uint32_t>(2));
    }
    void legendIsolatesAndEscEndsIt()
    {
        auto* legend = m_view->findChild<MapLegend*>(QStringLiteral("mapLegend"));
        QTest::mouseClick(legend, Qt::LeftButton, {}, legend->entryRect(MapState::LargeRun).center());
        QCOMPARE(legend->isolated(), std::optional(MapState::LargeRun));
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        QVERIFY(!legend->isolated());
        for (const MapState state : { MapState::SmallSlot, MapState::FreePage, MapState::Slack })
            QVERIFY(legend->rect().contains(legend->entryRect(state)));
    }
    void slackIsToggledByKeyAndButton()
    {
        QVERIFY(m_view->isSlackShown());
        QTest::keyClick(m_canvas, Qt::Key_S);
        QVERIFY(!m_view->isSlackShown());
        auto* button = m_view->findChild<QAbstractButton*>(QStringLiteral("mapSlack"));
        QVERIFY(!button->isChecked());
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(m_view->isSlackShown());
    }
    void anEmptyHeapOffersTheWayOut()
    {
        testing::FakeHeap none;
        none.chunks = 0;
        none.hugeBlocks = 0;
        none.eventIndex = 0;
        m_view->showSnapshot(testing::fakeSnapshot(none));
        QSignalSpy spy(m_canvas, &MapCanvas::firstAllocationRequested);
        m_canvas->setFocus();
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QTest::mouseClick(
            m_canvas, Qt::LeftButton, {}, { m_canvas->width() / 2, m_canvas->height() / 2 + 26 });
        QCOMPARE(spy.count(), 2);
    }
    void accessibleDescriptionTellsTheValues()
    {
        QCOMPARE(m_canvas->accessibleName(), QStringLiteral("Heap map"));
        QVERIFY(m_canvas->accessibleDescription().contains(QStringLiteral("4 chunks")));
        m_canvas->setSelection({ Selection::What::Region, m_snapshot->regions()[0].range });
        QVERIFY(m_canvas->accessibleDescription().contains(QStringLiteral("Chunk header")));
    }
    void pictureShowsWhatTheWidgetShows()
    {
        for (const qreal ratio : { 1.0, 2.0 }) {
            const QImage image = m_view->renderPicture({ 976, 740 }, ratio);
            QCOMPARE(image.size(), QSize(976, 740) * ratio);
            const QPoint headerPage(qRound(80 * ratio), qRound(32 * ratio));
            QCOMPARE(image.pixelColor(headerPage), Theme::current().header);
        }
    }
    void theWindowAndItsPictureAreTheSamePixels()
    {
        for (const MapLevel level : { MapLevel::Heap, MapLevel::Chunk, MapLevel::Page, MapLevel::Slot }) {
            m_view->setLevel(level);
            const QImage window = m_canvas->grab().toImage().convertToFormat(QImage::Format_RGB32);
            const QImage picture = m_canvas->picture(m_canvas->size(), m_canvas->devicePixelRatioF());
            QVERIFY2(window == picture, qPrintable(QString::number(static_cast<int>(level))));
        }
    }
    /// Whatever was shown before: the moment, the level and the selection decide.
    void aPictureDoesNotTellHowItWasReached()
    {
        const auto seed = static_cast<std::uint32_t>(std::random_device()());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        SnapshotPtr last = m_snapshot;
        for (int step = 0; step < 12; ++step) {
            last = testing::changedSnapshot(*last, random, 1 + static_cast<std::uint32_t>(random() % 30));
            m_view->showSnapshot(last);
            m_canvas->grab();
        }
        for (const Selection& selection :
            { Selection {}, pageSelection(*last, last->chunks()[2].range.begin + 100 * Bytes { 4096 }) }) {
            for (const MapLevel level : { MapLevel::Chunk, MapLevel::Page, MapLevel::Slot, MapLevel::Heap }) {
                MapView fresh;
                fresh.resize(m_view->size());
                fresh.show();
                fresh.showSnapshot(last);
                for (MapView* view : { m_view.get(), &fresh }) {
                    view->showSelection(selection);
                    view->setLevel(MapLevel::Heap);
                    view->fit();
                    view->setLevel(MapLevel::Chunk);
                    view->setLevel(level);
                }
                QCOMPARE(m_view->renderPicture({ 900, 600 }, 1), fresh.renderPicture({ 900, 600 }, 1));
                QCOMPARE(m_canvas->grab().toImage(), fresh.canvas()->grab().toImage());
            }
        }
    }
    void controlsSurviveTheSmallestWindow()
    {
        m_view->resize(560, 320);
        QApplication::processEvents();
        for (const char* name : { "mapLevels", "mapSlack", "mapFit" }) {
            auto* control = m_view->findChild<QWidget*>(QLatin1String(name));
            auto* more = m_view->findChild<QWidget*>(QStringLiteral("mapMore"));
            const bool isWhole =
                control->isVisible() && control->parentWidget()->rect().contains(control->geometry());
            QVERIFY2(isWhole || more->isVisible(), name);
        }
        auto* legend = m_view->findChild<MapLegend*>(QStringLiteral("mapLegend"));
        QVERIFY(legend->rect().contains(legend->entryRect(MapState::Slack)));
    }

private:
    SnapshotPtr m_snapshot;
    std::unique_ptr<MapView> m_view;
    MapCanvas* m_canvas = nullptr;
};

QTEST_MAIN(TestMapCanvas)
#include "tst_mapcanvas.moc"
