// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/usagetable.h"

#include "session/tableexport.h"
#include "session/wording.h"

#include <algorithm>
#include <array>

namespace heapatlas {

UsageTable::UsageTable(std::shared_ptr<const UsageCurve> curve, std::shared_ptr<const UsageCloseUp> closeUp,
    EventRange range, QObject* parent)
    : QAbstractTableModel(parent)
{
    if (!curve || curve->isEmpty())
        return;
    range.end = std::min(range.end, curve->events());
    if (range.isEmpty())
        return;
    const bool isClose = closeUp && closeUp->range.begin <= range.begin && range.end <= closeUp->range.end
        && !closeUp->buckets.empty();
    const std::uint64_t origin = isClose ? closeUp->range.begin : 0;
    const std::uint64_t limit = isClose ? closeUp->range.end : curve->events();
    const std::uint64_t bucket = isClose ? closeUp->stride : UsageCurve::baseEvents;
    // Whole buckets a row, so that every value is exact for the events that the row names.
    const std::uint64_t first = (range.begin - origin) / bucket;
    const std::uint64_t last = (range.end - origin + bucket - 1) / bucket;
    const std::uint64_t together = (last - first + mostRows - 1) / mostRows;
    for (std::uint64_t at = first; at < last; at += together) {
        const std::uint64_t to = std::min(at + together, last);
        Row row { { origin + at * bucket, std::min(origin + to * bucket, limit) }, {} };
        if (isClose) {
            row.usage = closeUp->buckets[at];
            for (std::uint64_t i = at + 1; i < to; ++i)
                row.usage.include(closeUp->buckets[i]);
        } else {
            row.usage = curve->over(at, to);
        }
        m_rows.push_back(row);
    }
}

int UsageTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int UsageTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant UsageTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const std::array<std::uint64_t, ColumnCount> values { row.events.begin, row.events.end, row.usage.liveMin,
        row.usage.liveMax, row.usage.realMin, row.usage.realMax, row.usage.peak };
    const std::uint64_t value = values[static_cast<std::size_t>(index.column())];
    const bool isEvent = index.column() <= ToEvent;
    if (role == Qt::DisplayRole)
        return isEvent ? wording::count(value) : wording::size(value);
    if (role == Qt::ToolTipRole)
        return isEvent ? wording::count(value) : wording::exactSize(value);
    if (role == tableexport::valueRole)
        return QVariant::fromValue(static_cast<qulonglong>(value));
    return {};
}

QVariant UsageTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return QAbstractTableModel::headerData(section, orientation, role);
    const std::array<const char*, ColumnCount> keys { "fromEvent", "toEvent", "liveMin", "liveMax", "heapMin",
        "heapMax", "peakLive" };
    const std::array<QString, ColumnCount> titles { tr("From event"), tr("To event"), tr("Live, least"),
        tr("Live, most"), tr("Real, least"), tr("Real, most"), tr("Peak at the end") };
    const auto at = static_cast<std::size_t>(section);
    if (role == tableexport::keyRole)
        return QString::fromLatin1(keys[at]);
    return role == Qt::DisplayRole ? QVariant(titles[at]) : QVariant();
}

} // namespace heapatlas
