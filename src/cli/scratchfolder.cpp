// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/scratchfolder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace heapatlas::cli {

ScratchFolder::ScratchFolder()
{
    const char* const variable = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    std::string pattern = variable == nullptr || *variable == '\0' ? "/tmp" : variable;
    std::error_code error;
    const auto absolute = std::filesystem::absolute(pattern, error);
    if (!error)
        pattern = absolute.string();
    pattern += "/heapatlas-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr)
        m_path = pattern;
}

ScratchFolder::~ScratchFolder()
{
    std::error_code error;
    if (isValid())
        std::filesystem::remove_all(m_path, error);
}

} // namespace heapatlas::cli
