// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/generate.h"

#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/recordedfiles.h"
#include "workload/profiles.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 7> options { {
    { "output", 'o', "F.hat", "where the trace goes" },
    { "events", 'n', "N", "how many events, exactly (default: 1M); k, M and G are thousands, millions, …" },
    { "seed", 's', "N", "another seed, another trace; the same one, the same bytes (default: 1)" },
    { "profile", 'p', "ID", "the kind of program (default: steady)" },
    { "live", 0, "N", "blocks that live at once, about (default: the profile's)" },
    { "heap", 0, "BYTES", "what profile big reaches (default: 4G); K, M and G may follow the number" },
    { "json", 0, "", "one JSON object about what was written" },
} };

constexpr std::string_view description =
    R"(Writes the trace of a made-up PHP program, for tests, benchmarks and lessons. Its addresses
are those that PHP's own allocator gives, so "hatlas verify" of it is exact.

  hatlas generate -o steady.hat
  hatlas generate --events 100M --seed 7 -o long.hat
  hatlas generate --profile leaky --events 2M -o leaky.hat
  hatlas generate --profile big --heap 8G --events 20M -o big.hat

Profiles:
  steady   a long-running worker: most blocks die young, some live long
  jobs     a worker whose jobs free all they took; a checkpoint ends each
  leaky    such a worker with one leaking site (Shop\Event\Dispatcher::listen) among
           three that only look like one: a bounded cache, a replaced buffer, a table
           that is loaded once
  phases   load, compute, drain; blocks that stay pin chunks that are empty otherwise
  big      a heap of gigabytes: small, large and huge blocks
  churn    random sizes, random lifetimes

A trace of few events has fewer live blocks than asked for. An earlier trace at F.hat is
replaced once the new one is whole; a file that is no trace is not.

JSON keys: file, profile, seed, events, bytes, liveBlocks, liveBytes, peakLiveBytes,
heapBytes, peakHeapBytes.)";

volatile std::sig_atomic_t interruptedBy = 0;

/// While it lives, an interrupt only sets interruptedBy; afterwards it does what it did before.
class Interrupts
{
public:
    Interrupts()
    {
        struct sigaction action = {};
        action.sa_handler = [](int signal) { interruptedBy = signal; };
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], nullptr, &m_before[i]);
            if (m_before[i].sa_handler != SIG_IGN)
                ::sigaction(signals[i], &action, nullptr);
        }
    }
    ~Interrupts()
    {
        for (std::size_t i = 0; i < signals.size(); ++i)
            ::sigaction(signals[i], &m_before[i], nullptr);
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

private:
    static constexpr std::array<int, 3> signals { SIGINT, SIGTERM, SIGHUP };
    std::array<struct sigaction, signals.size()> m_before {};
};

/// "100M" is a hundred million: people count events in thousands, not in powers of two.
Result<std::optional<std::uint64_t>> count(const Arguments& arguments, std::string_view name)
{
    auto text = arguments.value(name);
    if (!text || text->empty())
        return arguments.number(name);
    constexpr std::string_view suffixes = "kKmMgG";
    const std::size_t at = suffixes.find(text->back());
    if (at == std::string_view::npos)
        return arguments.number(name);
    constexpr std::array<std::uint64_t, 3> factors { 1000, 1'000'000, 1'000'000'000 };
    const std::uint64_t factor = factors[at / 2];
    const Error wrong { ErrorCode::BadArgument, "\"" + *text + "\" is no number for --" + std::string(name),
        {} };
    text->pop_back();
    std::uint64_t parsed = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, parsed);
    if (error != std::errc() || stop != end || parsed > std::numeric_limits<std::uint64_t>::max() / factor)
        return wrong;
    return std::optional(parsed * factor);
}

std::string profileNames()
{
    std::string names;
    for (const Profile& profile : profiles())
        names += (names.empty() ? "" : ", ") + std::string(profile.id);
    return names;
}

