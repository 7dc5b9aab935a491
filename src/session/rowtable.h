// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QList>
#include <QString>
#include <QVariant>

#include <functional>

namespace heapatlas {

/// A table of values that does not change: each cell is asked for when it is needed, so a million rows cost nothing
/// until they are looked at. Numbers are shown grouped and exported plain.
class RowTable : public QAbstractTableModel
{
    Q_OBJECT
public:
    struct Column
    {
        QString key; ///< in CSV and JSON
        QString title;
    };
    using Value = std::function<QVariant(int row, int column)>;

    RowTable(QList<Column> columns, int rows, Value value, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<Column> m_columns;
    int m_rows;
    Value m_value;
};

} // namespace heapatlas
