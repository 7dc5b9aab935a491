// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/heapsnapshot.h"
#include "model/snapshotbuilder.h"

#include <QtTest/QtTest>

using namespace heapatlas;

namespace {

constexpr Bytes pageBytes = 4096;
constexpr Address low { 0x10000000 };
constexpr Address high { 0x20000000 };

ChunkRow chunkAt(Address begin, std::uint32_t ordinal, std::uint32_t pages = 8)
{
    ChunkRow chunk;
    chunk.range = { begin, begin + pages * pageBytes };
    chunk.ordinal = ordinal;
    chunk.pageCount = pages;
    return chunk;
}

RegionRow pages(Address chunk, std::uint32_t first, std::uint32_t count, RegionKind kind)
{
    RegionRow region;
    region.range = { chunk + first * pageBytes, chunk + (first + count) * pageBytes };
    region.kind = kind;
    return region;
}

RegionRow smallRun(Address chunk, std::uint32_t first, std::uint32_t count, std::uint32_t slotBytes)
{
    RegionRow region = pages(chunk, first, count, RegionKind::SmallRun);
    region.slotBytes = slotBytes;
    region.slotCount = static_cast<std::uint32_t>(count * pageBytes) / slotBytes;
    return region;
}

BlockRow block(Address begin, Bytes size, Bytes requested)
{
    BlockRow row;
    row.begin = begin;
    row.size = size;
    row.requested = requested;
    return row;
}

/// Two chunks, given in the engine's order, which is not that of addresses:
/// high: H S S . . . . .      low: H L L L . S . .
SnapshotPtr twoChunks(AddressRange window = AddressRange::everything())
{
    SnapshotBuilder builder(42, Detail::Blocks, window);
    builder.beginChunk(chunkAt(high, 0));
    builder.addRegion(pages(high, 0, 1, RegionKind::Header));
    const auto bits = builder.addRegion(smallRun(high, 1, 2, 40)); // 204 slots, four words
    bits[0] = 0b101;
    bits[3] = std::uint64_t { 1 } << 11; // slot 203, the last
    builder.addRegion(pages(high, 3, 5, RegionKind::Free));
    builder.beginChunk(chunkAt(low, 1));
    builder.addRegion(pages(low, 0, 1, RegionKind::Header));
    builder.addRegion(pages(low, 1, 3, RegionKind::LargeRun));
    builder.addRegion(pages(low, 4, 1, RegionKind::Free));
    builder.addRegion(smallRun(low, 5, 1, 2048))[0] = 0b10;
    builder.addRegion(pages(low, 6, 2, RegionKind::Free));
    builder.addBlock(block(high + pageBytes + 80, 40, 33)); // slot 2
    builder.addBlock(block(high + pageBytes, 40, 40));
    builder.addBlock(block(low + 5 * pageBytes + 2048, 2048, 2000));
    builder.addBlock(block(low + pageBytes, 3 * pageBytes, 10000));
    return builder.finish();
}

} // namespace

class TestHeapSnapshot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chunksAreSortedByAddressAndKeepTheirOrdinal();
    void regionsTileTheirChunk();
    void liveBitsFollowTheirRun();
    void findsRegionsAtTheirEdges();
    void findsBlocksAndNothingBetween();
    void blocksKnowTheirRegion();
    void largeRunLearnsWhatWasAskedFor();
    void blocksOutsideTheWindowAreLeftOut();
    void blockThatReachesIntoTheWindowIsKept();
    void emptySnapshotHasNothingAnywhere();
    void detailSaysWhatIsWanted();
    void fragmentationFollowsItsFormula();
};

void TestHeapSnapshot::chunksAreSortedByAddressAndKeepTheirOrdinal()
{
    const SnapshotPtr snapshot = twoChunks();
    QCOMPARE(snapshot->eventIndex(), std::uint64_t { 42 });
    QCOMPARE(snapshot->chunks().size(), std::size_t { 2 });
    QVERIFY(snapshot->chunks()[0].range.begin == low);
    QCOMPARE(snapshot->chunks()[0].ordinal, 1U);
    QCOMPARE(snapshot->chunks()[1].ordinal, 0U);
}

void TestHeapSnapshot::regionsTileTheirChunk()
{
    const SnapshotPtr snapshot = twoChunks();
    std::size_t seen = 0;
    for (std::uint32_t c = 0; c < snapshot->chunks().size(); ++c) {
        const ChunkRow& chunk = snapshot->chunks()[c];
        Address at = chunk.range.begin;
        for (const RegionRow& region : snapshot->regions().subspan(chunk.firstRegion, chunk.regionCount)) {
            QVERIFY(region.range.begin == at);
            QCOMPARE(region.chunk, c);
            at = region.range.end;
            ++seen;
        }
        QVERIFY(at == chunk.range.end);
    }
    QCOMPARE(seen, snapshot->regions().size());
}

void TestHeapSnapshot::liveBitsFollowTheirRun()
{
    const SnapshotPtr snapshot = twoChunks();
    const RegionRow* first = snapshot->regionAt(high + pageBytes);
    QVERIFY(first != nullptr);
    for (std::uint32_t slot = 0; slot < first->slotCount; ++slot)
        QCOMPARE(snapshot->isSlotLive(*first, slot), slot == 0 || slot == 2 || slot == 203);
    const RegionRow* second = snapshot->regionAt(low + 5 * pageBytes);
    QVERIFY(second != nullptr);
    QVERIFY(!snapshot->isSlotLive(*second, 0));
    QVERIFY(snapshot->isSlotLive(*second, 1));
}

