// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/selection.h"

#include <optional>

namespace heapatlas {

/// What stands at an address: the live block, the free slot or the free pages; nullopt where nothing is mapped. Needs a
/// snapshot of Detail::Regions or more. O(log regions).
[[nodiscard]] std::optional<Selection> selectionAt(const HeapSnapshot& snapshot, Address address);

} // namespace heapatlas
