// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"

#include "replay/blockcache.h"
#include "replay/hugesegment.h"
#include "replay/lifeindex.h"
#include "replay/replayfigures.h"
#include "replay/slotcount.h"
#include "replay/spacetimebuilder.h"
#include "replay/timeline.h"
#include "replay/tracescales.h"

#include <QtTest>

#include <set>
#include <tuple>

using namespace heapatlas;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

namespace {

/// A page of a snapshot, slot by slot: kind and bytes of live slots out of bytes that slots can use.
struct PlainPage
{
    std::uint8_t kind = SpacetimeCell::unmapped;
    Bytes live = 0;
    Bytes room = 0;
};

PlainPage plainPage(const HeapSnapshot& snapshot, Address page)
{
    const RegionRow* region = snapshot.regionAt(page);
    if (region == nullptr || region->kind == RegionKind::Huge) // where a chunk stood at another time
        return {};
    switch (region->kind) {
    case RegionKind::Header:
        return { SpacetimeCell::header, 1, 1 };
    case RegionKind::Free:
        return { SpacetimeCell::free, 0, 1 };
    case RegionKind::LargeRun:
        return { SpacetimeCell::large, 1, 1 };
    case RegionKind::Huge:
    case RegionKind::SmallRun:
        break;
    }
    PlainPage plain { static_cast<std::uint8_t>(SpacetimeCell::firstClass + region->sizeClass), 0, 0 };
    for (std::uint32_t slot = 0; slot < region->slotCount; ++slot) {
        const Address begin = region->range.begin + Bytes { slot } * region->slotBytes;
        const Address from = std::max(begin, page);
        const Address to = std::min(begin + region->slotBytes, page + snapshot.pageBytes());
        if (!(from < to))
            continue;
        plain.room += to - from;
        plain.live += snapshot.isSlotLive(*region, slot) ? to - from : 0;
    }
    plain.room = std::max<Bytes>(plain.room, 1);
    return plain;
}

using PlainBlock = std::tuple<std::uint64_t, Bytes, std::uint64_t, std::uint32_t, std::uint32_t>;

std::set<PlainBlock> blocksOf(const HeapSnapshot& snapshot)
{
    std::set<PlainBlock> out;
    for (const BlockRow& row : snapshot.blocks())
        out.emplace(row.begin.value, row.size, row.bornEvent, row.stack, row.slot);
    return out;
}

std::set<PlainBlock> blocksAt(const LifeBars& lives, std::uint64_t position)
{
    std::set<PlainBlock> out;
    for (const LifeBar& bar : lives.bars) {
        if (bar.from <= position && position < bar.to)
            out.emplace(bar.begin.value, bar.size, bar.born, bar.stack, bar.slot);
    }
    return out;
}

} // namespace

class TestSpacetime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void gridIsWhatSnapshotsSay_data();
    void gridIsWhatSnapshotsSay();
    void rowsJoinPagesWhereThereAreManyChunks();
    void hugeBarsAreWhatSnapshotsSay_data();
    void hugeBarsAreWhatSnapshotsSay();
    void hugeBarsBeyondTheLimitAreTheShortest();
    void publishesPartsThatAreTrue();
    void buildingCanBeInterrupted();
    void livesAreWhatSnapshotsSay_data();
    void livesAreWhatSnapshotsSay();
    void lensComesWithTheGrid_data() { hugeBarsAreWhatSnapshotsSay_data(); }
    void lensComesWithTheGrid();
    void tooManyLivesLeaveOutWhatNobodySees();
    void searchingLivesCanBeInterrupted();
    void slotIsCountedAsItsLivesSay_data();
    void slotIsCountedAsItsLivesSay();
    void boxIsCountedAsItsLivesSay();
    void nothingHappenedIsNoFailure();
    void scalesAscend();

