// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/events.h"
#include "model/eventtotals.h"
#include "model/markers.h"
#include "replay/interrupt.h"
#include "replay/packedevents.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

/// The events of a trace in memory, packed: what a replay needs, without addresses. Blocks are appended while loading
/// (by the thread that owns it) and never move; once nothing is appended any more, all threads may read.
class TraceColumnsStore
{
public:
    /// Events are numbered in 32 bits where there is one number per live block (born); 0xFFFFFFFF means "none".
    static constexpr std::uint64_t maxEvents = 0xFFFFFFF0;

    struct Block
    {
        PackedEvents events;
        std::uint32_t slotCapacity = 0; ///< larger than every live slot up to the end of this block

        [[nodiscard]] std::uint64_t firstEvent() const { return events.firstEvent(); }
        [[nodiscard]] std::uint64_t endEvent() const { return events.firstEvent() + events.count(); }
    };

    /// Whether such a block may come next: fails with MalformedTrace if it does not continue where the last one ended or
    /// its columns differ in length, with LimitExceeded past maxEvents.
    [[nodiscard]] Result<void> check(const EventColumns& columns) const;
    /// Fails as check(). A block without events is nothing to keep.
    Result<void> append(const EventColumns& columns, std::uint32_t slotCapacity);
    /// The same with the columns packed elsewhere; check() must accept them here.
    void append(const EventColumns& columns, PackedEvents packed, std::uint32_t slotCapacity);
    /// Takes over the markers that came since the last call; `all` is the trace's whole table so far.
    void setMarkers(const std::vector<Marker>& all);
    /// Behind those that are there.
    void addMarkers(std::vector<Marker> more);

    /// Slot numbers mean other blocks from here on (the recording was interrupted).
    void breakHere() { m_breaks.push_back(m_events); }

    [[nodiscard]] std::uint64_t eventCount() const { return m_events; }
    [[nodiscard]] std::uint32_t slotCapacity() const
    {
        return m_blocks.empty() ? 0 : m_blocks.back()->slotCapacity;
    }
    [[nodiscard]] std::size_t blockCount() const { return m_blocks.size(); }
    /// To be read through a BlockCache.
    [[nodiscard]] const Block& block(std::size_t index) const { return *m_blocks[index]; }
    /// Index of the block that holds the event; the last one for events past the end. O(log blocks).
    [[nodiscard]] std::size_t blockOf(std::uint64_t event) const;
    [[nodiscard]] const std::vector<Marker>& markers() const { return m_markers; }

    /// Sums of what happened before any event that is a multiple of a stretch.
    [[nodiscard]] const EventTotals& totals() const { return m_totals; }
    /// What happened in a range (clamped to what is stored): two rows, and less than a stretch of columns at each end,
    /// of a block that is unpacked for it.
    [[nodiscard]] EventSums sums(EventRange range) const;

    /// Call stack id of an event, 0 if it has none. Unpacks its block.
    [[nodiscard]] std::uint32_t stackOf(std::uint64_t event) const;
    /// The event at or after `from` that ends the block in `slot`: its free, or a realloc that moved it. Nothing if it
    /// is never freed, or the search was interrupted. Unpacks the slots of blocks that may end it: about 0.1 ms each.
    [[nodiscard]] std::optional<std::uint64_t> endOfLife(
        std::uint32_t slot, std::uint64_t from, const Interrupt& interrupt = {}) const;

    [[nodiscard]] Bytes memoryBytes() const { return m_bytes + m_totals.memoryBytes(); }

private:
    [[nodiscard]] EventSums sumsBefore(std::uint64_t event) const;

    std::vector<std::unique_ptr<Block>> m_blocks;
    EventPacker m_packer;
    std::vector<Marker> m_markers;
    EventTotals m_totals;
    std::vector<std::uint64_t> m_breaks; ///< ascending
    std::uint64_t m_events = 0;
    Bytes m_bytes = 0;
};

} // namespace heapatlas
