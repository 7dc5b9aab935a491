// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace heapatlas::cli {

namespace {

std::string padded(std::string text, std::size_t width)
{
    // Placeholders may hold "…", three bytes for one column.
    const auto columns = static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    text.append(columns < width ? width - columns : 1, ' ');
    return text;
}

std::string optionLine(const OptionSpec& option)
{
    std::string left =
        option.shortName != 0 ? std::string("  -") + option.shortName + ", " : std::string("      ");
    left += "--" + std::string(option.name);
    if (!option.value.empty())
        left += "=" + std::string(option.value);
    constexpr std::size_t column = 32;
    if (left.size() + 2 > column)
        return left + "\n" + std::string(column, ' ') + std::string(option.help) + "\n";
    return padded(std::move(left), column) + std::string(option.help) + "\n";
}

/// Levenshtein's distance; O(a × b).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t { 0 });
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({ replaced, row[j] + 1, row[j - 1] + 1 });
        }
    }
    return row.back();
}

} // namespace

std::span<const OptionSpec> commonOptions()
{
    static constexpr std::array<OptionSpec, 3> options { {
        { "quiet", 'q', "", "no progress and no notes, only results and errors" },
        { "help", 'h', "", "this text" },
        { "version", 0, "", "the version of this program" },
    } };
    return options;
}

std::string overview()
{
    std::string text = "hatlas - record and examine the heap of PHP programs\n\n"
                       "Usage: hatlas COMMAND [OPTIONS] …\n\nCommands:\n";
    for (const Command* command : commands())
        text += "  " + padded(std::string(command->name), 10) + std::string(command->summary) + "\n";
    text += "\nOptions:\n";
    for (const OptionSpec& option : commonOptions())
        text += optionLine(option);
    text += "\n\"hatlas COMMAND --help\" tells about one of them. A trace named - is standard input.\n"
            "\nExit status: 0 done; 1 the answer is no; 2 wrong usage; 3 input damaged, unreadable or\n"
            "unsupported (what could be read is still reported); 4 a fault of our own.\n";
    return text;
}

std::string helpOf(const Command& command)
{
    std::string text = "hatlas " + std::string(command.name) + " - " + std::string(command.summary)
        + "\n\nUsage: hatlas " + std::string(command.name) + " " + std::string(command.synopsis) + "\n\n"
        + std::string(command.description) + "\n\nOptions:\n";
    for (const OptionSpec& option : command.options) {
        if (!option.isHidden)
            text += optionLine(option);
    }
    for (const OptionSpec& option : commonOptions())
        text += optionLine(option);
    return text;
}

const Command* similarCommand(std::string_view name)
{
    const auto all = commands();
    const auto nearest = std::min_element(all.begin(), all.end(), [&](const Command* a, const Command* b) {
        return distance(a->name, name) < distance(b->name, name);
    });
    return distance((*nearest)->name, name) <= 2 ? *nearest : nullptr;
}

} // namespace heapatlas::cli
