// SPDX-License-Identifier: GPL-3.0-or-later
#include "zendmmfixture.h"

#include "alloc/zendmmimpl.h"

#include <memory>

using namespace heapatlas;
using namespace heapatlas::test;

namespace {

struct FifoRules : ZendMmRules
{
    static constexpr bool fifoFreeLists = true;
};
struct FirstFitRules : ZendMmRules
{
    static constexpr bool firstFitHoles = true;
};
struct StayingChunksRules : ZendMmRules
{
    static constexpr bool movesChunks = false;
};
struct FreeTailRules : ZendMmRules
{
    static constexpr bool keepsFreeTail = false;
};
struct EarlyFreeRules : ZendMmRules
{
    static constexpr bool freesBeforeShrinking = true;
};
struct PeakRules : ZendMmRules
{
    static constexpr bool restoresPeak = false;
};

template <class Rules>
bool behavesLikeZendMm(unsigned seed)
{
    Heap heap;
    ZendMm<SimulatedMemory, Rules> mutant;
    std::vector<Block> live;
    std::vector<Block> mutantLive;
    RandomProgram program(seed, 3000);
    RandomProgram mutantProgram(seed, 3000);
    for (int i = 0; i < 30000; ++i) {
        if (!program.step(heap, live) || !mutantProgram.step(mutant, mutantLive))
            return false;
        if (heap.peakBytes() != mutant.peakBytes() || heap.realBytes() != mutant.realBytes())
            return false;
        if (!live.empty() && heap.addressOf(live.back()) != mutant.addressOf(mutantLive.back()))
            return false;
    }
    return heap.state() == mutant.state();
}

} // namespace

/// Import and export, keyframes, invariants under random programs, snapshots, mutants.
class TestZendMmState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void randomProgramsKeepTheInvariants();
    void stateSurvivesTheRoundTrip();
    void restoredHeapBehavesTheSame();
    void contradictionsAreRefused();
    void everyFlippedBitIsSurvived();
    void keyframeRestoresAlone();
    void keyframesShareWhatIsEqual();
    void keyframeCostsFewBytesABlock();
    void snapshotTilesEveryChunk();
    void snapshotOfFreshHeap();
    void eventsTellDecisions();
    void mutantsDiffer();
    void optionsFollowTheVersion();
};

void TestZendMmState::randomProgramsKeepTheInvariants()
{
    for (const unsigned seed : { 1U, 2U, 3U }) {
        qInfo("seed %u", seed);
        Heap heap;
        std::vector<Block> live;
        RandomProgram program(seed);
        for (int i = 0; i < 20000; ++i) {
            QVERIFY(program.step(heap, live));
            if (i % 500 == 0)
                QCOMPARE(heap.checkInvariants(), std::string());
        }
        Bytes granted = 24 * heap.state().huge.size();
        for (const Block block : live)
            granted += heap.usableSize(block);
        QCOMPARE(heap.liveBytes(), granted);
        for (const Block block : live) {
            QVERIFY(heap.blockAt(heap.addressOf(block)) == block);
            QCOMPARE(heap.deallocate(block), AllocFailure::None);
        }
        heap.gc();
        QCOMPARE(heap.liveBytes(), Bytes { 0 });
        QCOMPARE(heap.checkInvariants(), std::string());
    }
}

void TestZendMmState::stateSurvivesTheRoundTrip()
{
    Heap heap;
    std::vector<Block> live;
    RandomProgram program(11);
    for (int i = 0; i < 10000; ++i)
        QVERIFY(program.step(heap, live));
    const ZendMmState state = heap.state();
    QVERIFY(!state.huge.empty() && state.chunks.size() > 3);
    Heap other;
    QVERIFY(other.restore(state));
    QVERIFY(other.state() == state);
    QCOMPARE(other.checkInvariants(), std::string());
}

