// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/bookmark.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QUuid>

#include <algorithm>

namespace heapatlas::bookmarks {

namespace {

const auto formatName = QStringLiteral("heap-atlas-bookmarks");
constexpr int formatVersion = 1;
/// What a person can have meant to keep; more is an accident.
constexpr qsizetype maxText = 100'000;

QString tr(const char* text) { return QCoreApplication::translate("Bookmarks", text); }

QString newId() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }

} // namespace

void sortByTime(QList<Bookmark>& list)
{
    std::stable_sort(list.begin(), list.end(),
        [](const Bookmark& a, const Bookmark& b) { return a.place.event < b.place.event; });
}

QString freeName(const QList<Bookmark>& list)
{
    QSet<QString> taken;
    for (const Bookmark& bookmark : list)
        taken << bookmark.name;
    for (int number = 1;; ++number) {
        const QString name = tr("Bookmark %1").arg(number);
        if (!taken.contains(name))
            return name;
    }
}

Bookmark make(const ViewPlace& place, const QList<Bookmark>& others)
{
    return { newId(), freeName(others), {}, place };
}

QByteArray toJson(const QList<Bookmark>& list, const QString& trace)
{
    QJsonArray entries;
    for (const Bookmark& bookmark : list) {
        QJsonObject entry = heapatlas::toJson(bookmark.place);
        entry[u"id"] = bookmark.id;
        entry[u"name"] = bookmark.name;
        if (!bookmark.note.isEmpty())
            entry[u"note"] = bookmark.note;
        entries << entry;
    }
    const QJsonObject root { { QStringLiteral("format"), formatName },
        { QStringLiteral("version"), formatVersion }, { QStringLiteral("trace"), trace },
        { QStringLiteral("bookmarks"), entries } };
    return QJsonDocument(root).toJson();
}

Read fromJson(const QByteArray& json)
{
    Read read;
    QJsonParseError error;
    const QJsonObject root = QJsonDocument::fromJson(json, &error).object();
    if (error.error != QJsonParseError::NoError) {
        read.problem =
            tr("This is no list of bookmarks: %1 at byte %2.").arg(error.errorString()).arg(error.offset);
        return read;
    }
    if (root[u"format"].toString() != formatName) {
        read.problem = tr("This is a JSON file, but no list of bookmarks.");
        return read;
    }
    if (root[u"version"].toInt() > formatVersion) {
        read.problem = tr("These bookmarks are of a newer Heap Atlas.");
        return read;
    }
    QSet<QString> ids;
    for (const QJsonValue& value : root[u"bookmarks"].toArray()) {
        const QJsonObject entry = value.toObject();
        const auto place = viewPlaceFromJson(entry);
        if (!place || read.list.size() >= maxCount) {
            ++read.skipped;
            continue;
        }
        Bookmark bookmark { entry[u"id"].toString(), entry[u"name"].toString().left(maxText),
            entry[u"note"].toString().left(maxText), *place };
        if (bookmark.id.isEmpty() || ids.contains(bookmark.id))
            bookmark.id = newId();
        ids << bookmark.id;
        read.list << bookmark;
    }
    sortByTime(read.list);
    if (read.skipped > 0)
        read.problem =
            tr("%1 of these bookmarks could not be understood and were left out.").arg(read.skipped);
    return read;
}

} // namespace heapatlas::bookmarks
