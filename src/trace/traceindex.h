// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heapatlas {

/// What the index at the end of a finished file says (FORMAT.md, "Index").
struct TraceIndex
{
    bool isComplete = false;
    std::uint64_t events = 0;
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t reallocations = 0;
    std::uint64_t stacks = 0;
    std::uint64_t sites = 0;
    std::uint64_t checkpoints = 0;
    std::uint64_t gcRuns = 0;
    std::string reason;
    std::optional<std::uint64_t> lastStateOffset; ///< of the last heap state section
    std::optional<std::uint64_t> lastRestartOffset; ///< of the first part of the last restart point
    std::vector<std::uint64_t> contentsOffsets; ///< of the sections of contents, in file order
};

[[nodiscard]] std::optional<TraceIndex> parseTraceIndex(std::span<const std::uint8_t> bytes);

} // namespace heapatlas
