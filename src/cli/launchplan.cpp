// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/launchplan.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::string_view blanks = " \t";

std::string fileName(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

bool isExecutableFile(const std::string& path)
{
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

bool isPhpProgram(const std::string& path)
{
    if (isPhpName(fileName(path)))
        return true;
    std::error_code error; // a link of another name
    const fs::path target = fs::canonical(path, error);
    return !error && isPhpName(target.filename().string());
}

std::vector<std::string> words(std::string_view text)
{
    std::vector<std::string> result;
    while (true) {
        const std::size_t begin = text.find_first_not_of(blanks);
        if (begin == std::string_view::npos)
            return result;
        const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
        result.emplace_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

struct Interpreter
{
    std::string path;
    std::vector<std::string> arguments; ///< argv[0] and what stands between it and the script
};

/// What the kernel, and env(1) for it, would start for a script. Only if that is PHP.
std::optional<Interpreter> phpOfScript(const std::string& script)
{
    constexpr std::size_t kernelReads = 256;
    std::array<char, kernelReads> head {};
    std::ifstream in(script, std::ios::binary);
    in.read(head.data(), head.size());
    std::string_view line(head.data(), static_cast<std::size_t>(in.gcount()));
    if (!line.starts_with("#!"))
        return std::nullopt;
    line = line.substr(2, line.find('\n') - 2);
    const std::size_t last = line.find_last_not_of(" \t\r");
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::size_t end = std::min(line.find_first_of(blanks), line.size());
    const std::string program(line.substr(0, end));
    std::string_view rest = line.substr(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));

    if (fileName(program) != "env") {
        if (!isPhpProgram(program) || !isExecutableFile(program))
            return std::nullopt;
        Interpreter result { program, { program } };
        if (!rest.empty())
            result.arguments.emplace_back(rest); // the kernel passes what follows as one word
        return result;
    }
    // env: without -S the one word is the program's name; with it the words are split. Anything else that env can do
    // (other options, variables) is left to env itself.
    std::vector<std::string> parts;
    if (rest.starts_with("-S"))
        parts = words(rest.substr(2));
    else if (!rest.empty())
        parts = { std::string(rest) };
    if (parts.empty() || parts.front().starts_with('-') || parts.front().find('=') != std::string::npos
        || rest.find_first_of("\"'\\$#") != std::string_view::npos)
        return std::nullopt;
    const auto path = findProgram(parts.front());
    if (!path || !isPhpProgram(*path))
        return std::nullopt;
    return Interpreter { *path, parts };
}

/// "import" of "src/import.php"; a word that names no file well gives "php".
std::string traceName(std::string name)
{
    name = fileName(name);
    for (const std::string_view suffix : { ".php", ".phar" }) {
        if (name.size() > suffix.size() && name.ends_with(suffix))
            name.resize(name.size() - suffix.size());
    }
    return name.empty() || name.front() == '.' || name.front() == '-' ? "php" : name;
}

/// The script among PHP's arguments, or nothing (-r, -S, standard input).
std::optional<std::string> scriptArgument(const std::vector<std::string>& arguments)
{
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "--")
            return std::nullopt;
        if (word.size() < 2 || word.front() != '-')
            return word;
        if (word == "-f" || word == "-F" || word == "--file")
            return i + 1 < arguments.size() ? std::optional(arguments[i + 1]) : std::nullopt;
        const std::string_view withCode = "rRBESaisvm";
        if (word.size() == 2 && withCode.find(word[1]) != std::string_view::npos)
            return std::nullopt;
        if (word == "-d" || word == "-c" || word == "-z" || word == "-t")
            ++i;
    }
    return std::nullopt;
}

// A shell leaves the path of what it starts in the variable `_`, and that string is in PHP's heap too. Started by us
// it would hold our path, so it gets the one that it would have had.
void correctUnderscore(std::vector<std::string>& environment, const std::string& path)
{
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    for (std::string& variable : environment) {
        if (variable.starts_with("_=") && fs::equivalent(variable.substr(2), self, error) && !error)
            variable = "_=" + path;
    }
}

} // namespace

