// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntheticheap.h"

extern "C" {
#include "php/arena.h"
#include "php/heapstate.h"
#include "php/slottable.h"
}

#include <QtTest>

#include <random>

using heapatlas::phptest::SyntheticHeap;

namespace {

struct Adopted
{
    std::uint64_t address;
    std::uint64_t size;
    friend bool operator==(const Adopted&, const Adopted&) = default;
};

struct Sink
{
    std::vector<Adopted> blocks;
    std::vector<std::vector<std::uint64_t>> freeSlots { HA_BINS };
};

std::uint32_t adopt(void* context, std::uint64_t address, std::uint64_t size)
{
    auto* const sink = static_cast<Sink*>(context);
    sink->blocks.push_back({ address, size });
    return static_cast<std::uint32_t>(sink->blocks.size()) - 1;
}

void seed(void* context, unsigned bin, const std::uint64_t* headFirst, std::size_t count)
{
    static_cast<Sink*>(context)->freeSlots[bin].assign(headFirst, headFirst + count);
}

std::uint64_t addressOf(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

/// Where the table keeps a block's number (slot + 1), as its page stands now.
std::uint32_t* wordOf(std::uint64_t address, int creating)
{
    const std::uint32_t info = ha_info_of(address);
    ha_block* const block = creating != 0 ? ha_block_make(address, info) : ha_block_at(address, info);
    return block != nullptr ? &block->number : nullptr;
}

} // namespace

class TestPhpHeapState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void adoptsWhatIsOnNoFreeListInAddressOrder_data();
    void adoptsWhatIsOnNoFreeListInAddressOrder();
    void findsEverySlotAgainByAddress();
    void makesAnotherArrayWhenARunChangesItsBin();
    void writesTheStateField();
    void saysWhenTheStateDoesNotFit();
};

void TestPhpHeapState::initTestCase()
{
    QCOMPARE(ha_arena_open(), 0);
    QCOMPARE(ha_slots_open(ha_layouts[0].map), 0);
}

void TestPhpHeapState::adoptsWhatIsOnNoFreeListInAddressOrder_data()
{
    QTest::addColumn<unsigned>("index");
    QTest::addRow("classic") << 0u;
    QTest::addRow("delayed-oom") << 1u;
}

void TestPhpHeapState::adoptsWhatIsOnNoFreeListInAddressOrder()
{
    QFETCH(unsigned, index);
    const ha_layout& layout = ha_layouts[index];
    QCOMPARE(ha_slots_open(layout.map), 0);
    SyntheticHeap heap(layout);
    heap.addChunk();
    heap.addRun(0, 1, 1, 2); // 170 slots of 24 bytes
    heap.addRun(0, 2, 3, -1);
    heap.addRun(0, 7, 5, 16); // 64 slots of 320 bytes over 5 pages
    heap.addRun(1, 1, 1, -1);
    char* const small = heap.chunk(0) + 4096;
    char* const wide = heap.chunk(0) + 7 * 4096;
    for (int slot = 169; slot >= 3; --slot)
        heap.pushFree(2, small + 24 * slot);
    heap.pushFree(16, wide + 320 * 63);
    heap.addHuge(0x7e0000400000, 0x201000, small); // node in slot 0
    heap.addHuge(0x7e0000000000, 0x200000, small + 24); // node in slot 1

    Sink sink;
    std::vector<std::uint64_t> scratch(1024);
    QCOMPARE(ha_state_adopt(&layout, heap.heap(), scratch.data(), scratch.size(), adopt, seed, &sink), 0);

    std::vector<Adopted> expected { { addressOf(small + 48), 24 },
        { addressOf(heap.chunk(0) + 2 * 4096), 3 * 4096 } };
    for (int slot = 0; slot < 63; ++slot)
        expected.push_back({ addressOf(wide + 320 * slot), 320 });
    const Adopted other { addressOf(heap.chunk(1) + 4096), 4096 };
    if (heap.chunk(1) < heap.chunk(0))
        expected.insert(expected.begin(), other);
    else
        expected.push_back(other);
    expected.push_back({ 0x7e0000000000, 0x200000 });
    expected.push_back({ 0x7e0000400000, 0x201000 });
    QCOMPARE(sink.blocks.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(sink.blocks[i].address, expected[i].address);
        QCOMPARE(sink.blocks[i].size, expected[i].size);
        const std::uint32_t* const word = wordOf(expected[i].address, 0);
        QVERIFY(word != nullptr);
        QCOMPARE(*word, static_cast<std::uint32_t>(i) + 1);
    }
    QCOMPARE(sink.freeSlots[2].size(), std::size_t { 167 });
    QCOMPARE(sink.freeSlots[2].front(), addressOf(small + 24 * 3));
    QCOMPARE(sink.freeSlots[16], std::vector<std::uint64_t> { addressOf(wide + 320 * 63) });
    QCOMPARE(*wordOf(addressOf(small + 24 * 3), 0), 0u); // a free slot belongs to nobody
    QCOMPARE(*wordOf(addressOf(small), 0), 0u); // neither does a node of the huge list
}

