// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/timeline.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace heapatlas {

namespace {

constexpr std::uint64_t step = 1024; ///< events between two questions whether to give up
constexpr std::uint64_t lookStep = 16384; ///< and whether a keyframe is due
// How far behind the cursor a jump leaves keyframes, and what counts as a jump.
constexpr std::array<std::uint64_t, 4> nearDistances { 4194304, 262144, 32768, 4096 };
constexpr std::uint64_t longRun = 65536;
constexpr std::size_t nearCount = 12;

} // namespace

Timeline::Timeline(std::unique_ptr<ReplayEngine> engine, const TimelineOptions& options)
    : Timeline(std::move(engine), std::make_shared<TraceColumnsStore>(), options)
{
}

Timeline::Timeline(std::unique_ptr<ReplayEngine> engine, std::shared_ptr<TraceColumnsStore> store,
    const TimelineOptions& options)
    : m_options(options)
    , m_store(std::move(store))
    , m_front(std::move(engine))
    , m_cursor(m_front->sibling())
    , m_spacing(std::max<std::uint64_t>(options.spacing, 1))
{
    assert(m_front->position() == 0);
    const ReplayKeyframePtr initial = m_front->keyframe();
    m_initialBytes = m_front->keyframeBytes();
    m_spread.emplace(0, initial);
    m_cursor->restore(*initial); // so that its next keyframes share with this one
}

Result<void> Timeline::append(
    const EventColumns& columns, std::uint32_t slotCapacity, const std::vector<Marker>& markersSoFar)
{
    m_store->setMarkers(markersSoFar);
    if (const Result<void> stored = m_store->append(columns, slotCapacity); !stored)
        return stored;
    replayStored(&columns, {});
    return {};
}

bool Timeline::catchUp(const Interrupt& interrupt) { return replayStored(nullptr, interrupt); }

bool Timeline::replayStored(const EventColumns* withAddresses, const Interrupt& interrupt)
{
    while (m_front->position() < m_store->eventCount()) {
        if (interrupt && interrupt())
            return false;
        const std::size_t block = m_store->blockOf(m_front->position());
        const EventColumns& columns = m_store->block(block).columns;
        const auto row = static_cast<std::size_t>(m_front->position() - columns.firstEvent);
        PlaceNaming naming { &m_places, {} };
        if (withAddresses != nullptr && withAddresses->firstEvent == columns.firstEvent)
            naming.addresses = withAddresses->address;
        m_front->run(*m_store, block, std::min<std::size_t>(columns.count(), row + std::min(step, m_spacing)),
            &m_curve, naming);
        if (m_front->position() - m_spread.rbegin()->first >= m_spacing && m_front->position() >= m_nextLook)
            considerKeyframe();
    }
    return true;
}

Result<void> Timeline::resync(const ZendMmState& state, const std::vector<AdoptedBlock>& blocks)
{
    const std::uint64_t now = m_front->position();
    if (const Result<void> synced = m_front->resync(state, blocks); !synced)
        return synced;
    // The observed heap stands where it stood.
    for (const ZendMmState::Chunk& chunk : state.chunks)
        m_places.note(chunk.address, chunk.address, now);
    for (const ZendMmState::Chunk& chunk : state.cachedChunks)
        m_places.note(chunk.address, chunk.address, now);
    for (const ZendMmState::Huge& huge : state.huge)
        m_places.note(huge.address, huge.address, now);
    const Bytes before = m_front->keyframeBytes();
    m_spread[now] = m_front->keyframe();
    m_initialBytes += m_front->keyframeBytes() - std::min(before, m_front->keyframeBytes());
    m_pinned.insert(now);
    m_store->breakHere();
    m_near.erase(now);
    if (m_cursor->position() == now)
        m_cursor->restore(*m_spread[now]);
    return {};
}

void Timeline::finish() { m_curve.finish(); }

void Timeline::considerKeyframe()
{
    const std::uint64_t now = m_front->position();
    m_nextLook = now + std::min(lookStep, m_spacing);
    const auto allowed = std::min<Bytes>(m_options.budget, m_options.bytesPerEvent * now);
    const Bytes spent = m_front->keyframeBytes() - m_initialBytes;
    if (spent + m_front->keyframeCost() > allowed && allowed < m_options.budget)
        return;
    const ReplayKeyframePtr keyframe = m_front->keyframe();
    // The cost was an estimate. What does not fit is not kept; its bytes stay counted until they are gone.
    if (m_front->keyframeBytes() - m_initialBytes > allowed && allowed < m_options.budget)
        return;
    m_spread.emplace(now, keyframe);
    if (m_front->keyframeBytes() - m_initialBytes > m_options.budget)
        thin();
}

