// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/childprocess.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/launchplan.h"
#include "cli/traceaccess.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 5> options { {
    { "at", 0, "N", "state after the first N events (default: the end)" },
    { "output", 'o', "P.png", "the picture to write" },
    { "size", 0, "WxH", "size in pixels (default 1600x1000)" },
    { "theme", 0, "light|dark", "colours (default light)" },
    { "level", 0, "LEVEL", "heap, chunk, page or slot (default: what fits)" },
} };

constexpr std::string_view description =
    R"(Paints the map of the heap at one event into a PNG file. The picture is made by the
desktop program heap-atlas, which has to be installed beside this one or in PATH; no
display is needed. Status 4 where it is not installed.)";

/// "1600x1000", each side 16 … 16384.
bool isSize(std::string_view text)
{
    const std::size_t cross = text.find('x');
    if (cross == std::string_view::npos)
        return false;
    for (const std::string_view part : { text.substr(0, cross), text.substr(cross + 1) }) {
        unsigned side = 0;
        const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), side);
        if (error != std::errc() || stop != part.data() + part.size() || side < 16 || side > 16384)
            return false;
    }
    return true;
}

std::optional<std::string> findPainter()
{
    std::error_code error;
    const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "heap-atlas";
    if (fs::is_regular_file(beside, error))
        return beside.string();
    return findProgram("heap-atlas");
}

int wrongUse(const std::string& sentence)
{
    complain(sentence + " (see: hatlas map --help)");
    return exitstatus::usage;
}

int run(const Arguments& arguments)
{
    const auto at = arguments.number("at");
    if (!at)
        return wrongUse(at.error().context);
    const auto output = arguments.value("output");
    if (!output || output->empty())
        return wrongUse("say where the picture goes: -o P.png");
    const std::string size = arguments.value("size").value_or("1600x1000");
    if (!isSize(size))
        return wrongUse("\"" + size + "\" is no size; write it like 1600x1000 (16 to 16384 a side)");
    const std::string theme = arguments.value("theme").value_or("light");
    if (theme != "light" && theme != "dark")
        return wrongUse("--theme is light or dark, not \"" + theme + "\"");
    constexpr std::array<std::string_view, 4> levels { "heap", "chunk", "page", "slot" };
    const auto level = arguments.value("level");
    if (level && std::find(levels.begin(), levels.end(), *level) == levels.end())
        return wrongUse("--level is heap, chunk, page or slot, not \"" + *level + "\"");

    const auto input = openInput(arguments);
    if (!input)
        return exitstatus::input;
    if (input->name() != input->path())
        return wrongUse("the map is painted by another program, which needs a file and not standard input");
    const auto reader = openOrComplain(*input);
    if (!reader)
        return exitstatus::input;
    const auto painter = findPainter();
    if (!painter) {
        complain("the picture is painted by heap-atlas, which is not installed beside hatlas or in PATH");
        return exitstatus::fault;
    }

    std::error_code error;
    fs::remove(*output, error); // a picture that is there afterwards is then a new one
    ProcessImage image;
    image.path = *painter;
    image.arguments = { *painter, "--view", "map", "--theme", theme, "--geometry", size, "--picture", *output,
        "--exit" };
    if (*at) {
        image.arguments.emplace_back("--at");
        image.arguments.push_back(std::to_string(**at));
    }
    if (level) {
        image.arguments.emplace_back("--level");
        image.arguments.push_back(*level);
    }
    image.arguments.emplace_back("--");
    image.arguments.push_back(input->path());
    image.environment = currentEnvironment();
    const auto isPlatform = [](const std::string& v) { return v.starts_with("QT_QPA_PLATFORM="); };
    // Nothing is shown, so no display is needed even where there is one.
    if (std::none_of(image.environment.begin(), image.environment.end(), isPlatform))
        image.environment.emplace_back("QT_QPA_PLATFORM=offscreen");
    const auto end = runForeground(image);
    if (!end) {
        complain(end.error().context);
        return exitstatus::fault;
    }
    if (end->shellStatus() != 0 || !fs::exists(*output, error)) {
        complain(
            "heap-atlas made no picture (it ended with status " + std::to_string(end->shellStatus()) + ")");
        return exitstatus::fault;
    }
    readToEnd(*reader, "checking", arguments.isQuiet());
    return reportDamage(reader->info(), arguments.isQuiet());
}

} // namespace

const Command mapCommand { "map", "the map of the heap as a picture",
    "[--at N] -o P.png [--size WxH] [--theme light|dark] [--level LEVEL] F.hat", description, options, 1,
    run };

} // namespace heapatlas::cli
