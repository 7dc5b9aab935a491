// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "model/callstack.h"
#include "model/heapsnapshot.h"
#include "model/traceinfo.h"

#include <QString>

#include <cstdint>

namespace heapatlas::wording {

/// A sentence for people: what happened, where (file, offset), and what can be done. No code, no blame.
[[nodiscard]] QString sentence(const Error& error, const QString& path = {});
/// What of a damaged trace is missing, in one sentence; empty for a whole one.
[[nodiscard]] QString damage(const TraceInfo& info);
/// "Recorded trace, complete", "Recorded trace, damaged", "Recorded trace, cut off".
[[nodiscard]] QString sourceState(const TraceInfo& info);
/// "PHP 8.2.36 CLI, pid 4127".
[[nodiscard]] QString process(const TraceInfo& info);

[[nodiscard]] QString size(Bytes bytes); ///< "56 B", "9.6 KB", "10.25 MB"
[[nodiscard]] QString exactSize(Bytes bytes); ///< "10 747 904 bytes"
[[nodiscard]] QString count(std::uint64_t n); ///< thin spaces
[[nodiscard]] QString percent(double share); ///< "19.2 %"
[[nodiscard]] QString address(Address address);
[[nodiscard]] QString fileAndLine(const Frame& frame); ///< "MetricsBuffer.php:52", or "internal"

/// "56 B block", "Large run, 12 pages", "Huge block, 2.25 MB", "Free slot, 56 B class", "Chunk header", …
[[nodiscard]] QString regionTitle(const RegionRow& region);
[[nodiscard]] QString blockTitle(const BlockRow& block, const RegionRow& region);
/// The class of a small run: "56 B (bin 6, 1-page runs)".
[[nodiscard]] QString sizeClass(const RegionRow& region);

} // namespace heapatlas::wording
