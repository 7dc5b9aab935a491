// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/processmemory.h"
#include "memory/sharedpieces.h"
#include "memory/simulatedmemory.h"

#include <QtTest>

#include <cstring>
#include <random>
#include <set>
#include <vector>

using namespace heapatlas;

/// The two memories that engines stand on, and the pieces of keyframes.
class TestSimulatedMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chunksHaveTheSameAddressesInEveryRun();
    void chunkNumbersAreReused();
    void recordedAddressesAreKept();
    void impossiblePlacesAreRefused();
    void newChunksAvoidRecordedOnes();
    void refsAndAddressesAgree();
    void everySlotOfEveryStrideHasItsOwnWord();
    void forgottenRunsHaveNoWords();
    void slotKnowsWhetherItIsLive();
    void recordsComeBack();
    void solidGrowsOnlyAsRecorded();
    void regionNumbersRunOut();
    void piecesAreSharedAndRestore();
    void piecesOfGrowingArrays();
    void processMemoryIsAlignedAndReal();
    void processMemoryKeepsLinksInTheSlots();
};

namespace {

/// Header types are the engine's; the memory only wants to know the size.
struct Header
{
    std::uint64_t words[4];
};

SimulatedMemory memoryWithHeaders()
{
    SimulatedMemory memory;
    memory.setHeaderBytes(sizeof(Header));
    return memory;
}

} // namespace

void TestSimulatedMemory::chunksHaveTheSameAddressesInEveryRun()
{
    SimulatedMemory memory = memoryWithHeaders();
    for (std::uint64_t i = 0; i < 5; ++i)
        QCOMPARE(memory.regionAddress(*memory.mapChunk()), Address { 0x7f0000000000 + i * regionBytes });
}

void TestSimulatedMemory::chunkNumbersAreReused()
{
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion first = *memory.mapChunk();
    memory.mapChunk();
    memory.header<Header>(first).words[2] = 7;
    memory.unmapChunk(first);
    QVERIFY(memory.refAt(Address { 0x7f0000000008 }).isNull());
    const SimulatedRegion again = *memory.mapChunk();
    QVERIFY(again == first);
    QCOMPARE(memory.header<Header>(again).words[2], std::uint64_t { 0 }); // as from the operating system
}

void TestSimulatedMemory::recordedAddressesAreKept()
{
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion chunk = *memory.mapChunkAt({ 0x7f4c2ca00000 });
    const SimulatedRegion solid = *memory.mapSolidAt({ 0x7f4c2d000000 }, 3 * regionBytes + 4096);
    QCOMPARE(memory.regionAddress(chunk), Address { 0x7f4c2ca00000 });
    QCOMPARE(memory.regionAddress(solid), Address { 0x7f4c2d000000 });
    QCOMPARE(memory.addressOf(memory.refIn(chunk, 0x1238)), Address { 0x7f4c2ca01238 });
}

void TestSimulatedMemory::impossiblePlacesAreRefused()
{
    SimulatedMemory memory = memoryWithHeaders();
    QVERIFY(memory.mapChunkAt({ 0x7f4c2ca00000 }));
    QVERIFY(memory.mapSolidAt({ 0x7f4c2d000000 }, 3 * regionBytes));
    for (const std::uint64_t address : { 0ULL, 0x7f4c2ca00000ULL, 0x7f4c2cb00000ULL, 0x7f4c2d000000ULL,
             0x7f4c2d200000ULL, 0x7f4c2d400000ULL, 0xffffffffffe00000ULL })
        QVERIFY(!memory.mapChunkAt({ address }));
    QVERIFY(!memory.mapSolidAt({ 0x7f4c2c800000 }, 2 * regionBytes)); // reaches into the chunk
    QVERIFY(!memory.mapSolidAt({ 0x7f4c2cc00000 }, 3 * regionBytes)); // into the solid mapping
    QVERIFY(!memory.mapSolidAt({ 0x100000000000 }, ~Bytes { 0 }));
    QVERIFY(!memory.mapSolidAt({ 0x100000000000 }, 0));
    QVERIFY(!memory.mapSolidAt({ 0x200000 }, 0x7fa000000000));
    QVERIFY(memory.mapChunkAt({ 0x7f4c2d600000 })); // directly behind is free
}

void TestSimulatedMemory::newChunksAvoidRecordedOnes()
{
    SimulatedMemory memory = memoryWithHeaders();
    std::set<std::uint64_t> addresses { 0x7f0000200000, 0x7f0000400000 };
    for (const std::uint64_t address : addresses)
        QVERIFY(memory.mapChunkAt({ address }));
    QVERIFY(memory.mapSolidAt({ 0x7f0000600000 }, regionBytes));
    for (int i = 0; i < 10; ++i) {
        const std::uint64_t address = memory.regionAddress(*memory.mapChunk()).value;
        QVERIFY(address != 0x7f0000600000);
        QVERIFY(addresses.insert(address).second);
    }
}

