// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "support/fakesnapshot.h"
#include "ui/views/inspector/inspectorfacts.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/inspector/stackrow.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QLabel>
#include <QSignalSpy>

using namespace heapatlas;
using heapatlas::testing::child;

class TestInspector : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void saysWhatToDoWhenNothingIsSelected();
    void describesABlock();
    void describesABlockFromBeforeTheRecording();
    void describesFreeSlotsRunsAndChunks();
    void tellsWhatTheAddressesHaveInCommon();
    void showsWhoAllocatedAndOpensTheSource();
    void goesToBirthAndFree();
    void copiesThePlainAddress();
    void keepsItsWidgetsWhilePlaying();
    void nothingIsClippedAtTheLeastWidth();
};

namespace {

const RegionRow* regionOf(const HeapSnapshot& snapshot, RegionKind kind)
{
    for (const RegionRow& region : snapshot.regions()) {
        if (region.kind == kind)
            return &region;
    }
    return nullptr;
}

/// A live block of a small run with slack, as a trace would tell of it.
BlockDetails smallBlock(const HeapSnapshot& snapshot)
{
    BlockDetails details;
    const RegionRow* run = regionOf(snapshot, RegionKind::SmallRun);
    details.region = *run;
    for (std::uint32_t slot = 0; slot < run->slotCount; ++slot) {
        if (snapshot.isSlotLive(*run, slot)) {
            details.block.begin = run->range.begin + Bytes { slot } * run->slotBytes;
            break;
        }
    }
    details.block.size = run->slotBytes;
    details.block.requested = run->slotBytes - 3;
    details.block.bornEvent = 189'927;
    details.allocatedBy = { { "push", "MetricsBuffer", "/srv/MetricsBuffer.php", 52 },
        { "{main}", "", "/srv/import-orders.php", 9 }, { "array_map", "", "", 0 } };
    return details;
}

Selection blockSelection(const BlockDetails& details)
{
    return { Selection::What::Block, { details.block.begin, details.block.begin + details.block.size } };
}

QString valueOf(const InspectorFacts& facts, const QString& name)
{
    for (const InspectorFacts::Row& row : facts.where) {
        if (row.name == name)
            return row.value;
    }
    return QStringLiteral("(no row %1)").arg(name);
}

} // namespace

void TestInspector::saysWhatToDoWhenNothingIsSelected()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    QVERIFY(inspectorFacts({}, *snapshot, nullptr, {}, 1000).title.isEmpty());
    InspectorView view;
    view.show();
    QVERIFY(child<QLabel>(view, "inspectorEmpty")->isVisible());
    QVERIFY(!child<QLabel>(view, "inspectorEmpty")->text().isEmpty());
    QVERIFY(!child<QLabel>(view, "inspectorTitle")->isVisible());
}

void TestInspector::describesABlock()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    BlockDetails details = smallBlock(*snapshot);
    const std::vector<Marker> markers { { 10, GcMarker {} }, { 200'000, GcMarker {} },
        { 300'000, GcMarker {} } };
    testing::FakeHeap heap;
    heap.eventIndex = 987'591;
    const SnapshotPtr later = testing::fakeSnapshot(heap);
    const InspectorFacts facts =
        inspectorFacts(blockSelection(details), *later, &details, markers, 1'543'111);
    QVERIFY(facts.title.contains(QStringLiteral("block")));
    QVERIFY(valueOf(facts, QStringLiteral("Position")).contains(QStringLiteral("slot")));
    QVERIFY(valueOf(facts, QStringLiteral("Requested")).contains(QStringLiteral("rounded to")));
    QVERIFY(valueOf(facts, QStringLiteral("Slack")).startsWith(QStringLiteral("3 B")));
    QVERIFY(facts.life.has_value());
    QCOMPARE(facts.life->bornText, QStringLiteral(u"born 189\u2009926"));
    QCOMPARE(facts.life->stateText, QStringLiteral(u"alive 797\u2009664 events, 2 GC runs"));
    details.freedEvent = 1'000'000;
    QCOMPARE(inspectorFacts(blockSelection(details), *later, &details, markers, 1'543'111).life->stateText,
        QStringLiteral(u"freed 1\u2009000\u2009000"));
}

void TestInspector::describesABlockFromBeforeTheRecording()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    BlockDetails details = smallBlock(*snapshot);
    details.block.bornEvent = 0;
    details.block.requested = details.block.size;
    details.allocatedBy.clear();
    const InspectorFacts facts = inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1000);
    QVERIFY(valueOf(facts, QStringLiteral("Requested")).contains(QStringLiteral("not known")));
    QCOMPARE(facts.life->bornText, QStringLiteral("before the recording"));
    QVERIFY(facts.stackNote.contains(QStringLiteral("before the recording")));
}