private:
    ReplaySourcePtr load(const ProgramOptions& program, const char* name);
    std::uint64_t below(std::uint64_t n) { return m_random() % n; }

    QTemporaryDir m_directory;
    std::mt19937_64 m_random;
    std::uint32_t m_seed = 0;
    ReplaySourcePtr m_source; ///< an uninterrupted program
    ReplaySourcePtr m_paused;
    int m_lenses = 0; ///< that came with a grid
};

void TestSpacetime::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
    m_random.seed(m_seed);
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 40000;
    program.live = 6000;
    m_source = load(program, "whole.hat");
    program.pauseAfter = 17000;
    m_paused = load(program, "paused.hat");
    QVERIFY(m_source && m_paused);
}

ReplaySourcePtr TestSpacetime::load(const ProgramOptions& program, const char* name)
{
    const std::string path = m_directory.filePath(QString::fromLatin1(name)).toStdString();
    const RecordedProgram<> recorded(program, path);
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    if (!reader)
        return nullptr;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
    if (!engine)
        return nullptr;
    TimelineOptions options;
    options.spacing = 2000;
    options.bytesPerEvent = 1000;
    Timeline timeline(std::move(*engine), options);
    EventColumns columns;
    while ((*reader)->readBlock(columns, { .wantsStacks = true, .addresses = AddressChoice::All })) {
        if ((*reader)->isDiscontinuous()
            && !timeline.resync(*(*reader)->resyncState(), (*reader)->liveBlocks()).isOk())
            return nullptr;
        if (!timeline.append(columns, (*reader)->slotCapacity(), (*reader)->markers()).isOk())
            return nullptr;
    }
    timeline.setOrigin((*reader)->info(), nullptr, (*reader)->samples());
    timeline.finish();
    return timeline.source();
}

void TestSpacetime::gridIsWhatSnapshotsSay_data()
{
    QTest::addColumn<bool>("isPaused");
    QTest::addColumn<bool>("isWhole");
    QTest::addColumn<bool>("publishes");
    QTest::newRow("whole") << false << true << true;
    QTest::newRow("part") << false << false << false;
    QTest::newRow("interrupted recording") << true << true << false;
}

void TestSpacetime::gridIsWhatSnapshotsSay()
{
    QFETCH(bool, isPaused);
    QFETCH(bool, isWhole);
    QFETCH(bool, publishes);
    const ReplaySourcePtr& source = isPaused ? m_paused : m_source;
    SpacetimeRequest request;
    request.threads = 1 + static_cast<unsigned>(below(3));
    request.begin = isWhole ? 0 : below(source->eventCount() / 2);
    request.end = isWhole ? source->eventCount() : request.begin + 1 + below(source->eventCount() / 2);
    request.columns = 50 + static_cast<unsigned>(below(150));
    const auto news = makeSpacetime(
        source, request, {}, publishes ? SpacetimePublish([](const SpacetimeNews&) {}) : SpacetimePublish {});
    QVERIFY(news && news->grid);
    const SpacetimeGridPtr grid = news->grid;
    QVERIFY(grid->isComplete);
    std::vector<std::uint64_t> at;
    for (const SpacetimeStripPtr& strip : grid->fine)
        at.insert(at.end(), strip->at.begin(), strip->at.end());
    QVERIFY(at == spacetimeColumns(request));
    QCOMPARE(at.front(), request.begin);
    QCOMPARE(at.back(), request.end);

    ReplayCursor other(source);
    std::uint64_t compared = 0;
    for (std::size_t i = 0; i < at.size(); i += 1 + below(4)) {
        QVERIFY(other.seek(at[i]));
        const SnapshotPtr s = other.snapshot(Detail::Regions);
        // Between two columns the left one speaks.
        const std::uint64_t until = i + 1 < at.size() ? at[i + 1] : at[i] + 1;
        const SpacetimeGrid::Place place = grid->columnAt(at[i] + below(until - at[i]));
        QVERIFY(place.strip != nullptr);
        QCOMPARE(place.strip->at[place.column], at[i]);
        QCOMPARE(place.strip->pageShift, 0U);
        for (const ChunkRow& chunk : s->chunks()) {
            const auto known = std::count_if(grid->bands.begin(), grid->bands.end(),
                [&](const SpacetimeBand& band) { return band.range == chunk.range; });
            QCOMPARE(known, chunk.pageCount == 0 ? 0 : 1);
        }
        for (std::size_t b = 0; b < grid->bands.size(); ++b) {
            for (std::uint32_t page = 0; page < grid->bands[b].pages; ++page) {
                const SpacetimeCell cell = place.strip->cell(b, page, place.column);
                const PlainPage plain = plainPage(*s, grid->bands[b].range.begin + page * s->pageBytes());
                QCOMPARE(cell.kind, plain.kind);
                if (plain.kind != SpacetimeCell::unmapped)
                    QCOMPARE(Bytes { cell.used }, plain.live * 255 / plain.room);
                ++compared;
            }
        }
    }
    QVERIFY(compared > 500);
}

