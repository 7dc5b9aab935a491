// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/viewplace.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace heapatlas {

/// A place in a trace that somebody wants to find again, with what they thought of it.
struct Bookmark
{
    QString id; ///< for ever; unique in its trace
    QString name;
    QString note;
    ViewPlace place;

    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

namespace bookmarks {

/// By event, then by the order in which they were made.
void sortByTime(QList<Bookmark>& list);
/// "Bookmark 3": the first name of that kind that is free.
[[nodiscard]] QString freeName(const QList<Bookmark>& list);
[[nodiscard]] Bookmark make(const ViewPlace& place, const QList<Bookmark>& others);

/// The file in which a trace's bookmarks are kept and handed on; `trace` describes it for people.
[[nodiscard]] QByteArray toJson(const QList<Bookmark>& list, const QString& trace);

struct Read
{
    QList<Bookmark> list;
    QString problem; ///< one sentence for people; empty if all is well
    int skipped = 0; ///< entries that could not be understood
};
/// Never fails as a whole because of one entry. At most maxCount are taken.
inline constexpr int maxCount = 10'000;
[[nodiscard]] Read fromJson(const QByteArray& json);

} // namespace bookmarks

} // namespace heapatlas
