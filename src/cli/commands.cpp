// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

#include <algorithm>
#include <array>

namespace heapatlas::cli {

std::span<const Command* const> commands()
{
    static const std::array<const Command*, 9> all { &recordCommand, &infoCommand, &reportCommand,
        &eventsCommand, &replayCommand, &verifyCommand, &mapCommand, &convertCommand, &generateCommand };
    return all;
}

const Command* findCommand(std::string_view name)
{
    const auto all = commands();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Command* c) { return c->name == name; });
    return found == all.end() ? nullptr : *found;
}

} // namespace heapatlas::cli
