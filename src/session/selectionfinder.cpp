// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/selectionfinder.h"

namespace heapatlas {

std::optional<Selection> selectionAt(const HeapSnapshot& snapshot, Address address)
{
    const RegionRow* region = snapshot.regionAt(address);
    if (region == nullptr)
        return std::nullopt;
    switch (region->kind) {
    case RegionKind::LargeRun:
    case RegionKind::Huge:
        return Selection { Selection::What::Block, region->range };
    case RegionKind::Header:
    case RegionKind::Free:
        return Selection { Selection::What::Region, region->range };
    case RegionKind::SmallRun:
        break;
    }
    const std::uint64_t slot =
        region->slotBytes == 0 ? region->slotCount : (address - region->range.begin) / region->slotBytes;
    if (slot >= region->slotCount) // the tail of a run that no slot fits in
        return Selection { Selection::What::Region, region->range };
    const Address begin = region->range.begin + slot * region->slotBytes;
    const bool isLive = snapshot.isSlotLive(*region, static_cast<std::uint32_t>(slot));
    return Selection { isLive ? Selection::What::Block : Selection::What::Slot,
        { begin, begin + region->slotBytes } };
}

} // namespace heapatlas
