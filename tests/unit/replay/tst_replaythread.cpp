// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"

#include "replay/mailbox.h"
#include "replay/replaycursor.h"
#include "replay/replayfigures.h"
#include "replay/replaythread.h"
#include "replay/timeline.h"

#include <QtTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

using namespace heapatlas;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

namespace {

using Clock = std::chrono::steady_clock;

/// Lets the test's thread wait for the replay thread's word.
class Bell
{
public:
    ReplayThread::Notify notify()
    {
        return [this] {
            const std::scoped_lock lock(m_mutex);
            ++m_rings;
            m_rang.notify_all();
        };
    }
    /// Takes with `take` after every ring until it returns true; false after a minute.
    template <class Take>
    bool waitUntil(Take take)
    {
        const Clock::time_point end = Clock::now() + std::chrono::minutes(1);
        std::unique_lock lock(m_mutex);
        while (true) {
            const std::uint64_t rings = m_rings;
            lock.unlock();
            if (take())
                return true;
            lock.lock();
            if (!m_rang.wait_until(lock, end, [&] { return m_rings != rings; }))
                return false;
        }
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_rang;
    std::uint64_t m_rings = 0;
};

} // namespace

class TestReplayThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void newestLetterWins();
    void mailboxPassesBetweenThreads();
    void loadsAndAnswers();
    void answersTheNewestRequest();
    void answersAgainOnceTheEventIsLoaded();
    void endIsTheSameBeforeAndAfterLoading();
    void namesRegionsWhoseFirstAddressWasForetold();
    void tellsOfABlock();
    void tellsBytes();
    void progressOnlyGrows();
    void cancelKeepsWhatIsLoaded();
    void stopsAtOnceWhateverItDoes();
    void saysWhyNothingCouldBeRead();
    void refusesAnUnknownEngine();
    void showsWhatIsWholeOfACutFile();

private:
    std::string path(const char* name)
    {
        return m_directory.filePath(QString::fromLatin1(name)).toStdString();
    }

    QTemporaryDir m_directory;
    std::uint32_t m_seed = 0;
    std::uint64_t m_events = 0; ///< of program.hat
    std::uint64_t m_manyEvents = 0; ///< of long.hat
};

void TestReplayThread::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
    ProgramOptions options;
    options.seed = m_seed;
    options.events = 40000;
    m_events = RecordedProgram<>(options, path("program.hat")).events();
    options.events = 400000;
    options.live = 20000;
    m_manyEvents = RecordedProgram<>(options, path("long.hat")).events();
}

void TestReplayThread::newestLetterWins()
{
    Mailbox<std::unique_ptr<int>> box;
    QVERIFY(!box.hasMail());
    QVERIFY(!box.take());
    QVERIFY(!box.put(std::make_unique<int>(1)));
    QVERIFY(box.put(std::make_unique<int>(2)));
    QVERIFY(box.hasMail());
    QCOMPARE(**box.take(), 2);
    QVERIFY(!box.hasMail());
    QVERIFY(!box.take());
}

void TestReplayThread::mailboxPassesBetweenThreads()
{
    Mailbox<std::vector<int>> box;
    constexpr int last = 20000;
    std::jthread writer([&box] {
        for (int i = 1; i <= last; ++i)
            box.put({ i, -i });
    });
    int before = 0;
    while (before != last) {
        if (const std::optional<std::vector<int>> letter = box.take()) {
            QVERIFY((*letter)[0] > before); // in order, and whole
            QCOMPARE((*letter)[1], -(*letter)[0]);
            before = (*letter)[0];
        }
    }
}

