// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/hugescan.h"

#include "replay/blockcache.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace heapatlas {

namespace {

constexpr std::size_t stride = 65536; ///< rows between two looks at the interrupt

class Scan
{
public:
    Scan(
        ReplayCursor& cursor, std::uint64_t begin, std::uint64_t end, Bytes least, const Interrupt& interrupt)
        : m_cursor(cursor)
        , m_begin(begin)
        , m_end(end)
        , m_least(least)
        , m_interrupt(interrupt)
        , m_isOpen(cursor.source().store().slotCapacity())
    {
    }

    HugeScan run()
    {
        const TraceColumnsStore& store = m_cursor.source().store();
        BlockCache cache;
        adopt(m_begin);
        for (std::size_t b = store.blockCount() == 0 ? 0 : store.blockOf(m_begin); b < store.blockCount();
             ++b) {
            const EventColumns& columns = cache.columns(store, b);
            if (columns.firstEvent >= m_end && m_open.empty())
                break;
            if (columns.firstEvent > m_begin && m_cursor.source().isBreak(columns.firstEvent)) {
                forget(columns.firstEvent);
                if (columns.firstEvent <= m_end)
                    adopt(columns.firstEvent);
            }
            const std::size_t first =
                m_begin > columns.firstEvent ? static_cast<std::size_t>(m_begin - columns.firstEvent) : 0;
            for (std::size_t row = first; row < columns.count(); row += stride) {
                if (m_interrupt && m_interrupt())
                    return std::move(m_out);
                readRows(columns, row, std::min(columns.count(), row + stride));
            }
        }
        return std::move(m_out);
    }

private:
    void readRows(const EventColumns& columns, std::size_t from, std::size_t to)
    {
        const auto least = static_cast<std::uint32_t>(std::min<Bytes>(m_least, EventColumns::bigSize));
        for (std::size_t row = from; row < to; ++row) {
            const EventKind kind = columns.code[row].kind();
            const std::uint32_t slot = columns.slot[row];
            if (kind > EventKind::Reallocate || slot >= m_isOpen.size())
                continue;
            const bool asksMuch = kind != EventKind::Free && columns.size[row] >= least;
            if ((asksMuch || m_isOpen[slot]) && !columns.code[row].hasFailed()) [[unlikely]]
                take(kind, slot, columns.firstEvent + row, asksMuch, columns.code[row].isInPlace());
        }
    }

    void take(EventKind kind, std::uint32_t slot, std::uint64_t event, bool asksMuch, bool isInPlace)
    {
        const std::uint64_t position = event + 1; // at which what it does is seen
        if (m_isOpen[slot] && kind == EventKind::Reallocate && isInPlace && asksMuch) {
            if (position <= m_end)
                m_out.looks.push_back({ position, m_open[slot] });
            return;
        }
        if (m_isOpen[slot]) {
            m_out.bars[m_open[slot]].end = position;
            m_open.erase(slot);
            m_isOpen[slot] = false;
        }
        if (asksMuch && position <= m_end) {
            m_out.looks.push_back({ position, m_out.bars.size() });
            open({ {}, 0, position, HugeBar::never, 0, slot });
        }
    }

    void open(const HugeBar& bar)
    {
        m_isOpen[bar.slot] = true;
        m_open[bar.slot] = m_out.bars.size();
        m_out.bars.push_back(bar);
    }

    /// Those that are live at the position.
    void adopt(std::uint64_t position)
    {
        if (!m_cursor.seek(position, m_interrupt))
            return;
        const SnapshotPtr regions = m_cursor.snapshot(Detail::Regions);
        const auto isHuge = [](const ChunkRow& chunk) { return chunk.pageCount == 0; };
        const auto chunks = regions->chunks();
        if (std::none_of(chunks.begin(), chunks.end(), isHuge))
            return;
        const SnapshotPtr blocks = m_cursor.snapshot(Detail::Blocks);
        for (const BlockRow& block : blocks->blocks()) {
            if (blocks->regions()[block.region].kind == RegionKind::Huge && block.slot < m_isOpen.size())
                open({ { block.begin, block.begin + block.size }, block.requested,
                    std::max(block.bornEvent, position == m_begin ? 0 : position), HugeBar::never,
                    block.stack, block.slot });
        }
    }

    /// The recording was interrupted: what slots meant before ends here.
    void forget(std::uint64_t position)
    {
        for (const auto& [slot, bar] : m_open) {
            m_out.bars[bar].end = position;
            m_isOpen[slot] = false;
        }
        m_open.clear();
    }

    ReplayCursor& m_cursor;
    std::uint64_t m_begin;
    std::uint64_t m_end;
    Bytes m_least;
    const Interrupt& m_interrupt;
    std::vector<bool> m_isOpen; ///< by slot: asked at every event
    std::map<std::uint32_t, std::size_t> m_open; ///< slot to bar
    HugeScan m_out;
};

/// Leaves those that live longest.
void keepLongest(HugeScan& scan, std::size_t limit)
{
    if (scan.bars.size() <= limit)
        return;
    std::vector<std::size_t> order(scan.bars.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return scan.bars[a].end - scan.bars[a].begin > scan.bars[b].end - scan.bars[b].begin;
    });
    scan.dropped = scan.bars.size() - limit;
    order.resize(limit);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> newIndex(scan.bars.size(), limit);
    std::vector<HugeBar> kept;
    for (const std::size_t old : order) {
        newIndex[old] = kept.size();
        kept.push_back(scan.bars[old]);
    }
    scan.bars = std::move(kept);
    std::erase_if(scan.looks, [&](const HugeScan::Look& look) { return newIndex[look.bar] == limit; });
    for (HugeScan::Look& look : scan.looks)
        look.bar = newIndex[look.bar];
}

} // namespace

HugeScan scanHuge(ReplayCursor& cursor, std::uint64_t begin, std::uint64_t end, Bytes least,
    std::size_t limit, const Interrupt& interrupt)
{
    HugeScan scan = Scan(cursor, begin, end, least, interrupt).run();
    keepLongest(scan, limit);
    return scan;
}

} // namespace heapatlas
