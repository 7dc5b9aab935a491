// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimelabels.h"
#include "ui/views/spacetime/spacetimelayout.h"
#include "ui/views/spacetime/spacetimepixels.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace heapatlas;

namespace {

SpacetimeLayout::Input inputOf(int width, int height, int bands, int huge, double scale = 1)
{
    SpacetimeLayout::Input input;
    input.size = { width, height };
    input.bands = bands;
    input.hugeLines = huge;
    input.textScale = scale;
    return input;
}

/// One chunk of 8 pages over 100 events: page p is large from event 10 p on; before, it is free.
SpacetimeGridPtr stairs()
{
    auto grid = std::make_shared<SpacetimeGrid>();
    grid->end = 100;
    grid->fineEnd = 101;
    grid->isComplete = true;
    grid->bands.push_back({ { { 0x200000 }, { 0x208000 } }, 8, 0, 0 });
    auto strip = std::make_shared<SpacetimeStrip>();
    strip->bands.resize(1);
    for (std::uint64_t at = 0; at <= 100; ++at)
        strip->at.push_back(at);
    for (std::uint64_t page = 0; page < 8; ++page) {
        for (std::uint64_t at = 0; at <= 100; ++at)
            strip->bands[0].push_back(at >= 10 * page ? SpacetimeCell { SpacetimeCell::large, 255 }
                                                      : SpacetimeCell { SpacetimeCell::free, 0 });
    }
    grid->fine.push_back(strip);
    return grid;
}

SpacetimeScene sceneOf(const SpacetimeGridPtr& grid, QSize size)
{
    SpacetimeScene scene;
    scene.overview = grid;
    scene.rows = SpacetimeRows::of(grid.get(), nullptr);
    scene.events = grid->end;
    scene.range = { 0, static_cast<double>(grid->end) };
    scene.layout = SpacetimeLayout(inputOf(
        size.width(), size.height(), static_cast<int>(scene.rows.bands.size()), scene.rows.hugeLines));
    return scene;
}

} // namespace

class TestSpacetimeLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void partsTileTheView_data();
    void partsTileTheView();
    void bandsKeepTheirHeightAndScroll();
    void placesGoThereAndBack();
    void zoomKeepsThePointer();
    void ticksAreRoundAndApart();
    void rowsComeInTheOrderOfTheirBirth();
    void pixelsShowTheMomentAtTheirMiddle();
    void lensShowsBlocksWhereAndWhenTheyLive();
};

void TestSpacetimeLayout::partsTileTheView_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<double>("scale");
    QTest::newRow("reference") << 1112 << 700 << 1.0;
    QTest::newRow("small") << 560 << 320 << 1.0;
    QTest::newRow("tiny") << 300 << 200 << 1.0;
    QTest::newRow("large text") << 970 << 480 << 2.0;
}

void TestSpacetimeLayout::partsTileTheView()
{
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(double, scale);
    for (const double share : { 0.05, 0.4, 0.6, 0.95 }) {
        SpacetimeLayout::Input input = inputOf(width, height, 5, 2, scale);
        input.share = share;
        const SpacetimeLayout layout(input);
        QVERIFY(layout.width() > 100);
        QVERIFY(layout.markerLane().bottom() <= layout.bandsArea().top());
        QCOMPARE(layout.bandsArea().bottom(), layout.divider().top());
        QCOMPARE(layout.divider().bottom(), layout.lensTitle().top());
        QCOMPARE(layout.lensTitle().bottom(), layout.lens().top());
        QCOMPARE(layout.lens().bottom(), layout.axis().top());
        QVERIFY(layout.axis().bottom() <= height + 0.5);
        QVERIFY(layout.lens().height() >= 1 && layout.bandsArea().height() >= 0);
        if (height >= 320 && scale == 1)
            QVERIFY(layout.lens().height() >= 50 && layout.bandsArea().height() >= 40);
        const double grabbed = layout.divider().top();
        if (share == 0.6 && height > 200)
            QVERIFY(std::abs(layout.shareAt(grabbed) - share) < 0.01);
    }
}

