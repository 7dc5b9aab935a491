// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/redaction.h"
#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/traceaccess.h"
#include "trace/contents.h"
#include "trace/tracewriter.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 4> options { {
    { "redact", 0, "", "leave the payload out: text, numbers, keys, what is unknown" },
    { "from", 0, "FORMAT", "format of IN (default: by its suffix)" },
    { "to", 0, "FORMAT", "format of OUT (default: by its suffix)" },
    { "json", 0, "", "one JSON object" },
} };

constexpr std::string_view description =
    R"(Writes a trace again. Formats: hat. OUT is replaced when the copy is whole.

  hatlas convert --redact import.hat public.hat

With --redact the copy has the same events, sizes, addresses and call stacks, and of the
bytes of the heap (record --contents) what is structure: headers of strings, arrays and
objects, reference counts, types, lengths, addresses within the heap, the allocator's own
data. The characters of strings become x; integers, floats and keys of arrays become 0 or
are numbered; hashes, unknown blocks, slack and what freed blocks left behind become zeros;
addresses outside the heap become numbers. Arguments of the program and its URL become x.

What stays besides is code: names of functions, classes and files in call stacks, the
script's path, and the names given to heapatlas_checkpoint(). Where a program puts personal
data into those (a file named after a person, a checkpoint named after a customer), they
are still there; sizes and lengths tell what they tell.

JSON keys: output, events, bytes, redacted, contentsMoments, contentsPages.)";

constexpr Bytes cacheBytes = Bytes { 256 } << 20; ///< pages kept while values are looked up

/// "hat", or why not.
Result<void> checkFormat(const Arguments& arguments, std::string_view option, const std::string& path)
{
    std::string format = arguments.value(option).value_or(std::string());
    if (format.empty()) {
        format = fs::path(path).extension().string();
        if (!format.empty())
            format.erase(0, 1);
        if (path == "-")
            format = "hat";
    }
    if (format == "hat")
        return {};
    return Error { ErrorCode::BadArgument,
        "\"" + path + "\" is of no known format" + (format.empty() ? std::string() : " (" + format + ")")
            + "; known is hat, which --" + std::string(option) + "=hat says for any name",
        std::nullopt };
}

/// Everything but `kept` characters as x.
std::string blanked(std::string text, std::string_view kept)
{
    for (char& c : text)
        if (kept.find(c) == std::string_view::npos)
            c = 'x';
    return text;
}

/// The command without what was said to it: its first word and the script.
std::string blankedCommand(const std::string& command, const std::string& script)
{
    std::string result = blanked(command, " ");
    const std::size_t word = std::min(command.find(' '), command.size());
    std::copy_n(command.begin(), word, result.begin());
    const std::size_t at = script.empty() ? std::string::npos : command.find(script, word);
    if (at != std::string::npos)
        std::copy_n(script.begin(), script.size(), result.begin() + static_cast<std::ptrdiff_t>(at));
    return result;
}

std::string redactedMeta(const TraceInfo& info, const std::string& key, const std::string& value)
{
    static constexpr std::array harmless { "script", "phpVersion", "sapi", "allocator", "variant", "pid",
        "request", "stacks", "recorded", "os" };
    if (key == "contents")
        return "redacted";
    if (key == "program")
        return blankedCommand(value, info.metaValue("script"));
    if (key == "url") {
        const std::size_t method = std::min(value.find(' '), value.size());
        return value.substr(0, method) + blanked(value.substr(method), " /?&=");
    }
    const bool isHarmless = std::find(harmless.begin(), harmless.end(), key) != harmless.end();
    return isHarmless ? value : blanked(value, " ");
}

int refuse(const Error& error)
{
    complain(error.context);
    return error.code == ErrorCode::BadArgument ? exitstatus::usage : exitstatus::input;
}

Result<void> copy(TraceReader& reader, ContentsStore& contents, TraceWriter& writer, bool isRedacted)
{
    ContentsStore* const kept = contents.moments().empty() ? nullptr : &contents;
    if (!isRedacted)
        return copyTrace(reader, writer, kept, {});
    contents.setCacheBytes(cacheBytes);
    OutsidePointers outside;
    const zend::Layout layout = zend::Layout::ofVersion(reader.info().metaValue("phpVersion"));
    TraceChanges changes;
    changes.meta = [&](const std::string& key, const std::string& value) {
        return redactedMeta(reader.info(), key, value);
    };
    changes.pages = [&](std::size_t moment) -> PageSource {
        // The main chunk is the same as long as the process lives.
        auto redactor =
            std::make_shared<Redactor>(contents.pages(moment), layout, reader.initialState(), outside);
        return [redactor](Address page) { return redactor->page(page); };
    };
    return copyTrace(reader, writer, kept, changes);
}

int run(const Arguments& arguments)
{
    const std::string& from = arguments.positionals()[0];
    const std::string& to = arguments.positionals()[1];
    for (const auto& checked : { checkFormat(arguments, "from", from), checkFormat(arguments, "to", to) })
        if (!checked)
            return refuse(checked.error());
    std::error_code error;
    if (from != "-" && fs::equivalent(from, to, error) && !error)
        return refuse({ ErrorCode::BadArgument, "IN and OUT are the same file; give the copy another name",
            std::nullopt });
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    TraceReader& reader = *trace->reader;
    auto contents = ContentsStore::open(trace->input.path());
    if (!contents) {
        complain(contents.error(), trace->input.name());
        return exitstatus::input;
    }

    TraceWriter::Options wanted;
    wanted.classes = reader.sizeClasses();
    wanted.hasContents = !(*contents)->moments().empty();
    const std::string part = to + ".part";
    auto writer = TraceWriter::create(part, wanted);
    if (!writer)
        return refuse(writer.error());
    const bool isRedacted = arguments.has("redact");
    const Result<void> copied = copy(reader, **contents, *writer, isRedacted);
    if (!copied) {
        fs::remove(part, error);
        complain(copied.error(), trace->input.name());
        return exitstatus::input;
    }
    fs::rename(part, to, error);
    if (error) {
        const std::string why = error.message();
        fs::remove(part, error);
        return refuse({ ErrorCode::CannotWrite, to + ": " + why, std::nullopt });
    }

    const std::uint64_t bytes = fs::file_size(to, error);
    if (arguments.wantsJson()) {
        Output out;
        JsonWriter json(out);
        json.beginObject().member("output", to).member("events", reader.info().events).member("bytes", bytes);
        json.member("redacted", isRedacted);
        json.member("contentsMoments", static_cast<std::uint64_t>((*contents)->moments().size()));
        json.member("contentsPages", (*contents)->distinctPages()).endObject();
    } else if (!arguments.isQuiet()) {
        complain("wrote " + to + ": " + std::to_string(reader.info().events) + " events, " + formatSize(bytes)
            + (isRedacted ? ", payload left out" : ""));
    }
    TraceInfo info = reader.info();
    info.damage.insert(info.damage.end(), (*contents)->damage().begin(), (*contents)->damage().end());
    return reportDamage(info, arguments.isQuiet(), true);
}

} // namespace

const Command convertCommand { "convert", "write a trace again, on request without its payload",
    "[--redact] [--from FORMAT] [--to FORMAT] IN OUT", description, options, 2, run };

} // namespace heapatlas::cli
