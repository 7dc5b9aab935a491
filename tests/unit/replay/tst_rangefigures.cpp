// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/blockcache.h"
#include "replay/tracecolumnsstore.h"
#include "trace/tracereader.h"
#include "unit/replay/recordedprogram.h"

#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace heapatlas;
using heapatlas::testing::ProgramOptions;
using heapatlas::testing::RecordedProgram;

class TestRangeFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sumsOfARangeAreThoseOfItsEvents();
    void sumsOfTheWholeAreThoseOfTheFile();

private:
    [[nodiscard]] std::unique_ptr<TraceReader> open() const;
    void load(TraceColumnsStore& store, std::uint64_t rowsABlock) const;

    QTemporaryDir m_folder;
    std::string m_trace;
};

void TestRangeFigures::initTestCase()
{
    m_trace = m_folder.filePath(QStringLiteral("program.hat")).toStdString();
    ProgramOptions options;
    options.seed = 5;
    options.events = 30'000;
    const RecordedProgram<> program(options, m_trace);
    QCOMPARE(program.error(), 0);
}

std::unique_ptr<TraceReader> TestRangeFigures::open() const { return std::move(*TraceReader::open(m_trace)); }

/// In blocks of at most so many rows.
void TestRangeFigures::load(TraceColumnsStore& store, std::uint64_t rowsABlock) const
{
    const auto reader = open();
    EventColumns columns;
    while (reader->readBlock(columns, { .wantsStacks = false, .wantsAddresses = false })) {
        for (std::size_t row = 0; row < columns.count(); row += rowsABlock) {
            const auto from = static_cast<std::ptrdiff_t>(row);
            const auto to =
                static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(columns.count(), row + rowsABlock));
            EventColumns part;
            part.firstEvent = columns.firstEvent + row;
            part.code.assign(columns.code.begin() + from, columns.code.begin() + to);
            part.slot.assign(columns.slot.begin() + from, columns.slot.begin() + to);
            part.size.assign(columns.size.begin() + from, columns.size.begin() + to);
            part.bigSizes = columns.bigSizes;
            QVERIFY(store.append(part, reader->slotCapacity()).isOk());
        }
    }
}

void TestRangeFigures::sumsOfARangeAreThoseOfItsEvents()
{
    TraceColumnsStore store;
    load(store, 100); // shorter than a stretch of the totals
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    BlockCache cache;
    const auto slow = [&](EventRange range) {
        EventSums sums;
        for (std::uint64_t event = range.begin; event < range.end; ++event) {
            const EventColumns& columns = cache.columns(store, store.blockOf(event));
            const auto row = static_cast<std::size_t>(event - columns.firstEvent);
            sums += sumsOf(columns, row, row + 1);
        }
        return sums;
    };
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t a = random() % (store.eventCount() + 1);
        const std::uint64_t b = random() % (store.eventCount() + 1);
        const EventRange range { std::min(a, b), std::max(a, b) };
        QCOMPARE(store.sums(range), slow(range));
    }
    QCOMPARE(store.sums({ 10, 10 }), EventSums {});
    QCOMPARE(store.sums({ 20, 10 }), EventSums {});
    QCOMPARE(store.sums({ 0, ~std::uint64_t { 0 } }), store.totals().all());
}

void TestRangeFigures::sumsOfTheWholeAreThoseOfTheFile()
{
    TraceColumnsStore store;
    load(store, 1U << 20U);
    const auto reader = open();
    EventColumns columns;
    while (reader->readBlock(columns, { .wantsStacks = false, .wantsAddresses = false })) { }
    const EventSums& all = store.totals().all();
    QCOMPARE(all.events, reader->info().events);
    QCOMPARE(all.allocations, reader->info().allocations);
    QCOMPARE(all.frees, reader->info().frees);
    QCOMPARE(all.reallocations, reader->info().reallocations);
}

QTEST_APPLESS_MAIN(TestRangeFigures)
#include "tst_rangefigures.moc"
