// SPDX-License-Identifier: GPL-3.0-or-later
// A page's cell tells the use of its slots; what slots cannot fill counts for neither side. From level 1 on a cell
// has the look that has most bytes in use in it, and is as full as all of its pages together.
#include "model/cellpyramid.h"

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

/// Whether two regions at the same place are filled alike.
bool isAlike(const HeapSnapshot& a, const RegionRow& x, const HeapSnapshot& b, const RegionRow& y)
{
    if (!(x.range.begin == y.range.begin) || !(x.range.end == y.range.end) || x.kind != y.kind
        || x.sizeClass != y.sizeClass || x.slotBytes != y.slotBytes || x.slotCount != y.slotCount
        || x.liveSlots != y.liveSlots || x.requested != y.requested)
        return false;
    if (x.kind != RegionKind::SmallRun)
        return true;
    const auto words = static_cast<std::ptrdiff_t>((x.slotCount + std::size_t { 63 }) / 64);
    const auto first = a.liveBits().begin() + x.firstLiveWord;
    return std::equal(first, first + words, b.liveBits().begin() + y.firstLiveWord);
}

} // namespace

void CellPyramid::setSnapshot(SnapshotPtr snapshot)
{
    if (snapshot == m_snapshot)
        return;
    m_before = std::exchange(m_snapshot, std::move(snapshot));
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
        Chunk& chunk = m_chunks[i];
        if (old != before.end() && old->begin == row.range.begin && old->pages == pages) {
            const auto rowBefore = static_cast<std::uint32_t>(old - before.begin());
            chunk = std::move(*old++);
            chunk.rowBefore = rowBefore;
        }
        chunk.begin = row.range.begin;
        chunk.pages = pages;
        chunk.wasPage = std::exchange(chunk.page.isCurrent, false);
        chunk.wasCoarse = std::exchange(chunk.coarse.isCurrent, false);
    }
}

bool CellPyramid::isAsBefore(const ChunkRow& row, const Chunk& chunk) const
{
    const ChunkRow& before = m_before->chunks()[chunk.rowBefore];
    if (before.regionCount != row.regionCount || m_before->pageBytes() != m_snapshot->pageBytes())
        return false;
    const auto now = m_snapshot->regions().subspan(row.firstRegion, row.regionCount);
    const auto then = m_before->regions().subspan(before.firstRegion, before.regionCount);
    for (std::size_t i = 0; i < now.size(); ++i)
        if (!isAlike(*m_snapshot, now[i], *m_before, then[i]))
            return false;
    return true;
}

CellPyramid::Cells CellPyramid::cells(std::uint32_t chunkRow, int level)
{
    Chunk& chunk = m_chunks[chunkRow];
    Part& part = level == 0 ? chunk.page : chunk.coarse;
    if (!part.isCurrent) {
        const ChunkRow& row = m_snapshot->chunks()[chunkRow];
        if ((chunk.wasPage || chunk.wasCoarse) && isAsBefore(row, chunk)) {
            chunk.page.isCurrent = chunk.wasPage;
            chunk.coarse.isCurrent = chunk.wasCoarse;
        }
        // Compared once: whatever is still asked for is built.
        chunk.wasPage = chunk.wasCoarse = false;
    }
    if (!part.isCurrent) {
        if (level == 0)
            buildPages(m_snapshot->chunks()[chunkRow], chunk);
        else
            buildCoarse(m_snapshot->chunks()[chunkRow], chunk);
        takeBuilt(part);
    }
    std::uint32_t first = 0;
    for (int below = 1; below < level; ++below)
        first += cellCount(chunk.pages, below);
    return { std::span(part.codes).subspan(first, cellCount(chunk.pages, level)), part.version };
}

void CellPyramid::takeBuilt(Part& part)
{
    part.isCurrent = true;
    if (part.version != 0 && part.codes == m_built)
        return;
    std::swap(part.codes, m_built);
    part.version = ++m_lastVersion;
}

