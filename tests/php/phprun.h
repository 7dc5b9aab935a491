// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace heapatlas::phptest {

/// How a process ended and what it wrote.
struct Run
{
    QByteArray output;
    QByteArray errors;
    int status = -1; ///< 128 + signal where a signal ended it; -1: could not be started or did not end
};

/// Runs a command to its end (at most two minutes) in `folder`, with the environment that every run of a test
/// shares: a variable more or less would move PHP's heap.
[[nodiscard]] Run run(const QStringList& command, const QString& folder);
[[nodiscard]] QProcessEnvironment sharedEnvironment();

/// A PHP to record.
struct Runtime
{
    QStringList command; ///< program and the arguments that always go before others
    QString unavailable; ///< why there is none, else empty
};

/// What tests/php/fetchphp.sh left in the build tree; variant is "classic" or "delayed-oom".
[[nodiscard]] Runtime runtime(const QString& variant);

/// `hatlas` of this build tree.
[[nodiscard]] QString hatlas();

/// `hatlas record -o trace --stacks=stacks -- command`.
[[nodiscard]] QStringList recorded(const QStringList& command, const QString& trace, const QString& stacks);

/// The traces in a folder, first the one named `trace` itself, then those of further processes and requests
/// by name.
[[nodiscard]] QStringList tracesBeside(const QString& trace);

/// What is expected of every trace of a recording.
struct Expectation
{
    quint64 leastEvents = 1000;
    bool hasUsageCalls = true; ///< the program asks for memory_get_usage(), so there is something to compare
    bool mayLackFinalState = false; ///< the process was ended by force
};

/// Asks `hatlas info` and `hatlas verify` about a trace. Empty if everything is exact, else what is not.
[[nodiscard]] QString whatIsNotExact(const QString& trace, const Expectation& expected);

/// The one JSON object that a hatlas command prints; empty if it does not.
[[nodiscard]] QJsonObject hatlasJson(const QStringList& arguments, int* status = nullptr);

} // namespace heapatlas::phptest
