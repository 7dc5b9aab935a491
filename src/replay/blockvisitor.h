// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>

namespace heapatlas {

/// A block at the moment when it comes to be, changes or ends. Addresses are the recorded ones.
struct BlockEvent
{
    std::uint64_t event = 0; ///< index of the event that does it
    Address begin;
    Bytes size = 0; ///< granted
    Bytes requested = 0;
    std::uint64_t bornEvent = 0; ///< event index + 1 of its allocation (0: live before the recording)
    std::uint32_t stack = 0; ///< call stack id of its allocation, 0 unknown
    std::uint32_t slot = 0; ///< live slot of the trace
    std::uint32_t endStack = 0; ///< ended(): call stack id of the event
};

/// Is told of every block that comes and goes while a cursor runs forward. A realloc that moved (as recorded) ends one
/// block and begins another, one that stayed in place resizes; failed requests are left out.
class BlockVisitor
{
public:
    virtual ~BlockVisitor() = default;
    BlockVisitor() = default;
    BlockVisitor(const BlockVisitor&) = delete;
    BlockVisitor& operator=(const BlockVisitor&) = delete;

    virtual void born(const BlockEvent& block) = 0;
    virtual void ended(const BlockEvent& block) = 0;
    /// A realloc in place: `block` as it is now, with the bytes that were granted and asked for before.
    virtual void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) = 0;
    /// The whole heap is replaced by an observed one (the recording was interrupted): none of the blocks told of so far
    /// is live, and those of the new heap are told of as born() next.
    virtual void forgotten() { }
};

} // namespace heapatlas
