// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/traceaccess.h"
#include "session/missing.h"
#include "session/wording.h"
#include "trace/contents.h"

#include <QString>

#include <array>

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 1> options { {
    { "json", 0, "", "one JSON object" },
} };

constexpr std::string_view description =
    R"(Tells what is in a trace: the program, the counts of its events, and whether it is whole.
Every part of the file is read and checked, also one that was cut off and has no index.

JSON keys: program, script, phpVersion, sapi, allocator, variant, pid, request, recorded,
events, allocations, frees, reallocations, stacks, sites, checkpoints, gcRuns, complete,
bytes, recordedStacks, endReason (null, or why the recorder ended it early), damage: an
array of code, offset, context, and missing: an array of sentences. Of the bytes of the heap (record --contents): contentsMoments, an
array of event (the state after so many), kind (checkpoint or end), name, pages, whole;
contentsPages (different ones in the file), contentsBytes (what they take in it), contents
(none, full, redacted).)";

/// What the recorder or a copy said; files do not lie about having none.
std::string contentsWord(const TraceInfo& info, const ContentsStore& contents)
{
    if (contents.moments().empty())
        return "none";
    return info.metaValue("contents") == "redacted" ? "redacted" : "full";
}

void writeContents(JsonWriter& json, const TraceInfo& info, const ContentsStore& contents)
{
    json.member("contents", contentsWord(info, contents));
    json.key("contentsMoments").beginArray();
    for (const ContentsMoment& moment : contents.moments()) {
        const bool isEnd = moment.kind == ContentsMoment::Kind::End;
        json.beginObject().member("event", moment.event).member("kind", isEnd ? "end" : "checkpoint");
        json.member("name", moment.name).member("pages", moment.pages).member("whole", !moment.isCut);
        json.endObject();
    }
    json.endArray();
    json.member("contentsPages", contents.distinctPages()).member("contentsBytes", contents.storedBytes());
}

void writeJson(const TraceInfo& info, const QStringList& missing, const std::string& endReason,
    const ContentsStore& contents)
{
    Output out;
    JsonWriter json(out);
    json.beginObject();
    for (const char* key :
        { "program", "script", "phpVersion", "sapi", "allocator", "variant", "pid", "request", "recorded" })
        json.member(key, info.metaValue(key));
    json.member("recordedStacks", info.metaValue("stacks"));
    json.member("events", info.events).member("allocations", info.allocations).member("frees", info.frees);
    json.member("reallocations", info.reallocations)
        .member("stacks", info.stacks)
        .member("sites", info.sites);
    json.member("checkpoints", info.checkpoints).member("gcRuns", info.gcRuns);
    json.member("complete", info.isComplete).member("bytes", info.fileBytes);
    json.member("endReason", endReason.empty() ? std::nullopt : std::optional(endReason));
    writeContents(json, info, contents);
    json.key("damage").beginArray();
    for (const Error& error : info.damage) {
        json.beginObject().member("code", errorName(error.code)).member("offset", error.offset);
        json.member("context", error.context).endObject();
    }
    json.endArray().key("missing").beginArray();
    for (const QString& sentence : missing)
        json.value(sentence.toStdString());
    json.endArray().endObject();
}

void line(Output& out, std::string_view name, std::string_view value)
{
    if (value.empty())
        return;
    out << name << std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') << value << "\n";
}

void writeText(const TraceInfo& info, const QStringList& missing, const std::string& name,
    const std::string& endReason, const ContentsStore& contents)
{
    Output out;
    line(out, "file", name);
    line(out, "program", info.metaValue("program"));
    line(out, "script", info.metaValue("script"));
    line(out, "process", wording::process(info).toStdString());
    line(out, "allocator", info.metaValue("allocator") + " " + info.metaValue("variant"));
    line(out, "recorded", info.metaValue("recorded"));
    line(out, "state", wording::sourceState(info).toStdString());
    line(out, "ended early", endReason);
    line(out, "bytes", std::to_string(info.fileBytes) + " (" + formatSize(info.fileBytes) + ")");
    line(out, "events", std::to_string(info.events));
    line(out, "  allocations", std::to_string(info.allocations));
    line(out, "  frees", std::to_string(info.frees));
    line(out, "  reallocations", std::to_string(info.reallocations));
    line(out, "stacks", std::to_string(info.stacks));
    line(out, "sites", std::to_string(info.sites));
    line(out, "checkpoints", std::to_string(info.checkpoints));
    line(out, "gcRuns", std::to_string(info.gcRuns));
    for (const QString& sentence : missing)
        line(out, "missing", sentence.toStdString());
    if (contents.moments().empty())
        return;
    line(out, "contents", contentsWord(info, contents));
    for (const ContentsMoment& moment : contents.moments()) {
        const bool isEnd = moment.kind == ContentsMoment::Kind::End;
        line(out, "  at " + std::to_string(moment.event),
            std::to_string(moment.pages) + " pages, " + (isEnd ? "end" : "checkpoint \"" + moment.name + "\"")
                + (moment.isCut ? ", not all of them" : ""));
    }
    line(out, "  different", std::to_string(contents.distinctPages()) + " pages");
    line(out, "  bytes",
        std::to_string(contents.storedBytes()) + " (" + formatSize(contents.storedBytes()) + ")");
}

int run(const Arguments& arguments)
{
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    const auto& reader = trace->reader;
    readToEnd(*reader, "checking", arguments.isQuiet());
    auto contents = ContentsStore::open(trace->input.path());
    if (!contents) {
        complain(contents.error(), trace->input.name());
        return exitstatus::input;
    }
    // Damage of the contents is damage of the file.
    TraceInfo info = reader->info();
    if (!(*contents)->check()) {
        info.isComplete = false;
        info.damage.insert(info.damage.end(), (*contents)->damage().begin(), (*contents)->damage().end());
    }
    const QStringList missing =
        wording::missing(info, reader->initialState() != nullptr, reader->finalState() != nullptr);
    if (arguments.wantsJson())
        writeJson(info, missing, reader->endReason(), **contents);
    else
        writeText(info, missing, trace->input.name(), reader->endReason(), **contents);
    return reportDamage(info, arguments.isQuiet());
}

} // namespace

const Command infoCommand { "info", "what is in a trace", "[--json] F.hat", description, options, 1, run };

} // namespace heapatlas::cli
