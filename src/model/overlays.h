// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/callstack.h"
#include "model/freelist.h"
#include "model/pins.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

/// A place that a block gave up not long ago. What was placed there since is not told: views look at what is free.
struct FreedPlace
{
    AddressRange range; ///< granted to the block
    std::uint64_t freedEvent = 0; ///< index of the free or move
};

/// What can be drawn over a snapshot of the same event, as far as it was asked for.
struct HeapOverlays
{
    std::uint64_t eventIndex = 0; ///< state after that many events

    PinTablePtr pins; ///< null: not asked for
    std::vector<Frame> sites; ///< by PinHolder::site

    bool hasJustFreed = false;
    std::uint64_t freedSince = 0; ///< the first event looked at
    std::vector<FreedPlace> justFreed; ///< ascending by address; of the same begin only the newest

    bool hasFreeLists = false;
    std::vector<FreeList> freeLists; ///< ascending by class; empty ones are left out
};
using HeapOverlaysPtr = std::shared_ptr<const HeapOverlays>;

} // namespace heapatlas
