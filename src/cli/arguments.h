// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heapatlas::cli {

/// An option that a command takes.
struct OptionSpec
{
    std::string_view name; ///< long form without dashes
    char shortName = 0;
    std::string_view value; ///< placeholder of its value; empty: the option is a switch
    std::string_view help;
    bool isHidden = false; ///< left out of the help: between our own programs
};

/// A command line taken apart. Errors are sentences in Error::context with BadArgument.
class Arguments
{
public:
    /// Options may stand anywhere before "--": "--name=value", "--name value", "-x value", "-xvalue". A lone "-" is no
    /// option. With `endsAtPositional` the first word that is no option ends them, as "--" does.
    static Result<Arguments> parse(std::span<const std::string> words, std::span<const OptionSpec> options,
        bool endsAtPositional = false);

    [[nodiscard]] bool has(std::string_view name) const { return m_values.contains(name); }
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const; ///< the last one given
    [[nodiscard]] const std::vector<std::string>& values(std::string_view name) const; ///< all, in order
    [[nodiscard]] const std::vector<std::string>& positionals() const { return m_positionals; }
    [[nodiscard]] const std::vector<std::string>& rest() const { return m_rest; } ///< after "--"

    [[nodiscard]] bool isQuiet() const { return has("quiet"); }
    [[nodiscard]] bool wantsJson() const { return has("json"); }

    /// A whole number; K, M and G (powers of 1024) are understood after it when `allowsSuffix`. Fails with BadArgument.
    [[nodiscard]] Result<std::optional<std::uint64_t>> number(
        std::string_view name, bool allowsSuffix = false) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
    std::vector<std::string> m_positionals;
    std::vector<std::string> m_rest;
};

} // namespace heapatlas::cli