void TestReplayThread::loadsAndAnswers()
{
    Bell bell;
    ReplayThread thread(path("program.hat"), {}, bell.notify());
    ReplayProgressPtr progress;
    QVERIFY(bell.waitUntil([&] {
        if (const ReplayProgressPtr newer = thread.takeProgress())
            progress = newer;
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    QCOMPARE(progress->eventsLoaded, m_events);
    QCOMPARE(progress->bytesRead, progress->bytesTotal);
    QVERIFY(!progress->error);
    QVERIFY(!progress->isCancelled);
    QCOMPARE(progress->curve->events(), m_events);
    QVERIFY(!progress->markers->empty());
    QCOMPARE(progress->info.events, m_events);

    thread.request({ .event = m_events / 2, .detail = Detail::Blocks });
    SnapshotPtr snapshot;
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    QCOMPARE(snapshot->eventIndex(), m_events / 2);
    QVERIFY(!snapshot->blocks().empty());
    QVERIFY(!thread.takeSnapshot());

    // Past the end: clamped.
    thread.request({ .event = m_events * 2, .detail = Detail::Totals });
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    QCOMPARE(snapshot->eventIndex(), m_events);
    QVERIFY(snapshot->blocks().empty());
}

void TestReplayThread::answersTheNewestRequest()
{
    Bell bell;
    ReplayThread thread(path("long.hat"), {}, bell.notify());
    QVERIFY(bell.waitUntil([&] {
        const ReplayProgressPtr progress = thread.takeProgress();
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    std::mt19937 random(m_seed);
    for (int round = 0; round < 20; ++round) {
        std::uint64_t last = 0;
        for (int i = 0; i < 50; ++i) {
            last = random() % m_manyEvents;
            thread.request({ .event = last, .detail = Detail::Regions });
        }
        QVERIFY(bell.waitUntil([&] {
            const SnapshotPtr snapshot = thread.takeSnapshot();
            return snapshot && snapshot->eventIndex() == last;
        }));
    }
}

void TestReplayThread::answersAgainOnceTheEventIsLoaded()
{
    Bell bell;
    ReplayThread thread(path("long.hat"), {}, bell.notify());
    thread.request({ .event = m_manyEvents, .detail = Detail::Totals }); // surely before it is loaded
    QVERIFY(bell.waitUntil([&] {
        const SnapshotPtr snapshot = thread.takeSnapshot();
        return snapshot && snapshot->eventIndex() == m_manyEvents;
    }));
}

void TestReplayThread::endIsTheSameBeforeAndAfterLoading()
{
    Bell bell;
    ReplayThread thread(path("long.hat"), {}, bell.notify());
    std::vector<SnapshotPtr> atEnd; // early ones, if there was time for any
    ReplayProgressPtr progress;
    bool wasPreviewed = false;
    thread.request({ .event = m_manyEvents, .detail = Detail::Blocks });
    QVERIFY(bell.waitUntil([&] {
        if (const ReplayProgressPtr newer = thread.takeProgress()) {
            progress = newer;
            wasPreviewed = wasPreviewed || progress->previewEvent;
            if (progress->previewEvent && *progress->previewEvent != m_manyEvents)
                return true;
        }
        const SnapshotPtr snapshot = thread.takeSnapshot();
        if (snapshot && snapshot->eventIndex() == m_manyEvents)
            atEnd.push_back(snapshot);
        return progress && progress->phase == ReplayProgress::Phase::Ready && !atEnd.empty();
    }));
    QCOMPARE(progress->phase, ReplayProgress::Phase::Ready);
    QVERIFY(!progress->previewEvent);
    QVERIFY(progress->lifetimes && progress->source);
    qInfo("previewed: %d, pictures of the end: %zu", int { wasPreviewed }, atEnd.size());
    ReplayCursor cursor(progress->source);
    QVERIFY(cursor.seek(m_manyEvents));
    const SnapshotPtr end = cursor.snapshot(Detail::Blocks);
    for (const SnapshotPtr& early : atEnd) {
        QCOMPARE(early->totals().live, end->totals().live);
        QCOMPARE(early->regions().size(), end->regions().size());
        QVERIFY(std::equal(early->liveBits().begin(), early->liveBits().end(), end->liveBits().begin(),
            end->liveBits().end()));
        QCOMPARE(early->blocks().size(), end->blocks().size());
        for (std::size_t i = 0; i < end->blocks().size(); ++i) {
            QCOMPARE(early->blocks()[i].begin.value, end->blocks()[i].begin.value);
            QCOMPARE(early->blocks()[i].requested, end->blocks()[i].requested);
        }
    }
}

void TestReplayThread::tellsOfABlock()
{
    Bell bell;
    ReplayThread thread(path("program.hat"), {}, bell.notify());
    QVERIFY(bell.waitUntil([&] {
        const ReplayProgressPtr progress = thread.takeProgress();
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    thread.request({ .event = 20000, .detail = Detail::Blocks });
    SnapshotPtr snapshot;
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    // One that has a stack.
    const auto block = std::find_if(
        snapshot->blocks().begin(), snapshot->blocks().end(), [](const BlockRow& b) { return b.stack != 0; });
    QVERIFY(block != snapshot->blocks().end());

    thread.request({ .event = 20000, .detail = Detail::Totals, .inspect = block->begin + block->size / 2 });
    std::shared_ptr<const BlockDetails> details;
    QVERIFY(bell.waitUntil([&] { return (details = thread.takeDetails()) != nullptr; }));
    QCOMPARE(details->block.begin, block->begin);
    QCOMPARE(details->block.bornEvent, block->bornEvent);
    QVERIFY(details->region.range.contains(block->begin));
    QVERIFY(!details->allocatedBy.empty());
    QCOMPARE(details->allocatedBy.front().file, std::string("made-up.php"));
    if (details->freedEvent)
        QVERIFY(*details->freedEvent >= 20000);
}

void TestReplayThread::tellsBytes()
{
    Bell bell;
    ReplayThread thread(path("program.hat"), {}, bell.notify());
    QVERIFY(bell.waitUntil([&] {
        const ReplayProgressPtr progress = thread.takeProgress();
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    thread.request({ .event = 20000, .detail = Detail::Regions });
    SnapshotPtr snapshot;
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    const auto first = std::find_if(snapshot->chunks().begin(), snapshot->chunks().end(),
        [](const ChunkRow& c) { return c.pageCount != 0; });
    const AddressRange chunk = first->range;
    const auto run = std::find_if(snapshot->regions().begin(), snapshot->regions().end(),
        [](const RegionRow& r) { return r.kind == RegionKind::SmallRun && r.liveSlots < r.slotCount; });
    QVERIFY(run != snapshot->regions().end());

    BytesWindows windows;
    windows[static_cast<std::size_t>(BytesUse::Map)] = chunk; // far too much
    windows[static_cast<std::size_t>(BytesUse::Panel)] = run->range;
    HeapBytesSet set;
    thread.request({ .event = 20000, .detail = Detail::Totals, .bytes = windows });
    QVERIFY(bell.waitUntil([&] {
        set = thread.takeBytes();
        return set[static_cast<std::size_t>(BytesUse::Map)] != nullptr;
    }));
    QVERIFY(set[static_cast<std::size_t>(BytesUse::Inspector)] == nullptr);
    const HeapBytes& header = *set[static_cast<std::size_t>(BytesUse::Map)];
    QCOMPARE(header.eventIndex, std::uint64_t { 20000 });
    QCOMPARE(header.range, (AddressRange { chunk.begin, chunk.begin + maxBytesWindow }));
    QCOMPARE(header.bytes.size(), std::size_t { maxBytesWindow });
    const auto pointer = [](const HeapBytes& bytes, std::size_t at) {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.bytes.data() + at, sizeof(value));
        return Address { value };
    };
    // The list of chunks, as recorded: it leads to chunks of the snapshot.
    QVERIFY(snapshot->chunkAt(pointer(header, 8)) != nullptr);
    // A free slot leads to another free slot of its class, or to none; a live one is unknown.
    const HeapBytes& slots = *set[static_cast<std::size_t>(BytesUse::Panel)];
    for (std::uint32_t slot = 0; slot < run->slotCount; ++slot) {
        const std::size_t at = slot * std::size_t { run->slotBytes };
        if (at >= slots.bytes.size() || snapshot->isSlotLive(*run, slot))
            continue;
        QCOMPARE(slots.origins[at], ByteOrigin::Engine);
        const Address next = pointer(slots, at);
        const RegionRow* const there = snapshot->regionAt(next);
        QVERIFY(next.isNull() || (there != nullptr && there->slotBytes == run->slotBytes));
        if (!next.isNull())
            QVERIFY(!snapshot->isSlotLive(
                *there, static_cast<std::uint32_t>((next - there->range.begin) / there->slotBytes)));
    }
}

void TestReplayThread::progressOnlyGrows()
{
    Bell bell;
    ReplayThread thread(path("long.hat"), {}, bell.notify());
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    auto phase = ReplayProgress::Phase::Opening;
    bool isMonotonic = true;
    QVERIFY(bell.waitUntil([&] {
        const ReplayProgressPtr progress = thread.takeProgress();
        if (!progress)
            return false;
        isMonotonic = isMonotonic && progress->eventsLoaded >= events && progress->bytesRead >= bytes
            && progress->phase >= phase
            && (progress->phase == ReplayProgress::Phase::Opening || (progress->curve && progress->markers))
            && (!progress->curve || progress->curve->events() <= progress->eventsLoaded);
        events = progress->eventsLoaded;
        bytes = progress->bytesRead;
        phase = progress->phase;
        return phase == ReplayProgress::Phase::Ready;
    }));
    QVERIFY(isMonotonic);
    QCOMPARE(events, m_manyEvents);
}

void TestReplayThread::cancelKeepsWhatIsLoaded()
{
    Bell bell;
    ReplayThread thread(path("long.hat"), {}, bell.notify());
    ReplayProgressPtr progress;
    const auto reaches = [&](ReplayProgress::Phase phase) {
        return bell.waitUntil([&] {
            if (const ReplayProgressPtr newer = thread.takeProgress())
                progress = newer;
            return progress && progress->phase >= phase;
        });
    };
    QVERIFY(reaches(ReplayProgress::Phase::Loading));
    thread.cancelLoading();
    QVERIFY(reaches(ReplayProgress::Phase::Ready));
    QVERIFY(progress->eventsLoaded <= m_manyEvents);
    if (progress->eventsLoaded < m_manyEvents)
        QVERIFY(progress->isCancelled);
    QCOMPARE(progress->curve->events(), progress->eventsLoaded);

    thread.request({ .event = m_manyEvents, .detail = Detail::Regions });
    SnapshotPtr snapshot;
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    QCOMPARE(snapshot->eventIndex(), progress->eventsLoaded);
}

void TestReplayThread::stopsAtOnceWhateverItDoes()
{
    std::mt19937 random(m_seed);
    Clock::duration longest {};
    for (int round = 0; round < 30; ++round) {
        Bell bell;
        auto thread = std::make_unique<ReplayThread>(path("long.hat"), std::string(), bell.notify());
        const bool waits = round % 3 == 1;
        for (auto i = random() % 5 + (waits ? 1 : 0); i > 0; --i)
            thread->request({ .event = random() % m_manyEvents, .detail = Detail::Blocks });
        if (waits)
            QVERIFY(bell.waitUntil([&] { return thread->takeSnapshot() != nullptr; }));
        const Clock::time_point begun = Clock::now();
        thread.reset();
        longest = std::max(longest, Clock::now() - begun);
    }
    qInfo("longest stop %.1f ms", std::chrono::duration<double, std::milli>(longest).count());
}

void TestReplayThread::saysWhyNothingCouldBeRead()
{
    Bell bell;
    ReplayThread thread(path("missing.hat"), {}, bell.notify());
    ReplayProgressPtr progress;
    QVERIFY(bell.waitUntil([&] {
        progress = thread.takeProgress();
        return progress && progress->phase == ReplayProgress::Phase::Failed;
    }));
    QVERIFY(progress->error.has_value());
    QCOMPARE(progress->error->code, ErrorCode::CannotOpen);
    thread.request({ .event = 5 }); // nothing happens
}

void TestReplayThread::refusesAnUnknownEngine()
{
    Bell bell;
    ReplayThread thread(path("program.hat"), "no-such", bell.notify());
    ReplayProgressPtr progress;
    QVERIFY(bell.waitUntil([&] {
        progress = thread.takeProgress();
        return progress && progress->phase == ReplayProgress::Phase::Failed;
    }));
    QCOMPARE(progress->error->code, ErrorCode::Unsupported);
}

void TestReplayThread::showsWhatIsWholeOfACutFile()
{
    QFile whole(QString::fromStdString(path("long.hat")));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    QFile cut(QString::fromStdString(path("cut.hat")));
    QVERIFY(cut.open(QIODevice::WriteOnly));
    cut.write(bytes.left(bytes.size() / 2));
    cut.close();

    Bell bell;
    ReplayThread thread(path("cut.hat"), {}, bell.notify());
    ReplayProgressPtr progress;
    QVERIFY(bell.waitUntil([&] {
        if (const ReplayProgressPtr newer = thread.takeProgress())
            progress = newer;
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    QVERIFY(progress->eventsLoaded > 0);
    QVERIFY(progress->eventsLoaded < m_manyEvents);
    QVERIFY(!progress->info.isComplete);
    QVERIFY(!progress->info.damage.empty());
    thread.request({ .event = progress->eventsLoaded, .detail = Detail::Blocks });
    SnapshotPtr snapshot;
    QVERIFY(bell.waitUntil([&] { return (snapshot = thread.takeSnapshot()) != nullptr; }));
    QCOMPARE(snapshot->eventIndex(), progress->eventsLoaded);
}

// Four chunks of equal blocks; the last two are emptied and given back, and one comes again at the place of the other.
// The writer has foretold every address in it, so the file states none: the thread has to look it up.
void TestReplayThread::namesRegionsWhoseFirstAddressWasForetold()
{
    constexpr Bytes chunkBytes = zendmm::chunkBytes;
    constexpr Bytes size = 1024;
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("foretold.hat")).toStdString();
    std::vector<hat_size_class> classes;
    for (const zendmm::Bin& bin : zendmm::bins)
        classes.push_back({ bin.bytes, bin.slots });
    hat_options options {};
    options.fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    options.classes = classes.data();
    options.class_count = static_cast<std::uint32_t>(classes.size());
    hat_writer* const writer = hat_create(&options);
    hat_meta(writer, "phpVersion", "8.2.36");
    hat_meta(writer, "allocator", "zendmm");
    hat_meta(writer, "variant", "delayed-oom");

    ZendMm<SimulatedMemory> engine(ZendMmOptions::forPhp("8.2.36", ZendMmState::Variant::DelayedOom));
    std::map<Address, Address> bases; // recorded, by the engine's
    std::vector<Address> order; // of the engine's, as they came
    struct Live
    {
        SimulatedRef block;
        std::uint32_t slot;
    };
    std::map<Address, Live> live; // by the recorded address
    Address newest; // of the engine's, that a block was placed in
    const auto allocate = [&] {
        const SimulatedRef block = engine.allocate(size).block;
        const Address at = engine.addressOf(block);
        const Address base = at.alignedDown(chunkBytes);
        newest = base;
        if (!bases.contains(base)) {
            bases[base] = Address { 0x550000000000 + order.size() * 16 * chunkBytes };
            order.push_back(base);
        }
        const Address recorded = bases[base] + at.offsetIn(chunkBytes);
        live[recorded] = { block, hat_alloc(writer, size, recorded.value) };
        return recorded;
    };
    while (order.size() < 5)
        allocate();
    const auto emptyChunk = [&](Address base) { // the lowest block last
        for (auto it = live.lower_bound(base + chunkBytes);
             it != live.begin() && std::prev(it)->first >= base;) {
            --it;
            engine.deallocate(it->second.block);
            hat_free(writer, it->second.slot);
            it = live.erase(it);
        }
    };
    emptyChunk(bases[order[4]]);
    emptyChunk(bases[order[2]]);
    emptyChunk(bases[order[3]]);
    hat_trim(writer, engine.gc());
    const std::uint64_t trimmed = hat_event_index(writer);
    // What the system maps next stands where the chunk emptied last stood.
    const Address foretold = bases[order[3]];
    const std::uint64_t mappings = engine.memory().mappings();
    for (std::size_t i = 2; i < order.size(); ++i)
        bases[order[i]] = foretold;
    while (engine.memory().mappings() == mappings)
        allocate();
    QVERIFY(newest != order[3]); // or what the region was called before would do
    for (int i = 0; i < 50; ++i)
        allocate();
    QCOMPARE(hat_finish(writer, 1, nullptr), 0);

    auto reader = TraceReader::open(path);
    QVERIFY(reader.isOk());
    EventColumns columns;
    while ((*reader)->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::Stated }))
        for (const EventColumns::Stated& stated : columns.stated)
            QVERIFY(columns.firstEvent + stated.row < trimmed
                || stated.address.alignedDown(chunkBytes) != foretold);

    Bell bell;
    ReplayProgressPtr progress;
    ReplayThread thread(path, {}, bell.notify());
    QVERIFY(bell.waitUntil([&] {
        if (ReplayProgressPtr news = thread.takeProgress())
            progress = std::move(news);
        return progress && progress->phase == ReplayProgress::Phase::Ready;
    }));
    ReplayCursor cursor(progress->source);
    QVERIFY(cursor.seek(cursor.source().eventCount()));
    const SnapshotPtr end = cursor.snapshot(Detail::Blocks);
    QCOMPARE(end->blocks().size(), live.size());
    for (const BlockRow& block : end->blocks())
        QVERIFY2(live.contains(block.begin), qPrintable(QString::number(block.begin.value, 16)));
}

QTEST_APPLESS_MAIN(TestReplayThread)
#include "tst_replaythread.moc"