void TestZendMmState::restoredHeapBehavesTheSame()
{
    Heap heap;
    std::vector<Block> live;
    RandomProgram program(12);
    for (int i = 0; i < 5000; ++i)
        QVERIFY(program.step(heap, live));
    Heap other;
    QVERIFY(other.restore(heap.state()));
    std::vector<Block> otherLive;
    for (const Block block : live) {
        otherLive.push_back(other.blockAt(heap.addressOf(block)));
        QVERIFY(!otherLive.back().isNull());
    }
    RandomProgram again = program;
    for (int i = 0; i < 5000; ++i) {
        QVERIFY(program.step(heap, live) && again.step(other, otherLive));
        QCOMPARE(heap.liveBytes(), other.liveBytes());
        QCOMPARE(heap.peakBytes(), other.peakBytes());
        if (live.empty())
            continue;
        QCOMPARE(
            heap.addressOf(live.back()).offsetIn(chunk), other.addressOf(otherLive.back()).offsetIn(chunk));
    }
    const ZendMmState a = heap.state();
    const ZendMmState b = other.state();
    QCOMPARE(a.chunks.size(), b.chunks.size());
    for (std::size_t i = 0; i < a.chunks.size(); ++i)
        QVERIFY(a.chunks[i].map == b.chunks[i].map && a.chunks[i].freeTail == b.chunks[i].freeTail);
}

void TestZendMmState::contradictionsAreRefused()
{
    Heap heap;
    mustAllocate(heap, 24);
    mustAllocate(heap, 320);
    mustAllocate(heap, 5000);
    mustAllocate(heap, 3 * chunk);
    const ZendMmState good = heap.state();
    std::vector<ZendMmState> bad(13, good);
    bad[0].chunks.clear();
    bad[1].chunks[0].address = bad[1].chunks[0].address + 8;
    bad[2].chunks.push_back(good.chunks[0]);
    bad[3].chunks[0].map[1] = 0; // used pages of nobody
    bad[4].chunks[0].map[1] = 0x8000001F; // no such bin
    bad[5].chunks[0].map[3] ^= 1; // a later page of another bin
    bad[6].chunks[0].freePages = 3;
    bad[7].chunks[0].freeTail = 513;
    bad[8].freeSlots[2].push_back(good.freeSlots[2][0]); // twice
    bad[9].freeSlots[3].push_back(good.freeSlots[2][0]); // in the wrong bin
    bad[10].freeSlots[2][0] = bad[10].freeSlots[2][0] + 8; // between two slots
    bad[11].huge[0].node = good.freeSlots[2][0]; // a free slot
    bad[12].huge.push_back(good.huge[0]);
    for (std::size_t i = 0; i < bad.size(); ++i) {
        Heap other;
        const Result<void> result = other.restore(bad[i]);
        QVERIFY2(!result, std::to_string(i).c_str());
        QCOMPARE(result.error().code, ErrorCode::CorruptedState);
        QCOMPARE(other.checkInvariants(), std::string()); // a fresh heap
        mustAllocate(other, 24);
    }
}

void TestZendMmState::everyFlippedBitIsSurvived()
{
    Heap heap;
    std::vector<Block> live;
    RandomProgram program(13, 100);
    for (int i = 0; i < 800; ++i)
        QVERIFY(program.step(heap, live));
    const ZendMmState good = heap.state();
    std::mt19937 random(5);
    for (int i = 0; i < 3000; ++i) {
        ZendMmState bad = good;
        ZendMmState::Chunk& victim = bad.chunks[random() % bad.chunks.size()];
        const std::uint32_t bit = random() % 32;
        switch (random() % 6) {
        case 0:
            victim.map[random() % 40] ^= 1U << bit;
            break;
        case 1:
            victim.freeMap[random() % 8] ^= std::uint64_t { 1 } << (random() % 64);
            break;
        case 2:
            victim.address.value ^= std::uint64_t { 1 } << (random() % 64);
            break;
        case 3:
            victim.freeTail ^= 1U << bit;
            break;
        case 4: {
            std::vector<Address>& list = bad.freeSlots[random() % zendmm::binCount];
            if (!list.empty())
                list[random() % list.size()].value ^= std::uint64_t { 1 } << (random() % 64);
            break;
        }
        default:
            if (!bad.huge.empty())
                bad.huge[0].node.value ^= std::uint64_t { 1 } << (random() % 64);
        }
        Heap other;
        if (!other.restore(bad))
            continue;
        // Whatever was accepted must carry requests without touching what is not there.
        std::vector<Block> none;
        RandomProgram more(static_cast<unsigned>(i), 20);
        for (int k = 0; k < 30; ++k)
            static_cast<void>(more.step(other, none));
    }
}

