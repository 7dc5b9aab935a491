// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/recordcontroller.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

constexpr qsizetype maxOutputBytes = 64 * 1024;
constexpr int progressIntervalMs = 200;

QString tr(const char* text) { return QCoreApplication::translate("heapatlas::RecordController", text); }

/// The `hatlas` beside this program, else the one in PATH, else empty.
QString findHatlas()
{
    const QFileInfo beside(QCoreApplication::applicationDirPath() + QStringLiteral("/hatlas"));
    if (beside.isFile() && beside.isExecutable())
        return beside.filePath();
    return QStandardPaths::findExecutable(QStringLiteral("hatlas"));
}

QString missingHatlas()
{
    return tr("The program \"hatlas\", which does the recording, was not found beside this one or in PATH. "
              "Install Heap Atlas completely.");
}

QJsonObject readObject(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

/// The script that a php command runs: its first argument that is no option; else the program.
QString scriptOf(const QStringList& command)
{
    if (command.isEmpty())
        return {};
    const QString program = QFileInfo(command.first()).fileName();
    if (!program.startsWith(QLatin1String("php")) || program.startsWith(QLatin1String("phpunit")))
        return program;
    for (qsizetype i = 1; i < command.size(); ++i) {
        const QString& word = command[i];
        if (!word.startsWith(QLatin1Char('-')))
            return QFileInfo(word).fileName();
        // These options have their value in the next word.
        static const QStringList withValue { QStringLiteral("-d"), QStringLiteral("-c"),
            QStringLiteral("-z") };
        if (word == QLatin1String("-f") && i + 1 < command.size())
            return QFileInfo(command[i + 1]).fileName();
        if (withValue.contains(word))
            ++i;
    }
    return program;
}

} // namespace

class RecordController::Private
{
public:
    explicit Private(RecordController* controller)
        : q(controller)
    {
        progressTimer.setInterval(progressIntervalMs);
        QObject::connect(&progressTimer, &QTimer::timeout, q, &RecordController::progressed);
    }

    void probe()
    {
        const QString hatlas = findHatlas();
        if (hatlas.isEmpty()) {
            setStatus({}, missingHatlas());
            return;
        }
        auto* query = new QProcess(q);
        QObject::connect(query, &QProcess::errorOccurred, q, [this, query](QProcess::ProcessError error) {
            if (error != QProcess::FailedToStart)
                return;
            query->deleteLater();
            setStatus({}, missingHatlas());
        });
        QObject::connect(query, &QProcess::finished, q, [this, query] {
            query->deleteLater();
            const QJsonObject answer = QJsonDocument::fromJson(query->readAllStandardOutput()).object();
            if (answer.isEmpty())
                setStatus({}, tr("\"hatlas\" gave no answer. Install Heap Atlas again."));
            else
                setStatus(
                    answer[QLatin1String("status")].toString(), answer[QLatin1String("reason")].toString());
        });
        query->setStandardInputFile(QProcess::nullDevice());
        query->start(hatlas, { QStringLiteral("record"), QStringLiteral("--probe") });
    }

    void setStatus(const QString& text, const QString& reason)
    {
        statusText = text;
        unavailableReason = reason;
        Q_EMIT q->statusChanged();
    }

    void appendOutput()
    {
        output += process->readAll();
        if (output.size() > maxOutputBytes)
            output = output.right(maxOutputBytes);
    }

    void fail(const QString& sentence)
    {
        endProcess();
        Q_EMIT q->failed(sentence);
    }

    void endProcess()
    {
        progressTimer.stop();
        lastElapsedMs = elapsed.isValid() ? elapsed.elapsed() : 0;
        elapsed.invalidate();
        if (process != nullptr)
            std::exchange(process, nullptr)->deleteLater();
    }

    void finish(int exitCode, QProcess::ExitStatus exitStatus)
    {
        appendOutput();
        const QJsonObject summary = readObject(summaryPath());
        endProcess();
        scratch.reset();
        traces.clear();
        const QJsonArray files = summary[QLatin1String("files")].toArray();
        for (const auto& file : files)
            traces += file.toObject()[QLatin1String("path")].toString();
        // hatlas itself may have been killed: the trace is there all the same.
        if (traces.isEmpty() && QFileInfo(request.output).size() > 0)
            traces += request.output;
        if (!traces.isEmpty()) {
            const int status = summary[QLatin1String("exitStatus")].toInt(exitCode);
            Q_EMIT q->finished(traces.first(), exitStatus == QProcess::NormalExit ? status : exitCode);
            return;
        }
        QString reason = summary[QLatin1String("reason")].toString();
        if (reason.isEmpty())
            reason = QString::fromUtf8(output).trimmed().section(QLatin1Char('\n'), -1);
        if (reason.isEmpty())
            reason = tr(
                "Nothing was recorded, and the recorder did not say why. Try the same with \"hatlas record\" "
                "in a terminal.");
        Q_EMIT q->failed(reason);
    }

    [[nodiscard]] QString summaryPath() const
    {
        return scratch ? scratch->filePath(QStringLiteral("s.json")) : QString();
    }

    RecordController* q;
    QString statusText;
    QString unavailableReason;
    RecordRequest request;
    QProcess* process = nullptr; ///< child of q while recording
    std::unique_ptr<QTemporaryDir> scratch; ///< for what hatlas tells us beside the program's own output
    QByteArray output;
    QStringList traces;
    QElapsedTimer elapsed;
    qint64 lastElapsedMs = 0;
    QTimer progressTimer;
};

