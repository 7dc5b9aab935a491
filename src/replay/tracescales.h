// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventscale.h"
#include "model/markers.h"
#include "replay/interrupt.h"
#include "replay/tracecolumnsstore.h"

#include <vector>

namespace heapatlas {

/// Bytes asked for up to each event, in some thousand points. Reads every event; null if interrupted.
[[nodiscard]] EventScalePtr bytesScale(const TraceColumnsStore& store, const Interrupt& interrupt = {});
/// Seconds since the recording began, as the periodic samples have them; not known without two of them.
[[nodiscard]] EventScalePtr secondsScale(const std::vector<UsageSample>& samples, std::uint64_t events);

} // namespace heapatlas
