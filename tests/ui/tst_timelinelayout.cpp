// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/markerindex.h"
#include "ui/views/timeline/timelinelayout.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace heapatlas;
using namespace heapatlas::timelinelayout;

class TestTimelineLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void zoomKeepsWhatIsUnderThePointer();
    void viewStaysInsideTheTrace();
    void ticksAreRoundAndFarEnoughApart();
    void labelsAreShortAndExact_data();
    void labelsAreShortAndExact();
    void axisTopIsJustAboveThePeak();
    void checkpointLettersGoOnAfterZ();
    void snapsToTheNearestSignWithinReach();
    void jumpsBetweenMarkersOfOneKind();
    void indexGrowsWithTheTrace();
    void describesWhatStandsAtAnEvent();
};

namespace {

Marker gcAt(std::uint64_t event) { return { event, GcMarker {} }; }
Marker checkpointAt(std::uint64_t event) { return { event, CheckpointMarker { "c" } }; }
Marker usageAt(std::uint64_t event) { return { event, UsageMarker {} }; }

MarkerIndex indexOf(std::vector<Marker> markers)
{
    MarkerIndex index;
    index.setMarkers(std::make_shared<const std::vector<Marker>>(std::move(markers)));
    return index;
}

} // namespace

void TestTimelineLayout::zoomKeepsWhatIsUnderThePointer()
{
    const View view { 100'000, 300'000 };
    const double pivot = 150'000;
    const double before = pixelOf(view, pivot, 800);
    const View in = zoomed(view, 1.25, pivot, 1'000'000);
    QVERIFY(in.span() < view.span());
    QVERIFY(std::abs(pixelOf(in, pivot, 800) - before) < 1e-6);
    const View out = zoomed(in, 1 / 1.25, pivot, 1'000'000);
    QVERIFY(std::abs(out.begin - view.begin) < 1e-6);
    QVERIFY(std::abs(out.end - view.end) < 1e-6);
}

void TestTimelineLayout::viewStaysInsideTheTrace()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const double events = 1'543'111;
    View view { 0, events };
    for (int i = 0; i < 2000; ++i) {
        const double at = std::uniform_real_distribution<>(0, events)(random);
        switch (random() % 3) {
        case 0:
            view = zoomed(view, std::uniform_real_distribution<>(0.2, 5)(random), at, events);
            break;
        case 1:
            view = panned(view, at - events / 2, events);
            break;
        default:
            view = revealing(view, at, events);
            QVERIFY(view.begin <= at + 1e-6 && at <= view.end + 1e-6);
        }
        QVERIFY(view.begin >= 0);
        QVERIFY(view.end <= events + 1e-6);
        QVERIFY(view.span() >= smallestSpan - 1e-6);
    }
}

