// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "trace/tracereader.h"

#include <memory>
#include <optional>
#include <string>

namespace heapatlas::cli {

/// A trace named on the command line, as a path that can be opened. "-" is standard input; what comes through a pipe is
/// kept in a temporary file without a name, because a trace is read from both ends.
class TraceInput
{
public:
    /// Fails with CannotOpen or CannotWrite.
    static Result<TraceInput> from(const std::string& name);
    ~TraceInput();
    TraceInput(TraceInput&& other) noexcept;
    TraceInput& operator=(TraceInput&&) = delete;
    TraceInput(const TraceInput&) = delete;
    TraceInput& operator=(const TraceInput&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] const std::string& name() const { return m_name; } ///< for people

private:
    TraceInput() = default;
    std::string m_path;
    std::string m_name;
    int m_descriptor = -1;
};

/// The one trace that the command line names; tells why not on standard error.
[[nodiscard]] std::optional<TraceInput> openInput(const Arguments& arguments);
/// TraceReader::open(); tells why not on standard error and returns null.
[[nodiscard]] std::unique_ptr<TraceReader> openOrComplain(const TraceInput& input);

/// A trace that is open, and what it was named as.
struct OpenTrace
{
    TraceInput input;
    std::unique_ptr<TraceReader> reader; ///< never null
};
/// openInput() and openOrComplain() at once.
[[nodiscard]] std::optional<OpenTrace> openTrace(const Arguments& arguments);

/// Tells on standard error what of the trace is missing; returns exitstatus::input if it is damaged or was not closed,
/// else done. `isUnclosedFine`: a recording that ended with its program's death is all that there was to record.
int reportDamage(const TraceInfo& info, bool isQuiet, bool isUnclosedFine = false);

/// Decodes to the end, for the counts of a file without index and to check every part of it.
void readToEnd(TraceReader& reader, const std::string& label, bool isQuiet);

} // namespace heapatlas::cli
