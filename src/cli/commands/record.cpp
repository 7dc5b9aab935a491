// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/extensionfinder.h"
#include "cli/jsonwriter.h"
#include "cli/launchplan.h"
#include "cli/recordedfiles.h"
#include "cli/scratchfolder.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 6> options { {
    { "output", 'o', "F.hat", "where the trace goes (default: <program>.hat in this folder)" },
    { "stacks", 's', "full|top|none", "call stacks: all of them (default), the innermost line, or nothing" },
    { "contents", 0, "", "keep the bytes of the heap at checkpoints and at the end; see below" },
    { "limit", 0, "BYTES", "end a trace cleanly at this size; K, M and G may follow the number" },
    { "probe", 0, "", "only tell, as JSON, whether recording works here", true },
    { "summary", 0, "F.json", "write what was recorded to a file, for programs that start this one", true },
} };

constexpr std::string_view description =
    R"(Runs a PHP command and writes every allocation it makes into a trace. What runs is
the same command with the same environment; its input, output, signals and exit
status pass through untouched.

  hatlas record -- php import.php --fast
  hatlas record -o list.hat -- composer list
  hatlas record --stacks=none -- vendor/bin/phpunit
  hatlas record -o site.hat -- php -S localhost:8000
  hatlas record -- make report          (a program that starts PHP itself)

php, and scripts whose first line names it (composer, phpunit, .phar files), get the
recorder as -d options. Any other program gets it through PHP_INI_SCAN_DIR.

The first request recorded is F.hat; each further process or request is F.PID.N.hat
beside it. All of them are listed on standard error at the end. An earlier trace at
F.hat is replaced; a file that is no trace is not.

With --contents the trace holds what was in memory: at each heapatlas_checkpoint() and at
the end of each request, every page of the heap, compressed, equal pages once. The map
then shows values down to the byte. Memory holds what the program works with: passwords,
keys, personal data. Such a trace is as confidential as the data; a copy without them, in
which sizes, types and links stay, is made by

  hatlas convert --redact F.hat public.hat

The recorder, heapatlas.so, is taken from HEAPATLAS_EXTENSION, else from this
program's build tree, else from <libdir>/heapatlas/<PHP API number>/.

Exit status: that of the program (128 + n if signal n ended it); 3 instead of 0 if
nothing could be recorded; 2 for wrong usage.)";

constexpr std::string_view contentsWarning =
    "--contents keeps the bytes of the heap, and memory can hold passwords, keys and personal data: treat "
    "the "
    "trace as confidential. \"hatlas convert --redact IN OUT\" makes a copy without them.";

constexpr std::string_view stacksFull = "full";

struct Plan
{
    LaunchPlan launch;
    std::string output; ///< absolute
    IniSettings settings;
};

/// `%` begins a placeholder for the recorder.
std::string escaped(const std::string& path)
{
    std::string result;
    for (const char c : path)
        result += c == '%' ? std::string("%%") : std::string(1, c);
    return result;
}

Result<Plan> makePlan(
    const Arguments& arguments, const std::string& stacks, std::optional<std::uint64_t> limit)
{
    auto launch = planLaunch(arguments.rest());
    if (!launch)
        return launch.error();
    const auto extension = findExtension(launch->php);
    if (!extension)
        return extension.error();
    Plan plan;
    plan.launch = std::move(*launch);
    std::error_code error;
    const std::string name = arguments.value("output").value_or(plan.launch.program + ".hat");
    plan.output = fs::absolute(name, error).lexically_normal().string();
    plan.settings = { { "extension", *extension }, { "heapatlas.output", escaped(plan.output) },
        { "heapatlas.stacks", stacks } };
    if (arguments.has("contents"))
        plan.settings.emplace_back("heapatlas.contents", "1");
    if (limit)
        plan.settings.emplace_back("heapatlas.limit", std::to_string(*limit));
    for (const auto& [key, value] : plan.settings) {
        if (!iniQuoted(value))
            return Error { ErrorCode::BadArgument,
                "PHP's settings cannot hold the path \"" + value
                    + "\"; choose one without quotes and line breaks",
                std::nullopt };
    }
    return plan;
}

/// Why nothing is there, as exactly as can be found out now.
std::string reasonForNothing(const LaunchPlan& launch)
{
    const auto extension = findExtension(launch.php);
    const auto facts = askPhp(launch.php);
    if (!facts)
        return facts.error().context;
    if (extension) {
        if (const auto tried = tryRecording(*facts, *extension); !tried)
            return tried.error().context;
    }
    if (launch.way == LaunchPlan::Way::Environment)
        return "the program started no PHP that could be recorded (php -n does not read PHP_INI_SCAN_DIR)";
    return "PHP ran no code that could be recorded; the recorder tells more above if it refused";
}

