// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/lifeindex.h"

#include "alloc/zendmmbins.h"
#include "replay/endsoflife.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace heapatlas {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t stride = 1 << 18; ///< events between two looks at the clock
constexpr auto publishInterval = std::chrono::milliseconds(150);

class Search final : public BlockVisitor
{
public:
    Search(ReplayCursor& cursor, const LifeRequest& request, const Interrupt& interrupt,
        const LifePublish& publish)
        : m_cursor(cursor)
        , m_request(request)
        , m_interrupt(interrupt)
        , m_publish(publish)
        , m_columns(request.columns)
    {
        m_request.end = std::min(m_request.end, cursor.source().eventCount());
        m_request.begin = std::min(m_request.begin, m_request.end);
        m_out.window = m_request.window;
        m_out.begin = m_out.knownTo = m_request.begin;
        m_out.end = m_request.end;
    }

    LifeBarsPtr run()
    {
        if (!m_cursor.seek(m_request.begin, m_interrupt))
            return nullptr;
        adopt();
        std::vector<std::uint64_t> stops = breaksIn(m_cursor.source(), m_request.begin, m_request.end);
        const bool endsAtBreak = !stops.empty() && stops.back() == m_request.end;
        if (!endsAtBreak)
            stops.push_back(m_request.end);
        Clock::time_point published = Clock::now();
        for (const std::uint64_t stop : stops) {
            while (m_cursor.position() < stop) {
                const std::uint64_t to = std::min(stop, m_cursor.position() + stride);
                if (!m_cursor.visit(to, *this, m_interrupt, m_request.window))
                    return nullptr;
                if (m_publish && to < m_request.end && Clock::now() - published >= publishInterval) {
                    publish();
                    published = Clock::now();
                }
            }
            if (stop != m_request.end || endsAtBreak) {
                m_adoptedFrom = stop;
                adopt();
            }
        }
        return finish();
    }

    void born(const BlockEvent& block) override
    {
        if (m_request.window.overlaps({ block.begin, block.begin + block.size }))
            open(block.begin, block.size, block.requested, block.event + 1, block.bornEvent, block.stack,
                block.slot);
    }
    void ended(const BlockEvent& block) override
    {
        if (m_request.window.overlaps({ block.begin, block.begin + block.size }))
            close(block.slot, block.event + 1, false);
    }
    void resized(const BlockEvent& block, Bytes oldSize, Bytes) override
    {
        const bool isInside = m_request.window.overlaps({ block.begin, block.begin + block.size });
        if (const auto it = m_open.find(block.slot); it != m_open.end() && oldSize == block.size) {
            it->second.requested = block.requested;
            return;
        }
        close(block.slot, block.event + 1, true);
        if (isInside)
            open(block.begin, block.size, block.requested, block.event + 1, block.bornEvent, block.stack,
                block.slot);
    }
    void forgotten() override
    {
        while (!m_open.empty())
            close(m_open.begin()->first, m_cursor.position(), false);
    }

private:
    /// What lives in the window where the cursor stands.
    void adopt()
    {
        const SnapshotPtr snapshot = m_cursor.snapshot(Detail::Blocks, m_request.window);
        learnClasses(*snapshot);
        for (const BlockRow& block : snapshot->blocks())
            open(block.begin, block.size, block.requested, std::max(block.bornEvent, m_adoptedFrom),
                block.bornEvent, block.stack, block.slot);
    }

    void learnClasses(const HeapSnapshot& snapshot)
    {
        for (const RegionRow& region : snapshot.regions()) {
            if (region.kind == RegionKind::SmallRun)
                m_classes[region.slotBytes] = region.sizeClass;
        }
    }

    void open(Address begin, Bytes size, Bytes requested, std::uint64_t from, std::uint64_t born,
        std::uint32_t stack, std::uint32_t slot)
    {
        LifeBar bar { begin, size, requested, from, LifeBar::never, born, stack, slot, RegionKind::SmallRun,
            0, false };
        if (size > zendmm::maxLargeBytes)
            bar.kind = RegionKind::Huge;
        else if (size > zendmm::maxSmallBytes && !m_classes.contains(size))
            bar.kind = RegionKind::LargeRun;
        else if (const auto known = m_classes.find(size); known != m_classes.end())
            bar.sizeClass = known->second;
        else
            bar.sizeClass = static_cast<std::uint8_t>(zendmm::binOf(size));
        m_open[slot] = bar;
    }

