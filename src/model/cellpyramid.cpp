// SPDX-License-Identifier: GPL-3.0-or-later
// A page's cell tells the use of its slots; what slots cannot fill counts for neither side. From level 1 on a cell
// has the look that has most bytes in use in it, and is as full as all of its pages together.
#include "model/cellpyramid.h"

#include <utility>

namespace heapatlas {

void CellPyramid::setSnapshot(SnapshotPtr snapshot)
{
    if (snapshot == m_snapshot)
        return;
    m_snapshot = std::move(snapshot);
    std::vector<Chunk> before = std::exchange(m_chunks, {});
    if (m_snapshot == nullptr)
        return;
    // Both are sorted by address.
    auto old = before.begin();
    m_chunks.resize(m_snapshot->chunks().size());
    for (std::size_t i = 0; i < m_chunks.size(); ++i) {
        const ChunkRow& row = m_snapshot->chunks()[i];
        const std::uint32_t pages = row.pageCount > maxPages ? 0 : row.pageCount;
        while (old != before.end() && old->begin < row.range.begin)
            ++old;
        if (old != before.end() && old->begin == row.range.begin && old->pages == pages)
            m_chunks[i] = std::move(*old++);
        m_chunks[i].begin = row.range.begin;
        m_chunks[i].pages = pages;
        m_chunks[i].isCurrent = false;
    }
}

CellPyramid::Cells CellPyramid::cells(std::uint32_t chunkRow, int level)
{
    Chunk& chunk = m_chunks[chunkRow];
    if (!chunk.isCurrent) {
        build(m_snapshot->chunks()[chunkRow], chunk);
        chunk.isCurrent = true;
    }
    const std::uint32_t first = chunk.first[static_cast<std::size_t>(level)];
    return { std::span(chunk.codes).subspan(first, cellCount(chunk.pages, level)), chunk.version };
}

void CellPyramid::buildPages(const ChunkRow& row, std::span<CellCode> out)
{
    const HeapSnapshot& snapshot = *m_snapshot;
    const auto page = static_cast<std::uint32_t>(snapshot.pageBytes());
    for (const RegionRow& region : snapshot.regions().subspan(row.firstRegion, row.regionCount)) {
        const unsigned look = CellCode::lookOf(region);
        const std::size_t from = (region.range.begin - row.range.begin) / page;
        const std::size_t to = std::min<std::size_t>(out.size(), (region.range.end - row.range.begin) / page);
        if (from >= to)
            continue;
        const auto put = [&](std::size_t first, std::size_t last, CellCode code, std::uint32_t used,
                             std::uint32_t room) {
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(first),
                out.begin() + static_cast<std::ptrdiff_t>(last), code);
            std::fill(m_sums.begin() + static_cast<std::ptrdiff_t>(first),
                m_sums.begin() + static_cast<std::ptrdiff_t>(last),
                Sum { used, used, room, static_cast<std::uint16_t>(look) });
        };
        switch (region.kind) {
        case RegionKind::Header:
        case RegionKind::Huge:
            put(from, to, CellCode::of(look, CellCode::full), page, page);
            break;
        case RegionKind::Free:
            put(from, to, CellCode::of(look, 0U), 0, page);
            break;
        case RegionKind::LargeRun: {
            const Bytes asked = region.requested == 0 ? region.range.size() : region.requested;
            const std::size_t whole = std::min<std::size_t>(to, from + asked / page);
            put(from, whole, CellCode::of(look, CellCode::full), page, page);
            for (std::size_t at = whole; at < to; ++at) {
                const Bytes offset = (at - from) * page;
                const auto used =
                    static_cast<std::uint32_t>(asked <= offset ? 0 : std::min<Bytes>(asked - offset, page));
                put(at, at + 1, CellCode::of(look, used, page), used, page);
            }
            break;
        }
        case RegionKind::SmallRun: {
            const Bytes slots = Bytes { region.slotBytes } * region.slotCount;
            for (std::size_t at = from; at < to; ++at) {
                const Bytes offset = (at - from) * page;
                const auto room =
                    static_cast<std::uint32_t>(offset >= slots ? 0 : std::min<Bytes>(slots - offset, page));
                const auto used = static_cast<std::uint32_t>(to - from == 1
                        ? Bytes { region.liveSlots } * region.slotBytes
                        : liveBytes(snapshot, region, offset, offset + page));
                put(at, at + 1, CellCode::of(look, used, room), used, room);
            }
            break;
        }
        }
    }
}

CellPyramid::Sum CellPyramid::joined(std::span<const Sum> sums)
{
    Sum all;
    bool hasSlots = false;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        all.used += sums[i].used;
        all.room += sums[i].room;
        std::uint32_t ofLook = sums[i].ofLook;
        for (std::size_t j = 0; j < i; ++j)
            if (sums[j].look == sums[i].look)
                ofLook += sums[j].ofLook;
        // Free slots are still of a class; free pages are of none.
        const bool isFirstSlots = !hasSlots && all.ofLook == 0 && sums[i].look != CellCode::free;
        if (ofLook > all.ofLook || isFirstSlots) {
            all.ofLook = ofLook;
            all.look = sums[i].look;
            hasSlots = true;
        }
    }
    return all;
}

void CellPyramid::build(const ChunkRow& row, Chunk& chunk)
{
    std::uint32_t count = 0;
    for (int level = 0; level < levels; ++level) {
        chunk.first[static_cast<std::size_t>(level)] = count;
        count += cellCount(chunk.pages, level);
    }
    chunk.first[levels] = count;
    m_built.assign(count, CellCode {});
    m_sums.assign(chunk.pages, Sum {});
    buildPages(row, std::span(m_built).first(chunk.pages));
    for (int level = 1; level < levels; ++level) {
        const std::uint32_t first = chunk.first[static_cast<std::size_t>(level)];
        const std::size_t below = m_sums.size();
        const std::size_t cells = (below + 3) / 4;
        for (std::size_t i = 0; i < cells; ++i) {
            const Sum sum =
                joined(std::span<const Sum>(m_sums).subspan(4 * i, std::min<std::size_t>(4, below - 4 * i)));
            m_sums[i] = sum; // cell i stands before the four it is made of, or is the first of them
            m_built[first + i] = CellCode::of(sum.look, sum.used, sum.room);
        }
        m_sums.resize(cells);
    }
    if (chunk.version != 0 && chunk.codes == m_built)
        return;
    std::swap(chunk.codes, m_built);
    chunk.version = ++m_lastVersion;
}

} // namespace heapatlas