void TestZendMmState::keyframeRestoresAlone()
{
    Heap heap;
    std::vector<Block> live;
    RandomProgram program(21);
    std::vector<std::unique_ptr<Heap::Keyframe>> keyframes;
    std::vector<std::vector<Block>> lives;
    std::vector<RandomProgram> programs;
    std::vector<ZendMmState> states;
    for (int i = 0; i < 8; ++i) {
        for (int k = 0; k < 1500; ++k)
            QVERIFY(program.step(heap, live));
        keyframes.push_back(std::make_unique<Heap::Keyframe>(heap.keyframe()));
        lives.push_back(live);
        programs.push_back(program);
        states.push_back(heap.state());
    }
    // In any order, with some dropped, and going on from there.
    for (const std::size_t i : { 6U, 1U, 4U }) {
        keyframes[i - 1].reset();
        heap.restore(*keyframes[i]);
        QVERIFY(heap.state() == states[i]);
        QCOMPARE(heap.checkInvariants(), std::string());
        live = lives[i];
        RandomProgram again = programs[i];
        for (int k = 0; k < 1500; ++k)
            QVERIFY(again.step(heap, live));
        QVERIFY(heap.state() == states[i + 1]);
    }
}

void TestZendMmState::keyframesShareWhatIsEqual()
{
    Heap heap;
    for (int i = 0; i < 50000; ++i)
        mustAllocate(heap, 32);
    const Bytes first = heap.keyframe().ownBytes();
    mustAllocate(heap, 32);
    const Heap::Keyframe second = heap.keyframe();
    QVERIFY2(first > 20000, std::to_string(first).c_str()); // keyframes are packed: equal words cost little
    QVERIFY2(second.ownBytes() < first / 4, std::to_string(second.ownBytes()).c_str());
}

void TestZendMmState::keyframeCostsFewBytesABlock()
{
    Heap heap;
    std::mt19937 random(3);
    constexpr Bytes blocks = 100000;
    for (Bytes i = 0; i < blocks; ++i)
        mustAllocate(heap, 1 + random() % 3072);
    const Bytes bytes = heap.keyframe().ownBytes();
    QVERIFY2(bytes <= 10 * blocks, std::to_string(bytes).c_str());
}

void TestZendMmState::snapshotTilesEveryChunk()
{
    Heap heap;
    ZendMmState average = heap.state();
    average.avgChunksCount = 4;
    QVERIFY(heap.restore(average));
    std::vector<Block> live;
    RandomProgram program(31);
    for (int i = 0; i < 6000; ++i)
        QVERIFY(program.step(heap, live));
    SnapshotBuilder builder(6000, Detail::Regions, AddressRange::everything());
    heap.describe(builder);
    const SnapshotPtr snapshot = builder.finish();
    const ZendMmState state = heap.state();
    const HeapTotals& totals = snapshot->totals();
    QCOMPARE(snapshot->chunks().size(), state.chunks.size() + state.cachedChunks.size() + state.huge.size());
    QCOMPARE(std::size_t { totals.chunks }, state.chunks.size());
    QCOMPARE(std::size_t { totals.hugeBlocks }, state.huge.size());
    QCOMPARE(totals.live, heap.liveBytes());
    QCOMPARE(totals.liveBlocks, std::uint64_t { live.size() });

    Bytes freeSlotBytes = 0;
    for (std::size_t bin = 0; bin < state.freeSlots.size(); ++bin)
        freeSlotBytes += state.freeSlots[bin].size() * zendmm::bins[bin].bytes;
    QCOMPARE(totals.freeSlotBytes, freeSlotBytes);
    std::vector<bool> isOrdinalSeen(snapshot->chunks().size());
    for (const ChunkRow& row : snapshot->chunks()) {
        isOrdinalSeen[row.ordinal] = true;
        if (!row.isCached && row.pageCount != 0)
            QCOMPARE(state.chunks[row.ordinal].address, row.range.begin);
        Address at = row.range.begin;
        for (std::uint32_t i = 0; i < row.regionCount; ++i) {
            const RegionRow& region = snapshot->regions()[row.firstRegion + i];
            QCOMPARE(region.range.begin, at);
            at = region.range.end;
        }
        QCOMPARE(at, row.range.end);
    }
    QVERIFY(std::find(isOrdinalSeen.begin(), isOrdinalSeen.end(), false) == isOrdinalSeen.end());
    for (const Block block : live) {
        const RegionRow* region = snapshot->regionAt(heap.addressOf(block));
        QVERIFY(region != nullptr);
        if (region->kind == RegionKind::SmallRun) {
            const Bytes slot = (heap.addressOf(block) - region->range.begin) / region->slotBytes;
            QVERIFY(snapshot->isSlotLive(*region, static_cast<std::uint32_t>(slot)));
        } else {
            QCOMPARE(region->range.begin, heap.addressOf(block));
        }
    }
}

