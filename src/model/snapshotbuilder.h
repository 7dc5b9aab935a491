// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/addresstranslation.h"
#include "model/heapsnapshot.h"

#include <utility>
#include <vector>

namespace heapatlas {

/// Fills one HeapSnapshot. An engine's describe() calls it in any order of chunks, regions of a chunk in ascending
/// order; the replay adds the block rows; finish() sorts, links and checks.
class SnapshotBuilder
{
public:
    /// `window` and what the snapshot shows are recorded addresses; what is added has the engine's own. The translation
    /// is not copied; null: both are the same.
    SnapshotBuilder(std::uint64_t eventIndex, Detail detail, AddressRange window,
        const AddressTranslation* translation = nullptr);

    [[nodiscard]] bool wantsRegions() const { return m_snapshot->m_detail >= Detail::Regions; }
    [[nodiscard]] bool wantsBlocks() const { return m_snapshot->m_detail >= Detail::Blocks; }
    [[nodiscard]] AddressRange window() const { return m_snapshot->m_window; }
    /// Where the block that the engine has there stands in the snapshot.
    [[nodiscard]] Address placeOf(Address block) const
    {
        return m_translation == nullptr ? block : (*m_translation)(block);
    }

    void setPageBytes(Bytes bytes) { m_snapshot->m_pageBytes = bytes; }
    void setTotals(const HeapTotals& totals) { m_snapshot->m_totals = totals; }
    [[nodiscard]] HeapTotals& totals() { return m_snapshot->m_totals; }

    /// Begins a chunk; regions that follow belong to it. firstRegion and regionCount are filled here.
    void beginChunk(const ChunkRow& chunk);
    /// Adds a region of the current chunk; for a SmallRun returns where its live bits stand (all 0, to be set by the
    /// caller before the next call), otherwise an empty span.
    std::span<std::uint64_t> addRegion(RegionRow region);
    /// Adds a live block; outside window() it is ignored. `region` is filled by finish().
    void addBlock(const BlockRow& block);

    /// The same for a block whose begin is the recorded one.
    void addPlacedBlock(const BlockRow& block);
    void reserveBlocks(std::size_t count) { m_snapshot->m_blocks.reserve(count); }

    /// Tells what was asked for of the large run or huge block that begins there; no blocks are needed for it. Addresses
    /// where no such region begins are ignored.
    void setRequested(Address block, Bytes requested);

    /// Nothing may be added afterwards. Blocks that came in the order of their addresses cost no sorting.
    [[nodiscard]] SnapshotPtr finish();

private:
    std::shared_ptr<HeapSnapshot> m_snapshot;
    const AddressTranslation* m_translation = nullptr;
    Bytes m_chunkShift = 0; ///< of the current chunk; wraps
    std::vector<std::pair<Address, Bytes>> m_requested; ///< see setRequested(), at their places
};

} // namespace heapatlas
