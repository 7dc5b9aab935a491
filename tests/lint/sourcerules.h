// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heapatlas::lint {

/// A place that breaks a rule of the house (src/README.md).
struct Violation
{
    std::string file; ///< relative to the tree's root, with '/'
    std::size_t line = 0; ///< from 1; 0: the file as a whole
    std::string what;

    /// "src/base/address.h:12: base must not include trace/tracereader.h".
    [[nodiscard]] std::string text() const;
};

using Violations = std::vector<Violation>;

/// Who may include whom: every #include of src/ and ui/ against the table of layers, and no Qt where it does
/// not belong. A folder of src/ that is not in the table is a violation too, so that a new layer has to be
/// placed. `qtIncludes` is the folder that holds QtGui, QtWidgets, …; it tells which module a Qt header is
/// of.
[[nodiscard]] Violations checkIncludes(
    const std::filesystem::path& root, const std::filesystem::path& qtIncludes);

/// Every source names its licence in its first lines: MIT for what is loaded into PHP, GPL for the rest.
[[nodiscard]] Violations checkLicences(const std::filesystem::path& root);

/// No source names a place of the machine it was written on.
[[nodiscard]] Violations checkPaths(const std::filesystem::path& root);

/// Headers of at most 300 lines, sources of at most 600. `allowed` holds lines "path: reason"; one without a
/// reason, or for a file that is short enough or gone, is a violation as well.
[[nodiscard]] Violations checkLengths(const std::filesystem::path& root, std::string_view allowed);

/// Headers guard themselves, and CMake lists its sources instead of globbing them.
[[nodiscard]] Violations checkHabits(const std::filesystem::path& root);

/// Files that the checks above look at; 0 would mean that they looked in the wrong place.
[[nodiscard]] std::size_t sourceCount(const std::filesystem::path& root);

} // namespace heapatlas::lint