void TestZendMmState::snapshotOfFreshHeap()
{
    const Heap heap;
    SnapshotBuilder builder(0, Detail::Blocks, AddressRange::everything());
    heap.describe(builder);
    const SnapshotPtr snapshot = builder.finish();
    QCOMPARE(snapshot->chunks().size(), std::size_t { 1 });
    QCOMPARE(snapshot->regions().size(), std::size_t { 2 });
    QCOMPARE(snapshot->regions()[0].kind, RegionKind::Header);
    QCOMPARE(snapshot->regions()[1].range.size(), 511 * page);
    QCOMPARE(snapshot->totals().largestHole, 511 * page);
    QCOMPARE(snapshot->totals().limit, Bytes { 0 });
}

void TestZendMmState::eventsTellDecisions()
{
    class Recorder : public HeapEventSink
    {
    public:
        void onHeapEvent(const HeapEvent& event) override { kinds.push_back(event.kind); }
        std::vector<HeapEvent::Kind> kinds;
    };
    using Kind = HeapEvent::Kind;
    Recorder recorder;
    Heap heap;
    heap.watch(&recorder);
    const Block first = mustAllocate(heap, 24);
    mustAllocate(heap, 24);
    heap.deallocate(first);
    const std::vector<Kind> expected { Kind::PagesTaken, Kind::RunCreated, Kind::SlotTaken, Kind::SlotFreed };
    QVERIFY(recorder.kinds == expected);
    heap.watch(nullptr);
    mustAllocate(heap, 24);
    QCOMPARE(recorder.kinds.size(), expected.size());
}

void TestZendMmState::mutantsDiffer()
{
    const unsigned seed = 77;
    qInfo("seed %u", seed);
    QVERIFY(behavesLikeZendMm<ZendMmRules>(seed));
    QVERIFY(!behavesLikeZendMm<FifoRules>(seed));
    QVERIFY(!behavesLikeZendMm<FirstFitRules>(seed));
    QVERIFY(!behavesLikeZendMm<StayingChunksRules>(seed));
    QVERIFY(!behavesLikeZendMm<FreeTailRules>(seed));
    QVERIFY(!behavesLikeZendMm<EarlyFreeRules>(seed));
    QVERIFY(!behavesLikeZendMm<PeakRules>(seed));
}

void TestZendMmState::optionsFollowTheVersion()
{
    using Variant = ZendMmState::Variant;
    QCOMPARE(ZendMmOptions::forPhp("8.2.36", Variant::DelayedOom).minimumSize, Bytes { 0 });
    QCOMPARE(ZendMmOptions::forPhp("8.4.24", Variant::Classic).minimumSize, Bytes { 16 });
    QCOMPARE(ZendMmOptions::forPhp("10.0", Variant::Classic).minimumSize, Bytes { 16 });
    for (const std::string_view odd : { "", "8", "8.", "x.y" })
        QCOMPARE(ZendMmOptions::forPhp(odd, Variant::Classic).minimumSize, Bytes { 0 });
    QVERIFY(!ZendMmOptions::forPhp("8.2.32", Variant::Classic).storesLimitAfterTrim);
    QVERIFY(ZendMmOptions::forPhp("8.2.36", Variant::DelayedOom).storesLimitAfterTrim);
}

QTEST_APPLESS_MAIN(TestZendMmState)
#include "tst_zendmmstate.moc"
