// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events.h"

#include <algorithm>
#include <array>

namespace heapatlas {

std::string_view eventKindName(EventKind kind)
{
    constexpr std::array<std::string_view, 8> names = { "alloc", "free", "realloc", "trim", "limit", "gc",
        "checkpoint", "usage" };
    return names.at(static_cast<std::size_t>(kind));
}

Address EventColumns::addressOf(std::size_t row) const
{
    if (row < address.size())
        return address[row];
    const auto at = std::lower_bound(
        stated.begin(), stated.end(), row, [](const Stated& s, std::size_t r) { return s.row < r; });
    return at != stated.end() && at->row == row ? at->address : Address {};
}

} // namespace heapatlas
