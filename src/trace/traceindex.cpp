// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/traceindex.h"

#include "trace/bytecursor.h"
#include "trace/hatformat.h"

namespace heapatlas {

std::optional<TraceIndex> parseTraceIndex(std::span<const std::uint8_t> bytes)
{
    ByteCursor in(bytes);
    TraceIndex index;
    index.isComplete = in.fixed<std::uint8_t>() != 0;
    for (std::uint64_t* total : { &index.events, &index.allocations, &index.frees, &index.reallocations,
             &index.stacks, &index.sites, &index.checkpoints, &index.gcRuns })
        *total = in.number();
    index.reason = in.text(in.number());
    const auto rows = in.fixed<std::uint32_t>();
    std::uint64_t offset = 0;
    bool isAmongParts = false; // of a restart point
    for (std::uint32_t i = 0; i < rows && in.isOk(); ++i) {
        const unsigned type = in.fixed<std::uint8_t>();
        offset += in.number();
        (void)in.number(); // first event
        (void)in.number(); // count
        if (type == HAT_SECTION_RESTART && !isAmongParts)
            index.lastRestartOffset = offset;
        isAmongParts = type == HAT_SECTION_RESTART || (isAmongParts && type != HAT_SECTION_EVENTS);
        if (type == HAT_SECTION_STATE)
            index.lastStateOffset = offset;
        else if (type == HAT_SECTION_PAGES || type == HAT_SECTION_MOMENT)
            index.contentsOffsets.push_back(offset);
    }
    if (!in.isOk())
        return std::nullopt;
    return index;
}

} // namespace heapatlas
