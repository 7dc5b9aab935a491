// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QAbstractTableModel>

namespace heapatlas {

/// The fields of a stretch of bytes as rows: offset, name, value.
class DecodedModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column : unsigned char
    {
        Offset,
        Name,
        Value,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Offsets count from the begin of `whole`.
    void setBytes(HeapBytesPtr bytes, AddressRange whole);
    [[nodiscard]] const ByteField& fieldOf(int row) const
    {
        return m_bytes->fields[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] Address addressOf(int row) const { return m_bytes->range.begin + fieldOf(row).offset; }
    /// The row of the field that covers the address, or −1.
    [[nodiscard]] int rowOf(Address address) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    HeapBytesPtr m_bytes;
    AddressRange m_whole;
};

} // namespace heapatlas
