// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rangefigures.h"
#include "model/usagecloseup.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <optional>

namespace heapatlas {

/// What happened in a range (clamped to the trace): sums from the trace's totals, peaks from the curve where it covers
/// whole buckets, the rest by replaying less than a bucket at each end. `curve` is of the same replay. Nothing if
/// interrupted.
[[nodiscard]] std::optional<RangeFigures> rangeFigures(
    ReplayCursor& cursor, const UsageCurve& curve, EventRange range, const Interrupt& interrupt = {});

/// Usage in a range (clamped to the trace), a bucket each `stride` events. Nothing if interrupted. Replays the range: for
/// short ones.
[[nodiscard]] std::optional<UsageCloseUp> usageCloseUp(
    ReplayCursor& cursor, EventRange range, std::uint64_t stride, const Interrupt& interrupt = {});

} // namespace heapatlas
