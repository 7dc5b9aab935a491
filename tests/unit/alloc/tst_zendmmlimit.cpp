// SPDX-License-Identifier: GPL-3.0-or-later
#include "zendmmfixture.h"

using namespace heapatlas;
using namespace heapatlas::test;
using Variant = ZendMmState::Variant;

/// memory_limit in both variants of 8.2, and gc.
class TestZendMmLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gcGivesBackRunsThatAreAllFree();
    void gcKeepsTheOrderOfOtherSlots();
    void gcNeverFreesRunsOfTheSmallestBin();
    void gcStopsAtFreeTail();
    void gcDeletesEmptyChunks();

    void classicFailsAndKeepsTheFigures();
    void classicLargeFailureLeavesTheFigures();
    void classicCollectsBeforeItFails();
    void classicDoesNotSearchAgainAfterCollecting();
    void classicTakesAChunkThatCollectingKeptBack();
    void classicMayExceedWhileTheErrorIsReported();
    void classicRefusesARecordedSuccessThatNothingExplains();
    void classicHasNoLimitOnceBeyondIt();
    void classicHugeNeedsTheWholeSize();
    void classicHugeGrowthNeedsTheDifference();
    void nodeOfAHugeBlockMayPassTheLimit();

    void delayedGoesBeyondTheLimit();
    void delayedFallibleCallFails();
    void delayedFallibleSmallFailureTakesItsSizeBack();
    void delayedEndsAtTheHardLimit();
    void hardLimitRule();
    void recordedFailureWithoutALimitIsTheSystems();

    void limitBelowTheRealSizeIsRefused();
    void limitUnmapsChunksKeptBack();
};

void TestZendMmLimit::gcGivesBackRunsThatAreAllFree()
{
    Heap heap;
    const Block a = mustAllocate(heap, 320); // 5 pages
    const Block b = mustAllocate(heap, 3072); // 3 pages
    mustAllocate(heap, 56);
    heap.deallocate(a);
    heap.deallocate(b);
    QCOMPARE(heap.gc(), 8 * page);
    const ZendMmState state = heap.state();
    QCOMPARE(state.chunks[0].freePages, 510U);
    QCOMPARE(state.chunks[0].map[1], 0U);
    QCOMPARE(state.chunks[0].map[2], 0xC0010010U); // only the first word is cleared
    QCOMPARE(state.chunks[0].map[9], 0x80000006U); // the counter of the run that stays is reset
    QVERIFY(state.freeSlots[16].empty());
    QCOMPARE(heap.checkInvariants(), std::string());
    QCOMPARE(placeOf(heap, mustAllocate(heap, 5000)).page, Bytes { 1 });
}

