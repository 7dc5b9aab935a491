// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace heapatlas::testing {

/// How a run of `hatlas` ended.
struct Answer
{
    int status = -1; ///< exit status; -1 if it did not end by itself
    QByteArray output;
    QByteArray errors;

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
};

inline QString hatlasProgram() { return QStringLiteral(HEAPATLAS_BINARY_DIR "/bin/hatlas"); }

/// What a run differs in from a plain one.
struct RunOptions
{
    QString folder; ///< to run in
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    QByteArray input; ///< for standard input, through a pipe
    QString program = hatlasProgram();
};

inline Answer hatlas(const QStringList& arguments, const RunOptions& options = {})
{
    QProcess process;
    process.setWorkingDirectory(options.folder);
    process.setProcessEnvironment(options.environment);
    process.start(options.program, arguments);
    process.write(options.input);
    process.closeWriteChannel();
    Answer answer;
    if (!process.waitForFinished(120'000))
        return answer;
    if (process.exitStatus() == QProcess::NormalExit)
        answer.status = process.exitCode();
    answer.output = process.readAllStandardOutput();
    answer.errors = process.readAllStandardError();
    return answer;
}

} // namespace heapatlas::testing
