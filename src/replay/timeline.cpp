// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/timeline.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace heapatlas {

namespace {

constexpr std::uint64_t step = 1024; ///< events between two questions whether to give up
constexpr std::uint64_t lookStep = 16384; ///< and whether a keyframe is due

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
    , m_source(std::make_shared<ReplaySource>())
    , m_cursor(begin(), options.cursorBudget)
    , m_spacing(std::max<std::uint64_t>(options.spacing, 1))
{
}

/// Fills the source with what holds before the first event.
ReplaySourcePtr Timeline::begin()
{
    assert(m_front->position() == 0);
    m_source->m_store = m_store;
    m_source->m_engine = m_front->sibling();
    m_source->m_keyframes.emplace(0, m_front->keyframe());
    m_initialBytes = m_front->keyframeBytes();
    return m_source;
}

void Timeline::setOrigin(
    const TraceInfo& info, std::shared_ptr<const Definitions> definitions, std::vector<UsageSample> samples)
{
    m_source->m_samples = std::move(samples);
    m_source->m_info = info;
    m_source->m_definitions = std::move(definitions);
}

Result<void> Timeline::append(
    const EventColumns& columns, std::uint32_t slotCapacity, const std::vector<Marker>& markersSoFar)
{
    m_store->setMarkers(markersSoFar);
    if (const Result<void> stored = m_store->append(columns, slotCapacity); !stored)
        return stored;
    replay(columns, m_store->slotCapacity(), { &m_source->m_places, &m_unstated }, {});
    return {};
}

void Timeline::append(
    const EventColumns& columns, PackedEvents packed, std::uint32_t slotCapacity, std::vector<Marker> markers)
{
    m_store->addMarkers(std::move(markers));
    m_store->append(columns, std::move(packed), slotCapacity);
    replay(columns, m_store->slotCapacity(), { &m_source->m_places, &m_unstated }, {});
}

bool Timeline::catchUp(const Interrupt& interrupt)
{
    BlockCache cache; // without addresses: what is named was named when it was loaded
    while (m_front->position() < m_store->eventCount()) {
        const std::size_t block = m_store->blockOf(m_front->position());
        if (!replay(cache.columns(*m_store, block), m_store->block(block).slotCapacity, {}, interrupt))
            return false;
    }
    return true;
}

/// Up to the end of the columns.
bool Timeline::replay(const EventColumns& columns, std::uint32_t slotCapacity, const PlaceNaming& naming,
    const Interrupt& interrupt)
{
    const std::uint64_t end = columns.firstEvent + columns.count();
    while (m_front->position() < end) {
        if (interrupt && interrupt())
            return false;
        const std::uint64_t to = std::min(end, m_front->position() + std::min(step, m_spacing));
        m_front->run(columns, static_cast<std::size_t>(to - columns.firstEvent), slotCapacity,
            m_store->markers(), &m_curve, naming);
        if (to - m_source->m_keyframes.rbegin()->first >= m_spacing && to >= m_nextLook)
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
        m_source->m_places.note(chunk.address, chunk.address, now);
    for (const ZendMmState::Chunk& chunk : state.cachedChunks)
        m_source->m_places.note(chunk.address, chunk.address, now);
    for (const ZendMmState::Huge& huge : state.huge)
        m_source->m_places.note(huge.address, huge.address, now);
    const Bytes before = m_front->keyframeBytes();
    m_source->m_keyframes[now] = m_front->keyframe();
    m_initialBytes += m_front->keyframeBytes() - std::min(before, m_front->keyframeBytes());
    m_source->m_breaks.insert(now);
    m_store->breakHere();
    m_cursor.m_near.erase(now);
    if (m_cursor.position() == now)
        m_cursor.restore(now);
    return {};
}

void Timeline::label(const UnstatedPlace& place, Address recorded)
{
    m_source->m_places.note(place.engine, recorded, place.event + 1);
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
    m_source->m_keyframes.emplace(now, keyframe);
    if (m_front->keyframeBytes() - m_initialBytes > m_options.budget)
        thin();
}

void Timeline::thin()
{
    m_spacing *= 2;
    bool drop = true;
    for (auto it = std::next(m_source->m_keyframes.begin()); it != m_source->m_keyframes.end(); drop = !drop)
        it =
            drop && !m_source->m_breaks.contains(it->first) ? m_source->m_keyframes.erase(it) : std::next(it);
}

KeyframeFigures Timeline::keyframeFigures() const
{
    KeyframeFigures figures;
    figures.count = m_source->m_keyframes.size() - 1;
    figures.cursorCount = m_cursor.nearKeyframes();
    figures.bytes = m_front->keyframeBytes() - m_initialBytes;
    std::uint64_t before = 0;
    for (const auto& [event, keyframe] : m_source->m_keyframes) {
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
