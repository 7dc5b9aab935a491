// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/snapshotbuilder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace heapatlas {

SnapshotBuilder::SnapshotBuilder(
    std::uint64_t eventIndex, Detail detail, AddressRange window, const AddressTranslation* translation)
    : m_snapshot(std::make_shared<HeapSnapshot>())
    , m_translation(translation)
{
    m_snapshot->m_eventIndex = eventIndex;
    m_snapshot->m_detail = detail;
    m_snapshot->m_window = window;
}

void SnapshotBuilder::beginChunk(const ChunkRow& chunk)
{
    ChunkRow row = chunk;
    m_chunkShift = placeOf(chunk.range.begin) - chunk.range.begin;
    row.range = { chunk.range.begin + m_chunkShift, chunk.range.end + m_chunkShift };
    row.firstRegion = static_cast<std::uint32_t>(m_snapshot->m_regions.size());
    row.regionCount = 0;
    m_snapshot->m_chunks.push_back(row);
}

std::span<std::uint64_t> SnapshotBuilder::addRegion(RegionRow region)
{
    assert(!m_snapshot->m_chunks.empty());
    ChunkRow& chunk = m_snapshot->m_chunks.back();
    region.range = { region.range.begin + m_chunkShift, region.range.end + m_chunkShift };
    assert(region.range.begin >= chunk.range.begin && region.range.end <= chunk.range.end);
    ++chunk.regionCount;
    std::span<std::uint64_t> bits;
    if (region.kind == RegionKind::SmallRun) {
        std::vector<std::uint64_t>& words = m_snapshot->m_liveBits;
        region.firstLiveWord = static_cast<std::uint32_t>(words.size());
        const std::size_t count = (std::size_t { region.slotCount } + 63) / 64;
        words.resize(words.size() + count);
        bits = std::span(words).last(count);
    }
    m_snapshot->m_regions.push_back(region);
    return bits;
}

void SnapshotBuilder::addBlock(const BlockRow& block)
{
    BlockRow placed = block;
    placed.begin = placeOf(block.begin);
    addPlacedBlock(placed);
}

void SnapshotBuilder::addPlacedBlock(const BlockRow& block)
{
    if (m_snapshot->m_window.overlaps({ block.begin, block.begin + block.size }))
        m_snapshot->m_blocks.push_back(block);
}

void SnapshotBuilder::setRequested(Address block, Bytes requested)
{
    m_requested.emplace_back(placeOf(block), requested);
}

SnapshotPtr SnapshotBuilder::finish()
{
    HeapSnapshot& s = *m_snapshot;
    std::sort(s.m_chunks.begin(), s.m_chunks.end(),
        [](const ChunkRow& a, const ChunkRow& b) { return a.range.begin < b.range.begin; });
    std::vector<RegionRow> regions;
    regions.reserve(s.m_regions.size());
    for (std::uint32_t c = 0; c < s.m_chunks.size(); ++c) {
        ChunkRow& chunk = s.m_chunks[c];
        const auto first = s.m_regions.begin() + chunk.firstRegion;
        chunk.firstRegion = static_cast<std::uint32_t>(regions.size());
        for (auto it = first; it != first + chunk.regionCount; ++it) {
            regions.push_back(*it);
            regions.back().chunk = c;
        }
    }
    s.m_regions = std::move(regions);
    for (const auto& [begin, requested] : m_requested) {
        const auto region = std::lower_bound(s.m_regions.begin(), s.m_regions.end(), begin,
            [](const RegionRow& row, Address address) { return row.range.begin < address; });
        const bool isFound = region != s.m_regions.end() && region->range.begin == begin
            && (region->kind == RegionKind::LargeRun || region->kind == RegionKind::Huge);
        if (isFound)
            region->requested = requested;
    }

    const auto isBefore = [](const BlockRow& a, const BlockRow& b) { return a.begin < b.begin; };
    if (!std::is_sorted(s.m_blocks.begin(), s.m_blocks.end(), isBefore))
        std::sort(s.m_blocks.begin(), s.m_blocks.end(), isBefore);
    std::size_t region = 0;
    for (BlockRow& block : s.m_blocks) {
        while (region + 1 < s.m_regions.size() && s.m_regions[region + 1].range.begin <= block.begin)
            ++region;
        block.region = static_cast<std::uint32_t>(region);
        if (region < s.m_regions.size()) {
            RegionRow& row = s.m_regions[region];
            if (row.kind == RegionKind::LargeRun || row.kind == RegionKind::Huge)
                row.requested = block.requested;
        }
    }
    return std::exchange(m_snapshot, nullptr);
}

} // namespace heapatlas