RecordController::RecordController(QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
    // Not at once, so that whoever makes the controller can connect first.
    QTimer::singleShot(0, this, [this] { d->probe(); });
}

RecordController::~RecordController()
{
    const auto queries = findChildren<QProcess*>();
    for (QProcess* query : queries) {
        if (query == d->process)
            continue;
        query->disconnect(this);
        query->kill();
        query->waitForFinished(500); // else QProcess warns that it was destroyed while running
    }
    if (d->process == nullptr)
        return;
    // What was recorded is kept: hatlas hands the signal on and waits for the program to close its trace.
    d->process->disconnect(this);
    d->process->terminate();
    if (!d->process->waitForFinished(2000)) {
        d->process->kill();
        d->process->waitForFinished(500);
    }
}

QString RecordController::unavailableReason() const { return d->unavailableReason; }
QString RecordController::statusText() const { return d->statusText; }
void RecordController::refreshStatus() { d->probe(); }
bool RecordController::isRecording() const { return d->process != nullptr; }
qint64 RecordController::elapsedMs() const { return isRecording() ? d->elapsed.elapsed() : d->lastElapsedMs; }
QStringList RecordController::traces() const { return d->traces; }
QString RecordController::programOutput() const { return QString::fromUtf8(d->output); }

qint64 RecordController::bytesWritten() const
{
    if (d->request.output.isEmpty())
        return 0;
    // The first trace gets its final name as soon as hatlas sees it; others stand beside it as F.PID.N.hat.
    const QFileInfo output(d->request.output);
    qint64 bytes = output.exists() ? output.size() : 0;
    const QString pattern = output.completeBaseName() + QStringLiteral(".*.hat");
    const QFileInfoList others = output.dir().entryInfoList({ pattern }, QDir::Files);
    const QDateTime begun = QDateTime::currentDateTime().addMSecs(-elapsedMs() - 1000);
    for (const QFileInfo& other : others) {
        if (other.lastModified() >= begun)
            bytes += other.size();
    }
    return bytes;
}

QString RecordController::proposedOutput(const QStringList& command, const QString& workingDirectory)
{
    QString name = scriptOf(command);
    if (name.endsWith(QLatin1String(".php"), Qt::CaseInsensitive))
        name.chop(4);
    if (name.isEmpty())
        name = QStringLiteral("recording");
    const QDir dir(workingDirectory.isEmpty() ? QDir::currentPath() : workingDirectory);
    QString path = dir.filePath(name + QStringLiteral(".hat"));
    for (int n = 2; QFileInfo::exists(path); ++n)
        path = dir.filePath(QStringLiteral("%1-%2.hat").arg(name).arg(n));
    return path;
}

void RecordController::start(const RecordRequest& request)
{
    if (isRecording())
        return;
    d->request = request;
    d->output.clear();
    d->traces.clear();
    d->lastElapsedMs = 0;
    const QString hatlas = findHatlas();
    if (hatlas.isEmpty()) {
        Q_EMIT failed(missingHatlas());
        return;
    }
    if (request.command.isEmpty()) {
        Q_EMIT failed(tr("There is nothing to record. Choose a PHP script or type a command."));
        return;
    }
    const QString directory =
        request.workingDirectory.isEmpty() ? QDir::currentPath() : request.workingDirectory;
    if (!QFileInfo(directory).isDir()) {
        Q_EMIT failed(
            tr("The folder “%1” does not exist. Choose another one to run the program in.").arg(directory));
        return;
    }
    if (d->request.output.isEmpty())
        d->request.output = proposedOutput(request.command, directory);
    d->request.output = QDir(directory).absoluteFilePath(d->request.output);
    const QFileInfo outputFolder(QFileInfo(d->request.output).absolutePath());
    if (!outputFolder.isDir() || !outputFolder.isWritable()) {
        Q_EMIT failed(
            tr("The trace cannot be written to “%1”. Choose a folder that exists and that you may write to.")
                .arg(outputFolder.filePath()));
        return;
    }

    d->scratch = std::make_unique<QTemporaryDir>();
    QStringList arguments { QStringLiteral("record"), QStringLiteral("--quiet"), QStringLiteral("-o"),
        d->request.output, QStringLiteral("--stacks=") + request.stacks };
    if (request.wantsContents)
        arguments << QStringLiteral("--contents");
    if (d->scratch->isValid())
        arguments << QStringLiteral("--summary") << d->summaryPath();
    arguments << QStringLiteral("--") << request.command;

    auto* process = new QProcess(this);
    d->process = process;
    process->setWorkingDirectory(directory);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardInputFile(QProcess::nullDevice());
    connect(process, &QProcess::started, this, &RecordController::started);
    connect(process, &QProcess::readyRead, this, [this] { d->appendOutput(); });
    connect(process, &QProcess::finished, this,
        [this](int code, QProcess::ExitStatus status) { d->finish(code, status); });
    connect(process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            d->fail(missingHatlas());
    });
    d->elapsed.start();
    d->progressTimer.start();
    process->start(hatlas, arguments);
}

void RecordController::stop()
{
    if (d->process != nullptr)
        d->process->terminate();
}

} // namespace heapatlas
