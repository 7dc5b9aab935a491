// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"

#include "replay/verifier.h"
#include "replay/verify.h"

#include <QtTest>

using namespace heapatlas;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

namespace {

struct FifoRules : ZendMmRules
{
    static constexpr bool fifoFreeLists = true;
};
struct FirstFitRules : ZendMmRules
{
    static constexpr bool firstFitHoles = true;
};
struct ShrinkRules : ZendMmRules
{
    static constexpr bool freesBeforeShrinking = true;
};
struct PeakRules : ZendMmRules
{
    static constexpr bool restoresPeak = false;
};

std::string describe(const VerifyResult& result)
{
    std::string text = "events " + std::to_string(result.events) + ", placements "
        + std::to_string(result.matched) + "/" + std::to_string(result.placements) + ", samples "
        + std::to_string(result.samplesMatched) + "/" + std::to_string(result.samples) + ", usage "
        + std::to_string(result.usageCallsMatched) + "/" + std::to_string(result.usageCalls) + ", final "
        + result.finalDifference;
    if (result.firstMismatch)
        text += ", first at " + std::to_string(result.firstMismatch->event) + ": "
            + result.firstMismatch->expected + " but " + result.firstMismatch->actual;
    return text;
}

} // namespace

class TestVerify : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void matchesARecordedProgram_data();
    void matchesARecordedProgram();
    void findsExactlyOneFlippedAddress_data();
    void findsExactlyOneFlippedAddress();
    void namesTheFirstEventOfAMutant();
    void honoursAnInterruption();
    void stopsWhenCancelled();
    void needsTheInitialState();
    void judgesTheFirstBlocksOfAChunkByAgreement();
    void neverTakesOneRecordedChunkForTwo();
    void acceptsANewPlaceForAnEmptiedChunk();
    void keepsThePlaceOfAChunkThatWasEmptiedAndKept();
    void namesTheFieldThatDiffers();

private:
    std::string path(const char* name)
    {
        return m_directory.filePath(QString::fromLatin1(name)).toStdString();
    }
    static VerifyResult verified(const std::string& path);
    template <class Rules>
    static VerifyResult verifiedBy(const std::string& path);

    QTemporaryDir m_directory;
    std::uint32_t m_seed = 0;
};

void TestVerify::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
}

VerifyResult TestVerify::verified(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    if (!reader) {
        QTest::qFail(reader.error().context.c_str(), __FILE__, __LINE__);
        return {};
    }
    Result<VerifyResult> result = verify(**reader);
    if (!result) {
        QTest::qFail(result.error().context.c_str(), __FILE__, __LINE__);
        return {};
    }
    return *result;
}

template <class Rules>
VerifyResult TestVerify::verifiedBy(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    if (!reader)
        return {};
    ZendMm<SimulatedMemory, Rules> engine(
        ZendMmOptions::forPhp("8.2.36", (*reader)->initialState()->variant));
    return *Verifier(engine).run(**reader, {});
}

void TestVerify::matchesARecordedProgram_data()
{
    QTest::addColumn<bool>("isClassic");
    QTest::addColumn<bool>("hasHuge");
    QTest::addColumn<int>("events");
    QTest::newRow("small and large") << false << false << 60000;
    QTest::newRow("with huge blocks") << false << true << 60000;
    QTest::newRow("classic") << true << true << 60000;
    QTest::newRow("several blocks of events") << false << false << 200000;
}

void TestVerify::matchesARecordedProgram()
{
    QFETCH(bool, isClassic);
    QFETCH(bool, hasHuge);
    QFETCH(int, events);
    ProgramOptions options;
    options.seed = m_seed;
    options.events = static_cast<std::uint64_t>(events);
    options.hasHuge = hasHuge;
    options.variant = isClassic ? ZendMmState::Variant::Classic : ZendMmState::Variant::DelayedOom;
    const RecordedProgram<> program(options, path("program.hat"));
    QCOMPARE(program.error(), 0);

    const VerifyResult result = verified(path("program.hat"));

    QVERIFY2(result.isExact(), describe(result).c_str());
    QCOMPARE(result.events, program.events());
    QCOMPARE(result.finalState, VerifyResult::FinalState::Identical);
    QVERIFY(result.placements > options.events / 3);
    QVERIFY(result.samples > options.events / 1024);
    QVERIFY(result.usageCalls > 10);
}

