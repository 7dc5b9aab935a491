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
/// The same for a log or a "Details" box: code, context and offset on one line.
[[nodiscard]] QString detailLine(const Error& error);
/// Why a trace that is not complete is whole all the same, as far as it goes.
enum class Unfinished : unsigned char
{
    No, ///< complete, or parts are missing
    EndedEarly, ///< the recorder closed it before the program ended (its size limit, heapatlas_pause())
    NotClosed, ///< whole to its last byte but without an end: the program was killed, or the file cut in a lucky place
};
[[nodiscard]] Unfinished unfinished(const TraceInfo& info);
/// What of a damaged trace is missing, in one sentence; empty for a whole one.
[[nodiscard]] QString damage(const TraceInfo& info);
/// "Loading was stopped: the first 62.0 % of the trace is here."; share is 0 … 1.
[[nodiscard]] QString stoppedAt(double share);
/// "Recorded trace, complete", "Recorded trace, damaged", "Recorded trace, cut off".
[[nodiscard]] QString sourceState(const TraceInfo& info);
/// "PHP 8.2.36 CLI, pid 4127".
[[nodiscard]] QString process(const TraceInfo& info);
/// What was run, in short: the script's file name, or the program as typed. Never empty: "unknown program".
[[nodiscard]] QString program(const TraceInfo& info);

[[nodiscard]] QString size(Bytes bytes); ///< "56 B", "9.6 KB", "10.25 MB"
[[nodiscard]] QString exactSize(Bytes bytes); ///< "10 747 904 bytes"
[[nodiscard]] QString count(std::uint64_t n); ///< thin spaces
[[nodiscard]] QString percent(double share); ///< "19.2 %"
[[nodiscard]] QString signedSize(std::int64_t bytes); ///< "+9.6 KB", "−56 B" (U+2212), "0 B"
[[nodiscard]] QString signedCount(std::int64_t n); ///< "+1 204", "−3", "0"
[[nodiscard]] QString duration(double seconds); ///< "0.41 ms", "12.3 ms", "4.56 s", "2 min 05 s"
[[nodiscard]] QString events(std::uint64_t n); ///< "1 event", "1 543 111 events"
[[nodiscard]] QString blocks(std::uint64_t n); ///< "1 block", "1 204 blocks"
[[nodiscard]] QString address(Address address);
[[nodiscard]] QString fileAndLine(const Frame& frame); ///< "MetricsBuffer.php:52", or "internal"
[[nodiscard]] QString site(const Frame& frame); ///< "MetricsBuffer::push, MetricsBuffer.php:52"

/// "56 B run, 1 page", "Large run, 12 pages", "Huge block, 2.25 MB", "Free, 87 pages", "Chunk header".
[[nodiscard]] QString regionTitle(const RegionRow& region);
[[nodiscard]] QString freeSlotTitle(const RegionRow& region); ///< "Free slot, 56 B class"
[[nodiscard]] QString blockTitle(const BlockRow& block, const RegionRow& region);
/// The class of a small run: "56 B (bin 6, 1-page runs)".
[[nodiscard]] QString sizeClass(const RegionRow& region);

} // namespace heapatlas::wording
