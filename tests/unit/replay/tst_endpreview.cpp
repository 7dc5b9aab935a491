// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"
#include "unit/replay/snapshotbytes.h"

#include "replay/endpreview.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"
#include "replay/traceloader.h"

#include <QtTest>

using namespace heapatlas;
using heapatlas::testing::bytesOf;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

namespace {

/// Loads through a TraceLoader, as the replay thread does.
std::unique_ptr<Timeline> load(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
    auto timeline = std::make_unique<Timeline>(std::move(*engine));
    TraceLoader loader(**reader);
    while (LoadedBlock* const block = loader.next()) {
        if (block->isDiscontinuous) {
            if (!timeline->resync(*block->resyncState, block->liveBlocks).isOk())
                QTest::qFail("resync", __FILE__, __LINE__);
            continue;
        }
        if (!timeline->store().check(block->columns).isOk())
            QTest::qFail("check", __FILE__, __LINE__);
        timeline->append(
            block->columns, std::move(block->packed), block->slotCapacity, std::move(block->markers));
    }
    timeline->finish();
    return timeline;
}

/// The same, read and replayed on one thread.
std::unique_ptr<Timeline> loadSerially(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
    auto timeline = std::make_unique<Timeline>(std::move(*engine));
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

/// bytesOf() a snapshot but for births and call stacks.
std::string picture(const HeapSnapshot& snapshot)
{
    std::string out = bytesOf(snapshot);
    std::string blocks;
    for (const BlockRow& row : snapshot.blocks()) {
        for (const std::uint64_t value : { row.begin.value, row.size, row.requested,
                 std::uint64_t { row.slot }, std::uint64_t { row.region } })
            blocks.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    out.resize(
        out.size() - snapshot.blocks().size() * 7 * sizeof(std::uint64_t)); // what bytesOf() says of them
    return out + blocks;
}

} // namespace

class TestEndPreview : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void equalsTheEnd_data();
    void equalsTheEnd();
    void parallelDecodingEqualsSerial_data();
    void parallelDecodingEqualsSerial();
    void loaderStopsWhereverItIs();
    void damagedEndsHaveNone();
    void openingCanBeCancelled();

private:
    std::string path(const char* name)
    {
        return m_directory.filePath(QString::fromLatin1(name)).toStdString();
    }
    ProgramOptions program() const;

    QTemporaryDir m_directory;
    std::uint32_t m_seed = 0;
};

void TestEndPreview::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
}

void TestEndPreview::equalsTheEnd_data()
{
    QTest::addColumn<quint64>("events");
    QTest::addColumn<quint64>("live");
    QTest::addColumn<quint64>("pauseAfter");
    QTest::newRow("short") << quint64 { 30000 } << quint64 { 2000 } << quint64 { 0 };
    QTest::newRow("interrupted") << quint64 { 60000 } << quint64 { 4000 } << quint64 { 20000 };
    QTest::newRow("with a second restart point")
        << quint64 { 4'500'000 } << quint64 { 3000 } << quint64 { 0 };
}

ProgramOptions TestEndPreview::program() const
{
    QFETCH(quint64, events);
    QFETCH(quint64, live);
    QFETCH(quint64, pauseAfter);
    ProgramOptions options;
    options.seed = m_seed;
    options.events = events;
    options.live = live;
    options.pauseAfter = pauseAfter;
    return options;
}

