// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/console.h"
#include "cli/reportdata.h"
#include "cli/traceaccess.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 4> options { {
    { "format", 'f', "text|json|html", "form of the report (default text)" },
    { "json", 0, "", "the same as --format=json" },
    { "from", 0, "N", "first event of a range to compare with the whole run" },
    { "to", 0, "M", "event that the range stops before (default: the end)" },
} };

constexpr std::string_view description =
    R"(Summarises a trace: usage at the peak and at the end, fragmentation, the curve of usage, the
sites that hold most at both moments, what pins chunks and runs at the end (which blocks, from
which sites, since when, and what would be given back without them), size classes, garbage
collector runs and checkpoints. html is one page without outside parts. With --from or --to what happened in that range of
events (counts, bytes, peaks) stands beside what happened in the whole run.

  hatlas report --format=html import.hat > import.html

JSON keys: program, phpVersion, engine, variant, events, allocations, frees, reallocations,
sites, stacks, complete, partial, peakLiveBytes, peakHeapBytes, memoryLimit,
peak and end (event, liveBytes, requestedBytes, heapBytes, liveBlocks, chunks, cachedChunks,
hugeBlocks, freeSlotBytes, freePages, largestFree, internalFragmentation,
externalFragmentation, siteCount, sites: bytes, blocks, function, file, line,
beforeRecording), pins (event, freeInPinnedBytes, emptyRunBytes, emptyChunkBytes, chunkCount,
runCount, siteCount, chunks and runs, 200 emptiest each: chunk, slotBytes, address, bytes,
liveBytes, freeBytes, freeShare, blocks, engineBlocks, oldestEvent, returnedBytes, siteCount,
holders: function, file, line, beforeRecording, blocks, bytes, oldestEvent, newestEvent,
example; sites: function, file, line, beforeRecording, blocks, bytes, chunksTouched,
chunksAlone, runsTouched, runsAlone, chunkBytesReturned, pageBytesReturned), wholeRun and, if asked for,
range (from, to, events, allocations, frees, reallocations, failed, bytesAllocated, bytesFreed,
peakLiveBytes, peakHeapBytes, gcRuns, checkpoints, before and after: liveBytes, heapBytes,
requestedBytes, liveBlocks), sizeClasses (name, slotBytes, atPeak and atEnd: runs, blocks, slots,
liveBytes), gcRuns (event, firstEvent, collected, rootsBefore, rootsAfter, threshold,
liveBytes, heapBytes), checkpoints (event, name, liveBytes, heapBytes), curve (liveMin,
liveMax, heapMax), missing (sentences), error.)";

int run(const Arguments& arguments)
{
    const std::string format =
        arguments.value("format").value_or(arguments.wantsJson() ? std::string("json") : std::string("text"));
    if (format != "text" && format != "json" && format != "html") {
        complain("--format is text, json or html, not \"" + format + "\"");
        return exitstatus::usage;
    }
    const auto from = arguments.number("from");
    const auto to = arguments.number("to");
    if (!from || !to) {
        complain((from ? to : from).error().context);
        return exitstatus::usage;
    }
    std::optional<EventRange> range;
    if (*from || *to)
        range = EventRange { from->value_or(0), to->value_or(std::numeric_limits<std::uint64_t>::max()) };
    if (range && range->isEmpty()) {
        complain("--from must be below --to");
        return exitstatus::usage;
    }
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    const auto& reader = trace->reader;
    const auto data = collectReport(*reader, arguments.isQuiet(), range);
    if (!data) {
        complain(data.error(), trace->input.name());
        return exitstatus::input;
    }
    {
        Output out;
        if (format == "json")
            writeReportJson(out, *data);
        else if (format == "html")
            writeReportHtml(out, *data);
        else
            writeReportText(out, *data);
    }
    const int status = reportDamage(reader->info(), arguments.isQuiet());
    return data->isPartial ? exitstatus::input : status;
}

} // namespace

const Command reportCommand { "report", "a summary of a trace as text, JSON or HTML",
    "[--format text|json|html] [--from N] [--to M] F.hat", description, options, 1, run };

} // namespace heapatlas::cli
