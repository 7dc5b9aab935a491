// SPDX-License-Identifier: GPL-3.0-or-later
#include "zendmmfixture.h"

#include <algorithm>

using namespace heapatlas;
using namespace heapatlas::test;

/// The page search, the order of chunks and which of them are kept.
class TestZendMmPages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void largeBlocksAreWholePages();
    void exactHoleIsTakenAtOnce();
    void smallestHoleWins();
    void firstOfEqualHolesWins();
    void innerHoleWinsOverTheTail();
    void tailIsUsedWhenNoHoleFits();
    void tailCountsWithItsRealLength();
    void failedSearchStillCorrectsFreeTail();
    void freeingTheLastRunLowersFreeTail();
    void firstChunkThatFitsIsUsed();
    void farChunkMovesBehindTheMainOne();
    void farChunkStaysForLargeRequests();
    void emptyChunkIsUnmapped();
    void mainChunkIsNeverDeleted();
    void fifthDeletionAtTheSameBoundaryKeepsTheChunk();
    void averageKeepsChunks();
    void olderChunkReplacesTheOneKeptBack();
    void chunkKeptBackKeepsItsStaleWords();
};

void TestZendMmPages::largeBlocksAreWholePages()
{
    Heap heap;
    const Block one = mustAllocate(heap, 3073);
    QCOMPARE(heap.liveBytes(), page);
    QCOMPARE(heap.state().chunks[0].map[1], 0x40000001U);
    heap.deallocate(one);
    const Block most = mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(placeOf(heap, most), (Place { 0, 1, 0 }));
    QCOMPARE(heap.usableSize(most), Bytes { 511 * page });
    QCOMPARE(heap.state().chunks[0].freePages, 0U);
}

void TestZendMmPages::exactHoleIsTakenAtOnce()
{
    Heap heap;
    const Block wide = mustAllocate(heap, 6 * page); // pages 1 … 6
    mustAllocate(heap, page);
    const Block exact = mustAllocate(heap, 3 * page); // 8 … 10
    mustAllocate(heap, page);
    heap.deallocate(wide);
    heap.deallocate(exact);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3 * page)).page, Bytes { 8 });
}

void TestZendMmPages::smallestHoleWins()
{
    Heap heap;
    const Block wide = mustAllocate(heap, 6 * page);
    mustAllocate(heap, page);
    const Block narrow = mustAllocate(heap, 4 * page); // 8 … 11
    mustAllocate(heap, page);
    heap.deallocate(wide);
    heap.deallocate(narrow);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3 * page)).page, Bytes { 8 });
}

void TestZendMmPages::firstOfEqualHolesWins()
{
    Heap heap;
    const Block first = mustAllocate(heap, 4 * page); // 1 … 4
    mustAllocate(heap, page);
    const Block second = mustAllocate(heap, 4 * page);
    mustAllocate(heap, page);
    heap.deallocate(second);
    heap.deallocate(first);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3 * page)).page, Bytes { 1 });
}

void TestZendMmPages::innerHoleWinsOverTheTail()
{
    Heap heap;
    const Block wide = mustAllocate(heap, 200 * page);
    mustAllocate(heap, page);
    heap.deallocate(wide);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3 * page)).page, Bytes { 1 });
}

void TestZendMmPages::tailIsUsedWhenNoHoleFits()
{
    Heap heap;
    const Block small = mustAllocate(heap, 2 * page); // 1, 2
    mustAllocate(heap, page); // 3
    heap.deallocate(small);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3 * page)).page, Bytes { 4 });
    QCOMPARE(heap.state().chunks[0].freeTail, 7U);
}

void TestZendMmPages::tailCountsWithItsRealLength()
{
    Heap heap;
    const Block wide = mustAllocate(heap, 300 * page); // 1 … 300
    mustAllocate(heap, 150 * page); // 301 … 450; the tail is 451 … 511
    heap.deallocate(wide);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 10 * page)).page, Bytes { 451 });
}

void TestZendMmPages::failedSearchStillCorrectsFreeTail()
{
    Heap heap;
    mustAllocate(heap, page); // 1
    const Block hole = mustAllocate(heap, 100 * page); // 2 … 101
    mustAllocate(heap, page); // 102
    const Block inner = mustAllocate(heap, 10 * page); // 103 … 112
    const Block last = mustAllocate(heap, page); // 113
    heap.deallocate(inner);
    heap.deallocate(last);
    heap.deallocate(hole);
    QCOMPARE(heap.state().chunks[0].freeTail, 113U); // too high: the tail begins at 103
    QCOMPARE(heap.state().chunks[0].freePages, 509U);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 450 * page)).chunk, std::size_t { 1 });
    QCOMPARE(heap.state().chunks[0].freeTail, 103U);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmPages::freeingTheLastRunLowersFreeTail()
{
    Heap heap;
    const Block block = mustAllocate(heap, 10 * page);
    QCOMPARE(heap.state().chunks[0].freeTail, 11U);
    heap.deallocate(block);
    QCOMPARE(heap.state().chunks[0].freeTail, 1U);
    QCOMPARE(heap.state().chunks[0].map[1], 0U);
}