void TestSpacetimeLayout::bandsKeepTheirHeightAndScroll()
{
    const SpacetimeLayout few(inputOf(1112, 700, 2, 0));
    QCOMPARE(few.bandHeight(), SpacetimeLayout::tallBand);
    QCOMPARE(few.mostScroll(), 0.0);
    SpacetimeLayout::Input input = inputOf(1112, 700, 400, 3);
    const SpacetimeLayout many(input);
    QCOMPARE(many.bandHeight(), SpacetimeLayout::leastBand);
    QVERIFY(many.mostScroll() > 400 * SpacetimeLayout::leastBand - 700);
    // Each can be brought into view, and is found where it is then.
    for (const int band : { 0, 17, 200, 399 }) {
        input.scroll = many.scrollTo(band);
        const SpacetimeLayout layout(input);
        QVERIFY(layout.band(band).top() >= layout.bandsArea().top() - 0.01);
        QVERIFY(layout.band(band).bottom() <= layout.bandsArea().bottom() + 0.01);
        QCOMPARE(layout.bandAt(layout.band(band).center().y()).value_or(-1), band);
        QCOMPARE(layout.scrollTo(band), layout.scroll()); // it is there: nothing moves
    }
    input.scroll = 1e9;
    const SpacetimeLayout end(input);
    QCOMPARE(end.hugeLineAt(end.hugeLine(2).center().y()).value_or(-1), 2);
    QVERIFY(!end.bandAt(end.bandsArea().top() - 1));
    QVERIFY(!end.bandAt(end.bandsArea().bottom() + 1));
}

void TestSpacetimeLayout::placesGoThereAndBack()
{
    const auto seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937_64 random(seed);
    const SpacetimeLayout layout(inputOf(1112, 700, 5, 1));
    const AddressRange window { { 0x7f0000200000 }, { 0x7f0000207000 } };
    for (int i = 0; i < 500; ++i) {
        const double begin = static_cast<double>(random() % 1'000'000);
        const AxisRange range { begin, begin + 1 + static_cast<double>(random() % 1'000'000) };
        const double value = range.begin + range.span() * static_cast<double>(random() % 1000) / 1000;
        QVERIFY(std::abs(layout.valueAt(layout.xOf(value, range), range) - value) < 1e-6 * range.end + 1e-6);
        const Bytes offset = random() % (Bytes { 2 } << 20);
        const int band = static_cast<int>(random() % 5);
        const Bytes back =
            layout.offsetInBand(band, layout.yInBand(band, offset, Bytes { 2 } << 20), Bytes { 2 } << 20);
        QVERIFY(back <= offset && offset - back <= 1);
        const Address address = window.begin + random() % window.size();
        const Address found = layout.addressInLens(layout.yInLens(address, window), window);
        QVERIFY(found <= address && address - found <= 1);
    }
    QVERIFY(layout.yInLens(window.begin - 4096, window) < layout.lens().top()); // a block may begin before it
}

void TestSpacetimeLayout::zoomKeepsThePointer()
{
    const AxisRange whole { 0, 1e6 };
    const SpacetimeLayout layout(inputOf(1112, 700, 5, 1));
    AxisRange range = whole;
    for (int i = 0; i < 200; ++i) {
        const double pivot = range.begin + range.span() * 0.3;
        const double before = layout.xOf(pivot, range);
        range = range.zoomed(1.25, pivot, whole, 32);
        QVERIFY(std::abs(layout.xOf(pivot, range) - before) < 1e-3 || range.begin == 0);
        QVERIFY(range.begin >= whole.begin && range.end <= whole.end && range.span() >= 31.99);
    }
    QVERIFY(std::abs(range.span() - 32) < 1e-6);
    for (int i = 0; i < 200; ++i)
        range = range.zoomed(0.8, range.begin, whole, 32);
    QVERIFY(std::abs(range.begin) < 1e-6 && std::abs(range.end - 1e6) < 1e-6);
    QCOMPARE(AxisRange({ 10, 20 }).panned(-50, whole), AxisRange({ 0, 10 }));
    QCOMPARE(AxisRange({ 10, 20 }).panned(1e9, whole), AxisRange({ 1e6 - 10, 1e6 }));
}

