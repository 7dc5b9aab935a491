// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/usagecolumns.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

/// Rows [first, last) of some buckets; the one before `first` where no bucket begins.
struct Rows
{
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

/// Those of a column between two events.
Rows rowsBetween(double from, double to, double stride, std::uint64_t count)
{
    const auto index = [&](double event) {
        const double row = std::ceil(event / stride);
        return row <= 0                         ? std::uint64_t { 0 }
            : row >= static_cast<double>(count) ? count
                                                : static_cast<std::uint64_t>(row);
    };
    Rows rows { index(from), index(to) };
    if (rows.first == rows.last && rows.first > 0 && from < static_cast<double>(count) * stride)
        --rows.first;
    return rows;
}

UsageColumn joined(const UsageCloseUp& closeUp, Rows rows)
{
    UsageColumn column { closeUp.buckets[rows.first] };
    for (std::uint64_t row = rows.first + 1; row < rows.last; ++row)
        column.include(closeUp.buckets[row]);
    return column;
}

} // namespace

std::vector<UsageColumn> usageColumns(
    const UsageCurve& curve, const UsageCloseUp* closeUp, timelinelayout::View view, std::size_t count)
{
    std::vector<UsageColumn> columns(count, UsageColumn::nothing());
    const double width = static_cast<double>(count);
    const bool isCoarse = view.span() < width * static_cast<double>(UsageCurve::baseEvents);
    if (closeUp != nullptr && (!isCoarse || closeUp->buckets.empty()))
        closeUp = nullptr;
    const std::uint64_t buckets = curve.isEmpty() ? 0 : curve.level(0).size();
    double edge = view.begin;
    for (std::size_t x = 0; x < count; ++x) {
        const double from = edge;
        edge = timelinelayout::eventOf(view, static_cast<double>(x + 1), width);
        if (closeUp != nullptr && from >= static_cast<double>(closeUp->range.begin)
            && (edge <= static_cast<double>(closeUp->range.end) || closeUp->range.end >= curve.events())) {
            const double begin = static_cast<double>(closeUp->range.begin);
            const Rows rows = rowsBetween(
                from - begin, edge - begin, static_cast<double>(closeUp->stride), closeUp->buckets.size());
            if (rows.first < rows.last) {
                columns[x] = joined(*closeUp, rows);
                continue;
            }
        }
        const Rows rows = rowsBetween(from, edge, static_cast<double>(UsageCurve::baseEvents), buckets);
        if (rows.first < rows.last && from < static_cast<double>(curve.events()))
            columns[x] = UsageColumn { curve.over(rows.first, rows.last) };
    }
    return columns;
}

} // namespace heapatlas