void TestInspector::describesFreeSlotsRunsAndChunks()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    const RegionRow* run = regionOf(*snapshot, RegionKind::SmallRun);
    std::uint32_t freeSlot = 0;
    while (freeSlot < run->slotCount && snapshot->isSlotLive(*run, freeSlot))
        ++freeSlot;
    QVERIFY(freeSlot < run->slotCount);
    const Address at = run->range.begin + Bytes { freeSlot } * run->slotBytes;
    const InspectorFacts slot =
        inspectorFacts({ Selection::What::Slot, { at, at + run->slotBytes } }, *snapshot, nullptr, {}, 1000);
    QVERIFY(slot.title.startsWith(QStringLiteral("Free slot")));
    QVERIFY(!slot.life.has_value());

    for (const RegionKind kind : { RegionKind::SmallRun, RegionKind::LargeRun, RegionKind::Huge,
             RegionKind::Header, RegionKind::Free }) {
        const RegionRow* region = regionOf(*snapshot, kind);
        QVERIFY(region != nullptr);
        const InspectorFacts facts =
            inspectorFacts({ Selection::What::Region, region->range }, *snapshot, nullptr, {}, 1000);
        QVERIFY(!facts.title.isEmpty());
        QVERIFY(facts.where.size() >= 2);
        for (const InspectorFacts::Row& row : facts.where)
            QVERIFY2(!row.value.isEmpty(), qPrintable(row.name));
    }
    const InspectorFacts chunk = inspectorFacts(
        { Selection::What::Chunk, snapshot->chunks().front().range }, *snapshot, nullptr, {}, 1000);
    QVERIFY(chunk.title.startsWith(QStringLiteral("Chunk")));
    QVERIFY(valueOf(chunk, QStringLiteral("Used")).contains(u'%'));
    const InspectorFacts nowhere =
        inspectorFacts({ Selection::What::Block, { { 64 }, { 128 } } }, *snapshot, nullptr, {}, 1000);
    QVERIFY(nowhere.title.contains(QStringLiteral("Not mapped")));
}

void TestInspector::tellsWhatTheAddressesHaveInCommon()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot(); // chunks from 0x7f4c2ca00000 on
    const int shared = sharedAddressDigits(*snapshot);
    QVERIFY(shared >= 4 && shared <= 8);
    QCOMPARE(sharedAddressDigits(HeapSnapshot()), 0);
}

void TestInspector::showsWhoAllocatedAndOpensTheSource()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    const BlockDetails details = smallBlock(*snapshot);
    InspectorView view;
    view.resize(340, 800);
    view.showFacts(inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1'000'000));
    view.show();
    const QList<StackRow*> rows = view.findChildren<StackRow*>();
    QCOMPARE(rows.size(), 3);
    QVERIFY(!rows[2]->isEnabled()); // a function of PHP itself has no source
    std::vector<Frame> opened;
    connect(&view, &InspectorView::sourceRequested, this,
        [&opened](const Frame& frame) { opened.push_back(frame); });
    QTest::mouseClick(rows[1], Qt::LeftButton);
    QTest::keyClick(rows[0], Qt::Key_Return);
    QTest::mouseClick(child<QAbstractButton>(view, "inspectorOpenSource"), Qt::LeftButton);
    QCOMPARE(opened.size(), std::size_t { 3 });
    QCOMPARE(opened[0].line, 9U);
    QCOMPARE(opened[1].line, 52U);
    QCOMPARE(opened[2].file, std::string("/srv/MetricsBuffer.php"));
}

