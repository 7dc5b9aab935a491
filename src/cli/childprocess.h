// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace heapatlas::cli {

/// What execve() needs. `environment` holds "NAME=value" as the child is to see it, in order.
struct ProcessImage
{
    std::string path;
    std::vector<std::string> arguments; ///< argv, the first word included
    std::vector<std::string> environment;
};

/// Our own environment as it was given to us.
[[nodiscard]] std::vector<std::string> currentEnvironment();

/// How a child ended.
struct ChildEnd
{
    int status = 0; ///< exit status, or the signal's number
    bool bySignal = false;

    /// As shells put it: the status, or 128 + the signal.
    [[nodiscard]] int shellStatus() const { return bySignal ? 128 + status : status; }
};

/// Runs a program as if it had been started instead of us: same standard streams, process group, signal mask and
/// dispositions, no descriptor of ours. SIGINT, SIGTERM, SIGHUP and SIGQUIT sent to us are sent on (not those that the
/// terminal sends to the whole group anyway). Blocks until it ends. Fails with CannotOpen and the reason in words if
/// it could not be started.
[[nodiscard]] Result<ChildEnd> runForeground(const ProcessImage& image);

/// Runs a short helper with standard input closed and returns what it printed on standard output (at most 1 MiB);
/// its standard error is dropped. Killed after `timeout`. Fails with CannotOpen or Cancelled.
[[nodiscard]] Result<std::string> runForOutput(const ProcessImage& image, std::chrono::seconds timeout);

} // namespace heapatlas::cli
