// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/pins.h"
#include "model/snapshotbuilder.h"
#include "support/fakesnapshot.h"

#include <QtTest>

#include <map>
#include <set>

using namespace heapatlas;

namespace {

constexpr Address base { 0x7f0000000000 };
constexpr Bytes page = 4096;
constexpr Bytes chunkBytes = 512 * page;

/// Two chunks: the first one, which stays, and one held by few blocks.
SnapshotPtr smallHeap()
{
    SnapshotBuilder out(1000, Detail::Blocks, AddressRange::everything());
    out.setPageBytes(page);
    const auto chunk = [&](std::uint32_t ordinal, std::uint32_t freePages) {
        const Address begin = base + ordinal * chunkBytes;
        out.beginChunk({ .range = { begin, begin + chunkBytes },
            .ordinal = ordinal,
            .pageCount = 512,
            .freePages = freePages });
        out.addRegion({ .range = { begin, begin + page }, .kind = RegionKind::Header });
        return begin;
    };
    const auto run = [&](Address begin, std::uint32_t slotBytes, std::vector<std::uint32_t> live) {
        const std::span<std::uint64_t> bits = out.addRegion({ .range = { begin, begin + page },
            .kind = RegionKind::SmallRun,
            .slotBytes = slotBytes,
            .slotCount = static_cast<std::uint32_t>(page / slotBytes),
            .liveSlots = static_cast<std::uint32_t>(live.size()) });
        for (const std::uint32_t slot : live)
            bits[slot / 64] |= std::uint64_t { 1 } << (slot % 64);
    };
    const auto block = [&](Address begin, Bytes size, std::uint64_t born, std::uint32_t stack) {
        out.addBlock(
            { .begin = begin, .size = size, .requested = size - 1, .bornEvent = born, .stack = stack });
    };

    const Address first = chunk(0, 510);
    run(first + page, 64, { 0 });
    block(first + page, 64, 0, 0); // live before the recording
    out.addRegion({ .range = { first + 2 * page, first + chunkBytes }, .kind = RegionKind::Free });

    const Address second = chunk(1, 500);
    run(second + page, 64, { 3, 7, 9 }); // 9: a record of the allocator's own
    block(second + page + 3 * 64, 64, 101, 5);
    block(second + page + 7 * 64, 64, 51, 6);
    run(second + 2 * page, 128, { 1 });
    block(second + 2 * page + 128, 128, 201, 5);
    run(second + 3 * page, 256, {}); // empty, waits to be given back
    out.addRegion(
        { .range = { second + 4 * page, second + 12 * page }, .kind = RegionKind::LargeRun, .liveSlots = 1 });
    block(second + 4 * page, 8 * page, 301, 7);
    out.addRegion({ .range = { second + 12 * page, second + chunkBytes }, .kind = RegionKind::Free });

    const Address third = chunk(2, 510);
    run(third + page, 32, { 10 });
    block(third + page + 320, 32, 401, 7);
    out.addRegion({ .range = { third + 2 * page, third + chunkBytes }, .kind = RegionKind::Free });
    return out.finish();
}

/// Stacks 5 and 6 end at site 1, 7 at site 2.
std::uint32_t siteOf(std::uint32_t stack) { return stack == 0 ? 0 : stack < 7 ? 1 : 2; }

} // namespace

class TestPins : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tellsWhatHoldsAChunk();
    void tellsWhatASiteHoldsBack();
    void agreesWithCounting_data();
    void agreesWithCounting();
    void looksOnlyAtWholeChunks();
};

void TestPins::tellsWhatHoldsAChunk()
{
    const PinTable table = findPins(*smallHeap(), siteOf);
    QCOMPARE(table.eventIndex, std::uint64_t { 1000 });
    QCOMPARE(table.chunkCount, std::size_t { 3 });
    const auto second = std::find_if(table.chunks().begin(), table.chunks().end(),
        [](const Pin& pin) { return pin.range.begin == base + chunkBytes; });
    QVERIFY(second != table.chunks().end());
    QCOMPARE(second->blocks, std::uint64_t { 4 });
    QCOMPARE(second->engineBlocks, std::uint64_t { 1 });
    QCOMPARE(second->liveBytes, Bytes { 4 * 64 - 64 + 128 + 8 * page });
    QCOMPARE(second->freeBytes, chunkBytes - page - second->liveBytes);
    QCOMPARE(second->returned, chunkBytes);
    QCOMPARE(second->oldestEvent, std::uint64_t { 50 });
    const auto holders = table.holdersOf(*second);
    QCOMPARE(holders.size(), std::size_t { 2 });
    QCOMPARE(holders[0].site, 2U);
    QCOMPARE(holders[0].bytes, 8 * page);
    QCOMPARE(holders[1].site, 1U);
    QCOMPARE(holders[1].blocks, std::uint64_t { 3 });
    QCOMPARE(holders[1].bytes, Bytes { 64 + 64 + 128 });
    QCOMPARE(holders[1].oldestEvent, std::uint64_t { 50 });
    QCOMPARE(holders[1].newestEvent, std::uint64_t { 200 });
    QCOMPARE(holders[1].example, base + chunkBytes + page + 3 * 64);

    const auto first = std::find_if(
        table.chunks().begin(), table.chunks().end(), [](const Pin& pin) { return pin.range.begin == base; });
    QCOMPARE(first->returned, Bytes { 0 });
    QVERIFY(table.holdersOf(*first)[0].isAdopted);
    QCOMPARE(table.emptyRunBytes, page);
    QCOMPARE(table.runs().size(), std::size_t { 4 });
    QCOMPARE(table.runs().front().liveBytes, Bytes { 32 }); // the emptiest one
}

