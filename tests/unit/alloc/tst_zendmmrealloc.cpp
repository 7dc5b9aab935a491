// SPDX-License-Identifier: GPL-3.0-or-later
#include "zendmmfixture.h"

using namespace heapatlas;
using namespace heapatlas::test;

/// Reallocation of every kind, and huge blocks.
class TestZendMmRealloc : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nullAllocates();
    void smallStaysInItsBin();
    void smallShrinksIntoAnotherSlot();
    void smallShrinkCountsTheTemporarySum();
    void smallGrowthDoesNotCountTheTemporarySum();
    void smallBecomesLarge();
    void largeKeepsItsPages();
    void largeShrinksInPlaceWithoutFreeTail();
    void largeGrowsIntoFreePages();
    void largeMovesWhenPagesAreTaken();
    void largeBecomesSmall();
    void largeThatMovesDoesNotCountTheTemporarySum();
    void hugeCountsItsNode();
    void hugeNodesAreNewestFirst();
    void hugeShrinksInPlace();
    void hugeGrowsAsRecorded();
    void hugeBecomesLarge();
    void movingHugeRaisesTheRealPeak();
    void sizeThatWrapsIsAFailure();
    void failedReallocationKeepsTheBlock();
};

void TestZendMmRealloc::nullAllocates()
{
    Heap heap;
    QCOMPARE(placeOf(heap, mustReallocate(heap, Block {}, 24)), (Place { 0, 1, 0 }));
}

void TestZendMmRealloc::smallStaysInItsBin()
{
    Heap heap;
    const Block block = mustAllocate(heap, 100); // 112, the bin below is 96
    QVERIFY(mustReallocate(heap, block, 112) == block);
    QVERIFY(mustReallocate(heap, block, 97) == block);
    QVERIFY(mustReallocate(heap, block, 96) == block); // exactly the bin below: stays
    const Block tiny = mustAllocate(heap, 8);
    QVERIFY(mustReallocate(heap, tiny, 0) == tiny); // no bin below
}

void TestZendMmRealloc::smallShrinksIntoAnotherSlot()
{
    Heap heap;
    const Block block = mustAllocate(heap, 100);
    const Block shrunk = mustReallocate(heap, block, 95);
    QVERIFY(!(shrunk == block));
    QCOMPARE(heap.usableSize(shrunk), Bytes { 96 });
    QCOMPARE(heap.liveBytes(), Bytes { 96 });
    QVERIFY(mustAllocate(heap, 100) == block); // free, and first in line
}

void TestZendMmRealloc::smallShrinkCountsTheTemporarySum()
{
    Heap heap;
    mustReallocate(heap, mustAllocate(heap, 100), 50);
    QCOMPARE(heap.liveBytes(), Bytes { 56 });
    QCOMPARE(heap.peakBytes(), Bytes { 112 + 56 });
}

void TestZendMmRealloc::smallGrowthDoesNotCountTheTemporarySum()
{
    Heap heap;
    const Block block = mustAllocate(heap, 50);
    const Block grown = mustReallocate(heap, block, 100);
    QVERIFY(!(grown == block));
    QCOMPARE(heap.liveBytes(), Bytes { 112 });
    QCOMPARE(heap.peakBytes(), Bytes { 112 });
}

void TestZendMmRealloc::smallBecomesLarge()
{
    Heap heap;
    const Block block = mustAllocate(heap, 3072); // pages 1 … 3
    const Block grown = mustReallocate(heap, block, 3073);
    QCOMPARE(placeOf(heap, grown), (Place { 0, 4, 0 }));
    QCOMPARE(heap.liveBytes(), page);
    QCOMPARE(heap.peakBytes(), page); // not 3072 + 4096
    QVERIFY(mustAllocate(heap, 3000) == block);
}

void TestZendMmRealloc::largeKeepsItsPages()
{
    Heap heap;
    const Block block = mustAllocate(heap, 5000);
    QVERIFY(mustReallocate(heap, block, 8192) == block);
    QVERIFY(mustReallocate(heap, block, 4097) == block);
    QCOMPARE(heap.liveBytes(), 2 * page);
}

void TestZendMmRealloc::largeShrinksInPlaceWithoutFreeTail()
{
    Heap heap;
    const Block block = mustAllocate(heap, 10 * page);
    QVERIFY(mustReallocate(heap, block, 4 * page) == block);
    const ZendMmState state = heap.state();
    QCOMPARE(state.chunks[0].freeTail, 11U);
    QCOMPARE(state.chunks[0].freePages, 507U);
    QCOMPARE(state.chunks[0].map[1], 0x40000004U);
    QCOMPARE(heap.liveBytes(), 4 * page);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmRealloc::largeGrowsIntoFreePages()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * page);
    QVERIFY(mustReallocate(heap, block, 511 * page) == block);
    QCOMPARE(heap.state().chunks[0].freeTail, 3U); // not touched
    QCOMPARE(heap.peakBytes(), 511 * page);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmRealloc::largeMovesWhenPagesAreTaken()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * page);
    mustAllocate(heap, page);
    const Block moved = mustReallocate(heap, block, 3 * page);
    QCOMPARE(placeOf(heap, moved).page, Bytes { 4 });
    QCOMPARE(placeOf(heap, mustAllocate(heap, 2 * page)).page, Bytes { 1 });
}