void TestPhpHeapState::findsEverySlotAgainByAddress()
{
    const ha_layout& layout = ha_layouts[1];
    QCOMPARE(ha_slots_open(layout.map), 0);
    SyntheticHeap heap(layout);
    std::uint32_t page = 1;
    std::uint32_t number = 0;
    std::vector<std::uint64_t> addresses;
    for (unsigned bin = 0; bin < HA_BINS; ++bin) {
        heap.addRun(0, page, ha_bin_pages[bin], static_cast<int>(bin));
        for (unsigned i = 0; i < ha_bin_count[bin]; ++i) {
            addresses.push_back(addressOf(heap.chunk(0) + page * 4096 + i * ha_bin_size[bin]));
            std::uint32_t* const word = wordOf(addresses.back(), 1);
            QVERIFY(word != nullptr);
            *word = ++number;
        }
        page += ha_bin_pages[bin];
    }
    for (std::size_t i = 0; i < addresses.size(); ++i)
        QCOMPARE(*wordOf(addresses[i], 0), static_cast<std::uint32_t>(i) + 1);
}

void TestPhpHeapState::makesAnotherArrayWhenARunChangesItsBin()
{
    const ha_layout& layout = ha_layouts[0];
    QCOMPARE(ha_slots_open(layout.map), 0);
    SyntheticHeap heap(layout);
    const quint32 seedValue = 20261122;
    qInfo("seed %u", seedValue);
    std::mt19937 random(seedValue);
    const std::uint64_t page = addressOf(heap.chunk(0)) + 5 * 4096;
    for (int round = 0; round < 500; ++round) {
        const unsigned bin = random() % 16; // of one page
        ha_set_u32(heap.chunk(0), layout.map + 4 * 5, HA_KIND_SMALL | bin);
        for (unsigned i = 0; i < ha_bin_count[bin]; ++i) {
            std::uint32_t* const word = wordOf(page + i * ha_bin_size[bin], 1);
            QVERIFY(word != nullptr);
            QCOMPARE(*word, 0u);
            *word = i + 1;
        }
        for (unsigned i = 0; i < ha_bin_count[bin]; ++i) {
            std::uint32_t* const word = wordOf(page + i * ha_bin_size[bin], 0);
            QCOMPARE(*word, i + 1);
            *word = 0; // gc takes a run away only when it is free
        }
    }
}

void TestPhpHeapState::writesTheStateField()
{
    const ha_layout& layout = ha_layouts[1];
    SyntheticHeap heap(layout);
    heap.addRun(0, 1, 1, 2);
    char* const page = heap.chunk(0) + 4096;
    for (int slot = 169; slot >= 1; --slot)
        heap.pushFree(2, page + 24 * slot);
    heap.setField(layout.hard_limit, 256u << 20);
    std::vector<unsigned char> bytes(1 << 16);
    const std::size_t size = ha_state_write(&layout, heap.heap(), bytes.data(), bytes.size());

    const std::size_t head = 2 * 4 + 8 * 8 + 4 * 4 + 8 + 2 * 4;
    const std::size_t chunk = 8 + 3 * 4 + 8 * 8 + 512 * 4;
    const std::size_t bins = 4 + HA_BINS * 4 + 169 * 8;
    QCOMPARE(size, head + (4 + chunk) + 4 + bins + 4);
    const unsigned char* const p = bytes.data();
    QCOMPARE(ha_u32(p, 0), 1u);
    QCOMPARE(ha_u32(p, 4), 1u); // delayed-OOM
    QCOMPARE(ha_u64(p, 8), addressOf(heap.chunk(0)));
    QCOMPARE(ha_u64(p, 16), std::uint64_t { 390'000 });
    QCOMPARE(ha_u64(p, 56), std::uint64_t { 256u << 20 });
    QCOMPARE(ha_u64(p, 64), UINT64_MAX); // hard limit percent -1
    QCOMPARE(ha_u32(p, 76), 1u); // chunks
}

void TestPhpHeapState::saysWhenTheStateDoesNotFit()
{
    const SyntheticHeap heap(ha_layouts[0]);
    std::vector<unsigned char> bytes(1 << 16);
    const std::size_t size = ha_state_write(&ha_layouts[0], heap.heap(), bytes.data(), bytes.size());
    QVERIFY(size > 2000);
    for (const std::size_t capacity : { std::size_t { 0 }, std::size_t { 100 }, size / 2, size - 1 })
        QCOMPARE(ha_state_write(&ha_layouts[0], heap.heap(), bytes.data(), capacity), std::size_t { 0 });
    QCOMPARE(ha_state_write(&ha_layouts[0], heap.heap(), bytes.data(), size), size);
}

QTEST_APPLESS_MAIN(TestPhpHeapState)
#include "tst_php_heapstate.moc"
