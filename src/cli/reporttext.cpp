// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportdata.h"

#include "base/formatsize.h"
#include "cli/reportpins.h"
#include "cli/textcolumns.h"
#include "session/rangewording.h"
#include "session/wording.h"

#include <QString>

#include <algorithm>
#include <array>
#include <span>

namespace heapatlas::cli {

namespace {

constexpr std::size_t maxMarkers = 20;
constexpr std::size_t maxCheckpoints = 200;

void fact(Output& out, const std::string& name, const std::string& value)
{
    if (!value.empty())
        out << left(name, 26) << value << "\n";
}

std::string sizes(Bytes bytes)
{
    return formatSize(bytes) + (bytes < 1024 ? "" : " (" + count(bytes) + " bytes)");
}

void writeUsage(Output& out, const ReportData& data)
{
    heading(out, "Usage");
    out << left("", 26) << right("at the peak", 14) << right("at the end", 14) << "\n";
    const auto both = [&](const char* name, const std::string& atPeak, const std::string& atEnd) {
        out << left(name, 26) << right(atPeak, 14) << right(atEnd, 14) << "\n";
    };
    const HeapTotals& p = data.peak.totals;
    const HeapTotals& e = data.end.totals;
    const auto percent = [](double share) { return wording::percent(share).toStdString(); };
    both("event", count(data.peak.event), count(data.end.event));
    both("live", formatSize(p.live), formatSize(e.live));
    both("  asked for", formatSize(p.requested), formatSize(e.requested));
    both("real (from the system)", formatSize(p.real), formatSize(e.real));
    both("live blocks", count(p.liveBlocks), count(e.liveBlocks));
    both("chunks", count(p.chunks), count(e.chunks));
    both("huge blocks", count(p.hugeBlocks), count(e.hugeBlocks));
    both("free in slots", formatSize(p.freeSlotBytes), formatSize(e.freeSlotBytes));
    both("free pages", count(p.freePages), count(e.freePages));
    both("largest hole", formatSize(p.largestHole), formatSize(e.largestHole));
    both("internal fragmentation", percent(p.internalFragmentation()), percent(e.internalFragmentation()));
    both("external fragmentation", percent(p.externalFragmentation(data.pageBytes)),
        percent(e.externalFragmentation(data.pageBytes)));
    out << "\nInternal: 1 - asked for / live. External: 1 - largest hole / all free pages.\n";
    fact(out, "peak live / real", sizes(e.peakLive) + " / " + sizes(e.realPeak));
    fact(out, "memory_limit", e.limit == 0 ? std::string("none") : sizes(e.limit));
}

void writeRange(Output& out, const ReportData& data)
{
    heading(out, "What happened");
    const RangeFigures* const range = data.range ? &*data.range : nullptr;
    const auto line = [&](const std::string& name, const std::string& whole, const std::string& inRange) {
        out << left(name, 22) << right(whole, 18);
        if (range != nullptr)
            out << right(inRange, 18);
        out << "\n";
    };
    if (range != nullptr) {
        line("", wording::wholeRun().toLower().toStdString(), wording::inRange().toLower().toStdString());
        line("from event", "0", count(range->range.begin));
        line("to event", count(data.whole.range.end), count(range->range.end));
    }
    for (const wording::RangeRow& row : wording::rangeRows(&data.whole, range, range != nullptr))
        line(row.name.toLower().toStdString(), row.whole.toStdString(), row.inRange.toStdString());
}

void writeCurve(Output& out, const ReportData& data)
{
    constexpr std::array<const char*, 8> bars { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    const std::vector<UsageBucket> columns = resampled(data.curve, 72);
    if (columns.empty())
        return;
    Bytes highest = 1;
    for (const UsageBucket& column : columns)
        highest = std::max(highest, column.liveMax);
    heading(out, "Live bytes over the events");
    for (const UsageBucket& column : columns) {
        const double share = static_cast<double>(column.liveMax) / static_cast<double>(highest);
        out << bars.at(std::min<std::size_t>(static_cast<std::size_t>(share * 8.0), 7));
    }
    out << "\n0" << right("event " + count(data.curve.events()), columns.size() - 1) << "\n";
}

void writeClasses(Output& out, const ReportData& data)
{
    heading(out, "Size classes");
    out << left("class", 10) << right("live at peak", 14) << right("bytes", 11) << right("used", 8)
        << right("live at end", 14) << right("bytes", 11) << right("used", 8) << "\n";
    const auto used = [](const ClassUse& use) {
        return use.slots == 0 ? std::string("-") : std::to_string(use.blocks * 100 / use.slots) + " %";
    };
    for (const ClassRow& row : data.classes) {
        out << left(row.name, 10) << right(count(row.atPeak.blocks), 14)
            << right(formatSize(row.atPeak.liveBytes), 11) << right(used(row.atPeak), 8)
            << right(count(row.atEnd.blocks), 14) << right(formatSize(row.atEnd.liveBytes), 11)
            << right(used(row.atEnd), 8) << "\n";
    }
}

void writeSites(Output& out, const Moment& moment, const std::string& title)
{
    heading(out, title);
    if (moment.sites.empty())
        out << "nothing was live\n";
    for (const SiteRow& row : moment.sites) {
        const double share = moment.totals.requested == 0
            ? 0.0
            : static_cast<double>(row.bytes) / static_cast<double>(moment.totals.requested);
        out << right(formatSize(row.bytes), 11) << right(wording::percent(share).toStdString(), 9)
            << right(count(row.blocks), 10) << "  " << siteText(row) << "\n";
    }
    if (moment.siteCount > moment.sites.size())
        out << "and " << count(moment.siteCount - moment.sites.size()) << " more sites\n";
}

void writeMarkers(Output& out, const ReportData& data)
{
    if (!data.gcRuns.empty()) {
        heading(out, "Garbage collector");
        out << right("event", 14) << right("collected", 12) << right("roots", 10) << right("live after", 13)
            << "\n";
        for (std::size_t i = 0; i < std::min(data.gcRuns.size(), maxMarkers); ++i) {
            const MarkedUsage& run = data.gcRuns[i];
            const auto& gc = std::get<GcMarker>(run.marker.what);
            out << right(count(run.marker.event), 14) << right(count(collectedBy(gc)), 12)
                << right(count(gc.before.roots), 10) << right(formatSize(run.live), 13) << "\n";
        }
        if (data.gcRuns.size() > maxMarkers)
            out << "and " << count(data.gcRuns.size() - maxMarkers) << " more runs\n";
    }
    if (!data.checkpoints.empty()) {
        heading(out, "Checkpoints");
        out << right("event", 14) << right("live", 12) << right("change", 12) << "  name\n";
        Bytes before = data.checkpoints.front().live;
        const std::size_t shown = std::min(data.checkpoints.size(), maxCheckpoints);
        for (const MarkedUsage& point : std::span(data.checkpoints).first(shown)) {
            const auto change = static_cast<std::int64_t>(point.live - before);
            out << right(count(point.marker.event), 14) << right(formatSize(point.live), 12)
                << right(wording::signedSize(change).toStdString(), 12) << "  "
                << std::get<CheckpointMarker>(point.marker.what).name << "\n";
            before = point.live;
        }
        if (data.checkpoints.size() > shown)
            out << "and " << count(data.checkpoints.size() - shown)
                << " more checkpoints; --format=json lists all\n";
    }
}

} // namespace

std::string siteText(const SiteRow& row)
{
    if (row.isAdopted)
        return "(live before the recording)";
    const std::string function = row.frame.qualifiedName();
    const std::string place =
        row.frame.file.empty() ? std::string() : row.frame.file + ":" + std::to_string(row.frame.line);
    if (function.empty() && place.empty())
        return "(no PHP code was running, or stacks were not recorded)";
    return place.empty() ? function : function.empty() ? place : function + "  " + place;
}

std::uint64_t collectedBy(const GcMarker& run)
{
    return run.after.collected - std::min(run.before.collected, run.after.collected);
}

void writeReportText(Output& out, const ReportData& data)
{
    out << "Heap Atlas report\n=================\n";
    fact(out, "program", data.info.metaValue("program"));
    fact(out, "process", wording::process(data.info).toStdString());
    fact(out, "recorded", data.info.metaValue("recorded"));
    fact(out, "trace", wording::sourceState(data.info).toStdString());
    fact(out, "allocator", data.engineId + " " + data.info.metaValue("variant"));
    fact(out, "events",
        count(data.info.events) + ": " + count(data.info.allocations) + " allocations, "
            + count(data.info.frees) + " frees, " + count(data.info.reallocations) + " reallocations");
    fact(out, "sites, call stacks", count(data.info.sites) + ", " + count(data.info.stacks));
    if (data.isPartial)
        fact(out, "only part of it",
            "the figures end at event " + count(data.end.event) + ", where the trace is damaged");
    for (const std::string& sentence : data.missing)
        fact(out, "missing", sentence);
    fact(out, "not as recorded", data.oddities);
    writeUsage(out, data);
    writeRange(out, data);
    writeCurve(out, data);
    writeSites(out, data.peak, "Sites that hold most at the peak");
    writeSites(out, data.end, "Sites that hold most at the end");
    writePinsText(out, data.pins);
    writeClasses(out, data);
    writeMarkers(out, data);
}

} // namespace heapatlas::cli
