// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/snapshotdiff.h"

#include <algorithm>

namespace heapatlas {

namespace {

std::span<const RegionRow> regionsIn(const HeapSnapshot& snapshot, AddressRange window)
{
    const auto all = snapshot.regions();
    auto first = std::upper_bound(all.begin(), all.end(), window.begin,
        [](Address a, const RegionRow& row) { return a < row.range.begin; });
    if (first != all.begin() && window.begin < std::prev(first)->range.end)
        --first;
    const auto last = std::lower_bound(
        first, all.end(), window.end, [](const RegionRow& row, Address a) { return row.range.begin < a; });
    return { first, last };
}

std::span<const BlockRow> blocksIn(const HeapSnapshot& snapshot, AddressRange range)
{
    const auto all = snapshot.blocks();
    const auto isBefore = [](const BlockRow& row, Address a) { return row.begin < a; };
    const auto first = std::lower_bound(all.begin(), all.end(), range.begin, isBefore);
    return { first, std::lower_bound(first, all.end(), range.end, isBefore) };
}

/// Of two regions of the same range.
bool isSame(const HeapSnapshot& before, const RegionRow& a, const HeapSnapshot& after, const RegionRow& b)
{
    if (a.kind != b.kind || a.sizeClass != b.sizeClass || a.slotBytes != b.slotBytes
        || a.slotCount != b.slotCount || a.liveSlots != b.liveSlots || a.requested != b.requested)
        return false;
    if (a.kind == RegionKind::Free || a.kind == RegionKind::Header)
        return true;
    if (a.kind == RegionKind::SmallRun) {
        const std::size_t words = (std::size_t { a.slotCount } + 63) / 64;
        const auto bitsA = before.liveBits().subspan(a.firstLiveWord, words);
        const auto bitsB = after.liveBits().subspan(b.firstLiveWord, words);
        if (!std::equal(bitsA.begin(), bitsA.end(), bitsB.begin()))
            return false;
    }
    const auto blocksA = blocksIn(before, a.range);
    const auto blocksB = blocksIn(after, b.range);
    return std::equal(blocksA.begin(), blocksA.end(), blocksB.begin(), blocksB.end(),
        [](const BlockRow& x, const BlockRow& y) {
            return x.begin == y.begin && x.size == y.size && x.requested == y.requested
                && x.bornEvent == y.bornEvent && x.stack == y.stack && x.slot == y.slot;
        });
}

} // namespace

std::vector<AddressRange> changedRanges(
    const HeapSnapshot& before, const HeapSnapshot& after, AddressRange window)
{
    std::vector<AddressRange> changed;
    const auto add = [&changed](AddressRange range) {
        if (!changed.empty() && range.begin <= changed.back().end)
            changed.back().end = std::max(changed.back().end, range.end);
        else
            changed.push_back(range);
    };
    const auto rowsA = regionsIn(before, window);
    const auto rowsB = regionsIn(after, window);
    auto a = rowsA.begin();
    auto b = rowsB.begin();
    while (a != rowsA.end() || b != rowsB.end()) {
        if (a == rowsA.end() || (b != rowsB.end() && b->range.end <= a->range.begin)) {
            add((b++)->range);
        } else if (b == rowsB.end() || a->range.end <= b->range.begin) {
            add((a++)->range);
        } else if (a->range == b->range) {
            if (!isSame(before, *a, after, *b))
                add(a->range);
            ++a;
            ++b;
        } else {
            const Address endA = a->range.end;
            const Address endB = b->range.end;
            add({ std::min(a->range.begin, b->range.begin), std::max(endA, endB) });
            if (endA <= endB)
                ++a;
            if (endB <= endA)
                ++b;
        }
    }
    return changed;
}

} // namespace heapatlas