void TestHeapSnapshot::findsRegionsAtTheirEdges()
{
    const SnapshotPtr snapshot = twoChunks();
    QCOMPARE(snapshot->regionAt(low)->kind, RegionKind::Header);
    QCOMPARE(snapshot->regionAt(low + pageBytes)->kind, RegionKind::LargeRun);
    QCOMPARE(snapshot->regionAt(low + 4 * pageBytes - 1)->kind, RegionKind::LargeRun);
    QCOMPARE(snapshot->regionAt(low + 4 * pageBytes)->kind, RegionKind::Free);
    QVERIFY(snapshot->regionAt(low - 1) == nullptr);
    QVERIFY(snapshot->regionAt(low + 8 * pageBytes) == nullptr); // between the chunks
    QVERIFY(snapshot->regionAt(high + 8 * pageBytes) == nullptr);
    QVERIFY(snapshot->chunkAt(low + 8 * pageBytes) == nullptr);
    QCOMPARE(snapshot->chunkAt(high + 1)->ordinal, 0U);
}

void TestHeapSnapshot::findsBlocksAndNothingBetween()
{
    const SnapshotPtr snapshot = twoChunks();
    QCOMPARE(snapshot->blockAt(high + pageBytes + 39)->size, Bytes { 40 });
    QVERIFY(snapshot->blockAt(high + pageBytes + 40) == nullptr);
    QCOMPARE(snapshot->blockAt(high + pageBytes + 80)->requested, Bytes { 33 });
    QCOMPARE(snapshot->blockAt(low + 4 * pageBytes - 1)->size, 3 * pageBytes);
    QVERIFY(snapshot->blockAt(low + 4 * pageBytes) == nullptr);
    QVERIFY(snapshot->blockAt({ 0 }) == nullptr);
    QVERIFY(snapshot->blockAt({ ~std::uint64_t { 0 } }) == nullptr);
}

void TestHeapSnapshot::blocksKnowTheirRegion()
{
    const SnapshotPtr snapshot = twoChunks();
    QCOMPARE(snapshot->blocks().size(), std::size_t { 4 });
    for (std::size_t i = 0; i < snapshot->blocks().size(); ++i) {
        const BlockRow& row = snapshot->blocks()[i];
        QVERIFY(snapshot->regions()[row.region].range.contains(row.begin));
        QVERIFY(i == 0 || snapshot->blocks()[i - 1].begin < row.begin);
    }
}

void TestHeapSnapshot::largeRunLearnsWhatWasAskedFor()
{
    QCOMPARE(twoChunks()->regionAt(low + pageBytes)->requested, Bytes { 10000 });
}

void TestHeapSnapshot::blocksOutsideTheWindowAreLeftOut()
{
    const SnapshotPtr snapshot = twoChunks({ high, high + 8 * pageBytes });
    QCOMPARE(snapshot->blocks().size(), std::size_t { 2 });
    QCOMPARE(snapshot->chunks().size(), std::size_t { 2 }); // the map below the window stays
}

void TestHeapSnapshot::blockThatReachesIntoTheWindowIsKept()
{
    const Address inside = low + 3 * pageBytes;
    const SnapshotPtr snapshot = twoChunks({ inside, inside + 16 });
    QCOMPARE(snapshot->blocks().size(), std::size_t { 1 });
    QVERIFY(snapshot->blockAt(inside) != nullptr);
}

void TestHeapSnapshot::emptySnapshotHasNothingAnywhere()
{
    SnapshotBuilder builder(0, Detail::Blocks, AddressRange::everything());
    const SnapshotPtr snapshot = builder.finish();
    QVERIFY(snapshot->regionAt(low) == nullptr);
    QVERIFY(snapshot->blockAt(low) == nullptr);
    QVERIFY(snapshot->chunkAt(low) == nullptr);
    QCOMPARE(snapshot->totals().internalFragmentation(), 0.0);
    QCOMPARE(snapshot->totals().externalFragmentation(pageBytes), 0.0);
}

void TestHeapSnapshot::detailSaysWhatIsWanted()
{
    const AddressRange all = AddressRange::everything();
    QVERIFY(!SnapshotBuilder(0, Detail::Totals, all).wantsRegions());
    QVERIFY(SnapshotBuilder(0, Detail::Regions, all).wantsRegions());
    QVERIFY(!SnapshotBuilder(0, Detail::Regions, all).wantsBlocks());
    QVERIFY(SnapshotBuilder(0, Detail::Blocks, all).wantsRegions());
    QVERIFY(SnapshotBuilder(0, Detail::Blocks, all).wantsBlocks());
}

void TestHeapSnapshot::fragmentationFollowsItsFormula()
{
    HeapTotals totals;
    totals.live = 1000;
    totals.requested = 750;
    totals.freePages = 8;
    totals.largestHole = 6 * pageBytes;
    QCOMPARE(totals.internalFragmentation(), 0.25);
    QCOMPARE(totals.externalFragmentation(pageBytes), 0.25);
}

QTEST_APPLESS_MAIN(TestHeapSnapshot)
#include "tst_heapsnapshot.moc"
