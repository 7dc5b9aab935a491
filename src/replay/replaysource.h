// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/traceinfo.h"
#include "replay/recordedplaces.h"
#include "replay/replayengine.h"
#include "replay/tracecolumnsstore.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace heapatlas {

class Definitions;

/// A trace with the keyframes of one engine over it: all that is needed to look at any of its events. Once a Timeline
/// has finished, it never changes again, and any number of threads may use it at once, each through a ReplayCursor of
/// its own. Whoever holds it keeps the trace in memory, also after the document was closed.
class ReplaySource
{
public:
    [[nodiscard]] const TraceColumnsStore& store() const { return *m_store; }
    [[nodiscard]] std::uint64_t eventCount() const { return m_store->eventCount(); }
    [[nodiscard]] const std::vector<Marker>& markers() const { return m_store->markers(); }
    [[nodiscard]] const TraceInfo& info() const { return m_info; }
    [[nodiscard]] const std::vector<UsageSample>& samples() const { return m_samples; }
    /// Null where the source was not made from a file.
    [[nodiscard]] const std::shared_ptr<const Definitions>& definitions() const { return m_definitions; }

    /// Where the engine's regions stood in the recorded process, after that many events.
    [[nodiscard]] const RecordedPlaces& places() const { return m_places; }
    /// The last keyframe at or before the event; event 0 always has one.
    [[nodiscard]] const ReplayKeyframe& keyframeAt(std::uint64_t event) const
    {
        return *std::prev(m_keyframes.upper_bound(event))->second;
    }
    [[nodiscard]] const std::map<std::uint64_t, ReplayKeyframePtr>& keyframes() const { return m_keyframes; }
    /// Slot numbers mean other blocks from here on: the heap was observed anew after an interruption.
    [[nodiscard]] bool isBreak(std::uint64_t event) const { return m_breaks.contains(event); }

    /// An engine at event 0 that understands the keyframes.
    [[nodiscard]] std::unique_ptr<ReplayEngine> makeEngine() const { return m_engine->sibling(); }

private:
    friend class Timeline; // fills it

    std::shared_ptr<TraceColumnsStore> m_store;
    std::unique_ptr<ReplayEngine> m_engine; ///< to make others from; does nothing itself
    std::map<std::uint64_t, ReplayKeyframePtr> m_keyframes; ///< spread over the trace, by event
    std::set<std::uint64_t> m_breaks; ///< keyframes that no others can stand for
    RecordedPlaces m_places;
    TraceInfo m_info;
    std::vector<UsageSample> m_samples;
    std::shared_ptr<const Definitions> m_definitions;
};
using ReplaySourcePtr = std::shared_ptr<const ReplaySource>;

} // namespace heapatlas
