// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace heapatlas::cli {

namespace {

Error wrong(std::string sentence)
{
    return Error { ErrorCode::BadArgument, std::move(sentence), std::nullopt };
}

const OptionSpec* find(std::span<const OptionSpec> options, std::string_view name)
{
    const auto it =
        std::find_if(options.begin(), options.end(), [&](const OptionSpec& o) { return o.name == name; });
    return it == options.end() ? nullptr : &*it;
}

const OptionSpec* find(std::span<const OptionSpec> options, char shortName)
{
    const auto it = std::find_if(
        options.begin(), options.end(), [&](const OptionSpec& o) { return o.shortName == shortName; });
    return it == options.end() ? nullptr : &*it;
}

} // namespace

Result<Arguments> Arguments::parse(
    std::span<const std::string> words, std::span<const OptionSpec> options, bool endsAtPositional)
{
    Arguments result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const auto restFrom = [&](std::size_t first) {
            result.m_rest.assign(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
        };
        if (word == "--") {
            restFrom(i + 1);
            break;
        }
        if (word.size() < 2 || word.front() != '-') {
            if (endsAtPositional) {
                restFrom(i);
                break;
            }
            result.m_positionals.emplace_back(word);
            continue;
        }
        const bool isLong = word.starts_with("--");
        std::optional<std::string_view> value;
        const OptionSpec* option = nullptr;
        if (isLong) {
            std::string_view name = word.substr(2);
            if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
                value = name.substr(equals + 1);
                name = name.substr(0, equals);
            }
            option = find(options, name);
        } else {
            option = find(options, word[1]);
            if (option != nullptr && word.size() > 2)
                value = word.substr(2);
        }
        if (option == nullptr)
            return wrong("there is no option \"" + std::string(word.substr(0, word.find('='))) + "\"");
        const std::string shown = isLong ? "--" + std::string(option->name) : std::string(word.substr(0, 2));
        if (option->value.empty()) {
            if (value)
                return wrong("the option \"" + shown + "\" takes no value");
            value = "";
        } else if (!value) {
            if (i + 1 == words.size())
                return wrong("the option \"" + shown + "\" needs a value: " + std::string(option->value));
            value = words[++i];
        }
        result.m_values[std::string(option->name)].emplace_back(*value);
    }
    return result;
}

std::optional<std::string> Arguments::value(std::string_view name) const
{
    const auto it = m_values.find(name);
    return it == m_values.end() ? std::nullopt : std::optional(it->second.back());
}

const std::vector<std::string>& Arguments::values(std::string_view name) const
{
    static const std::vector<std::string> none;
    const auto it = m_values.find(name);
    return it == m_values.end() ? none : it->second;
}

Result<std::optional<std::uint64_t>> Arguments::number(std::string_view name, bool allowsSuffix) const
{
    const auto text = value(name);
    if (!text)
        return std::optional<std::uint64_t>();
    std::uint64_t parsed = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, parsed);
    unsigned shift = 0;
    std::string_view suffix(stop, static_cast<std::size_t>(end - stop));
    if (allowsSuffix && suffix.size() == 1) {
        constexpr std::string_view suffixes = "kKmMgG";
        if (const std::size_t at = suffixes.find(suffix.front()); at != std::string_view::npos) {
            shift = 10 * (static_cast<unsigned>(at) / 2 + 1);
            suffix = {};
        }
    }
    if (error != std::errc() || !suffix.empty()
        || parsed > (std::numeric_limits<std::uint64_t>::max() >> shift))
        return wrong("\"" + *text + "\" is no number for --" + std::string(name));
    return std::optional<std::uint64_t>(parsed << shift);
}

} // namespace heapatlas::cli