void TestVerify::findsExactlyOneFlippedAddress_data()
{
    QTest::addColumn<int>("bit");
    for (const int bit : { 3, 4, 7, 12, 15, 20, 21, 22, 25, 30, 36, 44, 46 })
        QTest::addRow("bit %d", bit) << bit;
}

void TestVerify::findsExactlyOneFlippedAddress()
{
    QFETCH(int, bit);
    std::mt19937 random(m_seed + static_cast<std::uint32_t>(bit));
    for (int i = 0; i < 8; ++i) {
        ProgramOptions options;
        options.seed = static_cast<std::uint32_t>(random());
        options.events = 12000;
        options.hasHuge = false; // their bits from 21 up have nothing to be compared with
        options.live = 6000; // more chunks
        options.flipEvent = random() % 11000;
        options.flipBits = std::uint64_t { 1 } << bit;
        const RecordedProgram<> program(options, path("flipped.hat"));

        const VerifyResult result = verified(path("flipped.hat"));

        QVERIFY2(result.firstMismatch, describe(result).c_str());
        QCOMPARE(result.placements - result.matched, std::uint64_t { 1 });
        QCOMPARE(result.firstMismatch->event, program.flipped());
        QCOMPARE(result.samplesMatched, result.samples);
        QCOMPARE(result.usageCallsMatched, result.usageCalls);
        QVERIFY2(result.finalState == VerifyResult::FinalState::Identical, describe(result).c_str());
    }
}

void TestVerify::namesTheFirstEventOfAMutant()
{
    ProgramOptions options;
    options.seed = m_seed;
    options.events = 50000;
    const RecordedProgram<> program(options, path("mutant.hat"));

    const VerifyResult fifo = verifiedBy<FifoRules>(path("mutant.hat"));
    const VerifyResult firstFit = verifiedBy<FirstFitRules>(path("mutant.hat"));
    const VerifyResult shrink = verifiedBy<ShrinkRules>(path("mutant.hat"));
    const VerifyResult peak = verifiedBy<PeakRules>(path("mutant.hat"));
    const VerifyResult same = verifiedBy<ZendMmRules>(path("mutant.hat"));

    QVERIFY2(same.isExact(), describe(same).c_str());
    for (const VerifyResult* const mutant : { &fifo, &firstFit, &shrink, &peak }) {
        QVERIFY(!mutant->isExact());
        QVERIFY(mutant->firstMismatch.has_value());
        QVERIFY2(mutant->firstMismatch->expected != mutant->firstMismatch->actual, describe(*mutant).c_str());
    }
    QVERIFY(fifo.matched < fifo.placements);

    // The prefix before the first event matches, the event itself does not.
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("mutant.hat"));
    QVERIFY(reader.isOk());
    ZendMm<SimulatedMemory> right(ZendMmOptions::forPhp("8.2.36", options.variant));
    ZendMm<SimulatedMemory, FifoRules> wrong(right.options());
    QVERIFY(right.restore(*(*reader)->initialState()).isOk());
    QVERIFY(wrong.restore(*(*reader)->initialState()).isOk());
    std::vector<std::pair<SimulatedRef, SimulatedRef>> slots;
    const auto at = [&slots](std::uint32_t slot) -> auto&
    {
        if (slot >= slots.size())
            slots.resize(slot + 1);
        return slots[slot];
    };
    for (const AdoptedBlock& block : (*reader)->liveBlocks())
        at(block.slot) = { right.blockAt(block.address), wrong.blockAt(block.address) };
    std::optional<std::uint64_t> first;
    EventColumns columns;
    while (!first && (*reader)->readBlock(columns)) {
        for (std::size_t row = 0; row < columns.count() && !first; ++row) {
            const EventKind kind = columns.code[row].kind();
            if (kind == EventKind::Free) {
                right.deallocate(at(columns.slot[row]).first);
                wrong.deallocate(at(columns.slot[row]).second);
            } else if (kind == EventKind::Allocate || kind == EventKind::Reallocate) {
                auto& [a, b] = at(columns.slot[row]);
                const bool isNew = kind == EventKind::Allocate;
                a = isNew ? right.allocate(columns.requested(row)).block
                          : right.reallocate(a, columns.requested(row), columns.code[row].isInPlace()).block;
                b = isNew ? wrong.allocate(columns.requested(row)).block
                          : wrong.reallocate(b, columns.requested(row), columns.code[row].isInPlace()).block;
                if (a != b)
                    first = columns.firstEvent + row;
            } else if (kind == EventKind::Trim) {
                right.gc();
                wrong.gc();
            }
        }
    }
    QVERIFY(first.has_value());
    QCOMPARE(fifo.firstMismatch->event, *first);
}

