// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/spacetimegrid.h"

#include "model/heapsnapshot.h"

#include <algorithm>
#include <bit>

namespace heapatlas {

namespace {

/// Live slots among [begin, end) of a run.
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

/// Bytes of live slots in [begin, end) of a run, offsets from its begin.
Bytes liveBytes(const HeapSnapshot& snapshot, const RegionRow& region, Bytes begin, Bytes end)
{
    const Bytes slot = region.slotBytes;
    const auto first = static_cast<std::uint32_t>(begin / slot);
    const auto last = static_cast<std::uint32_t>((end - 1) / slot);
    Bytes sum = Bytes { liveCount(snapshot, region, first, last + 1) } * slot;
    if (snapshot.isSlotLive(region, first))
        sum -= begin - first * slot;
    if (snapshot.isSlotLive(region, last))
        sum -= (last + 1) * slot - end;
    return sum;
}

} // namespace

SpacetimeCell pageCell(const HeapSnapshot& snapshot, const RegionRow& region, Bytes offset)
{
    switch (region.kind) {
    case RegionKind::Header:
        return { SpacetimeCell::header, 255 };
    case RegionKind::Free:
        return { SpacetimeCell::free, 0 };
    case RegionKind::LargeRun:
    case RegionKind::Huge:
        return { SpacetimeCell::large, 255 };
    case RegionKind::SmallRun:
        break;
    }
    const auto kind =
        static_cast<std::uint8_t>(std::min<unsigned>(255, SpacetimeCell::firstClass + region.sizeClass));
    const Bytes slots = Bytes { region.slotBytes } * region.slotCount;
    if (region.slotBytes == 0 || offset >= slots)
        return { kind, 0 };
    const Bytes end = std::min(slots, offset + snapshot.pageBytes());
    const Bytes live = liveBytes(snapshot, region, offset, end);
    return { kind, static_cast<std::uint8_t>(live * 255 / (end - offset)) };
}

SpacetimeGrid::Place SpacetimeGrid::columnAt(std::uint64_t position) const
{
    const std::vector<SpacetimeStripPtr>& strips = position < fineEnd || coarse.empty() ? fine : coarse;
    const auto after = std::upper_bound(strips.begin(), strips.end(), position,
        [](std::uint64_t p, const SpacetimeStripPtr& strip) { return p < strip->at.front(); });
    if (after == strips.begin() || position < begin || position > end)
        return {};
    const SpacetimeStrip& strip = **(after - 1);
    const auto column = std::upper_bound(strip.at.begin(), strip.at.end(), position);
    return { &strip, static_cast<std::size_t>(column - strip.at.begin()) - 1 };
}

std::size_t SpacetimeGrid::cells() const
{
    std::size_t sum = 0;
    for (const auto* strips : { &fine, &coarse })
        for (const SpacetimeStripPtr& strip : *strips)
            for (const auto& band : strip->bands)
                sum += band.size();
    return sum;
}

} // namespace heapatlas
