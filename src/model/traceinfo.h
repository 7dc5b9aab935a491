// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "base/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

/// What a trace is, without its events. Counts are 0 until known (a file without index is counted while read).
struct TraceInfo
{
    std::string path;
    Bytes fileBytes = 0;
    std::map<std::string, std::string> meta; ///< as recorded: program, phpVersion, allocator, pid, …

    std::uint64_t events = 0;
    std::uint64_t allocations = 0; ///< without failed ones
    std::uint64_t frees = 0;
    std::uint64_t reallocations = 0;
    std::uint64_t stacks = 0; ///< distinct call stacks
    std::uint64_t sites = 0; ///< distinct innermost frames (function and line)
    std::uint64_t checkpoints = 0;
    std::uint64_t gcRuns = 0;

    std::uint64_t lostEvents = 0; ///< of `events`, those in damaged parts; known once the file was read to its end

    /// The recorder ended as planned and nothing is missing or damaged.
    bool isComplete = false;
    /// Why not, if not: what was lost, in file order.
    std::vector<Error> damage;

    [[nodiscard]] std::string metaValue(const std::string& key) const
    {
        const auto it = meta.find(key);
        return it == meta.end() ? std::string() : it->second;
    }
};

} // namespace heapatlas
