// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/blockcache.h"
#include "replay/rangejobs.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"
#include "replay/tracecolumnsstore.h"
#include "trace/tracereader.h"
#include "unit/replay/recordedprogram.h"

#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace heapatlas;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

class TestRangeFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sumsOfARangeAreThoseOfItsEvents();
    void sumsOfTheWholeAreThoseOfTheFile();
    void figuresAreThoseOfEveryEvent();
    void figuresOfAnInterruptedRecording();
    void closeUpsAreThoseOfEveryEvent();
    void jobsCanBeInterrupted();

private:
    [[nodiscard]] std::unique_ptr<TraceReader> open() const;
    void load(TraceColumnsStore& store, std::uint64_t rowsABlock) const;

    QTemporaryDir m_folder;
    std::string m_trace;
};

void TestRangeFigures::initTestCase()
{
    m_trace = m_folder.filePath(QStringLiteral("program.hat")).toStdString();
    ProgramOptions options;
    options.seed = 5;
    options.events = 30'000;
    const RecordedProgram<> program(options, m_trace);
    QCOMPARE(program.error(), 0);
}

std::unique_ptr<TraceReader> TestRangeFigures::open() const { return std::move(*TraceReader::open(m_trace)); }

/// In blocks of at most so many rows.
void TestRangeFigures::load(TraceColumnsStore& store, std::uint64_t rowsABlock) const
{
    const auto reader = open();
    EventColumns columns;
    while (reader->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) {
        for (std::size_t row = 0; row < columns.count(); row += rowsABlock) {
            const auto from = static_cast<std::ptrdiff_t>(row);
            const auto to =
                static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(columns.count(), row + rowsABlock));
            EventColumns part;
            part.firstEvent = columns.firstEvent + row;
            part.code.assign(columns.code.begin() + from, columns.code.begin() + to);
            part.slot.assign(columns.slot.begin() + from, columns.slot.begin() + to);
            part.size.assign(columns.size.begin() + from, columns.size.begin() + to);
            part.bigSizes = columns.bigSizes;
            QVERIFY(store.append(part, reader->slotCapacity()).isOk());
        }
    }
}

void TestRangeFigures::sumsOfARangeAreThoseOfItsEvents()
{
    TraceColumnsStore store;
    load(store, 100); // shorter than a stretch of the totals
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    BlockCache cache;
    const auto slow = [&](EventRange range) {
        EventSums sums;
        for (std::uint64_t event = range.begin; event < range.end; ++event) {
            const EventColumns& columns = cache.columns(store, store.blockOf(event));
            const auto row = static_cast<std::size_t>(event - columns.firstEvent);
            sums += sumsOf(columns, row, row + 1);
        }
        return sums;
    };
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t a = random() % (store.eventCount() + 1);
        const std::uint64_t b = random() % (store.eventCount() + 1);
        const EventRange range { std::min(a, b), std::max(a, b) };
        QCOMPARE(store.sums(range), slow(range));
    }
    QCOMPARE(store.sums({ 10, 10 }), EventSums {});
    QCOMPARE(store.sums({ 20, 10 }), EventSums {});
    QCOMPARE(store.sums({ 0, ~std::uint64_t { 0 } }), store.totals().all());
}

void TestRangeFigures::sumsOfTheWholeAreThoseOfTheFile()
{
    TraceColumnsStore store;
    load(store, 1U << 20U);
    const auto reader = open();
    EventColumns columns;
    while (reader->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) { }
    const EventSums& all = store.totals().all();
    QCOMPARE(all.events, reader->info().events);
    QCOMPARE(all.allocations, reader->info().allocations);
    QCOMPARE(all.frees, reader->info().frees);
    QCOMPARE(all.reallocations, reader->info().reallocations);
}

namespace {

/// A replayed trace and usage after each event, asked for one by one.
struct Replayed
{
    std::unique_ptr<Timeline> timeline;
    std::vector<HeapTotals> after; ///< [n]: after n events

    explicit Replayed(const std::string& path)
    {
        const std::unique_ptr<TraceReader> reader = std::move(*TraceReader::open(path));
        timeline = std::make_unique<Timeline>(std::move(*createReplayEngine(*reader, {})));
        EventColumns columns;
        while (reader->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) {
            if (reader->isDiscontinuous() && !timeline->resync(*reader->resyncState(), reader->liveBlocks()))
                qFatal("no resync");
            if (!timeline->append(columns, reader->slotCapacity(), reader->markers()))
                qFatal("no append");
        }
        timeline->finish();
        ReplayCursor cursor(timeline->source());
        for (std::uint64_t event = 0; event <= timeline->eventCount(); ++event) {
            if (!cursor.seek(event))
                qFatal("no seek");
            after.push_back(cursor.totals());
        }
    }

