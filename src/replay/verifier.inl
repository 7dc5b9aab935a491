// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Bodies of Verifier; included by verifier.h only.

namespace heapatlas {

template <class Engine>
Result<void> Verifier<Engine>::begin(const TraceReader& reader, const ZendMmState& state)
{
    m_judge.restart();
    m_slots.clear();
    if (Result<void> restored = m_engine.restore(state); !restored)
        return restored;
    for (const auto& [engine, recorded] : correspondingPlaces(m_engine.state(), state))
        m_judge.bind(engine, recorded, mappingAt(engine));
    for (const AdoptedBlock& adopted : reader.liveBlocks()) {
        const Block block =
            m_engine.blockAt(adopted.address); // restored chunks stand where the recorded ones do
        if (block.isNull() || adopted.slot == noSlot)
            continue;
        slotAt(adopted.slot) = { block, true };
        m_judge.adopt(m_engine.addressOf(block));
    }
    return {};
}

template <class Engine>
Result<VerifyResult> Verifier<Engine>::run(TraceReader& reader, const VerifyOptions& options)
{
    const ZendMmState* const initial = reader.initialState();
    if (initial == nullptr)
        return Error { ErrorCode::Unsupported, "the recording has no initial heap state", {} };
    if (Result<void> begun = begin(reader, *initial); !begun)
        return begun.error();
    EventColumns columns;
    bool isWhole = true;
    while (reader.readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::All })) {
        // Without a gap it is an interruption, after which the recorder wrote down the whole heap.
        if (columns.firstEvent == m_result.events && reader.isDiscontinuous()
            && reader.resyncState() != nullptr) {
            compareSamples(m_result.events, reader.samples());
            if (Result<void> begun = begin(reader, *reader.resyncState()); !begun)
                return begun.error();
        } else if (columns.firstEvent != m_result.events || reader.isDiscontinuous()) {
            isWhole = false;
            break;
        }
        if (!apply(columns, reader, options.stop))
            return Error { ErrorCode::Cancelled, "verify", {} };
        if (options.progress)
            options.progress(m_result.events, reader.bytesRead());
    }
    if (isWhole)
        compareSamples(m_result.events, reader.samples());
    if (const ZendMmState* const last = reader.finalState(); last != nullptr && isWhole)
        compareFinalState(*last);
    m_judge.finish();
    m_result.placements = m_judge.placements();
    m_result.matched = m_judge.matched();
    m_result.firstMismatch = m_judge.mismatches().value();
    return m_result;
}

template <class Engine>
bool Verifier<Engine>::apply(
    const EventColumns& columns, const TraceReader& reader, const std::stop_token& stop)
{
    for (std::size_t row = 0; row < columns.count(); ++row) {
        if (row % 1024 == 0 && stop.stop_requested())
            return false;
        const std::uint64_t event = columns.firstEvent + row;
        compareSamples(event, reader.samples());
        switch (columns.code[row].kind()) {
        case EventKind::Allocate:
            applyAllocate(event, columns, row);
            break;
        case EventKind::Free:
            applyFree(columns, row);
            break;
        case EventKind::Reallocate:
            applyReallocate(event, columns, row);
            break;
        default:
            if (columns.slot[row] < reader.markers().size())
                applyMarker(reader.markers()[columns.slot[row]]);
            break;
        }
        ++m_result.events;
    }
    return true;
}

template <class Engine>
void Verifier<Engine>::expectFailure(std::uint64_t event, Block granted)
{
    if (m_judge.mismatches().wants(event))
        m_judge.mismatches().note(event, "failed", formatAddress(m_engine.addressOf(granted)));
}

template <class Engine>
void Verifier<Engine>::applyAllocate(std::uint64_t event, const EventColumns& columns, std::size_t row)
{
    const bool hasFailed = columns.code[row].hasFailed();
    const auto placed =
        m_engine.allocate(columns.requested(row), hasFailed ? Outcome::Failed : Outcome::Succeeded);
    if (hasFailed) {
        if (placed.isOk()) {
            expectFailure(event, placed.block);
            m_engine.deallocate(placed.block);
        }
        return;
    }
    if (!placed.isOk()) {
        m_judge.refuse(event, columns.address[row], "refused");
        return;
    }
    m_judge.place(event, m_engine.addressOf(placed.block), columns.address[row], mappingOf(placed.block));
    if (columns.slot[row] != noSlot)
        slotAt(columns.slot[row]) = { placed.block, true };
}

template <class Engine>
void Verifier<Engine>::applyFree(const EventColumns& columns, std::size_t row)
{
    if (columns.slot[row] == noSlot || columns.code[row].isUnknownBlock())
        return;
    Slot& slot = slotAt(columns.slot[row]);
    if (!slot.isLive)
        return;
    m_judge.release(m_engine.addressOf(slot.block));
    m_engine.deallocate(slot.block);
    slot.isLive = false;
}

