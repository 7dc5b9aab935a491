// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/recenttrace.h"

#include "model/snapshotbuilder.h"
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

SnapshotPtr withoutHugeBlocks(const SnapshotPtr& snapshot)
{
    const auto isChunk = [](const ChunkRow& row) { return row.pageCount > 0; };
    const auto chunks = snapshot->chunks();
    const auto count = std::count_if(chunks.begin(), chunks.end(), isChunk);
    if (count == 0 || static_cast<std::size_t>(count) == chunks.size())
        return snapshot;
    SnapshotBuilder builder(snapshot->eventIndex(), Detail::Regions, snapshot->window());
    builder.setPageBytes(snapshot->pageBytes());
    builder.setTotals(snapshot->totals());
    for (const ChunkRow& chunk : chunks) {
        if (!isChunk(chunk))
            continue;
        builder.beginChunk(chunk);
        for (const RegionRow& region : snapshot->regions().subspan(chunk.firstRegion, chunk.regionCount)) {
            const std::span<std::uint64_t> bits = builder.addRegion(region);
            if (!bits.empty())
                std::copy_n(snapshot->liveBits().begin() + region.firstLiveWord,
                    static_cast<std::ptrdiff_t>(bits.size()), bits.begin());
        }
    }
    return builder.finish();
}

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
        MapPainter::fingerprint(*withoutHugeBlocks(snapshot), fingerprintSize, 2).save(&buffer, "PNG");
    }
    return recent;
}

} // namespace heapatlas
