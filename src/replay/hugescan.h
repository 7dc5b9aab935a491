// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/spacetimegrid.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

/// Huge blocks as the events tell them: when they came and went, which no engine has to be asked for.
struct HugeScan
{
    /// A moment at which the engine tells where the block of a bar is and how large.
    struct Look
    {
        std::uint64_t position = 0;
        std::size_t bar = 0;
    };
    std::vector<HugeBar> bars; ///< by begin; those that begin in the stretch have no range yet
    std::vector<Look> looks; ///< ascending
    std::uint64_t dropped = 0; ///< beyond the limit, those that live shortest
};

/// Blocks that are asked for with at least `least` bytes and live at a position in [begin, end]; at most `limit` of
/// them. Moves the cursor to `begin`, and to where the recording was interrupted. Reads every event from there on, as
/// long as any of them lives. Incomplete if interrupted.
[[nodiscard]] HugeScan scanHuge(ReplayCursor& cursor, std::uint64_t begin, std::uint64_t end, Bytes least,
    std::size_t limit, const Interrupt& interrupt = {});

} // namespace heapatlas
