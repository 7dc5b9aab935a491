// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lifebars.h"
#include "replay/interrupt.h"
#include "replay/lifesegment.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <functional>

namespace heapatlas {

/// Takes bars that are not complete yet and how much of the work is done, 0 … 1.
using LifePublish = std::function<void(LifeBarsPtr, double)>;

/// Every block in the window during the stretch, by running through it once (a long one in parts, by as many threads as
/// it is worth); ends beyond the stretch are looked up in the events. Null if interrupted.
[[nodiscard]] LifeBarsPtr findLives(const ReplaySourcePtr& source, const LifeRequest& request,
    const Interrupt& interrupt = {}, const LifePublish& publish = {});

} // namespace heapatlas
