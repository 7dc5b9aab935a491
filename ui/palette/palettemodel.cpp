// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/palettemodel.h"

namespace heapatlas {

void PaletteModel::setEntries(const QList<PaletteEntry>& entries)
{
    beginResetModel();
    m_entries = entries;
    endResetModel();
}

int PaletteModel::choiceFrom(int row, int step) const
{
    for (; row >= 0 && row < m_entries.size(); row += step) {
        if (m_entries[row].kind == PaletteEntry::Kind::Choice)
            return row;
    }
    return -1;
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_entries.size())
        return {};
    const PaletteEntry& entry = m_entries[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return entry.title;
    case Qt::AccessibleTextRole: {
        QStringList parts { entry.title };
        for (const QString& part : { entry.detail, entry.keys }) {
            if (!part.isEmpty())
                parts << part;
        }
        return parts.join(QStringLiteral(", "));
    }
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return m_entries[index.row()].kind == PaletteEntry::Kind::Choice
        ? Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren
        : Qt::ItemFlags(Qt::ItemNeverHasChildren);
}

} // namespace heapatlas
