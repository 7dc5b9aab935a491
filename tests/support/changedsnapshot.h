// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/snapshotbuilder.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace heapatlas::testing {

/// The heap of `base` a moment later: about `changes` times a slot was freed or filled, a large run freed, or a hole
/// filled with one. Chunks stay where they are.
[[nodiscard]] inline SnapshotPtr changedSnapshot(
    const HeapSnapshot& base, std::mt19937& random, std::uint32_t changes)
{
    SnapshotBuilder out(base.eventIndex() + changes, base.detail(), base.window());
    out.setPageBytes(base.pageBytes());
    out.setTotals(base.totals());
    const auto regions = static_cast<std::uint32_t>(base.regions().size());
    const auto isChosen = [&] { return regions != 0 && random() % regions < changes; };
    for (const ChunkRow& chunk : base.chunks()) {
        out.beginChunk(chunk);
        for (RegionRow region : base.regions().subspan(chunk.firstRegion, chunk.regionCount)) {
            const bool isChanged = isChosen();
            const auto blocks = base.blocks();
            auto block = std::lower_bound(blocks.begin(), blocks.end(), region.range.begin,
                [](const BlockRow& row, Address a) { return row.begin < a; });
            if (region.kind == RegionKind::SmallRun) {
                const std::uint32_t turned =
                    isChanged ? static_cast<std::uint32_t>(random() % region.slotCount) : region.slotCount;
                if (isChanged)
                    region.liveSlots += base.isSlotLive(region, turned) ? ~0U : 1U;
                const auto bits = out.addRegion(region);
                for (std::uint32_t slot = 0; slot < region.slotCount; ++slot) {
                    if (base.isSlotLive(region, slot) == (slot == turned))
                        continue;
                    bits[slot / 64] |= std::uint64_t { 1 } << (slot % 64);
                    BlockRow row;
                    row.begin = region.range.begin + Bytes { slot } * region.slotBytes;
                    row.size = region.slotBytes;
                    row.requested = region.slotBytes - random() % 2 * (region.slotBytes / 3);
                    while (block != blocks.end() && block->begin < row.begin)
                        ++block;
                    const bool isKnown = block != blocks.end() && block->begin == row.begin;
                    if (isKnown || slot == turned)
                        out.addBlock(isKnown ? *block : row);
                }
                continue;
            }
            const bool isHole = region.kind == RegionKind::Free;
            if (isChanged && (isHole || region.kind == RegionKind::LargeRun)) {
                region.kind = isHole ? RegionKind::LargeRun : RegionKind::Free;
                region.liveSlots = isHole ? 1 : 0;
                region.requested = isHole ? region.range.size() - 100 : 0;
                out.addRegion(region);
                if (isHole)
                    out.addBlock({ region.range.begin, region.range.size(), region.requested, 1, 1, 0, 0 });
                continue;
            }
            out.addRegion(region);
            if (block != blocks.end() && block->begin == region.range.begin)
                out.addBlock(*block);
        }
    }
    return out.finish();
}

} // namespace heapatlas::testing