void TestSpacetime::rowsJoinPagesWhereThereAreManyChunks()
{
    SpacetimeRequest request;
    request.end = m_source->eventCount();
    request.columns = 200;
    const SpacetimeGridPtr fine = buildSpacetime(m_source, request);
    request.maxCells = 200 * 64; // of one chunk; there are several
    const SpacetimeGridPtr grid = buildSpacetime(m_source, request);
    QVERIFY(fine && grid && fine->cells() > 4 * grid->cells());
    QVERIFY(grid->cells() <= 2 * request.maxCells);
    for (const SpacetimeStripPtr& strip : grid->fine) {
        QVERIFY(strip->pageShift > 0);
        const std::uint32_t joined = 1U << strip->pageShift;
        for (std::size_t column = 0; column < strip->at.size(); column += 7) {
            const SpacetimeGrid::Place place = fine->columnAt(strip->at[column]);
            QCOMPARE(place.strip->at[place.column], strip->at[column]);
            for (std::size_t b = 0; b < grid->bands.size(); ++b) {
                for (std::uint32_t page = 0; page < 512; page += joined) {
                    const SpacetimeCell cell = strip->cell(b, page, column);
                    unsigned sum = 0;
                    bool hasKind = false;
                    for (std::uint32_t i = 0; i < joined; ++i) {
                        const SpacetimeCell one = place.strip->cell(b, page + i, place.column);
                        sum += one.used;
                        hasKind = hasKind || one.kind == cell.kind;
                    }
                    QVERIFY(hasKind);
                    QCOMPARE(unsigned { cell.used }, sum / joined);
                }
            }
        }
    }
}

void TestSpacetime::hugeBarsAreWhatSnapshotsSay_data()
{
    QTest::addColumn<bool>("isPaused");
    QTest::newRow("whole") << false;
    QTest::newRow("interrupted recording") << true;
}

