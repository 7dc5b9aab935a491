// SPDX-License-Identifier: GPL-3.0-or-later
//
// tst_php_commands VARIANT FUNCTION [Qt Test's own arguments]

#include "php/phprun.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <csignal>

using namespace heapatlas::phptest;

namespace {

const QString served = QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/served");
constexpr int longest = 60'000; // ms

/// A process of a test that runs in the background; ended with the test, whatever happens.
class Background
{
public:
    explicit Background(const QStringList& command, const QString& folder)
    {
        m_process.setWorkingDirectory(folder);
        m_process.setProcessEnvironment(sharedEnvironment());
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.start(command.first(), command.mid(1));
    }
    ~Background()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.terminate(); // hatlas sends it on
        if (!m_process.waitForFinished(5000)) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    [[nodiscard]] QProcess& process() { return m_process; }

private:
    QProcess m_process;
};

/// The body of an answer, or why there is none; `headers` gets what stands before it.
QByteArray get(quint16 port, const QByteArray& path, QByteArray* headers = nullptr)
{
    const QDeadlineTimer deadline(longest);
    while (!deadline.hasExpired()) {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        if (!socket.waitForConnected(1000))
            continue; // not listening yet
        socket.write("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        QByteArray answer;
        while (socket.waitForReadyRead(longest) || socket.bytesAvailable() != 0)
            answer += socket.readAll();
        const qsizetype body = answer.indexOf("\r\n\r\n");
        if (headers != nullptr)
            *headers = answer.left(body);
        return body < 0 ? "no answer: " + answer : answer.mid(body + 4);
    }
    return "nobody listens";
}

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16 { 0 };
}

/// phpunit's last lines carry the time that it took.
QByteArray withoutTime(QByteArray text)
{
    static const QRegularExpression time(QStringLiteral("Time: [0-9:.]+"));
    return QString::fromUtf8(text).replace(time, QStringLiteral("Time: -")).toUtf8();
}

} // namespace

/// Commands that people record, not scripts made for it: test suites, tools, servers, and processes that are killed.
class TestPhpCommands : public QObject
{
    Q_OBJECT

public:
    explicit TestPhpCommands(const QString& variant)
        : m_variant(variant)
        , m_runtime(runtime(variant))
    {
    }

private Q_SLOTS:
    void initTestCase();
    void init();

    void phpunitOnARealSuite_data();
    void phpunitOnARealSuite();
    void composerCommands_data();
    void composerCommands();
    void requestsOfABuiltInServer_data();
    void requestsOfABuiltInServer();
    void killedProcessKeepsWhatWasWritten();
    void terminatedProcessKeepsEverything_data();
    void terminatedProcessKeepsEverything();
    void programThatStartsPhp();
    void programWithoutPhpIsSaid();

private:
    /// Records a script that says "… as PID" and goes on, and sends that process the signal: the exit code of the
    /// recording, -1 if it did not come that far.
    [[nodiscard]] int exitCodeAfter(int signal, const QString& script, const QString& trace);
    /// The command as people type it where this PHP is the one in PATH, else the script under this PHP.
    [[nodiscard]] QStringList typed(const QString& script) const
    {
        const QString path = QStandardPaths::findExecutable(script);
        if (path.isEmpty())
            return {};
        const QString inPath =
            QFileInfo(QStandardPaths::findExecutable(QStringLiteral("php"))).canonicalFilePath();
        if (m_runtime.command == QStringList { inPath })
            return { script };
        return m_runtime.command + QStringList { path };
    }
    void compareRuns(
        const QStringList& command, const QString& folder, const QString& stacks, bool hasUsageCalls);

    QString m_variant;
    Runtime m_runtime;
    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_output;
};

void TestPhpCommands::initTestCase()
{
    if (!m_runtime.unavailable.isEmpty())
        QSKIP(qPrintable(m_runtime.unavailable));
}