void TestVerify::honoursAnInterruption()
{
    ProgramOptions options;
    options.seed = m_seed;
    options.events = 40000;
    options.pauseAfter = 15000;
    const RecordedProgram<> program(options, path("paused.hat"));

    const VerifyResult result = verified(path("paused.hat"));

    QVERIFY2(result.isExact(), describe(result).c_str());
    QCOMPARE(result.events, program.events());
    QCOMPARE(result.finalState, VerifyResult::FinalState::Identical);
}

void TestVerify::stopsWhenCancelled()
{
    const RecordedProgram<> program({}, path("cancelled.hat"));
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("cancelled.hat"));
    QVERIFY(reader.isOk());
    std::stop_source source;
    source.request_stop();
    VerifyOptions options;
    options.stop = source.get_token();

    const Result<VerifyResult> result = verify(**reader, options);

    QVERIFY(!result.isOk());
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
}

void TestVerify::needsTheInitialState()
{
    hat_options options {};
    options.fd = ::open(path("bare.hat").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    hat_writer* const writer = hat_create(&options);
    hat_meta(writer, "allocator", "zendmm");
    hat_alloc(writer, 16, 0x7f0000001000);
    QCOMPARE(hat_finish(writer, 1, nullptr), 0);
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path("bare.hat"));
    QVERIFY(reader.isOk());

    const Result<VerifyResult> result = verify(**reader);

    QVERIFY(!result.isOk());
    QCOMPARE(result.error().code, ErrorCode::Unsupported);
}

void TestVerify::judgesTheFirstBlocksOfAChunkByAgreement()
{
    const Address ours { 0x7f0000000000 };
    const Address theirs { 0x7e1234600000 };
    for (const int wrong : { 0, 1, 2 }) {
        for (const std::uint64_t bits : { 0x8ULL, 0x4000ULL, 0x200000ULL, 0x100000000ULL }) {
            PlacementJudge judge;
            for (int i = 0; i < 4; ++i) {
                const Bytes offset = static_cast<Bytes>(0x1000 + 64 * i);
                const Address recorded = theirs + offset;
                judge.place(static_cast<std::uint64_t>(i), ours + offset,
                    i == wrong ? Address { recorded.value ^ bits } : recorded);
            }
            judge.finish();
            QCOMPARE(judge.placements(), std::uint64_t { 4 });
            QCOMPARE(judge.matched(), std::uint64_t { 3 });
            QCOMPARE(judge.mismatches().value()->event, static_cast<std::uint64_t>(wrong));
        }
    }
}

