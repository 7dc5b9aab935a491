// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bookmarks/bookmarkmodel.h"

#include "session/tableexport.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"

#include <QUndoCommand>
#include <QUndoStack>

#include <algorithm>

namespace heapatlas {

/// One bookmark before and after; nothing: it does not exist.
class BookmarkModel::Change : public QUndoCommand
{
public:
    Change(BookmarkModel* model, const QString& text, QString bookmarkId, std::optional<Bookmark> before,
        std::optional<Bookmark> after, int mergeId = -1, QUndoCommand* parent = nullptr)
        : QUndoCommand(text, parent)
        , m_model(model)
        , m_bookmark(std::move(bookmarkId))
        , m_before(std::move(before))
        , m_after(std::move(after))
        , m_mergeId(mergeId)
    {
    }

    void redo() override { m_model->put(m_bookmark, m_after); }
    void undo() override { m_model->put(m_bookmark, m_before); }
    [[nodiscard]] int id() const override { return m_mergeId; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const Change*>(other); // same id, so same class
        if (next->m_bookmark != m_bookmark)
            return false;
        m_after = next->m_after;
        return true;
    }

private:
    BookmarkModel* m_model;
    QString m_bookmark;
    std::optional<Bookmark> m_before;
    std::optional<Bookmark> m_after;
    int m_mergeId;
};

namespace {

constexpr int noteMerge = 1;

QVariant alignment(bool isNumber)
{
    return QVariant::fromValue(Qt::Alignment(isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

/// All changes of a parent command are one for the user.
QUndoCommand* group(const QString& text) { return new QUndoCommand(text); }

} // namespace

BookmarkModel::BookmarkModel(QUndoStack* undo, QObject* parent)
    : QAbstractTableModel(parent)
    , m_undo(undo)
{
}

void BookmarkModel::reset(const QList<Bookmark>& list)
{
    beginResetModel();
    m_list = list;
    bookmarks::sortByTime(m_list);
    endResetModel();
    m_undo->clear();
}

const Bookmark* BookmarkModel::find(const QString& id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_list[row];
}

int BookmarkModel::rowOf(const QString& id) const
{
    for (int row = 0; row < m_list.size(); ++row) {
        if (m_list[row].id == id)
            return row;
    }
    return -1;
}

/// Inserts, changes or removes; the event of a bookmark never changes, so a row stays where it is.
void BookmarkModel::put(const QString& id, const std::optional<Bookmark>& bookmark)
{
    const int row = rowOf(id);
    if (row >= 0 && bookmark) {
        m_list[row] = *bookmark;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    } else if (row >= 0) {
        beginRemoveRows({}, row, row);
        m_list.removeAt(row);
        endRemoveRows();
    } else if (bookmark) {
        const auto after = std::upper_bound(m_list.begin(), m_list.end(), *bookmark,
            [](const Bookmark& a, const Bookmark& b) { return a.place.event < b.place.event; });
        const int at = static_cast<int>(after - m_list.begin());
        beginInsertRows({}, at, at);
        m_list.insert(at, *bookmark);
        endInsertRows();
    }
    Q_EMIT changed();
}

QString BookmarkModel::add(const ViewPlace& place)
{
    const Bookmark bookmark = bookmarks::make(place, m_list);
    m_undo->push(new Change(this, tr("bookmark"), bookmark.id, std::nullopt, bookmark));
    return bookmark.id;
}

void BookmarkModel::remove(const QStringList& ids)
{
    QUndoCommand* all = group(ids.size() == 1 ? tr("delete bookmark") : tr("delete bookmarks"));
    for (const QString& id : ids) {
        if (const Bookmark* bookmark = find(id))
            new Change(this, {}, id, *bookmark, std::nullopt, -1, all);
    }
    if (all->childCount() == 0)
        delete all;
    else
        m_undo->push(all);
}

void BookmarkModel::rename(const QString& id, const QString& name)
{
    const Bookmark* bookmark = find(id);
    if (bookmark == nullptr || name.trimmed().isEmpty() || name.trimmed() == bookmark->name)
        return;
    Bookmark after = *bookmark;
    after.name = name.trimmed();
    m_undo->push(new Change(this, tr("rename bookmark"), id, *bookmark, after));
}

void BookmarkModel::setNote(const QString& id, const QString& note)
{
    const Bookmark* bookmark = find(id);
    if (bookmark == nullptr || note == bookmark->note)
        return;
    Bookmark after = *bookmark;
    after.note = note;
    m_undo->push(new Change(this, tr("note"), id, *bookmark, after, noteMerge));
}

int BookmarkModel::import(const QList<Bookmark>& list)
{
    QUndoCommand* all = group(tr("import bookmarks"));
    for (const Bookmark& bookmark : list) {
        if (find(bookmark.id) == nullptr)
            new Change(this, {}, bookmark.id, std::nullopt, bookmark, -1, all);
    }
    const int added = all->childCount();
    if (added == 0)
        delete all;
    else
        m_undo->push(all);
    return added;
}

int BookmarkModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_list.size());
}

int BookmarkModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant BookmarkModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_list.size())
        return {};
    const Bookmark& bookmark = m_list[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        if (index.column() == Event)
            return role == Qt::DisplayRole ? QVariant(wording::count(bookmark.place.event))
                                           : QVariant(static_cast<qulonglong>(bookmark.place.event));
        return index.column() == Name ? bookmark.name : bookmark.note;
    case Qt::ToolTipRole:
        return bookmark.note.isEmpty() ? QVariant() : QVariant(bookmark.note);
    case Qt::TextAlignmentRole:
        return alignment(index.column() == Event);
    case Qt::FontRole:
        return index.column() == Event ? QVariant(fonts::mono(12)) : QVariant();
    default:
        return {};
    }
}

bool BookmarkModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || index.column() == Event)
        return false;
    const QString id = m_list[index.row()].id;
    if (index.column() == Name)
        rename(id, value.toString());
    else
        setNote(id, value.toString());
    return true;
}

QVariant BookmarkModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == tableexport::keyRole)
        return section == Event ? QStringLiteral("event")
            : section == Name   ? QStringLiteral("name")
                                : QStringLiteral("note");
    if (role == Qt::DisplayRole)
        return section == Event ? tr("Event") : section == Name ? tr("Name") : tr("Note");
    if (role == Qt::TextAlignmentRole)
        return alignment(section == Event);
    return {};
}

Qt::ItemFlags BookmarkModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags usual = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() != Event ? usual | Qt::ItemIsEditable : usual;
}

} // namespace heapatlas
