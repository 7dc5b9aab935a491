// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"

#include <vector>

namespace heapatlas {

/// Where two snapshots differ inside the window, in ascending order: whole regions, of either one. Regions, live bits
/// and block rows are compared; a block row that only one of them has (its window is another) is a difference.
/// O(log regions + what is in the window).
[[nodiscard]] std::vector<AddressRange> changedRanges(
    const HeapSnapshot& before, const HeapSnapshot& after, AddressRange window);

} // namespace heapatlas
