// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"
#include "unit/replay/snapshotbytes.h"

#include "replay/replaycursor.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"

#include <QtTest>

#include <atomic>
#include <thread>

using namespace heapatlas;
using heapatlas::testing::bytesOf;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

namespace {

/// The live blocks by slot, kept by what a visitor is told.
class LiveSet final : public BlockVisitor
{
public:
    void born(const BlockEvent& block) override
    {
        isSane = isSane && blocks.emplace(block.slot, block).second
            && (block.bornEvent == block.event + 1 || (breaks > 0 && block.bornEvent == 0));
    }
    void ended(const BlockEvent& block) override
    {
        const auto it = blocks.find(block.slot);
        isSane = isSane && it != blocks.end() && it->second.begin == block.begin
            && it->second.requested == block.requested && it->second.bornEvent == block.bornEvent;
        if (it != blocks.end())
            blocks.erase(it);
        ++ends;
    }
    void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) override
    {
        const auto it = blocks.find(block.slot);
        isSane = isSane && it != blocks.end() && it->second.begin == block.begin && it->second.size == oldSize
            && it->second.requested == oldRequested;
        blocks[block.slot] = block;
    }
    void forgotten() override
    {
        blocks.clear();
        ++breaks;
    }
    void begin(const HeapSnapshot& snapshot)
    {
        for (const BlockRow& row : snapshot.blocks())
            blocks[row.slot] = { 0, row.begin, row.size, row.requested, row.bornEvent, row.stack, row.slot,
                0 };
    }

    std::map<std::uint32_t, BlockEvent> blocks;
    std::uint64_t ends = 0;
    int breaks = 0;
    bool isSane = true;
};

/// Writes down what is told of a window.
class Diary final : public BlockVisitor
{
public:
    explicit Diary(AddressRange window)
        : m_window(window)
    {
    }

    struct Line
    {
        char what = ' ';
        std::array<std::uint64_t, 10> figures {};
        friend bool operator==(const Line&, const Line&) = default;
    };

    void born(const BlockEvent& block) override { write('b', block, block.size, 0); }
    void ended(const BlockEvent& block) override { write('e', block, block.size, 0); }
    void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) override
    {
        write('r', block, oldSize, oldRequested);
    }
    void forgotten() override { lines.push_back({ 'f', {} }); }

    std::vector<Line> lines;
    std::uint64_t told = 0;

private:
    void write(char what, const BlockEvent& block, Bytes oldSize, Bytes oldRequested)
    {
        ++told;
        if (m_window.overlaps({ block.begin, block.begin + std::max(block.size, oldSize) }))
            lines.push_back({ what,
                { block.event, block.begin.value, block.size, block.requested, block.bornEvent, block.stack,
                    block.slot, block.endStack, oldSize, oldRequested } });
    }

    AddressRange m_window;
};

} // namespace

class TestReplaySource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void threadsSeeTheSame();
    void outlivesItsTimeline();
    void visitorIsToldOfEveryBlock_data();
    void visitorIsToldOfEveryBlock();
    void windowIsToldOfAsTheWhole_data() { visitorIsToldOfEveryBlock_data(); }
    void windowIsToldOfAsTheWhole();
    void visitCanBeInterrupted();
    void lifetimesAreThoseOfTheBlocks();

private:
    std::string path(const char* name)
    {
        return m_directory.filePath(QString::fromLatin1(name)).toStdString();
    }
    static std::unique_ptr<Timeline> load(const std::string& path);

    QTemporaryDir m_directory;
    std::uint32_t m_seed = 0;
};

void TestReplaySource::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
}

std::unique_ptr<Timeline> TestReplaySource::load(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
    TimelineOptions options;
    options.spacing = 4096;
    options.bytesPerEvent = 100;
    auto timeline = std::make_unique<Timeline>(std::move(*engine), options);
    EventColumns columns;
    while ((*reader)->readBlock(columns)) {
        if ((*reader)->isDiscontinuous()
            && !timeline->resync(*(*reader)->resyncState(), (*reader)->liveBlocks()).isOk())
            QTest::qFail("resync", __FILE__, __LINE__);
        if (!timeline->append(columns, (*reader)->slotCapacity(), (*reader)->markers()).isOk())
            QTest::qFail("append", __FILE__, __LINE__);
    }
    timeline->finish();
    return timeline;
}

