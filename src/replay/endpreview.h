// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/interrupt.h"
#include "replay/replayengine.h"

#include <memory>
#include <string>

namespace heapatlas {

/// The heap at the end of a finished trace, before anything of it was replayed: an engine like the given one that holds
/// the final state which the recorder saw, with the live blocks that the last restart point leads to. Its snapshots
/// equal those of a replay but for births and call stacks, which are unknown (0); regions stand where they were
/// recorded. Null where the trace does not tell enough: see readTraceEnd().
[[nodiscard]] std::unique_ptr<ReplayEngine> previewEnd(
    const std::string& path, const ReplayEngine& engine, const Interrupt& interrupt = {});

} // namespace heapatlas
