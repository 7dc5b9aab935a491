// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/recenttrace.h"

#include "session/document.h"
#include "ui/views/map/mappainter.h"

#include <QBuffer>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr std::size_t curvePoints = 64;
constexpr QSize fingerprintSize(109, 83);

std::vector<float> curveOf(const UsageCurve& curve)
{
    std::vector<float> points;
    if (curve.isEmpty())
        return points;
    const std::span<const UsageBucket> rows = curve.level(curve.levelFor(4 * curvePoints));
    Bytes top = 1;
    for (const UsageBucket& bucket : rows)
        top = std::max(top, bucket.liveMax);
    const std::size_t count = std::min(rows.size(), curvePoints);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = i * rows.size() / count;
        const std::size_t end = std::max(begin + 1, (i + 1) * rows.size() / count);
        Bytes most = 0;
        for (std::size_t row = begin; row < end; ++row)
            most = std::max(most, rows[row].liveMax);
        points.push_back(static_cast<float>(static_cast<double>(most) / static_cast<double>(top)));
    }
    return points;
}

} // namespace

RecentFile recentTraceOf(const Document& document)
{
    RecentFile recent;
    recent.path = document.path();
    recent.opened = QDateTime::currentDateTime();
    recent.events = document.eventCount();
    if (const auto curve = document.curve(); curve && !curve->isEmpty()) {
        recent.curve = curveOf(*curve);
        recent.peakBytes = curve->level(curve->levels() - 1).back().peak;
    }
    if (const SnapshotPtr snapshot = document.snapshot()) {
        recent.peakBytes = std::max(recent.peakBytes, snapshot->totals().peakLive);
        QBuffer buffer(&recent.fingerprint);
        MapPainter::fingerprint(*snapshot, fingerprintSize, 2).save(&buffer, "PNG");
    }
    return recent;
}

} // namespace heapatlas
