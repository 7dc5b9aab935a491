// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/pins.h"

#include <algorithm>
#include <tuple>

namespace heapatlas {

namespace {

/// Sums by site that are emptied without touching every row.
class HolderSums
{
public:
    /// Key 0: live before the recording; otherwise 1 + site.
    void add(std::uint32_t key, const BlockRow& block, Bytes bytes)
    {
        if (key >= m_rowOf.size())
            m_rowOf.resize(std::max<std::size_t>(key + std::size_t { 1 }, m_rowOf.size() * 2), none);
        if (m_rowOf[key] == none) {
            m_rowOf[key] = static_cast<std::uint32_t>(m_rows.size());
            PinHolder row;
            row.isAdopted = key == 0;
            row.site = key == 0 ? 0 : key - 1;
            row.oldestEvent = row.newestEvent = eventOf(block);
            row.example = block.begin;
            m_rows.push_back(row);
        }
        PinHolder& row = m_rows[m_rowOf[key]];
        ++row.blocks;
        row.bytes += bytes;
        row.oldestEvent = std::min(row.oldestEvent, eventOf(block));
        row.newestEvent = std::max(row.newestEvent, eventOf(block));
    }

    /// Appends the sums to `to`, most bytes first, and begins anew. How many there were.
    std::uint32_t take(std::vector<PinHolder>& to)
    {
        for (const PinHolder& row : m_rows)
            m_rowOf[row.isAdopted ? 0 : row.site + 1] = none;
        std::sort(m_rows.begin(), m_rows.end(), [](const PinHolder& a, const PinHolder& b) {
            return std::tuple(b.bytes, b.blocks, a.example.value)
                < std::tuple(a.bytes, a.blocks, b.example.value);
        });
        to.insert(to.end(), m_rows.begin(), m_rows.end());
        const auto count = static_cast<std::uint32_t>(m_rows.size());
        m_rows.clear();
        return count;
    }

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    static std::uint64_t eventOf(const BlockRow& block)
    {
        return block.bornEvent == 0 ? 0 : block.bornEvent - 1;
    }

    std::vector<std::uint32_t> m_rowOf; ///< by key
    std::vector<PinHolder> m_rows;
};

class PinFinder
{
public:
    PinFinder(const HeapSnapshot& snapshot, const SiteOfStack& siteOf)
        : m_snapshot(snapshot)
        , m_siteOf(siteOf)
    {
    }

    PinTable find()
    {
        m_table.eventIndex = m_snapshot.eventIndex();
        for (std::uint32_t row = 0; row < m_snapshot.chunks().size(); ++row) {
            const ChunkRow& chunk = m_snapshot.chunks()[row];
            const AddressRange window = m_snapshot.window();
            const bool isSeen = window.begin <= chunk.range.begin && chunk.range.end <= window.end;
            if (chunk.pageCount != 0 && isSeen)
                lookAtChunk(row, chunk);
        }
        order();
        sumSites();
        return std::move(m_table);
    }

private:
    std::uint32_t keyOf(const BlockRow& block) const
    {
        return block.bornEvent == 0 ? 0 : 1 + m_siteOf(block.stack);
    }

    void lookAtChunk(std::uint32_t chunkRow, const ChunkRow& chunk)
    {
        Pin pin;
        pin.what = Pin::What::Chunk;
        pin.range = chunk.range;
        pin.row = chunkRow;
        pin.freeBytes = Bytes { chunk.freePages } * m_snapshot.pageBytes();
        // The first chunk carries the heap itself and stays until the end of the request.
        pin.returned = chunk.ordinal == 0 ? 0 : chunk.range.size();
        Bytes emptyRuns = 0;
        for (std::uint32_t row = chunk.firstRegion; row < chunk.firstRegion + chunk.regionCount; ++row) {
            const RegionRow& region = m_snapshot.regions()[row];
            if (region.kind == RegionKind::SmallRun) {
                lookAtRun(row, region, pin);
                emptyRuns += region.liveSlots == 0 ? region.range.size() : 0;
            } else if (region.kind == RegionKind::LargeRun) {
                forBlocks(region, [&](const BlockRow& block) { count(pin, block, region.range.size()); });
            }
        }
        pin.firstHolder = static_cast<std::uint32_t>(m_table.holders.size());
        pin.holderCount = m_chunkSums.take(m_table.holders);
        pin.oldestEvent = oldest(pin);
        m_table.emptyRunBytes += emptyRuns;
        if (pin.blocks == 0 && pin.engineBlocks == 0) {
            m_table.emptyChunkBytes += pin.returned;
            return;
        }
        m_table.freeInPinned += pin.freeBytes;
        m_chunks.push_back(pin);
    }

