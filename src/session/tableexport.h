// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QModelIndex>
#include <QString>
#include <QVariant>

class QAbstractItemModel;
class QIODevice;

namespace heapatlas::tableexport {

/// A model says here, for a column of its horizontal header, under which key the column stands in JSON and CSV.
/// Without it the header's text is the key.
inline constexpr int keyRole = 0x0100 + 0x4841;
/// And here, for a cell, the value itself where the display shows it in words. Without it Qt::EditRole counts, then
/// Qt::DisplayRole. Numbers stay numbers: nothing is grouped or rounded.
inline constexpr int valueRole = keyRole + 1;

/// A comma-separated table as RFC 4180 has it: a line of keys, CRLF, quotes where a field needs them, UTF-8.
/// False if the device took not all of it.
[[nodiscard]] bool writeCsv(const QAbstractItemModel& model, QIODevice& device);
/// An array of objects, one line each. Whole numbers of any size are numbers.
[[nodiscard]] bool writeJson(const QAbstractItemModel& model, QIODevice& device);
/// As it is shown, separated by tabs, for the clipboard; tabs and line ends in cells become spaces. Rows in the order
/// of the view; without `rows` all of them.
[[nodiscard]] QString tsv(
    const QAbstractItemModel& model, const QList<int>& rows = {}, bool hasHeader = true);

/// The cell as it is written.
[[nodiscard]] QVariant value(const QModelIndex& index);
[[nodiscard]] QString key(const QAbstractItemModel& model, int column);

} // namespace heapatlas::tableexport
