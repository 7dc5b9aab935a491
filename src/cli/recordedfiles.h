// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "base/result.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace heapatlas::cli {

/// A trace that a recording left.
struct RecordedFile
{
    std::string path;
    Bytes bytes = 0;
    std::uint64_t events = 0;
    bool isComplete = false;
    std::string problem; ///< a sentence if it cannot be read or is not complete
};

/// Whether a trace may be written to the absolute `path`: nothing stands there, or an earlier trace. Fails with
/// CannotWrite and a sentence if it is something else, or if the folder is not there or cannot be written to.
[[nodiscard]] Result<void> checkReplaceable(const std::string& path);

/// The traces of one recording: `output`, and F.PID.N.hat beside it for further processes and requests.
class RecordedFiles
{
public:
    /// Remembers what stands there already, so that it is not taken for new. `output` is absolute.
    explicit RecordedFiles(std::string output);

    /// Removes an earlier trace at `output`, since the recorder overwrites nothing. Fails as checkReplaceable(), or if
    /// the trace cannot be removed.
    [[nodiscard]] Result<void> makeRoom() const;

    /// The new ones: `output` first, the others by process and number.
    [[nodiscard]] std::vector<RecordedFile> collect() const;

private:
    /// (process, number, path) of the files beside.
    struct Beside
    {
        std::uint64_t process = 0;
        std::uint64_t number = 0;
        std::string path;
        friend auto operator<=>(const Beside&, const Beside&) = default;
    };
    [[nodiscard]] std::vector<Beside> beside() const;

    std::string m_output;
    std::set<std::string> m_before;
};

} // namespace heapatlas::cli
