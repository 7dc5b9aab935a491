// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/zendmmstate.h"

#include <string>
#include <utility>
#include <vector>

namespace heapatlas {

/// Which place of the recording stands for which of the engine: chunks and huge blocks by their order in the lists.
[[nodiscard]] std::vector<std::pair<Address, Address>> correspondingPlaces(
    const ZendMmState& engine, const ZendMmState& recorded);

/// Empty if both are the same heap but for where its chunks and huge blocks stand; else the first field that differs
/// with both values: "chunks[2].free_tail: 17 recorded, 16 in the engine". Of cached chunks only the map counts.
[[nodiscard]] std::string firstDifference(const ZendMmState& engine, const ZendMmState& recorded);

} // namespace heapatlas
