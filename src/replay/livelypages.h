// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/spacetimegrid.h"

#include <cstdint>

namespace heapatlas {

/// `pages` neighbours of one chunk in which most comes and goes, for a first look; nothing where there is no chunk. Looks
/// at a few moments of the first chunks.
[[nodiscard]] AddressRange livelyPages(const SpacetimeGrid& grid, std::uint32_t pages);

} // namespace heapatlas