void TestVerify::neverTakesOneRecordedChunkForTwo()
{
    const Address theirs { 0x7e1234600000 };
    PlacementJudge judge;
    for (int i = 0; i < 4; ++i) {
        const Bytes offset = static_cast<Bytes>(0x1000 + 64 * i);
        judge.place(static_cast<std::uint64_t>(2 * i), Address { 0x7f0000000000 } + offset, theirs + offset);
        judge.place(
            static_cast<std::uint64_t>(2 * i + 1), Address { 0x7f0000200000 } + offset, theirs + offset);
    }
    judge.finish();
    QCOMPARE(judge.matched(), std::uint64_t { 4 });
}

void TestVerify::acceptsANewPlaceForAnEmptiedChunk()
{
    const Address ours { 0x7f0000000000 };
    PlacementJudge judge;
    std::uint64_t event = 0;
    for (const Address theirs : { Address { 0x7e1234600000 }, Address { 0x7e1234c00000 } }) {
        for (int i = 0; i < 3; ++i)
            judge.place(event++, ours + static_cast<Bytes>(0x1000 + 64 * i),
                theirs + static_cast<Bytes>(0x1000 + 64 * i));
        for (int i = 0; i < 3; ++i)
            judge.release(ours + static_cast<Bytes>(0x1000 + 64 * i));
    }
    // Emptied but still the same: the vote of one wrong address does not move it.
    judge.place(event++, ours + 0x1000, Address { 0x7e1200001000 });
    judge.place(event++, ours + 0x2000, Address { 0x7e1234c02000 });
    judge.finish();
    QCOMPARE(judge.matched(), std::uint64_t { 7 });
    QCOMPARE(judge.mismatches().value()->event, std::uint64_t { 6 });
}

void TestVerify::keepsThePlaceOfAChunkThatWasEmptiedAndKept()
{
    PlacementJudge judge;
    const Address ours { 0x7f0000000000 };
    const Address theirs { 0x7e1234a00000 };
    const std::uint64_t mapping = 7;
    std::uint64_t event = 0;
    for (int i = 0; i < 2; ++i) {
        judge.place(event++, ours + static_cast<Bytes>(0x1000 + 64 * i),
            theirs + static_cast<Bytes>(0x1000 + 64 * i), mapping);
    }
    for (int i = 0; i < 2; ++i)
        judge.release(ours + static_cast<Bytes>(0x1000 + 64 * i));
    judge.place(event++, ours + 0x2000, Address { 0x7e1234e02000 }, mapping); // alone, and wrong
    judge.release(ours + 0x2000);
    judge.place(event++, ours + 0x2000, Address { 0x7e1234e02000 }, mapping + 1); // mapped anew
    judge.finish();
    QCOMPARE(judge.matched(), std::uint64_t { 3 });
    QCOMPARE(judge.mismatches().value()->event, std::uint64_t { 2 });
}

void TestVerify::namesTheFieldThatDiffers()
{
    ZendMm<SimulatedMemory> engine;
    for (int i = 0; i < 100; ++i)
        engine.allocate(static_cast<Bytes>(i * 40));
    const ZendMmState same = engine.state();
    QCOMPARE(firstDifference(same, same), std::string());

    ZendMmState other = same;
    other.chunks[0].freeTail += 1;
    QVERIFY(firstDifference(same, other).starts_with("chunks[0].free_tail"));
    other = same;
    other.freeSlots[4][1] = other.freeSlots[4][0]; // bin of 40 bytes
    QVERIFY(firstDifference(same, other).starts_with("free_slot[4][1]"));
    other = same;
    other.chunks[0].address = other.chunks[0].address + (Bytes { 64 } << 20);
    for (auto& list : other.freeSlots) {
        for (Address& slot : list)
            slot = slot + (Bytes { 64 } << 20);
    }
    QCOMPARE(firstDifference(same, other), std::string()); // only stands elsewhere
}

QTEST_APPLESS_MAIN(TestVerify)
#include "tst_verify.moc"