/// Nothing where the options are wrong, which is told.
std::optional<GenerateOptions> optionsOf(const Arguments& arguments)
{
    GenerateOptions result;
    const auto refuse = [](const std::string& sentence) {
        complain(sentence);
        return std::nullopt;
    };
    result.profile = arguments.value("profile").value_or(result.profile);
    if (findProfile(result.profile) == nullptr)
        return refuse("there is no profile \"" + result.profile + "\"; there are " + profileNames());
    const auto events = count(arguments, "events");
    const auto seed = arguments.number("seed");
    const auto live = count(arguments, "live");
    const auto heap = arguments.number("heap", true);
    for (const auto* number : { &events, &seed, &live, &heap }) {
        if (!*number)
            return refuse(number->error().context);
    }
    result.events = events->value_or(result.events);
    result.seed = seed->value_or(result.seed);
    result.live = live->value_or(0);
    result.heapBytes = heap->value_or(result.heapBytes);
    if (result.events > mostGeneratedEvents)
        return refuse("at most " + std::to_string(mostGeneratedEvents) + " events can be made");
    if (result.live > mostLiveBlocks)
        return refuse("at most " + std::to_string(mostLiveBlocks) + " blocks can live at once");
    if (result.heapBytes > mostHeapBytes)
        return refuse("the heap may have at most " + formatSize(mostHeapBytes));
    if (*heap && result.profile != "big")
        return refuse("--heap is for --profile big; the others follow --live");
    return result;
}

int run(const Arguments& arguments)
{
    const auto output = arguments.value("output");
    if (!output || output->empty()) {
        complain("say where the trace goes: hatlas generate -o F.hat");
        return exitstatus::usage;
    }
    auto generated = optionsOf(arguments);
    if (!generated)
        return exitstatus::usage;
    std::error_code error;
    const std::string path = fs::absolute(*output, error).lexically_normal().string();
    if (const auto checked = checkReplaceable(path); !checked) {
        complain(checked.error().context);
        return exitstatus::input;
    }

    // Written beside, named when whole: whatever ends this program, no half trace has the name.
    const std::string unfinished = path + ".part";
    std::optional<Result<GenerateSummary>> made;
    {
        const Interrupts interrupts;
        ProgressBar bar("generating", arguments.isQuiet());
        generated->progress = [&](std::uint64_t done) {
            bar.update(done, generated->events);
            return interruptedBy == 0;
        };
        made = generate(*generated, unfinished);
    }
    if (!*made) {
        fs::remove(unfinished, error);
        if (interruptedBy != 0) {
            std::raise(interruptedBy);
            return 128 + interruptedBy;
        }
        complain(made->error(), path);
        return exitstatus::input;
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
        complain("\"" + path + "\" cannot be written: " + std::strerror(errno));
        fs::remove(unfinished, error);
        return exitstatus::input;
    }

    const GenerateSummary& summary = **made;
    const Bytes bytes = fs::file_size(path, error);
    if (arguments.wantsJson()) {
        Output out;
        JsonWriter json(out);
        json.beginObject().member("file", *output).member("profile", generated->profile);
        json.member("seed", generated->seed).member("events", summary.events).member("bytes", bytes);
        json.member("liveBlocks", summary.liveBlocks).member("liveBytes", summary.live);
        json.member("peakLiveBytes", summary.peak).member("heapBytes", summary.real);
        json.member("peakHeapBytes", summary.realPeak).endObject();
    } else if (!arguments.isQuiet()) {
        complain("generated " + *output + ": " + std::to_string(summary.events)
            + (summary.events == 1 ? " event, " : " events, ") + formatSize(bytes) + ", "
            + std::to_string(summary.liveBlocks) + " blocks live in the end, heap "
            + formatSize(summary.real));
    }
    return exitstatus::done;
}

} // namespace

const Command generateCommand { "generate", "write the trace of a made-up program",
    "[--profile ID] [--events N] [--seed N] [--live N] -o F.hat", description, options, 0, run };

} // namespace heapatlas::cli
