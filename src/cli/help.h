// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"

#include <string>

namespace heapatlas::cli {

/// The options that every command takes.
[[nodiscard]] std::span<const OptionSpec> commonOptions();
[[nodiscard]] std::string overview();
[[nodiscard]] std::string helpOf(const Command& command);
/// The command whose name is nearest to a mistyped one, or nullptr.
[[nodiscard]] const Command* similarCommand(std::string_view name);

} // namespace heapatlas::cli
