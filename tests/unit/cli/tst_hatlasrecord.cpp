// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/cli/hatlasprocess.h"
#include "unit/replay/recordedprogram.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace heapatlas;
using namespace heapatlas::testing;

// A stand-in for php, a shell script of that name, tells how it was started; real programs are recorded in tests/php.
class TestHatlasRecord : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void phpGetsOptionsAndNothingElse();
    void scriptGetsThePhpOfItsFirstLine();
    void otherProgramsGetAFolderOfSettings();
    void scanFolderOfTheUserStays();
    void statusPassesThrough();
    void signalsPassThrough();
    void inputPassesThrough();
    void missingProgramIsSaid();
    void missingExtensionIsSaid();
    void leavesOtherFilesAlone();
    void listsAndReplacesTraces();

private:
    void script(const QString& name, const QByteArray& text) const
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }
    Answer record(const QStringList& arguments) const
    {
        return hatlas(QStringList { QStringLiteral("record") } + arguments, m_options);
    }
    QByteArray pathOf(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toUtf8();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    RunOptions m_options;
};

void TestHatlasRecord::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_options = {};
    m_options.folder = m_folder->path();
    m_options.environment.insert(QStringLiteral("PATH"), m_folder->path() + QStringLiteral(":/usr/bin:/bin"));
    m_options.environment.insert(
        QStringLiteral("HEAPATLAS_EXTENSION"), m_folder->filePath(QStringLiteral("ext.so")));
    m_options.environment.remove(QStringLiteral("PHP_INI_SCAN_DIR"));
    script(QStringLiteral("ext.so"), "not really one");
    script(QStringLiteral("php"),
        "#!/bin/sh\nprintf '%s\\n' \"$@\"\nenv | sort > \"$EXPECT_ENV\"\nexit ${STATUS:-0}\n");
    m_options.environment.insert(QStringLiteral("EXPECT_ENV"), QString::fromUtf8(pathOf("env.txt")));
}

void TestHatlasRecord::phpGetsOptionsAndNothingElse()
{
    const Answer answer = record({ QStringLiteral("--stacks=none"), QStringLiteral("--limit"),
        QStringLiteral("2M"), QStringLiteral("--"), QStringLiteral("php"), QStringLiteral("-f"),
        QStringLiteral("src/import.php"), QStringLiteral("a b"), QString() });
    const QByteArray expected = "-d\nextension='" + pathOf("ext.so") + "'\n-d\nheapatlas.output='"
        + pathOf("import.hat") + "'\n-d\nheapatlas.stacks='none'\n-d\nheapatlas.limit='2097152'\n"
        + "-f\nsrc/import.php\na b\n\n";
    QCOMPARE(answer.output, expected);
    // The environment is to the byte what a plain start gives.
    QFile seen(m_folder->filePath(QStringLiteral("env.txt")));
    QVERIFY(seen.open(QIODevice::ReadOnly));
    const QByteArray recorded = seen.readAll();
    seen.close();
    RunOptions plain = m_options;
    plain.program = m_folder->filePath(QStringLiteral("php"));
    hatlas({}, plain);
    QVERIFY(seen.open(QIODevice::ReadOnly));
    QCOMPARE(recorded, seen.readAll());
}

void TestHatlasRecord::scriptGetsThePhpOfItsFirstLine()
{
    script(QStringLiteral("composer"), "#!/usr/bin/env php\n<?php\n");
    const Answer found = record({ QStringLiteral("--"), QStringLiteral("composer"), QStringLiteral("list") });
    QVERIFY2(found.output.startsWith("-d\nextension="), found.output.constData());
    QVERIFY2(found.output.contains("heapatlas.output='" + pathOf("composer.hat")), found.output.constData());
    QVERIFY2(found.output.endsWith("\n" + pathOf("composer") + "\nlist\n"), found.output.constData());

    script(QStringLiteral("tool"), "#! " + pathOf("php") + " -d x=y \n<?php\n");
    const Answer named = record({ QStringLiteral("--"), QStringLiteral("./tool") });
    QVERIFY2(named.output.endsWith("\n-d x=y\n./tool\n"), named.output.constData());
}

