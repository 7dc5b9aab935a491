// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/traceinfo.h"

#include <QStringList>

namespace heapatlas::wording {

/// What a trace has not, however whole it is, and what follows from that: a sentence each. `knowsStart`, `knowsEnd`:
/// whether the state of the heap there was recorded (and can be one).
[[nodiscard]] QStringList missing(const TraceInfo& info, bool knowsStart, bool knowsEnd);

} // namespace heapatlas::wording
