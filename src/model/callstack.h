// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heapatlas {

/// One frame as people read it. Empty `file` for internal functions.
struct Frame
{
    std::string function; ///< "handleRow", "{main}", "{closure}"
    std::string scope; ///< class, or empty
    std::string file;
    std::uint32_t line = 0; ///< 0 unknown

    /// "ImportJob::handleRow" or "handleRow".
    [[nodiscard]] std::string qualifiedName() const { return scope.empty() ? function : scope + "::" + function; }
};

/// Innermost frame first.
using CallStack = std::vector<Frame>;

} // namespace heapatlas