void TestHatlasRecord::otherProgramsGetAFolderOfSettings()
{
    script(QStringLiteral("starter"),
        "#!/bin/sh\nprintf '%s\\n' \"$PHP_INI_SCAN_DIR\"\ncat \"${PHP_INI_SCAN_DIR#:}\"/*.ini\n");
    const Answer answer = record({ QStringLiteral("-o"), QStringLiteral("100%.hat"), QStringLiteral("--"),
        QStringLiteral("starter") });
    const QByteArrayList lines = answer.output.split('\n');
    QVERIFY2(lines[0].startsWith(":/"), answer.output.constData());
    QCOMPARE(lines[1], "extension='" + pathOf("ext.so") + "'");
    QCOMPARE(lines[2], "heapatlas.output='" + pathOf("100%%.hat") + "'"); // the recorder reads %% as %
    QVERIFY(!QFile::exists(QString::fromUtf8(lines[0].mid(1))));
    QCOMPARE(answer.status, 3); // it started no PHP
    QVERIFY2(answer.errors.contains("nothing was recorded"), answer.errors.constData());
}

void TestHatlasRecord::scanFolderOfTheUserStays()
{
    script(QStringLiteral("starter"), "#!/bin/sh\nprintf '%s\\n' \"$PHP_INI_SCAN_DIR\"\n");
    m_options.environment.insert(QStringLiteral("PHP_INI_SCAN_DIR"), QStringLiteral("/etc/mine"));
    QVERIFY(record({ QStringLiteral("--"), QStringLiteral("starter") }).output.startsWith("/etc/mine:/"));
}

void TestHatlasRecord::statusPassesThrough()
{
    m_options.environment.insert(QStringLiteral("STATUS"), QStringLiteral("42"));
    QCOMPARE(record({ QStringLiteral("--"), QStringLiteral("php"), QStringLiteral("x.php") }).status, 42);
    m_options.environment.insert(QStringLiteral("STATUS"), QStringLiteral("0"));
    QCOMPARE(record({ QStringLiteral("--"), QStringLiteral("php"), QStringLiteral("x.php") }).status, 3);
    script(QStringLiteral("dies"), "#!/bin/sh\nkill -9 $$\n");
    QCOMPARE(record({ QStringLiteral("--"), QStringLiteral("dies") }).status, 128 + 9);
}

