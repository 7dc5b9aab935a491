// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/replaycursor.h"

#include <algorithm>
#include <array>
#include <utility>

namespace heapatlas {

namespace {

constexpr std::uint64_t step = 1024; ///< events between two questions whether to give up
// How far behind the cursor a step back leaves keyframes, and what is too far to be one.
constexpr std::array<std::uint64_t, 4> nearDistances { 4194304, 262144, 32768, 4096 };
constexpr std::uint64_t farStep = 262144;
constexpr std::uint64_t coldDistance =
    16384; ///< nearer ones only where somebody was before: making one takes a millisecond
constexpr std::size_t nearCount = 12;

} // namespace

ReplayCursor::ReplayCursor(ReplaySourcePtr source, Bytes nearBudget)
    : m_source(std::move(source))
    , m_nearBudget(nearBudget)
    , m_engine(m_source->makeEngine())
{
    m_engine->restore(m_source->keyframeAt(0)); // so that its next keyframes share with this one
}

void ReplayCursor::restore(std::uint64_t event) { m_engine->restore(m_source->keyframeAt(event)); }

const ReplayKeyframe& ReplayCursor::nearest(std::uint64_t event) const
{
    const ReplayKeyframe& spread = m_source->keyframeAt(event);
    const auto after = m_near.upper_bound(event);
    if (after != m_near.begin() && std::prev(after)->first > spread.event())
        return *std::prev(after)->second;
    return spread;
}

bool ReplayCursor::seek(std::uint64_t event, const Interrupt& interrupt)
{
    event = std::min(event, m_source->eventCount());
    const ReplayKeyframe& start = nearest(event);
    const std::uint64_t from = position();
    // Running on from where the cursor stands beats restoring as long as no keyframe is nearer.
    const bool isForward = from <= event && from >= start.event();
    if (!isForward)
        m_engine->restore(start);
    const bool isCold = &start == &m_source->keyframeAt(event);

    // A step back leaves keyframes at shrinking distances before its target, for those that will follow it. Playing forward
    // leaves none, and neither does a jump: who drags across the trace does not come back to where each frame fell.
    const std::uint64_t last = std::exchange(m_target, event);
    if (m_nearBudget != 0 && !isForward && last - std::min(last, event) <= farStep
        && event - std::min(event, last) <= farStep) {
        for (const std::uint64_t distance : nearDistances) {
            if (event - position() <= 2 * distance || (isCold && distance < coldDistance))
                continue;
            if (!runTo(event - distance, interrupt))
                return false;
            keepNear();
        }
    }
    return runTo(event, interrupt);
}

bool ReplayCursor::runTo(std::uint64_t event, const Interrupt& interrupt)
{
    const TraceColumnsStore& store = m_source->store();
    while (position() < event) {
        if (interrupt && interrupt())
            return false;
        const std::uint64_t at = position();
        const std::size_t block = store.blockOf(at);
        const EventColumns& columns = m_cache.columns(store, block);
        const std::uint64_t end = std::min({ event, at + step, columns.firstEvent + columns.count() });
        m_engine->run(columns, static_cast<std::size_t>(end - columns.firstEvent),
            store.block(block).slotCapacity, store.markers());
    }
    return true;
}

bool ReplayCursor::visit(
    std::uint64_t event, BlockVisitor& visitor, const Interrupt& interrupt, AddressRange window)
{
    const TraceColumnsStore& store = m_source->store();
    const RecordedPlaces& places = m_source->places();
    event = std::min(event, m_source->eventCount());
    // A region is mapped by the event whose block first names it.
    std::uint64_t labelled = position() + 1;
    AddressTranslation translation = places.at(labelled);
    TellWindow wanted(window, translation);
    while (position() < event) {
        if (interrupt && interrupt())
            return false;
        const std::uint64_t at = position();
        if (places.changeAfter(labelled) <= at + 1) {
            places.apply(translation, labelled, at + 1);
            wanted = TellWindow(window, translation);
        }
        labelled = at + 1;
        const std::size_t block = store.blockOf(at);
        const EventColumns& columns = m_cache.columns(store, block);
        const std::uint64_t end = std::min(
            { event, at + step, places.changeAfter(labelled) - 1, columns.firstEvent + columns.count() });
        m_engine->runTelling(columns, static_cast<std::size_t>(end - columns.firstEvent),
            store.block(block).slotCapacity, store.markers(), visitor, translation, wanted);
        if (m_source->isBreak(end)) {
            restore(end);
            visitor.forgotten();
            const SnapshotPtr observed = snapshot(Detail::Blocks);
            for (const BlockRow& row : observed->blocks()) {
                if (window.overlaps({ row.begin, row.begin + row.size }) || TellWindow::isHuge(row.requested))
                    visitor.born(
                        { end, row.begin, row.size, row.requested, row.bornEvent, row.stack, row.slot, 0 });
            }
        }
    }
    return true;
}

bool ReplayCursor::measure(
    std::uint64_t event, std::uint64_t stride, std::vector<UsageBucket>& usage, const Interrupt& interrupt)
{
    const TraceColumnsStore& store = m_source->store();
    event = std::min(event, m_source->eventCount());
    std::uint64_t full = position(); // where the last bucket is
    std::uint64_t look = position();
    CurveBuilder stretch;
    while (position() < event) {
        const std::uint64_t at = position();
        if (at >= look) {
            if (interrupt && interrupt())
                return false;
            look = at + step;
        }
        const bool isNew = at == full;
        if (isNew)
            full = std::min(event, at + stride);
        const std::size_t block = store.blockOf(at);
        const EventColumns& columns = m_cache.columns(store, block);
        // Shorter than what the builder would put into its curve.
        const std::uint64_t end =
            std::min({ full, at + UsageCurve::baseEvents - 1, columns.firstEvent + columns.count() });
        stretch.filled = 0;
        m_engine->run(columns, static_cast<std::size_t>(end - columns.firstEvent),
            store.block(block).slotCapacity, store.markers(), &stretch);
        if (isNew)
            usage.push_back(stretch.bucket);
        else
            usage.back().include(stretch.bucket);
        if (m_source->isBreak(end))
            restore(end);
    }
    return true;
}

void ReplayCursor::keepNear()
{
    const std::uint64_t at = position();
    if (m_near.contains(at) || m_source->keyframes().contains(at))
        return;
    m_near.emplace(at, m_engine->keyframe());
    dropDistant();
}

void ReplayCursor::dropDistant()
{
    const std::uint64_t at = position();
    // Their sum, although pieces are shared: what they hold at most if all others go.
    Bytes held = 0;
    for (const auto& [event, keyframe] : m_near)
        held += keyframe->fullBytes();
    const auto distance = [at](std::uint64_t event) { return event > at ? event - at : at - event; };
    while (m_near.size() > nearCount || (m_near.size() > 2 && held > m_nearBudget)) {
        const auto first = m_near.begin();
        const auto last = std::prev(m_near.end());
        const auto farthest = distance(first->first) > distance(last->first) ? first : last;
        held -= farthest->second->fullBytes();
        m_near.erase(farthest);
    }
}

SnapshotPtr ReplayCursor::snapshot(Detail detail, AddressRange window) const
{
    const AddressTranslation translation = m_source->places().at(position());
    return m_engine->snapshot(detail, window, &translation);
}

std::vector<FreeList> ReplayCursor::freeLists(std::size_t most) const
{
    const AddressTranslation translation = m_source->places().at(position());
    return m_engine->freeLists(most, &translation);
}

std::optional<BlockRow> ReplayCursor::block(std::uint32_t slot) const
{
    std::optional<BlockRow> row = m_engine->block(slot);
    if (row)
        row->begin = m_source->places().at(position())(row->begin);
    return row;
}

std::shared_ptr<HeapBytes> ReplayCursor::bytes(AddressRange range) const
{
    if (!range.isEmpty() && range.size() > maxBytesWindow)
        range.end = range.begin + maxBytesWindow;
    const AddressTranslation translation = m_source->places().at(position());
    return m_engine->bytes(range, &translation);
}

std::optional<ReplayCursor::Found> ReplayCursor::inspect(Address address, const Interrupt& interrupt) const
{
    // A window of one byte: the regions, and that block with its requested size in its region.
    const SnapshotPtr around = snapshot(Detail::Blocks, { address, address + 1 });
    const BlockRow* const row = around->blockAt(address);
    if (row == nullptr)
        return {};
    Found found;
    found.details.block = *row;
    if (const RegionRow* const region = around->regionAt(row->begin))
        found.details.region = *region;
    const TraceColumnsStore& store = m_source->store();
    found.details.freedEvent = store.endOfLife(row->slot, position(), interrupt);
    if (interrupt && !found.details.freedEvent && interrupt())
        return {};
    if (found.details.freedEvent)
        found.freedStack = store.stackOf(*found.details.freedEvent);
    return found;
}

} // namespace heapatlas
