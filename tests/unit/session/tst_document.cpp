// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"
#include "session/rangewatch.h"

// "slots" is a word of the engines too; the session is built without Qt's keywords anyway.
#include "unit/replay/recordedprogram.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace heapatlas;
using namespace heapatlas::testing;

class TestDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void loadsAndStandsAtTheEnd();
    void cursorOfTheUserStays();
    void cursorIsAnsweredWithItsSnapshot();
    void newestCursorWins();
    void windowLimitsTheBlocks();
    void selectedBlockGetsDetails();
    void selectionStaysWhenTheCursorMoves();
    void rangeIsClampedAndNeverEmpty();
    void rangeGetsItsFigures();
    void closeUpArrives();
    void failureIsASentence();
    void cutTraceIsAProblemButOpens();
    void diesWhileLoading();

private:
    QTemporaryDir m_folder;
    QString m_trace;
    std::uint64_t m_events = 0;
};

namespace {

bool waitUntilReady(const Document& document)
{
    return QTest::qWaitFor(
        [&] { return document.phase() == Document::Phase::Ready && document.isSnapshotCurrent(); }, 60'000);
}

bool waitForSnapshot(const Document& document)
{
    return QTest::qWaitFor([&] { return document.isSnapshotCurrent(); }, 60'000);
}

} // namespace

void TestDocument::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_trace = m_folder.filePath(QStringLiteral("program.hat"));
    ProgramOptions options;
    options.seed = 11;
    options.events = 40000;
    const RecordedProgram<> program(options, m_trace.toStdString());
    QCOMPARE(program.error(), 0);
    m_events = program.events();
}

void TestDocument::loadsAndStandsAtTheEnd()
{
    Document document(m_trace);
    QCOMPARE(document.phase(), Document::Phase::Opening);
    QCOMPARE(document.cursor(), std::uint64_t { 0 });
    QVERIFY(!document.snapshot());
    const QSignalSpy progress(&document, &Document::progressChanged);
    QVERIFY(waitUntilReady(document));
    QVERIFY(progress.count() >= 1);
    QCOMPARE(document.eventCount(), m_events);
    QCOMPARE(document.cursor(), m_events);
    QCOMPARE(document.progress(), 1.0);
    QCOMPARE(document.problem(), QString());
    QCOMPARE(document.problemDetails(), QString());
    QCOMPARE(document.info().events, m_events);
    QCOMPARE(document.curve()->events(), m_events);
    QVERIFY(!document.markers()->empty());
    QCOMPARE(document.snapshot()->eventIndex(), m_events);
}

void TestDocument::cursorOfTheUserStays()
{
    Document document(m_trace);
    document.setCursor(1234); // before anything is loaded, as with --at
    QVERIFY(waitUntilReady(document));
    QCOMPARE(document.cursor(), std::uint64_t { 1234 });
    QCOMPARE(document.snapshot()->eventIndex(), std::uint64_t { 1234 });
    document.setCursor(m_events + 99);
    QCOMPARE(document.cursor(), m_events);

    Document beyond(m_trace);
    beyond.setCursor(m_events + 99);
    QVERIFY(waitUntilReady(beyond));
    QCOMPARE(beyond.cursor(), m_events);
}

void TestDocument::cursorIsAnsweredWithItsSnapshot()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    for (const std::uint64_t event : { std::uint64_t { 0 }, m_events / 2, std::uint64_t { 17 }, m_events }) {
        const QSignalSpy moved(&document, &Document::cursorChanged);
        document.setCursor(event);
        QCOMPARE(moved.count(), 1); // at once
        QVERIFY(waitForSnapshot(document));
        QCOMPARE(document.snapshot()->eventIndex(), event);
    }
}

void TestDocument::newestCursorWins()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    const QSignalSpy snapshots(&document, &Document::snapshotChanged);
    for (std::uint64_t event = 0; event < 500; ++event)
        document.setCursor(event);
    QVERIFY(waitForSnapshot(document));
    QCOMPARE(document.snapshot()->eventIndex(), std::uint64_t { 499 });
    // All of them were one turn of the event loop, so one request.
    QCOMPARE(snapshots.count(), 1);
}

