// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/usagecurve.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace heapatlas;

namespace {

std::vector<UsageBucket> randomBuckets(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<UsageBucket> buckets(count);
    Bytes peak = 0;
    for (UsageBucket& bucket : buckets) {
        bucket.liveMin = random() % 1000;
        bucket.liveMax = bucket.liveMin + random() % 100;
        bucket.realMin = 2000 + random() % 1000;
        bucket.realMax = bucket.realMin + random() % 100;
        peak = std::max(peak, bucket.liveMax);
        bucket.peak = peak;
    }
    return buckets;
}

/// Level k made the plain way.
std::vector<UsageBucket> joined(const std::vector<UsageBucket>& base, std::size_t level)
{
    const std::size_t width = std::size_t { 1 } << level;
    std::vector<UsageBucket> result;
    for (std::size_t i = 0; i < base.size(); i += width) {
        UsageBucket bucket = base[i];
        for (std::size_t j = i + 1; j < std::min(i + width, base.size()); ++j)
            bucket.include(base[j]);
        result.push_back(bucket);
    }
    return result;
}

bool isEqual(const UsageBucket& a, const UsageBucket& b)
{
    return a.liveMin == b.liveMin && a.liveMax == b.liveMax && a.realMin == b.realMin
        && a.realMax == b.realMax && a.peak == b.peak;
}

} // namespace

class TestUsageCurve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsEmpty();
    void everyLevelIsRightAfterEveryAppend();
    void topIsOneBucketOverEverything();
    void levelForFitsTheWidth();
    void anyStretchIsRight();
};

void TestUsageCurve::startsEmpty()
{
    const UsageCurve curve;
    QVERIFY(curve.isEmpty());
    QCOMPARE(curve.levels(), std::size_t { 0 });
    QCOMPARE(curve.levelFor(100), std::size_t { 0 });
}

// Partial results are drawn while a trace loads, so the pyramid has to be right at every length.
void TestUsageCurve::everyLevelIsRightAfterEveryAppend()
{
    const unsigned seed = 11;
    qInfo("seed %u", seed);
    const std::vector<UsageBucket> buckets = randomBuckets(70, seed);
    UsageCurve curve;
    std::vector<UsageBucket> soFar;
    for (const UsageBucket& bucket : buckets) {
        curve.append(bucket);
        soFar.push_back(bucket);
        for (std::size_t k = 0; k < curve.levels(); ++k) {
            const std::vector<UsageBucket> expected = joined(soFar, k);
            QCOMPARE(curve.level(k).size(), expected.size());
            QVERIFY2(std::equal(expected.begin(), expected.end(), curve.level(k).begin(), isEqual),
                qPrintable(QStringLiteral("level %1 of %2 buckets").arg(k).arg(soFar.size())));
        }
    }
}

void TestUsageCurve::topIsOneBucketOverEverything()
{
    UsageCurve curve;
    for (const UsageBucket& bucket : randomBuckets(1000, 3)) {
        curve.append(bucket);
        QCOMPARE(curve.level(curve.levels() - 1).size(), std::size_t { 1 });
    }
    QCOMPARE(curve.levels(), std::size_t { 11 }); // 1000, 500, … 2, 1
}

void TestUsageCurve::levelForFitsTheWidth()
{
    UsageCurve curve;
    for (const UsageBucket& bucket : randomBuckets(1000, 4))
        curve.append(bucket);
    curve.setEvents(1000 * UsageCurve::baseEvents);
    QCOMPARE(curve.events(), std::uint64_t { 256000 });
    QCOMPARE(curve.levelFor(5000), std::size_t { 0 });
    QCOMPARE(curve.levelFor(1000), std::size_t { 0 });
    QCOMPARE(curve.levelFor(999), std::size_t { 1 });
    QCOMPARE(curve.levelFor(1), std::size_t { 10 });
    QCOMPARE(curve.levelFor(0), std::size_t { 10 }); // nothing fits: the coarsest
}

void TestUsageCurve::anyStretchIsRight()
{
    const std::vector<UsageBucket> base = randomBuckets(777, 9);
    UsageCurve curve;
    for (const UsageBucket& bucket : base)
        curve.append(bucket);
    for (std::uint64_t first = 0; first < base.size(); first += 13) {
        for (std::uint64_t last = first + 1; last <= base.size(); last += 11) {
            UsageBucket slow = base[first];
            for (std::uint64_t i = first + 1; i < last; ++i)
                slow.include(base[i]);
            QVERIFY(isEqual(curve.over(first, last), slow));
        }
    }
    QVERIFY(isEqual(curve.over(0, base.size()), curve.level(curve.levels() - 1)[0]));
}

QTEST_APPLESS_MAIN(TestUsageCurve)
#include "tst_usagecurve.moc"