std::optional<std::string> findProgram(std::string_view name)
{
    if (name.empty())
        return std::nullopt;
    if (name.find('/') != std::string_view::npos)
        return isExecutableFile(std::string(name)) ? std::optional(std::string(name)) : std::nullopt;
    const char* const variable = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): one thread
    std::string_view path = variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable;
    while (true) {
        const std::size_t end = std::min(path.find(':'), path.size());
        const std::string folder(path.substr(0, end));
        std::string candidate = folder.empty() ? std::string(name) : folder + "/" + std::string(name);
        if (isExecutableFile(candidate))
            return candidate;
        if (end == path.size())
            return std::nullopt;
        path.remove_prefix(end + 1);
    }
}

bool isPhpName(std::string_view name)
{
    if (!name.starts_with("php"))
        return false;
    name.remove_prefix(3);
    for (const std::string_view part : { "-cgi", "-fpm" }) {
        if (name.starts_with(part)) {
            name.remove_prefix(part.size());
            break;
        }
    }
    return std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

Result<LaunchPlan> planLaunch(const std::vector<std::string>& command)
{
    const std::string& typed = command.front();
    const auto found = findProgram(typed);
    if (!found) {
        std::error_code error;
        std::string sentence = "the program \"" + typed + "\" was not found";
        if (typed.ends_with(".php") && fs::exists(typed, error))
            sentence =
                "\"" + typed + "\" is not executable; put php before it: hatlas record -- php " + typed;
        else if (typed.find('/') != std::string::npos && fs::exists(typed, error))
            sentence = "\"" + typed + "\" is not a program that may be executed";
        return Error { ErrorCode::CannotOpen, sentence, std::nullopt };
    }
    LaunchPlan plan;
    plan.image.environment = currentEnvironment();
    correctUnderscore(plan.image.environment, *found);
    plan.image.path = *found;
    plan.image.arguments = command;
    if (isPhpProgram(*found)) {
        plan.php = *found;
        plan.program = traceName(scriptArgument(command).value_or("php"));
        return plan;
    }
    plan.program = traceName(typed);
    if (auto interpreter = phpOfScript(*found)) {
        plan.php = interpreter->path;
        plan.image.path = interpreter->path;
        plan.image.arguments = std::move(interpreter->arguments);
        plan.image.arguments.push_back(*found); // where the program was found, as the kernel passes it
        plan.image.arguments.insert(plan.image.arguments.end(), command.begin() + 1, command.end());
        return plan;
    }
    plan.way = LaunchPlan::Way::Environment;
    plan.php = findProgram("php").value_or(std::string());
    return plan;
}

ProcessImage LaunchPlan::withSettings(const IniSettings& settings, const std::string& iniFolder) const
{
    ProcessImage result = image;
    if (way == Way::Options) {
        std::vector<std::string> options;
        for (const auto& [name, value] : settings) {
            options.emplace_back("-d");
            options.push_back(name + "=" + iniQuoted(value).value_or(value));
        }
        result.arguments.insert(result.arguments.begin() + 1, options.begin(), options.end());
        return result;
    }
    constexpr std::string_view variable = "PHP_INI_SCAN_DIR=";
    const auto present = std::find_if(result.environment.begin(), result.environment.end(),
        [&](const std::string& v) { return v.starts_with(variable); });
    if (present == result.environment.end())
        result.environment.push_back(
            std::string(variable) + ":" + iniFolder); // the empty part: PHP's own folder
    else if (present->size() == variable.size())
        *present += iniFolder; // set and empty means: no folder at all
    else
        *present += ":" + iniFolder;
    return result;
}

std::optional<std::string> iniQuoted(const std::string& value)
{
    if (value.find_first_of("\n\r") != std::string::npos || value.find('\0') != std::string::npos)
        return std::nullopt;
    // Quoted in any case: bare words such as "none" or "off" mean an empty value to PHP.
    if (value.find('\'') == std::string::npos)
        return "'" + value + "'"; // nothing has a meaning between single quotes
    if (value.find_first_of("\"\\$") == std::string::npos)
        return "\"" + value + "\"";
    return std::nullopt;
}

std::string iniText(const IniSettings& settings)
{
    std::string text;
    for (const auto& [name, value] : settings)
        text += name + "=" + iniQuoted(value).value_or(std::string()) + "\n";
    return text;
}

} // namespace heapatlas::cli