template <class Engine>
void Verifier<Engine>::applyReallocate(std::uint64_t event, const EventColumns& columns, std::size_t row)
{
    const EventCode code = columns.code[row];
    const bool isKnown =
        columns.slot[row] != noSlot && !code.isUnknownBlock() && slotAt(columns.slot[row]).isLive;
    if (!isKnown) {
        if (!code.hasFailed())
            m_judge.refuse(event, columns.address[row], "the block is not live");
        return;
    }
    Slot& slot = slotAt(columns.slot[row]);
    const Address before = m_engine.addressOf(slot.block);
    // Where it stood is what the placements so far say, which one wrong recorded address cannot change.
    const bool staysInPlace = code.isInPlace()
        || (!code.hasFailed() && before.offsetIn(PlacementJudge::chunkBytes) == 0
            && m_judge.recordedOf(before) == columns.address[row]);
    const auto placed = m_engine.reallocate(slot.block, columns.requested(row), staysInPlace,
        code.hasFailed() ? Outcome::Failed : Outcome::Succeeded);
    if (code.hasFailed()) {
        if (placed.isOk())
            expectFailure(event, placed.block);
    } else if (!placed.isOk()) {
        m_judge.refuse(event, columns.address[row], "refused");
    } else {
        m_judge.place(event, m_engine.addressOf(placed.block), columns.address[row], mappingOf(placed.block));
        m_judge.release(before);
    }
    if (placed.isOk())
        slot.block = placed.block;
}

template <class Engine>
void Verifier<Engine>::applyMarker(const Marker& marker)
{
    if (std::holds_alternative<TrimMarker>(marker.what)) {
        const Bytes returned = m_engine.gc();
        const Bytes told = std::get<TrimMarker>(marker.what).returned;
        if (returned != told)
            m_judge.mismatches().note(marker.event, std::to_string(told), std::to_string(returned));
    } else if (const auto* const limit = std::get_if<LimitMarker>(&marker.what)) {
        const bool accepted = m_engine.setLimit(
            limit->requested, limit->hardLimit == 0 ? std::nullopt : std::optional<Bytes>(limit->hardLimit));
        if (accepted != limit->accepted)
            m_judge.mismatches().note(marker.event, limit->accepted ? "limit accepted" : "limit refused",
                accepted ? "limit accepted" : "limit refused");
    } else if (const auto* const told = std::get_if<UsageMarker>(&marker.what)) {
        compareUsage(marker.event, *told);
    }
}

template <class Engine>
void Verifier<Engine>::compareUsage(std::uint64_t event, const UsageMarker& told)
{
    if (told.figure == UsageFigure::ResetPeak) {
        m_engine.resetPeak();
        return;
    }
    const auto usage = m_engine.usage();
    Bytes actual = 0;
    const char* name = "";
    switch (told.figure) {
    case UsageFigure::Live:
        actual = usage.size;
        name = "memory_get_usage() ";
        break;
    case UsageFigure::Real:
        actual = usage.realSize;
        name = "memory_get_usage(true) ";
        break;
    case UsageFigure::Peak:
        actual = usage.peak;
        name = "memory_get_peak_usage() ";
        break;
    case UsageFigure::RealPeak:
        actual = usage.realPeak;
        name = "memory_get_peak_usage(true) ";
        break;
    case UsageFigure::ResetPeak:
        break;
    }
    ++m_result.usageCalls;
    if (actual == told.value)
        ++m_result.usageCallsMatched;
    else
        m_judge.mismatches().note(event, name + std::to_string(told.value), name + std::to_string(actual));
}

template <class Engine>
void Verifier<Engine>::compareSamples(std::uint64_t event, const std::vector<UsageSample>& samples)
{
    for (; m_samplesSeen < samples.size() && samples[m_samplesSeen].event <= event; ++m_samplesSeen) {
        const UsageSample& sample = samples[m_samplesSeen];
        const auto usage = m_engine.usage();
        ++m_result.samples;
        if (sample.event == event && sample.live == usage.size && sample.peak == usage.peak
            && sample.real == usage.realSize && sample.realPeak == usage.realPeak) {
            ++m_result.samplesMatched;
            continue;
        }
        const auto text = [](Bytes live, Bytes peak, Bytes real, Bytes realPeak) {
            return "size " + std::to_string(live) + ", peak " + std::to_string(peak) + ", real "
                + std::to_string(real) + ", real peak " + std::to_string(realPeak);
        };
        // The state after n events: the last one that can be to blame is n - 1.
        m_judge.mismatches().note(sample.event == 0 ? 0 : sample.event - 1,
            text(sample.live, sample.peak, sample.real, sample.realPeak),
            text(usage.size, usage.peak, usage.realSize, usage.realPeak));
    }
}

template <class Engine>
void Verifier<Engine>::compareFinalState(const ZendMmState& recorded)
{
    const ZendMmState own = m_engine.state();
    m_result.finalDifference = firstDifference(own, recorded);
    for (const auto& [engine, observed] : correspondingPlaces(own, recorded)) {
        m_judge.settle(engine, observed);
        const std::optional<Address> known = m_judge.recordedOf(engine);
        if (m_result.finalDifference.empty() && known && *known != observed)
            m_result.finalDifference = "order of chunks or huge blocks: " + formatAddress(observed)
                + " recorded where the " + "engine has " + formatAddress(*known);
    }
    m_result.finalState = m_result.finalDifference.empty() ? VerifyResult::FinalState::Identical
                                                           : VerifyResult::FinalState::Different;
}

} // namespace heapatlas