void TestZendMmPages::firstChunkThatFitsIsUsed()
{
    Heap heap;
    mustAllocate(heap, 505 * page); // leaves 6
    mustAllocate(heap, 400 * page); // chunk 1, leaves 111
    QCOMPARE(placeOf(heap, mustAllocate(heap, 10 * page)).chunk, std::size_t { 1 });
    QCOMPARE(placeOf(heap, mustAllocate(heap, 6 * page)), (Place { 0, 506, 0 }));
    QCOMPARE(heap.usage().realSize, 2 * chunk);
}

/// Four full chunks besides the main one; the list positions of their blocks are their order of creation.
static std::vector<Block> fillFiveChunks(Heap& heap)
{
    std::vector<Block> blocks;
    for (int i = 0; i < 5; ++i)
        blocks.push_back(mustAllocate(heap, zendmm::maxLargeBytes));
    return blocks;
}

void TestZendMmPages::farChunkMovesBehindTheMainOne()
{
    Heap heap;
    const std::vector<Block> blocks = fillFiveChunks(heap);
    QCOMPARE(placeOf(heap, blocks[3]).chunk, std::size_t { 3 });
    mustReallocate(heap, blocks[3], 500 * page); // 11 pages free in chunk 3
    const Block small = mustAllocate(heap, 7 * page); // three steps, less than 8 pages
    QCOMPARE(placeOf(heap, small), (Place { 1, 501, 0 }));
    QCOMPARE(placeOf(heap, blocks[3]).chunk, std::size_t { 1 });
    QCOMPARE(placeOf(heap, blocks[1]).chunk, std::size_t { 2 });
    QCOMPARE(heap.state().chunks[1].num, 3U); // the number stays
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmPages::farChunkStaysForLargeRequests()
{
    Heap heap;
    const std::vector<Block> blocks = fillFiveChunks(heap);
    mustReallocate(heap, blocks[2], 500 * page);
    QCOMPARE(placeOf(heap, mustAllocate(heap, page)).chunk, std::size_t { 2 }); // two steps only
    mustReallocate(heap, blocks[4], 500 * page);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 11 * page)).chunk, std::size_t { 4 });
    // A new chunk counts as far as well.
    mustAllocate(heap, 10 * page);
    QCOMPARE(placeOf(heap, mustAllocate(heap, 7 * page)).chunk, std::size_t { 1 });
}

void TestZendMmPages::emptyChunkIsUnmapped()
{
    Heap heap;
    mustAllocate(heap, zendmm::maxLargeBytes);
    mustAllocate(heap, zendmm::maxLargeBytes);
    const Block third = mustAllocate(heap, 10 * page);
    QCOMPARE(heap.realBytes(), 3 * chunk);
    heap.deallocate(third);
    QCOMPARE(heap.realBytes(), 2 * chunk);
    QCOMPARE(heap.usage().realPeak, 3 * chunk);
    const ZendMmState state = heap.state();
    QCOMPARE(state.chunksCount, 2);
    QCOMPARE(state.peakChunksCount, 3);
    QCOMPARE(state.lastChunksDeleteBoundary, 2);
    QCOMPARE(state.lastChunksDeleteCount, 0);
}

void TestZendMmPages::mainChunkIsNeverDeleted()
{
    Heap heap;
    heap.deallocate(mustAllocate(heap, 10 * page));
    heap.deallocate(mustAllocate(heap, 24));
    QCOMPARE(heap.gc(), page);
    QCOMPARE(heap.gc(), Bytes { 0 });
    QCOMPARE(heap.state().chunks.size(), std::size_t { 1 });
    QCOMPARE(heap.realBytes(), chunk);
}

