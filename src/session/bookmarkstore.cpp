// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/bookmarkstore.h"

#include "session/settings.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace heapatlas {

namespace {

/// Of each end; a trace's head names its program and moment, its tail the sums of everything between.
constexpr qint64 hashedBytes = 64 * 1024;
constexpr qint64 maxFile = 64 * 1024 * 1024;

} // namespace

QString BookmarkStore::identityOf(const QString& tracePath)
{
    if (!QFileInfo(tracePath).isFile()) // opening a pipe would wait for its other end
        return {};
    QFile file(tracePath);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const qint64 size = file.size();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(file.read(hashedBytes));
    if (size > 2 * hashedBytes && file.seek(size - hashedBytes))
        hash.addData(file.read(hashedBytes));
    else
        hash.addData(file.read(hashedBytes));
    return QStringLiteral("%1-%2").arg(size).arg(QString::fromLatin1(hash.result().toHex().left(32)));
}

BookmarkStore::BookmarkStore(const QString& tracePath)
    : m_tracePath(tracePath)
{
    const QString identity = identityOf(tracePath);
    if (!identity.isEmpty())
        m_path = QStringLiteral("%1/bookmarks/%2.json").arg(Settings::dataDirectory(), identity);
}

bookmarks::Read BookmarkStore::load() const
{
    QFile file(m_path);
    if (!isValid() || !file.exists())
        return {};
    bookmarks::Read read;
    if (!file.open(QIODevice::ReadOnly)) {
        read.problem =
            QCoreApplication::translate("Bookmarks", "The bookmarks of this trace could not be read.");
        return read;
    }
    read = bookmarks::fromJson(file.read(maxFile));
    if (!read.problem.isEmpty()) // what was not understood must not be lost when the rest is saved
        QFile::copy(m_path, m_path + QStringLiteral(".unread"));
    return read;
}

bool BookmarkStore::save(const QList<Bookmark>& list) const
{
    if (!isValid())
        return false;
    if (list.isEmpty())
        return !QFile::exists(m_path) || QFile::remove(m_path);
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    QSaveFile file(m_path);
    const QByteArray json = bookmarks::toJson(list, m_tracePath);
    return file.open(QIODevice::WriteOnly) && file.write(json) == json.size() && file.commit();
}

} // namespace heapatlas
