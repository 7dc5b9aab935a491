// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/spacetimebuilder.h"

#include "replay/hugesegment.h"
#include "replay/lifesegment.h"
#include "replay/livelypages.h"
#include "replay/segmentcrew.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>

namespace heapatlas {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t stripColumns = 32;
constexpr std::size_t coarseColumns = 128;
constexpr std::size_t coarseEnough = 16; ///< columns, to choose pages by
constexpr std::uint32_t lensPages = 7;
constexpr std::uint32_t leastRows = 16; ///< of a chunk, before columns are left out instead
constexpr unsigned leastColumns = 256;
constexpr std::size_t mostLooks = std::size_t { 1 }
    << 27; ///< at pages, in all columns: each takes some nanoseconds
constexpr std::size_t pagesOfChunk = 512;
constexpr std::size_t hugeLimit = 4096;
constexpr auto publishInterval = std::chrono::milliseconds(100);

/// A chunk at one moment.
struct Seen
{
    AddressRange range;
    std::uint32_t ordinal = 0;
    std::vector<SpacetimeCell> cells; ///< a page each
};

/// All chunks at one moment, in the order in which the engine searches them, which is the order of their numbers.
struct Column
{
    std::uint64_t at = 0;
    std::vector<Seen> chunks;
};

Column look(const ReplayCursor& cursor)
{
    Column column;
    column.at = cursor.position();
    const SnapshotPtr snapshot = cursor.snapshot(Detail::Regions);
    for (const ChunkRow& chunk : snapshot->chunks()) {
        if (chunk.pageCount == 0)
            continue;
        Seen& seen = column.chunks.emplace_back();
        seen.range = chunk.range;
        seen.ordinal = chunk.ordinal;
        seen.cells.reserve(chunk.pageCount);
        for (const RegionRow& region : snapshot->regions().subspan(chunk.firstRegion, chunk.regionCount)) {
            for (Bytes offset = 0; offset < region.range.size(); offset += snapshot->pageBytes())
                seen.cells.push_back(pageCell(*snapshot, region, offset));
        }
        seen.cells.resize(chunk.pageCount);
    }
    std::sort(column.chunks.begin(), column.chunks.end(),
        [](const Seen& a, const Seen& b) { return a.ordinal < b.ordinal; });
    return column;
}

/// What a thread brings back from a strip.
struct Strip
{
    std::vector<Column> columns;
    std::unique_ptr<HugeSegment> huge;
    std::unique_ptr<LifeSegment> lives; ///< null: nobody asked
};

/// Tells both.
class StripVisitor final : public BlockVisitor
{
public:
    explicit StripVisitor(Strip& strip)
        : m_huge(*strip.huge)
        , m_lives(strip.lives.get())
    {
    }

    void born(const BlockEvent& block) override
    {
        m_huge.born(block);
        if (m_lives != nullptr)
            m_lives->born(block);
    }
    void ended(const BlockEvent& block) override
    {
        m_huge.ended(block);
        if (m_lives != nullptr)
            m_lives->ended(block);
    }
    void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) override
    {
        m_huge.resized(block, oldSize, oldRequested);
        if (m_lives != nullptr)
            m_lives->resized(block, oldSize, oldRequested);
    }
    void forgotten() override
    {
        m_huge.forgotten();
        if (m_lives != nullptr)
            m_lives->forgotten();
    }

private:
    HugeSegment& m_huge;
    LifeSegment* m_lives;
};

class Builder
{
public:
    Builder(const ReplaySourcePtr& source, const SpacetimeRequest& request, const Interrupt& interrupt,
        const SpacetimePublish& publish)
        : m_source(source)
        , m_request(request)
        , m_interrupt(interrupt)
        , m_publish(publish)
    {
        m_request.end = std::min(m_request.end, source->eventCount());
        m_request.begin = std::min(m_request.begin, m_request.end);
        m_grid.begin = m_grid.fineEnd = m_request.begin;
        m_grid.end = m_request.end;
    }

