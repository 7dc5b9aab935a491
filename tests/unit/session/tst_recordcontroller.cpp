// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/recordcontroller.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace heapatlas;

// A stand-in for hatlas in PATH; the real one is recorded with in tests/php.
class TestRecordController : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void statusIsAskedInTheBackground();
    void missingHatlasIsSaid();
    void recordingEndsWithATrace();
    void failureTellsTheReason();
    void stopKeepsWhatWasRecorded();
    void nothingToRecordIsSaid();
    void proposesANameThatIsFree();

private:
    void standIn(const QByteArray& body)
    {
        QFile file(m_folder->filePath(QStringLiteral("hatlas")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(
            "#!/bin/sh\nif [ \"$2\" = --probe ]; then\n  echo '{\"status\": \"PHP found\", \"reason\": "
            "\"No recorder.\"}'\n  exit 0\nfi\n"
            "while [ \"$1\" != -- ]; do\n  case $1 in -o) out=$2;; --summary) sum=$2;; esac\n  "
            "shift\ndone\nshift\n"
            + body);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }
    RecordRequest request() const
    {
        RecordRequest request;
        request.command = { QStringLiteral("php"), QStringLiteral("import.php") };
        request.workingDirectory = m_folder->path();
        return request;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_path = qgetenv("PATH");
};

void TestRecordController::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    qputenv("PATH", m_folder->path().toUtf8() + ":" + m_path);
    standIn("exit 0\n");
}

void TestRecordController::statusIsAskedInTheBackground()
{
    const RecordController controller;
    QCOMPARE(controller.statusText(), QString());
    QSignalSpy status(&controller, &RecordController::statusChanged);
    QVERIFY(status.wait(60'000));
    QCOMPARE(controller.statusText(), QStringLiteral("PHP found"));
    QCOMPARE(controller.unavailableReason(), QStringLiteral("No recorder."));
}

void TestRecordController::missingHatlasIsSaid()
{
    qputenv("PATH", "/nowhere");
    RecordController controller;
    QSignalSpy status(&controller, &RecordController::statusChanged);
    QVERIFY(status.wait(60'000));
    QVERIFY(controller.unavailableReason().contains(QStringLiteral("hatlas")));
    const QSignalSpy failed(&controller, &RecordController::failed);
    controller.start(request());
    QCOMPARE(failed.count(), 1);
    QVERIFY(!controller.isRecording());
}

void TestRecordController::recordingEndsWithATrace()
{
    standIn("echo \"ran $*\"; echo trace > \"$out\"\n"
            "printf '{\"exitStatus\": 6, \"reason\": \"\", \"files\": [{\"path\": \"%s\"}, {\"path\": "
            "\"b\"}]}' \"$out\" > \"$sum\"\n"
            "exit 6\n");
    RecordController controller;
    QSignalSpy finished(&controller, &RecordController::finished);
    const QSignalSpy started(&controller, &RecordController::started);
    controller.start(request());
    QVERIFY(controller.isRecording());
    QVERIFY(finished.wait(60'000));
    QCOMPARE(started.count(), 1);
    QCOMPARE(finished[0][0].toString(), m_folder->filePath(QStringLiteral("import.hat")));
    QCOMPARE(finished[0][1].toInt(), 6);
    QCOMPARE(controller.traces().size(), 2);
    QCOMPARE(controller.programOutput(), QStringLiteral("ran php import.php\n"));
    QCOMPARE(controller.bytesWritten(), qint64 { 6 });
    QVERIFY(!controller.isRecording());
}

void TestRecordController::failureTellsTheReason()
{
    standIn("echo '{\"reason\": \"Nothing was recorded: why.\", \"files\": []}' > \"$sum\"; exit 3\n");
    RecordController controller;
    QSignalSpy failed(&controller, &RecordController::failed);
    controller.start(request());
    QVERIFY(failed.wait(60'000));
    QCOMPARE(failed[0][0].toString(), QStringLiteral("Nothing was recorded: why."));
}

void TestRecordController::stopKeepsWhatWasRecorded()
{
    // Ends without a summary, as when hatlas itself had been killed: the trace counts.
    standIn("echo trace > \"$out\"; trap 'exit 143' TERM; echo ready; while :; do sleep 0.05; done\n");
    RecordController controller;
    QSignalSpy finished(&controller, &RecordController::finished);
    controller.start(request());
    QVERIFY(QTest::qWaitFor(
        [&] { return controller.programOutput().contains(QStringLiteral("ready")); }, 60'000));
    QVERIFY(controller.elapsedMs() >= 0);
    controller.stop();
    QVERIFY(finished.wait(60'000));
    QCOMPARE(finished[0][1].toInt(), 143);
}

void TestRecordController::nothingToRecordIsSaid()
{
    RecordController controller;
    const QSignalSpy failed(&controller, &RecordController::failed);
    RecordRequest empty = request();
    empty.command.clear();
    controller.start(empty);
    RecordRequest nowhere = request();
    nowhere.workingDirectory = m_folder->filePath(QStringLiteral("nowhere"));
    controller.start(nowhere);
    QCOMPARE(failed.count(), 2);
    QVERIFY(failed[1][0].toString().contains(QStringLiteral("nowhere")));
}

void TestRecordController::proposesANameThatIsFree()
{
    const QStringList command { QStringLiteral("php"), QStringLiteral("-d"), QStringLiteral("a=b"),
        QStringLiteral("src/import.php"), QStringLiteral("x.php") };
    QCOMPARE(RecordController::proposedOutput(command, m_folder->path()),
        m_folder->filePath(QStringLiteral("import.hat")));
    QFile taken(m_folder->filePath(QStringLiteral("import.hat")));
    QVERIFY(taken.open(QIODevice::WriteOnly));
    QCOMPARE(RecordController::proposedOutput(command, m_folder->path()),
        m_folder->filePath(QStringLiteral("import-2.hat")));
    QCOMPARE(RecordController::proposedOutput({ QStringLiteral("vendor/bin/phpunit") }, m_folder->path()),
        m_folder->filePath(QStringLiteral("phpunit.hat")));
}

QTEST_GUILESS_MAIN(TestRecordController)
#include "tst_recordcontroller.moc"
