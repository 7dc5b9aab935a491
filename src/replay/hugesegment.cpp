// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/hugesegment.h"

#include "replay/endsoflife.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace heapatlas {

namespace {

void sortBars(std::vector<HugeBar>& bars)
{
    std::sort(bars.begin(), bars.end(), [](const HugeBar& a, const HugeBar& b) {
        return std::tuple(a.begin, a.range.begin.value) < std::tuple(b.begin, b.range.begin.value);
    });
}

HugeBar barOf(const BlockEvent& block, std::uint64_t from)
{
    return { { block.begin, block.begin + block.size }, block.requested, from, HugeBar::never, block.stack,
        block.slot };
}

} // namespace

HugeSegment::HugeSegment(const ReplayCursor& cursor, Bytes least, bool isFirst)
    : m_cursor(&cursor)
    , m_least(least)
    , m_begin(cursor.position())
{
    if (!isFirst)
        return;
    const SnapshotPtr regions = cursor.snapshot(Detail::Regions);
    const auto chunks = regions->chunks();
    if (std::none_of(
            chunks.begin(), chunks.end(), [](const ChunkRow& chunk) { return chunk.pageCount == 0; }))
        return;
    const SnapshotPtr blocks = cursor.snapshot(Detail::Blocks);
    for (const BlockRow& block : blocks->blocks()) {
        if (blocks->regions()[block.region].kind == RegionKind::Huge)
            m_open[block.slot] = { { block.begin, block.begin + block.size }, block.requested,
                block.bornEvent, HugeBar::never, block.stack, block.slot };
    }
}

void HugeSegment::born(const BlockEvent& block)
{
    const bool isObserved = block.event == m_forgottenAt && block.bornEvent <= block.event;
    if (block.requested >= m_least)
        open(block, isObserved ? block.event : block.event + 1);
}

void HugeSegment::ended(const BlockEvent& block)
{
    if (!m_open.contains(block.slot) && block.requested >= m_least)
        open(block, block.bornEvent); // before this part
    close(block.slot, block.event + 1);
}

void HugeSegment::resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested)
{
    if (!m_open.contains(block.slot) && oldRequested >= m_least)
        open(block, block.bornEvent); // before this part
    const auto it = m_open.find(block.slot);
    if (it != m_open.end()) {
        HugeBar& bar = it->second;
        bar.range.end = bar.range.begin + std::max({ bar.range.size(), block.size, oldSize });
        bar.requested = std::max({ bar.requested, block.requested, oldRequested });
    }
    if (block.requested < m_least)
        close(block.slot, block.event + 1);
    else if (it == m_open.end())
        open(block, block.event + 1);
}

void HugeSegment::forgotten()
{
    m_forgottenAt = m_cursor->position();
    m_forgottenFirst = std::min(m_forgottenFirst, m_forgottenAt);
    while (!m_open.empty())
        close(m_open.begin()->first, m_forgottenAt);
}

void HugeSegment::open(const BlockEvent& block, std::uint64_t from)
{
    m_open[block.slot] = barOf(block, from);
}

void HugeSegment::close(std::uint32_t slot, std::uint64_t at)
{
    const auto it = m_open.find(slot);
    if (it == m_open.end())
        return;
    m_closed.push_back(it->second);
    m_closed.back().end = at;
    m_open.erase(it);
}

void HugeJoin::add(HugeSegment&& part)
{
    // What lived on from the parts before, as far as this one tells of it.
    const auto goOn = [&](HugeBar bar) {
        const auto it = bar.begin > part.m_begin ? m_open.end() : m_open.find(bar.slot);
        if (it == m_open.end())
            return bar;
        bar.begin = it->second.begin;
        bar.range.end = bar.range.begin + std::max(bar.range.size(), it->second.range.size());
        bar.requested = std::max(bar.requested, it->second.requested);
        m_open.erase(it);
        return bar;
    };
    for (const HugeBar& bar : part.m_closed)
        m_closed.push_back(goOn(bar));
    std::map<std::uint32_t, HugeBar> open;
    for (const auto& [slot, bar] : part.m_open)
        open.emplace_hint(open.end(), slot, goOn(bar));
    for (auto& [slot, bar] : m_open) {
        if (part.m_forgottenFirst == HugeBar::never) {
            open.emplace(slot, bar);
        } else {
            bar.end = part.m_forgottenFirst;
            m_closed.push_back(bar);
        }
    }
    m_open = std::move(open);
}

std::vector<HugeBar> HugeJoin::soFar() const
{
    std::vector<HugeBar> bars = m_closed;
    for (const auto& [slot, bar] : m_open)
        bars.push_back(bar);
    sortBars(bars);
    return bars;
}

std::uint64_t HugeJoin::finish(const ReplaySource& source, std::uint64_t end, std::size_t limit,
    std::vector<HugeBar>& bars, const Interrupt& interrupt)
{
    std::vector<std::uint32_t> slots;
    for (const auto& [slot, bar] : m_open)
        slots.push_back(slot);
    for (const auto& [slot, at] : endsOfLife(source, slots, end, interrupt))
        m_open[slot].end = at;
    bars = soFar();
    if (bars.size() <= limit)
        return 0;
    std::stable_sort(bars.begin(), bars.end(),
        [](const HugeBar& a, const HugeBar& b) { return a.end - a.begin > b.end - b.begin; });
    const std::uint64_t dropped = bars.size() - limit;
    bars.resize(limit);
    sortBars(bars);
    return dropped;
}

} // namespace heapatlas
