// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/rangejobs.h"

#include <algorithm>

namespace heapatlas {

namespace {

UsageMoment momentAt(const ReplayCursor& cursor)
{
    const HeapTotals totals = cursor.totals();
    return { totals.live, totals.real, totals.requested, totals.liveBlocks };
}

EventRange clamped(EventRange range, std::uint64_t events)
{
    const std::uint64_t begin = std::min(range.begin, events);
    return { begin, std::clamp(range.end, begin, events) };
}

} // namespace

std::optional<RangeFigures> rangeFigures(
    ReplayCursor& cursor, const UsageCurve& curve, EventRange range, const Interrupt& interrupt)
{
    constexpr std::uint64_t bucket = UsageCurve::baseEvents;
    RangeFigures figures;
    figures.range = clamped(range, std::min(cursor.source().eventCount(), curve.events()));
    const auto [begin, end] = figures.range;
    figures.sums = cursor.source().store().sums(figures.range);
    if (!cursor.seek(begin, interrupt))
        return {};
    figures.before = momentAt(cursor);
    figures.peakLive = figures.before.live;
    figures.peakReal = figures.before.real;
    const auto include = [&figures](const UsageBucket& usage) {
        figures.peakLive = std::max(figures.peakLive, usage.liveMax);
        figures.peakReal = std::max(figures.peakReal, usage.realMax);
    };

    // Whole buckets lie in [first, last) × bucket. The last one of the trace is whole as well, although it is shorter.
    const std::uint64_t first = (begin + bucket - 1) / bucket;
    const std::uint64_t last = end == curve.events() ? (end + bucket - 1) / bucket : end / bucket;
    std::vector<UsageBucket> usage;
    if (first < last) {
        include(curve.over(first, last));
        if (!cursor.measure(std::min(first * bucket, end), bucket, usage, interrupt)
            || !cursor.seek(std::min(last * bucket, end), interrupt))
            return {};
    }
    if (!cursor.measure(end, bucket, usage, interrupt))
        return {};
    for (const UsageBucket& stretch : usage)
        include(stretch);
    figures.after = momentAt(cursor);
    return figures;
}

std::optional<UsageCloseUp> usageCloseUp(
    ReplayCursor& cursor, EventRange range, std::uint64_t stride, const Interrupt& interrupt)
{
    UsageCloseUp closeUp;
    closeUp.range = clamped(range, cursor.source().eventCount());
    closeUp.stride = std::max<std::uint64_t>(stride, 1);
    if (!cursor.seek(closeUp.range.begin, interrupt)
        || !cursor.measure(closeUp.range.end, closeUp.stride, closeUp.buckets, interrupt))
        return {};
    return closeUp;
}

} // namespace heapatlas