void TestSpacetimeLayout::ticksAreRoundAndApart()
{
    for (const double end : { 1.0, 10.0, 877'235.0, 1e8 }) {
        for (const auto unit :
            { EventScale::Unit::Events, EventScale::Unit::Seconds, EventScale::Unit::Requested }) {
            const std::vector<double> values = SpacetimeLabels::ticks({ 0, end }, 1000, 100, unit);
            QVERIFY(!values.empty());
            QCOMPARE(values.front(), 0.0);
            QVERIFY(values.size() <= 11);
            for (std::size_t i = 1; i < values.size(); ++i)
                QVERIFY((values[i] - values[i - 1]) / end * 1000 >= 99.99);
            QStringList seen;
            for (const double value : values) {
                const QString label =
                    SpacetimeLabels::axisText(value, values.size() > 1 ? values[1] : 1, unit);
                QVERIFY2(
                    !label.isEmpty() && !seen.contains(label), qPrintable(label)); // no two read the same
                seen << label;
            }
        }
    }
    QVERIFY(SpacetimeLabels::ticks({ 0, 0 }, 1000, 100, EventScale::Unit::Events).empty());
}

void TestSpacetimeLayout::rowsComeInTheOrderOfTheirBirth()
{
    SpacetimeGrid grid;
    const auto chunk = [](std::uint64_t n) { return AddressRange { { n << 21 }, { (n + 1) << 21 } }; };
    grid.bands = { { chunk(9), 512, 0, 0 }, { chunk(5), 512, 2, 50 }, { chunk(7), 512, 1, 20 } };
    SpacetimeGrid finer;
    finer.bands = { { chunk(7), 512, 1, 21 }, { chunk(1), 512, 3, 30 } };
    grid.huge = { { { { 1 }, { 2 } }, 1, 0, 10, 0, 0 }, { { { 3 }, { 4 } }, 1, 5, 20, 0, 1 },
        { { { 5 }, { 6 } }, 1, 10, HugeBar::never, 0, 2 } };
    const SpacetimeRows rows = SpacetimeRows::of(&grid, &finer);
    QCOMPARE(rows.bands.size(), std::size_t { 4 });
    QCOMPARE(rows.bands[0].range, chunk(9));
    QCOMPARE(rows.bands[1].range, chunk(7));
    QCOMPARE(rows.bands[1].inOverview, 2);
    QCOMPARE(rows.bands[1].inDetail, 0);
    QCOMPARE(rows.bands[2].range, chunk(1)); // only the finer grid saw it
    QCOMPARE(rows.bands[2].inOverview, -1);
    QCOMPARE(rows.bands[3].range, chunk(5));
    QCOMPARE(rows.bandOf({ (5ULL << 21) + 17 }), 3);
    QCOMPARE(rows.bandOf({ 1 }), -1);
    QCOMPARE(rows.hugeLine, (std::vector<int> { 0, 1, 0 })); // the third begins where the first has ended
    QCOMPARE(rows.hugeLines, 2);
}

void TestSpacetimeLayout::pixelsShowTheMomentAtTheirMiddle()
{
    const Theme& theme = lightTheme();
    for (const double ratio : { 1.0, 1.5, 2.0 }) {
        const SpacetimeScene scene = sceneOf(stairs(), { 900, 500 });
        QImage image;
        SpacetimePixels(scene, theme, ratio).paintBands(image);
        QCOMPARE(image.width(), static_cast<int>(std::lround(scene.layout.width() * ratio)));
        const QRectF band = scene.layout.band(0);
        for (int page = 0; page < 8; ++page) {
            const double y = band.top() + (page + 0.5) / 8 * band.height() - scene.layout.bandsArea().top();
            for (int x = 0; x < image.width(); x += 7) {
                const double position = (x + 0.5) / image.width() * 100;
                const QColor expected = std::floor(position) >= 10 * page ? theme.largeRun : theme.freePage;
                QCOMPARE(image.pixelColor(x, static_cast<int>(y * ratio)).name(), expected.name());
            }
        }
    }
}

void TestSpacetimeLayout::lensShowsBlocksWhereAndWhenTheyLive()
{
    const Theme& theme = lightTheme();
    SpacetimeScene scene = sceneOf(stairs(), { 900, 500 });
    scene.lens = { { 0x200000 }, { 0x204000 } };
    scene.lensBand = 0;
    auto lives = std::make_shared<LifeBars>();
    lives->window = scene.lens;
    lives->end = lives->knownTo = 100;
    lives->isComplete = true;
    LifeBar bar;
    bar.begin = { 0x201000 };
    bar.size = bar.requested = 0x1000;
    bar.kind = RegionKind::LargeRun;
    bar.from = 20;
    bar.to = 60;
    lives->bars.push_back(bar);
    scene.lives = lives;
    QImage image;
    SpacetimePixels(scene, theme, 1).paintLens(image);
    const double high = scene.layout.lens().height();
    for (int x = 0; x < image.width(); ++x) {
        const double position = std::floor((x + 0.5) / image.width() * 100);
        const bool isLive = position >= 20 && position < 60;
        const QColor inside = image.pixelColor(x, static_cast<int>(high * 0.375));
        if (isLive && position < 58) // its last pixel is the border to whoever comes next
            QCOMPARE(inside.name(), theme.largeRun.name());
        if (!isLive)
            QVERIFY(inside != theme.largeRun);
        QVERIFY(image.pixelColor(x, static_cast<int>(high * 0.7)) != theme.largeRun);
    }
    const LifeBar* found = lives->at({ 0x201fff }, 59);
    QVERIFY(
        found != nullptr && lives->at({ 0x201fff }, 60) == nullptr && lives->at({ 0x202000 }, 30) == nullptr);
}

QTEST_APPLESS_MAIN(TestSpacetimeLayout)
#include "tst_spacetimelayout.moc"
