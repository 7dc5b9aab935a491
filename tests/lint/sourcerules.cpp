// SPDX-License-Identifier: GPL-3.0-or-later
#include "lint/sourcerules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

namespace fs = std::filesystem;

namespace heapatlas::lint {

namespace {

// The picture in src/README.md as a table: a layer and what it may include besides itself.
const std::map<std::string, std::set<std::string>, std::less<>>& layers()
{
    static const std::map<std::string, std::set<std::string>, std::less<>> table = {
        { "base", {} },
        { "model", { "base" } },
        { "memory", { "base", "model" } },
        { "alloc", { "base", "model", "memory" } },
        { "trace", { "base", "model" } },
        { "analysis", { "base", "model" } },
        { "workload", { "base", "model", "memory", "alloc", "trace" } },
        { "replay", { "base", "model", "memory", "alloc", "analysis", "trace" } },
        { "session", { "base", "model", "analysis", "trace", "replay" } },
        { "cli",
            { "base", "model", "memory", "alloc", "analysis", "trace", "workload", "replay", "session" } },
        { "php", {} }, // and trace/hatwriter.h, see mayInclude()
        { "resources", {} }, // the functions that load the .qrc
        { "ui", { "base", "model", "session", "resources" } },
    };
    return table;
}

bool mayInclude(const std::string& from, const std::string& to, std::string_view header)
{
    if (from == to)
        return true;
    // The one writer of the format is C without dependencies, so that the PHP extension can carry it.
    if (from == "php")
        return header == "src/trace/hatwriter.h";
    const auto layer = layers().find(from);
    return layer != layers().end() && layer->second.contains(to);
}

/// Which Qt modules a layer may use; empty below session.
std::set<std::string, std::less<>> qtModules(std::string_view layer)
{
    if (layer == "ui")
        return { "QtCore", "QtGui", "QtWidgets", "QtPrintSupport", "QtSvg" };
    if (layer == "session" || layer == "cli")
        return { "QtCore" };
    return {};
}

struct SourceFile
{
    fs::path path;
    std::string name; ///< relative to the root
};

bool isOneOf(const fs::path& path, std::initializer_list<std::string_view> suffixes)
{
    const std::string suffix = path.extension().string();
    return std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

bool isHeader(const fs::path& path) { return isOneOf(path, { ".h", ".hpp" }); }
bool isCode(const fs::path& path) { return isHeader(path) || isOneOf(path, { ".c", ".cpp", ".cc", ".def" }); }

/// The files of the folders, sorted by name. Fixtures break the rules on purpose.
std::vector<SourceFile> filesOf(const fs::path& root, std::initializer_list<const char*> folders)
{
    std::vector<SourceFile> files;
    for (const char* folder : folders) {
        std::error_code error;
        for (fs::recursive_directory_iterator it(root / folder, error), end; !error && it != end;
             it.increment(error)) {
            const std::string name = fs::relative(it->path(), root).generic_string();
            if (name.starts_with("tests/lint/fixtures") || name.starts_with("tests/data")) {
                it.disable_recursion_pending();
                continue;
            }
            if (it->is_regular_file())
                files.push_back({ it->path(), name });
        }
    }
    std::sort(
        files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
    return files;
}

std::vector<SourceFile> allFiles(const fs::path& root)
{
    return filesOf(root, { "src", "ui", "tests", "packaging", "resources", ".ci" });
}

std::vector<std::string> linesOf(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(std::move(line));
    return lines;
}

/// "base" of "src/base/address.h", "ui" of everything below ui/, "resources" likewise.
std::string layerOf(std::string_view name)
{
    for (const char* folder : { "ui", "resources" }) {
        if (name.starts_with(folder) && name.substr(std::string_view(folder).size()).starts_with('/'))
            return folder;
    }
    constexpr std::string_view src = "src/";
    if (!name.starts_with(src))
        return {};
    const std::string_view rest = name.substr(src.size());
    const std::size_t slash = rest.find('/');
    return slash == std::string_view::npos ? std::string() : std::string(rest.substr(0, slash));
}

struct Include
{
    std::string header;
    bool isQuoted = false;
};

std::optional<Include> includeIn(const std::string& line)
{
    static const std::regex pattern(R"(^\s*#\s*include\s*(?:"([^"]+)\"|<([^>]+)>).*)");
    std::smatch match;
    if (!std::regex_match(line, match, pattern))
        return std::nullopt;
    const bool isQuoted = match[1].matched;
    return Include { match[isQuoted ? 1 : 2].str(), isQuoted };
}

/// The file of the tree that an include names, relative to the root: beside the includer, below src/ or ui/,
/// or as ui/….
std::optional<std::string> resolve(const fs::path& root, const SourceFile& file, const Include& include)
{
    std::vector<fs::path> places = { root / "src", root / "ui", root };
    if (include.isQuoted)
        places.insert(places.begin(), file.path.parent_path());
    for (const fs::path& place : places) {
        const fs::path candidate = (place / include.header).lexically_normal();
        std::error_code error;
        if (fs::is_regular_file(candidate, error))
            return fs::relative(candidate, root).generic_string();
    }
    return std::nullopt;
}

/// The module of a Qt header, "Qt" if it looks like one but no module has it; nothing for any other header.
std::optional<std::string> qtModuleOf(const fs::path& qtIncludes, const std::string& header)
{
    static const std::regex qtName(R"(^(?:(Qt[A-Z]\w*)/\w+(?:\.h)?|Q[A-Za-z]\w*|q[a-z_]\w*\.h)$)");
    std::smatch match;
    if (!std::regex_match(header, match, qtName) || header == "qcustomplot.h")
        return std::nullopt;
    if (match[1].matched)
        return match[1].str();
    for (const char* module : { "QtCore", "QtGui", "QtWidgets", "QtPrintSupport", "QtSvg", "QtSvgWidgets",
             "QtTest", "QtNetwork" }) {
        std::error_code error;
        if (fs::exists(qtIncludes / module / header, error))
            return module;
    }
    return "Qt";
}

/// Made by moc and uic in the build tree.
bool isGenerated(const std::string& header)
{
    return header.ends_with(".moc") || header.starts_with("moc_")
        || fs::path(header).filename().string().starts_with("ui_");
}

std::optional<std::string> complaint(
    const fs::path& root, const fs::path& qtIncludes, const SourceFile& file, const Include& include)
{
    const std::string from = layerOf(file.name);
    if (const std::optional<std::string> target = resolve(root, file, include)) {
        const std::string to = layerOf(*target);
        if (!mayInclude(from, to, *target))
            return from + " must not include " + *target;
        return std::nullopt;
    }
    if (const std::optional<std::string> module = qtModuleOf(qtIncludes, include.header)) {
        if (!qtModules(from).contains(*module))
            return from + " must not use " + *module + " (" + include.header + ")";
        return std::nullopt;
    }
    if (from != "ui" && include.header == "qcustomplot.h")
        return from + " must not use QCustomPlot";
    // PHP's own headers are quoted, too.
    if (include.isQuoted && from != "php" && !isGenerated(include.header))
        return "no such header in src or ui: " + include.header;
    return std::nullopt;
}

} // namespace

std::string Violation::text() const
{
    return file + (line == 0 ? std::string() : ":" + std::to_string(line)) + ": " + what;
}

Violations checkIncludes(const fs::path& root, const fs::path& qtIncludes)
{
    Violations violations;
    std::set<std::string> unknown;
    for (const SourceFile& file : filesOf(root, { "src", "ui" })) {
        const std::string layer = layerOf(file.name);
        if (!layer.empty() && !layers().contains(layer) && unknown.insert(layer).second)
            violations.push_back({ file.name, 0, "folder " + layer + " is not in the table of layers" });
        if (!isCode(file.path))
            continue;
        const std::vector<std::string> lines = linesOf(file.path);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const std::optional<Include> include = includeIn(lines[i]);
            if (!include)
                continue;
            if (const auto what = complaint(root, qtIncludes, file, *include))
                violations.push_back({ file.name, i + 1, *what });
        }
    }
    return violations;
}

Violations checkLicences(const fs::path& root)
{
    Violations violations;
    for (const SourceFile& file : allFiles(root)) {
        // .def files are lists that the preprocessor and CMake read; they name no licence of their own.
        const bool isSource = isCode(file.path) && file.path.extension() != ".def";
        if (!isSource && !isOneOf(file.path, { ".sh", ".php" }) && file.name != ".ci/run")
            continue;
        const bool isForPhp = file.name.starts_with("src/php/") || file.name.starts_with("src/trace/hat");
        const std::string wanted =
            std::string("SPDX-License-Identifier: ") + (isForPhp ? "MIT" : "GPL-3.0-or-later");
        const std::vector<std::string> lines = linesOf(file.path);
        const auto end = lines.begin() + std::min<std::ptrdiff_t>(4, std::ssize(lines));
        const bool isNamed = std::any_of(lines.begin(), end,
            [&](const std::string& line) { return line.find(wanted) != std::string::npos; });
        if (!isNamed)
            violations.push_back({ file.name, 1, "no line \"" + wanted + "\"" });
    }
    return violations;
}

Violations checkPaths(const fs::path& root)
{
    // Put together here, because this file is checked as well. People's homes are named in no example either.
    static const std::regex pattern(
        std::string("(^|[^A-Za-z0-9_.)}>*])(/(root|work)/|/tmp/bu") + "ild)|/(ho" + "me|Users)/[A-Za-z]");
    Violations violations;
    for (const SourceFile& file : allFiles(root)) {
        if (isOneOf(file.path, { ".png", ".ttf", ".hat", ".ico", ".woff2" }))
            continue;
        const std::vector<std::string> lines = linesOf(file.path);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (std::regex_search(lines[i], pattern))
                violations.push_back({ file.name, i + 1, "names a place of one machine" });
        }
    }
    return violations;
}

Violations checkLengths(const fs::path& root, std::string_view allowed)
{
    Violations violations;
    std::map<std::string, std::string> reasons;
    std::istringstream in { std::string(allowed) };
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#'))
            continue;
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos || line.size() < colon + 12)
            violations.push_back(
                { line.substr(0, line.find(':')), 0, "is allowed to be long without a reason" });
        reasons[line.substr(0, line.find(':'))] = line;
    }
    for (const SourceFile& file : filesOf(root, { "src", "ui", "tests" })) {
        if (!isCode(file.path))
            continue;
        const std::size_t limit = isHeader(file.path) ? 300 : 600;
        const std::size_t count = linesOf(file.path).size();
        const bool isAllowed = reasons.erase(file.name) != 0;
        if (count > limit && !isAllowed)
            violations.push_back({ file.name, count,
                std::to_string(count) + " lines, " + std::to_string(limit) + " at most" });
        if (count <= limit && isAllowed)
            violations.push_back({ file.name, 0, "is short enough and needs no leave any more" });
    }
    for (const auto& [name, line] : reasons)
        violations.push_back({ name, 0, "is allowed to be long, but is not there" });
    return violations;
}

Violations checkHabits(const fs::path& root)
{
    Violations violations;
    for (const SourceFile& file : allFiles(root)) {
        const bool isCMake = file.path.filename() == "CMakeLists.txt" || file.path.extension() == ".cmake";
        if (!isHeader(file.path) && !isCMake)
            continue;
        const std::vector<std::string> lines = linesOf(file.path);
        if (isHeader(file.path)) {
            const bool isGuarded = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
                return line.starts_with("#pragma once") || line.starts_with("#ifndef ");
            });
            if (!isGuarded)
                violations.push_back({ file.name, 0, "has neither #pragma once nor a guard" });
            continue;
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].find("file(GLOB") != std::string::npos)
                violations.push_back({ file.name, i + 1, "sources are listed, not globbed" });
        }
    }
    return violations;
}

std::size_t sourceCount(const fs::path& root)
{
    const std::vector<SourceFile> files = filesOf(root, { "src", "ui", "tests" });
    return static_cast<std::size_t>(
        std::count_if(files.begin(), files.end(), [](const SourceFile& file) { return isCode(file.path); }));
}

} // namespace heapatlas::lint
