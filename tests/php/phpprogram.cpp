// SPDX-License-Identifier: GPL-3.0-or-later
#include "php/phpprogram.h"

#include <QFile>
#include <QFileInfo>

namespace heapatlas::phptest {

Program readProgram(const QString& path)
{
    Program program;
    program.path = path;
    QFile file(path);
    program.isReadable = file.open(QIODevice::ReadOnly);
    while (program.isReadable && !file.atEnd()) {
        const QByteArray line = file.readLine().trimmed();
        if (!line.startsWith("//")) {
            if (!line.startsWith("<?php"))
                break; // the head ends
            continue;
        }
        const qsizetype colon = line.indexOf(": ");
        const QByteArray key = line.mid(3, colon - 3);
        const QByteArray value = line.mid(colon + 2);
        if (key == "ini")
            program.ini.append(QString::fromUtf8(value));
        else if (key == "status")
            program.status = value.toInt();
        else if (key == "min-events")
            program.leastEvents = value.toULongLong();
        else if (key == "files")
            program.files = value.toInt();
        else if (key == "output")
            program.output.append(value);
        else if (key == "errors")
            program.errors.append(value);
        else if (key == "final")
            program.lacksFinalState = value == "absent";
        else if (key == "extension")
            program.extensions.append(QString::fromUtf8(value));
        else if (key == "variants")
            program.variants = QString::fromUtf8(value).split(QLatin1Char(' '));
    }
    return program;
}

QStringList Program::arguments() const
{
    // Errors are part of what is compared, in the same form with any ini file.
    QStringList arguments { QStringLiteral("-d"), QStringLiteral("display_errors=1"), QStringLiteral("-d"),
        QStringLiteral("html_errors=0"), QStringLiteral("-d"), QStringLiteral("log_errors=0") };
    for (const QString& setting : ini)
        arguments << QStringLiteral("-d") << setting;
    return arguments << QFileInfo(path).fileName();
}

} // namespace heapatlas::phptest
