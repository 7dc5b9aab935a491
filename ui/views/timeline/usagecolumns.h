// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/usagecloseup.h"
#include "model/usagecurve.h"
#include "ui/views/timeline/timelinelayout.h"

#include <cstddef>
#include <vector>

namespace heapatlas {

/// Usage in one column of pixels: the smallest and largest values of the buckets that begin in it (so that each bucket is
/// in one column), or the bucket that it lies in. Empty (isNothing) outside the trace.
struct UsageColumn : UsageBucket
{
    [[nodiscard]] bool isNothing() const { return liveMin > liveMax; }
    static constexpr UsageColumn nothing()
    {
        UsageColumn column;
        column.liveMin = 1;
        return column;
    }
};

/// Reduces a view of the curve to `count` columns of equal width. Buckets are those of the close-up where there is one
/// that is finer than the curve, else of the curve's finest level, whatever the zoom: the levels above only make
/// it quick. O(count × log(buckets in a column)).
[[nodiscard]] std::vector<UsageColumn> usageColumns(
    const UsageCurve& curve, const UsageCloseUp* closeUp, timelinelayout::View view, std::size_t count);

} // namespace heapatlas
