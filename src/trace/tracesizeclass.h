// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace heapatlas {

/// A size class as the trace names it. A request belongs to the first class whose slots are large enough.
struct TraceSizeClass
{
    std::uint32_t slotBytes = 0;
    std::uint32_t runSlots = 0; ///< slots that one run is cut into
};

} // namespace heapatlas
