// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/usagecolumns.h"
#include "ui/views/timeline/usagepainter.h"

#include <QImage>
#include <QTest>

#include <cmath>
#include <random>

using namespace heapatlas;
using timelinelayout::View;

namespace {

/// Usage after each event.
struct Program
{
    std::vector<UsageBucket> events;

    Program(std::mt19937& random, std::size_t count)
    {
        Bytes live = 1 << 20;
        Bytes peak = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Bytes step = random() % 4096;
            live = random() % 2 == 0 || live < step ? live + step : live - step;
            if (random() % 5000 == 0)
                live = (random() % 16) << 18U; // a jump
            peak = std::max(peak, live);
            if (random() % 20000 == 0)
                peak = live; // reset
            const Bytes real = (live + 0x1FFFFF) / 0x200000 * 0x200000;
            events.push_back({ live, live, real, real, peak });
        }
    }

    [[nodiscard]] std::vector<UsageBucket> buckets(std::size_t stride) const
    {
        std::vector<UsageBucket> all;
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (i % stride == 0)
                all.push_back(events[i]);
            else
                all.back().include(events[i]);
        }
        return all;
    }
    [[nodiscard]] UsageCurve curve() const
    {
        UsageCurve curve;
        for (const UsageBucket& bucket : buckets(UsageCurve::baseEvents))
            curve.append(bucket);
        curve.setEvents(events.size());
        return curve;
    }
};

/// The plain way: every bucket is asked in which column it begins.
std::vector<UsageColumn> slowColumns(
    const std::vector<UsageBucket>& buckets, double stride, std::size_t events, View view, std::size_t count)
{
    std::vector<UsageColumn> columns(count, UsageColumn::nothing());
    const auto edge = [&](std::size_t x) {
        return timelinelayout::eventOf(view, static_cast<double>(x), static_cast<double>(count));
    };
    for (std::size_t x = 0; x < count; ++x) {
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            const double begin = static_cast<double>(i) * stride;
            if (begin < edge(x) || begin >= edge(x + 1))
                continue;
            if (columns[x].isNothing())
                columns[x] = UsageColumn { buckets[i] };
            else
                columns[x].include(buckets[i]);
        }
        if (!columns[x].isNothing() || edge(x) < 0 || edge(x) >= static_cast<double>(events))
            continue;
        const auto within = static_cast<std::size_t>(edge(x) / stride);
        if (within < buckets.size())
            columns[x] = UsageColumn { buckets[within] };
    }
    return columns;
}

bool isSame(const std::vector<UsageColumn>& a, const std::vector<UsageColumn>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const UsageColumn& x, const UsageColumn& y) {
        if (x.isNothing() || y.isNothing())
            return x.isNothing() == y.isNothing();
        return x.liveMin == y.liveMin && x.liveMax == y.liveMax && x.realMin == y.realMin
            && x.realMax == y.realMax && x.peak == y.peak;
    });
}

UsageInks inks()
{
    UsageInks made;
    made.area = QColor(200, 220, 240);
    made.live = QColor(0, 0, 255);
    made.real = QColor(0, 0, 0);
    made.peak = QColor(255, 160, 0);
    return made;
}

} // namespace

class TestUsageColumns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void columnsAreThoseOfAllBuckets_data();
    void columnsAreThoseOfAllBuckets();
    void alignedColumnsAreThoseOfAllEvents();
    void closeUpIsExact();
    void closeUpIsUsedWhereItIsFinerOnly();
    void outsideTheTraceIsNothing();
    void strideFillsTheColumns();
    void pictureShowsTheValues();
    void pictureHasNoGaps();
};

