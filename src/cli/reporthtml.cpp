// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportdata.h"

#include "base/formatsize.h"
#include "cli/htmltable.h"
#include "cli/reportpins.h"
#include "session/rangewording.h"
#include "session/wording.h"

#include <QString>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace heapatlas::cli {

namespace {

// No colour of our own: everything is the reader's text colour on the reader's background, at several strengths.
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; padding: 2px 18px 2px 0; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th { border-bottom: 1px solid; }
svg { width: 100%; height: auto; }
.note { opacity: .75; }
</style>
)";

std::string count(std::uint64_t n) { return formatCount(n); }
std::string percent(double share) { return wording::percent(share).toStdString(); }

std::string point(double x, double y)
{
    std::array<char, 48> text {};
    std::snprintf(text.data(), text.size(), "%.1f,%.1f ", x, y);
    return text.data();
}

void writeCurve(Output& out, const ReportData& data)
{
    const std::vector<UsageBucket> columns = resampled(data.curve, 400);
    if (columns.empty())
        return;
    constexpr double width = 860;
    constexpr double height = 220;
    Bytes highest = 1;
    for (const UsageBucket& column : columns)
        highest = std::max({ highest, column.realMax, column.liveMax });
    const auto x = [&](std::size_t i) {
        return width * static_cast<double>(i) / static_cast<double>(columns.size());
    };
    const auto y = [&](Bytes bytes) {
        return height - height * static_cast<double>(bytes) / static_cast<double>(highest);
    };
    std::string area = point(0, height);
    std::string real;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        area += point(x(i), y(columns[i].liveMax)) + point(x(i + 1), y(columns[i].liveMax));
        real += point(x(i), y(columns[i].realMax)) + point(x(i + 1), y(columns[i].realMax));
    }
    area += point(width, height);
    out << "<h2>Usage over the events</h2>\n<svg viewBox=\"0 -14 860 252\" role=\"img\" aria-label=\"live "
           "and real bytes "
           "over the events\"><polygon points=\""
        << area << "\" fill=\"currentColor\" fill-opacity=\".3\"/><polyline points=\"" << real
        << "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/><g fill=\"currentColor\" "
           "font-size=\"12\">"
        << "<text x=\"0\" y=\"-3\">" << formatSize(highest) << "</text><text x=\"0\" y=\"235\">event 0</text>"
        << "<text x=\"860\" y=\"235\" text-anchor=\"end\">event " << count(data.curve.events())
        << "</text></g></svg>\n<p class=\"note\">Area: live bytes (memory_get_usage()). Line: bytes from the "
           "system "
           "(memory_get_usage(true)).</p>\n";
}

void writeUsage(Output& out, const ReportData& data)
{
    const HeapTotals& p = data.peak.totals;
    const HeapTotals& e = data.end.totals;
    out << "<h2>Usage</h2>\n";
    {
        HtmlTable table(out, { "", "at the peak", "at the end" }, 1, 2);
        table.row({ "event", count(data.peak.event), count(data.end.event) });
        table.row({ "live", formatSize(p.live), formatSize(e.live) });
        table.row({ "asked for", formatSize(p.requested), formatSize(e.requested) });
        table.row({ "real (from the system)", formatSize(p.real), formatSize(e.real) });
        table.row({ "live blocks", count(p.liveBlocks), count(e.liveBlocks) });
        table.row({ "chunks", count(p.chunks), count(e.chunks) });
        table.row({ "huge blocks", count(p.hugeBlocks), count(e.hugeBlocks) });
        table.row({ "free in slots", formatSize(p.freeSlotBytes), formatSize(e.freeSlotBytes) });
        table.row({ "largest hole", formatSize(p.largestHole), formatSize(e.largestHole) });
        table.row({ "internal fragmentation", percent(p.internalFragmentation()),
            percent(e.internalFragmentation()) });
        table.row({ "external fragmentation", percent(p.externalFragmentation(data.pageBytes)),
            percent(e.externalFragmentation(data.pageBytes)) });
    }
    out << "<p class=\"note\">Internal: 1 − asked for / live. External: 1 − largest hole / all free pages. "
           "Peak live "
        << formatSize(e.peakLive) << ", peak real " << formatSize(e.realPeak) << ".</p>\n";
}

