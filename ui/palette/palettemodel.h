// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/palette/palettesearch.h"

#include <QAbstractListModel>

namespace heapatlas {

/// The lines of the palette for its list.
class PaletteModel : public QAbstractListModel
{
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setEntries(const QList<PaletteEntry>& entries);
    [[nodiscard]] const PaletteEntry& entry(int row) const { return m_entries[row]; }
    /// The first row from `row` on (or back) that can be chosen, itself included; −1 if there is none.
    [[nodiscard]] int choiceFrom(int row, int step) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QList<PaletteEntry> m_entries;
};

} // namespace heapatlas
