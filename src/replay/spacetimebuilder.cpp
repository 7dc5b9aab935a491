// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/spacetimebuilder.h"

#include "replay/hugescan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>

namespace heapatlas {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t stripColumns = 64;
constexpr std::size_t coarseColumns = 128;
constexpr std::uint32_t leastRows = 16; ///< of a chunk, before columns are left out instead
constexpr unsigned leastColumns = 256;
constexpr std::size_t hugeLimit = 4096;
constexpr auto publishInterval = std::chrono::milliseconds(100);

class Builder
{
public:
    Builder(ReplayCursor& cursor, const SpacetimeRequest& request, const Interrupt& interrupt,
        const SpacetimePublish& publish)
        : m_cursor(cursor)
        , m_request(request)
        , m_interrupt(interrupt)
        , m_publish(publish)
    {
        m_request.end = std::min(m_request.end, cursor.source().eventCount());
        m_request.begin = std::min(m_request.begin, m_request.end);
        m_grid.begin = m_grid.fineEnd = m_request.begin;
        m_grid.end = m_request.end;
    }

    SpacetimeGridPtr build()
    {
        if (m_publish && !lookAtKeyframes())
            return nullptr;
        m_huge = scanHuge(m_cursor, m_grid.begin, m_grid.end, m_request.hugeFrom, hugeLimit, m_interrupt);
        if ((m_interrupt && m_interrupt()) || !runThrough())
            return nullptr;
        m_grid.huge = std::move(m_huge.bars);
        std::erase_if(m_grid.huge, [](const HugeBar& bar) { return bar.range.isEmpty(); });
        m_grid.hugeDropped = m_huge.dropped;
        m_grid.coarse.clear();
        m_grid.isComplete = true;
        return std::make_shared<const SpacetimeGrid>(std::move(m_grid));
    }

private:
    struct Column
    {
        std::uint64_t at = 0;
        std::map<std::size_t, std::vector<SpacetimeCell>> bands; ///< a cell a page
    };

    std::size_t bandOf(const ChunkRow& chunk, std::uint64_t position)
    {
        const auto [it, isNew] = m_bands.try_emplace(chunk.range.begin, m_grid.bands.size());
        if (isNew)
            m_grid.bands.push_back({ chunk.range, chunk.pageCount, chunk.ordinal, position });
        SpacetimeBand& band = m_grid.bands[it->second];
        if (position < band.firstSeen) {
            band.firstSeen = position;
            band.ordinal = chunk.ordinal;
        }
        return it->second;
    }

    Column look()
    {
        Column column;
        column.at = m_cursor.position();
        const SnapshotPtr snapshot = m_cursor.snapshot(Detail::Regions);
        std::uint32_t chunks = 0;
        // New ones in the order in which the engine searches them, which is the order of their numbers.
        std::vector<const ChunkRow*> rows;
        for (const ChunkRow& chunk : snapshot->chunks())
            if (chunk.pageCount != 0)
                rows.push_back(&chunk);
        std::sort(rows.begin(), rows.end(),
            [](const ChunkRow* a, const ChunkRow* b) { return a->ordinal < b->ordinal; });
        for (const ChunkRow* const chunk : rows) {
            const std::size_t band = bandOf(*chunk, column.at);
            ++chunks;
            std::vector<SpacetimeCell>& cells = column.bands[band];
            cells.reserve(chunk->pageCount);
            for (const RegionRow& region :
                snapshot->regions().subspan(chunk->firstRegion, chunk->regionCount)) {
                for (Bytes offset = 0; offset < region.range.size(); offset += snapshot->pageBytes())
                    cells.push_back(pageCell(*snapshot, region, offset));
            }
            cells.resize(m_grid.bands[band].pages);
        }
        m_mostChunks = std::max(m_mostChunks, chunks);
        return column;
    }

    /// Joins pages to rows: the mean of what is used, and the kind that uses most (of unused ones, the most frequent).
    static SpacetimeCell join(const SpacetimeCell* cells, std::size_t count)
    {
        unsigned sum = 0;
        std::array<std::uint16_t, 256> weights {};
        std::uint8_t best = cells[0].kind;
        for (std::size_t i = 0; i < count; ++i) {
            sum += cells[i].used;
            std::uint16_t& weight = weights[cells[i].kind];
            weight = static_cast<std::uint16_t>(
                weight + (cells[i].kind == SpacetimeCell::free ? 1 : 2) + cells[i].used / 2);
            if (weight > weights[best])
                best = cells[i].kind;
        }
        return { best, static_cast<std::uint8_t>(sum / count) };
    }

    SpacetimeStripPtr stripOf(const std::vector<Column>& columns, unsigned pageShift) const
    {
        auto strip = std::make_shared<SpacetimeStrip>();
        strip->pageShift = pageShift;
        strip->bands.resize(m_grid.bands.size());
        const std::size_t width = columns.size();
        const std::size_t joined = std::size_t { 1 } << pageShift;
        for (std::size_t c = 0; c < width; ++c) {
            strip->at.push_back(columns[c].at);
            for (const auto& [band, cells] : columns[c].bands) {
                std::vector<SpacetimeCell>& out = strip->bands[band];
                const std::size_t rows = (cells.size() + joined - 1) >> pageShift;
                if (out.empty())
                    out.resize(rows * width);
                for (std::size_t row = 0; row < rows; ++row) {
                    const std::size_t first = row << pageShift;
                    out[row * width + c] = pageShift == 0
                        ? cells[first]
                        : join(&cells[first], std::min(joined, cells.size() - first));
                }
            }
        }
        return strip;
    }

