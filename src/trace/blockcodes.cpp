// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blockcodes.h"

namespace heapatlas {

std::optional<Marker> parseMarker(
    ByteCursor& in, std::uint64_t event, const Definitions& definitions, EventKind& kind)
{
    Marker marker { event, {} };
    switch (in.fixed<std::uint8_t>()) {
    case HAT_MARKER_TRIM:
        kind = EventKind::Trim;
        marker.what = TrimMarker { in.number() };
        break;
    case HAT_MARKER_LIMIT: {
        kind = EventKind::Limit;
        LimitMarker limit;
        limit.requested = in.number();
        limit.resulting = in.number();
        limit.accepted = in.number() != 0;
        limit.hardLimit = in.number();
        marker.what = limit;
        break;
    }
    case HAT_MARKER_GC: {
        kind = EventKind::Gc;
        GcMarker gc;
        const std::uint64_t length = in.number();
        if (length > event)
            return std::nullopt;
        gc.firstEvent = event - length;
        for (GcStatus* status : { &gc.before, &gc.after }) {
            status->runs = in.number();
            status->collected = in.number();
            status->threshold = in.number();
            status->roots = in.number();
        }
        marker.what = gc;
        break;
    }
    case HAT_MARKER_CHECKPOINT:
        kind = EventKind::Checkpoint;
        marker.what = CheckpointMarker { definitions.string(in.numberBelow(std::uint64_t { 1 } << 32)) };
        break;
    case HAT_MARKER_USAGE: {
        kind = EventKind::Usage;
        const std::uint32_t figure = in.numberBelow(static_cast<std::uint64_t>(UsageFigure::ResetPeak) + 1);
        marker.what = UsageMarker { static_cast<UsageFigure>(figure), in.number() };
        break;
    }
    default:
        return std::nullopt;
    }
    if (!in.isOk())
        return std::nullopt;
    return marker;
}

} // namespace heapatlas
