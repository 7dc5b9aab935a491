// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

/// The free slots of one size class in the order in which they will be handed out.
struct FreeList
{
    std::uint8_t sizeClass = 0;
    std::uint32_t slotBytes = 0;
    std::uint64_t length = 0; ///< slots in all
    std::vector<Address> slots; ///< the first of them
};

} // namespace heapatlas