void writeRange(Output& out, const ReportData& data)
{
    out << "<h2>What happened</h2>\n";
    const RangeFigures* const range = data.range ? &*data.range : nullptr;
    const auto rows = wording::rangeRows(&data.whole, range, range != nullptr);
    if (range == nullptr) {
        HtmlTable table(out, { "", "whole run" }, 1, 1);
        for (const wording::RangeRow& row : rows)
            table.row({ row.name.toStdString(), row.whole.toStdString() });
        return;
    }
    out << "<p class=\"note\">In range: events " << count(range->range.begin) << " to "
        << count(range->range.end) << ".</p>\n";
    HtmlTable table(out, { "", "whole run", "in range" }, 1, 2);
    for (const wording::RangeRow& row : rows)
        table.row({ row.name.toStdString(), row.whole.toStdString(), row.inRange.toStdString() });
}

void writeSites(Output& out, const Moment& moment, const char* title)
{
    out << "<h2>" << title << "</h2>\n";
    HtmlTable table(out, { "bytes", "share", "blocks", "site" }, 0, 2);
    for (const SiteRow& row : moment.sites) {
        const double share = moment.totals.requested == 0
            ? 0.0
            : static_cast<double>(row.bytes) / static_cast<double>(moment.totals.requested);
        table.row({ formatSize(row.bytes), percent(share), count(row.blocks), siteText(row) });
    }
}

void writeClasses(Output& out, const ReportData& data)
{
    out << "<h2>Size classes</h2>\n";
    HtmlTable table(
        out, { "class", "live at peak", "bytes", "slots", "live at end", "bytes", "slots" }, 1, 6);
    for (const ClassRow& row : data.classes) {
        table.row(
            { row.name, count(row.atPeak.blocks), formatSize(row.atPeak.liveBytes), count(row.atPeak.slots),
                count(row.atEnd.blocks), formatSize(row.atEnd.liveBytes), count(row.atEnd.slots) });
    }
}

constexpr std::size_t maxMarkers = 2000; ///< rows of a table that a browser still shows at once

/// Of a table that was cut short.
void writeRest(Output& out, std::size_t rows)
{
    if (rows > maxMarkers)
        out << "<p>and " << count(rows - maxMarkers) << " more; --format=json lists all</p>\n";
}

void writeMarkers(Output& out, const ReportData& data)
{
    if (!data.gcRuns.empty()) {
        out << "<h2>Garbage collector</h2>\n";
        HtmlTable table(out, { "event", "collected", "roots before", "live after" }, 0, 3);
        for (const MarkedUsage& run :
            std::span(data.gcRuns).first(std::min(data.gcRuns.size(), maxMarkers))) {
            const auto& gc = std::get<GcMarker>(run.marker.what);
            table.row({ count(run.marker.event), count(collectedBy(gc)), count(gc.before.roots),
                formatSize(run.live) });
        }
    }
    writeRest(out, data.gcRuns.size());
    if (!data.checkpoints.empty()) {
        out << "<h2>Checkpoints</h2>\n";
        HtmlTable table(out, { "event", "live", "real", "name" }, 0, 2);
        for (const MarkedUsage& mark :
            std::span(data.checkpoints).first(std::min(data.checkpoints.size(), maxMarkers))) {
            table.row({ count(mark.marker.event), formatSize(mark.live), formatSize(mark.real),
                std::get<CheckpointMarker>(mark.marker.what).name });
        }
    }
    writeRest(out, data.checkpoints.size());
}

} // namespace

void writeReportHtml(Output& out, const ReportData& data)
{
    const std::string program = escapedHtml(wording::program(data.info).toStdString());
    out << head << "<title>" << program << " – Heap Atlas report</title></head><body>\n<h1>" << program
        << "</h1>\n<p>" << escapedHtml(data.info.metaValue("program")) << "<br>"
        << escapedHtml(wording::process(data.info).toStdString()) << "<br>"
        << escapedHtml(wording::sourceState(data.info).toStdString()) << ", " << count(data.info.events)
        << " events: " << count(data.info.allocations) << " allocations, " << count(data.info.frees)
        << " frees, " << count(data.info.reallocations) << " reallocations</p>\n";
    if (data.isPartial) {
        out << "<p><strong>Only part of the trace:</strong> the figures end at event "
            << count(data.end.event) << ", where it is damaged.</p>\n";
    }
    for (const std::string& sentence : data.missing)
        out << "<p><strong>Missing:</strong> " << escapedHtml(sentence) << "</p>\n";
    if (!data.oddities.empty())
        out << "<p><strong>Not as recorded:</strong> " << escapedHtml(data.oddities) << "</p>\n";
    writeCurve(out, data);
    writeUsage(out, data);
    writeRange(out, data);
    writeSites(out, data.peak, "Sites that hold most at the peak");
    writeSites(out, data.end, "Sites that hold most at the end");
    writePinsHtml(out, data.pins);
    writeClasses(out, data);
    writeMarkers(out, data);
    out << "</body></html>\n";
}

} // namespace heapatlas::cli
