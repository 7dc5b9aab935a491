// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cellpyramid.h"
#include "support/changedsnapshot.h"
#include "support/fakesnapshot.h"

#include <QTest>

#include <map>

using namespace heapatlas;

namespace {

/// Byte by byte in effect: the use of [begin, end) counted slot by slot.
CellSums slowSums(const HeapSnapshot& snapshot, AddressRange range)
{
    CellSums sums;
    for (Address at = range.begin; at < range.end; at = at + 8) {
        const RegionRow* region = snapshot.regionAt(at);
        if (region == nullptr)
            continue;
        const Bytes offset = at - region->range.begin;
        const BlockRow* block = snapshot.blockAt(at);
        const auto isAsked = [&](Bytes i) {
            return block == nullptr || at + i < block->begin + block->requested;
        };
        for (Bytes i = 0; i < 8; ++i) {
            switch (region->kind) {
            case RegionKind::Header:
                ++sums.overhead;
                break;
            case RegionKind::Free:
                ++sums.free;
                break;
            case RegionKind::LargeRun:
            case RegionKind::Huge:
                ++(offset + i < region->requested ? sums.live : sums.slack);
                break;
            case RegionKind::SmallRun: {
                const Bytes slot = (offset + i) / region->slotBytes;
                if (slot >= region->slotCount)
                    ++sums.overhead;
                else if (!snapshot.isSlotLive(*region, static_cast<std::uint32_t>(slot)))
                    ++sums.free;
                else
                    ++(isAsked(i) ? sums.live : sums.slack);
            }
            }
        }
    }
    return sums;
}

} // namespace