void TestUsageColumns::columnsAreThoseOfAllBuckets_data()
{
    QTest::addColumn<std::size_t>("events");
    QTest::newRow("one event") << std::size_t { 1 };
    QTest::newRow("one bucket") << std::size_t { 256 };
    QTest::newRow("a bucket and an event") << std::size_t { 257 };
    QTest::newRow("odd") << std::size_t { 77'777 };
    QTest::newRow("many") << std::size_t { 300'000 };
}

void TestUsageColumns::columnsAreThoseOfAllBuckets()
{
    QFETCH(const std::size_t, events);
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const Program program(random, events);
    const UsageCurve curve = program.curve();
    const auto buckets = program.buckets(UsageCurve::baseEvents);
    const auto whole = static_cast<double>(events);
    std::uniform_real_distribution<double> place(-0.2 * whole, 1.2 * whole);
    for (int i = 0; i < 25; ++i) {
        View view { place(random), place(random) };
        if (i == 0)
            view = { 0, whole };
        if (view.begin > view.end)
            std::swap(view.begin, view.end);
        const std::size_t count = 1 + random() % 200;
        QVERIFY(isSame(usageColumns(curve, nullptr, view, count),
            slowColumns(buckets, UsageCurve::baseEvents, events, view, count)));
    }
}

void TestUsageColumns::alignedColumnsAreThoseOfAllEvents()
{
    std::mt19937 random(3);
    const Program program(random, 256 * 640);
    const UsageCurve curve = program.curve();
    const View view { 256 * 64, 256 * 576 };
    // 128 columns of four buckets each: their edges are edges of buckets, so every single event counts where it is.
    QVERIFY(isSame(usageColumns(curve, nullptr, view, 128),
        slowColumns(program.events, 1, program.events.size(), view, 128)));
}

void TestUsageColumns::closeUpIsExact()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const Program program(random, 20'000);
    const UsageCurve curve = program.curve();
    for (int i = 0; i < 15; ++i) {
        const auto span = 10 + random() % 5000;
        const auto begin = random() % (20'000 - span);
        const View view { static_cast<double>(begin) + 0.3, static_cast<double>(begin + span) };
        UsageCloseUp closeUp { { begin, begin + span }, 1, {} };
        closeUp.buckets.assign(program.events.begin() + static_cast<std::ptrdiff_t>(begin),
            program.events.begin() + static_cast<std::ptrdiff_t>(begin + span));
        const std::size_t count = 100 + random() % 600;
        QVERIFY(isSame(usageColumns(curve, &closeUp, view, count),
            slowColumns(program.events, 1, program.events.size(), view, count)));
    }
}

void TestUsageColumns::closeUpIsUsedWhereItIsFinerOnly()
{
    std::mt19937 random(4);
    const Program program(random, 100'000);
    const UsageCurve curve = program.curve();
    UsageCloseUp closeUp { { 1000, 3000 }, 1, std::vector<UsageBucket>(2000, { 7, 7, 7, 7, 7 }) };
    // Zoomed out a pixel holds more than a bucket.
    QVERIFY(isSame(usageColumns(curve, &closeUp, { 0, 100'000 }, 100),
        usageColumns(curve, nullptr, { 0, 100'000 }, 100)));
    // A view that reaches further than the close-up gets the curve there.
    const auto mixed = usageColumns(curve, &closeUp, { 0, 4000 }, 400);
    const auto plain = usageColumns(curve, nullptr, { 0, 4000 }, 400);
    for (std::size_t x = 0; x < 400; ++x)
        QCOMPARE(mixed[x].liveMax, x >= 100 && x < 300 ? Bytes { 7 } : plain[x].liveMax);
}

void TestUsageColumns::outsideTheTraceIsNothing()
{
    std::mt19937 random(5);
    const Program program(random, 1000);
    const UsageCurve curve = program.curve();
    const auto columns = usageColumns(curve, nullptr, { -1000, 2000 }, 300);
    QVERIFY(columns[98].isNothing());
    QVERIFY(!columns[100].isNothing());
    QVERIFY(!columns[199].isNothing());
    QVERIFY(columns[200].isNothing());
    QVERIFY(usageColumns(UsageCurve(), nullptr, { 0, 1 }, 5)[2].isNothing());
    QVERIFY(usageColumns(curve, nullptr, { 0, 1000 }, 0).empty());
}

void TestUsageColumns::strideFillsTheColumns()
{
    QCOMPARE(UsageCloseUp::strideFor(100, 1000), std::uint64_t { 1 });
    QCOMPARE(UsageCloseUp::strideFor(1999, 1000), std::uint64_t { 1 });
    QCOMPARE(UsageCloseUp::strideFor(2000, 1000), std::uint64_t { 2 });
    QCOMPARE(UsageCloseUp::strideFor(255'000, 1000), std::uint64_t { 128 });
    QCOMPARE(UsageCloseUp::strideFor(256'000, 1000), UsageCurve::baseEvents);
    QCOMPARE(UsageCloseUp::strideFor(1e9, 1000), UsageCurve::baseEvents);
}

void TestUsageColumns::pictureShowsTheValues()
{
    // Ten rows, a value each; the live line goes down from the left, real stands at the top.
    std::vector<UsageColumn> columns;
    for (Bytes i = 0; i < 10; ++i)
        columns.push_back(UsageColumn { { 9 - i, 9 - i, 10, 10, 10 } });
    columns[4].liveMin = 1;
    columns[4].liveMax = 8;
    UsageInks plain = inks();
    plain.dashGap = 0;
    const QImage image = usageImage(columns, 10, 2, 10, plain);
    QCOMPARE(image.size(), QSize(10, 14));
    // A line of one pixel is centred on its value: half of it lies above.
    const auto isLive = [&](int x, Bytes value) {
        const QColor color = image.pixelColor(x, 2 + 10 - static_cast<int>(value));
        return color.blue() > 240 && color.red() < 120 && color.alpha() > 100;
    };
    for (int x = 0; x < 10; ++x)
        QVERIFY2(x == 4 || isLive(x, Bytes(9 - x)), qPrintable(QString::number(x)));
    for (Bytes value = 1; value <= 8; ++value)
        QVERIFY(isLive(4, value)); // from least to most
    QCOMPARE(image.pixelColor(1, 2 + 10 - 4), plain.area);
    QCOMPARE(image.pixelColor(6, 4).alpha(), 0); // above the curve
    QVERIFY(image.pixelColor(7, 2).alpha() > 100); // real at the upper edge
}

void TestUsageColumns::pictureHasNoGaps()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    for (const double width : { 1.0, 1.5, 3.0 }) {
        std::vector<UsageColumn> columns;
        for (int i = 0; i < 200; ++i) {
            const Bytes low = random() % 1000;
            columns.push_back(UsageColumn { { low, low + random() % 100, 0, 0, 0 } });
        }
        UsageInks wide = inks();
        wide.liveWidth = width;
        const QImage image = usageImage(columns, 100, 3, 1100, wide);
        // From column to column the line touches itself: no row in between without it.
        const auto rows = [&](int x) {
            int from = image.height();
            int to = -1;
            for (int y = 0; y < image.height(); ++y) {
                if (image.pixelColor(x, y).red() < 150 && image.pixelColor(x, y).blue() > 240) {
                    from = std::min(from, y);
                    to = std::max(to, y);
                }
            }
            return std::pair(from, to);
        };
        auto before = rows(0);
        for (int x = 1; x < image.width(); ++x) {
            const auto here = rows(x);
            QVERIFY(here.first <= before.second + 1 && here.second + 1 >= before.first);
            before = here;
        }
    }
}

QTEST_APPLESS_MAIN(TestUsageColumns)
#include "tst_usagecolumns.moc"
