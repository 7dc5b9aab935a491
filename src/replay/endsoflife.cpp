// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/endsoflife.h"

#include "replay/blockcache.h"

#include <algorithm>

namespace heapatlas {

std::map<std::uint32_t, std::uint64_t> endsOfLife(const ReplaySource& source,
    const std::vector<std::uint32_t>& slots, std::uint64_t position, const Interrupt& interrupt)
{
    constexpr std::size_t stride = 65536;
    const TraceColumnsStore& store = source.store();
    std::map<std::uint32_t, std::uint64_t> ends;
    std::vector<bool> isWanted(store.slotCapacity());
    std::size_t open = 0;
    for (const std::uint32_t slot : slots) {
        if (slot >= isWanted.size() || isWanted[slot])
            continue;
        isWanted[slot] = true;
        ++open;
    }
    const std::vector<std::uint64_t> breaks = breaksIn(source, position, store.eventCount());
    const std::uint64_t end = breaks.empty() ? store.eventCount() : breaks.front();
    if (position >= end || store.blockCount() == 0)
        return ends;
    BlockCache cache;
    for (std::size_t b = store.blockOf(position); b < store.blockCount() && open > 0; ++b) {
        const EventColumns& columns = cache.columns(store, b);
        if (columns.firstEvent >= end)
            break;
        const std::size_t first =
            position > columns.firstEvent ? static_cast<std::size_t>(position - columns.firstEvent) : 0;
        for (std::size_t from = first; from < columns.count() && open > 0; from += stride) {
            if (interrupt && interrupt())
                return ends;
            const std::size_t to = std::min(columns.count(), from + stride);
            for (std::size_t row = from; row < to; ++row) {
                const EventCode code = columns.code[row];
                if (code.kind() > EventKind::Reallocate || columns.slot[row] >= isWanted.size()
                    || !isWanted[columns.slot[row]]) [[likely]]
                    continue;
                const bool isEnd = code.kind() == EventKind::Free
                    || (code.kind() == EventKind::Reallocate && !code.isInPlace());
                if (!isEnd || code.hasFailed())
                    continue;
                isWanted[columns.slot[row]] = false;
                ends[columns.slot[row]] = columns.firstEvent + row + 1;
                --open;
            }
        }
    }
    if (!breaks.empty()) {
        for (const std::uint32_t slot : slots) {
            if (slot < isWanted.size() && isWanted[slot])
                ends[slot] = end;
        }
    }
    return ends;
}

std::vector<std::uint64_t> breaksIn(const ReplaySource& source, std::uint64_t begin, std::uint64_t end)
{
    std::vector<std::uint64_t> breaks;
    const auto& keyframes = source.keyframes();
    for (auto it = keyframes.upper_bound(begin); it != keyframes.end() && it->first <= end; ++it) {
        if (source.isBreak(it->first))
            breaks.push_back(it->first);
    }
    return breaks;
}

} // namespace heapatlas
