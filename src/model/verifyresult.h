// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace heapatlas {

/// How a replay in the recording's own engine compares with what was observed.
struct VerifyResult
{
    enum class FinalState : std::uint8_t
    {
        Absent,
        Identical,
        Different,
    };
    struct Mismatch
    {
        std::uint64_t event = 0;
        std::string expected; ///< as observed: an address, a figure
        std::string actual; ///< what the engine did
    };

    std::uint64_t events = 0;
    std::uint64_t placements = 0; ///< successful allocations and reallocations
    std::uint64_t matched = 0;
    std::uint64_t samples = 0;
    std::uint64_t samplesMatched = 0;
    std::uint64_t usageCalls = 0;
    std::uint64_t usageCallsMatched = 0;
    FinalState finalState = FinalState::Absent;
    std::string finalDifference; ///< the first field that differs
    std::optional<Mismatch> firstMismatch;

    [[nodiscard]] bool isExact() const
    {
        return matched == placements && samplesMatched == samples && usageCallsMatched == usageCalls
            && finalState != FinalState::Different && !firstMismatch;
    }
};

} // namespace heapatlas