template <class Put>
void CellPyramid::visitPages(const ChunkRow& row, std::size_t pages, const Put& put) const
{
    const HeapSnapshot& snapshot = *m_snapshot;
    const auto page = static_cast<std::uint32_t>(snapshot.pageBytes());
    for (const RegionRow& region : snapshot.regions().subspan(row.firstRegion, row.regionCount)) {
        const unsigned look = CellCode::lookOf(region);
        const std::size_t from = (region.range.begin - row.range.begin) / page;
        const std::size_t to = std::min<std::size_t>(pages, (region.range.end - row.range.begin) / page);
        if (from >= to)
            continue;
        switch (region.kind) {
        case RegionKind::Header:
        case RegionKind::Huge:
            put(from, to, look, page, page);
            break;
        case RegionKind::Free:
            put(from, to, look, 0U, page);
            break;
        case RegionKind::LargeRun: {
            const Bytes asked = region.requested == 0 ? region.range.size() : region.requested;
            const std::size_t whole = std::min<std::size_t>(to, from + asked / page);
            put(from, whole, look, page, page);
            for (std::size_t at = whole; at < to; ++at) {
                const Bytes offset = (at - from) * page;
                put(at, at + 1, look,
                    static_cast<std::uint32_t>(asked <= offset ? 0 : std::min<Bytes>(asked - offset, page)),
                    page);
            }
            break;
        }
        case RegionKind::SmallRun: {
            const Bytes slots = Bytes { region.slotBytes } * region.slotCount;
            if (to - from == 1) {
                put(from, to, look, region.liveSlots * region.slotBytes,
                    static_cast<std::uint32_t>(std::min<Bytes>(slots, page)));
                break;
            }
            for (std::size_t at = from; at < to; ++at) {
                const Bytes offset = (at - from) * page;
                put(at, at + 1, look,
                    static_cast<std::uint32_t>(liveBytes(snapshot, region, offset, offset + page)),
                    static_cast<std::uint32_t>(offset >= slots ? 0 : std::min<Bytes>(slots - offset, page)));
            }
            break;
        }
        }
    }
}

void CellPyramid::buildPages(const ChunkRow& row, const Chunk& chunk)
{
    m_built.assign(chunk.pages, CellCode {});
    visitPages(row, chunk.pages,
        [this](std::size_t first, std::size_t last, unsigned look, std::uint32_t used, std::uint32_t room) {
            const CellCode code = CellCode::of(look, used, room);
            for (std::size_t i = first; i < last; ++i)
                m_built[i] = code;
        });
}

CellPyramid::Sum CellPyramid::joined(std::span<const Sum> sums)
{
    Sum all;
    if (sums.size() == 4 && sums[0].look == sums[1].look && sums[0].look == sums[2].look
        && sums[0].look == sums[3].look) { // what follows, where nothing is to be chosen
        for (const Sum& sum : sums) {
            all.used += sum.used;
            all.ofLook += sum.ofLook;
            all.room += sum.room;
        }
        all.look = sums[0].look;
        return all;
    }
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

void CellPyramid::buildCoarse(const ChunkRow& row, const Chunk& chunk)
{
    m_sums.assign(chunk.pages, Sum {});
    visitPages(row, chunk.pages,
        [this](std::size_t first, std::size_t last, unsigned look, std::uint32_t used, std::uint32_t room) {
            const Sum sum { used, used, room, static_cast<std::uint16_t>(look) };
            for (std::size_t i = first; i < last; ++i)
                m_sums[i] = sum;
        });
    m_built.clear();
    for (int level = 1; level < levels; ++level) {
        const std::size_t below = m_sums.size();
        const std::size_t cells = (below + 3) / 4;
        for (std::size_t i = 0; i < cells; ++i) {
            const Sum sum =
                joined(std::span<const Sum>(m_sums).subspan(4 * i, std::min<std::size_t>(4, below - 4 * i)));
            m_sums[i] = sum; // cell i stands before the four it is made of, or is the first of them
            m_built.push_back(CellCode::of(sum.look, sum.used, sum.room));
        }
        m_sums.resize(cells);
    }
}

} // namespace heapatlas