    /// How many pages share a row, so that a strip of this many chunks stays within its part of the cells.
    [[nodiscard]] unsigned pageShiftFor(std::size_t chunks, std::size_t columns) const
    {
        const std::size_t rows = std::max<std::size_t>(
            1, m_request.maxCells / std::max<std::size_t>(1, columns) / std::max<std::size_t>(1, chunks));
        unsigned shift = 0;
        while (shift < 9 && (std::size_t { 512 } >> shift) > rows)
            ++shift;
        return shift;
    }

    bool lookAtKeyframes()
    {
        std::vector<std::uint64_t> at;
        for (const auto& [event, keyframe] : m_cursor.source().keyframes()) {
            if (event >= m_grid.begin && event <= m_grid.end)
                at.push_back(event);
        }
        const std::size_t wanted = std::min(coarseColumns, at.size());
        std::vector<Column> columns;
        const Clock::time_point began = Clock::now();
        for (std::size_t i = 0; i < wanted; ++i) {
            if ((m_interrupt && m_interrupt()) || !m_cursor.seek(at[i * at.size() / wanted]))
                return false;
            columns.push_back(look());
            // A heap of gigabytes: what there is must do.
            if (Clock::now() - began > std::chrono::seconds(2))
                break;
        }
        if (!columns.empty()) {
            m_grid.coarse.push_back(stripOf(columns, pageShiftFor(m_mostChunks, coarseColumns * 4)));
            publish(0);
        }
        return true;
    }

    bool runThrough()
    {
        while (m_request.columns > leastColumns
            && std::size_t { m_mostChunks } * leastRows * m_request.columns > m_request.maxCells)
            m_request.columns /= 2;
        const std::vector<std::uint64_t> positions = spacetimeColumns(m_request);
        std::vector<Column> columns;
        for (std::size_t i = 0; i < positions.size(); ++i) {
            if (!lookAtHuge(positions[i]) || !m_cursor.seek(positions[i], m_interrupt)
                || (m_interrupt && m_interrupt()))
                return false;
            columns.push_back(look());
            const bool isLast = i + 1 == positions.size();
            if (columns.size() < stripColumns && !isLast)
                continue;
            std::size_t chunks = 0;
            for (const Column& column : columns)
                chunks = std::max(chunks, column.bands.size());
            m_grid.fine.push_back(stripOf(columns, pageShiftFor(chunks, positions.size())));
            m_grid.fineEnd = isLast ? m_grid.end + 1 : positions[i + 1];
            columns.clear();
            if (!isLast && Clock::now() - m_published >= publishInterval)
                publish(static_cast<double>(i + 1) / static_cast<double>(positions.size()));
        }
        return true;
    }

    /// Asks where the huge blocks are that come or grow up to the position.
    bool lookAtHuge(std::uint64_t position)
    {
        for (; m_nextLook < m_huge.looks.size() && m_huge.looks[m_nextLook].position <= position;
             ++m_nextLook) {
            const HugeScan::Look& look = m_huge.looks[m_nextLook];
            if (!m_cursor.seek(look.position, m_interrupt))
                return false;
            HugeBar& bar = m_huge.bars[look.bar];
            const std::optional<BlockRow> block = m_cursor.block(bar.slot);
            if (!block)
                continue; // the engine refused what the recorded allocator granted
            bar.range = { block->begin, block->begin + std::max(bar.range.size(), block->size) };
            bar.requested = std::max(bar.requested, block->requested);
            bar.stack = block->stack;
        }
        return true;
    }

    void publish(double progress)
    {
        m_published = Clock::now();
        if (!m_publish)
            return;
        auto grid = std::make_shared<SpacetimeGrid>(m_grid);
        for (const HugeBar& bar : m_huge.bars) {
            if (!bar.range.isEmpty())
                grid->huge.push_back(bar);
        }
        m_publish(std::move(grid), progress);
    }

    ReplayCursor& m_cursor;
    SpacetimeRequest m_request;
    const Interrupt& m_interrupt;
    const SpacetimePublish& m_publish;
    SpacetimeGrid m_grid;
    std::map<Address, std::size_t> m_bands; ///< by the chunk's begin
    HugeScan m_huge;
    std::size_t m_nextLook = 0;
    std::uint32_t m_mostChunks = 0;
    Clock::time_point m_published = Clock::now();
};

} // namespace

std::vector<std::uint64_t> spacetimeColumns(const SpacetimeRequest& request)
{
    static const EventScale events;
    const EventScale& scale = request.scale == nullptr ? events : *request.scale;
    const double first = scale.valueAt(static_cast<double>(request.begin));
    const double last = scale.valueAt(static_cast<double>(request.end));
    std::vector<std::uint64_t> positions { request.begin };
    const unsigned columns = std::max(1U, request.columns);
    for (unsigned i = 1; i < columns; ++i) {
        const double position =
            scale.positionAt(first + (last - first) * static_cast<double>(i) / static_cast<double>(columns));
        const auto at = std::clamp(
            static_cast<std::uint64_t>(std::max(0.0, std::ceil(position))), request.begin, request.end);
        if (at > positions.back())
            positions.push_back(at);
    }
    if (positions.back() < request.end)
        positions.push_back(request.end); // the last state of all is always there
    return positions;
}

SpacetimeGridPtr buildSpacetime(ReplayCursor& cursor, const SpacetimeRequest& request,
    const Interrupt& interrupt, const SpacetimePublish& publish)
{
    return Builder(cursor, request, interrupt, publish).build();
}

} // namespace heapatlas