void TestDocument::windowLimitsTheBlocks()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    const AddressRange chunk = document.snapshot()->chunks()[0].range;
    const std::size_t all = document.snapshot()->blocks().size();
    document.setWindow(Detail::Blocks, { chunk.begin, chunk.begin + chunk.size() / 2 });
    document.setCursor(m_events - 1);
    QVERIFY(waitForSnapshot(document));
    QVERIFY(document.snapshot()->blocks().size() < all);
    document.setWindow(Detail::Blocks, AddressRange::everything());
    QVERIFY(!document.isSnapshotCurrent());
    QVERIFY(waitForSnapshot(document));
    QCOMPARE(document.snapshot()->window(), AddressRange::everything());
}

void TestDocument::selectedBlockGetsDetails()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    // The youngest block: its allocation is in the trace.
    const auto blocks = document.snapshot()->blocks();
    const auto youngest = std::max_element(blocks.begin(), blocks.end(),
        [](const BlockRow& a, const BlockRow& b) { return a.bornEvent < b.bornEvent; });
    const BlockRow block = *youngest;
    const QSignalSpy selected(&document, &Document::selectionChanged);
    document.setSelection({ Selection::What::Block, { block.begin, block.begin + block.size } });
    QCOMPARE(selected.count(), 1);
    QVERIFY(QTest::qWaitFor([&] { return document.details() != nullptr; }, 60'000));
    QCOMPARE(document.details()->block.begin, block.begin);
    QCOMPARE(document.details()->block.bornEvent, block.bornEvent);
    const CallStack& frames = document.details()->allocatedBy;
    QVERIFY(!frames.empty());
    // What a slot is labelled with: the program's own function, not an internal one.
    const auto own =
        std::find_if(frames.begin(), frames.end(), [](const Frame& frame) { return !frame.file.empty(); });
    QVERIFY(own != frames.end());
    QCOMPARE(document.siteName(block.stack), QString::fromStdString(own->qualifiedName()));
    QVERIFY(document.siteName(0).isEmpty());
    document.setSelection({});
    QVERIFY(!document.details());
}

void TestDocument::selectionStaysWhenTheCursorMoves()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    const auto blocks = document.snapshot()->blocks();
    const auto youngest = std::max_element(blocks.begin(), blocks.end(),
        [](const BlockRow& a, const BlockRow& b) { return a.bornEvent < b.bornEvent; });
    const BlockRow block = *youngest;
    const Selection selection { Selection::What::Block, { block.begin, block.begin + block.size } };
    document.setSelection(selection);
    QVERIFY(QTest::qWaitFor([&] { return document.details() != nullptr; }, 60'000));

    // Before it was born its details are those of nobody, or of the block that was there then.
    document.setCursor(block.bornEvent - 1);
    QVERIFY(waitForSnapshot(document));
    QVERIFY(document.selection() == selection);
    QVERIFY(!document.details() || document.details()->block.bornEvent < block.bornEvent);

    document.setCursor(m_events);
    QVERIFY(waitForSnapshot(document));
    QVERIFY(document.selection() == selection);
    QVERIFY(QTest::qWaitFor([&] { return document.details() != nullptr; }, 60'000));
    QCOMPARE(document.details()->block.bornEvent, block.bornEvent);
}

void TestDocument::rangeIsClampedAndNeverEmpty()
{
    Document document(m_trace);
    QVERIFY(waitUntilReady(document));
    const QSignalSpy changed(&document, &Document::rangeChanged);
    QVERIFY(!document.range());
    document.setRange(EventRange { 100, 2000 });
    QCOMPARE(document.range(), std::optional(EventRange { 100, 2000 }));
    document.setRange(EventRange { 100, 2000 });
    QCOMPARE(changed.count(), 1);
    document.setRange(EventRange { 100, ~std::uint64_t { 0 } });
    QCOMPARE(document.range(), std::optional(EventRange { 100, m_events }));
    document.setRange(EventRange { 300, 300 });
    QVERIFY(!document.range());
    document.setRange(EventRange { 300, 200 });
    QVERIFY(!document.range());
    document.setRange(EventRange { m_events + 5, m_events + 9 });
    QVERIFY(!document.range());
    QCOMPARE(changed.count(), 3);
}

void TestDocument::rangeGetsItsFigures()
{
    Document document(m_trace);
    RangeWatch* watch = document.rangeWatch();
    document.rangeWatch()->requestWhole(); // before there is anything
    QVERIFY(waitUntilReady(document));
    QTRY_VERIFY(watch->whole());
    QCOMPARE(watch->whole()->sums.events, m_events);
    QCOMPARE(watch->whole()->sums.allocations, document.info().allocations);
    QCOMPARE(watch->whole()->after.live, document.snapshot()->totals().live);
    QVERIFY(!watch->inRange());
    // While a handle is dragged figures of the last range arrive, whatever came before it.
    for (std::uint64_t end = 2000; end <= 9000; end += 7)
        document.setRange(EventRange { 1000, end });
    const EventRange last = *document.range();
    QVERIFY(!watch->isCurrent());
    QTRY_VERIFY(watch->isCurrent());
    QCOMPARE(watch->inRange()->range, last);
    QCOMPARE(watch->inRange()->sums.events, last.size());
    document.setRange(std::nullopt);
    QVERIFY(!watch->inRange());
}

void TestDocument::closeUpArrives()
{
    Document document(m_trace);
    document.rangeWatch()->requestCloseUp({ 1000, 1200 }, 1); // answered when the trace is loaded
    QVERIFY(waitUntilReady(document));
    QTRY_VERIFY(document.rangeWatch()->closeUp());
    document.rangeWatch()->requestCloseUp({ 5000, 9000 }, 4);
    document.rangeWatch()->requestCloseUp({ 6000, 9000 }, 2);
    QTRY_VERIFY(document.rangeWatch()->isCurrent());
    QCOMPARE(document.rangeWatch()->closeUp()->range, (EventRange { 6000, 9000 }));
    QCOMPARE(document.rangeWatch()->closeUp()->buckets.size(), std::size_t { 1500 });
}

void TestDocument::failureIsASentence()
{
    Document missing(m_folder.filePath(QStringLiteral("nowhere.hat")));
    QVERIFY(QTest::qWaitFor([&] { return missing.phase() == Document::Phase::Failed; }, 60'000));
    QVERIFY(missing.problem().contains(QStringLiteral("nowhere.hat")));
    QVERIFY(missing.problemDetails().contains(QStringLiteral("cannot-open")));
    missing.setCursor(5); // nothing to see, and nothing to break
    QCOMPARE(missing.cursor(), std::uint64_t { 0 });
}

void TestDocument::cutTraceIsAProblemButOpens()
{
    QFile whole(m_trace);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    QFile cut(m_folder.filePath(QStringLiteral("cut.hat")));
    QVERIFY(cut.open(QIODevice::WriteOnly));
    cut.write(bytes.left(bytes.size() * 3 / 4));
    cut.close();
    Document document(cut.fileName());
    QVERIFY(waitUntilReady(document));
    QVERIFY(document.problem().contains(QStringLiteral("byte")));
    QVERIFY(document.problemDetails().contains(QStringLiteral("truncated")));
    QVERIFY(document.snapshot());
}

void TestDocument::diesWhileLoading()
{
    for (int i = 0; i < 20; ++i) {
        Document document(m_trace);
        document.setCursor(static_cast<std::uint64_t>(i) * 1000);
        QCoreApplication::processEvents();
    }
    QCoreApplication::processEvents(); // mail of dead documents must not be delivered
}

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"