void TestEndPreview::equalsTheEnd()
{
    const RecordedProgram<> recorded(program(), path("end.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("end.hat"));
    const std::unique_ptr<ReplayEngine> preview =
        previewEnd(path("end.hat"), *timeline->source()->makeEngine());
    QVERIFY(preview);
    QCOMPARE(preview->position(), recorded.events());
    QVERIFY(timeline->seek(recorded.events()));
    const SnapshotPtr expected = timeline->snapshot(Detail::Blocks);
    const SnapshotPtr early = preview->snapshot(Detail::Blocks, AddressRange::everything());
    QVERIFY(expected->blocks().size() > 1000);
    QVERIFY(picture(*early) == picture(*expected));
    // A part of it, too.
    const Address middle = expected->blocks()[expected->blocks().size() / 2].begin;
    const AddressRange window { middle, middle + 100000 };
    QVERIFY(picture(*preview->snapshot(Detail::Blocks, window))
        == picture(*timeline->snapshot(Detail::Blocks, window)));
}

void TestEndPreview::parallelDecodingEqualsSerial_data()
{
    QTest::addColumn<quint64>("events");
    QTest::addColumn<quint64>("live");
    QTest::addColumn<quint64>("pauseAfter");
    QTest::newRow("whole") << quint64 { 300000 } << quint64 { 20000 } << quint64 { 0 };
    QTest::newRow("interrupted") << quint64 { 300000 } << quint64 { 4000 } << quint64 { 100000 };
}

void TestEndPreview::parallelDecodingEqualsSerial()
{
    const RecordedProgram<> recorded(program(), path("parallel.hat"));
    const std::unique_ptr<Timeline> parallel = load(path("parallel.hat"));
    const std::unique_ptr<Timeline> serial = loadSerially(path("parallel.hat"));
    QCOMPARE(parallel->eventCount(), recorded.events());
    QCOMPARE(parallel->eventCount(), serial->eventCount());
    QCOMPARE(parallel->store().markers().size(), serial->store().markers().size());
    std::mt19937 random(m_seed);
    for (int i = 0; i < 20; ++i) {
        const std::uint64_t event = i == 0 ? recorded.events() : random() % recorded.events();
        QVERIFY(parallel->seek(event));
        QVERIFY(serial->seek(event));
        QVERIFY(bytesOf(*parallel->snapshot(Detail::Blocks)) == bytesOf(*serial->snapshot(Detail::Blocks)));
    }
    const auto a = parallel->curve().level(0);
    const auto b = serial->curve().level(0);
    QCOMPARE(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        QVERIFY(a[i].liveMin == b[i].liveMin && a[i].liveMax == b[i].liveMax && a[i].realMax == b[i].realMax);
    QCOMPARE(parallel->keyframeFigures().count, serial->keyframeFigures().count);
}

void TestEndPreview::loaderStopsWhereverItIs()
{
    ProgramOptions options;
    options.seed = m_seed;
    options.events = 300000;
    const RecordedProgram<> recorded(options, path("stop.hat"));
    for (int taken = 0; taken < 12; ++taken) {
        Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("stop.hat"));
        QVERIFY(reader.isOk());
        TraceLoader loader(**reader);
        std::uint64_t events = 0;
        for (int i = 0; i < taken; ++i) {
            if (const LoadedBlock* const block = loader.next()) {
                QCOMPARE(block->columns.firstEvent, events);
                QCOMPARE(block->packed.count(), block->columns.count());
                events += block->columns.count();
            } else {
                QCOMPARE(events, recorded.events());
            }
        }
        QVERIFY(loader.withReader([](TraceReader& r) { return r.info().events; }) == recorded.events());
    }
}

void TestEndPreview::damagedEndsHaveNone()
{
    ProgramOptions options;
    options.seed = m_seed;
    const RecordedProgram<> recorded(options, path("whole.hat"));
    const std::unique_ptr<Timeline> timeline = load(path("whole.hat"));
    const std::unique_ptr<ReplayEngine> engine = timeline->source()->makeEngine();
    QFile whole(QString::fromStdString(path("whole.hat")));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    const auto previewOf = [&](const QByteArray& changed) {
        QFile file(QString::fromStdString(path("changed.hat")));
        if (!file.open(QIODevice::WriteOnly) || file.write(changed) != changed.size())
            QTest::qFail("cannot write", __FILE__, __LINE__);
        file.close();
        return previewEnd(path("changed.hat"), *engine);
    };
    QVERIFY(previewOf(bytes));
    QVERIFY(!previewEnd(path("missing.hat"), *engine));
    QVERIFY(!previewOf(bytes.left(bytes.size() - 1)));
    QVERIFY(!previewOf(bytes.left(bytes.size() / 2)));
    std::mt19937 random(m_seed);
    QVERIFY(timeline->seek(recorded.events()));
    const std::string expected = picture(*timeline->snapshot(Detail::Blocks));
    int none = 0;
    for (int i = 0; i < 300; ++i) {
        QByteArray changed = bytes;
        const auto at = static_cast<qsizetype>(random() % static_cast<std::size_t>(changed.size()));
        changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1U << random() % 8));
        const std::unique_ptr<ReplayEngine> preview = previewOf(changed);
        if (!preview)
            ++none;
        else // damage where it did not look
            QVERIFY(picture(*preview->snapshot(Detail::Blocks, AddressRange::everything())) == expected);
    }
    QVERIFY(none > 50);
    QVERIFY(!previewEnd(path("whole.hat"), *engine, [] { return true; }));
}

void TestEndPreview::openingCanBeCancelled()
{
    ProgramOptions options;
    options.seed = m_seed;
    const RecordedProgram<> recorded(options, path("cancel.hat"));
    QFile file(QString::fromStdString(path("cancel.hat")));
    QVERIFY(file.resize(file.size() - 100)); // without its index every header is looked at
    for (int asked = 0; asked < 4; ++asked) {
        int left = asked;
        const Result<std::unique_ptr<TraceReader>> reader =
            TraceReader::open(path("cancel.hat"), [&left] { return left-- <= 0; });
        QVERIFY(!reader.isOk());
        QCOMPARE(reader.error().code, ErrorCode::Cancelled);
    }
    QVERIFY(TraceReader::open(path("cancel.hat"), [] { return false; }).isOk());
}

QTEST_APPLESS_MAIN(TestEndPreview)
#include "tst_endpreview.moc"
