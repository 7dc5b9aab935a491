// SPDX-License-Identifier: GPL-3.0-or-later
#include "zendmmfixture.h"

using namespace heapatlas;
using namespace heapatlas::test;

/// Blocks of up to 3072 bytes: bins, runs, free lists, figures.
class TestZendMmSmall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void binsFollowPhpsFormula();
    void everySizeFallsInTheSmallestBinThatHoldsIt();
    void sizeZeroIsARealBlock();
    void newRunIsCutInAscendingOrder();
    void runsOfDifferentBinsTakeTheNextPages();
    void slotFreedLastIsHandedOutFirst();
    void freeListIsOneForTheWholeHeap();
    void laterPagesOfARunPointBack();
    void freeKeepsTheRun();
    void sizeCountsSlotsAndPeakKeepsTheTop();
    void minimumSizeSkipsTheSmallestBin();
    void doubleFreeIsAFailure();
    void freeOfAHugeBlocksNodeIsAFailure();
    void unknownAddressFindsNoBlock();
};

void TestZendMmSmall::binsFollowPhpsFormula()
{
    for (Bytes size = 0; size <= zendmm::maxSmallBytes; ++size) {
        Bytes expected = 0;
        if (size <= 64) {
            expected = (size - (size != 0)) / 8;
        } else {
            const Bytes t = size - 1;
            const auto high = static_cast<Bytes>(std::bit_width(t) - 1);
            expected = (t >> (high - 2)) + 4 * (high - 5);
        }
        QCOMPARE(Bytes { zendmm::binOf(size) }, expected);
        QCOMPARE(Bytes { zendmm::binTable8[(size + 7) / 8] }, expected);
    }
}

void TestZendMmSmall::everySizeFallsInTheSmallestBinThatHoldsIt()
{
    Heap heap;
    for (Bytes size = 0; size <= zendmm::maxSmallBytes; size += 7) {
        const Bytes granted = heap.usableSize(mustAllocate(heap, size));
        QVERIFY(granted >= size);
        QVERIFY(granted <= std::max<Bytes>(size + size / 4 + 8, 8));
    }
    QCOMPARE(heap.checkInvariants(), std::string());
}

void TestZendMmSmall::sizeZeroIsARealBlock()
{
    Heap heap;
    const Block first = mustAllocate(heap, 0);
    const Block second = mustAllocate(heap, 0);
    QCOMPARE(heap.addressOf(second) - heap.addressOf(first), Bytes { 8 });
    QCOMPARE(heap.liveBytes(), Bytes { 16 });
    QCOMPARE(heap.deallocate(first), AllocFailure::None);
}

void TestZendMmSmall::newRunIsCutInAscendingOrder()
{
    Heap heap;
    for (Bytes i = 0; i < 170; ++i)
        QCOMPARE(placeOf(heap, mustAllocate(heap, 24)), (Place { 0, 1, i * 24 }));
    QCOMPARE(placeOf(heap, mustAllocate(heap, 24)), (Place { 0, 2, 0 }));
}

void TestZendMmSmall::runsOfDifferentBinsTakeTheNextPages()
{
    Heap heap;
    QCOMPARE(placeOf(heap, mustAllocate(heap, 8)), (Place { 0, 1, 0 }));
    QCOMPARE(placeOf(heap, mustAllocate(heap, 1792)), (Place { 0, 2, 0 })); // a run of 7 pages
    QCOMPARE(placeOf(heap, mustAllocate(heap, 3072)), (Place { 0, 9, 0 }));
    QCOMPARE(placeOf(heap, mustAllocate(heap, 1792)), (Place { 0, 2, 1792 }));
}

void TestZendMmSmall::slotFreedLastIsHandedOutFirst()
{
    Heap heap;
    const Block a = mustAllocate(heap, 100);
    const Block b = mustAllocate(heap, 100);
    const Block c = mustAllocate(heap, 100);
    heap.deallocate(a);
    heap.deallocate(c);
    heap.deallocate(b);
    QVERIFY(mustAllocate(heap, 112) == b);
    QVERIFY(mustAllocate(heap, 97) == c);
    QVERIFY(mustAllocate(heap, 100) == a);
}

void TestZendMmSmall::freeListIsOneForTheWholeHeap()
{
    Heap heap;
    const Block old = mustAllocate(heap, 3072);
    mustAllocate(heap, 500 * page); // the rest of the chunk
    std::vector<Block> others;
    for (int i = 0; i < 20; ++i)
        others.push_back(mustAllocate(heap, 3072));
    QCOMPARE(placeOf(heap, others.back()).chunk, std::size_t { 1 });
    heap.deallocate(others.back());
    heap.deallocate(old);
    QVERIFY(mustAllocate(heap, 3072) == old);
    QVERIFY(mustAllocate(heap, 3072) == others.back());
}

