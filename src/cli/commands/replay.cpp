// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/oddities.h"
#include "cli/traceaccess.h"
#include "replay/replayfigures.h"
#include "session/wording.h"

#include <QString>

#include <array>

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 3> options { {
    { "engine", 0, "ID", "the allocator to replay in (default: the recorded one)" },
    { "at", 0, "N", "stop after the first N events (default: all)" },
    { "json", 0, "", "one JSON object" },
} };

constexpr std::string_view description =
    R"(Replays the requests of a trace in an allocator and tells the figures at the end, or after
the first N events. Peaks are those up to there.

internalFragmentation is 1 - requested / granted, externalFragmentation 1 - largest free /
total free (pages). seconds is the time in the allocator alone, without reading the file.

JSON keys: engine, events, liveBytes, peakLiveBytes, heapBytes, peakHeapBytes,
internalFragmentation, externalFragmentation, largestFree, liveBlocks, seconds,
eventsPerSecond, error (null, or what the replay met that cannot be).)";

int run(const Arguments& arguments)
{
    const auto at = arguments.number("at");
    if (!at) {
        complain(at.error().context);
        return exitstatus::usage;
    }
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    const auto& reader = trace->reader;
    ProgressBar bar("replaying", arguments.isQuiet());
    ReplayFiguresOptions figuresOptions;
    figuresOptions.engineId = arguments.value("engine").value_or(std::string());
    figuresOptions.at = *at;
    figuresOptions.progress = [&](std::uint64_t, std::uint64_t bytesRead) {
        bar.update(bytesRead, reader->info().fileBytes);
    };
    const auto figures = replayFigures(*reader, figuresOptions);
    bar.clear();
    if (!figures) {
        const bool isUnknownEngine =
            figures.error().code == ErrorCode::Unsupported && arguments.has("engine");
        if (isUnknownEngine)
            complain("there is no engine \"" + figuresOptions.engineId + "\" for this trace");
        else
            complain(figures.error(), trace->input.name());
        return isUnknownEngine ? exitstatus::usage : exitstatus::input;
    }
    const std::uint64_t events = figures->events;
    if (*at && **at > events)
        complain(
            "the trace has only " + std::to_string(events) + " events; these are the figures at its end");

    const HeapTotals& totals = figures->totals;
    const Bytes pageBytes = figures->pageBytes;
    const std::string oddities = oddityText(figures->oddities);
    Output out;
    if (arguments.wantsJson()) {
        JsonWriter json(out);
        json.beginObject().member("engine", figures->engine).member("events", events);
        json.member("liveBytes", totals.live).member("peakLiveBytes", totals.peakLive);
        json.member("heapBytes", totals.real).member("peakHeapBytes", totals.realPeak);
        json.member("internalFragmentation", totals.internalFragmentation());
        json.member("externalFragmentation", totals.externalFragmentation(pageBytes));
        json.member("largestFree", totals.largestHole).member("liveBlocks", totals.liveBlocks);
        json.member("seconds", figures->seconds).member("eventsPerSecond", figures->eventsPerSecond);
        json.member("error", oddities.empty() ? std::nullopt : std::optional(oddities)).endObject();
    } else {
        const auto size = [](Bytes bytes) { return std::to_string(bytes) + " (" + formatSize(bytes) + ")"; };
        out << "engine                  " << figures->engine << "\n";
        out << "events                  " << events << "\n";
        out << "live blocks             " << totals.liveBlocks << "\n";
        out << "live                    " << size(totals.live) << "\n";
        out << "peak live               " << size(totals.peakLive) << "\n";
        out << "heap                    " << size(totals.real) << "\n";
        out << "peak heap               " << size(totals.realPeak) << "\n";
        out << "internal fragmentation  " << wording::percent(totals.internalFragmentation()) << "\n";
        out << "external fragmentation  " << wording::percent(totals.externalFragmentation(pageBytes))
            << "\n";
        out << "largest free            " << size(totals.largestHole) << "\n";
        out << "time in the engine      " << wording::duration(figures->seconds) << "\n";
        out << "events a second         " << static_cast<std::uint64_t>(figures->eventsPerSecond) << "\n";
        if (!oddities.empty())
            out << "not as recorded         " << oddities << "\n";
    }
    out.flush();
    const bool isCutShort = figures->error && wording::unfinished(reader->info()) == wording::Unfinished::No;
    if (isCutShort)
        complain("the replay ended at event " + std::to_string(events) + ", where the trace is damaged");
    const int status = reportDamage(reader->info(), arguments.isQuiet() || at->has_value());
    return isCutShort ? exitstatus::input : status;
}

} // namespace

const Command replayCommand { "replay", "the figures of a trace in an allocator",
    "[--engine ID] [--at N] [--json] F.hat", description, options, 1, run };

} // namespace heapatlas::cli
