// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/sourceopener.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QUrl>

namespace heapatlas::sourceopener {

namespace {

QString text(const char* source) { return QCoreApplication::translate("SourceOpener", source); }

} // namespace

QStringList filledCommand(const QString& commandTemplate, const QString& file, unsigned line)
{
    QStringList words = QProcess::splitCommand(commandTemplate);
    bool namesFile = false;
    for (QString& word : words) {
        QString filled;
        for (qsizetype i = 0; i < word.size(); ++i) {
            const QChar next = word[i] == u'%' && i + 1 < word.size() ? word[i + 1] : QChar();
            if (next == u'f') {
                filled += file;
                namesFile = true;
            } else if (next == u'l') {
                filled += QString::number(line > 0 ? line : 1);
            } else if (next == u'%') {
                filled += u'%';
            } else {
                filled += word[i];
                continue;
            }
            ++i;
        }
        word = filled;
    }
    if (!words.isEmpty() && !namesFile)
        words << file;
    return words;
}

QString open(const QString& commandTemplate, const QString& file, unsigned line)
{
    if (file.isEmpty())
        return text("This is a function of PHP itself; there is no PHP source to open.");
    if (!QFileInfo::exists(file))
        return text("%1 is not on this machine; the trace was recorded where it was.")
            .arg(QDir::toNativeSeparators(file));
    QStringList command = filledCommand(commandTemplate, file, line);
    if (command.isEmpty()) {
        if (QDesktopServices::openUrl(QUrl::fromLocalFile(file)))
            return {};
        return text("No program is set up to open %1. Name your editor in Settings.")
            .arg(QDir::toNativeSeparators(file));
    }
    const QString program = command.takeFirst();
    if (QProcess::startDetached(program, command))
        return {};
    return text("The editor “%1” could not be started. Settings has its command.").arg(program);
}

} // namespace heapatlas::sourceopener
