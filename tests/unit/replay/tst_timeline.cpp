// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"
#include "unit/replay/snapshotbytes.h"

#include "base/formatsize.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"

#include <QtTest>

using namespace heapatlas;
using heapatlas::testing::bytesOf;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

class TestTimeline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sameSnapshotWhicheverWayItWasReached_data();
    void sameSnapshotWhicheverWayItWasReached();
    void snapshotAgreesWithItself();
    void blocksStandWhereTheyWereRecorded_data();
    void blocksStandWhereTheyWereRecorded();
    void curveHoldsEveryEvent();
    void totalsAreThoseOfTheRecording();
    void keyframesStayWithinTheirBudget();
    void thinsEvenlyAtTheFixedBudget();
    void tellsBirthAndEndOfABlock();
    void doesNotLookForABlockBehindAnInterruption();
    void seekCanBeInterrupted();
    void toleratesBlocksThatWereNeverSeen();
    void figuresAtAnyEvent();
    void refusesAnUnknownEngine();

private:
    std::string path(const char* name)
    {
        return m_directory.filePath(QString::fromLatin1(name)).toStdString();
    }
    /// Loads a recording; null and a failed test if it cannot be.
    static std::unique_ptr<Timeline> load(const std::string& path, const TimelineOptions& options = {},
        std::unique_ptr<TraceReader>* keep = nullptr, AddressChoice addresses = AddressChoice::All);
    /// A trace made up as columns: random allocations and frees with about `live` blocks.
    static std::unique_ptr<Timeline> madeUp(
        std::uint32_t seed, std::uint64_t events, std::size_t live, const TimelineOptions& options);

    QTemporaryDir m_directory;
    std::uint32_t m_seed = 0;
};

void TestTimeline::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
}

std::unique_ptr<Timeline> TestTimeline::load(const std::string& path, const TimelineOptions& options,
    std::unique_ptr<TraceReader>* keep, AddressChoice addresses)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    if (!reader) {
        QTest::qFail(reader.error().context.c_str(), __FILE__, __LINE__);
        return nullptr;
    }
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
    if (!engine) {
        QTest::qFail(engine.error().context.c_str(), __FILE__, __LINE__);
        return nullptr;
    }
    auto timeline = std::make_unique<Timeline>(std::move(*engine), options);
    EventColumns columns;
    while ((*reader)->readBlock(columns, { .wantsStacks = true, .addresses = addresses })) {
        if ((*reader)->isDiscontinuous()
            && !timeline->resync(*(*reader)->resyncState(), (*reader)->liveBlocks()).isOk())
            QTest::qFail("resync", __FILE__, __LINE__);
        if (!timeline->append(columns, (*reader)->slotCapacity(), (*reader)->markers()).isOk())
            QTest::qFail("append", __FILE__, __LINE__);
    }
    if (!timeline->unstated().empty()) {
        auto again = TraceReader::open(path);
        for (auto place = timeline->unstated().begin(); place != timeline->unstated().end();) {
            if (!(*again)->readBlock(columns))
                QTest::qFail("an event that the file does not have", __FILE__, __LINE__);
            const std::uint64_t end = columns.firstEvent + columns.count();
            for (; place != timeline->unstated().end() && place->event < end; ++place)
                timeline->label(*place, columns.address[place->event - columns.firstEvent]);
        }
    }
    timeline->finish();
    if (keep != nullptr)
        *keep = std::move(*reader);
    return timeline;
}

