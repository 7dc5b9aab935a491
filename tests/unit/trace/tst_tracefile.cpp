// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/definitions.h"
#include "unit/trace/tracemodel.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace heapatlas;
using namespace heapatlas::test;

namespace {

const RandomTrace::Shape shapes[] = {
    { .events = 3000 },
    { .events = 3000, .restartInterval = 500, .flushEvery = 100 },
    { .events = 3000, .restartInterval = 97, .flushEvery = 97, .hasStacks = false },
    { .events = 3000, .flushEvery = 1 },
    { .events = 2000, .restartInterval = 300, .flushEvery = 64, .isWild = true },
    { .events = 100'000, .restartInterval = 30'000, .hasAdopted = false },
    { .events = 0 },
    { .events = 1 },
};

/// Names the first difference, or is empty.
std::string difference(const RandomTrace& written, const ReadTrace& read, ColumnChoice choice = {})
{
    if (!read.isOpen)
        return "cannot open: " + read.error.context;
    if (read.events.size() != written.events.size())
        return std::to_string(read.events.size()) + " events, written "
            + std::to_string(written.events.size());
    for (const auto& [index, event] : read.events) {
        PlainEvent expected = written.events[index];
        if (!choice.wantsStacks)
            expected.stack = 0;
        if (choice.addresses != AddressChoice::All)
            expected.address = expected.oldAddress = 0;
        if (event != expected)
            return "event " + std::to_string(index);
    }
    if (read.markers.size() != written.markers.size() || read.samples.size() != written.samples.size())
        return "markers or samples are missing";
    for (std::size_t i = 0; i < read.markers.size(); ++i)
        if (toText(read.markers[i]) != toText(written.markers[i]))
            return "marker " + toText(read.markers[i]) + ", written " + toText(written.markers[i]);
    for (std::size_t i = 0; i < read.samples.size(); ++i)
        if (toText(read.samples[i]) != toText(written.samples[i]))
            return "sample " + toText(read.samples[i]) + ", written " + toText(written.samples[i]);
    return {};
}

std::string difference(const std::vector<AdoptedBlock>& expected, const std::vector<AdoptedBlock>& actual)
{
    if (expected.size() != actual.size())
        return std::to_string(actual.size()) + " live blocks, expected " + std::to_string(expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (expected[i].slot != actual[i].slot || expected[i].address != actual[i].address
            || expected[i].size != actual[i].size)
            return "slot " + std::to_string(expected[i].slot);
    return {};
}

} // namespace

class TestTraceFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data();
    void roundTrip();
    void leavesColumnsOut();
    void changesItsMindAboutColumns();
    void countsWithAndWithoutIndex();
    void readsWhatAKilledWriterLeft();
    void goesOnAfterAnInterruption();
    void keepsCallStacks();
    void stopsAtTheByteLimit();
    void writesWithLittleAddressSpace();
    void reportsAFullDisk();
    void copiesAndAltersOneAddress();
    void keepsAllOfTheHeapState();
    void cutsOverlongText();

private:
    std::string file(const char* name) { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestTraceFile::roundTrip_data()
{
    QTest::addColumn<int>("row");
    QTest::addColumn<unsigned>("seed");
    for (int row = 0; row < static_cast<int>(std::size(shapes)); ++row)
        for (unsigned i = 0; i < 3; ++i)
            QTest::addRow("shape %d, seed %u", row, 100 * i + 7) << row << 100 * i + 7;
}

void TestTraceFile::roundTrip()
{
    QFETCH(int, row);
    QFETCH(unsigned, seed);
    const RandomTrace written(file("t.hat"), seed, shapes[row]);
    QVERIFY(written.isWritten);

    const ReadTrace read = readAll(file("t.hat"));

    QCOMPARE(difference(written, read), std::string());
    QCOMPARE(difference(written.adopted, read.adopted), std::string());
    QCOMPARE(difference(written.live, read.live), std::string());
    QVERIFY(read.info.isComplete);
    QCOMPARE(read.info.damage.size(), std::size_t { 0 });
    QVERIFY(read.breaks.empty());
}

void TestTraceFile::leavesColumnsOut()
{
    const RandomTrace written(
        file("t.hat"), 11, { .events = 5000, .restartInterval = 700, .flushEvery = 300 });
    using enum AddressChoice;
    for (const ColumnChoice choice : { ColumnChoice { true, None }, { true, Stated }, { false, All },
             { false, Stated }, { false, None } }) {
        const ReadTrace read = readAll(file("t.hat"), choice);
        QCOMPARE(difference(written, read, choice), std::string());
        QCOMPARE(difference(written.live, read.live), std::string());
    }
}

void TestTraceFile::changesItsMindAboutColumns()
{
    const RandomTrace written(
        file("t.hat"), 12, { .events = 5000, .restartInterval = 1000, .flushEvery = 100 });
    auto reader = TraceReader::open(file("t.hat"));
    QVERIFY(reader.isOk());
    EventColumns columns;
    std::size_t stated = 0;
    for (unsigned block = 0;; ++block) {
        const ColumnChoice choice { block % 3 == 0,
            block % 4 == 0       ? AddressChoice::All
                : block % 4 == 1 ? AddressChoice::None
                                 : AddressChoice::Stated };
        if (!(*reader)->readBlock(columns, choice))
            break;
        for (std::size_t i = 0; i < columns.count(); ++i) {
            const PlainEvent& expected = written.events[columns.firstEvent + i];
            QCOMPARE(columns.code[i].bits, expected.code);
            if (choice.wantsStacks)
                QCOMPARE(columns.stack[i], expected.stack);
            if (choice.addresses == AddressChoice::All)
                QCOMPARE(columns.address[i].value, expected.address);
            else if (!columns.addressOf(i).isNull())
                QCOMPARE(columns.addressOf(i).value, expected.address);
        }
        stated += columns.stated.size();
    }
    QCOMPARE((*reader)->info().damage.size(), std::size_t { 0 });
    QVERIFY(stated > 0);
}

void TestTraceFile::countsWithAndWithoutIndex()
{
    RandomTrace::Shape shape { .events = 4000, .flushEvery = 500 };
    const RandomTrace whole(file("whole.hat"), 13, shape);
    shape.isFinished = false;
    const RandomTrace killed(file("killed.hat"), 13, shape);

    auto opened = TraceReader::open(file("whole.hat"));
    QVERIFY(opened.isOk());
    const TraceInfo byIndex = (*opened)->info(); // before anything is read
    QVERIFY((*opened)->finalState() != nullptr);
    const TraceInfo byReading = readAll(file("killed.hat")).info;

    std::uint64_t allocations = 0;
    for (const PlainEvent& e : whole.events)
        allocations += e.code == EventCode::of(EventKind::Allocate).bits;
    QCOMPARE(byIndex.events, std::uint64_t { whole.events.size() });
    QCOMPARE(byIndex.allocations, allocations);
    QCOMPARE(byReading.events, byIndex.events);
    QCOMPARE(byReading.allocations, byIndex.allocations);
    QCOMPARE(byReading.frees, byIndex.frees);
    QCOMPARE(byReading.reallocations, byIndex.reallocations);
    QCOMPARE(byReading.stacks, byIndex.stacks);
    QCOMPARE(byReading.sites, byIndex.sites);
    QCOMPARE(byReading.checkpoints, byIndex.checkpoints);
    QCOMPARE(byReading.gcRuns, byIndex.gcRuns);
    QVERIFY(byIndex.stacks > 10 && byIndex.checkpoints > 1 && byIndex.gcRuns > 1);
}

void TestTraceFile::readsWhatAKilledWriterLeft()
{
    RandomTrace written(file("t.hat"), 14, { .events = 2000, .flushEvery = 100, .isFinished = false });

    const ReadTrace read = readAll(file("t.hat"));

    QCOMPARE(difference(written, read), std::string());
    QVERIFY(!read.info.isComplete);
    QCOMPARE(read.info.damage.size(), std::size_t { 1 });
    QCOMPARE(read.info.damage[0].code, ErrorCode::Truncated);
    QCOMPARE(read.info.damage[0].offset.value(), written.bytes);
}

void TestTraceFile::goesOnAfterAnInterruption()
{
    auto created = TraceWriter::create(file("t.hat"), RandomTrace::options(0));
    QVERIFY(created.isOk());
    hat_writer* const w = created->raw();
    hat_free(w, hat_alloc(w, 10, 0x1000));
    hat_forget_live(w);
    QCOMPARE(hat_adopt(w, 0x5000, 32), 0U);
    created->heapState(HAT_STATE_RESYNC, RandomTrace::someState(77));
    hat_free(w, 0);
    QVERIFY(created->finish().isOk());

    auto reader = TraceReader::open(file("t.hat"));
    QVERIFY(reader.isOk());
    EventColumns columns;
    QVERIFY((*reader)->readBlock(columns));
    QVERIFY(!(*reader)->isDiscontinuous());
    QCOMPARE(columns.count(), std::size_t { 2 });
    QVERIFY((*reader)->readBlock(columns));
    QVERIFY((*reader)->isDiscontinuous());
    QCOMPARE(columns.firstEvent, std::uint64_t { 2 });
    QCOMPARE(difference({ { 0, { 0x5000 }, 32 } }, (*reader)->liveBlocks()), std::string());
    QVERIFY((*reader)->resyncState() != nullptr);
    QCOMPARE((*reader)->resyncState()->size, Bytes { 77 });
    QVERIFY((*reader)->readBlock(columns));
    QCOMPARE(columns.address.at(0).value, std::uint64_t { 0x5000 });
    QVERIFY(!(*reader)->readBlock(columns));
    QVERIFY((*reader)->info().isComplete);
}

void TestTraceFile::keepsCallStacks()
{
    auto created = TraceWriter::create(file("t.hat"), RandomTrace::options(0));
    QVERIFY(created.isOk());
    hat_writer* const w = created->raw();
    const std::uint32_t path = created->string("/srv/app/Import.php");
    const std::uint32_t mainFunction = hat_function(w, created->string("{main}"), 0, path, 1);
    const std::uint32_t handle =
        hat_function(w, created->string("handleRow"), created->string("ImportJob"), path, 40);
    const std::uint32_t root = hat_stack(w, 0, mainFunction, 12);
    const std::uint32_t inner = hat_stack(w, root, handle, 55);
    hat_set_stack(w, inner);
    (void)hat_alloc(w, 56, 0x7000);
    hat_set_stack(w, 999); // unknown: none
    (void)hat_alloc(w, 56, 0x8000);
    const std::uint32_t internal = hat_function(w, hat_string(w, "sprintf", 7), 0, 0, 0);
    hat_set_stack(w, hat_stack(w, inner, internal, 0));
    (void)hat_alloc(w, 56, 0x9000);
    QVERIFY(created->finish().isOk());

    auto reader = TraceReader::open(file("t.hat"));
    EventColumns columns;
    QVERIFY(reader.isOk() && (*reader)->readBlock(columns));
    const CallStack stack = (*reader)->callStack(columns.stack.at(0));
    QCOMPARE(stack.size(), std::size_t { 2 });
    QCOMPARE(stack[0].qualifiedName(), std::string("ImportJob::handleRow"));
    QCOMPARE(stack[0].file, std::string("/srv/app/Import.php"));
    QCOMPARE(stack[0].line, 55U);
    QCOMPARE(stack[1].qualifiedName(), std::string("{main}"));
    QCOMPARE((*reader)->innermostFrame(columns.stack.at(0)).line, 55U);
    QCOMPARE(columns.stack.at(1), 0U);
    // An internal function has no source: its site is where it was called.
    QVERIFY((*reader)->innermostFrame(columns.stack.at(2)).file.empty());
    QCOMPARE((*reader)->site(columns.stack.at(2)).qualifiedName(), std::string("sprintf"));
    QCOMPARE((*reader)->site(columns.stack.at(2)).file, std::string("/srv/app/Import.php"));
    QCOMPARE((*reader)->site(columns.stack.at(2)).line, 55U);
    QVERIFY((*reader)->site(0).file.empty());
    QVERIFY((*reader)->callStack(0).empty());
    QVERIFY((*reader)->callStack(4'000'000'000U).empty());
    QCOMPARE((*reader)->info().stacks, std::uint64_t { 2 });
}

void TestTraceFile::stopsAtTheByteLimit()
{
    TraceWriter::Options options = RandomTrace::options(0);
    options.byteLimit = 50'000;
    auto created = TraceWriter::create(file("t.hat"), options);
    QVERIFY(created.isOk());
    hat_writer* const w = created->raw();
    std::mt19937_64 random(5);
    std::uint64_t accepted = 0;
    for (int i = 0; i < 200'000; ++i)
        accepted += hat_alloc(w, random() % 2000, random()) != HAT_NO_SLOT;
    QCOMPARE(hat_error(w), static_cast<int>(HAT_ELIMIT));
    const Result<void> finished = created->finish();
    QVERIFY(!finished.isOk());
    QCOMPARE(finished.error().code, ErrorCode::LimitReached);

    const ReadTrace read = readAll(file("t.hat"));
    QVERIFY(read.isOpen);
    QVERIFY(read.info.fileBytes <= 50'000);
    QVERIFY(!read.info.isComplete);
    QCOMPARE(read.info.damage.size(), std::size_t { 1 });
    QVERIFY(read.info.damage[0].context.find("limit") != std::string::npos);
    QVERIFY(accepted > read.events.size());
    QCOMPARE(read.info.events, std::uint64_t { read.events.size() });
}

void TestTraceFile::writesWithLittleAddressSpace()
{
    // In a child, because the limit stays: it must still get a writer, and write what is read here.
    const std::string path = file("t.hat");
    const pid_t child = fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        rlimit limit { 1'500'000'000, 1'500'000'000 };
        setrlimit(RLIMIT_AS, &limit);
        const RandomTrace written(path, 21, { .events = 2000 });
        _exit(written.isWritten ? 0 : 1);
    }
    int status = -1;
    QCOMPARE(waitpid(child, &status, 0), child);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they need more than the limit
    QCOMPARE(status, 0);
    QCOMPARE(readAll(path).events.size(), std::size_t { 2000 });
#endif
}

void TestTraceFile::reportsAFullDisk()
{
    if (::access("/dev/full", W_OK) != 0)
        QSKIP("no /dev/full");
    const RandomTrace written("/dev/full", 22, { .events = 2000 });
    QVERIFY(!written.isWritten);
}

void TestTraceFile::copiesAndAltersOneAddress()
{
    const RandomTrace written(file("t.hat"), 23,
        { .events = 5000, .restartInterval = 900, .flushEvery = 200, .hasAdopted = false });
    auto reader = TraceReader::open(file("t.hat"));
    QVERIFY(reader.isOk());
    std::uint64_t target = 0; // an allocation in the middle
    for (std::uint64_t i = 2000; target == 0; ++i)
        if (written.events[i].code == EventCode::of(EventKind::Allocate).bits)
            target = i;
    auto writer = TraceWriter::create(file("copy.hat"), RandomTrace::options(900));
    QVERIFY(writer.isOk());
    const Result<void> copied = copyTrace(**reader, *writer, [&](EventColumns& columns) {
        if (target - columns.firstEvent < columns.count())
            columns.address[target - columns.firstEvent].value += 8;
    });
    QVERIFY(copied.isOk());

    const ReadTrace copy = readAll(file("copy.hat"));
    QCOMPARE(copy.events.size(), written.events.size());
    QVERIFY(copy.info.isComplete);
    for (const auto& [index, event] : copy.events) {
        const PlainEvent& original = written.events[index];
        QCOMPARE(event.code, original.code);
        QCOMPARE(event.slot, original.slot);
        QCOMPARE(event.size, original.size);
        QCOMPARE(event.stack, original.stack);
        if (index == target)
            QCOMPARE(event.address, original.address + 8);
        else if (event.slot
            != written.events[target].slot) // the altered block keeps its address until it is freed
            QCOMPARE(event.address, original.address);
    }
    QCOMPARE(copy.markers.size(), written.markers.size());
    for (std::size_t i = 0; i < copy.markers.size(); ++i)
        QCOMPARE(toText(copy.markers[i]), toText(written.markers[i]));
    QCOMPARE(copy.samples.size(), written.samples.size());
    QCOMPARE(copy.info.meta, readAll(file("t.hat")).info.meta);
}

void TestTraceFile::keepsAllOfTheHeapState()
{
    const RandomTrace written(file("t.hat"), 24, { .events = 10 });
    auto reader = TraceReader::open(file("t.hat"));
    QVERIFY(reader.isOk());
    QVERIFY((*reader)->initialState() != nullptr && *(*reader)->initialState() == RandomTrace::someState(24));
    QVERIFY((*reader)->finalState() != nullptr && *(*reader)->finalState() == RandomTrace::someState(25));
}

void TestTraceFile::cutsOverlongText()
{
    auto created = TraceWriter::create(file("t.hat"), RandomTrace::options(0));
    QVERIFY(created.isOk());
    std::uint32_t last = 0;
    for (int i = 0; i < 40; ++i) // more than the writer's buffer holds at once
        last = created->string(std::string(100'000, 'x'));
    created->meta("program", std::string(100'000, 'y'));
    hat_checkpoint(created->raw(), last);
    QVERIFY(created->finish().isOk());
    const ReadTrace read = readAll(file("t.hat"));
    QCOMPARE(read.info.meta.at("program").size(), std::size_t { 65'535 });
    QCOMPARE(read.markers.size(), std::size_t { 1 });
    QCOMPARE(std::get<CheckpointMarker>(read.markers[0].what).name, std::string(65'535, 'x'));
}

QTEST_APPLESS_MAIN(TestTraceFile)
#include "tst_tracefile.moc"
