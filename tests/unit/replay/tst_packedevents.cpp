// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/replay/recordedprogram.h"

#include "replay/blockcache.h"
#include "replay/packedevents.h"
#include "replay/tracecolumnsstore.h"
#include "trace/tracereader.h"

#include <QtTest>

#include <random>
#include <set>

using namespace heapatlas;
using namespace heapatlas::testing;

namespace {

/// Columns like those of a trace, or (hostile) any at all.
EventColumns randomColumns(std::mt19937& generator, std::size_t count, bool isHostile, bool hasStacks)
{
    const auto random = [&generator] { return static_cast<std::uint32_t>(generator()); };
    EventColumns columns;
    columns.firstEvent = random() % 1000;
    std::vector<std::uint32_t> live;
    std::vector<std::uint32_t> freed;
    std::uint32_t slots = 0;
    std::uint32_t stack = 0;
    for (std::size_t row = 0; row < count; ++row) {
        std::uint8_t code = 0;
        std::uint32_t slot = 0;
        std::uint32_t size = 0;
        if (isHostile && random() % 4 == 0) {
            code = static_cast<std::uint8_t>(random());
            slot = static_cast<std::uint32_t>(random() >> random() % 32);
            size = static_cast<std::uint32_t>(random() >> random() % 32);
        } else if (random() % 50 == 0) {
            code = EventCode::of(EventKind::Usage).bits;
            slot = static_cast<std::uint32_t>(row);
        } else if (!live.empty() && random() % 8 == 0) {
            code = EventCode::of(
                EventKind::Reallocate, random() % 2 == 0 ? EventCode::inPlace : std::uint8_t { 0 })
                       .bits;
            slot = live[random() % live.size()];
            size = random() % 100000;
        } else if (!live.empty() && random() % 2 == 0) {
            const std::size_t i = random() % live.size();
            code = EventCode::of(EventKind::Free).bits;
            slot = live[i];
            live[i] = live.back();
            live.pop_back();
            freed.push_back(slot);
        } else {
            if (freed.empty()) {
                slot = slots++;
            } else {
                slot = freed.back();
                freed.pop_back();
            }
            size = random() % 4 == 0 ? random() % 100000 : random() % 256;
            if (random() % 1000 == 0) {
                size = EventColumns::bigSize + static_cast<std::uint32_t>(columns.bigSizes.size());
                columns.bigSizes.push_back(Bytes { 1 } << (32 + random() % 20));
            }
            live.push_back(slot);
        }
        columns.code.push_back({ code });
        columns.slot.push_back(slot);
        columns.size.push_back(size);
        if (hasStacks) {
            if (random() % 3 != 0)
                stack = isHostile ? static_cast<std::uint32_t>(random()) : random() % 40 * 7919;
            columns.stack.push_back(stack);
        }
    }
    return columns;
}

bool isSame(const EventColumns& a, const EventColumns& b)
{
    const auto bits = [](EventCode left, EventCode right) { return left.bits == right.bits; };
    return a.firstEvent == b.firstEvent && a.slot == b.slot && a.size == b.size && a.stack == b.stack
        && a.bigSizes == b.bigSizes
        && std::equal(a.code.begin(), a.code.end(), b.code.begin(), b.code.end(), bits);
}

} // namespace

class TestPackedEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesBackWhatItWasGiven_data();
    void givesBackWhatItWasGiven();
    void forgetsStacksThatAreNone();
    void takesLittleMemory();
    void takesNumbersAsTheyWereRead();
    void filterNeverDeniesAnEnd();
    void cacheKeepsBlocksApart();

private:
    std::uint32_t m_seed = 0;
};

void TestPackedEvents::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED") ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
                                                         : std::random_device()();
    qInfo("seed %u", m_seed);
}

void TestPackedEvents::givesBackWhatItWasGiven_data()
{
    QTest::addColumn<bool>("isHostile");
    QTest::addColumn<bool>("hasStacks");
    QTest::newRow("plain") << false << false;
    QTest::newRow("with stacks") << false << true;
    QTest::newRow("hostile") << true << true;
}

void TestPackedEvents::givesBackWhatItWasGiven()
{
    QFETCH(bool, isHostile);
    QFETCH(bool, hasStacks);
    std::mt19937 random(m_seed);
    EventPacker packer;
    EventUnpacker unpacker;
    EventColumns out; // reused, as they are when replaying
    for (int round = 0; round < 200; ++round) {
        const std::size_t count = round < 20 ? static_cast<std::size_t>(round) : random() % 5000;
        EventColumns in = randomColumns(random, count, isHostile, hasStacks);
        const PackedEvents packed = packer.pack(in);
        QCOMPARE(packed.count(), count);
        QCOMPARE(packed.firstEvent(), in.firstEvent);
        unpacker.unpack(packed, out);
        if (std::all_of(in.stack.begin(), in.stack.end(), [](std::uint32_t s) { return s == 0; }))
            in.stack.clear();
        QVERIFY(isSame(in, out));
        unpacker.unpackSlots(packed, out);
        QVERIFY(out.slot == in.slot);
        QVERIFY(out.size.empty());
    }
}

