// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"
#include "session/spacetimecontroller.h"
#include "workload/generate.h"

#include <QTemporaryDir>
#include <QtTest>

#include <memory>
#include <random>

using namespace heapatlas;

/// Whoever asks the controller for something gets it in the end, whatever was asked for and cancelled before.
class TestSpacetimeController : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void choosesPagesAndFindsTheirBlocks();
    void settlesWhateverIsAskedFor_data();
    void settlesWhateverIsAskedFor();
    void cancelledWorkCanGoOn();
    void goesWhileItWorks();

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return m_random() % n; }
    [[nodiscard]] static bool settle(const SpacetimeController& controller)
    {
        return QTest::qWaitFor([&] { return controller.isSettled(); }, 120'000);
    }
    /// As a view does: what is chosen for it is what it shows.
    static void follow(SpacetimeController& controller)
    {
        QObject::connect(&controller, &SpacetimeController::windowChosen, &controller,
            [&controller](AddressRange window) { controller.setWindow(window); });
    }

    QTemporaryDir m_directory;
    QString m_path;
    std::mt19937_64 m_random;
};

void TestSpacetimeController::initTestCase()
{
    const std::uint64_t seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED")
        ? qEnvironmentVariable("HEAPATLAS_SEED").toULongLong()
        : std::random_device()();
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    m_random.seed(seed);
    m_path = m_directory.filePath(QStringLiteral("steady.hat"));
    // Long enough for two threads.
    QVERIFY(generate({ .events = 1'100'000, .seed = seed, .live = 2000 }, m_path.toStdString()).isOk());
}

void TestSpacetimeController::choosesPagesAndFindsTheirBlocks()
{
    Document document(m_path);
    SpacetimeController controller(&document);
    follow(controller);
    AddressRange chosen;
    connect(
        &controller, &SpacetimeController::windowChosen, this, [&](AddressRange window) { chosen = window; });
    connect(&controller, &SpacetimeController::gridChanged, this, [&] {
        controller.setStretch({ 0, document.eventCount(), 800 });
    });
    controller.start();
    QVERIFY(settle(controller));
    QVERIFY(controller.overview()->isComplete);
    QVERIFY(!chosen.isEmpty());
    QVERIFY(controller.lives() && controller.lives()->isComplete);
    QVERIFY(controller.lives()->window == chosen);
    QVERIFY(!controller.lives()->bars.empty());
}

void TestSpacetimeController::settlesWhateverIsAskedFor_data()
{
    QTest::addColumn<bool>("fromTheBegin");
    QTest::newRow("while the trace is opened") << true;
    QTest::newRow("afterwards") << false;
}

void TestSpacetimeController::settlesWhateverIsAskedFor()
{
    QFETCH(bool, fromTheBegin);
    constexpr std::uint64_t events = 1'100'000;
    Document document(m_path);
    SpacetimeController controller(&document);
    follow(controller);
    if (!fromTheBegin)
        QVERIFY(QTest::qWaitFor([&] { return document.replaySource() != nullptr; }, 120'000));
    controller.start();
    for (int round = 0; round < 6; ++round) {
        SpacetimeController::Stretch stretch;
        AddressRange window;
        const int wishes = 1 + static_cast<int>(below(24));
        for (int i = 0; i < wishes; ++i) {
            switch (below(7)) {
            case 0: // all of it, at several widths
                stretch = { 0, events, 600 + static_cast<unsigned>(below(1500)) };
                controller.setStretch(stretch);
                break;
            case 1:
                stretch.begin = below(events - 1);
                stretch.end = stretch.begin + 1 + below(events - stretch.begin);
                stretch.columns = 800;
                controller.setStretch(stretch);
                break;
            case 2:
            case 3:
                if (const SpacetimeGridPtr grid = controller.overview(); grid && !grid->bands.empty()) {
                    const SpacetimeBand& band = grid->bands[below(grid->bands.size())];
                    const Address begin = band.range.begin + below(500) * 4096;
                    window = { begin, begin + 4096 * (1 + below(8)) };
                    controller.setWindow(window);
                }
                break;
            case 4:
                controller.setUnit(below(2) == 0 ? EventScale::Unit::Events : EventScale::Unit::Requested);
                break;
            case 5:
                controller.cancel();
                break;
            case 6:
                document.setCursor(below(events));
                controller.resume();
                break;
            }
            if (below(3) == 0)
                QTest::qWait(static_cast<int>(below(90)));
            else if (below(2) == 0)
                QCoreApplication::processEvents();
        }
        controller.resume();
        QVERIFY2(settle(controller), qPrintable(QStringLiteral("round %1").arg(round)));
        QVERIFY(controller.overview() && controller.overview()->isComplete);
        QCOMPARE(controller.overview()->end, events);
        if (controller.scale()->unit() != controller.unit())
            QVERIFY2(false, "another axis");
        if (stretch.columns == 0)
            continue;
        if (!window.isEmpty()) {
            const LifeBarsPtr lives = controller.lives();
            QVERIFY(lives && lives->isComplete && lives->window == window);
            QCOMPARE(lives->begin, stretch.begin);
            QCOMPARE(lives->end, stretch.end);
        }
        if (const SpacetimeGridPtr detail = controller.detail()) {
            QCOMPARE(detail->begin, stretch.begin);
            QCOMPARE(detail->end, stretch.end);
        } else {
            QVERIFY(stretch.begin == 0 && stretch.end == events && stretch.columns <= 1024);
        }
    }
}

void TestSpacetimeController::cancelledWorkCanGoOn()
{
    Document document(m_path);
    SpacetimeController controller(&document);
    follow(controller);
    controller.start();
    QVERIFY(QTest::qWaitFor([&] { return controller.isWorking(); }, 120'000));
    controller.cancel();
    QVERIFY(controller.isCancelled() && !controller.isWorking());
    QVERIFY(settle(controller)); // what there is stays; nothing else is coming
    controller.resume();
    QVERIFY(settle(controller));
    QVERIFY(controller.overview()->isComplete && !controller.isCancelled());
}

void TestSpacetimeController::goesWhileItWorks()
{
    for (int round = 0; round < 6; ++round) {
        Document document(m_path);
        auto controller = std::make_unique<SpacetimeController>(&document);
        follow(*controller);
        controller->start();
        if (round > 0)
            QVERIFY(QTest::qWaitFor([&] { return document.replaySource() != nullptr; }, 120'000));
        controller->setStretch({ 0, 1'100'000, 1500 });
        QTest::qWait(static_cast<int>(below(200)));
        controller.reset();
        QCoreApplication::processEvents();
    }
}

QTEST_GUILESS_MAIN(TestSpacetimeController)
#include "tst_spacetimecontroller.moc"
