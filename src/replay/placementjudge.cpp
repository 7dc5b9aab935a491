// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/placementjudge.h"

#include "base/formatsize.h"

#include <algorithm>

namespace heapatlas {

void PlacementJudge::bind(Address engineChunk, Address recordedChunk, std::uint64_t mapping)
{
    Chunk& chunk = m_chunks[engineChunk];
    if (!chunk.recorded.isNull())
        m_owners.erase(chunk.recorded.value);
    chunk.recorded = recordedChunk;
    chunk.mapping = mapping;
    m_owners[recordedChunk.value] = engineChunk;
}

void PlacementJudge::adopt(Address engine) { ++m_chunks[engine.alignedDown(chunkBytes)].live; }

bool PlacementJudge::belongsToAnother(Address recordedChunk, Address engineChunk) const
{
    const auto owner = m_owners.find(recordedChunk.value);
    if (owner == m_owners.end() || owner->second == engineChunk)
        return false;
    const auto chunk = m_chunks.find(owner->second);
    return chunk != m_chunks.end() && chunk->second.live > 0;
}

void PlacementJudge::judge(const Vote& vote, Address recordedChunk)
{
    const Address expected = recordedChunk + vote.engine.offsetIn(chunkBytes);
    if (vote.recorded == expected)
        ++m_matched;
    else if (m_mismatches.wants(vote.event))
        m_mismatches.note(vote.event, formatAddress(vote.recorded), formatAddress(expected));
}

void PlacementJudge::place(std::uint64_t event, Address engine, Address recorded, std::uint64_t mapping)
{
    ++m_placements;
    const Address engineChunk = engine.alignedDown(chunkBytes);
    const Address recordedChunk = recorded.alignedDown(chunkBytes);
    Chunk& chunk = m_chunks[engineChunk];
    const bool mayBeAnother = chunk.live++ == 0 && (mapping == 0 || mapping != chunk.mapping);
    chunk.mapping = mapping;
    const Vote vote { event, engine, recorded };
    if (!chunk.recorded.isNull()) {
        if (!mayBeAnother || chunk.recorded == recordedChunk || belongsToAnother(recordedChunk, engineChunk))
            [[likely]] {
            judge(vote, chunk.recorded);
            return;
        }
        chunk.before = chunk.recorded;
        m_owners.erase(chunk.recorded.value);
        chunk.recorded = {};
    }
    chunk.votes.push_back(vote);
    countVotes(engineChunk, chunk, false);
}

void PlacementJudge::countVotes(Address engineChunk, Chunk& chunk, bool mustDecide)
{
    Address best;
    std::size_t bestVotes = 0;
    for (const Vote& vote : chunk.votes) {
        const Address candidate = vote.recorded.alignedDown(chunkBytes);
        if (belongsToAnother(candidate, engineChunk))
            continue;
        auto votes = static_cast<std::size_t>(std::count_if(chunk.votes.begin(), chunk.votes.end(),
            [candidate](const Vote& v) { return v.recorded.alignedDown(chunkBytes) == candidate; }));
        votes += static_cast<std::size_t>(candidate == chunk.before);
        if (votes > bestVotes || (votes == bestVotes && distanceToKnown(candidate) < distanceToKnown(best))) {
            best = candidate;
            bestVotes = votes;
        }
    }
    // Many votes without two alike: no address that was observed fits this engine chunk.
    constexpr std::size_t hopeless = 64;
    if (bestVotes >= 2 || (bestVotes > 0 && (mustDecide || chunk.votes.size() >= hopeless))) {
        decide(engineChunk, chunk, best);
    } else if (mustDecide || chunk.votes.size() >= hopeless) {
        // All of them name chunks that are taken.
        for (const Vote& vote : chunk.votes) {
            if (m_mismatches.wants(vote.event))
                m_mismatches.note(vote.event, formatAddress(vote.recorded), "in another chunk");
        }
        chunk.votes.clear();
    }
}

void PlacementJudge::decide(Address engineChunk, Chunk& chunk, Address recordedChunk)
{
    const auto owner = m_owners.find(recordedChunk.value);
    if (owner != m_owners.end() && owner->second != engineChunk) {
        if (const auto stale = m_chunks.find(owner->second); stale != m_chunks.end())
            stale->second.recorded = {};
    }
    for (const Vote& vote : chunk.votes)
        judge(vote, recordedChunk);
    chunk.votes.clear();
    chunk.before = {};
    chunk.recorded = recordedChunk;
    m_owners[recordedChunk.value] = engineChunk;
}

Bytes PlacementJudge::distanceToKnown(Address recordedChunk) const
{
    Bytes distance = ~Bytes { 0 };
    const auto after = m_owners.lower_bound(recordedChunk.value);
    if (after != m_owners.end())
        distance = after->first - recordedChunk.value;
    if (after != m_owners.begin())
        distance = std::min(distance, recordedChunk.value - std::prev(after)->first);
    return distance;
}

void PlacementJudge::release(Address engine)
{
    const Address engineChunk = engine.alignedDown(chunkBytes);
    const auto it = m_chunks.find(engineChunk);
    if (it == m_chunks.end() || it->second.live == 0)
        return;
    Chunk& chunk = it->second;
    if (--chunk.live > 0)
        return;
    if (!chunk.votes.empty())
        countVotes(engineChunk, chunk, true);
    if (engine == engineChunk) {
        // A huge block's mapping is gone with it.
        if (const auto owner = m_owners.find(chunk.recorded.value);
            owner != m_owners.end() && owner->second == engineChunk)
            m_owners.erase(owner);
        m_chunks.erase(it);
    }
}

void PlacementJudge::refuse(std::uint64_t event, Address recorded, const char* why)
{
    ++m_placements;
    m_mismatches.note(event, formatAddress(recorded), why);
}

std::optional<Address> PlacementJudge::recordedOf(Address engine) const
{
    const auto chunk = m_chunks.find(engine.alignedDown(chunkBytes));
    if (chunk == m_chunks.end())
        return {};
    const Chunk& found = chunk->second;
    if (!found.recorded.isNull())
        return found.recorded + engine.offsetIn(chunkBytes);
    if (found.votes.size() == 1)
        return found.votes[0].recorded.alignedDown(chunkBytes) + engine.offsetIn(chunkBytes);
    return {};
}

void PlacementJudge::settle(Address engineChunk, Address recordedChunk)
{
    const auto it = m_chunks.find(engineChunk);
    if (it == m_chunks.end() || it->second.votes.empty() || belongsToAnother(recordedChunk, engineChunk))
        return;
    decide(engineChunk, it->second, recordedChunk);
}

void PlacementJudge::restart()
{
    finish();
    m_chunks.clear();
    m_owners.clear();
}

void PlacementJudge::finish()
{
    // Ascending, so that ties are settled alike in every run.
    std::vector<Address> open;
    for (const auto& [engineChunk, chunk] : m_chunks) {
        if (!chunk.votes.empty())
            open.push_back(engineChunk);
    }
    std::sort(open.begin(), open.end());
    for (const Address engineChunk : open)
        countVotes(engineChunk, m_chunks.at(engineChunk), true);
}

} // namespace heapatlas