void Timeline::thin()
{
    m_spacing *= 2;
    bool drop = true;
    for (auto it = std::next(m_spread.begin()); it != m_spread.end(); drop = !drop)
        it = drop && !m_pinned.contains(it->first) ? m_spread.erase(it) : std::next(it);
}

const ReplayKeyframe& Timeline::nearest(std::uint64_t event) const
{
    const ReplayKeyframe& spread = *std::prev(m_spread.upper_bound(event))->second;
    const auto after = m_near.upper_bound(event);
    if (after != m_near.begin() && std::prev(after)->first > spread.event())
        return *std::prev(after)->second;
    return spread;
}

bool Timeline::seek(std::uint64_t event, const Interrupt& interrupt)
{
    event = std::min(event, eventCount());
    const ReplayKeyframe& start = nearest(event);
    const std::uint64_t from = m_cursor->position();
    // Running on from where the cursor stands beats restoring as long as no keyframe is nearer.
    const bool isForward = from <= event && from >= start.event();
    if (!isForward)
        m_cursor->restore(start);

    // A jump leaves keyframes at shrinking distances before its target. Playing forward leaves none: what is behind was
    // left by the jump that it began with.
    if (!isForward || event - from > longRun) {
        for (const std::uint64_t distance : nearDistances) {
            if (event - m_cursor->position() <= 2 * distance)
                continue;
            if (!runTo(event - distance, interrupt))
                return false;
            keepNear();
        }
    }
    return runTo(event, interrupt);
}

bool Timeline::runTo(std::uint64_t event, const Interrupt& interrupt)
{
    while (m_cursor->position() < event) {
        if (interrupt && interrupt())
            return false;
        const std::uint64_t at = m_cursor->position();
        const std::size_t block = m_store->blockOf(at);
        const EventColumns& columns = m_store->block(block).columns;
        const std::uint64_t end = std::min({ event, at + step, columns.firstEvent + columns.count() });
        m_cursor->run(*m_store, block, static_cast<std::size_t>(end - columns.firstEvent));
    }
    return true;
}

void Timeline::keepNear()
{
    const std::uint64_t at = m_cursor->position();
    if (m_near.contains(at) || m_spread.contains(at))
        return;
    m_near.emplace(at, m_cursor->keyframe());
    dropDistant();
}

void Timeline::dropDistant()
{
    const std::uint64_t at = m_cursor->position();
    // Their sum, although pieces are shared: what they hold at most if all others go.
    Bytes held = 0;
    for (const auto& [event, keyframe] : m_near)
        held += keyframe->fullBytes();
    const auto distance = [at](std::uint64_t event) { return event > at ? event - at : at - event; };
    while (m_near.size() > nearCount || (m_near.size() > 2 && held > m_options.cursorBudget)) {
        const auto first = m_near.begin();
        const auto last = std::prev(m_near.end());
        const auto farthest = distance(first->first) > distance(last->first) ? first : last;
        held -= farthest->second->fullBytes();
        m_near.erase(farthest);
    }
}

SnapshotPtr Timeline::snapshot(Detail detail, AddressRange window) const
{
    const AddressTranslation translation = m_places.at(cursor());
    return m_cursor->snapshot(detail, window, &translation);
}

std::optional<Timeline::Found> Timeline::inspect(Address address, const Interrupt& interrupt) const
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
    found.details.freedEvent = m_store->endOfLife(row->slot, m_cursor->position(), interrupt);
    if (interrupt && !found.details.freedEvent && interrupt())
        return {};
    if (found.details.freedEvent)
        found.freedStack = m_store->stackOf(*found.details.freedEvent);
    return found;
}

KeyframeFigures Timeline::keyframeFigures() const
{
    KeyframeFigures figures;
    figures.count = m_spread.size() - 1;
    figures.cursorCount = m_near.size();
    figures.bytes = m_front->keyframeBytes() - m_initialBytes;
    std::uint64_t before = 0;
    for (const auto& [event, keyframe] : m_spread) {
        figures.widestGap = std::max(figures.widestGap, event - before);
        before = event;
        if (keyframe->fullBytes() > figures.largestFullBytes) {
            figures.largestFullBytes = keyframe->fullBytes();
            figures.largestLiveBlocks = keyframe->liveBlocks();
        }
    }
    figures.widestGap = std::max(figures.widestGap, eventCount() - before);
    return figures;
}

} // namespace heapatlas
