// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/bookmark.h"

#include <QString>

namespace heapatlas {

/// Where the bookmarks of one trace are kept between runs: a file in the data directory that is named by what the
/// trace is (its size and a hash of its head and tail), so that they stay with it when it is moved or renamed.
/// Nothing is ever written beside the trace.
class BookmarkStore
{
public:
    /// Nothing is kept for a file that is none or that cannot be read.
    explicit BookmarkStore(const QString& tracePath);

    [[nodiscard]] bool isValid() const { return !m_path.isEmpty(); }
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] bookmarks::Read load() const;
    /// All or nothing. False if it could not be written.
    [[nodiscard]] bool save(const QList<Bookmark>& list) const;

    /// "<size>-<hash>", or empty.
    [[nodiscard]] static QString identityOf(const QString& tracePath);

private:
    QString m_tracePath;
    QString m_path;
};

} // namespace heapatlas