void TestReplaySource::threadsSeeTheSame()
{
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 40000;
    const RecordedProgram<> recorded(program, path("shared.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("shared.hat"));
    std::mt19937 random(m_seed);
    std::vector<std::uint64_t> events;
    std::vector<std::string> expected;
    for (int i = 0; i < 40; ++i) {
        events.push_back(random() % (recorded.events() + 1));
        QVERIFY(timeline->seek(events.back()));
        expected.push_back(bytesOf(*timeline->snapshot(Detail::Blocks)));
    }
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < 3; ++t) {
            threads.emplace_back([&, t] {
                ReplayCursor cursor(timeline->source());
                for (std::size_t i = 0; i < events.size(); ++i) {
                    const std::size_t at = (i * 7 + t * 13) % events.size();
                    if (!cursor.seek(events[at]) || bytesOf(*cursor.snapshot(Detail::Blocks)) != expected[at])
                        ++wrong;
                }
            });
        }
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (!timeline->seek(events[i]) || bytesOf(*timeline->snapshot(Detail::Blocks)) != expected[i])
                ++wrong;
        }
    }
    QCOMPARE(wrong.load(), 0);
}

void TestReplaySource::outlivesItsTimeline()
{
    ProgramOptions program;
    program.seed = m_seed;
    const RecordedProgram<> recorded(program, path("outlives.hat"));
    std::unique_ptr<Timeline> timeline = load(path("outlives.hat"));
    QVERIFY(timeline->seek(recorded.events() / 2));
    const std::string expected = bytesOf(*timeline->snapshot(Detail::Blocks));
    ReplayCursor cursor(timeline->source());
    timeline.reset();
    QVERIFY(cursor.seek(recorded.events() / 2));
    QVERIFY(bytesOf(*cursor.snapshot(Detail::Blocks)) == expected);
    QCOMPARE(cursor.source().eventCount(), recorded.events());
}

void TestReplaySource::visitorIsToldOfEveryBlock_data()
{
    QTest::addColumn<quint64>("pauseAfter");
    QTest::newRow("whole") << quint64 { 0 };
    QTest::newRow("interrupted recording") << quint64 { 21000 };
}