void TestZendMmPages::fifthDeletionAtTheSameBoundaryKeepsTheChunk()
{
    Heap heap;
    mustAllocate(heap, zendmm::maxLargeBytes);
    mustAllocate(heap, zendmm::maxLargeBytes);
    for (int i = 0; i < 5; ++i) {
        heap.deallocate(mustAllocate(heap, 10 * page));
        QCOMPARE(heap.state().lastChunksDeleteCount, i);
        QCOMPARE(heap.realBytes(), 2 * chunk);
    }
    heap.deallocate(mustAllocate(heap, 10 * page)); // boundary 2, count 4
    QCOMPARE(heap.state().cachedChunksCount, 1);
    QCOMPARE(heap.realBytes(), 3 * chunk); // kept chunks stay in real_size
    mustAllocate(heap, 10 * page);
    QCOMPARE(heap.state().cachedChunksCount, 0);
    QCOMPARE(heap.realBytes(), 3 * chunk);
    QCOMPARE(heap.checkInvariants(), std::string());
}

/// Five full chunks, num 0 … 4, in a heap whose requests used `average` chunks so far.
static std::vector<Block> fillWithAverage(Heap& heap, double average)
{
    ZendMmState state = heap.state();
    state.avgChunksCount = average;
    if (!heap.restore(state))
        QTest::qFail("restore", __FILE__, __LINE__);
    return fillFiveChunks(heap);
}

void TestZendMmPages::averageKeepsChunks()
{
    Heap heap;
    const std::vector<Block> blocks = fillWithAverage(heap, 3.0);
    for (std::size_t i = 4; i >= 1; --i)
        heap.deallocate(blocks[i]);
    // 4 left: unmapped. Then 3 + 0, 2 + 1, 1 + 2: all below 3.1, kept.
    const ZendMmState state = heap.state();
    QCOMPARE(state.cachedChunksCount, 3);
    QCOMPARE(heap.realBytes(), 4 * chunk);
    for (std::uint32_t i = 0; i < 3; ++i)
        QCOMPARE(state.cachedChunks[i].num, i + 1); // kept last, taken first
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmPages::olderChunkReplacesTheOneKeptBack()
{
    Heap heap;
    const std::vector<Block> blocks = fillWithAverage(heap, 4.0);
    heap.deallocate(blocks[4]); // 4 + 0 < 4.1: kept
    QCOMPARE(heap.state().cachedChunks[0].num, 4U);
    // Two more chunks, the first of them the one kept back.
    mustAllocate(heap, zendmm::maxLargeBytes);
    const Block sixth = mustAllocate(heap, zendmm::maxLargeBytes);
    QCOMPARE(heap.state().chunks.size(), std::size_t { 6 });
    heap.deallocate(sixth); // 5 left, none kept: unmapped, boundary 5
    QCOMPARE(heap.state().lastChunksDeleteBoundary, 5);
    heap.deallocate(blocks[3]); // 4 + 0: kept, num 3
    QCOMPARE(heap.state().cachedChunks[0].num, 3U);
    const Address kept = heap.state().cachedChunks[0].address;
    // One more chunk without taking the kept one cannot be had by requests, so the average falls instead.
    ZendMmState state = heap.state();
    state.avgChunksCount = 1.0;
    QVERIFY(heap.restore(state));
    heap.deallocate(heap.blockAt(state.chunks[1].address + page)); // num 1 < 3: takes its place
    QCOMPARE(heap.state().cachedChunksCount, 1);
    QCOMPARE(heap.state().cachedChunks[0].num, 1U);
    QVERIFY(heap.state().cachedChunks[0].address != kept);
    const std::vector<ZendMmState::Chunk> left = heap.state().chunks;
    heap.deallocate(heap.blockAt(left.back().address + page)); // num 4 > 1: goes itself
    QCOMPARE(heap.state().cachedChunks[0].num, 1U);
    QCOMPARE(heap.state().lastChunksDeleteBoundary, 5); // not looked at while a chunk is kept
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmPages::chunkKeptBackKeepsItsStaleWords()
{
    Heap heap;
    ZendMmState state = heap.state();
    state.avgChunksCount = 5.0;
    QVERIFY(heap.restore(state));
    mustAllocate(heap, zendmm::maxLargeBytes);
    std::vector<Block> run;
    for (int i = 0; i < 64; ++i)
        run.push_back(mustAllocate(heap, 320)); // 5 pages in chunk 1
    for (const Block block : run)
        heap.deallocate(block);
    heap.gc();
    QCOMPARE(heap.state().cachedChunks.size(), std::size_t { 1 });
    mustAllocate(heap, 3 * page);
    const ZendMmState after = heap.state();
    QCOMPARE(after.chunks[1].map[1], 0x40000003U);
    QCOMPARE(after.chunks[1].map[2], 0xC0010010U); // stale, inside the large run
    QCOMPARE(after.chunks[1].map[5], 0xC0040010U); // stale, free
    QCOMPARE(heap.checkInvariants(), std::string());
}

QTEST_APPLESS_MAIN(TestZendMmPages)
#include "tst_zendmmpages.moc"
