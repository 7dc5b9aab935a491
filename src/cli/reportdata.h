// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "cli/console.h"
#include "cli/reportpins.h"
#include "model/heapsnapshot.h"
#include "model/markers.h"
#include "model/rangefigures.h"
#include "model/traceinfo.h"
#include "model/usagecurve.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas::cli {

/// Live blocks of one size class, or of large runs or huge blocks together, at one moment.
struct ClassUse
{
    std::uint64_t runs = 0;
    std::uint64_t blocks = 0; ///< live
    std::uint64_t slots = 0; ///< live and free; equals blocks for large and huge ones
    Bytes liveBytes = 0; ///< granted
};

struct ClassRow
{
    std::string name; ///< "56 B", "large", "huge"
    Bytes slotBytes = 0; ///< 0 for large and huge
    ClassUse atPeak;
    ClassUse atEnd;
};

/// What one site (function, file, line) holds.
struct SiteRow
{
    Frame frame; ///< empty: live before the recording, or no PHP code was running
    bool isAdopted = false; ///< live before the recording
    Bytes bytes = 0; ///< requested
    std::uint64_t blocks = 0;
};

/// A marker with the usage right after it.
struct MarkedUsage
{
    Marker marker;
    Bytes live = 0;
    Bytes real = 0;
};

/// One moment of the heap.
struct Moment
{
    std::uint64_t event = 0; ///< state after that many events
    HeapTotals totals;
    std::vector<SiteRow> sites; ///< most bytes first
    std::uint64_t siteCount = 0; ///< all of them; `sites` holds the first maxSites
};

struct ReportData
{
    static constexpr std::size_t maxSites = 20;

    TraceInfo info;
    std::string engineId;
    Bytes pageBytes = 4096;
    UsageCurve curve;
    Moment
        peak; ///< where live bytes were highest (the last of a stretch of 256 events that held the peak, at most)
    Moment end;
    ReportPins pins; ///< at the end
    RangeFigures whole; ///< what happened over all events
    std::optional<RangeFigures> range; ///< and in those that were asked for
    std::vector<ClassRow> classes;
    std::vector<MarkedUsage> gcRuns;
    std::vector<MarkedUsage> checkpoints;
    std::vector<std::string> missing; ///< a sentence each
    std::string oddities; ///< what the replay met that cannot be; empty if all is well
    bool isPartial = false; ///< damage ended the replay before the trace's end
};

/// Reads and replays the trace, keeping its decoded columns (13 bytes an event) meanwhile. Fails as createReplayEngine().
/// `range` is clamped to the trace.
[[nodiscard]] Result<ReportData> collectReport(
    TraceReader& reader, bool isQuiet, std::optional<EventRange> range = {});

/// "App\\Import::row  /srv/import.php:52".
[[nodiscard]] std::string siteText(const SiteRow& row);
/// Values that one collector run freed.
[[nodiscard]] std::uint64_t collectedBy(const GcMarker& run);

// The three forms of a report, each in its own source.
void writeReportText(Output& out, const ReportData& data);
void writeReportJson(Output& out, const ReportData& data);
void writeReportHtml(Output& out, const ReportData& data);

/// Live bytes as `columns` equal stretches of the trace, each the highest in it. Empty for a trace without events.
[[nodiscard]] std::vector<UsageBucket> resampled(const UsageCurve& curve, std::size_t columns);

} // namespace heapatlas::cli
