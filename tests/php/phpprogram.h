// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QString>
#include <QStringList>

namespace heapatlas::phptest {

/// A script of tests/php/programs with what its head says of it, one "// key: value" a line:
/// ini (NAME=VALUE, several), status, min-events, files (traces expected), output and errors (text that must
/// appear, several), final ("absent" if the process is ended by force), extension (needed), variants (if not
/// all).
struct Program
{
    QString path;
    QStringList ini;
    int status = 0;
    quint64 leastEvents = 1000;
    int files = 1;
    QByteArrayList output;
    QByteArrayList errors;
    bool lacksFinalState = false;
    QStringList extensions;
    QStringList variants;
    bool isReadable = false;

    /// PHP's arguments for this program: settings and the script's name.
    [[nodiscard]] QStringList arguments() const;
};

[[nodiscard]] Program readProgram(const QString& path);

} // namespace heapatlas::phptest