void TestSpacetime::hugeBarsAreWhatSnapshotsSay()
{
    QFETCH(bool, isPaused);
    const ReplaySourcePtr& source = isPaused ? m_paused : m_source;
    for (int round = 0; round < 3; ++round) {
        SpacetimeRequest request;
        request.begin = round == 0 ? 0 : below(source->eventCount() / 2);
        request.end =
            round == 0 ? source->eventCount() : request.begin + below(source->eventCount() - request.begin);
        request.columns = round == 2 ? 20 : 200; // one strip, or several
        request.threads = 1 + static_cast<unsigned>(below(3));
        const SpacetimeGridPtr grid = buildSpacetime(source, request);
        QVERIFY(grid);
        QVERIFY(round > 0 || grid->huge.size() > 10);
        std::set<std::uint64_t> at { request.begin, request.end };
        for (int i = 0; i < 120; ++i)
            at.insert(request.begin + below(request.end - request.begin + 1));
        // Where something changes is where one may be wrong by one.
        for (const HugeBar& bar : grid->huge)
            for (const std::uint64_t p :
                { bar.begin - std::min<std::uint64_t>(1, bar.begin), bar.begin, bar.end - 1, bar.end })
                if (p >= request.begin && p <= request.end)
                    at.insert(p);
        ReplayCursor other(source);
        for (const std::uint64_t position : at) {
            QVERIFY(other.seek(position));
            const SnapshotPtr s = other.snapshot(Detail::Blocks);
            std::set<std::uint64_t> expected;
            for (const BlockRow& block : s->blocks()) {
                if (s->regions()[block.region].kind == RegionKind::Huge)
                    expected.insert(block.begin.value);
            }
            std::set<std::uint64_t> found;
            for (const HugeBar& bar : grid->huge) {
                if (bar.begin > position || position >= bar.end)
                    continue;
                found.insert(bar.range.begin.value);
                const BlockRow* block = s->blockAt(bar.range.begin);
                QVERIFY(block != nullptr && block->stack == bar.stack && block->slot == bar.slot);
                QVERIFY(block->size <= bar.range.size());
            }
            QVERIFY2(found == expected, qPrintable(QStringLiteral("position %1").arg(position)));
        }
    }
}

void TestSpacetime::hugeBarsBeyondTheLimitAreTheShortest()
{
    const Bytes least = (Bytes { 2 } << 20) - 4095;
    const auto barsWithin = [&](std::size_t limit, std::uint64_t& dropped) {
        HugeJoin join;
        ReplayCursor cursor(m_source, 0);
        bool isFirst = true;
        while (cursor.position() < m_source->eventCount()) {
            HugeSegment part(cursor, least, std::exchange(isFirst, false));
            if (!cursor.visit(cursor.position() + 9000, part, {}, {}))
                break;
            join.add(std::move(part));
        }
        std::vector<HugeBar> bars;
        dropped = join.finish(*m_source, m_source->eventCount(), limit, bars, {});
        return bars;
    };
    std::uint64_t dropped = 0;
    const std::vector<HugeBar> all = barsWithin(4096, dropped);
    QCOMPARE(dropped, std::uint64_t { 0 });
    const std::size_t limit = all.size() / 2;
    QVERIFY(limit > 3);
    const std::vector<HugeBar> some = barsWithin(limit, dropped);
    QCOMPARE(some.size(), limit);
    QCOMPARE(dropped, std::uint64_t { all.size() - limit });
    std::vector<std::uint64_t> lives;
    for (const HugeBar& bar : all)
        lives.push_back(bar.end - bar.begin);
    std::sort(lives.begin(), lives.end(), std::greater<>());
    for (const HugeBar& bar : some)
        QVERIFY(bar.end - bar.begin >= lives[limit - 1]);
}

void TestSpacetime::publishesPartsThatAreTrue()
{
    SpacetimeRequest request;
    request.end = m_source->eventCount();
    request.columns = 300;
    request.threads = 2;
    std::vector<SpacetimeGridPtr> parts;
    double progress = 0;
    const auto last = makeSpacetime(m_source, request, {}, [&](const SpacetimeNews& part) {
        QVERIFY(part.progress >= progress && part.progress <= 1);
        progress = part.progress;
        parts.push_back(part.grid);
    });
    QVERIFY(last && !parts.empty());
    const SpacetimeGridPtr whole = last->grid;
    ReplayCursor other(m_source);
    for (const SpacetimeGridPtr& part : parts) {
        QVERIFY(!part->isComplete);
        for (int i = 0; i < 20; ++i) {
            const std::uint64_t position = below(m_source->eventCount() + 1);
            const SpacetimeGrid::Place place = part->columnAt(position);
            QVERIFY(place.strip != nullptr); // the keyframes tell of what was not run through yet
            QVERIFY(place.strip->at[place.column] <= position);
            QVERIFY(other.seek(place.strip->at[place.column]));
            const SnapshotPtr s = other.snapshot(Detail::Regions);
            for (std::size_t b = 0; b < part->bands.size(); ++b) {
                QCOMPARE(part->bands[b].range, whole->bands[b].range);
                const auto page = static_cast<std::uint32_t>(below(512));
                if (place.strip->pageShift == 0)
                    QCOMPARE(place.strip->cell(b, page, place.column).kind,
                        plainPage(*s, part->bands[b].range.begin + page * s->pageBytes()).kind);
            }
        }
    }
}

