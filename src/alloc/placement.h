// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>

namespace heapatlas {

/// Why a request failed. One byte, because engines answer millions of them a second; toErrorCode() for the
/// rest.
enum class AllocFailure : std::uint8_t
{
    None,
    OutOfMemory, ///< the memory below has no room
    LimitReached, ///< the heap's own limit forbids it (for ZendMM: PHP's fatal error)
    SizeOverflow,
    BadAlignment,
    UnknownAddress,
    DoubleFree,
    CorruptedState,
};

[[nodiscard]] ErrorCode toErrorCode(AllocFailure failure);

/// What an allocation returned: a block, or a failure and no meaning in `block`.
template <class Block>
struct Placement
{
    Block block {};
    AllocFailure failure = AllocFailure::None;

    [[nodiscard]] bool isOk() const { return failure == AllocFailure::None; }
};

} // namespace heapatlas
