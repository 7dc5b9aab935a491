// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lifebars.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <functional>

namespace heapatlas {

struct LifeRequest
{
    AddressRange window; ///< a few pages of one chunk, or a huge block
    std::uint64_t begin = 0; ///< positions [begin, end]
    std::uint64_t end = 0;
    std::size_t maxBars = 200'000;
    /// Positions that are seen, ascending: with more bars than allowed, those that live at none of them are left out.
    std::vector<std::uint64_t> columns;
};

/// Takes bars that are not complete yet and how much of the work is done, 0 … 1.
using LifePublish = std::function<void(LifeBarsPtr, double)>;

/// Every block in the window during the stretch, by one run of the cursor over it; ends beyond the stretch are looked
/// up in the events. Null if interrupted.
[[nodiscard]] LifeBarsPtr findLives(ReplayCursor& cursor, const LifeRequest& request,
    const Interrupt& interrupt = {}, const LifePublish& publish = {});

} // namespace heapatlas
