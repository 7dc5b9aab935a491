// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/lifesegment.h"

#include "alloc/zendmmbins.h"
#include "replay/endsoflife.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace heapatlas {

LifeBarStore::LifeBarStore(const LifeRequest& request, std::uint64_t keepBefore)
    : m_most(request.maxBars)
    , m_keepBefore(keepBefore)
    , m_columns(request.columns)
{
}

bool LifeBarStore::isKept(const LifeBar& bar) const
{
    if (bar.from < m_keepBefore)
        return true;
    const auto column = std::lower_bound(m_columns.begin(), m_columns.end(), bar.from);
    return column != m_columns.end() && *column < bar.to;
}

void LifeBarStore::add(const LifeBar& bar, std::size_t others)
{
    if (m_isThinned && !isKept(bar)) {
        ++m_dropped;
        return;
    }
    m_bars.push_back(bar);
    if (m_bars.size() + others > m_most)
        thin();
}

void LifeBarStore::thin()
{
    while (m_bars.size() > m_most / 2) {
        if (m_isThinned) { // seen ones are too many still: look at half of the columns
            if (m_columns.size() < 2) {
                m_dropped += m_bars.size() - m_most / 2;
                m_bars.resize(m_most / 2);
                return;
            }
            for (std::size_t i = 1; 2 * i < m_columns.size(); ++i)
                m_columns[i] = m_columns[2 * i];
            m_columns.resize((m_columns.size() + 1) / 2);
        }
        m_isThinned = true;
        const std::size_t before = m_bars.size();
        std::erase_if(m_bars, [this](const LifeBar& bar) { return !isKept(bar); });
        m_dropped += before - m_bars.size();
    }
}

LifeSegment::LifeSegment(const ReplayCursor& cursor, const LifeRequest& request)
    : m_cursor(&cursor)
    , m_window(request.window)
    , m_begin(cursor.position())
    , m_closed(
          request, m_begin > request.begin ? m_begin + 1 : 0) // what goes on from the part before is not lost
{
    const SnapshotPtr snapshot = cursor.snapshot(Detail::Blocks, m_window);
    for (const RegionRow& region : snapshot->regions()) {
        if (region.kind == RegionKind::SmallRun)
            m_classes[region.slotBytes] = region.sizeClass;
    }
    for (const BlockRow& block : snapshot->blocks())
        open({ m_begin, block.begin, block.size, block.requested, block.bornEvent, block.stack, block.slot,
                 0 },
            block.bornEvent);
}

void LifeSegment::born(const BlockEvent& block)
{
    if (!m_window.overlaps({ block.begin, block.begin + block.size }))
        return;
    const bool isObserved = block.event == m_forgottenAt && block.bornEvent <= block.event;
    open(block, isObserved ? block.event : block.event + 1);
}

void LifeSegment::ended(const BlockEvent& block)
{
    if (m_window.overlaps({ block.begin, block.begin + block.size }))
        close(block.slot, block.event + 1, false);
}

void LifeSegment::resized(const BlockEvent& block, Bytes oldSize, Bytes)
{
    const bool isInside = m_window.overlaps({ block.begin, block.begin + block.size });
    if (const auto it = m_open.find(block.slot); it != m_open.end() && oldSize == block.size) {
        it->second.requested = block.requested;
        return;
    }
    close(block.slot, block.event + 1, true);
    if (isInside)
        open(block, block.event + 1);
}

void LifeSegment::forgotten()
{
    m_forgottenAt = m_cursor->position();
    while (!m_open.empty())
        close(m_open.begin()->first, m_forgottenAt, false);
}

void LifeSegment::open(const BlockEvent& block, std::uint64_t from)
{
    LifeBar bar { block.begin, block.size, block.requested, from, LifeBar::never, block.bornEvent,
        block.stack, block.slot, RegionKind::SmallRun, 0, false };
    if (block.size > zendmm::maxLargeBytes)
        bar.kind = RegionKind::Huge;
    else if (block.size > zendmm::maxSmallBytes && !m_classes.contains(block.size))
        bar.kind = RegionKind::LargeRun;
    else if (const auto known = m_classes.find(block.size); known != m_classes.end())
        bar.sizeClass = known->second;
    else
        bar.sizeClass = static_cast<std::uint8_t>(zendmm::binOf(block.size));
    m_open[block.slot] = bar;
}

void LifeSegment::close(std::uint32_t slot, std::uint64_t at, bool isContinued)
{
    const auto it = m_open.find(slot);
    if (it == m_open.end())
        return;
    LifeBar bar = it->second;
    m_open.erase(it);
    bar.to = at;
    bar.isContinued = isContinued;
    m_closed.add(bar, m_open.size());
}

LifeJoin::LifeJoin(const LifeRequest& request)
    : m_store(request, 0)
{
    m_out.window = request.window;
    m_out.begin = m_out.knownTo = request.begin;
    m_out.end = request.end;
}

void LifeJoin::add(LifeSegment&& part, std::uint64_t end)
{
    // What the part found there when it began has begun in a part before: that one knows since when it is as it is.
    const auto withBegin = [&](LifeBar bar) {
        if (bar.from > part.m_begin || m_isFirst)
            return bar;
        if (const auto it = m_open.find(bar.slot); it != m_open.end())
            bar.from = it->second.from;
        return bar;
    };
    for (const LifeBar& bar : part.m_closed.bars())
        m_store.add(withBegin(bar), part.m_open.size());
    m_store.drop(part.m_closed.dropped());
    std::map<std::uint32_t, LifeBar> open;
    for (const auto& [slot, bar] : part.m_open)
        open.emplace_hint(open.end(), slot, withBegin(bar));
    m_open = std::move(open);
    m_out.knownTo = end;
    m_isFirst = false;
}

namespace {

void sortBars(std::vector<LifeBar>& bars)
{
    std::sort(bars.begin(), bars.end(), [](const LifeBar& a, const LifeBar& b) {
        return a.begin == b.begin ? a.from < b.from : a.begin < b.begin;
    });
}

} // namespace

LifeBarsPtr LifeJoin::soFar() const
{
    auto bars = std::make_shared<LifeBars>(m_out);
    bars->dropped = m_store.dropped();
    bars->bars = m_store.bars();
    for (const auto& [slot, bar] : m_open)
        bars->bars.push_back(bar);
    sortBars(bars->bars);
    return bars;
}

LifeBarsPtr LifeJoin::finish(const ReplaySource& source, const Interrupt& interrupt)
{
    std::vector<std::uint32_t> slots;
    for (const auto& [slot, bar] : m_open)
        slots.push_back(slot);
    const auto ends = endsOfLife(source, slots, m_out.end, interrupt);
    if (interrupt && interrupt())
        return nullptr;
    for (auto& [slot, bar] : m_open) {
        if (const auto end = ends.find(slot); end != ends.end())
            bar.to = end->second;
    }
    m_out.isComplete = true;
    return soFar();
}

} // namespace heapatlas
