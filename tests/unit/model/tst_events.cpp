// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/callstack.h"
#include "model/events.h"
#include "model/traceinfo.h"
#include "model/verifyresult.h"
#include "model/zendmmstate.h"

#include <QtTest/QtTest>

using namespace heapatlas;

class TestEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void codeKeepsKindAndFlagsApart();
    void kindsHaveTheWordsOfHatlas();
    void bigSizesAreLookedUp();
    void framesReadAsPeopleSayThem();
    void missingMetaIsEmpty();
    void verdictNeedsEverything();
    void statesDifferInOneField();
};

void TestEvents::codeKeepsKindAndFlagsApart()
{
    for (unsigned kind = 0; kind < 8; ++kind) {
        const auto expected = static_cast<EventKind>(kind);
        QCOMPARE(EventCode::of(expected).kind(), expected);
        const EventCode all =
            EventCode::of(expected, EventCode::failed | EventCode::inPlace | EventCode::unknownBlock);
        QCOMPARE(all.kind(), expected);
        QVERIFY(all.hasFailed() && all.isInPlace() && all.isUnknownBlock());
    }
    const EventCode plain = EventCode::of(EventKind::Reallocate, EventCode::inPlace);
    QVERIFY(plain.isInPlace() && !plain.hasFailed() && !plain.isUnknownBlock());
}

void TestEvents::kindsHaveTheWordsOfHatlas()
{
    QCOMPARE(eventKindName(EventKind::Allocate), std::string_view("alloc"));
    QCOMPARE(eventKindName(EventKind::Free), std::string_view("free"));
    QCOMPARE(eventKindName(EventKind::Reallocate), std::string_view("realloc"));
    QCOMPARE(eventKindName(EventKind::Trim), std::string_view("trim"));
    QCOMPARE(eventKindName(EventKind::Limit), std::string_view("limit"));
    QCOMPARE(eventKindName(EventKind::Gc), std::string_view("gc"));
    QCOMPARE(eventKindName(EventKind::Checkpoint), std::string_view("checkpoint"));
    QCOMPARE(eventKindName(EventKind::Usage), std::string_view("usage"));
}

void TestEvents::bigSizesAreLookedUp()
{
    EventColumns columns;
    columns.size = { 0, 56, EventColumns::bigSize - 1, EventColumns::bigSize, EventColumns::bigSize + 1 };
    columns.bigSizes = { Bytes { 1 } << 40, EventColumns::bigSize };
    QCOMPARE(columns.requested(0), Bytes { 0 });
    QCOMPARE(columns.requested(1), Bytes { 56 });
    QCOMPARE(columns.requested(2), Bytes { EventColumns::bigSize } - 1);
    QCOMPARE(columns.requested(3), Bytes { 1 } << 40);
    QCOMPARE(columns.requested(4), Bytes { EventColumns::bigSize });
}

void TestEvents::framesReadAsPeopleSayThem()
{
    QCOMPARE((Frame { "handleRow", "ImportJob", "a.php", 3 }.qualifiedName()),
        std::string("ImportJob::handleRow"));
    QCOMPARE((Frame { "{main}", "", "a.php", 1 }.qualifiedName()), std::string("{main}"));
}

void TestEvents::missingMetaIsEmpty()
{
    TraceInfo info;
    info.meta["phpVersion"] = "8.2.36";
    QCOMPARE(info.metaValue("phpVersion"), std::string("8.2.36"));
    QCOMPARE(info.metaValue("pid"), std::string());
}

void TestEvents::verdictNeedsEverything()
{
    VerifyResult exact;
    exact.placements = exact.matched = 10;
    exact.samples = exact.samplesMatched = 2;
    exact.usageCalls = exact.usageCallsMatched = 1;
    QVERIFY(exact.isExact()); // an absent final state is no contradiction
    exact.finalState = VerifyResult::FinalState::Identical;
    QVERIFY(exact.isExact());

    VerifyResult other = exact;
    other.matched = 9;
    QVERIFY(!other.isExact());
    other = exact;
    other.samplesMatched = 1;
    QVERIFY(!other.isExact());
    other = exact;
    other.usageCallsMatched = 0;
    QVERIFY(!other.isExact());
    other = exact;
    other.finalState = VerifyResult::FinalState::Different;
    QVERIFY(!other.isExact());
    other = exact;
    other.firstMismatch = VerifyResult::Mismatch { 3, "0x10", "0x20" };
    QVERIFY(!other.isExact());
}

void TestEvents::statesDifferInOneField()
{
    ZendMmState a;
    a.chunks.resize(2);
    a.freeSlots[4] = { { 0x1000 }, { 0x1030 } };
    a.huge = { { { 0x200000 }, 4096, { 0x1000 } } };
    ZendMmState b = a;
    QVERIFY(a == b);
    b.chunks[1].map[511] = 1;
    QVERIFY(!(a == b));
    b = a;
    std::swap(b.freeSlots[4][0], b.freeSlots[4][1]); // the order is the order of handing out
    QVERIFY(!(a == b));
    b = a;
    b.huge[0].node = { 0x1018 };
    QVERIFY(!(a == b));
    b = a;
    b.avgChunksCount = 1.5;
    QVERIFY(!(a == b));
}

QTEST_APPLESS_MAIN(TestEvents)
#include "tst_events.moc"
