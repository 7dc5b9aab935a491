// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "cli/childprocess.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heapatlas::cli {

/// Settings of the extension, as (name, value) of php.ini.
using IniSettings = std::vector<std::pair<std::string, std::string>>;

/// How a command is to be started so that PHP loads the extension and everything else stays as it was.
///
/// PHP itself, and scripts whose first line names it, get options: a changed environment would move PHP's heap,
/// because each variable is a string in it. Only what starts PHP by itself gets variables.
struct LaunchPlan
{
    enum class Way : unsigned char
    {
        Options, ///< `image` runs PHP; options go before its first argument
        Environment, ///< PHP_INI_SCAN_DIR names a folder more
    };
    Way way = Way::Options;
    ProcessImage image; ///< as without recording; for a script with PHP's name in its first line, that PHP
    std::string program; ///< for the name of the trace: "import" of "php src/import.php", "composer"
    std::string
        php; ///< the PHP that will run, as a path; for Environment the one in PATH, empty if there is none

    /// The same with the settings in place. `iniFolder` is where Environment finds them (see writeIni()).
    [[nodiscard]] ProcessImage withSettings(const IniSettings& settings, const std::string& iniFolder) const;
};

/// Takes the command apart. Fails with CannotOpen and a sentence in the context if there is no such program.
[[nodiscard]] Result<LaunchPlan> planLaunch(const std::vector<std::string>& command);

/// The path of a program as execvp() would find it, by PATH of our environment.
[[nodiscard]] std::optional<std::string> findProgram(std::string_view name);
/// "php", "php8.2", "php-cgi8.2", "php-fpm": programs that are PHP and take its -d option.
[[nodiscard]] bool isPhpName(std::string_view fileName);

/// A value as php.ini and -d read it back unchanged; empty if that is not possible (a line break, all three quotes).
[[nodiscard]] std::optional<std::string> iniQuoted(const std::string& value);
/// Lines of an ini file; every value must be one that iniQuoted() takes.
[[nodiscard]] std::string iniText(const IniSettings& settings);

} // namespace heapatlas::cli
