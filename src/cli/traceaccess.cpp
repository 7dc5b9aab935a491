// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/traceaccess.h"

#include "cli/command.h"
#include "cli/console.h"
#include "session/wording.h"

#include <QString>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heapatlas::cli {

namespace {

bool writeAll(int file, const char* bytes, std::size_t count)
{
    while (count > 0) {
        const ssize_t written = ::write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        count -= static_cast<std::size_t>(written);
    }
    return true;
}

/// Copies what comes through a pipe into a file; false and errno on failure.
bool copyAll(int from, int to)
{
    std::array<char, 65536> buffer {};
    while (true) {
        const ssize_t n = ::read(from, buffer.data(), buffer.size());
        if (n == 0)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !writeAll(to, buffer.data(), static_cast<std::size_t>(n)))
            return false;
    }
}

/// A file without a name, or -1 and errno.
int namelessFile()
{
    const char* const variable = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    std::string pattern = variable == nullptr || *variable == '\0' ? "/tmp" : variable;
    pattern += "/heapatlas-XXXXXX";
    const int file = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (file >= 0)
        ::unlink(pattern.c_str());
    return file;
}

} // namespace

Result<TraceInput> TraceInput::from(const std::string& name)
{
    TraceInput input;
    input.m_path = name;
    input.m_name = name;
    if (name != "-")
        return Result<TraceInput>(std::move(input));
    input.m_name = "standard input";
    struct stat status = {};
    if (::fstat(STDIN_FILENO, &status) != 0)
        return Error { ErrorCode::CannotOpen, std::string("standard input: ") + std::strerror(errno),
            std::nullopt };
    if (S_ISREG(status.st_mode)) {
        input.m_path = "/proc/self/fd/0";
        return Result<TraceInput>(std::move(input));
    }
    if (::isatty(STDIN_FILENO) == 1)
        return Error { ErrorCode::CannotOpen, "standard input is a terminal; send a trace through it",
            std::nullopt };
    input.m_descriptor = namelessFile();
    if (input.m_descriptor < 0 || !copyAll(STDIN_FILENO, input.m_descriptor))
        return Error { ErrorCode::CannotWrite,
            std::string("standard input cannot be kept in a temporary file: ") + std::strerror(errno),
            std::nullopt };
    input.m_path = "/proc/self/fd/" + std::to_string(input.m_descriptor);
    return Result<TraceInput>(std::move(input));
}

TraceInput::TraceInput(TraceInput&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_name(std::move(other.m_name))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

TraceInput::~TraceInput()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

std::optional<TraceInput> openInput(const Arguments& arguments)
{
    const std::string& name =
        arguments.positionals().empty() ? arguments.rest().front() : arguments.positionals().front();
    auto input = TraceInput::from(name);
    if (input)
        return std::move(*input);
    complain(input.error().context);
    return std::nullopt;
}

std::unique_ptr<TraceReader> openOrComplain(const TraceInput& input)
{
    auto reader = TraceReader::open(input.path());
    if (reader)
        return std::move(*reader);
    // The path of a spooled pipe says nothing to people.
    complain(reader.error(), input.path() == input.name() ? input.path() : std::string());
    return nullptr;
}

std::optional<OpenTrace> openTrace(const Arguments& arguments)
{
    std::optional<TraceInput> input = openInput(arguments);
    if (!input)
        return std::nullopt;
    std::unique_ptr<TraceReader> reader = openOrComplain(*input);
    if (!reader)
        return std::nullopt;
    return OpenTrace { std::move(*input), std::move(reader) };
}

int reportDamage(const TraceInfo& info, bool isQuiet, bool isUnclosedFine)
{
    const wording::Unfinished unfinished = wording::unfinished(info);
    const bool isFine = info.damage.empty() || unfinished == wording::Unfinished::EndedEarly
        || (unfinished == wording::Unfinished::NotClosed && isUnclosedFine);
    const QString sentence = wording::damage(info);
    if (sentence.isEmpty() || (isQuiet && isFine))
        return exitstatus::done;
    complain(sentence);
    for (const Error& error : info.damage)
        complain(QStringLiteral("  ") + wording::detailLine(error));
    return isFine ? exitstatus::done : exitstatus::input;
}

void readToEnd(TraceReader& reader, const std::string& label, bool isQuiet)
{
    ProgressBar bar(label, isQuiet);
    EventColumns columns;
    const ColumnChoice nothingMore { .wantsStacks = false, .addresses = AddressChoice::None };
    while (reader.readBlock(columns, nothingMore))
        bar.update(reader.bytesRead(), reader.info().fileBytes);
}

} // namespace heapatlas::cli
