// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/replayengine.h"

#include <string>

namespace heapatlas::cli {

/// A sentence about what a replay met that cannot be, or empty.
[[nodiscard]] std::string oddityText(const ReplayOddities& oddities);

} // namespace heapatlas::cli
