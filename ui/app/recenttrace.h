// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/settings.h"

namespace heapatlas {

class Document;

/// What the list of recent files keeps of a loaded trace: figures, live curve, and the fingerprint of the heap as the
/// document shows it now.
[[nodiscard]] RecentFile recentTraceOf(const Document& document);

/// The chunks alone, for a fingerprint: one huge block of one colour would fill most of a small picture. The snapshot
/// itself if it has no chunks. Needs Detail::Regions.
[[nodiscard]] SnapshotPtr withoutHugeBlocks(const SnapshotPtr& snapshot);

} // namespace heapatlas
