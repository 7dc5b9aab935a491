// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/overlaywatch.h"

#include "analysis/pins.h"
#include "session/document.h"
#include "trace/tracereader.h"
#include "unit/replay/recordedprogram.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <map>
#include <memory>

using namespace heapatlas;
using namespace heapatlas::testing;

class TestOverlayWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void nothingWantedIsNothingDone();
    void justFreedAgreesWithTheTrace_data();
    void justFreedAgreesWithTheTrace();
    void freeListsHoldEveryFreeSlot();
    void pinsAgreeWithTheSnapshot();
    void newestCursorWins();
    void wishesAreKeptApart();

private:
    bool waitForOverlays();

    QTemporaryDir m_folder;
    QString m_trace;
    std::unique_ptr<Document> m_document;
    QObject m_who;
};

void TestOverlayWatch::initTestCase()
{
    m_trace = m_folder.filePath(QStringLiteral("program.hat"));
    ProgramOptions options;
    options.seed = 23;
    options.events = 60000;
    const RecordedProgram<> program(options, m_trace.toStdString());
    QCOMPARE(program.error(), 0);
}

void TestOverlayWatch::init()
{
    m_document = std::make_unique<Document>(m_trace);
    QTRY_COMPARE_WITH_TIMEOUT(m_document->phase(), Document::Phase::Ready, 60'000);
}

bool TestOverlayWatch::waitForOverlays()
{
    return QTest::qWaitFor([this] { return m_document->overlayWatch()->isCurrent(); }, 60'000);
}

void TestOverlayWatch::nothingWantedIsNothingDone()
{
    m_document->setCursor(5000);
    QVERIFY(m_document->overlayWatch()->isCurrent());
    QVERIFY(m_document->overlayWatch()->overlays() == nullptr);
}

void TestOverlayWatch::justFreedAgreesWithTheTrace_data()
{
    QTest::addColumn<quint64>("event");
    QTest::newRow("start") << quint64 { 0 };
    QTest::newRow("early") << quint64 { 700 };
    QTest::newRow("middle") << quint64 { 31'337 };
    QTest::newRow("end") << quint64 { 60'000 };
}

void TestOverlayWatch::justFreedAgreesWithTheTrace()
{
    QFETCH(quint64, event);
    m_document->setCursor(event);
    m_document->overlayWatch()->setWanted(&m_who, OverlayWatch::JustFreed);
    QVERIFY(waitForOverlays());
    const HeapOverlaysPtr overlays = m_document->overlayWatch()->overlays();
    QCOMPARE(overlays->eventIndex, std::uint64_t { event });

    const std::uint64_t since = event - std::min<std::uint64_t>(event, OverlayWatch::freedEvents);
    QCOMPARE(overlays->freedSince, since);
    std::map<std::uint64_t, std::uint64_t> expected; // begin → newest event
    auto reader = std::move(*TraceReader::open(m_trace.toStdString()));
    EventColumns columns;
    while (reader->readBlock(columns)) {
        for (std::size_t i = 0; i < columns.count(); ++i) {
            const std::uint64_t at = columns.firstEvent + i;
            const EventCode code = columns.code[i];
            if (at < since || at >= event || code.hasFailed() || code.isUnknownBlock())
                continue;
            if (code.kind() == EventKind::Free)
                expected[columns.address[i].value] = at;
            else if (code.kind() == EventKind::Reallocate && !code.isInPlace())
                expected[columns.oldAddress[i].value] = at;
        }
    }
    std::map<std::uint64_t, std::uint64_t> actual;
    for (const FreedPlace& place : overlays->justFreed) {
        QVERIFY(!place.range.isEmpty());
        actual[place.range.begin.value] = place.freedEvent;
    }
    QCOMPARE(actual.size(), overlays->justFreed.size());
    QVERIFY(actual == expected);
    QVERIFY(event < 1000 || !expected.empty());
}

void TestOverlayWatch::freeListsHoldEveryFreeSlot()
{
    m_document->setWindow(Detail::Regions, AddressRange::everything());
    m_document->setCursor(45'678);
    m_document->overlayWatch()->setWanted(&m_who, OverlayWatch::FreeLists);
    QVERIFY(waitForOverlays());
    QVERIFY(QTest::qWaitFor([this] { return m_document->isSnapshotCurrent(); }, 60'000));
    const SnapshotPtr snapshot = m_document->snapshot();
    std::map<std::uint32_t, std::uint64_t> freeSlots;
    for (const RegionRow& region : snapshot->regions()) {
        if (region.kind == RegionKind::SmallRun && region.liveSlots < region.slotCount)
            freeSlots[region.slotBytes] += region.slotCount - region.liveSlots;
    }
    const HeapOverlaysPtr overlays = m_document->overlayWatch()->overlays();
    QCOMPARE(overlays->freeLists.size(), freeSlots.size());
    for (const FreeList& list : overlays->freeLists) {
        QCOMPARE(list.length, freeSlots.at(list.slotBytes));
        QVERIFY(!list.slots.empty());
        for (const Address slot : list.slots) {
            const RegionRow* region = snapshot->regionAt(slot);
            QVERIFY(region != nullptr);
            QCOMPARE(region->slotBytes, list.slotBytes);
            const Bytes offset = slot - region->range.begin;
            QCOMPARE(offset % region->slotBytes, Bytes { 0 });
            QVERIFY(!snapshot->isSlotLive(*region, static_cast<std::uint32_t>(offset / region->slotBytes)));
        }
    }
}

void TestOverlayWatch::pinsAgreeWithTheSnapshot()
{
    m_document->setWindow(Detail::Blocks, AddressRange::everything());
    m_document->setCursor(50'000);
    m_document->overlayWatch()->setWanted(&m_who, OverlayWatch::Pins);
    QVERIFY(waitForOverlays());
    QVERIFY(QTest::qWaitFor([this] { return m_document->isSnapshotCurrent(); }, 60'000));
    const PinTable expected = findPins(*m_document->snapshot(), [](std::uint32_t) { return 0U; });
    const PinTablePtr pins = m_document->overlayWatch()->overlays()->pins;
    QCOMPARE(pins->eventIndex, std::uint64_t { 50'000 });
    QCOMPARE(pins->pins.size(), expected.pins.size());
    QCOMPARE(pins->freeInPinned, expected.freeInPinned);
    for (std::size_t i = 0; i < pins->pins.size(); ++i) {
        QVERIFY(pins->pins[i].range == expected.pins[i].range);
        QCOMPARE(pins->pins[i].blocks, expected.pins[i].blocks);
        QCOMPARE(pins->pins[i].liveBytes, expected.pins[i].liveBytes);
    }
}

void TestOverlayWatch::newestCursorWins()
{
    OverlayWatch* watch = m_document->overlayWatch();
    watch->setWanted(&m_who, OverlayWatch::Pins | OverlayWatch::JustFreed);
    const QSignalSpy changed(watch, &OverlayWatch::changed);
    for (std::uint64_t event = 0; event < 60'000; event += 997)
        m_document->setCursor(event);
    QVERIFY(waitForOverlays());
    QCOMPARE(watch->overlays()->eventIndex, m_document->cursor());
    QVERIFY(changed.count() <= 61);
}

void TestOverlayWatch::wishesAreKeptApart()
{
    OverlayWatch* watch = m_document->overlayWatch();
    m_document->setCursor(20'000);
    watch->setWanted(&m_who, OverlayWatch::FreeLists);
    {
        QObject other;
        watch->setWanted(&other, OverlayWatch::Pins);
        QVERIFY(waitForOverlays());
        QVERIFY(watch->overlays()->pins != nullptr && watch->overlays()->hasFreeLists);
    }
    m_document->setCursor(20'001);
    QVERIFY(waitForOverlays());
    QVERIFY(watch->overlays()->pins == nullptr && watch->overlays()->hasFreeLists);
}

QTEST_GUILESS_MAIN(TestOverlayWatch)
#include "tst_overlaywatch.moc"
