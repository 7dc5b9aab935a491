// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"

#include <string>

namespace heapatlas::testing {

template <class T>
inline void put(std::string& out, const T& value)
{
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Every field of a snapshot, without the padding between them.
inline std::string bytesOf(const HeapSnapshot& s)
{
    std::string out;
    put(out, s.eventIndex());
    put(out, s.detail());
    put(out, s.window());
    put(out, s.pageBytes());
    const HeapTotals& t = s.totals();
    for (const std::uint64_t value : { t.live, t.peakLive, t.real, t.realPeak, t.requested, t.limit,
             t.freeSlotBytes, t.largestHole, t.liveBlocks, t.freePages, std::uint64_t { t.chunks },
             std::uint64_t { t.cachedChunks }, std::uint64_t { t.hugeBlocks } })
        put(out, value);
    for (const ChunkRow& row : s.chunks()) {
        put(out, row.range);
        for (const std::uint64_t value : { std::uint64_t { row.ordinal }, std::uint64_t { row.pageCount },
                 std::uint64_t { row.freePages }, std::uint64_t { row.firstRegion },
                 std::uint64_t { row.regionCount }, row.usedBytes, std::uint64_t { row.isCached } })
            put(out, value);
    }
    for (const RegionRow& row : s.regions()) {
        put(out, row.range);
        for (const std::uint64_t value : { static_cast<std::uint64_t>(row.kind),
                 std::uint64_t { row.sizeClass }, std::uint64_t { row.slotBytes },
                 std::uint64_t { row.slotCount }, std::uint64_t { row.liveSlots },
                 std::uint64_t { row.firstLiveWord }, std::uint64_t { row.chunk }, row.requested })
            put(out, value);
    }
    for (const std::uint64_t word : s.liveBits())
        put(out, word);
    for (const BlockRow& row : s.blocks()) {
        for (const std::uint64_t value : { row.begin.value, row.size, row.requested, row.bornEvent,
                 std::uint64_t { row.stack }, std::uint64_t { row.slot }, std::uint64_t { row.region } })
            put(out, value);
    }
    return out;
}

} // namespace heapatlas::testing
