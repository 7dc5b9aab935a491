// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cellcode.h"

#include <bit>

namespace heapatlas {

namespace {

std::uint32_t liveCount(
    const HeapSnapshot& snapshot, const RegionRow& region, std::uint32_t begin, std::uint32_t end)
{
    std::uint32_t count = 0;
    const auto bits = snapshot.liveBits();
    while (begin < end) {
        const std::uint32_t shift = begin % 64;
        const std::uint32_t take = std::min(64 - shift, end - begin);
        std::uint64_t word = bits[region.firstLiveWord + begin / 64] >> shift;
        if (take < 64)
            word &= (std::uint64_t { 1 } << take) - 1;
        count += static_cast<std::uint32_t>(std::popcount(word));
        begin += take;
    }
    return count;
}

/// Bytes of the blocks' slack in [begin, end), as far as the snapshot has the blocks.
Bytes slackOfBlocks(const HeapSnapshot& snapshot, Address begin, Address end)
{
    const auto blocks = snapshot.blocks();
    auto block = std::upper_bound(
        blocks.begin(), blocks.end(), begin, [](Address a, const BlockRow& b) { return a < b.begin; });
    if (block != blocks.begin())
        --block;
    Bytes slack = 0;
    for (; block != blocks.end() && block->begin < end; ++block) {
        const Bytes size = block->size;
        const Address from = std::max(begin, block->begin + std::min(block->requested, size));
        const Address to = std::min(end, block->begin + size);
        slack += from < to ? to - from : 0;
    }
    return slack;
}

} // namespace

Bytes liveBytes(const HeapSnapshot& snapshot, const RegionRow& region, Bytes begin, Bytes end)
{
    const Bytes slot = region.slotBytes;
    end = std::min(end, slot * region.slotCount);
    if (slot == 0 || begin >= end)
        return 0;
    const auto first = static_cast<std::uint32_t>(begin / slot);
    const auto last = static_cast<std::uint32_t>((end - 1) / slot);
    Bytes sum = Bytes { liveCount(snapshot, region, first, last + 1) } * slot;
    if (snapshot.isSlotLive(region, first))
        sum -= begin - first * slot;
    if (snapshot.isSlotLive(region, last))
        sum -= (last + 1) * slot - end;
    return sum;
}

CellSums cellSums(const HeapSnapshot& snapshot, AddressRange range)
{
    CellSums sums;
    const auto regions = snapshot.regions();
    auto region = std::upper_bound(regions.begin(), regions.end(), range.begin,
        [](Address a, const RegionRow& r) { return a < r.range.begin; });
    if (region != regions.begin())
        --region;
    for (; region != regions.end() && region->range.begin < range.end; ++region) {
        const Address from = std::max(range.begin, region->range.begin);
        const Address to = std::min(range.end, region->range.end);
        if (!(from < to))
            continue;
        const Bytes begin = from - region->range.begin;
        const Bytes end = to - region->range.begin;
        switch (region->kind) {
        case RegionKind::Header:
            sums.overhead += end - begin;
            break;
        case RegionKind::Free:
            sums.free += end - begin;
            break;
        case RegionKind::SmallRun: {
            const Bytes slots = Bytes { region->slotBytes } * region->slotCount;
            const Bytes tail = end <= slots ? 0 : end - std::max(begin, slots);
            const Bytes granted = liveBytes(snapshot, *region, begin, end);
            const Bytes slack = std::min(granted, slackOfBlocks(snapshot, from, to));
            sums.overhead += tail;
            sums.live += granted - slack;
            sums.slack += slack;
            sums.free += end - begin - tail - granted;
            break;
        }
        case RegionKind::LargeRun:
        case RegionKind::Huge: {
            const Bytes asked = region->requested == 0 ? region->range.size() : region->requested;
            const Bytes live = asked <= begin ? 0 : std::min(asked, end) - begin;
            sums.live += live;
            sums.slack += end - begin - live;
            break;
        }
        }
    }
    return sums;
}

} // namespace heapatlas
