// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events.h"

#include <array>

namespace heapatlas {

std::string_view eventKindName(EventKind kind)
{
    constexpr std::array<std::string_view, 8> names
        = { "alloc", "free", "realloc", "trim", "limit", "gc", "checkpoint", "usage" };
    return names.at(static_cast<std::size_t>(kind));
}

} // namespace heapatlas