    void check(EventRange range, ReplayCursor& cursor) const
    {
        const auto figures = rangeFigures(cursor, timeline->curve(), range);
        QVERIFY(figures.has_value());
        QCOMPARE(figures->range, range);
        QCOMPARE(figures->sums, timeline->store().sums(range));
        QCOMPARE(figures->before.live, after[range.begin].live);
        QCOMPARE(figures->after.live, after[range.end].live);
        QCOMPARE(figures->after.requested, after[range.end].requested);
        QCOMPARE(figures->before.liveBlocks, after[range.begin].liveBlocks);
        Bytes live = 0;
        Bytes real = 0;
        for (std::uint64_t event = range.begin; event <= range.end; ++event) {
            live = std::max(live, after[event].live);
            real = std::max(real, after[event].real);
        }
        QCOMPARE(figures->peakLive, live);
        QCOMPARE(figures->peakReal, real);
    }
};

} // namespace

void TestRangeFigures::figuresAreThoseOfEveryEvent()
{
    const Replayed replayed(m_trace);
    const std::uint64_t events = replayed.timeline->eventCount();
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    ReplayCursor cursor(replayed.timeline->source(), 0);
    replayed.check({ 0, events }, cursor);
    replayed.check({ 0, 0 }, cursor);
    replayed.check({ 256, 512 }, cursor);
    replayed.check({ 255, 513 }, cursor);
    replayed.check({ events - 1, events }, cursor);
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t a = random() % (events + 1);
        const std::uint64_t b = i % 2 == 0 ? random() % (events + 1) : std::min(a + random() % 600, events);
        replayed.check({ std::min(a, b), std::max(a, b) }, cursor);
    }
}

void TestRangeFigures::figuresOfAnInterruptedRecording()
{
    ProgramOptions options;
    options.seed = 8;
    options.events = 6000;
    options.pauseAfter = 3000;
    const std::string path = m_folder.filePath(QStringLiteral("paused.hat")).toStdString();
    const RecordedProgram<> program(options, path);
    QCOMPARE(program.error(), 0);
    const Replayed replayed(path);
    ReplayCursor cursor(replayed.timeline->source(), 0);
    replayed.check({ 0, replayed.timeline->eventCount() }, cursor);
    for (std::uint64_t begin = 2900; begin < 3100; begin += 37)
        replayed.check({ begin, begin + 300 }, cursor);
}

void TestRangeFigures::closeUpsAreThoseOfEveryEvent()
{
    const Replayed replayed(m_trace);
    ReplayCursor cursor(replayed.timeline->source(), 0);
    for (const std::uint64_t stride : { 1U, 2U, 16U, 128U }) {
        const EventRange range { 1000 / stride * stride, 4001 };
        const auto closeUp = usageCloseUp(cursor, range, stride);
        QVERIFY(closeUp.has_value());
        QCOMPARE(closeUp->range, range);
        QCOMPARE(closeUp->buckets.size(), static_cast<std::size_t>((range.size() + stride - 1) / stride));
        for (std::size_t i = 0; i < closeUp->buckets.size(); ++i) {
            const std::uint64_t begin = range.begin + i * stride;
            UsageBucket slow { ~Bytes { 0 }, 0, ~Bytes { 0 }, 0, 0 };
            for (std::uint64_t event = begin; event < std::min(begin + stride, range.end); ++event) {
                const HeapTotals& totals = replayed.after[event + 1];
                slow.include({ totals.live, totals.live, totals.real, totals.real, totals.peakLive });
            }
            const UsageBucket& bucket = closeUp->buckets[i];
            QVERIFY(bucket.liveMin == slow.liveMin && bucket.liveMax == slow.liveMax);
            QVERIFY(bucket.realMin == slow.realMin && bucket.realMax == slow.realMax);
            QCOMPARE(bucket.peak, slow.peak);
        }
    }
    QVERIFY(usageCloseUp(cursor, { 5, 5 }, 1)->buckets.empty());
    QVERIFY(usageCloseUp(cursor, { 1U << 30U, 1U << 31U }, 1)->buckets.empty());
}

void TestRangeFigures::jobsCanBeInterrupted()
{
    const Replayed replayed(m_trace);
    ReplayCursor cursor(replayed.timeline->source(), 0);
    const Interrupt always = [] { return true; };
    QVERIFY(!usageCloseUp(cursor, { 100, 20'000 }, 1, always));
    QVERIFY(!rangeFigures(cursor, replayed.timeline->curve(), { 100, 20'000 }, always));
    replayed.check({ 100, 20'000 }, cursor); // and goes on all the same
}

QTEST_APPLESS_MAIN(TestRangeFigures)
#include "tst_rangefigures.moc"
