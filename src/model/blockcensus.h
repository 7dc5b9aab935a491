// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace heapatlas {

/// Who holds how much at one event: the live blocks counted by the call stack of their allocation.
struct BlockCensus
{
    struct Row
    {
        std::uint32_t stack = 0; ///< 0: unknown
        std::uint64_t blocks = 0;
        Bytes bytes = 0; ///< granted
    };
    std::uint64_t event = 0; ///< state after that many events
    std::vector<Row> rows; ///< ascending by stack
};

using BlockCensusPtr = std::shared_ptr<const BlockCensus>;

} // namespace heapatlas
