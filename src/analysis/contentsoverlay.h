// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/zendlayout.h"
#include "model/heapbytes.h"
#include "model/pagesource.h"

#include <span>

namespace heapatlas {

/// Recorded bytes that may be laid over others: those of the newest moment at or before the event that is shown.
struct RecordedContents
{
    PageSource pages;
    std::uint64_t event = 0; ///< they are of the state after that many events
    zend::Layout layout;
};

/// Fills what `bytes` does not know yet (ByteOrigin::Unknown) from recorded contents, and says of what event they are.
/// What the engine knows is newer and stays.
void overlayContents(HeapBytes& bytes, const RecordedContents& contents);

/// Adds the fields of the blocks that `bytes` overlaps, as they were recorded, where no field is yet: small and large
/// ones whole, whatever is seen of them. `blocks` are the live ones at the cursor, ascending. If there is only one,
/// bytes.structure says what it is taken for. Bytes that the engine knows are never taken for a value's.
void decodeBlocks(HeapBytes& bytes, std::span<const AddressRange> blocks, const RecordedContents& contents);

} // namespace heapatlas
