// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/cli/hatlasprocess.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace heapatlas::testing;

class TestHatlasGenerate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void writesATraceThatIsExact();
    void countsInThousands();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void namesTheProfiles();
    void leavesAloneWhatIsNoTrace();
    void replacesAnEarlierTrace();
    void anInterruptLeavesNoFile();
    void aQuietRunSaysNothing();

private:
    Answer run(const QStringList& arguments) const
    {
        RunOptions options;
        options.folder = m_folder->path();
        return hatlas(arguments, options);
    }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestHatlasGenerate::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestHatlasGenerate::writesATraceThatIsExact()
{
    const Answer made = run({ QStringLiteral("generate"), QStringLiteral("--profile=leaky"),
        QStringLiteral("--seed=3"), QStringLiteral("--events=60000"), QStringLiteral("-o"),
        QStringLiteral("made.hat"), QStringLiteral("--json") });
    QCOMPARE(made.status, 0);
    QCOMPARE(made.errors, QByteArray());
    QCOMPARE(made.json().value(QStringLiteral("events")).toInt(), 60000);
    QCOMPARE(made.json().value(QStringLiteral("profile")).toString(), QStringLiteral("leaky"));
    QCOMPARE(made.json().value(QStringLiteral("bytes")).toInt(),
        QFile(m_folder->filePath(QStringLiteral("made.hat"))).size());
    QCOMPARE(files(), QStringList { QStringLiteral("made.hat") });

    const Answer verdict =
        run({ QStringLiteral("verify"), QStringLiteral("made.hat"), QStringLiteral("--json") });
    QCOMPARE(verdict.status, 0);
    QCOMPARE(verdict.json().value(QStringLiteral("finalState")).toString(), QStringLiteral("identical"));
    const Answer figures =
        run({ QStringLiteral("replay"), QStringLiteral("made.hat"), QStringLiteral("--json") });
    QCOMPARE(
        figures.json().value(QStringLiteral("liveBlocks")), made.json().value(QStringLiteral("liveBlocks")));
    QCOMPARE(
        figures.json().value(QStringLiteral("heapBytes")), made.json().value(QStringLiteral("heapBytes")));
}

void TestHatlasGenerate::countsInThousands()
{
    const Answer made = run({ QStringLiteral("generate"), QStringLiteral("-n3k"), QStringLiteral("-o"),
        QStringLiteral("made.hat"), QStringLiteral("--json") });
    QCOMPARE(made.json().value(QStringLiteral("events")).toInt(), 3000);
}

void TestHatlasGenerate::refusesWrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char* arguments, const char* word) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments).split(QLatin1Char(' '), Qt::SkipEmptyParts)
                                 << QByteArray(word);
    };
    row("generate", "-o F.hat");
    row("generate made.hat", "options");
    row("generate -o made.hat --events many", "is no number for --events");
    row("generate -o made.hat --events 5T", "is no number for --events");
    row("generate -o made.hat --events 20000000000G", "is no number for --events");
    row("generate -o made.hat --events 5G", "at most");
    row("generate -o made.hat --events -1", "is no number for --events");
    row("generate -o made.hat --seed x", "is no number for --seed");
    row("generate -o made.hat --live 1G", "at most");
    row("generate -o made.hat --profile big --heap 4T", "is no number for --heap");
    row("generate -o made.hat --profile big --heap 4000G", "at most");
    row("generate -o made.hat --heap 4G", "--profile big");
}

void TestHatlasGenerate::refusesWrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, word);
    const Answer answer = run(arguments);
    QCOMPARE(answer.status, 2);
    QVERIFY2(answer.errors.contains(word), answer.errors.constData());
    QCOMPARE(answer.output, QByteArray());
    QCOMPARE(files(), QStringList());
}

void TestHatlasGenerate::namesTheProfiles()
{
    const QByteArray refusal = run({ QStringLiteral("generate"), QStringLiteral("--profile=nice"),
                                       QStringLiteral("-o"), QStringLiteral("x.hat") })
                                   .errors;
    const QByteArray help = run({ QStringLiteral("generate"), QStringLiteral("--help") }).output;
    for (const char* const profile : { "steady", "jobs", "leaky", "phases", "big", "churn" }) {
        QVERIFY2(refusal.contains(profile), refusal.constData());
        QVERIFY(help.contains(QByteArray("  ") + profile));
    }
}

void TestHatlasGenerate::leavesAloneWhatIsNoTrace()
{
    QFile notes(m_folder->filePath(QStringLiteral("notes.txt")));
    QVERIFY(
        notes.open(QIODevice::WriteOnly) && notes.write("mine, and long enough to be looked at twice\n") > 0);
    notes.close();
    const Answer answer =
        run({ QStringLiteral("generate"), QStringLiteral("-o"), QStringLiteral("notes.txt") });
    QCOMPARE(answer.status, 3);
    QVERIFY2(answer.errors.contains("no trace"), answer.errors.constData());
    QVERIFY(notes.open(QIODevice::ReadOnly));
    QVERIFY(notes.readAll().startsWith("mine"));
    QCOMPARE(
        run({ QStringLiteral("generate"), QStringLiteral("-o"), QStringLiteral("no/folder.hat") }).status, 3);
    QCOMPARE(files(), QStringList { QStringLiteral("notes.txt") });
}

void TestHatlasGenerate::replacesAnEarlierTrace()
{
    const QStringList first { QStringLiteral("generate"), QStringLiteral("-n100"),
        QStringLiteral("-omade.hat") };
    QCOMPARE(run(first).status, 0);
    const Answer second =
        run({ QStringLiteral("generate"), QStringLiteral("-n200"), QStringLiteral("-omade.hat") });
    QCOMPARE(second.status, 0);
    QVERIFY2(second.errors.contains("200 events"), second.errors.constData());
    QCOMPARE(files(), QStringList { QStringLiteral("made.hat") });
}

void TestHatlasGenerate::anInterruptLeavesNoFile()
{
    QCOMPARE(
        run({ QStringLiteral("generate"), QStringLiteral("-n100"), QStringLiteral("-omade.hat") }).status, 0);
    QProcess process;
    process.setWorkingDirectory(m_folder->path());
    process.start(hatlasProgram(),
        { QStringLiteral("generate"), QStringLiteral("-n2G"), QStringLiteral("-omade.hat"),
            QStringLiteral("--seed=9") });
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY(files().contains(QStringLiteral("made.hat.part")));
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::CrashExit); // by the signal, so that a script sees it
    QCOMPARE(files(), QStringList { QStringLiteral("made.hat") });
    const Answer info = run({ QStringLiteral("info"), QStringLiteral("made.hat"), QStringLiteral("--json") });
    QCOMPARE(info.json().value(QStringLiteral("events")).toInt(), 100); // the earlier one
}

void TestHatlasGenerate::aQuietRunSaysNothing()
{
    const Answer answer = run({ QStringLiteral("generate"), QStringLiteral("-q"), QStringLiteral("-n100"),
        QStringLiteral("-omade.hat") });
    QCOMPARE(answer.status, 0);
    QCOMPARE(answer.errors + answer.output, QByteArray());
}

QTEST_GUILESS_MAIN(TestHatlasGenerate)
#include "tst_hatlasgenerate.moc"
