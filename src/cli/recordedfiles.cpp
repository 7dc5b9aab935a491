// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/recordedfiles.h"

#include "session/wording.h"
#include "trace/tracereader.h"

#include <QString>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

Error cannotWrite(std::string sentence)
{
    return { ErrorCode::CannotWrite, std::move(sentence), std::nullopt };
}

/// Takes "4127." or the like off the front.
std::optional<std::uint64_t> takeNumber(std::string_view& text)
{
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || stop == text.data() + text.size() || *stop != '.')
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    return number;
}

RecordedFile describe(const std::string& path)
{
    RecordedFile file;
    file.path = path;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    file.bytes = error ? 0 : size;
    auto reader = TraceReader::open(path);
    if (!reader) {
        file.problem = wording::sentence(reader.error(), QString::fromStdString(path)).toStdString();
        return file;
    }
    TraceReader& trace = **reader;
    if (!trace.info().isComplete) {
        // Without its index the events have to be counted.
        EventColumns columns;
        while (trace.readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) { }
    }
    file.events = trace.info().events;
    file.isComplete = trace.info().isComplete;
    file.problem = wording::damage(trace.info()).toStdString();
    return file;
}

} // namespace

RecordedFiles::RecordedFiles(std::string output)
    : m_output(std::move(output))
{
    for (const Beside& file : beside())
        m_before.insert(file.path);
}

std::vector<RecordedFiles::Beside> RecordedFiles::beside() const
{
    const fs::path output(m_output);
    constexpr std::string_view suffix = ".hat";
    std::string stem = output.filename().string();
    if (stem.ends_with(suffix))
        stem.resize(stem.size() - suffix.size());
    stem += '.';
    std::vector<Beside> found;
    std::error_code error;
    for (fs::directory_iterator it(output.parent_path(), error), end; !error && it != end;
         it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::string_view rest = name;
        if (!rest.starts_with(stem))
            continue;
        rest.remove_prefix(stem.size());
        const auto process = takeNumber(rest);
        const auto number = process ? takeNumber(rest) : std::nullopt;
        if (number && rest == suffix.substr(1))
            found.push_back({ *process, *number, it->path().string() });
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<void> checkReplaceable(const std::string& path)
{
    std::error_code error;
    const fs::path output(path);
    const std::string folder = output.parent_path().string();
    if (!fs::is_directory(folder, error))
        return cannotWrite("the folder \"" + folder + "\" does not exist; choose another place with -o");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return cannotWrite(
            "the folder \"" + folder + "\" cannot be written to; choose another place with -o");
    const fs::file_status status = fs::symlink_status(output, error);
    if (status.type() == fs::file_type::not_found)
        return {};
    if (status.type() != fs::file_type::regular)
        return cannotWrite("\"" + path + "\" is there and is no file; choose another name with -o");
    if (fs::file_size(output, error) > 0) {
        const auto reader = TraceReader::open(path);
        if (!reader
            && (reader.error().code == ErrorCode::NotATrace || reader.error().code == ErrorCode::CannotOpen))
            return cannotWrite("\"" + path
                + "\" is there and is no trace, so it is left alone; choose another name with -o");
    }
    return {};
}

Result<void> RecordedFiles::makeRoom() const
{
    if (Result<void> checked = checkReplaceable(m_output); !checked)
        return checked;
    if (::unlink(m_output.c_str()) != 0 && errno != ENOENT)
        return cannotWrite("\"" + m_output + "\" cannot be replaced: " + std::strerror(errno));
    return {};
}

std::vector<RecordedFile> RecordedFiles::collect() const
{
    std::vector<RecordedFile> files;
    std::error_code error;
    if (fs::file_size(m_output, error) > 0 && !error)
        files.push_back(describe(m_output));
    for (const Beside& file : beside()) {
        if (!m_before.contains(file.path) && fs::file_size(file.path, error) > 0)
            files.push_back(describe(file.path));
    }
    return files;
}

} // namespace heapatlas::cli
