// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/verifyresult.h"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace heapatlas {

/// Keeps the difference that comes first in the trace; they may be found out of order.
class FirstMismatch
{
public:
    void note(std::uint64_t event, std::string expected, std::string actual)
    {
        if (!m_first || event < m_first->event)
            m_first = VerifyResult::Mismatch { event, std::move(expected), std::move(actual) };
    }
    [[nodiscard]] bool wants(std::uint64_t event) const { return !m_first || event < m_first->event; }
    [[nodiscard]] const std::optional<VerifyResult::Mismatch>& value() const { return m_first; }

private:
    std::optional<VerifyResult::Mismatch> m_first;
};

// Compares where an engine placed blocks with where a process had them. Chunks (and huge blocks) stand at addresses
// of their own in each, so offsets in a chunk are compared and engine chunks are matched one to one with recorded
// ones:
//
//  - bound from the initial state, or once two placements in a new engine chunk name the same recorded chunk. Until
//    then they are votes. So a single wrong address never binds: it alone is a mismatch, whichever of its bits
//    differ and even if it is the first of its chunk.
//  - a recorded chunk that stands for another engine chunk with live blocks is never accepted.
//  - a binding holds as long as the engine's mapping: a chunk that was emptied and kept (PHP's cached chunks) stands
//    where it stood. One that was unmapped and mapped anew may be bound to another recorded chunk, again by two votes;
//    one vote for the old one confirms it.
//  - votes still open when the chunk empties, or at the end, are settled: by the final state if there is one, else
//    the recorded chunk most votes name, the one nearest to known ones on a tie.
class PlacementJudge
{
public:
    static constexpr Bytes chunkBytes = Bytes { 2 } << 20;

    /// Known from the initial or a resynchronised state. mapping: see place().
    void bind(Address engineChunk, Address recordedChunk, std::uint64_t mapping = 0);
    /// A block that is live before the first event and is not judged.
    void adopt(Address engine);
    /// The engine placed at `engine` what the process had at `recorded`. mapping: which of the engine's mappings the
    /// chunk is (SimulatedMemory::mappingOf()); 0 is not known, and then an empty chunk may be another.
    void place(std::uint64_t event, Address engine, Address recorded, std::uint64_t mapping = 0);
    /// The engine freed or moved the block at `engine`.
    void release(Address engine);
    /// The engine placed nothing where the process did.
    void refuse(std::uint64_t event, Address recorded, const char* why);

    /// Where the recording has this place of the engine, as far as is known.
    [[nodiscard]] std::optional<Address> recordedOf(Address engine) const;
    /// Settles what is open and forgets all chunks: the heap is replaced by another.
    void restart();
    /// Evidence from the final state for votes still open; contradicts nothing that is bound.
    void settle(Address engineChunk, Address recordedChunk);
    /// Settles all open votes.
    void finish();

    [[nodiscard]] std::uint64_t placements() const { return m_placements; }
    [[nodiscard]] std::uint64_t matched() const { return m_matched; }
    [[nodiscard]] FirstMismatch& mismatches() { return m_mismatches; }

private:
    struct Vote
    {
        std::uint64_t event;
        Address engine;
        Address recorded;
    };
    struct Chunk
    {
        Address recorded; ///< null: not bound
        Address before; ///< bound to this one before the votes
        std::uint64_t mapping = 0; ///< of the engine, when it was bound or last placed in
        std::uint32_t live = 0; ///< blocks
        std::vector<Vote> votes;
    };

    [[nodiscard]] bool belongsToAnother(Address recordedChunk, Address engineChunk) const;
    void judge(const Vote& vote, Address recordedChunk);
    void countVotes(Address engineChunk, Chunk& chunk, bool mustDecide);
    void decide(Address engineChunk, Chunk& chunk, Address recordedChunk);
    [[nodiscard]] Bytes distanceToKnown(Address recordedChunk) const;

    std::unordered_map<Address, Chunk> m_chunks; ///< by begin in the engine
    std::map<std::uint64_t, Address> m_owners; ///< recorded chunk → engine chunk
    std::uint64_t m_placements = 0;
    std::uint64_t m_matched = 0;
    FirstMismatch m_mismatches;
};

} // namespace heapatlas
