// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slotlives.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>

namespace heapatlas {

/// Runs over the whole trace and counts who lived in `run`, and in the block that begins at `place`. Null if
/// interrupted.
[[nodiscard]] SlotLivesPtr countSlot(
    ReplayCursor& cursor, AddressRange run, Address place, const Interrupt& interrupt = {});

/// Blocks that live in the window at a position in [begin, end]. Null if interrupted.
[[nodiscard]] BoxCountPtr countBox(ReplayCursor& cursor, AddressRange window, std::uint64_t begin,
    std::uint64_t end, const Interrupt& interrupt = {});

} // namespace heapatlas