void TestSpacetime::buildingCanBeInterrupted()
{
    SpacetimeRequest request;
    request.end = m_source->eventCount();
    for (const unsigned threads : { 1U, 3U }) {
        request.threads = threads;
        for (const int after : { 0, 1, 10, 60 }) {
            int asked = 0;
            const Interrupt interrupt = [&] { return asked++ >= after; };
            const auto news = makeSpacetime(m_source, request, interrupt, [](const SpacetimeNews&) {});
            QVERIFY(!news || threads > 1); // which others may have finished meanwhile
            QVERIFY(asked <= after + 8); // it gives up soon, whatever it does
        }
    }
    QVERIFY(buildSpacetime(m_source, request)); // and nothing is broken
}

void TestSpacetime::livesAreWhatSnapshotsSay_data()
{
    QTest::addColumn<bool>("isPaused");
    QTest::addColumn<bool>("isWhole");
    QTest::newRow("whole") << false << true;
    QTest::newRow("part") << false << false;
    QTest::newRow("interrupted recording") << true << true;
    QTest::newRow("part of an interrupted recording") << true << false;
}

void TestSpacetime::livesAreWhatSnapshotsSay()
{
    QFETCH(bool, isPaused);
    QFETCH(bool, isWhole);
    const ReplaySourcePtr& source = isPaused ? m_paused : m_source;
    ReplayCursor other(source);
    std::uint64_t compared = 0;
    for (int round = 0; round < 8; ++round) {
        LifeRequest request;
        request.begin = isWhole ? 0 : below(source->eventCount());
        request.end =
            isWhole ? source->eventCount() : request.begin + below(source->eventCount() - request.begin + 1);
        QVERIFY(other.seek(request.begin + below(request.end - request.begin + 1)));
        const SnapshotPtr some = other.snapshot(Detail::Regions);
        const ChunkRow& chunk = some->chunks()[below(some->chunks().size())];
        const Bytes page = below(chunk.range.size() / 4096);
        request.window = { chunk.range.begin + page * 4096,
            chunk.range.begin + (page + 1 + below(12)) * 4096 };
        request.segments = static_cast<unsigned>(below(5)); // 0: one, of so few events
        request.threads = 1 + static_cast<unsigned>(below(3));
        const LifeBarsPtr lives = findLives(source, request);
        QVERIFY(lives && lives->isComplete);
        QCOMPARE(lives->dropped, std::uint64_t { 0 });
        std::set<std::uint64_t> at { request.begin, request.end };
        for (int i = 0; i < 60; ++i)
            at.insert(request.begin + below(request.end - request.begin + 1));
        for (int i = 0; i < 60 && !lives->bars.empty(); ++i) {
            const LifeBar& bar = lives->bars[below(lives->bars.size())];
            for (const std::uint64_t p :
                { bar.from - std::min<std::uint64_t>(1, bar.from), bar.from, bar.to - 1, bar.to })
                if (p >= request.begin && p <= request.end)
                    at.insert(p);
        }
        for (const std::uint64_t position : at) {
            QVERIFY(other.seek(position));
            const SnapshotPtr s = other.snapshot(Detail::Blocks, request.window);
            const std::set<PlainBlock> expected = blocksOf(*s);
            QVERIFY2(blocksAt(*lives, position) == expected,
                qPrintable(QStringLiteral("position %1").arg(position)));
            compared += expected.size();
            for (const BlockRow& block : s->blocks()) {
                const LifeBar* bar = lives->at(block.begin + block.size / 2, position);
                QVERIFY(bar != nullptr && bar->slot == block.slot);
                const RegionRow& region = s->regions()[block.region];
                QCOMPARE(bar->kind, region.kind);
                if (region.kind == RegionKind::SmallRun)
                    QCOMPARE(bar->sizeClass, region.sizeClass);
            }
        }
        // Ends, beyond the stretch too.
        for (int i = 0; i < 30 && !lives->bars.empty(); ++i) {
            const LifeBar& bar = lives->bars[below(lives->bars.size())];
            const std::uint64_t last = bar.to == LifeBar::never ? source->eventCount() : bar.to - 1;
            QVERIFY(other.seek(last));
            const SnapshotPtr before = other.snapshot(Detail::Blocks, bar.range());
            const BlockRow* block = before->blockAt(bar.begin);
            QVERIFY(block != nullptr && block->bornEvent == bar.born);
            if (bar.to == LifeBar::never || bar.isContinued)
                continue;
            QVERIFY(other.seek(bar.to));
            const SnapshotPtr after = other.snapshot(Detail::Blocks, bar.range());
            block = after->blockAt(bar.begin);
            QVERIFY(block == nullptr || block->bornEvent != bar.born || source->isBreak(bar.to));
        }
    }
    QVERIFY(compared > 100);
}

