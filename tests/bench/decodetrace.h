// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/usagecurve.h"
#include "trace/tracereader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas::bench {

/// What opening a trace without an engine comes to: columns, the live set (size by slot) and the recorded usage curve.
struct DecodedTrace
{
    std::uint64_t events = 0;
    Bytes liveBytes = 0; ///< requested by live blocks at the end
    std::vector<Bytes> sizes; ///< by slot, 0 free
    UsageCurve curve; ///< of requested live bytes, and the allocator's own figures at the samples
};

[[nodiscard]] inline std::optional<DecodedTrace> decodeTrace(const std::string& path, ColumnChoice choice)
{
    auto opened = TraceReader::open(path);
    if (!opened)
        return std::nullopt;
    TraceReader& reader = **opened;
    DecodedTrace trace;
    const auto takeLive = [&] {
        trace.sizes.assign(reader.slotCapacity(), 0);
        trace.liveBytes = 0;
        for (const AdoptedBlock& block : reader.liveBlocks()) {
            trace.sizes[block.slot] = block.size;
            trace.liveBytes += block.size;
        }
    };
    takeLive();
    EventColumns columns;
    std::size_t sample = 0;
    while (reader.readBlock(columns, choice)) {
        if (reader.isDiscontinuous())
            takeLive();
        if (trace.sizes.size() < reader.slotCapacity())
            trace.sizes.resize(reader.slotCapacity());
        for (std::size_t from = 0; from < columns.count(); from += UsageCurve::baseEvents) {
            const std::size_t to = std::min<std::size_t>(columns.count(), from + UsageCurve::baseEvents);
            UsageBucket bucket { trace.liveBytes, trace.liveBytes, 0, 0, 0 };
            for (std::size_t row = from; row < to; ++row) {
                const EventCode code = columns.code[row];
                if (code.kind() >= EventKind::Trim || code.hasFailed() || code.isUnknownBlock())
                    continue;
                Bytes& size = trace.sizes[columns.slot[row]];
                const Bytes now = code.kind() == EventKind::Free ? 0 : columns.requested(row);
                trace.liveBytes += now - size;
                size = now;
                bucket.liveMin = std::min(bucket.liveMin, trace.liveBytes);
                bucket.liveMax = std::max(bucket.liveMax, trace.liveBytes);
            }
            for (; sample < reader.samples().size()
                 && reader.samples()[sample].event <= columns.firstEvent + to;
                 ++sample) {
                bucket.realMax = reader.samples()[sample].real;
                bucket.peak = reader.samples()[sample].peak;
            }
            trace.curve.append(bucket);
        }
        trace.events = columns.firstEvent + columns.count();
    }
    trace.curve.setEvents(trace.events);
    return trace;
}

} // namespace heapatlas::bench
