// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/blockdetails.h"
#include "model/heapsnapshot.h"
#include "replay/blockcache.h"
#include "replay/blockvisitor.h"
#include "replay/interrupt.h"
#include "replay/replaysource.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace heapatlas {

/// A place in a trace with an engine of its own: sought, run forward, looked at. One thread at a time; other cursors of
/// the same source may be used by other threads meanwhile. Making one costs no more than an empty engine.
///
///     ReplayCursor cursor(source);
///     if (cursor.seek(event, interrupt)) snapshot = cursor.snapshot(Detail::Blocks, window);
///
/// The same event gives the same snapshot whichever way it was reached.
class ReplayCursor
{
public:
    /// `nearBudget` bounds the keyframes that seeks leave around the cursor (but always two of them): a job that only
    /// runs forward needs none.
    explicit ReplayCursor(ReplaySourcePtr source, Bytes nearBudget = Bytes { 32 } << 20);

    [[nodiscard]] const ReplaySource& source() const { return *m_source; }
    [[nodiscard]] std::uint64_t position() const { return m_engine->position(); }

    /// Moves to the state after `event` events (clamped to what is loaded). False if interrupted; the cursor then
    /// stands somewhere on the way and the next seek goes on from there if that helps.
    [[nodiscard]] bool seek(std::uint64_t event, const Interrupt& interrupt = {});
    /// Runs forward to the state after `event` events and tells of every block on the way that overlaps the window, of all
    /// huge blocks, and perhaps of some beside it; position() moves now and then only. What is live where it begins, a snapshot there
    /// tells. False if interrupted: position() says how far it came. With a small window it takes about as long as seek().
    [[nodiscard]] bool visit(std::uint64_t event, BlockVisitor& visitor, const Interrupt& interrupt = {},
        AddressRange window = AddressRange::everything());

    /// Runs forward to the state after `event` events and adds a bucket of usage for each `stride` events on the way.
    /// False if interrupted.
    [[nodiscard]] bool measure(std::uint64_t event, std::uint64_t stride, std::vector<UsageBucket>& usage,
        const Interrupt& interrupt = {});

    [[nodiscard]] HeapTotals totals() const { return m_engine->totals(); }
    [[nodiscard]] Bytes liveBytes() const { return m_engine->liveBytes(); } ///< O(1), as the next
    [[nodiscard]] Bytes realBytes() const { return m_engine->realBytes(); }
    /// The block that is live in the slot here, without its region; nothing if none is.
    [[nodiscard]] std::optional<BlockRow> block(std::uint32_t slot) const;
    [[nodiscard]] SnapshotPtr snapshot(Detail detail, AddressRange window = AddressRange::everything()) const;

    /// At most `most` slots of each free list, at recorded addresses. O(free slots).
    [[nodiscard]] std::vector<FreeList> freeLists(std::size_t most) const;
    /// The bytes of a (recorded) range as far as the allocator keeps them; cut to maxBytesWindow.
    [[nodiscard]] std::shared_ptr<HeapBytes> bytes(AddressRange range) const;

    /// The block that is live here and contains the (recorded) address, and when it ends; call stacks are left empty,
    /// `freedStack` is the id of freedBy. Nothing if no block is there or the search was interrupted.
    struct Found
    {
        BlockDetails details;
        std::uint32_t freedStack = 0;
    };
    [[nodiscard]] std::optional<Found> inspect(Address address, const Interrupt& interrupt = {}) const;

    [[nodiscard]] std::size_t nearKeyframes() const { return m_near.size(); }

private:
    friend class Timeline; // whose source still grows

    [[nodiscard]] bool runTo(std::uint64_t event, const Interrupt& interrupt);
    void restore(std::uint64_t event);
    void keepNear();
    void dropDistant();
    [[nodiscard]] const ReplayKeyframe& nearest(std::uint64_t event) const;

    ReplaySourcePtr m_source;
    Bytes m_nearBudget;
    std::unique_ptr<ReplayEngine> m_engine;
    std::uint64_t m_target = 0; ///< of the seek before
    BlockCache m_cache;
    std::map<std::uint64_t, ReplayKeyframePtr> m_near; ///< left behind by seeks
};

} // namespace heapatlas