void TestSpacetime::lensComesWithTheGrid()
{
    QFETCH(bool, isPaused);
    const ReplaySourcePtr& source = isPaused ? m_paused : m_source;
    for (const unsigned threads : { 1U, 3U }) {
        SpacetimeRequest request;
        request.end = source->eventCount();
        request.columns = 200;
        request.threads = threads;
        request.wantsLens = true;
        std::uint64_t known = 0;
        const auto news = makeSpacetime(source, request, {}, [&](const SpacetimeNews& part) {
            if (part.lives == nullptr)
                return;
            QVERIFY(part.lives->window == part.chosen && !part.lives->isComplete);
            QVERIFY(part.lives->knownTo >= known);
            known = part.lives->knownTo;
        });
        QVERIFY(news && !news->chosen.isEmpty());
        if (news->lives == nullptr)
            continue; // too few keyframes to choose by before the end
        LifeRequest plain { .window = news->chosen, .begin = 0, .end = request.end, .columns = {} };
        const LifeBarsPtr lives = findLives(source, plain);
        QVERIFY(lives && news->lives->isComplete);
        QVERIFY(!lives->bars.empty());
        QVERIFY(lives->bars == news->lives->bars);
        QCOMPARE(lives->dropped, news->lives->dropped);
        QCOMPARE(news->lives->end, source->eventCount());
        ++m_lenses;
    }
    QVERIFY(isPaused || m_lenses > 0);
}

void TestSpacetime::tooManyLivesLeaveOutWhatNobodySees()
{
    ReplayCursor other(m_source);
    QVERIFY(other.seek(m_source->eventCount() / 2));
    const SnapshotPtr some = other.snapshot(Detail::Regions);
    LifeRequest request;
    request.end = m_source->eventCount();
    // The chunk that is searched first, where most comes and goes.
    const ChunkRow* first = nullptr;
    for (const ChunkRow& chunk : some->chunks())
        first = chunk.ordinal == 0 ? &chunk : first;
    QVERIFY(first != nullptr);
    request.window = { first->range.begin, first->range.begin + 64 * 4096 };
    for (std::uint64_t p = 0; p <= request.end; p += 400)
        request.columns.push_back(p);
    const LifeBarsPtr all = findLives(m_source, request);
    QVERIFY(all);
    request.maxBars = all->bars.size() / 2;
    const LifeBarsPtr part = findLives(m_source, request);
    QVERIFY(part);
    QVERIFY(part->bars.size() < all->bars.size());
    QVERIFY(part->bars.size() <= request.maxBars + 2);
    QCOMPARE(part->bars.size() + part->dropped, all->bars.size());
    std::set<std::tuple<std::uint64_t, std::uint64_t>> known;
    for (const LifeBar& bar : all->bars)
        known.emplace(bar.begin.value, bar.from);
    for (const LifeBar& bar : part->bars)
        QVERIFY(known.contains({ bar.begin.value, bar.from }));
    // Without columns nothing is seen, and it still ends.
    request.columns.clear();
    const LifeBarsPtr blind = findLives(m_source, request);
    QVERIFY(blind && blind->bars.size() <= request.maxBars + 2);
}