void TestZendMmLimit::gcKeepsTheOrderOfOtherSlots()
{
    Heap heap;
    std::vector<Block> blocks;
    for (int i = 0; i < 12; ++i)
        blocks.push_back(mustAllocate(heap, 3072)); // three runs of 4
    for (const std::size_t i : { 0U, 4U, 8U, 5U, 1U, 6U, 7U })
        heap.deallocate(blocks[i]);
    QCOMPARE(heap.gc(), 3 * page); // the second run
    const ZendMmState state = heap.state();
    const std::vector<Address> expected { heap.addressOf(blocks[1]), heap.addressOf(blocks[8]),
        heap.addressOf(blocks[0]) };
    QVERIFY(state.freeSlots[29] == expected);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmLimit::gcNeverFreesRunsOfTheSmallestBin()
{
    // 512 slots need ten bits; the counter has nine.
    Heap heap;
    heap.deallocate(mustAllocate(heap, 8));
    QCOMPARE(heap.gc(), Bytes { 0 });
    const ZendMmState state = heap.state();
    QCOMPARE(state.freeSlots[0].size(), std::size_t { 512 });
    QCOMPARE(state.chunks[0].map[1], 0x80000000U);
}

void TestZendMmLimit::gcStopsAtFreeTail()
{
    // A run beyond free_tail is not reached: its slots leave the list, its pages and its counter stay.
    Heap heap;
    mustAllocate(heap, 24);
    heap.deallocate(mustAllocate(heap, 3072)); // pages 2 … 4
    ZendMmState state = heap.state();
    QCOMPARE(state.chunks[0].freeTail, 5U);
    state.chunks[0].freeTail = 2;
    QVERIFY(heap.restore(state));
    QCOMPARE(heap.gc(), Bytes { 0 });
    state = heap.state();
    QCOMPARE(state.chunks[0].map[2], 0x8000001DU | 4U << 16);
    QVERIFY(state.freeSlots[29].empty());
    // Once free_tail is beyond it again, the next gc finds the counter full.
    state.chunks[0].freeTail = 5;
    QVERIFY(heap.restore(state));
    QCOMPARE(heap.gc(), 3 * page);
}

void TestZendMmLimit::gcDeletesEmptyChunks()
{
    Heap heap;
    mustAllocate(heap, zendmm::maxLargeBytes);
    mustAllocate(heap, zendmm::maxLargeBytes);
    heap.deallocate(mustAllocate(heap, 640));
    QCOMPARE(heap.realBytes(), 3 * chunk);
    QCOMPARE(heap.gc(), 5 * page);
    QCOMPARE(heap.realBytes(), 2 * chunk);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmLimit::classicFailsAndKeepsTheFigures()
{
    Heap heap(optionsOf(Variant::Classic, 2 * chunk - 1));
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.allocate(100).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.liveBytes(), zendmm::maxLargeBytes + 112); // inflated, as PHP leaves it
    QCOMPARE(heap.peakBytes(), zendmm::maxLargeBytes + 112);
    QCOMPARE(heap.realBytes(), chunk);
    QCOMPARE(heap.checkInvariants(), std::string());
    QVERIFY(heap.setLimit(2 * chunk));
    mustAllocate(heap, 100);
    QCOMPARE(heap.liveBytes(), zendmm::maxLargeBytes + 224);
}

void TestZendMmLimit::classicLargeFailureLeavesTheFigures()
{
    Heap heap(optionsOf(Variant::Classic, chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.allocate(5000).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.liveBytes(), zendmm::maxLargeBytes);
    QCOMPARE(heap.peakBytes(), zendmm::maxLargeBytes);
}

void TestZendMmLimit::classicCollectsBeforeItFails()
{
    Heap heap(optionsOf(Variant::Classic, chunk));
    heap.deallocate(mustAllocate(heap, 3072)); // an empty run of 3 pages
    mustAllocate(heap, 508 * page);
    QCOMPARE(heap.state().chunks[0].freePages, 0U);
    QCOMPARE(heap.allocate(3 * page).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.state().chunks[0].freePages, 3U);
    mustAllocate(heap, 3 * page); // now they help
}

void TestZendMmLimit::classicDoesNotSearchAgainAfterCollecting()
{
    Heap heap(optionsOf(Variant::Classic, chunk));
    heap.deallocate(mustAllocate(heap, 3072));
    mustAllocate(heap, 508 * page);
    // gc frees 3 pages; the request for 2 pages would fit, but only chunks are looked for.
    QCOMPARE(heap.allocate(2 * page).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.realBytes(), chunk);
}

void TestZendMmLimit::classicTakesAChunkThatCollectingKeptBack()
{
    Heap heap(optionsOf(Variant::Classic, 2 * chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    heap.deallocate(mustAllocate(heap, 3072)); // chunk 1 holds nothing but an empty run
    const Block block = mustAllocate(heap, 511 * page); // needs all of it: 508 are free
    QCOMPARE(placeOf(heap, block), (Place { 1, 1, 0 }));
    QCOMPARE(heap.realBytes(), 2 * chunk);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmLimit::classicMayExceedWhileTheErrorIsReported()
{
    Heap heap(optionsOf(Variant::Classic, chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.allocate(5000, Outcome::Failed).failure, AllocFailure::LimitReached);
    const auto message = heap.allocate(5000, Outcome::Succeeded);
    QVERIFY(message.isOk());
    QCOMPARE(heap.realBytes(), 2 * chunk);
    mustAllocate(heap, 506 * page);
    QCOMPARE(heap.state().overflow, 0);
    ZendMmState state = heap.state();
    state.overflow = 1; // recorded in the middle of it
    state.limit = 3 * chunk - 1;
    QVERIFY(heap.restore(state));
    mustAllocate(heap, 100 * page);
    QCOMPARE(heap.realBytes(), 3 * chunk);
}

void TestZendMmLimit::classicRefusesARecordedSuccessThatNothingExplains()
{
    Heap heap(optionsOf(Variant::Classic, chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.allocate(5000, Outcome::Succeeded).failure, AllocFailure::LimitReached);
}

void TestZendMmLimit::classicHasNoLimitOnceBeyondIt()
{
    Heap heap(optionsOf(Variant::Classic, chunk - 1)); // below the real size: the subtraction wraps
    mustAllocate(heap, zendmm::maxLargeBytes);
    mustAllocate(heap, 10 * chunk);
    QCOMPARE(heap.realBytes(), 12 * chunk); // the list node opened a second chunk
}

void TestZendMmLimit::classicHugeNeedsTheWholeSize()
{
    Heap heap(optionsOf(Variant::Classic, 4 * chunk));
    QCOMPARE(heap.allocate(3 * chunk + 1).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.liveBytes(), Bytes { 0 });
    mustAllocate(heap, 3 * chunk);
    QCOMPARE(heap.realBytes(), 4 * chunk);
}

void TestZendMmLimit::classicHugeGrowthNeedsTheDifference()
{
    Heap heap(optionsOf(Variant::Classic, 5 * chunk));
    const Block block = mustAllocate(heap, 3 * chunk);
    QCOMPARE(heap.reallocate(block, 4 * chunk + 1, true).failure, AllocFailure::LimitReached);
    QVERIFY(mustReallocate(heap, block, 4 * chunk, true) == block);
    // Moving needs both at once.
    const Block next = mustReallocate(heap, block, 2 * chunk);
    QCOMPARE(heap.reallocate(next, 3 * chunk, false).failure, AllocFailure::LimitReached);
}

void TestZendMmLimit::nodeOfAHugeBlockMayPassTheLimit()
{
    for (const Variant variant : { Variant::Classic, Variant::DelayedOom }) {
        Heap heap(optionsOf(variant, 3 * chunk));
        mustAllocate(heap, zendmm::maxLargeBytes);
        mustAllocate(heap, 2 * chunk); // fits; its node opens a chunk
        QCOMPARE(heap.realBytes(), 4 * chunk);
        QCOMPARE(heap.checkInvariants(), std::string());
    }
}

void TestZendMmLimit::delayedGoesBeyondTheLimit()
{
    Heap heap(optionsOf(Variant::DelayedOom, 2 * chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.realBytes(), 2 * chunk);
    mustAllocate(heap, 100);
    QCOMPARE(heap.realBytes(), 3 * chunk);
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.realBytes(), 4 * chunk);
}

void TestZendMmLimit::delayedFallibleCallFails()
{
    Heap heap(optionsOf(Variant::DelayedOom, 2 * chunk));
    QCOMPARE(heap.allocate(2 * chunk, Outcome::Failed).failure, AllocFailure::LimitReached);
    const Block huge = heap.allocate(chunk, Outcome::Succeeded).block;
    QCOMPARE(heap.reallocate(huge, 2 * chunk, false, Outcome::Failed).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.liveBytes(), chunk + 24);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmLimit::delayedFallibleSmallFailureTakesItsSizeBack()
{
    Heap heap(optionsOf(Variant::DelayedOom, chunk));
    mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.allocate(100, Outcome::Failed).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.liveBytes(), zendmm::maxLargeBytes);
    QCOMPARE(heap.peakBytes(), zendmm::maxLargeBytes + 112);
}

void TestZendMmLimit::delayedEndsAtTheHardLimit()
{
    Heap heap(optionsOf(Variant::DelayedOom, 2 * chunk));
    QCOMPARE(heap.usage().hardLimit, 4 * chunk);
    mustAllocate(heap, 3 * chunk);
    QCOMPARE(heap.realBytes(), 4 * chunk);
    mustAllocate(heap, 500 * page);
    QCOMPARE(heap.allocate(500 * page).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.allocate(500 * page, Outcome::Succeeded).failure, AllocFailure::LimitReached);
}

void TestZendMmLimit::hardLimitRule()
{
    constexpr Bytes mib = Bytes { 1 } << 20;
    constexpr Bytes most = ~Bytes { 0 } >> 1;
    Heap heap(optionsOf(Variant::DelayedOom, 128 * mib));
    QCOMPARE(heap.usage().hardLimit, 256 * mib);
    QVERIFY(heap.setLimit(1024 * mib));
    QCOMPARE(heap.usage().hardLimit, 2048 * mib);
    QVERIFY(heap.setLimit(1024 * mib + 1));
    QCOMPARE(heap.usage().hardLimit, 2048 * mib + 1);
    QVERIFY(heap.setLimit(~Bytes { 0 })); // memory_limit = -1
    QCOMPARE(heap.usage().limit, most);
    QCOMPARE(heap.usage().hardLimit, most);
    QVERIFY(heap.setLimit(100 * mib, 130 * mib)); // observed
    QCOMPARE(heap.usage().hardLimit, 130 * mib);

    ZendMmOptions options = optionsOf(Variant::DelayedOom, 128 * mib + 99);
    options.hardLimitPercent = 150;
    QCOMPARE(Heap(options).usage().hardLimit, (128 * mib + 99) * 150 / 100);
    options.hardLimitPercent = 1'000'000;
    options.limit = most / 2;
    QCOMPARE(Heap(options).usage().hardLimit, most);
    QCOMPARE(Heap(optionsOf(Variant::Classic, mib)).usage().hardLimit, Bytes { 0 });
}

void TestZendMmLimit::recordedFailureWithoutALimitIsTheSystems()
{
    for (const Variant variant : { Variant::Classic, Variant::DelayedOom }) {
        Heap heap(optionsOf(variant));
        QCOMPARE(heap.allocate(10 * chunk, Outcome::Failed).failure, AllocFailure::OutOfMemory);
        QCOMPARE(heap.realBytes(), chunk);
        // Nothing explains the failure of a request that needs no memory: the engine says so by succeeding.
        QVERIFY(heap.allocate(100, Outcome::Failed).isOk());
        QCOMPARE(heap.checkInvariants(), std::string());
    }
}

void TestZendMmLimit::limitBelowTheRealSizeIsRefused()
{
    for (const Variant variant : { Variant::Classic, Variant::DelayedOom }) {
        Heap heap(optionsOf(variant, 10 * chunk));
        QVERIFY(!heap.setLimit(chunk - 1));
        QCOMPARE(heap.usage().limit, 10 * chunk);
        QVERIFY(heap.setLimit(chunk));
        QCOMPARE(heap.usage().limit, chunk);
    }
}

void TestZendMmLimit::limitUnmapsChunksKeptBack()
{
    for (const Variant variant : { Variant::Classic, Variant::DelayedOom }) {
        ZendMmOptions options = ZendMmOptions::forPhp("8.2.32", variant);
        options.limit = 10 * chunk;
        Heap heap(options);
        mustAllocate(heap, zendmm::maxLargeBytes);
        heap.deallocate(mustAllocate(heap, 10 * page)); // 1 + 0 < 1.1: kept
        QCOMPARE(heap.state().cachedChunksCount, 1);
        QVERIFY(heap.setLimit(chunk));
        QCOMPARE(heap.state().cachedChunksCount, 0);
        QCOMPARE(heap.realBytes(), chunk);
        QCOMPARE(heap.usage().limit, variant == Variant::Classic ? 10 * chunk : chunk);
        QCOMPARE(heap.checkInvariants(), std::string());
    }
}

QTEST_APPLESS_MAIN(TestZendMmLimit)
#include "tst_zendmmlimit.moc"