std::unique_ptr<Timeline> TestTimeline::madeUp(
    std::uint32_t seed, std::uint64_t events, std::size_t live, const TimelineOptions& options)
{
    std::mt19937 random(seed);
    ReplayStart start;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", start);
    if (!engine)
        return nullptr;
    auto timeline = std::make_unique<Timeline>(std::move(*engine), options);
    std::vector<std::uint32_t> used;
    std::vector<std::uint32_t> unused;
    std::uint32_t capacity = 0;
    EventColumns columns;
    for (std::uint64_t event = 0; event < events; ++event) {
        const bool isFree = !used.empty() && (used.size() >= live || random() % 4 == 0);
        if (isFree) {
            const std::size_t i = random() % used.size();
            columns.code.push_back(EventCode::of(EventKind::Free));
            columns.slot.push_back(used[i]);
            columns.size.push_back(0);
            unused.push_back(used[i]);
            used[i] = used.back();
            used.pop_back();
        } else {
            if (unused.empty())
                unused.push_back(capacity++);
            columns.code.push_back(EventCode::of(EventKind::Allocate));
            columns.slot.push_back(unused.back());
            columns.size.push_back(static_cast<std::uint32_t>(random() % 512));
            used.push_back(unused.back());
            unused.pop_back();
        }
        if (columns.count() == 32768 || event + 1 == events) {
            if (!timeline->append(columns, capacity, {}).isOk())
                QTest::qFail("append", __FILE__, __LINE__);
            columns = {};
            columns.firstEvent = event + 1;
        }
    }
    timeline->finish();
    return timeline;
}

void TestTimeline::sameSnapshotWhicheverWayItWasReached_data()
{
    QTest::addColumn<bool>("isPaused");
    QTest::addColumn<int>("spacing");
    QTest::newRow("close keyframes") << false << 512;
    QTest::newRow("wide keyframes") << false << 20000;
    QTest::newRow("interrupted recording") << true << 2048;
}

void TestTimeline::sameSnapshotWhicheverWayItWasReached()
{
    QFETCH(bool, isPaused);
    QFETCH(int, spacing);
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 50000;
    program.pauseAfter = isPaused ? 21000 : 0;
    const RecordedProgram<> recorded(program, path("seek.hat"));
    TimelineOptions options;
    options.spacing = static_cast<std::uint64_t>(spacing);
    options.bytesPerEvent = 1000;
    const std::unique_ptr<Timeline> timeline = load(path("seek.hat"), options);
    QVERIFY(timeline);
    QCOMPARE(timeline->eventCount(), recorded.events());
    QVERIFY(timeline->keyframeFigures().count >= recorded.events() / static_cast<std::uint64_t>(spacing) / 2);
    TimelineOptions none;
    none.bytesPerEvent = 0;
    const std::unique_ptr<Timeline> straight = load(path("seek.hat"), none);
    QVERIFY(straight);

    // Reached by running forward only.
    std::mt19937 random(m_seed);
    std::map<std::uint64_t, std::string> expected;
    for (int i = 0; i < 60; ++i)
        expected[random() % (recorded.events() + 1)];
    expected[0];
    expected[recorded.events()];
    for (auto& [event, bytes] : expected) {
        QVERIFY(straight->seek(event));
        bytes = bytesOf(*straight->snapshot(Detail::Blocks));
    }

    std::vector<std::uint64_t> events;
    for (const auto& [event, bytes] : expected)
        events.push_back(event);
    for (int i = 0; i < 400; ++i) {
        const std::uint64_t event = events[random() % events.size()];
        const std::uint64_t by = random() % 3;
        // Straight there, or by a place before or behind it.
        if (by != 0)
            QVERIFY(timeline->seek(
                by == 1 ? event - std::min<std::uint64_t>(event, random() % 3000) : event + random() % 3000));
        QVERIFY(timeline->seek(event));
        QCOMPARE(timeline->cursor(), event);
        QVERIFY2(bytesOf(*timeline->snapshot(Detail::Blocks)) == expected[event],
            qPrintable(QStringLiteral("event %1").arg(event)));
    }
    // Backwards one by one.
    for (std::uint64_t event = recorded.events(); event > recorded.events() - 50; --event) {
        QVERIFY(timeline->seek(event - 1));
        QVERIFY(straight->seek(event - 1));
        QVERIFY(bytesOf(*timeline->snapshot(Detail::Blocks)) == bytesOf(*straight->snapshot(Detail::Blocks)));
    }
}