void TestSpacetime::searchingLivesCanBeInterrupted()
{
    LifeRequest request;
    request.end = m_source->eventCount();
    request.window = AddressRange::everything();
    for (const int after : { 0, 1, 20 }) {
        int asked = 0;
        QVERIFY(!findLives(m_source, request, [&] { return asked++ >= after; }));
        QVERIFY(asked <= after + 8);
    }
}

void TestSpacetime::slotIsCountedAsItsLivesSay_data()
{
    QTest::addColumn<bool>("isPaused");
    QTest::newRow("whole") << false;
    QTest::newRow("interrupted recording") << true;
}

void TestSpacetime::slotIsCountedAsItsLivesSay()
{
    QFETCH(bool, isPaused);
    const ReplaySourcePtr& source = isPaused ? m_paused : m_source;
    ReplayCursor other(source);
    for (int round = 0; round < 5; ++round) {
        QVERIFY(other.seek(below(source->eventCount())));
        const SnapshotPtr s = other.snapshot(Detail::Blocks);
        const BlockRow block = s->blocks()[below(s->blocks().size())];
        LifeRequest request;
        request.window = s->regions()[block.region].range;
        request.end = source->eventCount();
        ReplayCursor cursor(source, 0);
        const LifeBarsPtr lives = findLives(source, request);
        const SlotLivesPtr slot = countSlot(cursor, request.window, block.begin);
        QVERIFY(lives && slot);
        std::uint64_t ended = 0;
        std::uint64_t still = 0;
        std::set<std::uint64_t> owners;
        for (const LifeBar& bar : lives->bars) {
            const bool isFirst = bar.from == std::max<std::uint64_t>(bar.born, 0) || bar.born == 0;
            still += bar.to == LifeBar::never ? 1U : 0U;
            ended += bar.to != LifeBar::never && !bar.isContinued ? 1U : 0U;
            if (bar.begin == block.begin && isFirst)
                owners.insert(bar.from);
        }
        QCOMPARE(slot->stillLive, still);
        QCOMPARE(slot->blocks() - slot->stillLive, ended);
        QVERIFY(slot->ownerCount >= 1 && slot->owners.size() == slot->ownerCount);
        for (const SlotLives::Owner& owner : slot->owners)
            QVERIFY(owners.contains(owner.from) || owner.born == 0);
    }
    int asked = 0;
    ReplayCursor cursor(source, 0);
    QVERIFY(!countSlot(cursor, AddressRange::everything(), {}, [&] { return asked++ > 5; }));
}