void TestPhpCommands::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestPhpCommands::compareRuns(
    const QStringList& command, const QString& folder, const QString& stacks, bool hasUsageCalls)
{
    const QString trace = m_folder->filePath(QStringLiteral("command.hat"));
    const Run plain = run(command, folder);
    const Run watched = run(recorded(command, trace, stacks), folder);
    QCOMPARE(watched.status, plain.status);
    QCOMPARE(withoutTime(watched.output), withoutTime(plain.output));
    m_output = watched.output;
    const QStringList traces = tracesBeside(trace);
    QVERIFY2(!traces.isEmpty(), watched.errors.constData());
    const QString wrong = whatIsNotExact(traces.first(), { 1000, hasUsageCalls, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void TestPhpCommands::phpunitOnARealSuite_data()
{
    QTest::addColumn<QString>("stacks");
    QTest::newRow("none") << QStringLiteral("none");
    QTest::newRow("full") << QStringLiteral("full");
}

void TestPhpCommands::phpunitOnARealSuite()
{
    QFETCH(QString, stacks);
    const QString suite = QStringLiteral(HEAPATLAS_BINARY_DIR "/tests/php/suite/suite");
    if (!QFileInfo::exists(suite + QStringLiteral("/vendor/autoload.php")))
        QSKIP("the source of Debian's php-parser, whose test suite is run, cannot be had here");
    const QStringList phpunit = typed(QStringLiteral("phpunit"));
    if (phpunit.isEmpty())
        QSKIP("phpunit is not installed");
    // No result cache: it would make the second run another one.
    compareRuns(phpunit
            + QStringList { QStringLiteral("--no-configuration"), QStringLiteral("--do-not-cache-result"),
                QStringLiteral("--bootstrap"), QStringLiteral("test/bootstrap.php"), QStringLiteral("test") },
        suite, stacks, true);
    static const QRegularExpression count(QStringLiteral("Tests: (\\d+)|OK \\((\\d+) tests"));
    const QRegularExpressionMatch match = count.match(QString::fromUtf8(m_output));
    const int tests = (match.captured(1) + match.captured(2)).toInt();
    QVERIFY2(tests >= 300, m_output.right(500).constData());
}

void TestPhpCommands::composerCommands_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("stacks");
    QTest::newRow("version") << QStringList { QStringLiteral("--version") } << QStringLiteral("none");
    QTest::newRow("list") << QStringList { QStringLiteral("list") } << QStringLiteral("full");
    QTest::newRow("validate") << QStringList { QStringLiteral("validate"), QStringLiteral("--strict") }
                              << QStringLiteral("none");
    QTest::newRow("validate, stacks")
        << QStringList { QStringLiteral("validate"), QStringLiteral("--strict") } << QStringLiteral("full");
}

void TestPhpCommands::composerCommands()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, stacks);
    const QStringList composer = typed(QStringLiteral("composer"));
    if (composer.isEmpty())
        QSKIP("composer is not installed");
    QFile file(m_folder->filePath(QStringLiteral("composer.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"name": "heapatlas/example", "description": "validated", "license": "GPL-3.0-or-later",
        "require": {"php": ">=8.1"}, "autoload": {"psr-4": {"Example\\": "src/"}}})");
    file.close();
    compareRuns(
        composer + arguments + QStringList { QStringLiteral("--no-ansi") }, m_folder->path(), stacks, false);
}

void TestPhpCommands::requestsOfABuiltInServer_data() { phpunitOnARealSuite_data(); }

void TestPhpCommands::requestsOfABuiltInServer()
{
    QFETCH(QString, stacks);
    constexpr int requests = 5;
    const QString trace = m_folder->filePath(QStringLiteral("site.hat"));
    QByteArrayList answers[2];
    for (const bool isRecorded : { false, true }) {
        const quint16 port = freePort();
        QVERIFY(port != 0);
        // The port has five digits in both runs, so that argv is as long.
        const QStringList server = m_runtime.command
            + QStringList { QStringLiteral("-S"), QStringLiteral("127.0.0.1:%1").arg(port),
                  QStringLiteral("router.php") };
        Background background(isRecorded ? recorded(server, trace, stacks) : server, served);
        for (int i = 0; i < requests; ++i)
            answers[isRecorded].append(get(port, "/page?n=" + QByteArray::number(i)));
        background.process().terminate();
        QVERIFY(background.process().waitForFinished(longest));
    }
    QCOMPARE(answers[1], answers[0]);
    for (const QByteArray& answer : answers[1])
        QVERIFY2(answer.contains(" "), answer.constData());

    const QStringList traces = tracesBeside(trace);
    QCOMPARE(traces.size(), requests);
    for (const QString& file : traces) {
        const QString wrong = whatIsNotExact(file, { 1000, true, false });
        QVERIFY2(wrong.isEmpty(), qPrintable(QFileInfo(file).fileName() + QStringLiteral(": ") + wrong));
    }
}

int TestPhpCommands::exitCodeAfter(int signal, const QString& script, const QString& trace)
{
    Background background(
        recorded(m_runtime.command + QStringList { script }, trace, QStringLiteral("full")), served);
    QProcess& process = background.process();
    QByteArray said;
    while (!said.contains('\n') && process.waitForReadyRead(longest))
        said += process.readAllStandardOutput();
    const qint64 pid = said.mid(said.lastIndexOf(' ') + 1).trimmed().toLongLong();
    if (pid <= 1 || ::kill(static_cast<pid_t>(pid), signal) != 0 || !process.waitForFinished(longest))
        return -1;
    return process.exitCode();
}

void TestPhpCommands::killedProcessKeepsWhatWasWritten()
{
    const QString trace = m_folder->filePath(QStringLiteral("killed.hat"));
    QCOMPARE(exitCodeAfter(SIGKILL, QStringLiteral("endless.php"), trace), 128 + SIGKILL);

    const QJsonObject info = hatlasJson({ QStringLiteral("info"), trace });
    QVERIFY(!info.value(QStringLiteral("complete")).toBool(true));
    // 600,000 and more were made; what stood in the last block is lost.
    QVERIFY2(info.value(QStringLiteral("events")).toInteger() > 200'000,
        qPrintable(QString::number(info.value(QStringLiteral("events")).toInteger())));
    const QJsonObject verified = hatlasJson({ QStringLiteral("verify"), trace });
    QVERIFY(verified.value(QStringLiteral("placements")).toInteger() > 100'000);
    QCOMPARE(verified.value(QStringLiteral("matched")), verified.value(QStringLiteral("placements")));
    QCOMPARE(verified.value(QStringLiteral("samplesMatched")), verified.value(QStringLiteral("samples")));
    QCOMPARE(
        verified.value(QStringLiteral("usageCallsMatched")), verified.value(QStringLiteral("usageCalls")));
    QCOMPARE(verified.value(QStringLiteral("finalState")).toString(), QStringLiteral("absent"));
}

void TestPhpCommands::terminatedProcessKeepsEverything_data()
{
    QTest::addColumn<int>("signal");
    QTest::addRow("SIGTERM") << SIGTERM;
    QTest::addRow("SIGINT") << SIGINT;
    QTest::addRow("SIGHUP") << SIGHUP;
}

void TestPhpCommands::terminatedProcessKeepsEverything()
{
    QFETCH(int, signal);
    const QString trace = m_folder->filePath(QStringLiteral("terminated.hat"));
    QCOMPARE(exitCodeAfter(signal, QStringLiteral("waiting.php"), trace), 128 + signal);

    const QJsonObject info = hatlasJson({ QStringLiteral("info"), trace });
    // 20,000 strings, of which one block of 32,768 events at most stood in memory only.
    QVERIFY2(info.value(QStringLiteral("allocations")).toInteger() >= 20'000,
        qPrintable(QString::number(info.value(QStringLiteral("allocations")).toInteger())));
    const QJsonObject verified = hatlasJson({ QStringLiteral("verify"), trace });
    QVERIFY(verified.value(QStringLiteral("placements")).toInteger() >= 20'000);
    QCOMPARE(verified.value(QStringLiteral("matched")), verified.value(QStringLiteral("placements")));
}

void TestPhpCommands::programThatStartsPhp()
{
    if (m_runtime.command.contains(QStringLiteral("-n")))
        QSKIP("php -n does not read the folder that hatlas names to programs that start PHP themselves");
    QFile script(m_folder->filePath(QStringLiteral("twice.sh")));
    QVERIFY(script.open(QIODevice::WriteOnly));
    const QByteArray php = m_runtime.command.join(QLatin1Char(' ')).toUtf8();
    script.write("#!/bin/sh\n" + php + " strings.php >/dev/null || exit 1\n" + php
        + " closures.php >/dev/null\nexit 5\n");
    script.close();
    QVERIFY(script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));

    const QString trace = m_folder->filePath(QStringLiteral("twice.hat"));
    const Run watched = run(recorded({ script.fileName() }, trace, QStringLiteral("full")),
        QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/programs"));
    QCOMPARE(watched.status, 5);
    const QStringList traces = tracesBeside(trace);
    QCOMPARE(traces.size(), 2);
    for (const QString& file : traces) {
        QVERIFY2(watched.errors.contains(QFile::encodeName(file)), watched.errors.constData());
        const QString wrong = whatIsNotExact(file, { 1000, true, false });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
}

void TestPhpCommands::programWithoutPhpIsSaid()
{
    const QString trace = m_folder->filePath(QStringLiteral("nothing.hat"));
    const Run nothing =
        run(recorded({ QStringLiteral("true") }, trace, QStringLiteral("none")), m_folder->path());
    QCOMPARE(nothing.status, 3);
    QVERIFY(!nothing.errors.isEmpty());
    QVERIFY(!QFileInfo::exists(trace));
    const Run failed =
        run(recorded({ QStringLiteral("false") }, trace, QStringLiteral("none")), m_folder->path());
    QCOMPARE(failed.status, 1); // its own
}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2)
        qFatal("usage: tst_php_commands classic|delayed-oom [FUNCTION] [Qt Test's arguments]");
    TestPhpCommands test(arguments.at(1));
    arguments.removeAt(1);
    return QTest::qExec(&test, arguments);
}

#include "tst_php_commands.moc"