    void lookAtRun(std::uint32_t row, const RegionRow& region, Pin& chunk)
    {
        Pin pin;
        pin.what = Pin::What::SmallRun;
        pin.range = region.range;
        pin.row = row;
        pin.returned = region.range.size();
        pin.liveBytes = Bytes { region.liveSlots } * region.slotBytes;
        pin.freeBytes = region.range.size() - pin.liveBytes;
        chunk.freeBytes += pin.freeBytes;
        if (region.liveSlots == 0)
            return;
        forBlocks(region, [&](const BlockRow& block) {
            ++pin.blocks;
            m_runSums.add(keyOf(block), block, region.slotBytes);
            count(chunk, block, region.slotBytes);
        });
        pin.engineBlocks = region.liveSlots - std::min<std::uint64_t>(pin.blocks, region.liveSlots);
        chunk.engineBlocks += pin.engineBlocks;
        chunk.liveBytes += pin.engineBlocks * region.slotBytes;
        pin.firstHolder = static_cast<std::uint32_t>(m_table.holders.size());
        pin.holderCount = m_runSums.take(m_table.holders);
        pin.oldestEvent = oldest(pin);
        m_runs.push_back(pin);
    }

    void count(Pin& chunk, const BlockRow& block, Bytes bytes)
    {
        ++chunk.blocks;
        chunk.liveBytes += bytes;
        m_chunkSums.add(keyOf(block), block, bytes);
    }

    template <class Visit>
    void forBlocks(const RegionRow& region, const Visit& visit) const
    {
        const auto blocks = m_snapshot.blocks();
        auto it = std::lower_bound(blocks.begin(), blocks.end(), region.range.begin,
            [](const BlockRow& block, Address address) { return block.begin < address; });
        for (; it != blocks.end() && it->begin < region.range.end; ++it)
            visit(*it);
    }

    std::uint64_t oldest(const Pin& pin) const
    {
        std::uint64_t event = ~std::uint64_t { 0 };
        for (const PinHolder& holder : m_table.holdersOf(pin))
            event = std::min(event, holder.oldestEvent);
        return pin.holderCount == 0 ? 0 : event;
    }

    void order()
    {
        const auto emptiestFirst = [](const Pin& a, const Pin& b) {
            if (a.freeShare() != b.freeShare())
                return a.freeShare() > b.freeShare();
            return a.range.begin < b.range.begin;
        };
        std::sort(m_chunks.begin(), m_chunks.end(), emptiestFirst);
        std::sort(m_runs.begin(), m_runs.end(), emptiestFirst);
        m_table.chunkCount = m_chunks.size();
        m_table.pins = std::move(m_chunks);
        m_table.pins.insert(m_table.pins.end(), m_runs.begin(), m_runs.end());
    }

    void sumSites()
    {
        std::vector<std::uint32_t> rowOf;
        const auto siteRow = [&](const PinHolder& holder) -> SitePins& {
            const std::uint32_t key = holder.isAdopted ? 0 : holder.site + 1;
            if (key >= rowOf.size())
                rowOf.resize(std::max<std::size_t>(key + std::size_t { 1 }, rowOf.size() * 2), 0);
            if (rowOf[key] == 0) {
                m_table.sites.push_back({ .site = holder.site,
                    .isAdopted = holder.isAdopted,
                    .oldestEvent = holder.oldestEvent });
                rowOf[key] = static_cast<std::uint32_t>(m_table.sites.size());
            }
            return m_table.sites[rowOf[key] - 1];
        };
        // A run that one site holds alone in a chunk which it holds alone counts with the chunk.
        std::vector<std::uint8_t> isAlone(m_snapshot.chunks().size(), 0);
        for (const Pin& chunk : m_table.chunks()) {
            const bool alone = chunk.holderCount == 1 && chunk.engineBlocks == 0;
            isAlone[chunk.row] = alone && chunk.returned != 0 ? 1 : 0;
            for (const PinHolder& holder : m_table.holdersOf(chunk)) {
                SitePins& site = siteRow(holder);
                site.blocks += holder.blocks;
                site.bytes += holder.bytes;
                site.oldestEvent = std::min(site.oldestEvent, holder.oldestEvent);
                ++site.chunksTouched;
                site.chunksAlone += alone ? 1U : 0U;
                site.chunkBytesReturned += alone ? chunk.returned : 0;
            }
        }
        for (const Pin& run : m_table.runs()) {
            const bool alone = run.holderCount == 1 && run.engineBlocks == 0;
            const bool goesWithChunk = isAlone[m_snapshot.regions()[run.row].chunk] != 0;
            for (const PinHolder& holder : m_table.holdersOf(run)) {
                SitePins& site = siteRow(holder);
                ++site.runsTouched;
                site.runsAlone += alone ? 1U : 0U;
                site.pageBytesReturned += alone && !goesWithChunk ? run.returned : 0;
            }
        }
        std::sort(m_table.sites.begin(), m_table.sites.end(), [](const SitePins& a, const SitePins& b) {
            return std::tuple(b.chunkBytesReturned, b.pageBytesReturned, b.chunksTouched, b.bytes, a.site)
                < std::tuple(a.chunkBytesReturned, a.pageBytesReturned, a.chunksTouched, a.bytes, b.site);
        });
    }

    const HeapSnapshot& m_snapshot;
    const SiteOfStack& m_siteOf;
    PinTable m_table;
    std::vector<Pin> m_chunks;
    std::vector<Pin> m_runs;
    HolderSums m_chunkSums;
    HolderSums m_runSums;
};

} // namespace

PinTable findPins(const HeapSnapshot& snapshot, const SiteOfStack& siteOf)
{
    return PinFinder(snapshot, siteOf).find();
}

} // namespace heapatlas