    std::optional<SpacetimeNews> build()
    {
        if (m_publish && !lookAtKeyframes())
            return {};
        if (!runThrough())
            return {};
        m_grid.hugeDropped = m_huge.finish(*m_source, m_grid.end, hugeLimit, m_grid.huge, m_interrupt);
        m_grid.coarse.clear();
        m_grid.isComplete = true;
        SpacetimeNews news;
        news.progress = 1;
        if (m_lives)
            news.lives = m_lives->finish(*m_source, m_interrupt);
        if (m_interrupt && m_interrupt())
            return {};
        if (m_request.lens.isEmpty())
            m_request.lens = livelyPages(m_grid, lensPages);
        news.chosen = m_request.lens;
        news.grid = std::make_shared<const SpacetimeGrid>(std::move(m_grid));
        return news;
    }

private:
    using Cells = std::map<std::size_t, const std::vector<SpacetimeCell>*>; ///< of a column, by band

    std::size_t bandOf(const Seen& chunk, std::uint64_t position)
    {
        const auto [it, isNew] = m_bands.try_emplace(chunk.range.begin, m_grid.bands.size());
        if (isNew)
            m_grid.bands.push_back(
                { chunk.range, static_cast<std::uint32_t>(chunk.cells.size()), chunk.ordinal, position });
        SpacetimeBand& band = m_grid.bands[it->second];
        if (position < band.firstSeen) {
            band.firstSeen = position;
            band.ordinal = chunk.ordinal;
        }
        return it->second;
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

    SpacetimeStripPtr stripOf(const std::vector<Column>& columns, std::size_t columnsOfAll)
    {
        std::vector<Cells> cellsOf;
        std::size_t chunks = 0;
        for (const Column& column : columns) {
            Cells& cells = cellsOf.emplace_back();
            for (const Seen& seen : column.chunks)
                cells[bandOf(seen, column.at)] = &seen.cells;
            chunks = std::max(chunks, cells.size());
        }
        auto strip = std::make_shared<SpacetimeStrip>();
        const unsigned shift = pageShiftFor(chunks, columnsOfAll);
        strip->pageShift = shift;
        strip->bands.resize(m_grid.bands.size());
        const std::size_t width = columns.size();
        const std::size_t joined = std::size_t { 1 } << shift;
        for (std::size_t c = 0; c < width; ++c) {
            strip->at.push_back(columns[c].at);
            for (const auto& [band, all] : cellsOf[c]) {
                std::vector<SpacetimeCell> sized;
                const std::vector<SpacetimeCell>* cells = all;
                if (cells->size() != m_grid.bands[band].pages) { // another chunk stood there once
                    sized = *all;
                    sized.resize(m_grid.bands[band].pages);
                    cells = &sized;
                }
                std::vector<SpacetimeCell>& out = strip->bands[band];
                const std::size_t rows = (cells->size() + joined - 1) >> shift;
                if (out.empty())
                    out.resize(rows * width);
                for (std::size_t row = 0; row < rows; ++row) {
                    const std::size_t first = row << shift;
                    out[row * width + c] = shift == 0
                        ? (*cells)[first]
                        : join(&(*cells)[first], std::min(joined, cells->size() - first));
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
        for (const auto& [event, keyframe] : m_source->keyframes()) {
            if (event >= m_grid.begin && event <= m_grid.end)
                at.push_back(event);
        }
        const std::size_t wanted = std::min(coarseColumns, at.size());
        ReplayCursor cursor(m_source, 0);
        std::vector<Column> columns;
        std::size_t mostChunks = 0;
        const Clock::time_point began = Clock::now();
        for (std::size_t i = 0; i < wanted; ++i) {
            if ((m_interrupt && m_interrupt()) || !cursor.seek(at[i * at.size() / wanted]))
                return false;
            columns.push_back(look(cursor));
            mostChunks = std::max(mostChunks, columns.back().chunks.size());
            // A heap of gigabytes: what there is must do.
            if (Clock::now() - began > std::chrono::seconds(2))
                break;
        }
        leaveOutColumns(mostChunks);
        if (columns.empty())
            return true;
        m_grid.coarse.push_back(stripOf(columns, coarseColumns * 4));
        if (m_request.lens.isEmpty() && columns.size() >= coarseEnough)
            m_request.lens = livelyPages(m_grid, lensPages);
        publish(0);
        return true;
    }

    /// A heap of gigabytes is looked at less often.
    void leaveOutColumns(std::size_t chunks)
    {
        while (m_request.columns > leastColumns
            && (chunks * leastRows * m_request.columns > m_request.maxCells
                || chunks * pagesOfChunk * m_request.columns > mostLooks))
            m_request.columns /= 2;
    }

    bool runThrough()
    {
        if (!m_publish) {
            ReplayCursor end(m_source, 0);
            if (!end.seek(m_source->keyframeAt(m_grid.end).event(), m_interrupt))
                return false;
            leaveOutColumns(end.realBytes() / AddressTranslation::unit);
        }
        const std::vector<std::uint64_t> positions = spacetimeColumns(m_request);
        LifeRequest lives;
        if (m_request.wantsLens && !m_request.lens.isEmpty()) {
            lives = { .window = m_request.lens,
                .begin = m_grid.begin,
                .end = m_grid.end,
                .maxBars = m_request.maxBars,
                .columns = positions };
            m_lives.emplace(lives);
        }
        const std::uint64_t events = m_grid.end - m_grid.begin;
        const unsigned crew = m_request.threads == 0 ? crewFor(events) : m_request.threads;
        std::vector<std::unique_ptr<ReplayCursor>> cursors(crew);
        const std::size_t strips = (positions.size() + stripColumns - 1) / stripColumns;
        const auto endOf = [&](std::size_t strip) {
            return strip + 1 == strips ? m_grid.end : positions[(strip + 1) * stripColumns];
        };
        const auto work = [&](std::size_t number, unsigned thread, const Interrupt& giveUp) {
            std::optional<Strip> out;
            if (!cursors[thread])
                cursors[thread] = std::make_unique<ReplayCursor>(m_source, 0);
            ReplayCursor& cursor = *cursors[thread];
            const std::size_t first = number * stripColumns;
            const std::size_t last = std::min(first + stripColumns, positions.size());
            if (!cursor.seek(positions[first], giveUp))
                return out;
            Strip strip;
            strip.huge = std::make_unique<HugeSegment>(cursor, m_request.hugeFrom, number == 0);
            if (m_lives)
                strip.lives = std::make_unique<LifeSegment>(cursor, lives);
            StripVisitor visitor(strip);
            for (std::size_t i = first; i < last; ++i) {
                if (!cursor.visit(positions[i], visitor, giveUp, lives.window) || (giveUp && giveUp()))
                    return out;
                strip.columns.push_back(look(cursor));
            }
            if (cursor.visit(endOf(number), visitor, giveUp, lives.window))
                out.emplace(std::move(strip));
            return out;
        };
        const auto take = [&](std::size_t number, Strip&& strip) {
            m_grid.fine.push_back(stripOf(strip.columns, positions.size()));
            m_grid.fineEnd = number + 1 == strips ? m_grid.end + 1 : endOf(number);
            m_huge.add(std::move(*strip.huge));
            if (strip.lives)
                m_lives->add(std::move(*strip.lives), endOf(number));
            if (number + 1 < strips && Clock::now() - m_published >= publishInterval)
                publish(static_cast<double>(number + 1) / static_cast<double>(strips));
        };
        return workInOrder(strips, crew, m_interrupt, work, take);
    }

    void publish(double progress)
    {
        m_published = Clock::now();
        if (!m_publish)
            return;
        auto grid = std::make_shared<SpacetimeGrid>(m_grid);
        grid->huge = m_huge.soFar();
        m_publish({ std::move(grid), m_lives ? m_lives->soFar() : nullptr, m_request.lens, progress });
    }

    const ReplaySourcePtr& m_source;
    SpacetimeRequest m_request;
    const Interrupt& m_interrupt;
    const SpacetimePublish& m_publish;
    SpacetimeGrid m_grid;
    std::map<Address, std::size_t> m_bands; ///< by the chunk's begin
    HugeJoin m_huge;
    std::optional<LifeJoin> m_lives;
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

std::optional<SpacetimeNews> makeSpacetime(const ReplaySourcePtr& source, const SpacetimeRequest& request,
    const Interrupt& interrupt, const SpacetimePublish& publish)
{
    return Builder(source, request, interrupt, publish).build();
}

SpacetimeGridPtr buildSpacetime(
    const ReplaySourcePtr& source, const SpacetimeRequest& request, const Interrupt& interrupt)
{
    const std::optional<SpacetimeNews> news = makeSpacetime(source, request, interrupt);
    return news ? news->grid : nullptr;
}

} // namespace heapatlas
