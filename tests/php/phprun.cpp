// SPDX-License-Identifier: GPL-3.0-or-later
#include "php/phprun.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>

namespace heapatlas::phptest {

namespace {

const QString buildDir = QStringLiteral(HEAPATLAS_BINARY_DIR);

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// "42 of 43 placements", or nothing if they are equal.
QString shortfall(const QJsonObject& verified, const QString& matched, const QString& all)
{
    const qint64 have = verified.value(matched).toInteger(-1);
    const qint64 want = verified.value(all).toInteger(-2);
    return have == want ? QString()
                        : QStringLiteral("%1 %2, %3 %4; ").arg(matched).arg(have).arg(all).arg(want);
}

/// What a recorder with sanitizers needs to run in a PHP without them; nothing in other builds.
void addSanitizers([[maybe_unused]] QProcessEnvironment& environment)
{
#ifdef HEAPATLAS_PRELOAD
    environment.insert(QStringLiteral("LD_PRELOAD"), QStringLiteral(HEAPATLAS_PRELOAD));
    // No leaks: what PHP points at from its own heap, which is none of the sanitizer's, would count as lost.
    // No program of the tests ends with 99, so a finding fails the test that compares the status.
    const auto add = [&environment](const QString& name, const QString& options) {
        const QString own = environment.value(name);
        environment.insert(name, own.isEmpty() ? options : own + QLatin1Char(':') + options);
    };
    add(QStringLiteral("ASAN_OPTIONS"),
        QStringLiteral("detect_leaks=0:verify_asan_link_order=0:exitcode=99"));
    add(QStringLiteral("UBSAN_OPTIONS"), QStringLiteral("print_stacktrace=1:exitcode=99"));
#endif
}

/// Prints what a sanitizer found in a process whose errors no test shows.
void showFinding(const QByteArray& errors)
{
    if (errors.contains("Sanitizer:") || errors.contains("runtime error:"))
        qWarning("%s", errors.constData());
}

} // namespace

QProcessEnvironment sharedEnvironment()
{
    QProcessEnvironment environment;
    const QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    for (const QString& name : { QStringLiteral("PATH"), QStringLiteral("HOME"),
             QStringLiteral("ASAN_OPTIONS"), QStringLiteral("UBSAN_OPTIONS") }) {
        if (own.contains(name))
            environment.insert(name, own.value(name));
    }
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    environment.insert(QStringLiteral("TZ"), QStringLiteral("UTC"));
    // Composer would warn about root, and look for itself in places of the user.
    environment.insert(QStringLiteral("COMPOSER_ALLOW_SUPERUSER"), QStringLiteral("1"));
    environment.insert(QStringLiteral("COMPOSER_HOME"), buildDir + QStringLiteral("/tests/php/composer"));
    environment.insert(QStringLiteral("COMPOSER_DISABLE_NETWORK"), QStringLiteral("1"));
    addSanitizers(environment);
    return environment;
}

Run run(const QStringList& command, const QString& folder)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessEnvironment(sharedEnvironment());
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(command.first(), command.mid(1));
    Run result;
    if (!process.waitForFinished(120'000)) {
        result.errors = "could not be started or did not end: " + process.errorString().toUtf8();
        process.kill();
        process.waitForFinished();
        return result;
    }
    result.output = process.readAllStandardOutput();
    result.errors = process.readAllStandardError();
    showFinding(result.errors);
    // QProcess gives the signal's number as the exit code of a crash; shells add 128.
    result.status =
        process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 128 + process.exitCode();
    return result;
}

Runtime runtime(const QString& variant)
{
    const QString folder = buildDir + QStringLiteral("/tests/php/runtime/") + variant;
    Runtime result;
    const QString lines = QString::fromUtf8(contentOf(folder + QStringLiteral("/command")));
    result.command = lines.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    if (result.command.isEmpty()) {
        result.unavailable = QString::fromUtf8(contentOf(folder + QStringLiteral("/unavailable"))).trimmed();
        if (result.unavailable.isEmpty())
            result.unavailable =
                QStringLiteral("PHP of the %1 variant: the test php.fetch.%1 has not run").arg(variant);
    }
    return result;
}

QString hatlas() { return buildDir + QStringLiteral("/bin/hatlas"); }

QStringList recorded(const QStringList& command, const QString& trace, const QString& stacks)
{
    return QStringList { hatlas(), QStringLiteral("record"), QStringLiteral("-o"), trace,
        QStringLiteral("--stacks=") + stacks, QStringLiteral("--") }
    + command;
}

QStringList tracesBeside(const QString& trace)
{
    const QFileInfo first(trace);
    QStringList traces;
    if (first.exists())
        traces.append(trace);
    const QString pattern = first.completeBaseName() + QStringLiteral(".*.*.hat");
    for (const QFileInfo& other : first.dir().entryInfoList({ pattern }, QDir::Files, QDir::Name))
        traces.append(other.filePath());
    return traces;
}

QJsonObject hatlasJson(const QStringList& arguments, int* status)
{
    const Run answer = run(
        QStringList { hatlas() } + arguments + QStringList { QStringLiteral("--json") }, QDir::tempPath());
    if (status != nullptr)
        *status = answer.status;
    return QJsonDocument::fromJson(answer.output).object();
}

QString whatIsNotExact(const QString& trace, const Expectation& expected)
{
    QString wrong;
    const QJsonObject info = hatlasJson({ QStringLiteral("info"), trace });
    const quint64 events = info.value(QStringLiteral("events")).toInteger(0) > 0
        ? static_cast<quint64>(info.value(QStringLiteral("events")).toInteger())
        : 0;
    if (events < expected.leastEvents)
        wrong += QStringLiteral("%1 events, at least %2 expected; ").arg(events).arg(expected.leastEvents);
    if (!expected.mayLackFinalState && !info.value(QStringLiteral("complete")).toBool())
        wrong += QStringLiteral("not complete; ");

    int status = -1;
    const QJsonObject verified = hatlasJson({ QStringLiteral("verify"), trace }, &status);
    if (status != 0)
        wrong += QStringLiteral("verify ended with status %1; ").arg(status);
    if (verified.isEmpty())
        return wrong + QStringLiteral("verify printed no JSON");
    wrong += shortfall(verified, QStringLiteral("matched"), QStringLiteral("placements"));
    wrong += shortfall(verified, QStringLiteral("samplesMatched"), QStringLiteral("samples"));
    wrong += shortfall(verified, QStringLiteral("usageCallsMatched"), QStringLiteral("usageCalls"));
    if (static_cast<quint64>(verified.value(QStringLiteral("events")).toInteger(-1)) != events)
        wrong += QStringLiteral("verify saw other events than info; ");
    // All of nothing would match, too.
    if (verified.value(QStringLiteral("placements")).toInteger(0) * 4
        < static_cast<qint64>(expected.leastEvents))
        wrong += QStringLiteral("hardly any placements; ");
    if (verified.value(QStringLiteral("samples")).toInteger(0) == 0)
        wrong += QStringLiteral("no samples; ");
    if (expected.hasUsageCalls && verified.value(QStringLiteral("usageCalls")).toInteger(0) == 0)
        wrong += QStringLiteral("no usage calls; ");
    const QString state = verified.value(QStringLiteral("finalState")).toString();
    const bool isFine = state == QStringLiteral("identical")
        || (expected.mayLackFinalState && state == QStringLiteral("absent"));
    if (!isFine)
        wrong += QStringLiteral("final state %1; ").arg(state);
    if (!wrong.isEmpty())
        wrong += QString::fromUtf8(QJsonDocument(verified).toJson(QJsonDocument::Compact));
    return wrong;
}

} // namespace heapatlas::phptest
