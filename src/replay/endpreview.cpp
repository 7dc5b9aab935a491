// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/endpreview.h"

#include "trace/traceend.h"

namespace heapatlas {

std::unique_ptr<ReplayEngine> previewEnd(
    const std::string& path, const ReplayEngine& engine, const Interrupt& interrupt)
{
    const std::optional<TraceEnd> end = readTraceEnd(path, interrupt);
    if (!end)
        return nullptr;
    std::unique_ptr<ReplayEngine> preview = engine.sibling();
    preview->standAt(end->events);
    if (!preview->resync(end->state, end->blocks).isOk() || preview->oddities().unknownBlocks != 0)
        return nullptr; // state and events contradict each other: only a replay may say what is true
    return preview;
}

} // namespace heapatlas