    void close(std::uint32_t slot, std::uint64_t at, bool isContinued)
    {
        const auto it = m_open.find(slot);
        if (it == m_open.end())
            return;
        LifeBar bar = it->second;
        m_open.erase(it);
        bar.to = at;
        bar.isContinued = isContinued;
        if (m_isThinned && !isSeen(bar)) {
            ++m_out.dropped;
            return;
        }
        m_out.bars.push_back(bar);
        if (m_out.bars.size() + m_open.size() > m_request.maxBars)
            thin();
    }

    [[nodiscard]] bool isSeen(const LifeBar& bar) const
    {
        const auto column = std::lower_bound(m_columns.begin(), m_columns.end(), bar.from);
        return column != m_columns.end() && *column < bar.to;
    }

    void thin()
    {
        while (m_out.bars.size() > m_request.maxBars / 2) {
            if (m_isThinned) { // seen ones are too many still: look at half of the columns
                if (m_columns.size() < 2) {
                    m_out.dropped += m_out.bars.size() - m_request.maxBars / 2;
                    m_out.bars.resize(m_request.maxBars / 2);
                    return;
                }
                for (std::size_t i = 1; 2 * i < m_columns.size(); ++i)
                    m_columns[i] = m_columns[2 * i];
                m_columns.resize((m_columns.size() + 1) / 2);
            }
            m_isThinned = true;
            const std::size_t before = m_out.bars.size();
            std::erase_if(m_out.bars, [this](const LifeBar& bar) { return !isSeen(bar); });
            m_out.dropped += before - m_out.bars.size();
        }
    }

    static void sort(std::vector<LifeBar>& bars)
    {
        std::sort(bars.begin(), bars.end(), [](const LifeBar& a, const LifeBar& b) {
            return a.begin == b.begin ? a.from < b.from : a.begin < b.begin;
        });
    }

    void publish()
    {
        auto bars = std::make_shared<LifeBars>(m_out);
        bars->knownTo = m_cursor.position();
        for (const auto& [slot, bar] : m_open)
            bars->bars.push_back(bar);
        sort(bars->bars);
        const double span = static_cast<double>(std::max<std::uint64_t>(1, m_request.end - m_request.begin));
        m_publish(std::move(bars), static_cast<double>(m_cursor.position() - m_request.begin) / span);
    }

    LifeBarsPtr finish()
    {
        std::vector<std::uint32_t> slots;
        for (const auto& [slot, bar] : m_open)
            slots.push_back(slot);
        const auto ends = endsOfLife(m_cursor.source(), slots, m_request.end, m_interrupt);
        if (m_interrupt && m_interrupt())
            return nullptr;
        for (auto& [slot, bar] : m_open) {
            if (const auto end = ends.find(slot); end != ends.end())
                bar.to = end->second;
            m_out.bars.push_back(bar);
        }
        sort(m_out.bars);
        m_out.knownTo = m_request.end;
        m_out.isComplete = true;
        return std::make_shared<const LifeBars>(std::move(m_out));
    }

    ReplayCursor& m_cursor;
    LifeRequest m_request;
    const Interrupt& m_interrupt;
    const LifePublish& m_publish;
    std::vector<std::uint64_t> m_columns;
    std::map<std::uint32_t, LifeBar> m_open; ///< by slot
    std::map<Bytes, std::uint8_t> m_classes; ///< size class by slot size
    std::uint64_t m_adoptedFrom =
        0; ///< position of the last interruption: nothing seen now was seen before it
    bool m_isThinned = false;
    LifeBars m_out;
};

} // namespace

LifeBarsPtr findLives(
    ReplayCursor& cursor, const LifeRequest& request, const Interrupt& interrupt, const LifePublish& publish)
{
    return Search(cursor, request, interrupt, publish).run();
}

} // namespace heapatlas