void TestSpacetime::boxIsCountedAsItsLivesSay()
{
    for (int round = 0; round < 8; ++round) {
        LifeRequest request;
        request.begin = below(m_source->eventCount());
        request.end = request.begin + below(m_source->eventCount() - request.begin + 1);
        ReplayCursor other(m_source);
        QVERIFY(other.seek(request.begin));
        const SnapshotPtr s = other.snapshot(Detail::Regions);
        const AddressRange chunk = s->chunks()[below(s->chunks().size())].range;
        request.window = { chunk.begin + below(chunk.size() / 2), chunk.end - below(chunk.size() / 2) };
        ReplayCursor cursor(m_source, 0);
        const LifeBarsPtr lives = findLives(m_source, request);
        const BoxCountPtr box = countBox(cursor, request.window, request.begin, request.end);
        QVERIFY(lives && box);
        // A block that changed its size in place has several bars; it counts once.
        std::map<std::pair<std::uint32_t, std::uint64_t>, const LifeBar*> blocks;
        std::uint64_t ended = 0;
        for (const LifeBar& bar : lives->bars) {
            blocks.try_emplace({ bar.slot, bar.born }, &bar);
            ended += bar.to <= request.end && !bar.isContinued ? 1U : 0U;
        }
        QCOMPARE(box->blocks, std::uint64_t { blocks.size() });
        QCOMPARE(box->ended, ended);
        std::uint64_t sum = 0;
        Bytes bytes = 0;
        for (const BoxCount::Share& share : box->stacks) {
            sum += share.blocks;
            bytes += share.bytes;
        }
        QCOMPARE(sum, box->blocks);
        QCOMPARE(bytes, box->bytes);
    }
}

void TestSpacetime::nothingHappenedIsNoFailure()
{
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", {});
    QVERIFY(engine);
    Timeline timeline(std::move(*engine));
    timeline.finish();
    const SpacetimeGridPtr grid =
        buildSpacetime(timeline.source(), { .begin = 0, .end = 10, .scale = nullptr });
    QVERIFY(grid && grid->isComplete);
    QCOMPARE(grid->end, std::uint64_t { 0 });
    QVERIFY(grid->columnAt(0).strip != nullptr);
    QVERIFY(grid->columnAt(1).strip == nullptr);
    const LifeBarsPtr lives = findLives(
        timeline.source(), { .window = AddressRange::everything(), .begin = 0, .end = 5, .columns = {} });
    QVERIFY(lives && lives->bars.empty());
    QVERIFY(bytesScale(timeline.store()));
    QVERIFY(!secondsScale({}, 0)->isKnown());
}

void TestSpacetime::scalesAscend()
{
    const double events = static_cast<double>(m_source->eventCount());
    const EventScalePtr bytes = bytesScale(m_source->store());
    const EventScalePtr seconds = secondsScale(m_source->samples(), m_source->eventCount());
    const auto identity = std::make_shared<const EventScale>();
    QVERIFY(bytes->isKnown() && seconds->isKnown() && identity->isKnown());
    double sum = 0;
    BlockCache cache;
    for (std::size_t b = 0; b < m_source->store().blockCount(); ++b) {
        const EventColumns& columns = cache.columns(m_source->store(), b);
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const EventKind kind = columns.code[row].kind();
            if ((kind == EventKind::Allocate || kind == EventKind::Reallocate)
                && !columns.code[row].hasFailed())
                sum += static_cast<double>(columns.requested(row));
        }
    }
    QCOMPARE(bytes->valueAt(events), sum);
    QCOMPARE(bytes->valueAt(0), 0.0);
    for (const EventScalePtr& scale : { bytes, seconds, identity }) {
        double last = -1;
        for (double p = 0; p <= events; p += events / 57) {
            const double value = scale->valueAt(p);
            QVERIFY(value >= last);
            last = value;
            // There and back: the first position with that value.
            const double back = scale->positionAt(value);
            QVERIFY(back <= p + 1e-3);
            QVERIFY(std::abs(scale->valueAt(back) - value) <= 1e-6 * std::max(1.0, value));
        }
    }
    // Columns of another scale ascend too, and hold both ends.
    SpacetimeRequest request;
    request.end = m_source->eventCount();
    request.columns = 333;
    request.scale = bytes;
    const std::vector<std::uint64_t> at = spacetimeColumns(request);
    QVERIFY(std::is_sorted(at.begin(), at.end()) && at.size() > 200);
    QCOMPARE(at.front(), std::uint64_t { 0 });
    QCOMPARE(at.back(), m_source->eventCount());
}

QTEST_APPLESS_MAIN(TestSpacetime)
#include "tst_spacetime.moc"
