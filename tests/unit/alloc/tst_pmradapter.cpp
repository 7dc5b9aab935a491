// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/pmradapter.h"
#include "alloc/zendmm.h"

#include <QtTest>

#include <cstring>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace heapatlas;

/// ZendMM as the allocator of this test.
class TestPmrAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void containersLiveInIt();
    void everyAlignmentIsKept();
    void contentsSurviveRandomRequests();
    void reallocationKeepsContents();
    void noMemoryThrowsBadAlloc();
    void equalOnlyToItself();
};

void TestPmrAdapter::containersLiveInIt()
{
    PmrAdapter<ZendMm<ProcessMemory>> resource;
    {
        std::pmr::map<int, std::pmr::string> names(&resource);
        for (int i = 0; i < 5000; ++i)
            names[i] = std::pmr::string(static_cast<std::size_t>(i % 700), 'x', &resource);
        std::pmr::vector<std::uint64_t> numbers(&resource);
        for (std::uint64_t i = 0; i < 500000; ++i)
            numbers.push_back(i);
        QCOMPARE(numbers[499999], std::uint64_t { 499999 });
        QCOMPARE(names[4999].size(), std::size_t { 99 });
        QCOMPARE(resource.engine().checkInvariants(), std::string());
    }
    QCOMPARE(resource.engine().liveBytes(), Bytes { 0 });
}

void TestPmrAdapter::everyAlignmentIsKept()
{
    PmrAdapter<ZendMm<ProcessMemory>> resource;
    for (std::size_t alignment = 1; alignment <= 8192; alignment *= 2) {
        for (const std::size_t size : { 0U, 1U, 24U, 100U, 3072U, 5000U, 3000000U }) {
            void* pointer = resource.allocate(size, alignment);
            QCOMPARE(reinterpret_cast<std::uintptr_t>(pointer) % alignment, std::uintptr_t { 0 });
            std::memset(pointer, 0xA5, size);
            resource.deallocate(pointer, size, alignment);
        }
    }
    QCOMPARE(resource.engine().liveBytes(), Bytes { 0 });
}

void TestPmrAdapter::contentsSurviveRandomRequests()
{
    struct Live
    {
        unsigned char* pointer;
        std::size_t size;
        std::size_t alignment;
        unsigned char fill;
    };
    const unsigned seed = 4;
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    PmrAdapter<ZendMm<ProcessMemory>> resource;
    std::vector<Live> live;
    const auto isWhole = [](const Live& block) {
        return std::all_of(
            block.pointer, block.pointer + block.size, [&](unsigned char c) { return c == block.fill; });
    };
    for (int i = 0; i < 20000; ++i) {
        if (live.size() < 300 || random() % 2 == 0) {
            const std::size_t size = random() % 50 == 0 ? random() % 100000 : random() % 2000;
            const std::size_t alignment = std::size_t { 1 } << (random() % 8);
            auto* pointer = static_cast<unsigned char*>(resource.allocate(size, alignment));
            const auto fill = static_cast<unsigned char>(random());
            std::memset(pointer, fill, size);
            live.push_back({ pointer, size, alignment, fill });
        } else {
            const std::size_t which = random() % live.size();
            QVERIFY(isWhole(live[which]));
            resource.deallocate(live[which].pointer, live[which].size, live[which].alignment);
            live[which] = live.back();
            live.pop_back();
        }
    }
    for (const Live& block : live)
        QVERIFY(isWhole(block));
    QCOMPARE(resource.engine().checkInvariants(), std::string());
}

void TestPmrAdapter::reallocationKeepsContents()
{
    ZendMm<ProcessMemory> heap;
    const std::vector<Bytes> sizes { 10, 60, 50, 3000, 3073, 9000, 100000, 5000, 2000, 3000000, 5000000,
        2500000, 700 };
    ProcessRef block = heap.allocate(sizes[0]).block;
    for (Bytes i = 0; i < sizes[0]; ++i)
        block.pointer[i] = static_cast<std::byte>(i);
    for (const Bytes size : sizes) {
        const Bytes before = heap.usableSize(block);
        const auto moved = heap.reallocate(block, size);
        QVERIFY(moved.isOk());
        block = moved.block;
        QVERIFY(heap.usableSize(block) >= size);
        for (Bytes i = 0; i < 10; ++i)
            QCOMPARE(block.pointer[i], static_cast<std::byte>(i));
        if (size > before)
            std::memset(block.pointer + before, 1, size - before);
    }
    QCOMPARE(heap.checkInvariants(), std::string());
    QCOMPARE(heap.deallocate(block), AllocFailure::None);
}

void TestPmrAdapter::noMemoryThrowsBadAlloc()
{
    PmrAdapter<ZendMm<ProcessMemory>> resource;
    // Volatile: the compiler would otherwise see, and refuse, sizes that no object can have.
    for (const auto& [bytes, alignment] : { std::pair(~std::size_t { 0 } - 100, std::size_t { 8 }),
             std::pair(~std::size_t { 0 } - 8, std::size_t { 64 }),
             std::pair(std::size_t { 1 } << 50, std::size_t { 8 }) }) {
        const volatile std::size_t wanted = bytes;
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(resource.allocate(wanted, alignment)), std::bad_alloc);
    }
}

void TestPmrAdapter::equalOnlyToItself()
{
    const PmrAdapter<ZendMm<ProcessMemory>> one;
    const PmrAdapter<ZendMm<ProcessMemory>> other;
    QVERIFY(one.is_equal(one));
    QVERIFY(!one.is_equal(other));
}

QTEST_APPLESS_MAIN(TestPmrAdapter)
#include "tst_pmradapter.moc"
