// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/tracecolumnsstore.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace heapatlas {

namespace {

// Index of the first `slot` in values[from, to), or `to`. Compared in groups without an exit, which compilers turn
// into vector code.
std::size_t findSlot(const std::uint32_t* values, std::size_t from, std::size_t to, std::uint32_t slot)
{
    constexpr std::size_t group = 64;
    while (to - from >= group) {
        std::uint32_t found = 0;
        for (std::size_t i = 0; i < group; ++i)
            found |= static_cast<std::uint32_t>(values[from + i] == slot);
        if (found != 0)
            break;
        from += group;
    }
    while (from < to && values[from] != slot)
        ++from;
    return from;
}

bool endsLife(EventCode code)
{
    if (code.hasFailed())
        return false;
    return code.kind() == EventKind::Free || (code.kind() == EventKind::Reallocate && !code.isInPlace());
}

} // namespace

Result<void> TraceColumnsStore::check(const EventColumns& columns) const
{
    const std::size_t count = columns.count();
    if (columns.firstEvent != m_events)
        return Error { ErrorCode::MalformedTrace,
            "events are missing before " + std::to_string(columns.firstEvent), {} };
    if (columns.slot.size() != count || columns.size.size() != count
        || (!columns.stack.empty() && columns.stack.size() != count))
        return Error { ErrorCode::MalformedTrace, "columns of different length", {} };
    if (count > maxEvents - m_events)
        return Error { ErrorCode::LimitExceeded, "more events than a replay can number", {} };
    return {};
}

Result<void> TraceColumnsStore::append(const EventColumns& columns, std::uint32_t slotCapacity)
{
    if (const Result<void> checked = check(columns); !checked)
        return checked;
    if (columns.count() != 0)
        append(columns, m_packer.pack(columns), slotCapacity);
    return {};
}

void TraceColumnsStore::append(const EventColumns& columns, PackedEvents packed, std::uint32_t slotCapacity)
{
    assert(packed.firstEvent() == m_events && packed.count() == columns.count() && packed.count() != 0);
    m_bytes += sizeof(Block) - sizeof(PackedEvents) + packed.memoryBytes();
    m_events += packed.count();
    m_totals.append(columns);
    m_blocks.push_back(
        std::make_unique<Block>(Block { std::move(packed), std::max(slotCapacity, this->slotCapacity()) }));
}

void TraceColumnsStore::setMarkers(const std::vector<Marker>& all)
{
    if (all.size() > m_markers.size())
        m_markers.insert(
            m_markers.end(), all.begin() + static_cast<std::ptrdiff_t>(m_markers.size()), all.end());
}

void TraceColumnsStore::addMarkers(std::vector<Marker> more)
{
    m_markers.insert(
        m_markers.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::size_t TraceColumnsStore::blockOf(std::uint64_t event) const
{
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), event,
        [](std::uint64_t e, const std::unique_ptr<Block>& b) { return e < b->firstEvent(); });
    return after == m_blocks.begin() ? 0 : static_cast<std::size_t>(after - m_blocks.begin()) - 1;
}

EventSums TraceColumnsStore::sums(EventRange range) const
{
    const std::uint64_t begin = std::min(range.begin, m_events);
    const std::uint64_t end = std::clamp(range.end, begin, m_events);
    return sumsBefore(end) - sumsBefore(begin);
}

EventSums TraceColumnsStore::sumsBefore(std::uint64_t event) const
{
    std::uint64_t at = m_totals.knownBefore(event);
    EventSums sums = m_totals.before(at);
    EventUnpacker unpacker;
    EventColumns columns;
    while (at < event) {
        unpacker.unpack(m_blocks[blockOf(at)]->events, columns);
        const std::uint64_t end = std::min(event, columns.firstEvent + columns.count());
        sums += sumsOf(columns, static_cast<std::size_t>(at - columns.firstEvent),
            static_cast<std::size_t>(end - columns.firstEvent));
        at = end;
    }
    return sums;
}

std::uint32_t TraceColumnsStore::stackOf(std::uint64_t event) const
{
    if (event >= m_events)
        return 0;
    const PackedEvents& events = m_blocks[blockOf(event)]->events;
    EventColumns columns;
    EventUnpacker().unpack(events, columns);
    return columns.stack.empty() ? 0 : columns.stack[static_cast<std::size_t>(event - events.firstEvent())];
}

std::optional<std::uint64_t> TraceColumnsStore::endOfLife(
    std::uint32_t slot, std::uint64_t from, const Interrupt& interrupt) const
{
    if (from >= m_events)
        return {};
    const auto nextBreak = std::upper_bound(m_breaks.begin(), m_breaks.end(), from);
    const std::uint64_t end = nextBreak == m_breaks.end() ? m_events : *nextBreak;
    EventUnpacker unpacker;
    EventColumns columns;
    for (std::size_t b = blockOf(from); b < m_blocks.size() && m_blocks[b]->firstEvent() < end; ++b) {
        const PackedEvents& events = m_blocks[b]->events;
        if (!events.mayEnd(slot))
            continue;
        if (interrupt && interrupt())
            return {};
        unpacker.unpackSlots(events, columns);
        std::size_t row =
            from > events.firstEvent() ? static_cast<std::size_t>(from - events.firstEvent()) : 0;
        for (;; ++row) {
            row = findSlot(columns.slot.data(), row, columns.count(), slot);
            if (row == columns.count())
                break;
            // The column means something else for markers, and a block may be resized in place.
            if (endsLife(columns.code[row]))
                return events.firstEvent() + row;
        }
    }
    return {};
}

} // namespace heapatlas
