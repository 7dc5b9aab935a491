// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/tracescales.h"

#include "replay/blockcache.h"

#include <algorithm>

namespace heapatlas {

namespace {

constexpr std::uint64_t mostPoints = 4096;

} // namespace

EventScalePtr bytesScale(const TraceColumnsStore& store, const Interrupt& interrupt)
{
    const std::uint64_t spacing = std::max<std::uint64_t>(1, store.eventCount() / mostPoints);
    std::vector<EventScale::Point> points { { 0, 0 } };
    double sum = 0;
    std::uint64_t next = spacing;
    BlockCache cache;
    for (std::size_t b = 0; b < store.blockCount(); ++b) {
        const EventColumns& columns = cache.columns(store, b);
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const EventCode code = columns.code[row];
            const bool asks = code.kind() == EventKind::Allocate || code.kind() == EventKind::Reallocate;
            if (asks && !code.hasFailed())
                sum += static_cast<double>(columns.requested(row));
            if (columns.firstEvent + row + 1 < next)
                continue;
            points.push_back({ static_cast<double>(columns.firstEvent + row + 1), sum });
            next += spacing;
            if (interrupt && interrupt())
                return nullptr;
        }
    }
    if (points.back().position < static_cast<double>(store.eventCount()))
        points.push_back({ static_cast<double>(store.eventCount()), sum });
    return std::make_shared<const EventScale>(EventScale::Unit::Requested, std::move(points));
}

EventScalePtr secondsScale(const std::vector<UsageSample>& samples, std::uint64_t events)
{
    constexpr double perSecond = 1e6;
    std::vector<EventScale::Point> points;
    for (const UsageSample& sample : samples) {
        const EventScale::Point point { static_cast<double>(sample.event),
            static_cast<double>(sample.elapsedUs) / perSecond };
        if (sample.event > events)
            break;
        if (points.empty() && sample.event > 0)
            points.push_back({ 0, 0 });
        if (points.empty() || point.position > points.back().position)
            points.push_back(point);
        else
            points.back().value = point.value; // time went by without events: seen after them
    }
    // Beyond the last sample time is guessed to go on as it did.
    if (points.size() >= 2 && points.back().position < static_cast<double>(events)) {
        const EventScale::Point first = points.front();
        const EventScale::Point last = points.back();
        const double rate = (last.value - first.value) / (last.position - first.position);
        const double end = static_cast<double>(events);
        points.push_back({ end, last.value + rate * (end - last.position) });
    }
    return std::make_shared<const EventScale>(EventScale::Unit::Seconds, std::move(points));
}

} // namespace heapatlas
