// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/heapsnapshot.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"
#include "replay/replayengine.h"
#include "replay/replaysource.h"
#include "replay/tracecolumnsstore.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

/// How many keyframes a timeline keeps. The defaults run forward for about 3 ms where the budget allows it.
struct TimelineOptions
{
    std::uint64_t spacing = std::uint64_t { 1 } << 18; ///< events between two keyframes, at least
    Bytes bytesPerEvent = 4; ///< over the whole trace, initial state apart
    Bytes budget = Bytes { 512 } << 20; ///< never more than this, initial state apart
    Bytes cursorBudget = Bytes { 32 } << 20; ///< for those around the cursor, see ReplayCursor
};

/// What the keyframes cost.
struct KeyframeFigures
{
    std::uint64_t count = 0; ///< spread over the trace, the initial state apart
    std::uint64_t cursorCount = 0; ///< around the cursor
    Bytes bytes = 0; ///< held by all of them, the initial state apart; shared pieces once
    Bytes largestFullBytes = 0; ///< of one keyframe with all it shares
    std::uint64_t largestLiveBlocks = 0; ///< of that one
    std::uint64_t widestGap = 0; ///< events that a seek may have to run forward
};

// A trace that can be looked at at any event.
//
//   events    0 ─────────┬──────────────┬─────────────┬─ · · · front (end of what is loaded)
//   keyframes K0         K1             K2      k k kk|
//                                                     cursor
//
// Two engines share the keyframes: the front makes the first pass as blocks of events are appended (usage curve,
// spread keyframes K), the cursor answers seeks: nearest keyframe at or before, then forward. On its way it leaves
// closer keyframes k behind it, because stepping back is common. After finish() further cursors may be opened on
// source(), by other threads too.
//
// When K are made: not before `spacing` events after the last one, and only once 4 bytes an event have accrued to pay
// for what the new one adds. So dear keyframes stand further apart and the total never exceeds its bound. When the
// fixed budget is reached, every second one is dropped and the spacing doubled: even thinning.
//
// The same event gives the same snapshot whichever way it was reached.
class Timeline
{
public:
    /// The engine must be at event 0.
    explicit Timeline(std::unique_ptr<ReplayEngine> engine, const TimelineOptions& options = {});
    /// Over a trace that is loaded already, perhaps by another timeline (the same events in another engine). To be
    /// followed by catchUp() and finish().
    Timeline(std::unique_ptr<ReplayEngine> engine, std::shared_ptr<TraceColumnsStore> store,
        const TimelineOptions& options = {});

    /// Stores the block and replays it into the curve. If it has addresses, snapshots show regions where they were
    /// recorded. Fails as TraceColumnsStore::append().
    Result<void> append(
        const EventColumns& columns, std::uint32_t slotCapacity, const std::vector<Marker>& markersSoFar);
    /// The same, packed already: `packed` of `columns`, which store().check() accepted, and the markers in them.
    void append(const EventColumns& columns, PackedEvents packed, std::uint32_t slotCapacity,
        std::vector<Marker> markers);
    /// Replays what is stored and was not replayed yet into the curve. False if interrupted.
    bool catchUp(const Interrupt& interrupt = {});
    /// The recording was interrupted here: the heap from now on is an observed one. No seek runs across this point; at
    /// it, the observed heap is what is seen. Fails as ReplayEngine::resync().
    Result<void> resync(const ZendMmState& state, const std::vector<AdoptedBlock>& blocks);
    /// Blocks in new regions whose recorded address the columns did not hold: those regions have no label until
    /// label() is told. Events ascend.
    [[nodiscard]] const std::vector<UnstatedPlace>& unstated() const { return m_unstated; }
    /// The recorded address of such a block; before finish().
    void label(const UnstatedPlace& place, Address recorded);
    /// No block follows: closes the curve.
    void finish();

    /// What other threads may use from finish() on.
    [[nodiscard]] ReplaySourcePtr source() const { return m_source; }
    /// What source() says of the file; before finish().
    void setOrigin(const TraceInfo& info, std::shared_ptr<const Definitions> definitions,
        std::vector<UsageSample> samples = {});

    [[nodiscard]] const TraceColumnsStore& store() const { return *m_store; }
    [[nodiscard]] std::uint64_t eventCount() const { return m_store->eventCount(); }
    [[nodiscard]] const UsageCurve& curve() const { return m_curve.curve; }
    /// Of what was replayed so far. O(live blocks).
    [[nodiscard]] Lifetimes lifetimes() const { return m_front->lifetimes(m_curve.lifetimes); }
    [[nodiscard]] const ReplayOddities& oddities() const { return m_front->oddities(); }
    [[nodiscard]] HeapTotals frontTotals() const { return m_front->totals(); }

    // --- the cursor: see ReplayCursor ---
    [[nodiscard]] bool seek(std::uint64_t event, const Interrupt& interrupt = {})
    {
        return m_cursor.seek(event, interrupt);
    }
    [[nodiscard]] std::uint64_t cursor() const { return m_cursor.position(); }
    [[nodiscard]] HeapTotals totals() const { return m_cursor.totals(); }
    [[nodiscard]] Bytes liveBytes() const { return m_cursor.liveBytes(); }
    [[nodiscard]] Bytes realBytes() const { return m_cursor.realBytes(); }
    [[nodiscard]] SnapshotPtr snapshot(Detail detail, AddressRange window = AddressRange::everything()) const
    {
        return m_cursor.snapshot(detail, window);
    }
    [[nodiscard]] std::shared_ptr<HeapBytes> bytes(AddressRange range) const { return m_cursor.bytes(range); }
    using Found = ReplayCursor::Found;
    [[nodiscard]] std::optional<Found> inspect(Address address, const Interrupt& interrupt = {}) const
    {
        return m_cursor.inspect(address, interrupt);
    }

    [[nodiscard]] KeyframeFigures keyframeFigures() const;

private:
    bool replay(const EventColumns& columns, std::uint32_t slotCapacity, const PlaceNaming& naming,
        const Interrupt& interrupt);
    void considerKeyframe();
    void thin();
    [[nodiscard]] ReplaySourcePtr begin();

    TimelineOptions m_options;
    std::shared_ptr<TraceColumnsStore> m_store;
    CurveBuilder m_curve;
    std::unique_ptr<ReplayEngine> m_front;
    std::shared_ptr<ReplaySource> m_source;
    Bytes m_initialBytes = 0;
    ReplayCursor m_cursor;
    std::uint64_t m_spacing = 0;
    std::vector<UnstatedPlace> m_unstated;
    std::uint64_t m_nextLook = 0; ///< event at which a keyframe is considered again
};

} // namespace heapatlas
