// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/outcome.h"
#include "alloc/placement.h"
#include "base/formatsize.h"
#include "replay/placementjudge.h"
#include "replay/statecomparison.h"
#include "replay/verify.h"

#include <algorithm>
#include <string>
#include <vector>

namespace heapatlas {

/// verify() with an engine class of one's own: tests prove with it that a mutant of the rules is found out. `Engine`
/// offers what alloc/zendmm.h describes and is at the start of its life.
template <class Engine>
class Verifier
{
public:
    using Block = typename Engine::Block;

    explicit Verifier(Engine& engine)
        : m_engine(engine)
    {
    }

    Result<VerifyResult> run(TraceReader& reader, const VerifyOptions& options);

private:
    struct Slot
    {
        Block block {};
        bool isLive = false;
    };

    /// From the initial state, or one that was observed when the recording went on after an interruption.
    Result<void> begin(const TraceReader& reader, const ZendMmState& state);
    /// False if asked to stop.
    bool apply(const EventColumns& columns, const TraceReader& reader, const std::stop_token& stop);
    void applyAllocate(std::uint64_t event, const EventColumns& columns, std::size_t row);
    void applyFree(const EventColumns& columns, std::size_t row);
    void applyReallocate(std::uint64_t event, const EventColumns& columns, std::size_t row);
    void applyMarker(const Marker& marker);
    void compareSamples(std::uint64_t event, const std::vector<UsageSample>& samples);
    void compareUsage(std::uint64_t event, const UsageMarker& told);
    void compareFinalState(const ZendMmState& recorded);
    void expectFailure(std::uint64_t event, Block granted);
    [[nodiscard]] std::uint64_t mappingOf(Block block) const
    {
        return m_engine.memory().mappingOf(SimulatedMemory::regionOf(block));
    }
    /// Of a chunk or a huge block, by its begin.
    [[nodiscard]] std::uint64_t mappingAt(Address begin) const
    {
        const Block inChunk = m_engine.memory().refAt(begin + 4096);
        const Block block = inChunk.isNull() ? m_engine.memory().refAt(begin) : inChunk;
        return block.isNull() ? 0 : mappingOf(block);
    }
    [[nodiscard]] Slot& slotAt(std::uint32_t slot)
    {
        if (slot >= m_slots.size())
            m_slots.resize(
                std::max<std::size_t>(slot + std::size_t { 1 }, m_slots.size() + m_slots.size() / 2));
        return m_slots[slot];
    }

    Engine& m_engine;
    std::vector<Slot> m_slots;
    PlacementJudge m_judge;
    VerifyResult m_result;
    std::size_t m_samplesSeen = 0;
};

} // namespace heapatlas

#include "replay/verifier.inl" // IWYU pragma: keep
