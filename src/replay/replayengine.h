// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/addresstranslation.h"
#include "model/freelist.h"
#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "model/markers.h"
#include "model/usagecurve.h"
#include "model/zendmmstate.h"
#include "replay/blockvisitor.h"
#include "replay/keyframedarray.h"
#include "replay/lifetimecounter.h"
#include "replay/recordedplaces.h"
#include "replay/tellwindow.h"
#include "trace/tracereader.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heapatlas {

/// A usage curve under construction: whole buckets, and the one that is being filled.
struct CurveBuilder
{
    UsageCurve curve;
    UsageBucket bucket;
    std::uint32_t filled = 0; ///< events in `bucket`, below UsageCurve::baseEvents
    LifetimeCounter lifetimes; ///< and how long blocks lived

    /// Usage over the next `events` events, which must not pass the end of the bucket.
    void add(const UsageBucket& stretch, std::uint32_t events);
    /// Appends the last, partial bucket. Nothing may be added afterwards.
    void finish();
};

/// A block placed in a new region of the engine, whose recorded address was not decoded: the region has no label yet.
struct UnstatedPlace
{
    std::uint64_t event = 0; ///< that placed it
    Address engine;
};

/// Where to note which recorded region a new one of the engine stands for, as the addresses of the columns tell.
struct PlaceNaming
{
    RecordedPlaces* places = nullptr; ///< null: nobody wants to know
    std::vector<UnstatedPlace>* unstated =
        nullptr; ///< the first block of a region where its address is not there
};

/// What a replay met that cannot be: a damaged or made-up trace, or an engine that differs from the recorded one.
struct ReplayOddities
{
    std::uint64_t unknownBlocks = 0; ///< frees and reallocs of blocks that were never seen live
    std::uint64_t refused = 0; ///< requests that the recorded allocator granted and the engine did not
    std::uint64_t granted = 0; ///< and the other way round
};

/// The state of a replay at one event. Only the engine that made it, or its sibling, can restore it.
class ReplayKeyframe
{
public:
    virtual ~ReplayKeyframe() = default;
    ReplayKeyframe(const ReplayKeyframe&) = delete;
    ReplayKeyframe& operator=(const ReplayKeyframe&) = delete;

    [[nodiscard]] std::uint64_t event() const { return m_event; }
    [[nodiscard]] std::uint64_t liveBlocks() const { return m_liveBlocks; }
    /// Bytes that restoring needs, shared pieces included.
    [[nodiscard]] Bytes fullBytes() const { return m_fullBytes; }

protected:
    ReplayKeyframe() = default;
    std::uint64_t m_event = 0;
    std::uint64_t m_liveBlocks = 0;
    Bytes m_fullBytes = 0;
};
using ReplayKeyframePtr = std::shared_ptr<const ReplayKeyframe>;

/// The events of a trace applied to one allocator engine, whatever it is; one virtual call a batch. The position is
/// the number of events applied.
class ReplayEngine
{
public:
    virtual ~ReplayEngine() = default;
    ReplayEngine(const ReplayEngine&) = delete;
    ReplayEngine& operator=(const ReplayEngine&) = delete;

    [[nodiscard]] std::uint64_t position() const { return m_position; }

    /// The position of an engine whose heap is about to be replaced by the one observed there, see resync().
    void standAt(std::uint64_t event) { m_position = event; }
    /// Replaces the whole heap by an observed one with these live blocks; the position stays. Fails with
    /// CorruptedState if the state contradicts itself.
    virtual Result<void> resync(const ZendMmState& state, const std::vector<AdoptedBlock>& blocks) = 0;

    /// Applies rows [position() − firstEvent, to) of a block. `slotCapacity` is larger than every slot in it, `markers`
    /// the trace's table. With a curve, usage after each event goes into it; with a curve and names, regions that the
    /// engine maps get the names of the recorded ones.
    virtual void run(const EventColumns& columns, std::size_t to, std::uint32_t slotCapacity,
        const std::vector<Marker>& markers, CurveBuilder* curve = nullptr, PlaceNaming naming = {}) = 0;
    /// The same without a curve; tells of every block that comes, changes or goes in the window (and perhaps of some
    /// beside it), at recorded addresses. Blocks outside of it cost little more than by run().
    virtual void runTelling(const EventColumns& columns, std::size_t to, std::uint32_t slotCapacity,
        const std::vector<Marker>& markers, BlockVisitor& visitor, const AddressTranslation& translation,
        const TellWindow& window) = 0;

    /// What was counted so far, and the blocks that are live here.
    [[nodiscard]] virtual Lifetimes lifetimes(const LifetimeCounter& ended) const = 0;
    [[nodiscard]] virtual HeapTotals totals() const = 0; ///< O(chunks + runs)
    [[nodiscard]] virtual Bytes liveBytes() const = 0; ///< O(1), as the next
    [[nodiscard]] virtual Bytes realBytes() const = 0;
    /// The block in a live slot, where the engine has it; nothing if none is live there. `region` is not filled.
    [[nodiscard]] virtual std::optional<BlockRow> block(std::uint32_t slot) const = 0;
    /// O(chunks) for Totals, O(regions + slots) for Regions, and O(n log n) in live slots for Blocks.
    /// With a translation, `window` and the snapshot are in recorded addresses.
    [[nodiscard]] virtual SnapshotPtr snapshot(
        Detail detail, AddressRange window, const AddressTranslation* translation = nullptr) const = 0;
    /// What the allocator itself keeps in the window, byte for byte; the rest is unknown. Translated as a snapshot.
    [[nodiscard]] virtual std::shared_ptr<HeapBytes> bytes(
        AddressRange window, const AddressTranslation* translation = nullptr) const = 0;

    /// At most `most` slots of each free list; see model/freelist.h. With a translation, at recorded addresses.
    [[nodiscard]] virtual std::vector<FreeList> freeLists(
        std::size_t most, const AddressTranslation* translation = nullptr) const = 0;

    /// What keyframe() would add to keyframeBytes(), at most.
    [[nodiscard]] virtual Bytes keyframeCost() const = 0;
    /// Shares what did not change since the last keyframe() or restore() of this engine.
    [[nodiscard]] virtual ReplayKeyframePtr keyframe() = 0;
    virtual void restore(const ReplayKeyframe& keyframe) = 0;
    /// Bytes held by the keyframes that this engine made, each shared piece counted once (an upper bound once some of
    /// them are gone).
    [[nodiscard]] virtual Bytes keyframeBytes() const = 0;

    /// Another engine of the same trace at event 0 that understands this one's keyframes.
    [[nodiscard]] virtual std::unique_ptr<ReplayEngine> sibling() const = 0;

    [[nodiscard]] const ReplayOddities& oddities() const { return m_oddities; }

protected:
    ReplayEngine() = default;
    std::uint64_t m_position = 0;
    ReplayOddities m_oddities;
};

/// What an engine starts from.
struct ReplayStart
{
    const ZendMmState* state = nullptr; ///< observed heap; nullptr: a fresh one
    std::vector<AdoptedBlock> blocks; ///< live before the first event
    TraceInfo info;
};

/// The engine of that id (engines.def), at event 0. Fails with Unsupported for an id that nobody registered, with
/// CorruptedState or MalformedTrace if the start contradicts itself.
[[nodiscard]] Result<std::unique_ptr<ReplayEngine>> createReplayEngine(
    const std::string& id, const ReplayStart& start);

} // namespace heapatlas
