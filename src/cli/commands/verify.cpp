// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/verify.h"

#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/traceaccess.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 1> options { {
    { "json", 0, "", "one JSON object" },
} };

constexpr std::string_view description =
    R"(Replays a recording in its own allocator and compares every placement, every usage sample,
every usage figure that PHP was told, and the final state of the heap with what was observed
in the process. Status 0: all equal; 1: something differs, and the first event that does is
named; 3: the trace is damaged or cannot be compared.

A recording that ended before its program (killed, hard memory limit) has no final state;
what is there is compared.

JSON keys: events, placements, matched, samples, samplesMatched, usageCalls,
usageCallsMatched, finalState (identical, different, absent), finalDifference,
firstMismatch (null, or event, expected, actual).)";

std::string_view stateName(VerifyResult::FinalState state)
{
    switch (state) {
    case VerifyResult::FinalState::Absent:
        return "absent";
    case VerifyResult::FinalState::Identical:
        return "identical";
    case VerifyResult::FinalState::Different:
        return "different";
    }
    return "";
}

void writeJson(const VerifyResult& result)
{
    Output out;
    JsonWriter json(out);
    json.beginObject().member("events", result.events).member("placements", result.placements);
    json.member("matched", result.matched).member("samples", result.samples);
    json.member("samplesMatched", result.samplesMatched).member("usageCalls", result.usageCalls);
    json.member("usageCallsMatched", result.usageCallsMatched)
        .member("finalState", stateName(result.finalState));
    json.member("finalDifference",
        result.finalDifference.empty() ? std::nullopt : std::optional(result.finalDifference));
    json.key("firstMismatch");
    if (const auto& first = result.firstMismatch) {
        json.beginObject().member("event", first->event).member("expected", first->expected);
        json.member("actual", first->actual).endObject();
    } else {
        json.null();
    }
    json.endObject();
}

/// "100 %", and never that unless all matched.
std::string share(std::uint64_t matched, std::uint64_t all)
{
    if (matched == all)
        return "100 %";
    std::array<char, 32> text {};
    const double percent = 100.0 * static_cast<double>(matched) / static_cast<double>(all);
    std::snprintf(text.data(), text.size(), "%.3f %%", std::min(percent, 99.999));
    return text.data();
}

void writeText(const VerifyResult& result, bool isWhole)
{
    Output out;
    const auto line = [&](const char* name, std::uint64_t matched, std::uint64_t all) {
        out << name << matched << " of " << all;
        out << (all == 0 ? std::string() : " (" + share(matched, all) + ")") << "\n";
    };
    out << "events       " << result.events << "\n";
    line("placements   ", result.matched, result.placements);
    line("samples      ", result.samplesMatched, result.samples);
    line("usage calls  ", result.usageCallsMatched, result.usageCalls);
    out << "final state  " << stateName(result.finalState);
    if (!result.finalDifference.empty())
        out << ": " << result.finalDifference;
    out << "\n";
    if (const auto& first = result.firstMismatch) {
        out << "first difference at event " << first->event << ": recorded " << first->expected
            << ", replayed " << first->actual << "\n";
    }
    if (!result.isExact())
        out << "not exact: the replay differs from the process\n";
    else if (isWhole)
        out << "exact: the replay does what the process did\n";
    else
        out << "exact as far as the trace goes\n";
}

int run(const Arguments& arguments)
{
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    const auto& reader = trace->reader;
    if (reader->initialState() == nullptr && reader->info().metaValue("allocator") == "zendmm") {
        complain(
            "the heap as it was when the recording began is not in this trace, so nothing can be compared");
        reportDamage(reader->info(), arguments.isQuiet(), true);
        return exitstatus::input;
    }
    ProgressBar bar("verifying", arguments.isQuiet());
    VerifyOptions verifyOptions;
    verifyOptions.progress = [&](std::uint64_t, std::uint64_t bytesRead) {
        bar.update(bytesRead, reader->info().fileBytes);
    };
    const auto result = verify(*reader, verifyOptions);
    bar.clear();
    if (!result) {
        complain(result.error(), trace->input.name());
        return exitstatus::input;
    }
    if (arguments.wantsJson())
        writeJson(*result);
    else
        writeText(*result, reader->info().damage.empty());
    const int damage = reportDamage(reader->info(), arguments.isQuiet(), true);
    return result->isExact() ? damage : exitstatus::no;
}

} // namespace

const Command verifyCommand { "verify", "whether a replay lands on every recorded address", "[--json] F.hat",
    description, options, 1, run };

} // namespace heapatlas::cli
