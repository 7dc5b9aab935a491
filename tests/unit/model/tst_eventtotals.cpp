// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/eventtotals.h"

#include <QtTest>

#include <random>

using namespace heapatlas;

namespace {

/// Random events of every kind and flag, in blocks of odd lengths.
std::vector<EventColumns> randomEvents(std::mt19937& random, std::size_t count, unsigned rareIn)
{
    std::vector<EventColumns> blocks;
    std::uint64_t at = 0;
    while (at < count) {
        EventColumns columns;
        columns.firstEvent = at;
        const std::size_t rows = std::min<std::size_t>(count - at, 1 + random() % 3000);
        for (std::size_t i = 0; i < rows; ++i) {
            const bool isRare = random() % rareIn == 0;
            const auto kind = static_cast<EventKind>(isRare ? random() % 8 : random() % 2);
            std::uint8_t flags = 0;
            if (isRare && kind <= EventKind::Reallocate) {
                for (const std::uint8_t flag :
                    { EventCode::failed, EventCode::inPlace, EventCode::unknownBlock })
                    flags = static_cast<std::uint8_t>(flags | (random() % 3 == 0 ? flag : 0));
            }
            columns.code.push_back(EventCode::of(kind, flags));
            columns.slot.push_back(static_cast<std::uint32_t>(random()));
            if (isRare && random() % 4 == 0) {
                columns.size.push_back(
                    EventColumns::bigSize + static_cast<std::uint32_t>(columns.bigSizes.size()));
                columns.bigSizes.push_back((Bytes { 1 } << 40) + random());
            } else {
                // What stands beside a free means nothing.
                columns.size.push_back(static_cast<std::uint32_t>(random() % 100'000));
            }
        }
        at += rows;
        blocks.push_back(std::move(columns));
    }
    return blocks;
}

/// One event after the other, the plain way.
EventSums slowSums(const std::vector<EventColumns>& blocks, EventRange range)
{
    EventSums sums;
    for (const EventColumns& columns : blocks) {
        for (std::size_t i = 0; i < columns.count(); ++i) {
            if (!range.contains(columns.firstEvent + i))
                continue;
            ++sums.events;
            const EventCode code = columns.code[i];
            if (code.hasFailed()) {
                ++sums.failed;
                continue;
            }
            sums.allocations += code.kind() == EventKind::Allocate ? 1U : 0U;
            sums.frees += code.kind() == EventKind::Free ? 1U : 0U;
            sums.reallocations += code.kind() == EventKind::Reallocate ? 1U : 0U;
            sums.gcRuns += code.kind() == EventKind::Gc ? 1U : 0U;
            sums.checkpoints += code.kind() == EventKind::Checkpoint ? 1U : 0U;
            if (code.kind() == EventKind::Allocate || code.kind() == EventKind::Reallocate)
                sums.bytesAllocated += columns.requested(i);
        }
    }
    return sums;
}

} // namespace

class TestEventTotals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsAreThoseOfEveryEvent_data();
    void sumsAreThoseOfEveryEvent();
    void knowsEveryStretch();
    void emptyKnowsNothing();
    void costsLittle();
};

void TestEventTotals::sumsAreThoseOfEveryEvent_data()
{
    QTest::addColumn<unsigned>("rareIn");
    QTest::newRow("only the common kinds") << 1'000'000'000U;
    QTest::newRow("some of all") << 20U;
    QTest::newRow("anything") << 1U;
}

void TestEventTotals::sumsAreThoseOfEveryEvent()
{
    QFETCH(const unsigned, rareIn);
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    for (const EventColumns& columns : randomEvents(random, 20'000, rareIn)) {
        for (int i = 0; i < 20; ++i) {
            const std::size_t from = random() % (columns.count() + 1);
            const std::size_t to = from + random() % (columns.count() - from + 1);
            QCOMPARE(sumsOf(columns, from, to),
                slowSums({ columns }, { columns.firstEvent + from, columns.firstEvent + to }));
        }
    }
}

void TestEventTotals::knowsEveryStretch()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::vector<EventColumns> blocks = randomEvents(random, 20'000, 10);
    EventTotals totals;
    for (const EventColumns& columns : blocks)
        totals.append(columns);
    QCOMPARE(totals.all(), slowSums(blocks, { 0, 20'000 }));
    for (std::uint64_t event = 0; event <= 20'000; event += 77) {
        const std::uint64_t known = totals.knownBefore(event);
        QVERIFY(known <= event && event - known < EventTotals::stretch);
        QCOMPARE(totals.before(known), slowSums(blocks, { 0, known }));
    }
    QCOMPARE(totals.knownBefore(20'000), std::uint64_t { 20'000 });
    QCOMPARE(totals.knownBefore(~std::uint64_t { 0 }), std::uint64_t { 20'000 });
    QCOMPARE(totals.before(20'000), totals.all());
}

void TestEventTotals::emptyKnowsNothing()
{
    const EventTotals totals;
    QCOMPARE(totals.knownBefore(0), std::uint64_t { 0 });
    QCOMPARE(totals.knownBefore(1000), std::uint64_t { 0 });
    QCOMPARE(totals.before(0), EventSums {});
}

void TestEventTotals::costsLittle()
{
    EventTotals totals;
    EventColumns columns;
    constexpr std::size_t rows = 65536;
    columns.code.assign(rows, EventCode::of(EventKind::Allocate));
    columns.slot.assign(rows, 0);
    columns.size.assign(rows, 64);
    for (int i = 0; i < 16; ++i, columns.firstEvent += rows)
        totals.append(columns);
    QVERIFY(totals.memoryBytes() <= rows * 16 * 15 / 100);
    QCOMPARE(totals.all().bytesAllocated, Bytes { rows * 16 * 64 });
}

QTEST_APPLESS_MAIN(TestEventTotals)
#include "tst_eventtotals.moc"