void TestTimeline::snapshotAgreesWithItself()
{
    ProgramOptions program;
    program.seed = m_seed;
    const RecordedProgram<> recorded(program, path("agree.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("agree.hat"));
    QVERIFY(timeline);
    for (const std::uint64_t event : { std::uint64_t { 0 }, std::uint64_t { 7000 }, recorded.events() }) {
        QVERIFY(timeline->seek(event));
        const SnapshotPtr s = timeline->snapshot(Detail::Blocks);
        QCOMPARE(s->eventIndex(), event);
        QCOMPARE(s->totals().liveBlocks, s->blocks().size());
        Bytes granted = 0;
        Bytes requested = 0;
        std::uint64_t liveSlots = 0;
        for (const BlockRow& block : s->blocks()) {
            granted += block.size;
            requested += block.requested;
            QVERIFY(block.requested <= block.size);
            QVERIFY(block.bornEvent <= event);
            const RegionRow& region = s->regions()[block.region];
            QVERIFY(region.range.begin <= block.begin && block.begin + block.size <= region.range.end);
            if (region.kind == RegionKind::SmallRun) {
                QVERIFY(s->isSlotLive(region,
                    static_cast<std::uint32_t>((block.begin - region.range.begin) / region.slotBytes)));
                ++liveSlots;
            }
        }
        for (const RegionRow& region : s->regions())
            liveSlots -= region.kind == RegionKind::SmallRun ? region.liveSlots : 0;
        QCOMPARE(requested, s->totals().requested);
        QCOMPARE(granted + Bytes { s->totals().hugeBlocks } * 24, s->totals().live); // their list nodes
        QCOMPARE(liveSlots + s->totals().hugeBlocks, std::uint64_t { 0 });
    }
}

// The engine has chunks and huge blocks at addresses of its own; people see those of the recorded process.
void TestTimeline::blocksStandWhereTheyWereRecorded_data()
{
    QTest::addColumn<QString>("addresses");
    QTest::newRow("all addresses") << u"all"_qs;
    QTest::newRow("those that the file states") << u"stated"_qs;
    QTest::newRow("looked up afterwards") << u"none"_qs;
}

void TestTimeline::blocksStandWhereTheyWereRecorded()
{
    QFETCH(QString, addresses);
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 60000;
    program.live = 20000;
    const RecordedProgram<> recorded(program, path("places.hat"));
    TimelineOptions options;
    const std::unique_ptr<Timeline> timeline = load(path("places.hat"), options, nullptr,
        addresses == u"all"_qs          ? AddressChoice::All
            : addresses == u"stated"_qs ? AddressChoice::Stated
                                        : AddressChoice::None);
    QVERIFY(timeline);
    if (addresses == u"none"_qs)
        QVERIFY(!timeline->unstated().empty());

    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("places.hat"));
    QVERIFY(reader);
    std::map<std::uint32_t, Address> live;
    for (const AdoptedBlock& block : (*reader)->liveBlocks())
        live[block.slot] = block.address;
    EventColumns columns;
    std::uint64_t compared = 0;
    while ((*reader)->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::All })) {
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const EventCode code = columns.code[row];
            if (code.kind() == EventKind::Free && !code.isUnknownBlock())
                live.erase(columns.slot[row]);
            else if ((code.kind() == EventKind::Allocate || code.kind() == EventKind::Reallocate)
                && !code.hasFailed())
                live[columns.slot[row]] = columns.address[row];
            const std::uint64_t event = columns.firstEvent + row + 1;
            if (event % 4999 != 0)
                continue;
            QVERIFY(timeline->seek(event));
            const SnapshotPtr s = timeline->snapshot(Detail::Blocks);
            QCOMPARE(s->blocks().size(), live.size());
            for (const BlockRow& block : s->blocks()) {
                QCOMPARE(formatAddress(block.begin), formatAddress(live[block.slot]));
                QVERIFY(s->regionAt(block.begin) != nullptr);
                ++compared;
            }
            const BlockRow& some = s->blocks()[s->blocks().size() / 2];
            const std::optional<Timeline::Found> found = timeline->inspect(some.begin + some.size / 2);
            QVERIFY(found);
            QCOMPARE(found->details.block.slot, some.slot);
            // A window shows what it overlaps, in recorded addresses.
            const AddressRange window { some.begin, some.begin + 4096 };
            const SnapshotPtr part = timeline->snapshot(Detail::Blocks, window);
            QVERIFY(part->blockAt(some.begin) != nullptr);
            for (const BlockRow& block : part->blocks())
                QVERIFY(window.overlaps({ block.begin, block.begin + block.size }));
        }
    }
    QVERIFY(compared > 1000);
}