void TestInspector::goesToBirthAndFree()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    BlockDetails details = smallBlock(*snapshot);
    details.freedEvent = 900'000;
    InspectorView view;
    view.resize(340, 800);
    view.showFacts(inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1'000'000));
    view.show();
    QSignalSpy asked(&view, &InspectorView::eventRequested);
    QTest::mouseClick(child<QAbstractButton>(view, "inspectorGoToBirth"), Qt::LeftButton);
    QTest::mouseClick(child<QAbstractButton>(view, "inspectorGoToFree"), Qt::LeftButton);
    QCOMPARE(asked.size(), 2);
    QCOMPARE(asked[0][0].toULongLong(), 189'927ULL);
    QCOMPARE(asked[1][0].toULongLong(), 900'000ULL);
    details.freedEvent.reset();
    view.showFacts(inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1'000'000));
    QVERIFY(!child<QAbstractButton>(view, "inspectorGoToFree")->isVisible());
}

void TestInspector::copiesThePlainAddress()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    const BlockDetails details = smallBlock(*snapshot);
    InspectorView view;
    view.showFacts(inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1'000'000));
    view.show();
    QTest::mouseClick(child<QAbstractButton>(view, "inspectorCopy"), Qt::LeftButton);
    QCOMPARE(QApplication::clipboard()->text(),
        QStringLiteral("0x") + QString::number(details.block.begin.value, 16));
}

void TestInspector::keepsItsWidgetsWhilePlaying()
{
    testing::FakeHeap heap;
    BlockDetails details = smallBlock(*testing::fakeSnapshot(heap));
    InspectorView view;
    view.show();
    heap.eventIndex = 200'000;
    view.showFacts(
        inspectorFacts(blockSelection(details), *testing::fakeSnapshot(heap), &details, {}, 1'000'000));
    const QList<QLabel*> values = view.findChildren<QLabel*>(QStringLiteral("inspectorValue"));
    const QList<StackRow*> rows = view.findChildren<StackRow*>();
    const QString before = child<QLabel>(view, "inspectorState")->text();
    heap.eventIndex = 300'000;
    view.showFacts(
        inspectorFacts(blockSelection(details), *testing::fakeSnapshot(heap), &details, {}, 1'000'000));
    QCOMPARE(view.findChildren<QLabel*>(QStringLiteral("inspectorValue")), values);
    QCOMPARE(view.findChildren<StackRow*>(), rows);
    QVERIFY(child<QLabel>(view, "inspectorState")->text() != before);
}

void TestInspector::nothingIsClippedAtTheLeastWidth()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    BlockDetails details = smallBlock(*snapshot);
    details.freedEvent = 900'000;
    InspectorView view;
    view.resize(280, 600);
    view.showFacts(inspectorFacts(blockSelection(details), *snapshot, &details, {}, 1'000'000));
    view.show();
    QCoreApplication::processEvents();
    for (const QWidget* widget : view.findChildren<QWidget*>()) {
        if (!widget->isVisible() || qobject_cast<const QAbstractButton*>(widget) == nullptr)
            continue;
        const QRect inView(widget->mapTo(&view, QPoint()), widget->size());
        QVERIFY2(inView.right() <= 280, qPrintable(widget->objectName()));
    }
}

HEAPATLAS_UI_TEST_MAIN(TestInspector)
#include "tst_inspector.moc"
