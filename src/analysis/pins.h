// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "model/pins.h"

#include <cstdint>
#include <functional>

namespace heapatlas {

/// The site of a call stack, by a number that is dense enough to index an array; 0 unknown.
using SiteOfStack = std::function<std::uint32_t(std::uint32_t stack)>;

/// What holds each chunk and each small run of a snapshot with block rows, and what each site holds back. Huge blocks
/// have mappings of their own and pin nothing else. Only chunks that lie whole in the snapshot's window are looked at.
/// O(blocks + regions, and n log n in holders).
[[nodiscard]] PinTable findPins(const HeapSnapshot& snapshot, const SiteOfStack& siteOf);

} // namespace heapatlas