void TestSimulatedMemory::refsAndAddressesAgree()
{
    SimulatedMemory memory = memoryWithHeaders();
    memory.mapChunk();
    const SimulatedRegion chunk = *memory.mapChunk();
    for (Bytes offset = 8; offset < regionBytes; offset += 104) {
        const SimulatedRef ref = memory.refIn(chunk, offset);
        QVERIFY(memory.regionOf(ref) == chunk);
        QCOMPARE(memory.offsetOf(ref), offset);
        QVERIFY(memory.refAt(memory.addressOf(ref)) == ref);
    }
    const SimulatedRegion solid = *memory.mapSolid(3 * regionBytes);
    const Address begin = memory.regionAddress(solid);
    QVERIFY(memory.refAt(begin) == memory.refIn(solid, 0));
    for (const Address address : { begin + 8, begin + regionBytes, begin + 4, Address { 8 } })
        QVERIFY(memory.refAt(address).isNull());
}

void TestSimulatedMemory::everySlotOfEveryStrideHasItsOwnWord()
{
    // Every stride a run of up to eight pages can have.
    for (Bytes stride = 8; stride <= 4096; stride += 8) {
        for (std::uint32_t pages = 1; pages <= 8; ++pages) {
            SimulatedMemory memory = memoryWithHeaders();
            const SimulatedRegion chunk = *memory.mapChunk();
            const Bytes begin = 17 * 4096;
            const auto count = static_cast<std::uint32_t>(pages * Bytes { 4096 } / stride);
            memory.declareRun(memory.refIn(chunk, begin), stride, count, pages);
            const SimulatedRef marker = memory.refIn(chunk, 8);
            for (std::uint32_t slot = 0; slot < count; ++slot) {
                const SimulatedRef ref = memory.refIn(chunk, begin + slot * stride);
                QVERIFY(memory.link(ref).isNull());
                memory.setLink(ref, memory.refIn(chunk, 8 + slot * Bytes { 8 }));
            }
            for (std::uint32_t slot = 0; slot < count; ++slot)
                QVERIFY(memory.link(memory.refIn(chunk, begin + slot * stride))
                    == memory.refIn(chunk, 8 + slot * Bytes { 8 }));
            QVERIFY(memory.link(marker).isNull()); // no run there
        }
    }
}

void TestSimulatedMemory::forgottenRunsHaveNoWords()
{
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion chunk = *memory.mapChunk();
    const SimulatedRef run = memory.refIn(chunk, 4096);
    memory.declareRun(run, 64, 64, 1);
    memory.markLive(run);
    memory.forgetRun(run, 64, 1);
    QVERIFY(!memory.isLive(run));
    QVERIFY(!memory.giveSlot(run, {}));
    memory.declareRun(memory.refIn(chunk, 8192), 64, 64, 1); // takes the same words
    QVERIFY(!memory.isLive(memory.refIn(chunk, 8192)));
}

void TestSimulatedMemory::slotKnowsWhetherItIsLive()
{
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion chunk = *memory.mapChunk();
    const SimulatedRef run = memory.refIn(chunk, 4096);
    const SimulatedRef next = memory.refIn(chunk, 4096 + 24);
    memory.declareRun(run, 24, 170, 1);
    memory.setLink(run, next);
    QVERIFY(memory.takeSlot(run) == next);
    QVERIFY(memory.isLive(run) && !memory.isLive(next));
    std::uint64_t bits[3] = {};
    memory.readLiveBits(run, 170, bits);
    QCOMPARE(bits[0], std::uint64_t { 1 });
    QVERIFY(memory.giveSlot(run, next));
    QVERIFY(!memory.giveSlot(run, next));
    QVERIFY(memory.link(run) == next);
}

void TestSimulatedMemory::recordsComeBack()
{
    struct Node
    {
        std::uint64_t a;
        std::uint32_t b;
    };
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion chunk = *memory.mapChunk();
    memory.declareRun(memory.refIn(chunk, 4096), 24, 170, 1);
    const auto slot = [&](Bytes i) { return memory.refIn(chunk, 4096 + i * 24); };
    for (Bytes i = 0; i < 20; ++i) {
        memory.markLive(slot(i));
        memory.storeRecord(slot(i), Node { i, 7 });
    }
    memory.storeRecord(slot(3), Node { 100, 8 });
    memory.eraseRecord(slot(4));
    QVERIFY(memory.isLive(slot(4)) && !memory.hasRecord(slot(4)));
    const SimulatedMemory::Keyframe keyframe = memory.keyframe();
    memory.storeRecord(slot(5), Node { 1, 1 });
    memory.restore(keyframe);
    QCOMPARE(memory.record<Node>(slot(3)).a, std::uint64_t { 100 });
    QCOMPARE(memory.record<Node>(slot(5)).a, std::uint64_t { 5 });
    QVERIFY(memory.hasRecord(slot(5)) && !memory.isLive(slot(5)) && !memory.giveSlot(slot(5), {}));
}

