// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rangefigures.h"

#include <QList>
#include <QString>

namespace heapatlas::wording {

/// One figure of what happened in a stretch of the trace: a count of events in it, or what changed from its begin to its
/// end. Figures of one moment are no rows here.
struct RangeRow
{
    const char* key; ///< of JSON: "bytesAllocated"
    QString name; ///< "Asked for"
    QString meaning; ///< one sentence
    QString whole; ///< over the whole run, "…" where not known yet
    QString inRange; ///< empty where there is no range
    QString wholeExact; ///< without rounding
    QString inRangeExact;
};

/// The rows of a comparison "whole run" and "in range", either of which may be null. With `hasRange` and no figures yet
/// the range's column says "…".
[[nodiscard]] QList<RangeRow> rangeRows(
    const RangeFigures* whole, const RangeFigures* inRange, bool hasRange);
[[nodiscard]] QString wholeRun(); ///< the titles of both columns
[[nodiscard]] QString inRange();
/// "In range: 12 345 events, +1.20 MB live".
[[nodiscard]] QString rangeSummary(const EventRange& range, const RangeFigures* figures);

} // namespace heapatlas::wording