class TestCellPyramid : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void codesKeepWhatIsEmptyAndWhatIsFull()
    {
        QCOMPARE(CellCode::of(7, 0U, 4096U).step(), 0U);
        QCOMPARE(CellCode::of(7, 1U, 4096U).step(), 1U);
        QCOMPARE(CellCode::of(7, 4095U, 4096U).step(), CellCode::full - 1);
        QCOMPARE(CellCode::of(7, 4096U, 4096U).step(), CellCode::full);
        QCOMPARE(CellCode::of(CellCode::huge, 4096U, 4096U).look(), CellCode::huge);
        QCOMPARE(CellCode::of(7, 5U, 0U).step(), 0U);
    }
    void sumsAreExactToTheByte()
    {
        testing::FakeHeap heap;
        heap.chunks = 1;
        heap.hugeBlocks = 0;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        const Address begin = snapshot->chunks()[0].range.begin;
        for (const auto& [from, to] : std::map<Bytes, Bytes> { { 0, 4096 }, { 4096, 5 * 4096 }, { 8, 24 },
                 { 100 * 4096 + 808, 131 * 4096 + 8 }, { 0, 512 * 4096 } }) {
            const AddressRange range { begin + from, begin + to };
            const CellSums fast = cellSums(*snapshot, range);
            const CellSums slow = slowSums(*snapshot, range);
            QCOMPARE(fast.live, slow.live);
            QCOMPARE(fast.slack, slow.slack);
            QCOMPARE(fast.free, slow.free);
            QCOMPARE(fast.overhead, slow.overhead);
            QCOMPARE(fast.live + fast.slack + fast.free + fast.overhead, to - from);
        }
    }
    void everyLevelTellsTheUseOfItsPages()
    {
        testing::FakeHeap heap;
        heap.detail = Detail::Regions; // large runs without slack
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        CellPyramid pyramid;
        pyramid.setSnapshot(snapshot);
        for (std::uint32_t row = 0; row < 4; ++row) {
            const ChunkRow& chunk = snapshot->chunks()[row];
            for (int level = 0; level < CellPyramid::levels; ++level) {
                const auto cells = pyramid.cells(row, level);
                const std::uint32_t pages = CellPyramid::pagesPerCell(level);
                QCOMPARE(cells.codes.size(), std::size_t { 512 / pages });
                for (std::size_t i = 0; i < cells.codes.size(); ++i) {
                    const Address at = chunk.range.begin + i * pages * Bytes { 4096 };
                    const AddressRange range { at, at + pages * Bytes { 4096 } };
                    const CellSums sums = cellSums(*snapshot, range);
                    const unsigned step = cells.codes[i].step();
                    // Ends of runs are room for nobody; the allocator's own page counts as used.
                    const bool hasHeader = i == 0;
                    const Bytes tails = sums.overhead - (hasHeader ? 4096 : 0);
                    const Bytes used = sums.live + sums.slack + (hasHeader ? 4096 : 0);
                    const double share =
                        static_cast<double>(used) / static_cast<double>(range.size() - tails);
                    QVERIFY2(std::abs(share * CellCode::full - step) < 1.01,
                        qPrintable(QStringLiteral("level %1 cell %2").arg(level).arg(i)));
                }
            }
        }
    }
    void aCellHasTheLookOfMostOfItsBytes()
    {
        const SnapshotPtr snapshot = testing::fakeSnapshot();
        CellPyramid pyramid;
        pyramid.setSnapshot(snapshot);
        const ChunkRow& chunk = snapshot->chunks()[1];
        const auto cells = pyramid.cells(1, 1);
        for (std::size_t i = 0; i < cells.codes.size(); ++i) {
            std::map<unsigned, Bytes> used;
            for (Bytes page = 4 * i; page < 4 * i + 4; ++page) {
                const RegionRow* region = snapshot->regionAt(chunk.range.begin + page * 4096);
                const Bytes offset = chunk.range.begin + page * 4096 - region->range.begin;
                used[CellCode::lookOf(*region)] += region->kind == RegionKind::SmallRun
                    ? liveBytes(*snapshot, *region, offset, offset + 4096)
                    : region->kind == RegionKind::LargeRun
                    ? std::min<Bytes>(4096, region->requested > offset ? region->requested - offset : 0)
                    : region->kind == RegionKind::Free ? 0
                                                       : 4096;
            }
            Bytes most = 0;
            for (const auto& [look, bytes] : used)
                most = std::max(most, bytes);
            QCOMPARE(used[cells.codes[i].look()], most);
        }
    }
    void onlyWhatChangedHasANewVersion()
    {
        testing::FakeHeap heap;
        heap.detail = Detail::Regions;
        CellPyramid pyramid;
        pyramid.setSnapshot(testing::fakeSnapshot(heap));
        std::vector<std::uint64_t> before;
        for (std::uint32_t row = 0; row < 4; ++row)
            before.push_back(pyramid.cells(row, 0).version);
        // The same heap once more, and one chunk more at its end: what was there is the same.
        heap.chunks = 5;
        heap.hugeBlocks = 0;
        pyramid.setSnapshot(testing::fakeSnapshot(heap));
        for (std::uint32_t row = 0; row < 4; ++row)
            QCOMPARE(pyramid.cells(row, 0).version, before[row]);
        QVERIFY(pyramid.cells(4, 0).version > before[3]);
        heap.seed = 2;
        pyramid.setSnapshot(testing::fakeSnapshot(heap));
        for (std::uint32_t row = 0; row < 4; ++row)
            QVERIFY(pyramid.cells(row, 0).version > before[row]);
    }
    void keptCellsAreThoseOfAFreshPyramid()
    {
        const auto seed = static_cast<std::uint32_t>(std::random_device()());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        CellPyramid kept;
        SnapshotPtr snapshot;
        for (int step = 0; step < 60; ++step) {
            // Another heap now and then, else the one before with a few slots, runs and holes changed.
            if (snapshot == nullptr || random() % 4 == 0) {
                testing::FakeHeap heap;
                heap.seed = 1 + static_cast<std::uint32_t>(random() % 3);
                heap.chunks = static_cast<std::uint32_t>(random() % 6);
                heap.adjacent = 1 + static_cast<std::uint32_t>(random() % 3);
                heap.detail = Detail::Regions;
                snapshot = testing::fakeSnapshot(heap);
            } else {
                snapshot =
                    testing::changedSnapshot(*snapshot, random, static_cast<std::uint32_t>(random() % 4));
            }
            kept.setSnapshot(snapshot);
            CellPyramid fresh;
            fresh.setSnapshot(snapshot);
            for (std::uint32_t row = 0; row < snapshot->chunks().size(); ++row) {
                for (int look = static_cast<int>(random() % 3); look > 0; --look) {
                    // Some are not looked at every time, some at several levels.
                    const int level = static_cast<int>(random() % CellPyramid::levels);
                    const auto a = kept.cells(row, level).codes;
                    const auto b = fresh.cells(row, level).codes;
                    QVERIFY(std::equal(a.begin(), a.end(), b.begin(), b.end()));
                }
            }
        }
    }
    void hugeBlocksHaveNoCells()
    {
        testing::FakeHeap heap;
        heap.chunks = 0;
        heap.hugeBytes = Bytes { 1 } << 40;
        const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
        CellPyramid pyramid;
        pyramid.setSnapshot(snapshot);
        QCOMPARE(pyramid.cells(0, 0).codes.size(), std::size_t { 0 });
        const CellSums sums = cellSums(*snapshot, snapshot->chunks()[0].range);
        QCOMPARE(sums.live + sums.slack, Bytes { 1 } << 40);
    }
};

QTEST_APPLESS_MAIN(TestCellPyramid)
#include "tst_cellpyramid.moc"
