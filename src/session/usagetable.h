// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/usagecloseup.h"
#include "model/usagecurve.h"

#include <QAbstractTableModel>

#include <memory>

namespace heapatlas {

/// The curve of a range of events as rows of equal length, a thousand at most: each event by itself where there is a
/// close-up of it and the range is short enough. What the chart shows, for people who do not look at charts, and for
/// exports.
class UsageTable : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        FromEvent,
        ToEvent,
        LiveMin,
        LiveMax,
        RealMin,
        RealMax,
        Peak,
        ColumnCount,
    };
    static constexpr std::uint64_t mostRows = 1000;

    /// Either may be null.
    UsageTable(std::shared_ptr<const UsageCurve> curve, std::shared_ptr<const UsageCloseUp> closeUp,
        EventRange range, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        EventRange events;
        UsageBucket usage;
    };
    std::vector<Row> m_rows;
};

} // namespace heapatlas
