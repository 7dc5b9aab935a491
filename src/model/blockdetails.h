// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"
#include "model/heapsnapshot.h"

#include <optional>

namespace heapatlas {

/// Everything the inspector says of one block.
struct BlockDetails
{
    BlockRow block;
    RegionRow region;
    std::optional<std::uint64_t> freedEvent; ///< event index of its free or move; unset: never freed in the trace
    CallStack allocatedBy;
    CallStack freedBy;
};

} // namespace heapatlas
