// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/selectionfinder.h"
#include "ui/app/commandline.h"
#include "ui/app/sourceopener.h"
#include "ui/dialogs/gotodialog.h"

#include "support/fakesnapshot.h"

#include <QTest>

using namespace heapatlas;

class TestCommandLine : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsEveryOption();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void helpAndVersionEndWithZero();
    void fillsTheEditorsCommand();
    void saysWhyASourceCannotBeOpened();
    void readsWhereToGo();
    void findsWhatStandsAtAnAddress();
};

void TestCommandLine::readsEveryOption()
{
    const CommandLineOutcome outcome =
        parseCommandLine({ QStringLiteral("heap-atlas"), QStringLiteral("--config"), QStringLiteral("/tmp/c"),
            QStringLiteral("--theme"), QStringLiteral("dark"), QStringLiteral("--geometry"),
            QStringLiteral("1600x1000"), QStringLiteral("--view"), QStringLiteral("map"),
            QStringLiteral("--at"), QStringLiteral("987591"), QStringLiteral("--select"),
            QStringLiteral("0x7f4c2cb0b738"), QStringLiteral("--level"), QStringLiteral("page"),
            QStringLiteral("--engine"), QStringLiteral("zendmm"), QStringLiteral("--screenshot"),
            QStringLiteral("a.png"), QStringLiteral("--picture"), QStringLiteral("b.png"),
            QStringLiteral("--exit"), QStringLiteral("one.hat"), QStringLiteral("two.hat") });
    QVERIFY2(!outcome.exitStatus, qPrintable(outcome.message));
    const CommandLine& options = outcome.options;
    QCOMPARE(options.configDirectory, QStringLiteral("/tmp/c"));
    QCOMPARE(options.theme, QStringLiteral("dark"));
    QCOMPARE(options.geometry.value_or(QSize()), QSize(1600, 1000));
    QCOMPARE(options.view, QStringLiteral("map"));
    QCOMPARE(options.at.value_or(0), std::uint64_t { 987'591 });
    QCOMPARE(options.select.value_or(Address {}).value, std::uint64_t { 0x7f4c2cb0b738 });
    QCOMPARE(options.level, QStringLiteral("page"));
    QCOMPARE(options.screenshot, QStringLiteral("a.png"));
    QCOMPARE(options.picture, QStringLiteral("b.png"));
    QVERIFY(options.exitWhenDone);
    QVERIFY(options.isUnattended());
    QCOMPARE(options.files.size(), 2);
    QVERIFY(!parseCommandLine({ QStringLiteral("heap-atlas") }).options.isUnattended());
    QVERIFY(!parseCommandLine({ QStringLiteral("heap-atlas"), QStringLiteral("--view"),
                                  QStringLiteral("spacetime"), QStringLiteral("one.hat") })
                 .exitStatus);
}

void TestCommandLine::refusesWrongUsage_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("word");
    QTest::newRow("view not built") << "--view leaks f.hat"
                                    << "not built";
    QTest::newRow("no such view") << "--view sideways f.hat"
                                  << "no view";
    QTest::newRow("no such level") << "--level atom f.hat"
                                   << "atom";
    QTest::newRow("theme") << "--theme pink"
                           << "pink";
    QTest::newRow("geometry") << "--geometry wide"
                              << "wide";
    QTest::newRow("geometry of nothing") << "--geometry 0x0"
                                         << "0x0";
    QTest::newRow("geometry beyond sense") << "--geometry 99999x99999"
                                           << "99999x99999";
    QTest::newRow("event") << "--at soon f.hat"
                           << "soon";
    QTest::newRow("negative event") << "--at=-1 f.hat"
                                    << "-1";
    QTest::newRow("address") << "--select here f.hat"
                             << "here";
    QTest::newRow("engine") << "--engine tlsf f.hat"
                            << "tlsf";
    QTest::newRow("unknown option") << "--frobnicate"
                                    << "frobnicate";
    QTest::newRow("missing value") << "--theme"
                                   << "theme";
    QTest::newRow("picture without a trace") << "--picture p.png"
                                             << "trace";
    QTest::newRow("event without a trace") << "--at 5"
                                           << "trace";
    QTest::newRow("welcome with a trace") << "--view welcome f.hat"
                                          << "welcome";
}

void TestCommandLine::refusesWrongUsage()
{
    QFETCH(QString, line);
    QFETCH(QString, word);
    const CommandLineOutcome outcome =
        parseCommandLine(QStringLiteral("heap-atlas %1").arg(line).split(u' '));
    QCOMPARE(outcome.exitStatus.value_or(0), 2);
    QVERIFY2(outcome.message.contains(word), qPrintable(outcome.message));
}

void TestCommandLine::helpAndVersionEndWithZero()
{
    const CommandLineOutcome help =
        parseCommandLine({ QStringLiteral("heap-atlas"), QStringLiteral("--help") });
    QCOMPARE(help.exitStatus.value_or(-1), 0);
    for (const char* option : { "--config", "--theme", "--geometry", "--view", "--at", "--select", "--level",
             "--engine", "--screenshot", "--picture", "--exit" })
        QVERIFY2(help.message.contains(QLatin1String(option)), option);
    QCOMPARE(parseCommandLine({ QStringLiteral("heap-atlas"), QStringLiteral("--version") })
                 .exitStatus.value_or(-1),
        0);
}

void TestCommandLine::fillsTheEditorsCommand()
{
    using sourceopener::filledCommand;
    QCOMPARE(filledCommand(QStringLiteral("code -g %f:%l"), QStringLiteral("/a b/c.php"), 7),
        QStringList({ QStringLiteral("code"), QStringLiteral("-g"), QStringLiteral("/a b/c.php:7") }));
    QCOMPARE(filledCommand(QStringLiteral("gvim +%l"), QStringLiteral("/x.php"), 0),
        QStringList({ QStringLiteral("gvim"), QStringLiteral("+1"), QStringLiteral("/x.php") }));
    QCOMPARE(filledCommand(QStringLiteral("a %%f %f"), QStringLiteral("/x; rm -rf"), 3),
        QStringList({ QStringLiteral("a"), QStringLiteral("%f"), QStringLiteral("/x; rm -rf") }));
    // A file name with a placeholder in it is not filled a second time.
    QCOMPARE(filledCommand(QStringLiteral("e %f"), QStringLiteral("/%l.php"), 3),
        QStringList({ QStringLiteral("e"), QStringLiteral("/%l.php") }));
    QVERIFY(filledCommand({}, QStringLiteral("/x.php"), 1).isEmpty());
}

void TestCommandLine::saysWhyASourceCannotBeOpened()
{
    QVERIFY(sourceopener::open({}, {}, 0).contains(QStringLiteral("PHP itself")));
    QVERIFY(sourceopener::open({}, QStringLiteral("/nowhere/x.php"), 1)
                .contains(QStringLiteral("/nowhere/x.php")));
    QVERIFY(sourceopener::open(QStringLiteral("/nowhere/editor %f"), QStringLiteral("/"), 1)
                .contains(QStringLiteral("/nowhere/editor")));
}

void TestCommandLine::readsWhereToGo()
{
    QCOMPARE(std::get<std::uint64_t>(parseGoToTarget(QStringLiteral("987591")).value()),
        std::uint64_t { 987'591 });
    QCOMPARE(std::get<std::uint64_t>(parseGoToTarget(QStringLiteral(u" 987\u2009591 ")).value()),
        std::uint64_t { 987'591 });
    QCOMPARE(std::get<Address>(parseGoToTarget(QStringLiteral("0X7F4c2cb0b738")).value()).value,
        std::uint64_t { 0x7f4c2cb0b738 });
    for (const char* wrong : { "", "x", "0x", "-5", "12abc", "99999999999999999999999" })
        QVERIFY2(!parseGoToTarget(QString::fromLatin1(wrong)), wrong);
}

void TestCommandLine::findsWhatStandsAtAnAddress()
{
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    QVERIFY(!selectionAt(*snapshot, Address { 64 }));
    for (const RegionRow& region : snapshot->regions()) {
        const auto found = selectionAt(*snapshot, region.range.begin + region.range.size() / 2);
        QVERIFY(found.has_value());
        QVERIFY(region.range.contains(found->range.begin));
        QVERIFY(found->range.end <= region.range.end);
        if (region.kind == RegionKind::LargeRun || region.kind == RegionKind::Huge) {
            QVERIFY(found->what == Selection::What::Block);
            QVERIFY(found->range == region.range);
        }
    }
    for (const BlockRow& block : snapshot->blocks()) {
        const auto found = selectionAt(*snapshot, block.begin + (block.size - 1));
        QVERIFY(found.has_value() && found->what == Selection::What::Block);
        QCOMPARE(found->range.begin.value, block.begin.value);
    }
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
