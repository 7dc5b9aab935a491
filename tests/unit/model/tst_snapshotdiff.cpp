// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/snapshotdiff.h"
#include "support/changedsnapshot.h"
#include "support/fakesnapshot.h"

#include <QTest>

using namespace heapatlas;

namespace {

/// All that can be seen of a byte.
struct Seen
{
    RegionKind kind = RegionKind::Free;
    std::uint32_t slotBytes = 0;
    std::uint32_t liveSlots = 0;
    Bytes requestedOfRegion = 0;
    bool isLive = false;
    Bytes blockSize = 0;
    Bytes requested = 0;

    friend bool operator==(const Seen&, const Seen&) = default;
};

Seen seenAt(const HeapSnapshot& snapshot, Address at)
{
    Seen seen;
    const RegionRow* region = snapshot.regionAt(at);
    if (region == nullptr)
        return seen;
    seen.kind = region->kind;
    seen.slotBytes = region->slotBytes;
    seen.liveSlots = region->liveSlots;
    seen.requestedOfRegion = region->requested;
    if (region->kind == RegionKind::SmallRun) {
        const Bytes slot = (at - region->range.begin) / region->slotBytes;
        seen.isLive =
            slot < region->slotCount && snapshot.isSlotLive(*region, static_cast<std::uint32_t>(slot));
    }
    if (const BlockRow* block = snapshot.blockAt(at)) {
        seen.blockSize = block->size;
        seen.requested = block->requested;
    }
    return seen;
}

} // namespace

class TestSnapshotDiff : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theSameHeapHasNoDifference()
    {
        const SnapshotPtr a = testing::fakeSnapshot();
        const SnapshotPtr b = testing::fakeSnapshot();
        QVERIFY(changedRanges(*a, *b, AddressRange::everything()).empty());
    }
    void whatIsNotToldIsTheSame()
    {
        const auto seed = static_cast<std::uint32_t>(std::random_device()());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        testing::FakeHeap heap;
        heap.chunks = 2;
        SnapshotPtr before = testing::fakeSnapshot(heap);
        std::size_t told = 0;
        for (int step = 0; step < 12; ++step) {
            const SnapshotPtr after = testing::changedSnapshot(*before, random, 4);
            const auto ranges = changedRanges(*before, *after, AddressRange::everything());
            told += ranges.size();
            auto range = ranges.begin();
            for (const ChunkRow& chunk : after->chunks().first(2)) {
                for (Address at = chunk.range.begin; at < chunk.range.end; at = at + 8) {
                    while (range != ranges.end() && range->end <= at)
                        ++range;
                    if (range == ranges.end() || at < range->begin)
                        QVERIFY(seenAt(*before, at) == seenAt(*after, at));
                }
            }
            before = after;
        }
        QVERIFY(told > 5);
    }
    void anotherDivisionOfAChunkIsADifference()
    {
        testing::FakeHeap heap;
        heap.chunks = 3;
        heap.hugeBlocks = 0;
        const SnapshotPtr a = testing::fakeSnapshot(heap);
        heap.seed = 2;
        const SnapshotPtr b = testing::fakeSnapshot(heap);
        const AddressRange second = a->chunks()[1].range;
        const auto ranges = changedRanges(*a, *b, second);
        QVERIFY(!ranges.empty());
        for (const AddressRange& range : ranges)
            QVERIFY(second.begin <= range.begin && range.end <= second.end);
        heap.chunks = 2;
        const auto gone = changedRanges(*b, *testing::fakeSnapshot(heap), AddressRange::everything());
        QCOMPARE(gone.size(), std::size_t { 1 });
        QCOMPARE(gone[0], b->chunks()[2].range);
    }
    void blocksOfAnotherWindowAreADifference()
    {
        testing::FakeHeap heap;
        const SnapshotPtr a = testing::fakeSnapshot(heap);
        heap.window = { a->chunks()[1].range.begin, a->chunks()[1].range.end };
        const SnapshotPtr b = testing::fakeSnapshot(heap);
        QVERIFY(changedRanges(*a, *b, a->chunks()[1].range).empty());
        QVERIFY(!changedRanges(*a, *b, a->chunks()[2].range).empty());
    }
};

QTEST_APPLESS_MAIN(TestSnapshotDiff)
#include "tst_snapshotdiff.moc"
