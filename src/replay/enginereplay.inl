// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Bodies of EngineReplay; included by enginereplay.h only.

namespace heapatlas {

template <class Engine, class Options>
Result<void> EngineReplay<Engine, Options>::resync(
    const ZendMmState& state, const std::vector<AdoptedBlock>& blocks)
{
    m_slots.clear();
    if (Result<void> restored = m_engine.restore(state); !restored)
        return restored;
    m_seenMappings = m_engine.memory().mappings();
    m_placedMappings = m_seenMappings; // they stand where they were recorded
    m_namingRows = 0;
    for (const AdoptedBlock& adopted : blocks) {
        const Block block = m_engine.blockAt(adopted.address);
        if (block.isNull() || adopted.slot == noSlot) {
            ++m_oddities.unknownBlocks;
            continue;
        }
        m_slots.grow(adopted.slot + 1);
        if (m_slots[adopted.slot].isLive())
            m_slots.remove(adopted.slot);
        m_slots.add(adopted.slot, block, adopted.size, 0, 0);
    }
    return {};
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::run(const EventColumns& columns, std::size_t to,
    std::uint32_t slotCapacity, const std::vector<Marker>& markers, CurveBuilder* curve, PlaceNaming naming)
{
    assert(m_position >= columns.firstEvent && to <= columns.count());
    m_slots.grow(slotCapacity);
    auto row = static_cast<std::size_t>(m_position - columns.firstEvent);
    m_lifetimes = curve == nullptr ? nullptr : &curve->lifetimes;
    if (curve == nullptr) {
        runRows<false>(columns, row, to, markers, naming);
        return;
    }
    while (row < to) {
        const std::size_t end = std::min<std::size_t>(to, row + UsageCurve::baseEvents - curve->filled);
        runRows<true>(columns, row, end, markers, naming);
        curve->add(m_bucket, static_cast<std::uint32_t>(end - row));
        row = end;
    }
}

/// Tells a visitor what happens to the blocks of a window.
template <class Engine, class Options>
class EngineReplay<Engine, Options>::Teller
{
public:
    static constexpr bool tells = true;

    Teller(const EngineReplay& replay, const EventColumns& columns, BlockVisitor& visitor,
        const AddressTranslation& translation, const TellWindow& window)
        : m_replay(replay)
        , m_columns(columns)
        , m_visitor(visitor)
        , m_translation(translation)
        , m_window(window)
    {
    }

    [[nodiscard]] bool wants(Block block, Bytes requested) const
    {
        return m_window.mayHold(m_replay.m_engine.addressOf(block), requested);
    }
    void born(std::size_t row) const
    {
        m_visitor.born(eventOf(m_replay.rowOf(m_columns.slot[row]), row, false));
    }
    void ended(std::size_t row) const
    {
        m_visitor.ended(eventOf(m_replay.rowOf(m_columns.slot[row]), row, true));
    }

    /// The block of a row, if it is one of these.
    [[nodiscard]] std::optional<BlockRow> look(std::size_t row) const
    {
        const std::uint32_t slot = m_columns.slot[row];
        const LiveSlots<Block>& slots = m_replay.m_slots;
        const bool isOfBlock = m_columns.code[row].kind() <= EventKind::Reallocate && slot < slots.capacity()
            && slots[slot].isLive();
        return isOfBlock ? std::optional(m_replay.rowOf(slot)) : std::nullopt;
    }
    /// The row changed the one to the other.
    void changed(
        const std::optional<BlockRow>& before, const std::optional<BlockRow>& after, std::size_t row) const
    {
        const auto isInside = [this](const std::optional<BlockRow>& block) {
            return block && m_window.mayHold(block->begin, block->size);
        };
        if (!isInside(before) && !isInside(after))
            return;
        if (before && after && before->bornEvent == after->bornEvent && before->begin == after->begin) {
            if (before->size != after->size || before->requested != after->requested)
                m_visitor.resized(eventOf(*after, row, false), before->size, before->requested);
            return;
        }
        if (before)
            m_visitor.ended(eventOf(*before, row, true));
        if (after)
            m_visitor.born(eventOf(*after, row, false));
    }

private:
    [[nodiscard]] BlockEvent eventOf(const BlockRow& block, std::size_t row, bool isEnd) const
    {
        const std::uint32_t stack = !isEnd || m_columns.stack.empty() ? 0 : m_columns.stack[row];
        return { m_columns.firstEvent + row, m_translation(block.begin), block.size, block.requested,
            block.bornEvent, block.stack, block.slot, stack };
    }

    const EngineReplay& m_replay;
    const EventColumns& m_columns;
    BlockVisitor& m_visitor;
    const AddressTranslation& m_translation;
    const TellWindow& m_window;
};

template <class Engine, class Options>
template <bool WithCurve, class Listener>
void EngineReplay<Engine, Options>::runRows(const EventColumns& columns, std::size_t from, std::size_t to,
    const std::vector<Marker>& markers, const PlaceNaming& naming, [[maybe_unused]] const Listener& listener)
{
    const auto applyRare = [&](std::size_t row) {
        if constexpr (Listener::tells) {
            const std::optional<BlockRow> before = listener.look(row);
            applyOther(columns, row, markers);
            listener.changed(before, listener.look(row), row);
        } else {
            applyOther(columns, row, markers);
        }
    };
    // What the loop reads is hoisted: the compiler must assume that each store may change any vector.
    const EventCode* const codes = columns.code.data();
    const std::uint32_t* const slots = columns.slot.data();
    const std::uint32_t* const sizes = columns.size.data();
    const std::uint32_t* const stacks = columns.stack.empty() ? nullptr : columns.stack.data();
    const std::uint32_t capacity = m_slots.capacity();
    const auto firstBirth = static_cast<std::uint32_t>(columns.firstEvent + 1);
    typename LiveSlots<Block>::Writer live(m_slots);
    UsageBucket usage { ~Bytes { 0 }, 0, ~Bytes { 0 }, 0, 0 };
    Bytes real = ~Bytes { 0 };
    const auto noteUsage = [&] {
        usage.liveMin = std::min(usage.liveMin, m_engine.liveBytes());
        usage.liveMax = std::max(usage.liveMax, m_engine.liveBytes());
        if (m_engine.realBytes() == real) [[likely]]
            return;
        real = m_engine.realBytes();
        usage.realMin = std::min(usage.realMin, real);
        usage.realMax = std::max(usage.realMax, real);
    };

    // Random lifetimes miss the cache twice an event, on the slot's row and on what the engine knows of its block. Both
    // are asked for ahead; a row that changes in between costs a useless hint.
    constexpr std::size_t rowAhead = 24;
    constexpr std::size_t blockAhead = 12;
    const std::size_t hintEnd = columns.count() < rowAhead ? 0 : columns.count() - rowAhead;
    for (std::size_t row = from; row < to; ++row) {
        if (row < hintEnd) [[likely]] {
            if (slots[row + rowAhead] < capacity)
                m_slots.prefetch(slots[row + rowAhead]);
            if (slots[row + blockAhead] < capacity)
                m_engine.prefetch(live[slots[row + blockAhead]].block);
        }
        const std::uint32_t slot = slots[row];
        const std::uint8_t code = codes[row].bits;
        if (code == EventCode::of(EventKind::Allocate).bits) {
            const std::uint32_t size = sizes[row];
            if (slot < capacity && size < EventColumns::bigSize && !live[slot].isLive()) [[likely]] {
                const Placement<Block> placed = m_engine.allocate(size, Outcome::Succeeded);
                if (placed.isOk()) [[likely]] {
                    live.add(slot, placed.block, size, firstBirth + static_cast<std::uint32_t>(row),
                        stacks == nullptr ? 0 : stacks[row]);
                    if constexpr (Listener::tells) {
                        if (listener.wants(placed.block, size)) [[unlikely]]
                            listener.born(row);
                    }
                } else {
                    ++m_oddities.refused;
                }
            } else {
                live.flush();
                applyRare(row);
            }
        } else if (code == EventCode::of(EventKind::Free).bits && slot < capacity
            && live[slot].requested < EventColumns::bigSize && live[slot].isLive()) [[likely]] {
            if constexpr (WithCurve)
                m_lifetimes->end(
                    m_engine.kindOf(live[slot].block), live[slot].born, columns.firstEvent + row);
            if constexpr (Listener::tells) {
                if (listener.wants(live[slot].block, live[slot].requested)) [[unlikely]]
                    listener.ended(row);
            }
            m_engine.deallocate(live[slot].block);
            live.remove(slot);
        } else {
            live.flush();
            applyRare(row);
        }
        if constexpr (WithCurve) {
            noteUsage();
            if (m_engine.memory().mappings() != m_seenMappings || m_namingRows != 0) [[unlikely]]
                namePlace(columns, row, naming);
        }
    }
    live.flush();
    m_position = columns.firstEvent + to;
    if constexpr (WithCurve) {
        usage.peak = m_engine.peakBytes();
        m_bucket = usage;
    }
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::runTelling(const EventColumns& columns, std::size_t to,
    std::uint32_t slotCapacity, const std::vector<Marker>& markers, BlockVisitor& visitor,
    const AddressTranslation& translation, const TellWindow& window)
{
    m_slots.grow(slotCapacity);
    m_lifetimes = nullptr;
    runRows<false>(columns, static_cast<std::size_t>(m_position - columns.firstEvent), to, markers, {},
        Teller(*this, columns, visitor, translation, window));
}

// A new region shows in the count of mappings; which recorded one it is, the blocks placed in it tell. That need not be
// the block of the event that mapped it: a huge block's list node may have opened a chunk.
template <class Engine, class Options>
void EngineReplay<Engine, Options>::namePlace(
    const EventColumns& columns, std::size_t row, const PlaceNaming& naming)
{
    constexpr std::uint32_t lookAhead = 4096;
    if (m_engine.memory().mappings() != m_seenMappings) {
        m_seenMappings = m_engine.memory().mappings();
        m_namingRows = lookAhead;
    } else {
        --m_namingRows;
    }
    const EventKind kind = columns.code[row].kind();
    const std::uint32_t slot = columns.slot[row];
    if (naming.places == nullptr || (kind != EventKind::Allocate && kind != EventKind::Reallocate)
        || columns.code[row].hasFailed() || slot >= m_slots.capacity() || !m_slots[slot].isLive())
        return;
    const auto region = m_engine.memory().regionOf(m_slots[slot].block);
    if (region.number >= m_named.size())
        m_named.resize(region.number + std::size_t { 1 });
    const std::uint64_t mapping = m_engine.memory().mappingOf(region);
    const Address engine = m_engine.addressOf(m_slots[slot].block);
    const Address recorded = columns.addressOf(row);
    // Every address that is there may correct the label; where the first one is not, it has to be looked up later.
    if (!recorded.isNull())
        naming.places->note(engine, recorded, columns.firstEvent + row + 1);
    else if (mapping > m_placedMappings && m_named[region.number] != mapping && naming.unstated != nullptr)
        naming.unstated->push_back({ columns.firstEvent + row, engine });
    m_named[region.number] = mapping;
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::applyAllocate(const EventColumns& columns, std::size_t row)
{
    const bool hasFailed = columns.code[row].hasFailed();
    const std::uint32_t slot = columns.slot[row];
    const Bytes size = columns.requested(row);
    const Placement<Block> placed = m_engine.allocate(size, hasFailed ? Outcome::Failed : Outcome::Succeeded);
    if (!placed.isOk()) {
        if (!hasFailed)
            ++m_oddities.refused;
        return;
    }
    if (!hasFailed && slot < m_slots.capacity() && !m_slots[slot].isLive()) {
        m_slots.add(slot, placed.block, size, static_cast<std::uint32_t>(columns.firstEvent + row + 1),
            columns.stack.empty() ? 0 : columns.stack[row]);
        return;
    }
    // Nobody would ever free it: the recorded request failed, or the slot is taken or out of range.
    if (hasFailed)
        ++m_oddities.granted;
    else
        ++m_oddities.unknownBlocks;
    m_engine.deallocate(placed.block);
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::applyFree(const EventColumns& columns, std::size_t row)
{
    const std::uint32_t slot = columns.slot[row];
    if (slot >= m_slots.capacity() || !m_slots[slot].isLive()) {
        ++m_oddities.unknownBlocks;
        return;
    }
    if (m_lifetimes != nullptr)
        m_lifetimes->end(m_engine.kindOf(m_slots[slot].block), m_slots[slot].born, columns.firstEvent + row);
    m_engine.deallocate(m_slots[slot].block);
    m_slots.remove(slot);
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::applyOther(
    const EventColumns& columns, std::size_t row, const std::vector<Marker>& markers)
{
    const EventCode code = columns.code[row];
    const std::uint32_t slot = columns.slot[row];
    switch (code.kind()) {
    case EventKind::Allocate:
        applyAllocate(columns, row);
        break;
    case EventKind::Free:
        applyFree(columns, row);
        break;
    case EventKind::Reallocate:
        applyReallocate(columns, row);
        break;
    default:
        if (slot < markers.size())
            applyMarker(markers[slot]);
        break;
    }
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::applyReallocate(const EventColumns& columns, std::size_t row)
{
    const EventCode code = columns.code[row];
    const std::uint32_t slot = columns.slot[row];
    if (slot >= m_slots.capacity() || !m_slots[slot].isLive()) {
        ++m_oddities.unknownBlocks;
        return;
    }
    const Bytes size = columns.requested(row);
    const unsigned oldKind = m_lifetimes == nullptr ? 0 : m_engine.kindOf(m_slots[slot].block);
    const std::uint32_t oldBirth = m_slots[slot].born;
    const Placement<Block> placed = m_engine.reallocate(
        m_slots[slot].block, size, code.isInPlace(), code.hasFailed() ? Outcome::Failed : Outcome::Succeeded);
    if (!placed.isOk()) {
        if (!code.hasFailed())
            ++m_oddities.refused;
        return;
    }
    if (code.hasFailed())
        ++m_oddities.granted;
    m_slots.resize(slot, placed.block, size);
    // What counts as the same block is what the recording says, as for endOfLife(): born and freed then agree.
    if (code.isInPlace())
        return;
    if (m_lifetimes != nullptr)
        m_lifetimes->end(oldKind, oldBirth, columns.firstEvent + row);
    m_slots.setBirth(slot, static_cast<std::uint32_t>(columns.firstEvent + row + 1),
        columns.stack.empty() ? 0 : columns.stack[row]);
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::applyMarker(const Marker& marker)
{
    if (std::holds_alternative<TrimMarker>(marker.what)) {
        m_engine.gc();
    } else if (const auto* const limit = std::get_if<LimitMarker>(&marker.what)) {
        m_engine.setLimit(
            limit->requested, limit->hardLimit == 0 ? std::nullopt : std::optional<Bytes>(limit->hardLimit));
    } else if (const auto* const usage = std::get_if<UsageMarker>(&marker.what)) {
        if (usage->figure == UsageFigure::ResetPeak)
            m_engine.resetPeak();
    }
}

template <class Engine, class Options>
Lifetimes EngineReplay<Engine, Options>::lifetimes(const LifetimeCounter& ended) const
{
    return ended.lifetimes([](unsigned kind) { return Engine::slotBytesOf(kind); },
        [this](auto count) {
            for (std::uint32_t slot = 0; slot < m_slots.capacity(); ++slot) {
                const auto& row = m_slots[slot];
                if (row.isLive() && row.born != 0)
                    count(m_engine.kindOf(row.block), m_position + 1 - row.born);
            }
        });
}

template <class Engine, class Options>
HeapTotals EngineReplay<Engine, Options>::totals() const
{
    SnapshotBuilder builder(m_position, Detail::Totals, AddressRange::everything());
    m_engine.describe(builder);
    HeapTotals totals = builder.totals();
    totals.requested = m_slots.requested();
    totals.liveBlocks = m_slots.count();
    return totals;
}

template <class Engine, class Options>
BlockRow EngineReplay<Engine, Options>::rowOf(std::uint32_t slot) const
{
    const auto& row = m_slots[slot];
    BlockRow block;
    block.begin = m_engine.addressOf(row.block);
    block.size = m_engine.usableSize(row.block);
    block.requested = m_slots.requestedOf(slot);
    block.bornEvent = row.born;
    block.stack = row.stack;
    block.slot = slot;
    return block;
}

template <class Engine, class Options>
std::vector<FreeList> EngineReplay<Engine, Options>::freeLists(
    std::size_t most, const AddressTranslation* translation) const
{
    std::vector<FreeList> lists = m_engine.freeLists(most);
    for (FreeList& list : lists) {
        for (Address& slot : list.slots)
            slot = translation == nullptr ? slot : (*translation)(slot);
    }
    return lists;
}

/// The live slots whose blocks may overlap the window.
template <class Engine, class Options>
std::vector<PlacedSlot> EngineReplay<Engine, Options>::placesIn(const SnapshotBuilder& builder) const
{
    struct Shift
    {
        std::uint64_t unit = ~std::uint64_t { 0 };
        Bytes shift = 0;
    };
    std::array<Shift, 512> shifts; // of regions seen last
    const AddressRange window = builder.window();
    const bool wantsAll = window == AddressRange::everything();
    std::vector<PlacedSlot> places;
    places.reserve(wantsAll ? static_cast<std::size_t>(m_slots.count()) : 0);
    for (std::uint32_t slot = 0; slot < m_slots.capacity(); ++slot) {
        if (!m_slots[slot].isLive())
            continue;
        const Address address = m_engine.addressOf(m_slots[slot].block);
        const std::uint64_t unit = address.value / AddressTranslation::unit;
        Shift& shift = shifts[unit % shifts.size()];
        if (shift.unit != unit)
            shift = { unit, builder.placeOf(address) - address };
        const Address place = address + shift.shift;
        // One that does not begin its region ends within it.
        const bool isBefore = place.offsetIn(AddressTranslation::unit) != 0
            && place.alignedDown(AddressTranslation::unit) + AddressTranslation::unit <= window.begin;
        if (wantsAll || (place < window.end && !isBefore))
            places.push_back({ place.value, slot });
    }
    return places;
}

template <class Engine, class Options>
SnapshotPtr EngineReplay<Engine, Options>::snapshot(
    Detail detail, AddressRange window, const AddressTranslation* translation) const
{
    SnapshotBuilder builder(m_position, detail, window, translation);
    m_engine.describe(builder);
    builder.totals().requested = m_slots.requested();
    builder.totals().liveBlocks = m_slots.count();
    // What was asked for of page runs, whatever the window: pictures must not depend on it.
    for (std::uint32_t slot = 0; builder.wantsRegions() && slot < m_slots.capacity(); ++slot) {
        const auto& row = m_slots[slot];
        if (row.requested > Engine::maxSmallBytes && row.isLive())
            builder.setRequested(m_engine.addressOf(row.block), m_slots.requestedOf(slot));
    }
    if (builder.wantsBlocks()) {
        // By place before anything else is looked up: the page maps are then read in their order.
        std::vector<PlacedSlot> placed = placesIn(builder);
        sortByPlace(placed);
        builder.reserveBlocks(placed.size());
        for (const PlacedSlot& at : placed) {
            BlockRow row = rowOf(at.slot);
            row.begin = { at.place };
            builder.addPlacedBlock(row);
        }
    }
    return builder.finish();
}

template <class Engine, class Options>
std::shared_ptr<HeapBytes> EngineReplay<Engine, Options>::bytes(
    AddressRange window, const AddressTranslation* translation) const
{
    HeapBytesBuilder builder(m_position, window, translation);
    m_engine.describeBytes(builder);
    return builder.finish();
}

template <class Engine, class Options>
Bytes EngineReplay<Engine, Options>::engineEstimate() const
{
    // A bit a live slot and a word a free one, packed, and the page tables and header of a chunk.
    constexpr Bytes bytesPerBlock = 2;
    constexpr Bytes bytesPerChunk = 8192;
    constexpr Bytes chunkBytes = Bytes { 2 } << 20;
    return m_slots.count() * bytesPerBlock + m_engine.realBytes() / chunkBytes * bytesPerChunk;
}

template <class Engine, class Options>
Bytes EngineReplay<Engine, Options>::keyframeCost() const
{
    // The engine's words change where its blocks do: the same share of them.
    const Bytes slots = m_slots.frameCost();
    const Bytes allSlots = std::max<Bytes>(1, m_slots.count() * sizeof(typename LiveSlots<Block>::Row));
    const double share = std::min(1.0, static_cast<double>(slots) / static_cast<double>(allSlots));
    return slots + static_cast<Bytes>(share * static_cast<double>(engineEstimate()));
}

template <class Engine, class Options>
ReplayKeyframePtr EngineReplay<Engine, Options>::keyframe()
{
    return std::make_shared<const Keyframe>(
        m_position, m_engine.keyframe(), m_slots.frame(m_pieceBytes), m_ledger, engineEstimate());
}

template <class Engine, class Options>
void EngineReplay<Engine, Options>::restore(const ReplayKeyframe& keyframe)
{
    const auto& own = dynamic_cast<const Keyframe&>(keyframe);
    m_engine.restore(own.m_engine);
    m_slots.restore(own.m_slots);
    m_position = own.event();
}

} // namespace heapatlas