void TestReplaySource::visitorIsToldOfEveryBlock()
{
    QFETCH(quint64, pauseAfter);
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 60000;
    program.live = 8000;
    program.pauseAfter = pauseAfter;
    const RecordedProgram<> recorded(program, path("visit.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("visit.hat"));

    ReplayCursor cursor(timeline->source(), 0);
    LiveSet live;
    QVERIFY(cursor.seek(777));
    live.begin(*cursor.snapshot(Detail::Blocks));
    std::mt19937 random(m_seed);
    while (cursor.position() < recorded.events()) {
        QVERIFY(cursor.visit(cursor.position() + 1 + random() % 4000, live));
        const SnapshotPtr snapshot = cursor.snapshot(Detail::Blocks);
        QVERIFY(live.isSane);
        QVERIFY(timeline->seek(cursor.position()));
        QVERIFY(bytesOf(*timeline->snapshot(Detail::Blocks)) == bytesOf(*snapshot));
        QCOMPARE(live.blocks.size(), snapshot->blocks().size());
        for (const BlockRow& row : snapshot->blocks()) {
            const BlockEvent& block = live.blocks[row.slot];
            QCOMPARE(block.begin.value, row.begin.value);
            QCOMPARE(block.size, row.size);
            QCOMPARE(block.requested, row.requested);
            QCOMPARE(block.bornEvent, row.bornEvent);
            QCOMPARE(block.stack, row.stack);
        }
    }
    QVERIFY(live.ends > 1000);
    QCOMPARE(live.breaks, pauseAfter == 0 ? 0 : 1);
}

void TestReplaySource::windowIsToldOfAsTheWhole()
{
    QFETCH(quint64, pauseAfter);
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 60000;
    program.live = 8000;
    program.pauseAfter = pauseAfter;
    const RecordedProgram<> recorded(program, path("window.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("window.hat"));

    std::mt19937 random(m_seed);
    std::uint64_t lines = 0;
    for (int i = 0; i < 24 || (lines <= 1000 && i < 240); ++i) { // some windows see little
        // Pages of a chunk, a chunk and a half, or a part of a huge block, wherever one stands at some moment.
        QVERIFY(timeline->seek(random() % (recorded.events() + 1)));
        const SnapshotPtr snapshot = timeline->snapshot(Detail::Regions);
        const auto chunks = snapshot->chunks();
        if (chunks.empty())
            continue;
        const AddressRange chunk = chunks[random() % chunks.size()].range;
        const Address begin = chunk.begin + random() % chunk.size() / 4096 * 4096;
        const AddressRange window { begin,
            begin + (i % 3 == 0 ? Bytes { 3 } << 20 : Bytes { 4096 } * (1 + random() % 9)) };

        const std::uint64_t from = random() % recorded.events();
        Diary all(window);
        Diary part(window);
        ReplayCursor first(timeline->source(), 0);
        ReplayCursor second(timeline->source(), 0);
        QVERIFY(first.seek(from) && second.seek(from));
        QVERIFY(first.visit(recorded.events(), all));
        while (second.position() < recorded.events())
            QVERIFY(second.visit(second.position() + 1 + random() % 9000, part, {}, window));
        QVERIFY(part.lines == all.lines);
        QVERIFY(part.told <= all.told);
        QVERIFY(bytesOf(*first.snapshot(Detail::Blocks)) == bytesOf(*second.snapshot(Detail::Blocks)));
        lines += part.lines.size();
    }
    QVERIFY(lines > 1000);
}

void TestReplaySource::visitCanBeInterrupted()
{
    ProgramOptions program;
    program.seed = m_seed;
    const RecordedProgram<> recorded(program, path("stop.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("stop.hat"));
    ReplayCursor cursor(timeline->source(), 0);
    LiveSet live;
    live.begin(*cursor.snapshot(Detail::Blocks));
    int asked = 0;
    QVERIFY(!cursor.visit(recorded.events(), live, [&asked] { return ++asked == 5; }));
    QVERIFY(cursor.position() > 0);
    QVERIFY(cursor.position() < recorded.events());
    QVERIFY(cursor.visit(recorded.events(), live));
    QCOMPARE(live.blocks.size(), cursor.totals().liveBlocks);
}

void TestReplaySource::lifetimesAreThoseOfTheBlocks()
{
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 60000;
    program.pauseAfter = 30000;
    const RecordedProgram<> recorded(program, path("lives.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("lives.hat"));
    /// Counts ends of blocks that were seen to be born.
    class Lives final : public BlockVisitor
    {
    public:
        void born(const BlockEvent&) override { }
        void resized(const BlockEvent&, Bytes, Bytes) override { }
        void ended(const BlockEvent& block) override
        {
            if (block.bornEvent == 0)
                return;
            const std::uint64_t events = block.event + 1 - block.bornEvent;
            std::size_t bucket = 0;
            while (LifetimeCounts::shortest(bucket + 1) <= events)
                ++bucket;
            ++counts.ended[bucket];
            ++bySize[block.size].ended[bucket];
        }
        LifetimeCounts counts;
        std::map<Bytes, LifetimeCounts> bySize;
    };
    Lives lives;
    ReplayCursor cursor(timeline->source(), 0);
    QVERIFY(cursor.visit(recorded.events(), lives));
    const SnapshotPtr end = cursor.snapshot(Detail::Blocks);
    for (const BlockRow& block : end->blocks()) {
        if (block.bornEvent != 0)
            ++lives.counts.live[LifetimeCounts::bucketOf(recorded.events() + 1 - block.bornEvent)];
    }
    const Lifetimes lifetimes = timeline->lifetimes();
    QVERIFY(lifetimes.all.ended == lives.counts.ended);
    QVERIFY(lifetimes.all.live == lives.counts.live);
    QVERIFY(lifetimes.classes.size() > 20);
    std::uint64_t sum = 0;
    for (const Lifetimes::Class& row : lifetimes.classes) {
        for (const std::uint64_t count : row.counts.ended)
            sum += count;
        if (row.kind == RegionKind::SmallRun)
            QVERIFY(row.counts.ended == lives.bySize[row.slotBytes].ended);
    }
    QVERIFY(lifetimes.classes.back().kind == RegionKind::Huge);
    for (const std::uint64_t count : lives.counts.ended)
        sum -= count;
    QCOMPARE(sum, std::uint64_t { 0 });
}

QTEST_APPLESS_MAIN(TestReplaySource)
#include "tst_replaysource.moc"