void TestPackedEvents::forgetsStacksThatAreNone()
{
    std::mt19937 random(m_seed);
    EventColumns in = randomColumns(random, 1000, false, false);
    in.stack.assign(1000, 0);
    EventColumns out;
    EventUnpacker().unpack(EventPacker().pack(in), out);
    QVERIFY(out.stack.empty());
}

void TestPackedEvents::takesLittleMemory()
{
    std::mt19937 random(m_seed);
    const EventColumns in = randomColumns(random, 32768, false, true);
    const PackedEvents packed = EventPacker().pack(in);
    qInfo("%.2f bytes an event", static_cast<double>(packed.memoryBytes()) / 32768);
    QVERIFY(packed.memoryBytes() < 5 * in.count());
}

// The reader hands the numbers of a block on: packed from these, it is what it would be from its columns alone.
void TestPackedEvents::takesNumbersAsTheyWereRead()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(u"numbers.hat"_qs).toStdString();
    ProgramOptions program;
    program.seed = m_seed;
    program.events = 300000;
    program.hasLimits = false; // hardly a request fails
    const RecordedProgram<> recorded(program, path);
    auto reader = TraceReader::open(path);
    QVERIFY(reader.isOk());
    EventColumns in;
    EventColumns out;
    EventNumbers numbers;
    EventPacker packer;
    int whole = 0;
    for (int block = 0;; ++block) {
        const bool wantsAll = block % 4 == 3;
        const AddressChoice addresses = wantsAll ? AddressChoice::All : AddressChoice::Stated;
        if (!(*reader)->readBlock(in, { .wantsStacks = true, .addresses = addresses }, &numbers))
            break;
        if (wantsAll)
            QVERIFY(!numbers.isWhole);
        whole += numbers.isWhole;
        const PackedEvents packed = packer.pack(in, numbers);
        EventUnpacker().unpack(packed, out);
        QVERIFY(isSame(in, out));
        const PackedEvents fromColumns = packer.pack(in);
        EventUnpacker().unpack(fromColumns, out);
        QVERIFY(isSame(in, out));
        for (const std::uint32_t slot : in.slot)
            QCOMPARE(packed.mayEnd(slot), fromColumns.mayEnd(slot));
        QVERIFY(packed.memoryBytes() <= fromColumns.memoryBytes() + 8);
    }
    QVERIFY(whole > 3);
}

void TestPackedEvents::filterNeverDeniesAnEnd()
{
    std::mt19937 random(m_seed);
    std::size_t denied = 0;
    for (int round = 0; round < 50; ++round) {
        const EventColumns in = randomColumns(random, 1 + random() % 2000, round % 2 == 0, false);
        const PackedEvents packed = EventPacker().pack(in);
        std::set<std::uint32_t> ends;
        for (std::size_t row = 0; row < in.count(); ++row) {
            const EventCode code = in.code[row];
            if (!code.hasFailed()
                && (code.kind() == EventKind::Free
                    || (code.kind() == EventKind::Reallocate && !code.isInPlace())))
                ends.insert(in.slot[row]);
        }
        for (const std::uint32_t slot : ends)
            QVERIFY(packed.mayEnd(slot));
        for (std::uint32_t slot = 0; slot < 4000; ++slot)
            denied += packed.mayEnd(slot) ? 0U : 1U;
    }
    QVERIFY(denied > 10000); // or it would be no use
}

void TestPackedEvents::cacheKeepsBlocksApart()
{
    std::mt19937 random(m_seed);
    TraceColumnsStore store;
    std::vector<EventColumns> blocks;
    for (int i = 0; i < 20; ++i) {
        blocks.push_back(randomColumns(random, 100, false, true));
        blocks.back().firstEvent = store.eventCount();
        QVERIFY(store.append(blocks.back(), 100).isOk());
    }
    BlockCache cache;
    for (int i = 0; i < 500; ++i) {
        const std::size_t block = random() % blocks.size();
        QVERIFY(isSame(cache.columns(store, block), blocks[block]));
        QCOMPARE(store.stackOf(block * 100 + 7), blocks[block].stack[7]);
    }
}

QTEST_APPLESS_MAIN(TestPackedEvents)
#include "tst_packedevents.moc"