void TestTimeline::curveHoldsEveryEvent()
{
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 40000;
    const RecordedProgram<> recorded(program, path("curve.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("curve.hat"));
    QVERIFY(timeline);
    QCOMPARE(timeline->curve().events(), recorded.events());
    const auto base = timeline->curve().level(0);
    QCOMPARE(base.size(), (recorded.events() + UsageCurve::baseEvents - 1) / UsageCurve::baseEvents);
    for (const std::size_t bucket : { std::size_t { 0 }, std::size_t { 57 }, base.size() - 1 }) {
        UsageBucket expected { ~Bytes { 0 }, 0, ~Bytes { 0 }, 0, 0 };
        const std::uint64_t end = std::min(recorded.events(), (bucket + 1) * UsageCurve::baseEvents);
        for (std::uint64_t event = bucket * UsageCurve::baseEvents + 1; event <= end; ++event) {
            QVERIFY(timeline->seek(event));
            const HeapTotals totals = timeline->totals();
            expected.include({ totals.live, totals.live, totals.real, totals.real, totals.peakLive });
        }
        QCOMPARE(base[bucket].liveMin, expected.liveMin);
        QCOMPARE(base[bucket].liveMax, expected.liveMax);
        QCOMPARE(base[bucket].realMin, expected.realMin);
        QCOMPARE(base[bucket].realMax, expected.realMax);
        QCOMPARE(base[bucket].peak, expected.peak);
    }
}

void TestTimeline::totalsAreThoseOfTheRecording()
{
    ProgramOptions program;
    program.seed = m_seed;
    const RecordedProgram<> recorded(program, path("totals.hat"));
    std::unique_ptr<TraceReader> reader;
    const std::unique_ptr<Timeline> timeline = load(path("totals.hat"), {}, &reader);
    QVERIFY(timeline);
    QVERIFY(!reader->samples().empty());
    for (const UsageSample& sample : reader->samples()) {
        QVERIFY(timeline->seek(sample.event));
        QCOMPARE(timeline->totals().live, sample.live);
        QCOMPARE(timeline->totals().peakLive, sample.peak);
        QCOMPARE(timeline->totals().real, sample.real);
        QCOMPARE(timeline->totals().realPeak, sample.realPeak);
    }
    QCOMPARE(timeline->oddities().unknownBlocks, std::uint64_t { 0 });
    QCOMPARE(timeline->oddities().refused + timeline->oddities().granted, std::uint64_t { 0 });
}

void TestTimeline::keyframesStayWithinTheirBudget()
{
    const std::unique_ptr<Timeline> timeline = madeUp(m_seed, 4'000'000, 50'000, {});
    QVERIFY(timeline);
    const KeyframeFigures figures = timeline->keyframeFigures();
    qInfo("%llu keyframes, %.2f bytes an event, %.1f bytes a live block, widest gap %llu events",
        static_cast<unsigned long long>(figures.count), static_cast<double>(figures.bytes) / 4e6,
        static_cast<double>(figures.largestFullBytes) / static_cast<double>(figures.largestLiveBlocks),
        static_cast<unsigned long long>(figures.widestGap));
    QVERIFY(figures.count >= 7);
    QVERIFY(figures.bytes <= 3 * timeline->eventCount());
    QVERIFY(figures.largestFullBytes <= 30 * figures.largestLiveBlocks);
    QVERIFY(figures.widestGap <= 700'000);
}

void TestTimeline::thinsEvenlyAtTheFixedBudget()
{
    TimelineOptions options;
    options.spacing = 16384;
    options.bytesPerEvent = 100;
    options.budget = 8 << 20;
    const std::unique_ptr<Timeline> timeline = madeUp(m_seed, 2'000'000, 20'000, options);
    QVERIFY(timeline);
    const KeyframeFigures figures = timeline->keyframeFigures();
    QVERIFY(figures.count >= 6);
    QVERIFY(figures.bytes <= options.budget + figures.largestFullBytes);
    QVERIFY(figures.widestGap <= 4 * timeline->eventCount() / figures.count);
}

void TestTimeline::tellsBirthAndEndOfABlock()
{
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 40000;
    const RecordedProgram<> recorded(program, path("life.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("life.hat"));
    QVERIFY(timeline);
    QVERIFY(timeline->seek(39000));
    const SnapshotPtr now = timeline->snapshot(Detail::Blocks);
    std::size_t ended = 0;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < now->blocks().size(); i += 17, ++seen) {
        const BlockRow& block = now->blocks()[i];
        QVERIFY(timeline->seek(39000));
        const auto found = timeline->inspect(block.begin + block.size / 2);
        QVERIFY(found.has_value());
        QCOMPARE(found->details.block.begin, block.begin);
        QCOMPARE(found->details.block.slot, block.slot);
        QVERIFY(found->details.region.range.contains(block.begin));
        if (block.bornEvent > 0)
            QCOMPARE(found->details.block.stack, timeline->store().stackOf(block.bornEvent - 1));
        const auto isThere = [&](std::uint64_t event) {
            if (!timeline->seek(event))
                return false;
            const SnapshotPtr then = timeline->snapshot(Detail::Blocks);
            const BlockRow* const row = then->blockAt(block.begin);
            return row != nullptr && row->bornEvent == block.bornEvent && row->slot == block.slot;
        };
        if (i % 5 == 0 && block.bornEvent > 0) {
            QVERIFY(isThere(block.bornEvent));
            QVERIFY(!isThere(block.bornEvent - 1));
        }
        if (found->details.freedEvent) {
            ++ended;
            QCOMPARE(found->freedStack, timeline->store().stackOf(*found->details.freedEvent));
            QVERIFY(isThere(*found->details.freedEvent));
            QVERIFY(!isThere(*found->details.freedEvent + 1));
        } else {
            QVERIFY(isThere(recorded.events()));
        }
    }
    QVERIFY(ended > 10);
    QVERIFY(seen > ended);
    QVERIFY(!timeline->inspect(Address { 1 }).has_value());
}

void TestTimeline::doesNotLookForABlockBehindAnInterruption()
{
    ProgramOptions program;
    program.seed = m_seed;
    program.pauseAfter = 9000;
    const RecordedProgram<> recorded(program, path("broken.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("broken.hat"));
    QVERIFY(timeline);
    QVERIFY(timeline->seek(8000));
    std::size_t endless = 0;
    const SnapshotPtr now = timeline->snapshot(Detail::Blocks);
    for (const BlockRow& block : now->blocks()) {
        const auto found = timeline->inspect(block.begin);
        QVERIFY(found.has_value());
        QVERIFY(!found->details.freedEvent || *found->details.freedEvent < 9100);
        endless += found->details.freedEvent ? 0U : 1U;
    }
    QVERIFY(endless > 0);
}

void TestTimeline::seekCanBeInterrupted()
{
    TimelineOptions options;
    options.bytesPerEvent = 0;
    const std::unique_ptr<Timeline> timeline = madeUp(m_seed, 100'000, 1000, options);
    QVERIFY(timeline);
    int asked = 0;
    QVERIFY(!timeline->seek(90'000, [&asked] { return ++asked == 10; }));
    QVERIFY(timeline->cursor() > 0);
    QVERIFY(timeline->cursor() <= 10 * 1024);
    QVERIFY(timeline->seek(90'000));
    const std::string bytes = bytesOf(*timeline->snapshot(Detail::Blocks));
    QVERIFY(timeline->seek(10));
    QVERIFY(timeline->seek(90'000));
    QVERIFY(bytesOf(*timeline->snapshot(Detail::Blocks)) == bytes);
}

void TestTimeline::toleratesBlocksThatWereNeverSeen()
{
    ReplayStart start;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", start);
    QVERIFY(engine.isOk());
    Timeline timeline(std::move(*engine));
    EventColumns columns;
    const auto add = [&columns](EventCode code, std::uint32_t slot, std::uint32_t size) {
        columns.code.push_back(code);
        columns.slot.push_back(slot);
        columns.size.push_back(size);
    };
    add(EventCode::of(EventKind::Allocate), 0, 100);
    add(EventCode::of(EventKind::Free, EventCode::unknownBlock), noSlot, 0);
    add(EventCode::of(EventKind::Free), 5, 0); // never live
    add(EventCode::of(EventKind::Reallocate), 7, 50);
    add(EventCode::of(EventKind::Allocate), 0, 60); // still live
    add(EventCode::of(EventKind::Allocate), 4'000'000'000, 60); // no such slot
    add(EventCode::of(EventKind::Usage), 99, 0); // no such marker
    add(EventCode::of(EventKind::Allocate), 1, 200);
    QVERIFY(timeline.append(columns, 8, {}).isOk());
    timeline.finish();
    QCOMPARE(timeline.oddities().unknownBlocks, std::uint64_t { 5 });
    QVERIFY(timeline.seek(8));
    QCOMPARE(timeline.totals().liveBlocks, std::uint64_t { 2 });
    QCOMPARE(timeline.totals().requested, Bytes { 300 });
    QCOMPARE(timeline.snapshot(Detail::Blocks)->blocks().size(), std::size_t { 2 });

    EventColumns gap;
    gap.firstEvent = 100;
    gap.code = columns.code;
    gap.slot = columns.slot;
    gap.size = columns.size;
    QVERIFY(!timeline.append(gap, 8, {}).isOk());
}

void TestTimeline::figuresAtAnyEvent()
{
    ProgramOptions program;
    program.seed = m_seed;
    const RecordedProgram<> recorded(program, path("figures.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("figures.hat"));
    QVERIFY(timeline);
    for (const std::uint64_t at : { std::uint64_t { 0 }, std::uint64_t { 5000 }, recorded.events() }) {
        Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("figures.hat"));
        QVERIFY(reader.isOk());
        ReplayFiguresOptions options;
        options.at = at;
        const Result<ReplayFigures> figures = replayFigures(**reader, options);
        QVERIFY(figures.isOk());
        QVERIFY(timeline->seek(at));
        QCOMPARE(figures->events, at);
        QCOMPARE(figures->totals.live, timeline->totals().live);
        QCOMPARE(figures->totals.requested, timeline->totals().requested);
        QCOMPARE(figures->totals.largestHole, timeline->totals().largestHole);
        QVERIFY(!figures->error);
    }
}

void TestTimeline::refusesAnUnknownEngine()
{
    const Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("no-such", ReplayStart {});
    QVERIFY(!engine.isOk());
    QCOMPARE(engine.error().code, ErrorCode::Unsupported);
}

QTEST_APPLESS_MAIN(TestTimeline)
#include "tst_timeline.moc"
