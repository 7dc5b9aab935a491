// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/rowtable.h"

#include "session/tableexport.h"
#include "session/wording.h"

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

constexpr int askedRows = 64; ///< for what a column holds

bool isNumber(const QVariant& value)
{
    return value.typeId() == QMetaType::ULongLong || value.typeId() == QMetaType::LongLong
        || value.typeId() == QMetaType::Int || value.typeId() == QMetaType::UInt;
}

QString shown(const QVariant& value)
{
    if (value.typeId() == QMetaType::ULongLong || value.typeId() == QMetaType::UInt)
        return wording::count(value.toULongLong());
    return value.toString();
}

} // namespace

RowTable::RowTable(QList<Column> columns, int rows, Value value, QObject* parent)
    : QAbstractTableModel(parent)
    , m_columns(std::move(columns))
    , m_rows(rows)
    , m_value(std::move(value))
{
}

int RowTable::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

int RowTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant RowTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows || index.column() >= m_columns.size())
        return {};
    switch (role) {
    case tableexport::valueRole:
        return m_value(index.row(), index.column());
    case Qt::DisplayRole:
        return shown(m_value(index.row(), index.column()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(isNumber(m_value(index.row(), index.column())) ? Qt::AlignRight : Qt::AlignLeft)
            | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant RowTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    if (role == tableexport::keyRole)
        return m_columns[section].key;
    if (role == Qt::TextAlignmentRole) { // as what stands below it; the first rows may have none
        bool isRight = false;
        for (int row = 0; row < std::min(m_rows, askedRows) && !isRight; ++row)
            isRight = isNumber(m_value(row, section));
        return QVariant::fromValue(
            Qt::Alignment(isRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    return role == Qt::DisplayRole ? QVariant(m_columns[section].title) : QVariant();
}

} // namespace heapatlas
