// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/bookmark.h"

#include <QAbstractTableModel>

#include <optional>

class QUndoStack;

namespace heapatlas {

/// The bookmarks of one trace in the order of time. Every change by the user goes through the undo stack.
class BookmarkModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        Event,
        Name,
        Note,
        ColumnCount,
    };
    /// A table that is exported has more of each bookmark than the list shows.
    explicit BookmarkModel(QUndoStack* undo, QObject* parent = nullptr);

    /// Others' bookmarks take their place; nothing of this can be undone.
    void reset(const QList<Bookmark>& list);
    [[nodiscard]] const QList<Bookmark>& list() const { return m_list; }
    [[nodiscard]] const Bookmark* find(const QString& id) const;
    [[nodiscard]] int rowOf(const QString& id) const; ///< −1 if there is none

    /// The new one's id.
    QString add(const ViewPlace& place);
    void remove(const QStringList& ids);
    void rename(const QString& id, const QString& name); ///< an empty name changes nothing
    /// Changes in succession are undone at once.
    void setNote(const QString& id, const QString& note);
    /// Adds those that are not here yet; how many that were.
    int import(const QList<Bookmark>& list);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void changed(); ///< by the user or by undoing; not by reset()

private:
    class Change;
    void put(const QString& id, const std::optional<Bookmark>& bookmark);

    QUndoStack* m_undo;
    QList<Bookmark> m_list;
};

} // namespace heapatlas