void TestZendMmRealloc::largeBecomesSmall()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * page);
    const Block moved = mustReallocate(heap, block, 3072);
    QCOMPARE(placeOf(heap, moved).page, Bytes { 3 });
    QCOMPARE(heap.liveBytes(), Bytes { 3072 });
    QCOMPARE(heap.state().chunks[0].freePages, 508U);
}

void TestZendMmRealloc::largeThatMovesDoesNotCountTheTemporarySum()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * page);
    mustAllocate(heap, page);
    mustReallocate(heap, block, 5 * page);
    QCOMPARE(heap.peakBytes(), 6 * page);
}

void TestZendMmRealloc::hugeCountsItsNode()
{
    Heap heap;
    const Block block = mustAllocate(heap, zendmm::maxLargeBytes + 1);
    QCOMPARE(heap.addressOf(block).offsetIn(chunk), Bytes { 0 });
    QCOMPARE(heap.liveBytes(), chunk + 24);
    QCOMPARE(heap.realBytes(), 2 * chunk);
    const ZendMmState state = heap.state();
    QCOMPARE(state.huge.size(), std::size_t { 1 });
    QCOMPARE(state.huge[0].node.offsetIn(chunk), page);
    QCOMPARE(heap.deallocate(block), AllocFailure::None);
    QCOMPARE(heap.liveBytes(), Bytes { 0 });
    QCOMPARE(heap.realBytes(), chunk);
    QCOMPARE(heap.peakBytes(), chunk + 24);
    QCOMPARE(heap.usage().realPeak, 2 * chunk);
    QCOMPARE(heap.deallocate(block), AllocFailure::UnknownAddress);
}

void TestZendMmRealloc::hugeNodesAreNewestFirst()
{
    Heap heap;
    const Block a = mustAllocate(heap, 2 * chunk);
    const Block b = mustAllocate(heap, 3 * chunk);
    const Block c = mustAllocate(heap, 4 * chunk);
    QCOMPARE(heap.state().huge[0].address, heap.addressOf(c));
    heap.deallocate(b);
    const ZendMmState state = heap.state();
    QCOMPARE(state.huge.size(), std::size_t { 2 });
    QCOMPARE(state.huge[0].address, heap.addressOf(c));
    QCOMPARE(state.huge[1].address, heap.addressOf(a));
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmRealloc::hugeShrinksInPlace()
{
    Heap heap;
    const Block block = mustAllocate(heap, 4 * chunk);
    QVERIFY(mustReallocate(heap, block, 3 * chunk + 1) == block);
    QCOMPARE(heap.usableSize(block), 3 * chunk + page);
    QCOMPARE(heap.liveBytes(), 3 * chunk + page + 24);
    QCOMPARE(heap.realBytes(), 4 * chunk + page);
}

void TestZendMmRealloc::hugeGrowsAsRecorded()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * chunk);
    QVERIFY(mustReallocate(heap, block, 3 * chunk, true) == block);
    QCOMPARE(heap.liveBytes(), 3 * chunk + 24);
    const Block moved = mustReallocate(heap, block, 4 * chunk, false);
    QVERIFY(!(moved == block));
    QCOMPARE(heap.liveBytes(), 4 * chunk + 24);
    QCOMPARE(heap.realBytes(), 5 * chunk);
}

void TestZendMmRealloc::hugeBecomesLarge()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * chunk);
    const Block moved = mustReallocate(heap, block, 5000, true); // the flag is for growth only
    QCOMPARE(placeOf(heap, moved), (Place { 0, 2, 0 }));
    QCOMPARE(heap.realBytes(), chunk);
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmRealloc::movingHugeRaisesTheRealPeak()
{
    Heap heap;
    const Block block = mustAllocate(heap, 2 * chunk);
    mustReallocate(heap, block, 3 * chunk, false);
    QCOMPARE(heap.peakBytes(), 3 * chunk + 24);
    QCOMPARE(heap.usage().realPeak, 6 * chunk);
}

void TestZendMmRealloc::sizeThatWrapsIsAFailure()
{
    Heap heap;
    const Block huge = mustAllocate(heap, 2 * chunk);
    const ZendMmState before = heap.state();
    for (const Bytes size : { ~Bytes { 0 }, ~Bytes { 0 } - 4094 }) {
        QCOMPARE(heap.allocate(size).failure, AllocFailure::SizeOverflow);
        QCOMPARE(heap.reallocate(huge, size).failure, AllocFailure::SizeOverflow);
    }
    QVERIFY(!heap.allocate(Bytes { 1 } << 62).isOk()); // no address space
    QVERIFY(heap.state() == before);
}

void TestZendMmRealloc::failedReallocationKeepsTheBlock()
{
    Heap heap(optionsOf(ZendMmState::Variant::Classic, chunk));
    const Block block = mustAllocate(heap, 100);
    QCOMPARE(heap.reallocate(block, 3 * chunk).failure, AllocFailure::LimitReached);
    QCOMPARE(heap.usableSize(block), Bytes { 112 });
    QCOMPARE(heap.deallocate(block), AllocFailure::None);
}

QTEST_APPLESS_MAIN(TestZendMmRealloc)
#include "tst_zendmmrealloc.moc"
