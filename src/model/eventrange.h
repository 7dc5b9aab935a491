// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace heapatlas {

/// Half-open stretch [begin, end) of event indices: from the state at `begin` to the state at `end`.
struct EventRange
{
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    [[nodiscard]] constexpr std::uint64_t size() const { return end > begin ? end - begin : 0; }
    [[nodiscard]] constexpr bool isEmpty() const { return end <= begin; }
    [[nodiscard]] constexpr bool contains(std::uint64_t event) const { return event >= begin && event < end; }
    friend constexpr bool operator==(const EventRange&, const EventRange&) = default;
};

} // namespace heapatlas