void TestSimulatedMemory::solidGrowsOnlyAsRecorded()
{
    SimulatedMemory memory = memoryWithHeaders();
    const SimulatedRegion a = *memory.mapSolid(3 * regionBytes);
    QVERIFY(!memory.extendSolid(a, 3 * regionBytes, 4 * regionBytes, false));
    QVERIFY(memory.extendSolid(a, 3 * regionBytes, 400 * regionBytes, true));
    QVERIFY(memory.truncateSolid(a, 400 * regionBytes, 2 * regionBytes));
    const SimulatedRegion b = *memory.mapSolid(Bytes { 3 } << 32); // larger than a window
    QVERIFY(memory.extendSolid(b, Bytes { 3 } << 32, Bytes { 4 } << 32, true));
    QVERIFY(!memory.mapSolid(Bytes { 1 } << 47));
    // Recorded neighbours cannot both have the same place.
    const SimulatedRegion c = *memory.mapSolidAt({ 0x7f4c2d000000 }, regionBytes);
    QVERIFY(memory.mapChunkAt({ 0x7f4c2d200000 }));
    QVERIFY(memory.extendSolid(c, regionBytes / 2, regionBytes, true));
    QVERIFY(!memory.extendSolid(c, regionBytes, regionBytes + 4096, true));
}

void TestSimulatedMemory::regionNumbersRunOut()
{
    SimulatedMemory memory = memoryWithHeaders();
    int solids = 0;
    while (memory.mapSolid(4096))
        ++solids;
    QCOMPARE(solids, 0x3FFE);
    QVERIFY(memory.mapChunk());
    QVERIFY(!memory.mapChunk());
    QVERIFY(!memory.mapSolid(Bytes { 1 } << 33));
}

void TestSimulatedMemory::piecesAreSharedAndRestore()
{
    std::mt19937 random(1);
    std::vector<std::uint32_t> words(100000);
    for (std::uint32_t& word : words)
        word = static_cast<std::uint32_t>(random());
    const SharedPieces first = SharedPieces::captureOf(words, {});
    const std::vector<std::uint32_t> before = words;
    words[70000] ^= 1;
    const SharedPieces second = SharedPieces::captureOf(words, first);
    QVERIFY(first.ownBytes() > 400000);
    QVERIFY(second.ownBytes() < 10000);
    std::vector<std::uint32_t> out;
    first.copyInto(out);
    QVERIFY(out == before);
    second.copyInto(out);
    QVERIFY(out == words);
    // Zeros cost nothing but their row in the table.
    QVERIFY(SharedPieces::captureOf(std::vector<std::uint32_t>(100000), {}).ownBytes() < 10000);
    SharedPieces().copyInto(out);
    QVERIFY(out.empty());
}

void TestSimulatedMemory::piecesOfGrowingArrays()
{
    std::vector<std::uint32_t> words;
    SharedPieces pieces;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        words.push_back(i % 300 == 0 ? 0 : i);
        if (i % 37 != 0)
            continue;
        if (i % 5 == 0)
            words.resize(words.size() / 2);
        pieces = SharedPieces::captureOf(words, pieces);
        std::vector<std::uint32_t> out(7, 7);
        pieces.copyInto(out);
        QVERIFY(out == words);
    }
}

void TestSimulatedMemory::processMemoryIsAlignedAndReal()
{
    ProcessMemory memory;
    std::vector<ProcessRegion> chunks;
    for (int i = 0; i < 8; ++i) {
        const std::optional<ProcessRegion> chunk = memory.mapChunk();
        QVERIFY(chunk.has_value());
        QCOMPARE(memory.regionAddress(*chunk).offsetIn(regionBytes), Bytes { 0 });
        std::memset(chunk->begin, i, regionBytes);
        chunks.push_back(*chunk);
    }
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        QCOMPARE(chunks[i].begin[regionBytes - 1], static_cast<std::byte>(i));
        memory.unmapChunk(chunks[i]);
    }
    const ProcessRegion solid = *memory.mapSolid(3 * regionBytes);
    std::memset(solid.begin, 1, 3 * regionBytes);
    QVERIFY(memory.truncateSolid(solid, 3 * regionBytes, regionBytes));
    const bool hasGrown = memory.extendSolid(solid, regionBytes, 2 * regionBytes, false);
    if (hasGrown)
        std::memset(solid.begin, 2, 2 * regionBytes);
    memory.unmapSolid(solid, hasGrown ? 2 * regionBytes : regionBytes);
    QVERIFY(!memory.mapSolid(0));
    QVERIFY(!memory.mapSolid(Bytes { 1 } << 60));
}

void TestSimulatedMemory::processMemoryKeepsLinksInTheSlots()
{
    ProcessMemory memory;
    const ProcessRegion chunk = *memory.mapChunk();
    const ProcessRef a = memory.refIn(chunk, 4096);
    const ProcessRef b = memory.refIn(chunk, 4104);
    memory.setLink(a, b);
    std::byte* word = nullptr;
    std::memcpy(&word, a.pointer, sizeof(word));
    QVERIFY(word == b.pointer);
    QVERIFY(memory.takeSlot(a) == b);
    QVERIFY(memory.regionOf(b) == chunk);
    QCOMPARE(memory.offsetOf(b), Bytes { 4104 });
    memory.unmapChunk(chunk);
}

QTEST_APPLESS_MAIN(TestSimulatedMemory)
#include "tst_simulatedmemory.moc"