void TestHatlasRecord::signalsPassThrough()
{
    // The program says when it is ready, and how it was ended.
    script(QStringLiteral("waits"),
        "#!/bin/sh\ntrap 'echo term; exit 9' TERM\ntrap 'echo int; exit 8' INT\necho ready\nwhile :; do "
        "sleep 0.05; done\n");
    for (const auto& [signal, word, status] :
        { std::tuple(SIGTERM, "term\n", 9), std::tuple(SIGINT, "int\n", 8) }) {
        QProcess process;
        process.setWorkingDirectory(m_options.folder);
        process.setProcessEnvironment(m_options.environment);
        process.start(
            hatlasProgram(), { QStringLiteral("record"), QStringLiteral("--"), QStringLiteral("waits") });
        QVERIFY(process.waitForReadyRead(60'000));
        QCOMPARE(process.readAllStandardOutput(), QByteArray("ready\n"));
        ::kill(static_cast<pid_t>(process.processId()), signal);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.readAllStandardOutput(), QByteArray(word));
        QCOMPARE(process.exitCode(), status);
    }
}

void TestHatlasRecord::inputPassesThrough()
{
    script(QStringLiteral("reads"), "#!/bin/sh\ncat; echo problem >&2\n");
    m_options.input = "some input";
    const Answer answer = record({ QStringLiteral("-q"), QStringLiteral("--"), QStringLiteral("reads") });
    QCOMPARE(answer.output, QByteArray("some input"));
    QVERIFY(answer.errors.startsWith("problem\n"));
}

void TestHatlasRecord::missingProgramIsSaid()
{
    const Answer missing = record({ QStringLiteral("--"), QStringLiteral("no-such-program") });
    QCOMPARE(missing.status, 3);
    QVERIFY2(missing.errors.contains("no-such-program"), missing.errors.constData());
    QFile plain(m_folder->filePath(QStringLiteral("plain.php")));
    QVERIFY(plain.open(QIODevice::WriteOnly));
    const Answer script = record({ QStringLiteral("--"), QStringLiteral("./plain.php") });
    QCOMPARE(script.status, 3);
    QVERIFY2(script.errors.contains("-- php ./plain.php"), script.errors.constData());
}

void TestHatlasRecord::missingExtensionIsSaid()
{
    m_options.environment.insert(
        QStringLiteral("HEAPATLAS_EXTENSION"), QStringLiteral("/nowhere/heapatlas.so"));
    const Answer answer = record({ QStringLiteral("--"), QStringLiteral("php"), QStringLiteral("x.php") });
    QCOMPARE(answer.status, 3);
    QVERIFY(answer.output.isEmpty()); // the program was not even started
    QVERIFY2(answer.errors.contains("/nowhere/heapatlas.so"), answer.errors.constData());
}

void TestHatlasRecord::leavesOtherFilesAlone()
{
    script(
        QStringLiteral("precious.txt"), "a text that is no trace, and long enough to be looked at as one\n");
    const Answer answer = record({ QStringLiteral("-o"), QStringLiteral("precious.txt"), QStringLiteral("--"),
        QStringLiteral("php"), QStringLiteral("x.php") });
    QCOMPARE(answer.status, 3);
    QVERIFY(answer.output.isEmpty());
    QFile file(m_folder->filePath(QStringLiteral("precious.txt")));
    QVERIFY(file.open(QIODevice::ReadOnly) && file.readAll().startsWith("a text"));
}

void TestHatlasRecord::listsAndReplacesTraces()
{
    // The stand-in leaves traces as the recorder does: the plain name first, then NAME.PID.N.hat.
    ProgramOptions options;
    options.events = 2000;
    const RecordedProgram<> program(options, pathOf("made.hat").toStdString());
    script(QStringLiteral("php"),
        "#!/bin/sh\ntest ! -e out.hat || exit 77\ncp made.hat out.hat\ncp made.hat out.17.1.hat\nexit 5\n");
    const QByteArray events = QByteArray::number(static_cast<quint64>(program.events())) + " events";
    QVERIFY(QFile::copy(
        m_folder->filePath(QStringLiteral("made.hat")), m_folder->filePath(QStringLiteral("out.hat"))));
    QVERIFY(QFile::copy(
        m_folder->filePath(QStringLiteral("made.hat")), m_folder->filePath(QStringLiteral("out.9.1.hat"))));
    const Answer answer =
        record({ QStringLiteral("-o"), QStringLiteral("out.hat"), QStringLiteral("--summary"),
            QStringLiteral("s.json"), QStringLiteral("--"), QStringLiteral("php"), QStringLiteral("x.php") });
    QCOMPARE(answer.status, 5); // and not 77: the old trace was moved out of the way first
    QCOMPARE(answer.errors.count('\n'), 2); // that of process 9 is not new
    QVERIFY2(answer.errors.contains(pathOf("out.hat") + ": " + events), answer.errors.constData());
    QVERIFY2(answer.errors.contains(pathOf("out.17.1.hat") + ": " + events), answer.errors.constData());
    QFile summary(m_folder->filePath(QStringLiteral("s.json")));
    QVERIFY(summary.open(QIODevice::ReadOnly));
    const QJsonObject told = QJsonDocument::fromJson(summary.readAll()).object();
    QCOMPARE(told[QLatin1String("exitStatus")].toInt(), 5);
    QCOMPARE(told[QLatin1String("files")].toArray().size(), 2);
}

QTEST_APPLESS_MAIN(TestHatlasRecord)
#include "tst_hatlasrecord.moc"
