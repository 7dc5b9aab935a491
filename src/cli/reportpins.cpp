// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportpins.h"

#include "analysis/pins.h"
#include "cli/htmltable.h"
#include "cli/jsonwriter.h"
#include "cli/textcolumns.h"
#include "session/pinwording.h"
#include "session/wording.h"
#include "trace/sitetable.h"

#include <algorithm>

namespace heapatlas::cli {

namespace {

std::string percent(double share) { return wording::percent(share).toStdString(); }
std::string hex(Address address) { return wording::address(address).toStdString(); }

const Frame& frameOf(const ReportPins& pins, std::uint32_t site)
{
    return pins.sites[site < pins.sites.size() ? site : 0];
}

std::string nameOf(const ReportPins& pins, const PinHolder& holder)
{
    return wording::pinHolder(holder, frameOf(pins, holder.site)).toStdString();
}

bool isAdopted(const ReportPins& pins, const Pin& pin)
{
    const auto holders = pins.table.holdersOf(pin);
    return std::any_of(
        holders.begin(), holders.end(), [](const PinHolder& holder) { return holder.isAdopted; });
}

std::string since(const ReportPins& pins, const Pin& pin)
{
    return isAdopted(pins, pin) ? "before" : count(pin.oldestEvent);
}

/// "Order::add, Order.php:12 (28 of 35 blocks)"
std::string mostly(const ReportPins& pins, const Pin& pin)
{
    const auto holders = pins.table.holdersOf(pin);
    if (holders.empty())
        return "the allocator's own records";
    std::string text = nameOf(pins, holders.front()) + " (" + count(holders.front().blocks);
    if (holders.size() > 1)
        text += " of " + count(pin.blocks);
    return text + (pin.blocks == 1 ? " block)" : " blocks)");
}

/// What the three forms show of a row of the table, chunk or run.
struct PinCells
{
    PinCells(const ReportPins& pins, const Pin& pin, const RegionRow* run)
        : chunk(std::to_string(pins.chunks[run == nullptr ? pin.row : run->chunk].ordinal))
        , what(run == nullptr ? "" : formatSize(run->slotBytes))
        , address(hex(pin.range.begin))
        , free(percent(pin.freeShare()))
        , live(formatSize(pin.liveBytes))
        , blocks(count(pin.blocks))
        , since(cli::since(pins, pin))
        , returned(pin.returned == 0 ? std::string("never") : formatSize(pin.returned))
        , mostly(cli::mostly(pins, pin))
    {
    }
    std::string chunk, what, address, free, live, blocks, since, returned, mostly;
};

/// Calls `visit(pin, run)` for the first rows of a kind; returns how many more there are.
template <class Visit>
std::size_t forRows(
    const ReportPins& pins, std::span<const Pin> rows, bool areRuns, std::size_t most, const Visit& visit)
{
    const std::size_t shown = std::min(rows.size(), most);
    for (std::size_t i = 0; i < shown; ++i)
        visit(rows[i], areRuns ? &pins.runs[i] : nullptr);
    return rows.size() - shown;
}

void writeTextRows(Output& out, const ReportPins& pins, std::span<const Pin> rows, bool areRuns)
{
    out << right("chunk", 6) << (areRuns ? right("run of", 9) : std::string()) << "  " << left("address", 16)
        << right("free", 9) << right("live", 10) << right("blocks", 9) << right("since event", 13)
        << right("returned", 10) << "  held mostly by\n";
    const std::size_t more =
        forRows(pins, rows, areRuns, ReportPins::maxRows, [&](const Pin& pin, const RegionRow* run) {
            const PinCells cells(pins, pin, run);
            out << right(cells.chunk, 6) << (areRuns ? right(cells.what, 9) : std::string()) << "  "
                << left(cells.address, 16) << right(cells.free, 9) << right(cells.live, 10)
                << right(cells.blocks, 9) << right(cells.since, 13) << right(cells.returned, 10) << "  "
                << cells.mostly << "\n";
        });
    if (more != 0)
        out << "and " << count(more) << " more\n";
}

void writeJsonRow(JsonWriter& json, const ReportPins& pins, const Pin& pin, const RegionRow* run)
{
    json.beginObject();
    json.member("chunk", pins.chunks[run == nullptr ? pin.row : run->chunk].ordinal);
    if (run != nullptr)
        json.member("slotBytes", run->slotBytes);
    json.member("address", hex(pin.range.begin)).member("bytes", pin.range.size());
    json.member("liveBytes", pin.liveBytes)
        .member("freeBytes", pin.freeBytes)
        .member("freeShare", pin.freeShare());
    json.member("blocks", pin.blocks).member("engineBlocks", pin.engineBlocks);
    json.member("oldestEvent", isAdopted(pins, pin) ? std::nullopt : std::optional(pin.oldestEvent));
    json.member("returnedBytes", pin.returned)
        .member("siteCount", pin.holderCount)
        .key("holders")
        .beginArray();
    const auto holders = pins.table.holdersOf(pin);
    for (const PinHolder& holder : holders.first(std::min(holders.size(), ReportPins::maxHolders))) {
        const Frame& frame = frameOf(pins, holder.site);
        json.beginObject().member("function", frame.qualifiedName()).member("file", frame.file);
        json.member("line", frame.line).member("beforeRecording", holder.isAdopted);
        json.member("blocks", holder.blocks).member("bytes", holder.bytes);
        json.member("oldestEvent", holder.isAdopted ? std::nullopt : std::optional(holder.oldestEvent));
        json.member("newestEvent", holder.isAdopted ? std::nullopt : std::optional(holder.newestEvent));
        json.member("example", hex(holder.example)).endObject();
    }
    json.endArray().endObject();
}

PinHolder asHolder(const SitePins& site)
{
    PinHolder holder;
    holder.site = site.site;
    holder.isAdopted = site.isAdopted;
    return holder;
}

} // namespace

ReportPins collectPins(const HeapSnapshot& snapshot, const Definitions& definitions)
{
    SiteTable sites(definitions);
    ReportPins pins;
    pins.table = findPins(snapshot, [&](std::uint32_t stack) { return sites.siteOf(stack); });
    for (std::uint32_t site = 0; site < sites.size(); ++site)
        pins.sites.push_back(sites.frame(site));
    pins.chunks.assign(snapshot.chunks().begin(), snapshot.chunks().end());
    for (const Pin& run : pins.table.runs())
        pins.runs.push_back(snapshot.regions()[run.row]);
    return pins;
}

void writePinsText(Output& out, const ReportPins& pins)
{
    heading(out, "What pins memory at the end");
    for (const QString& sentence : wording::pinFindings(pins.table))
        out << sentence << "\n";
    if (pins.table.chunkCount == 0)
        return;
    out << "\nChunks, emptiest first:\n";
    writeTextRows(out, pins, pins.table.chunks(), false);
    if (!pins.table.runs().empty()) {
        out << "\nRuns, emptiest first:\n";
        writeTextRows(out, pins, pins.table.runs(), true);
    }
    out << "\nSites by what would be given back without their blocks:\n"
        << right("chunks held", 12) << right("alone", 7) << right("returned", 11) << right("runs alone", 12)
        << right("free pages", 12) << right("blocks", 10) << right("bytes", 11) << "  site\n";
    for (std::size_t i = 0; i < std::min(pins.table.sites.size(), ReportPins::maxRows); ++i) {
        const SitePins& site = pins.table.sites[i];
        out << right(count(site.chunksTouched), 12) << right(count(site.chunksAlone), 7)
            << right(formatSize(site.chunkBytesReturned), 11) << right(count(site.runsAlone), 12)
            << right(formatSize(site.pageBytesReturned), 12) << right(count(site.blocks), 10)
            << right(formatSize(site.bytes), 11) << "  " << nameOf(pins, asHolder(site)) << "\n";
    }
    if (pins.table.sites.size() > ReportPins::maxRows)
        out << "and " << count(pins.table.sites.size() - ReportPins::maxRows) << " more sites\n";
}

void writePinsJson(JsonWriter& json, const ReportPins& pins)
{
    const PinTable& table = pins.table;
    json.beginObject().member("event", table.eventIndex).member("freeInPinnedBytes", table.freeInPinned);
    json.member("emptyRunBytes", table.emptyRunBytes).member("emptyChunkBytes", table.emptyChunkBytes);
    json.member("chunkCount", table.chunks().size()).member("runCount", table.runs().size());
    json.member("siteCount", table.sites.size());
    for (const bool areRuns : { false, true }) {
        json.key(areRuns ? "runs" : "chunks").beginArray();
        forRows(pins, areRuns ? table.runs() : table.chunks(), areRuns, ReportPins::maxJsonRows,
            [&](const Pin& pin, const RegionRow* run) { writeJsonRow(json, pins, pin, run); });
        json.endArray();
    }
    json.key("sites").beginArray();
    for (std::size_t i = 0; i < std::min(table.sites.size(), ReportPins::maxJsonRows); ++i) {
        const SitePins& site = table.sites[i];
        const Frame& frame = frameOf(pins, site.site);
        json.beginObject().member("function", frame.qualifiedName()).member("file", frame.file);
        json.member("line", frame.line).member("beforeRecording", site.isAdopted);
        json.member("blocks", site.blocks).member("bytes", site.bytes);
        json.member("chunksTouched", site.chunksTouched).member("chunksAlone", site.chunksAlone);
        json.member("runsTouched", site.runsTouched).member("runsAlone", site.runsAlone);
        json.member("chunkBytesReturned", site.chunkBytesReturned);
        json.member("pageBytesReturned", site.pageBytesReturned).endObject();
    }
    json.endArray().endObject();
}

void writePinsHtml(Output& out, const ReportPins& pins)
{
    out << "<h2>What pins memory at the end</h2>\n";
    for (const QString& sentence : wording::pinFindings(pins.table))
        out << "<p>" << escapedHtml(sentence.toStdString()) << "</p>\n";
    if (pins.table.chunkCount == 0)
        return;
    for (const bool areRuns : { false, true }) {
        const auto rows = areRuns ? pins.table.runs() : pins.table.chunks();
        if (rows.empty())
            continue;
        out << (areRuns ? "<h3>Runs, emptiest first</h3>\n" : "<h3>Chunks, emptiest first</h3>\n");
        std::size_t more = 0;
        {
            HtmlTable table(out,
                { areRuns ? "run of" : "chunk", "address", "free", "live", "blocks", "since event",
                    "returned", "held mostly by" },
                2, 6);
            more =
                forRows(pins, rows, areRuns, ReportPins::maxRows, [&](const Pin& pin, const RegionRow* run) {
                    const PinCells cells(pins, pin, run);
                    table.row({ areRuns ? cells.what + ", chunk " + cells.chunk : cells.chunk, cells.address,
                        cells.free, cells.live, cells.blocks, cells.since, cells.returned, cells.mostly });
                });
        }
        if (more != 0)
            out << "<p class=\"note\">and " << formatCount(more) << " more</p>\n";
    }
    out << "<h3>Sites by what would be given back without their blocks</h3>\n";
    HtmlTable table(out,
        { "chunks held", "alone", "returned", "runs alone", "free pages", "blocks", "bytes", "site" }, 0, 6);
    for (std::size_t i = 0; i < std::min(pins.table.sites.size(), ReportPins::maxRows); ++i) {
        const SitePins& site = pins.table.sites[i];
        table.row({ count(site.chunksTouched), count(site.chunksAlone), formatSize(site.chunkBytesReturned),
            count(site.runsAlone), formatSize(site.pageBytesReturned), count(site.blocks),
            formatSize(site.bytes), nameOf(pins, asHolder(site)) });
    }
}

} // namespace heapatlas::cli
