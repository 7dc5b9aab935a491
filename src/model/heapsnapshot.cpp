// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/heapsnapshot.h"

#include <algorithm>

namespace heapatlas {

namespace {

/// The last row of a sorted span that begins at or before the address, or nullptr.
template <class Row, class Begin>
const Row* lastAtOrBefore(std::span<const Row> rows, Address address, Begin begin)
{
    const auto after = std::upper_bound(
        rows.begin(), rows.end(), address, [&](Address a, const Row& row) { return a < begin(row); });
    return after == rows.begin() ? nullptr : &*(after - 1);
}

} // namespace

const RegionRow* HeapSnapshot::regionAt(Address address) const
{
    const RegionRow* row
        = lastAtOrBefore(regions(), address, [](const RegionRow& r) { return r.range.begin; });
    return row != nullptr && row->range.contains(address) ? row : nullptr;
}

const BlockRow* HeapSnapshot::blockAt(Address address) const
{
    const BlockRow* row = lastAtOrBefore(blocks(), address, [](const BlockRow& b) { return b.begin; });
    return row != nullptr && address - row->begin < row->size ? row : nullptr;
}

const ChunkRow* HeapSnapshot::chunkAt(Address address) const
{
    const ChunkRow* row = lastAtOrBefore(chunks(), address, [](const ChunkRow& c) { return c.range.begin; });
    return row != nullptr && row->range.contains(address) ? row : nullptr;
}

} // namespace heapatlas
