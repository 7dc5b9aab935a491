// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/arguments.h"

#include <span>
#include <string_view>

namespace heapatlas::cli {

/// What hatlas ends with; the numbers are part of the interface.
namespace exitstatus {
inline constexpr int done = 0;
inline constexpr int no = 1; ///< the answer is no
inline constexpr int usage = 2;
inline constexpr int input = 3; ///< damaged, unreadable or unsupported
inline constexpr int fault = 4; ///< ours
} // namespace exitstatus

/// One command of hatlas: how it is called, what its help says, and what it does.
struct Command
{
    std::string_view name;
    std::string_view summary; ///< one line of the overview
    std::string_view synopsis; ///< what follows "hatlas NAME"
    std::string_view description; ///< paragraphs of its help
    std::span<const OptionSpec> options; ///< besides --help, --version, --quiet
    std::size_t positionals = 0; ///< how many are needed; no more are taken
    int (*run)(const Arguments& arguments) = nullptr;
};

// One source in commands/ each.
extern const Command recordCommand;
extern const Command infoCommand;
extern const Command eventsCommand;
extern const Command replayCommand;
extern const Command verifyCommand;
extern const Command mapCommand;
extern const Command reportCommand;
extern const Command generateCommand;
extern const Command convertCommand;

/// All of them, in the order of the overview.
[[nodiscard]] std::span<const Command* const> commands();
/// nullptr for an unknown name.
[[nodiscard]] const Command* findCommand(std::string_view name);

} // namespace heapatlas::cli