void writeSummary(
    const std::string& path, const std::vector<RecordedFile>& files, int status, const std::string& reason)
{
    // Made of JsonWriter's own parts, but into a file: the results of `record` are traces, stdout is the program's.
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << "{\"exitStatus\": " << status << ", \"reason\": " << quotedJson(reason) << ", \"files\": [";
    for (std::size_t i = 0; i < files.size(); ++i) {
        const RecordedFile& file = files[i];
        out << (i == 0 ? "" : ", ") << "{\"path\": " << quotedJson(file.path)
            << ", \"events\": " << file.events << ", \"bytes\": " << file.bytes
            << ", \"complete\": " << (file.isComplete ? "true" : "false") << "}";
    }
    out << "]}\n";
}

void list(const std::vector<RecordedFile>& files)
{
    for (const RecordedFile& file : files) {
        std::string line = "recorded " + file.path + ": " + std::to_string(file.events)
            + (file.events == 1 ? " event, " : " events, ") + formatSize(file.bytes);
        if (!file.problem.empty())
            line += ". " + file.problem;
        complain(line);
    }
}

int probe()
{
    Output out;
    JsonWriter json(out);
    const auto answer = [&](const std::string& status, const std::string& reason, const PhpFacts& facts,
                            const std::string& extension) {
        json.beginObject().member("ready", reason.empty()).member("status", status).member("reason", reason);
        json.member("php", facts.path).member("phpVersion", facts.version).member("api", facts.api);
        json.member("extension", extension).endObject();
        return exitstatus::done;
    };
    const auto php = findProgram("php");
    const auto facts = askPhp(php.value_or(std::string()));
    const auto sentence = [](std::string text) {
        text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
        return text + ".";
    };
    if (!facts)
        return answer("", sentence(facts.error().context), {}, "");
    const std::string found = "PHP " + facts->version + (facts->sapi == "cli" ? " CLI" : "") + " found, ";
    const auto extension = findExtension(*php);
    if (!extension)
        return answer(found + "no recorder", sentence(extension.error().context), *facts, "");
    if (const auto tried = tryRecording(*facts, *extension); !tried)
        return answer(found + "recorder does not fit", sentence(tried.error().context), *facts, *extension);
    return answer(found + "recorder ready", "", *facts, *extension);
}

int run(const Arguments& arguments)
{
    if (arguments.has("probe"))
        return probe();
    if (arguments.rest().empty()) {
        complain("nothing to record; put the command after --: hatlas record -- php script.php");
        return exitstatus::usage;
    }
    const std::string stacks = arguments.value("stacks").value_or(std::string(stacksFull));
    if (stacks != stacksFull && stacks != "top" && stacks != "none") {
        complain("--stacks is full, top or none, not \"" + stacks + "\"");
        return exitstatus::usage;
    }
    const auto limit = arguments.number("limit", true);
    if (!limit) {
        complain(limit.error().context);
        return exitstatus::usage;
    }

    const auto summarize = [&](const std::vector<RecordedFile>& files, int status,
                               const std::string& reason) {
        if (const auto path = arguments.value("summary"))
            writeSummary(*path, files, status, reason);
        return status;
    };
    const auto giveUp = [&](const Error& error) {
        complain(error.context);
        const int status = error.code == ErrorCode::BadArgument ? exitstatus::usage : exitstatus::input;
        return summarize({}, status, error.context);
    };
    const auto plan = makePlan(arguments, stacks, *limit);
    if (!plan)
        return giveUp(plan.error());
    const RecordedFiles files(plan->output);
    if (const auto room = files.makeRoom(); !room)
        return giveUp(room.error());

    if (arguments.has("contents") && !arguments.has("summary")) // a program that asks for one warns itself
        complain(contentsWarning);
    std::optional<ScratchFolder> iniFolder;
    if (plan->launch.way == LaunchPlan::Way::Environment) {
        iniFolder.emplace();
        std::ofstream ini(iniFolder->path() + "/heapatlas.ini", std::ios::binary);
        ini << iniText(plan->settings);
        ini.close();
        if (!iniFolder->isValid() || !ini)
            return giveUp(
                { ErrorCode::CannotWrite, "no temporary folder can be made; check TMPDIR", std::nullopt });
    }
    const auto end = runForeground(
        plan->launch.withSettings(plan->settings, iniFolder ? iniFolder->path() : std::string()));
    if (!end)
        return giveUp(end.error());

    const std::vector<RecordedFile> recorded = files.collect();
    if (!recorded.empty()) {
        if (!arguments.isQuiet())
            list(recorded);
        return summarize(recorded, end->shellStatus(), {});
    }
    const std::string reason = reasonForNothing(plan->launch);
    complain("nothing was recorded: " + reason);
    const int status = end->shellStatus() == 0 ? exitstatus::input : end->shellStatus();
    return summarize({}, status, "Nothing was recorded: " + reason + ".");
}

} // namespace

const Command recordCommand { "record", "run a PHP command and record its heap",
    "[-o F.hat] [--stacks=full|top|none] [--contents] [--limit BYTES] -- php SCRIPT…", description, options,
    0, run };

} // namespace heapatlas::cli