void TestPins::tellsWhatASiteHoldsBack()
{
    const PinTable table = findPins(*smallHeap(), siteOf);
    QCOMPARE(table.sites.size(), std::size_t { 3 });
    const SitePins& two = table.sites[0];
    QCOMPARE(two.site, 2U);
    QCOMPARE(two.chunksTouched, 2U);
    QCOMPARE(two.chunksAlone, 1U);
    QCOMPARE(two.chunkBytesReturned, chunkBytes);
    QCOMPARE(two.runsAlone, 1U);
    QCOMPARE(two.pageBytesReturned, Bytes { 0 }); // its one run goes with the chunk
    const SitePins& one = *std::find_if(
        table.sites.begin(), table.sites.end(), [](const SitePins& site) { return site.site == 1; });
    QCOMPARE(one.runsTouched, 2U);
    QCOMPARE(one.runsAlone, 1U); // the other holds a record of the allocator
    QCOMPARE(one.pageBytesReturned, page);
    QCOMPARE(one.chunksAlone, 0U);
}

void TestPins::agreesWithCounting_data()
{
    QTest::addColumn<std::uint32_t>("seed");
    QTest::addColumn<double>("fill");
    for (std::uint32_t seed = 1; seed <= 6; ++seed)
        QTest::addRow("seed %u", seed) << seed << (seed % 2 == 0 ? 0.02 : 0.7);
}

void TestPins::agreesWithCounting()
{
    QFETCH(std::uint32_t, seed);
    QFETCH(double, fill);
    const SnapshotPtr snapshot =
        heapatlas::testing::fakeSnapshot({ .seed = seed, .chunks = 5, .fill = fill });
    const auto site = [](std::uint32_t stack) { return stack % 7; };
    const PinTable table = findPins(*snapshot, site);

    struct Sum
    {
        std::uint64_t blocks = 0;
        Bytes bytes = 0;
        std::uint64_t oldest = ~std::uint64_t { 0 };
    };
    using Key = std::pair<bool, std::uint32_t>;
    std::map<std::uint64_t, std::map<Key, Sum>> byChunk;
    std::map<std::uint64_t, std::map<Key, Sum>> byRun;
    for (const BlockRow& block : snapshot->blocks()) {
        const RegionRow* region = snapshot->regionAt(block.begin);
        if (region->kind == RegionKind::Huge)
            continue;
        const Key key { block.bornEvent == 0, block.bornEvent == 0 ? 0 : site(block.stack) };
        const auto add = [&](Sum& sum) {
            ++sum.blocks;
            sum.bytes += region->kind == RegionKind::SmallRun ? region->slotBytes : region->range.size();
            sum.oldest = std::min(sum.oldest, block.bornEvent == 0 ? 0 : block.bornEvent - 1);
        };
        add(byChunk[snapshot->chunkAt(block.begin)->range.begin.value][key]);
        if (region->kind == RegionKind::SmallRun)
            add(byRun[region->range.begin.value][key]);
    }
    std::size_t held = 0;
    for (const Pin& pin : table.pins) {
        const bool isChunk = pin.what == Pin::What::Chunk;
        const auto& counted = isChunk ? byChunk[pin.range.begin.value] : byRun[pin.range.begin.value];
        held += counted.empty() ? 0U : 1U;
        QCOMPARE(std::size_t { pin.holderCount }, counted.size());
        for (const PinHolder& holder : table.holdersOf(pin)) {
            const Sum& sum = counted.at({ holder.isAdopted, holder.site });
            QCOMPARE(holder.blocks, sum.blocks);
            QCOMPARE(holder.bytes, sum.bytes);
            QCOMPARE(holder.oldestEvent, sum.oldest);
        }
    }
    QCOMPARE(held, byChunk.size() + byRun.size()); // none is missing
    for (const SitePins& row : table.sites) {
        Bytes alone = 0;
        for (const auto& [chunk, counted] : byChunk) {
            const auto pin = std::find_if(table.chunks().begin(), table.chunks().end(),
                [&](const Pin& p) { return p.range.begin.value == chunk; });
            if (counted.size() == 1 && counted.contains({ row.isAdopted, row.site })
                && pin->engineBlocks == 0)
                alone += pin->returned;
        }
        QCOMPARE(row.chunkBytesReturned, alone);
    }
}

void TestPins::looksOnlyAtWholeChunks()
{
    const SnapshotPtr whole = heapatlas::testing::fakeSnapshot({ .chunks = 3 });
    const AddressRange second = whole->chunks()[1].range;
    const SnapshotPtr part = heapatlas::testing::fakeSnapshot({ .chunks = 3, .window = second });
    const PinTable table = findPins(*part, siteOf);
    QCOMPARE(table.chunkCount, std::size_t { 1 });
    QVERIFY(table.chunks()[0].range == second);
}

QTEST_APPLESS_MAIN(TestPins)
#include "tst_pins.moc"
