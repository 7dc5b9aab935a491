// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/statecomparison.h"

#include "base/formatsize.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace heapatlas {

namespace {

constexpr Bytes chunkBytes = Bytes { 2 } << 20;

std::string asText(std::uint64_t value) { return std::to_string(value); }
std::string asText(std::int64_t value) { return std::to_string(value); }
std::string asText(std::uint32_t value) { return std::to_string(value); }
std::string asText(std::int32_t value) { return std::to_string(value); }
std::string asText(std::size_t value, int) { return std::to_string(value); }
std::string asText(double value) { return std::to_string(value); }
std::string asText(Address value) { return formatAddress(value); }

class Comparison
{
public:
    Comparison(const ZendMmState& engine, const ZendMmState& recorded)
        : m_engine(engine)
        , m_recorded(recorded)
    {
        for (const auto& [ours, theirs] : correspondingPlaces(engine, recorded))
            m_places.emplace(ours, theirs);
    }

    std::string run()
    {
        compareFigures();
        compareChunks();
        compareLists();
        return m_difference;
    }

private:
    template <class T>
    void check(const std::string& field, const T& recorded, const T& engine)
    {
        if (m_difference.empty() && !(recorded == engine))
            m_difference =
                field + ": " + asText(recorded) + " recorded, " + asText(engine) + " in the engine";
    }
    void checkCount(const std::string& field, std::size_t recorded, std::size_t engine)
    {
        if (m_difference.empty() && recorded != engine)
            m_difference =
                field + ": " + asText(recorded, 0) + " recorded, " + asText(engine, 0) + " in the engine";
    }
    [[nodiscard]] Address translated(Address engine) const
    {
        const auto place = m_places.find(engine.alignedDown(chunkBytes));
        return place == m_places.end() ? engine : place->second + engine.offsetIn(chunkBytes);
    }

    void compareFigures()
    {
        const ZendMmState& r = m_recorded;
        const ZendMmState& e = m_engine;
        check("size", r.size, e.size);
        check("peak", r.peak, e.peak);
        check("real_size", r.realSize, e.realSize);
        check("real_peak", r.realPeak, e.realPeak);
        check("limit", r.limit, e.limit);
        check("hard_limit", r.hardLimit, e.hardLimit);
        check("hard_limit_percent", r.hardLimitPercent, e.hardLimitPercent);
        check("overflow", r.overflow, e.overflow);
        check("chunks_count", r.chunksCount, e.chunksCount);
        check("peak_chunks_count", r.peakChunksCount, e.peakChunksCount);
        check("cached_chunks_count", r.cachedChunksCount, e.cachedChunksCount);
        check("avg_chunks_count", r.avgChunksCount, e.avgChunksCount);
        check("last_chunks_delete_boundary", r.lastChunksDeleteBoundary, e.lastChunksDeleteBoundary);
        check("last_chunks_delete_count", r.lastChunksDeleteCount, e.lastChunksDeleteCount);
    }

    void compareMap(
        const std::string& name, const ZendMmState::Chunk& recorded, const ZendMmState::Chunk& engine)
    {
        if (recorded.map == engine.map)
            return;
        for (std::size_t page = 0; page < recorded.map.size(); ++page)
            check(name + ".map[" + std::to_string(page) + "]", recorded.map[page], engine.map[page]);
    }

    void compareChunks()
    {
        checkCount("chunks", m_recorded.chunks.size(), m_engine.chunks.size());
        for (std::size_t i = 0; m_difference.empty() && i < m_recorded.chunks.size(); ++i) {
            const ZendMmState::Chunk& r = m_recorded.chunks[i];
            const ZendMmState::Chunk& e = m_engine.chunks[i];
            const std::string name = "chunks[" + std::to_string(i) + "]";
            check(name + ".free_pages", r.freePages, e.freePages);
            check(name + ".free_tail", r.freeTail, e.freeTail);
            check(name + ".num", r.num, e.num);
            for (std::size_t word = 0; word < r.freeMap.size(); ++word)
                check(name + ".free_map[" + std::to_string(word) + "]", r.freeMap[word], e.freeMap[word]);
            compareMap(name, r, e);
        }
        checkCount("cached_chunks", m_recorded.cachedChunks.size(), m_engine.cachedChunks.size());
        for (std::size_t i = 0; m_difference.empty() && i < m_recorded.cachedChunks.size(); ++i)
            compareMap("cached_chunks[" + std::to_string(i) + "]", m_recorded.cachedChunks[i],
                m_engine.cachedChunks[i]);
    }

    void compareLists()
    {
        for (std::size_t bin = 0; m_difference.empty() && bin < m_recorded.freeSlots.size(); ++bin) {
            const auto& r = m_recorded.freeSlots[bin];
            const auto& e = m_engine.freeSlots[bin];
            const std::string name = "free_slot[" + std::to_string(bin) + "]";
            for (std::size_t i = 0; m_difference.empty() && i < std::min(r.size(), e.size()); ++i) {
                if (r[i] != translated(e[i]))
                    check(name + "[" + std::to_string(i) + "]", r[i], translated(e[i]));
            }
            checkCount(name, r.size(), e.size());
        }
        checkCount("huge_list", m_recorded.huge.size(), m_engine.huge.size());
        for (std::size_t i = 0; m_difference.empty() && i < m_recorded.huge.size(); ++i) {
            const std::string name = "huge_list[" + std::to_string(i) + "]";
            check(name + ".size", m_recorded.huge[i].size, m_engine.huge[i].size);
            check(name + " node", m_recorded.huge[i].node, translated(m_engine.huge[i].node));
        }
    }

    const ZendMmState& m_engine;
    const ZendMmState& m_recorded;
    std::unordered_map<Address, Address> m_places;
    std::string m_difference;
};

} // namespace

std::vector<std::pair<Address, Address>> correspondingPlaces(
    const ZendMmState& engine, const ZendMmState& recorded)
{
    std::vector<std::pair<Address, Address>> places;
    for (std::size_t i = 0; i < std::min(engine.chunks.size(), recorded.chunks.size()); ++i)
        places.emplace_back(engine.chunks[i].address, recorded.chunks[i].address);
    for (std::size_t i = 0; i < std::min(engine.huge.size(), recorded.huge.size()); ++i)
        places.emplace_back(engine.huge[i].address, recorded.huge[i].address);
    return places;
}

std::string firstDifference(const ZendMmState& engine, const ZendMmState& recorded)
{
    return Comparison(engine, recorded).run();
}

} // namespace heapatlas
