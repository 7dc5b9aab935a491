// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <optional>

namespace heapatlas {

/// What is selected, in every view at once. `range` is the block, run, page or chunk; empty optional:
/// nothing.
struct Selection
{
    enum class What : unsigned char
    {
        Nothing,
        Block,
        Slot, ///< a free slot
        Region, ///< a run of pages, live or free
        Page,
        Chunk,
    };
    What what = What::Nothing;
    AddressRange range;

    friend bool operator==(const Selection& a, const Selection& b)
    {
        return a.what == b.what && a.range == b.range;
    }
};

} // namespace heapatlas