void TestTimelineLayout::ticksAreRoundAndFarEnoughApart()
{
    for (const double events : { 10.0, 999.0, 20'000.0, 1'543'111.0, 1e8, 3e9 }) {
        const std::vector<double> ticks = eventTicks({ 0, events }, 1300, 130);
        QVERIFY(!ticks.empty());
        QCOMPARE(ticks.front(), 0.0);
        for (std::size_t i = 1; i < ticks.size(); ++i) {
            QVERIFY((ticks[i] - ticks[i - 1]) / events * 1300 >= 129.9);
            QCOMPARE(ticks[i], std::floor(ticks[i]));
        }
        QVERIFY(ticks.size() <= 11);
    }
    const std::vector<double> reference = eventTicks({ 0, 1'543'111 }, 1363, 180);
    QCOMPARE(reference[1], 250'000.0);
}

void TestTimelineLayout::labelsAreShortAndExact_data()
{
    QTest::addColumn<double>("event");
    QTest::addColumn<QString>("label");
    QTest::newRow("zero") << 0.0 << QStringLiteral("0");
    QTest::newRow("hundreds") << 500.0 << QStringLiteral("500");
    QTest::newRow("thousands") << 250'000.0 << QStringLiteral("250 k");
    QTest::newRow("many thousands") << 1'250'000.0 << QStringLiteral(u"1\u2009250 k");
    QTest::newRow("millions") << 25'000'000.0 << QStringLiteral("25 M");
    QTest::newRow("half millions") << 12'500'000.0 << QStringLiteral("12.5 M");
}

void TestTimelineLayout::labelsAreShortAndExact()
{
    QFETCH(double, event);
    QFETCH(QString, label);
    QCOMPARE(eventLabel(event), label);
}

void TestTimelineLayout::axisTopIsJustAboveThePeak()
{
    constexpr Bytes mb = 1024 * 1024;
    QCOMPARE(axisTop(0), Bytes { 64 } * 1024);
    QCOMPARE(axisTop(2 * mb), 2 * mb);
    QCOMPARE(axisTop(2 * mb + 1), 3 * mb);
    QCOMPARE(axisTop(13 * mb), 16 * mb);
    for (Bytes peak = 1; peak < (Bytes { 1 } << 45); peak = peak * 3 + 7) {
        QVERIFY(axisTop(peak) >= peak);
        QVERIFY(axisTop(peak) <= std::max<Bytes>(peak * 2, 64 * 1024));
    }
    QCOMPARE(axisLabel(16 * mb), QStringLiteral("16 MB"));
    QCOMPARE(axisLabel(3 * mb / 2), QStringLiteral("1.5 MB"));
    QCOMPARE(axisLabel(0), QStringLiteral("0"));
}

void TestTimelineLayout::checkpointLettersGoOnAfterZ()
{
    QCOMPARE(checkpointLetter(0), QStringLiteral("A"));
    QCOMPARE(checkpointLetter(25), QStringLiteral("Z"));
    QCOMPARE(checkpointLetter(26), QStringLiteral("AA"));
    QCOMPARE(checkpointLetter(27 * 26), QStringLiteral("AAA"));
}

void TestTimelineLayout::snapsToTheNearestSignWithinReach()
{
    const MarkerIndex markers = indexOf({ gcAt(1000), usageAt(1500), checkpointAt(2000), gcAt(9000) });
    const View view { 0, 10'000 };
    // 1000 pixels for 10 000 events: ten events a pixel.
    QCOMPARE(markers.nearest(view, 103, 1000, 6).value_or(0), std::uint64_t { 1000 });
    QCOMPARE(markers.nearest(view, 197, 1000, 6).value_or(0), std::uint64_t { 2000 });
    QCOMPARE(markers.nearest(view, 94, 1000, 6).value_or(0), std::uint64_t { 1000 });
    QCOMPARE(markers.nearest(view, 905, 1000, 6).value_or(0), std::uint64_t { 9000 });
    QVERIFY(!markers.nearest(view, 150, 1000, 6)); // a usage call is no sign
    QVERIFY(!markers.nearest(view, 107, 1000, 6));
    QVERIFY(!markers.nearest(view, 950, 1000, 6));
    QVERIFY(!MarkerIndex().nearest(view, 100, 1000, 6));
}

void TestTimelineLayout::jumpsBetweenMarkersOfOneKind()
{
    const MarkerIndex markers =
        indexOf({ gcAt(10), checkpointAt(20), gcAt(30), usageAt(35), checkpointAt(40) });
    QCOMPARE(MarkerIndex::after(markers.gcRuns(), 0).value_or(0), std::uint64_t { 10 });
    QCOMPARE(MarkerIndex::after(markers.gcRuns(), 10).value_or(0), std::uint64_t { 30 });
    QVERIFY(!MarkerIndex::after(markers.gcRuns(), 30));
    QCOMPARE(MarkerIndex::before(markers.checkpoints(), 40).value_or(0), std::uint64_t { 20 });
    QVERIFY(!MarkerIndex::before(markers.checkpoints(), 20));
    QCOMPARE(MarkerIndex::before(markers.gcRuns(), 1000).value_or(0), std::uint64_t { 30 });
}

void TestTimelineLayout::indexGrowsWithTheTrace()
{
    std::vector<Marker> all;
    MarkerIndex index;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        all.push_back(i % 3 == 0 ? gcAt(i * 10) : i % 3 == 1 ? checkpointAt(i * 10) : usageAt(i * 10));
        if (i % 100 == 50)
            index.setMarkers(std::make_shared<const std::vector<Marker>>(all));
    }
    index.setMarkers(std::make_shared<const std::vector<Marker>>(all));
    QCOMPARE(index.gcRuns().size(), std::size_t { 334 });
    QCOMPARE(index.checkpoints().size(), std::size_t { 333 });
    QCOMPARE(index.gcRun(333).event, std::uint64_t { 9990 });
    QCOMPARE(index.checkpoint(1).event, std::uint64_t { 40 });
    QCOMPARE(MarkerIndex::countIn(index.gcRuns(), 0, 61), std::size_t { 3 });
    QCOMPARE(MarkerIndex::countIn(index.gcRuns(), 30, 60), std::size_t { 1 });
    QCOMPARE(MarkerIndex::countIn(index.gcRuns(), 60, 30), std::size_t { 0 });
    index.setMarkers(nullptr);
    QVERIFY(index.isEmpty());
}

void TestTimelineLayout::describesWhatStandsAtAnEvent()
{
    const MarkerIndex markers = indexOf({ gcAt(10), gcAt(10), checkpointAt(10), gcAt(10), gcAt(20) });
    QCOMPARE(markers.describe(10, 5).size(), 4);
    QVERIFY(markers.describe(10, 5).first().startsWith(QStringLiteral("Checkpoint A")));
    QCOMPARE(markers.describe(10, 2).size(), 3);
    QCOMPARE(markers.describe(10, 2).last(), QStringLiteral("and 2 more"));
    QVERIFY(markers.describe(15, 5).isEmpty());
}

QTEST_APPLESS_MAIN(TestTimelineLayout)
#include "tst_timelinelayout.moc"
