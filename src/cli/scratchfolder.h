// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace heapatlas::cli {

/// A folder of our own under TMPDIR, removed with what is in it.
class ScratchFolder
{
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] bool isValid() const { return !m_path.empty(); }
    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

} // namespace heapatlas::cli