void TestZendMmSmall::laterPagesOfARunPointBack()
{
    Heap heap;
    mustAllocate(heap, 320); // bin 16, 5 pages
    const ZendMmState state = heap.state();
    const auto& map = state.chunks[0].map;
    QCOMPARE(map[0], 0x40000001U);
    QCOMPARE(map[1], 0x80000010U);
    for (std::uint32_t i = 1; i < 5; ++i)
        QCOMPARE(map[1 + i], 0xC0000010U | i << 16);
    QCOMPARE(map[6], 0U);
}

void TestZendMmSmall::freeKeepsTheRun()
{
    Heap heap;
    heap.deallocate(mustAllocate(heap, 56));
    const ZendMmState state = heap.state();
    QCOMPARE(state.chunks[0].freePages, 510U);
    QCOMPARE(state.freeSlots[6].size(), std::size_t { 73 });
}

void TestZendMmSmall::sizeCountsSlotsAndPeakKeepsTheTop()
{
    Heap heap;
    const Block a = mustAllocate(heap, 100); // 112
    const Block b = mustAllocate(heap, 3000); // 3072
    QCOMPARE(heap.liveBytes(), Bytes { 112 + 3072 });
    heap.deallocate(b);
    heap.deallocate(a);
    QCOMPARE(heap.liveBytes(), Bytes { 0 });
    QCOMPARE(heap.peakBytes(), Bytes { 112 + 3072 });
    heap.resetPeak();
    QCOMPARE(heap.peakBytes(), Bytes { 0 });
    QCOMPARE(heap.realBytes(), chunk);
}

void TestZendMmSmall::minimumSizeSkipsTheSmallestBin()
{
    Heap heap(ZendMmOptions::forPhp("8.4.24", ZendMmState::Variant::Classic));
    const Block block = mustAllocate(heap, 3);
    QCOMPARE(heap.usableSize(block), Bytes { 16 });
    // 8.4 rounds before it looks at the realloc rules: 16 bytes do not shrink, 24 to "3" stay as 16 would.
    QVERIFY(mustReallocate(heap, block, 1) == block);
    const Block larger = mustAllocate(heap, 24);
    QVERIFY(mustReallocate(heap, larger, 3) == larger);
    QCOMPARE(Heap().options().minimumSize, Bytes { 0 });
}

void TestZendMmSmall::doubleFreeIsAFailure()
{
    Heap heap;
    const Block small = mustAllocate(heap, 40);
    const Block large = mustAllocate(heap, 5000);
    QCOMPARE(heap.deallocate(small), AllocFailure::None);
    QCOMPARE(heap.deallocate(large), AllocFailure::None);
    const ZendMmState before = heap.state();
    QCOMPARE(heap.deallocate(small), AllocFailure::DoubleFree);
    QCOMPARE(heap.deallocate(large), AllocFailure::DoubleFree);
    QCOMPARE(heap.reallocate(small, 10).failure, AllocFailure::DoubleFree);
    QCOMPARE(heap.reallocate(small, 10000).failure, AllocFailure::DoubleFree);
    QCOMPARE(heap.reallocate(large, 9000).failure, AllocFailure::DoubleFree);
    QVERIFY(heap.state() == before);
}

void TestZendMmSmall::freeOfAHugeBlocksNodeIsAFailure()
{
    Heap heap;
    mustAllocate(heap, 3 * chunk);
    const Address node = heap.state().huge[0].node;
    const Block last = mustAllocate(heap, 24);
    QCOMPARE(heap.addressOf(last), node + 24);
    QVERIFY(heap.blockAt(node).isNull());
}

void TestZendMmSmall::unknownAddressFindsNoBlock()
{
    Heap heap;
    const Block small = mustAllocate(heap, 24);
    const Block large = mustAllocate(heap, 3 * page);
    const Block huge = mustAllocate(heap, 3 * chunk);
    for (const Block block : { small, large, huge })
        QVERIFY(heap.blockAt(heap.addressOf(block)) == block);
    for (const Address address : { Address {}, Address { 64 }, heap.addressOf(small) + 8,
             heap.addressOf(small) + 24, heap.addressOf(large) + page, heap.addressOf(large) + 8,
             heap.addressOf(huge) + chunk, heap.addressOf(small).alignedDown(chunk),
             heap.addressOf(large) + 100 * page, heap.addressOf(small).alignedDown(page) + 170 * 24 })
        QVERIFY(heap.blockAt(address).isNull());
}

QTEST_APPLESS_MAIN(TestZendMmSmall)
#include "tst_zendmmsmall.moc"
