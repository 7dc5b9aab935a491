// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace heapatlas {

/// Blocks of one site among those that hold a stretch of the heap.
struct PinHolder
{
    std::uint32_t site = 0; ///< as the caller numbered them; 0: unknown
    bool isAdopted = false; ///< live before the recording; site is 0
    std::uint64_t blocks = 0;
    Bytes bytes = 0; ///< granted
    std::uint64_t oldestEvent = 0; ///< event index of the first allocation among them; 0 if adopted
    std::uint64_t newestEvent = 0;
    Address example; ///< the block with the lowest address
};

/// A chunk or a small run that cannot be returned, and what holds it.
struct Pin
{
    enum class What : std::uint8_t
    {
        Chunk, ///< returned to the operating system when its last page is free
        SmallRun, ///< its pages are free again once the allocator gives back empty runs (PHP: gc_mem_caches)
    };
    What what = What::Chunk;
    AddressRange range;
    std::uint32_t row = 0; ///< of chunks() or regions()
    Bytes liveBytes = 0; ///< granted to live blocks
    Bytes freeBytes = 0; ///< in free pages and free slots; Chunk: the rest is the header page
    Bytes returned = 0; ///< given back if the holders were gone; 0: never given back (the first chunk)
    std::uint64_t blocks = 0; ///< of the program
    std::uint64_t engineBlocks = 0; ///< the allocator's own records among the slots
    std::uint64_t oldestEvent = 0; ///< of its holders; 0: live before the recording
    std::uint32_t firstHolder = 0; ///< rows [firstHolder, firstHolder + holderCount) of holders
    std::uint32_t holderCount = 0;

    [[nodiscard]] double freeShare() const
    {
        return range.isEmpty() ? 0.0 : static_cast<double>(freeBytes) / static_cast<double>(range.size());
    }
};

/// What one site holds back.
struct SitePins
{
    std::uint32_t site = 0;
    bool isAdopted = false;
    std::uint64_t blocks = 0; ///< in chunks; huge blocks hold nothing but themselves
    Bytes bytes = 0;
    std::uint64_t oldestEvent = 0;
    std::uint32_t chunksTouched = 0;
    std::uint32_t chunksAlone = 0; ///< held by nobody else
    std::uint32_t runsTouched = 0;
    std::uint32_t runsAlone = 0;
    Bytes chunkBytesReturned = 0; ///< to the operating system if this site's blocks were gone
    Bytes pageBytesReturned = 0; ///< free pages won besides those, in chunks that others hold
};

/// What pins the heap at one event. Rows of `pins`: chunks first, then small runs; each kind by free share, emptiest first.
struct PinTable
{
    std::uint64_t eventIndex = 0;
    std::vector<Pin> pins;
    std::size_t chunkCount = 0; ///< leading rows of `pins` that are chunks
    std::vector<PinHolder> holders; ///< of each pin most bytes first
    std::vector<SitePins> sites; ///< by bytes returned, then touched chunks, then bytes
    Bytes freeInPinned = 0; ///< free bytes of all pinned chunks: what the process holds and does not use
    Bytes emptyRunBytes = 0; ///< runs without a live slot: free pages as soon as they are given back
    Bytes emptyChunkBytes = 0; ///< of these, and chunks that nothing holds: returned to the operating system

    [[nodiscard]] std::span<const Pin> chunks() const { return std::span(pins).first(chunkCount); }
    [[nodiscard]] std::span<const Pin> runs() const { return std::span(pins).subspan(chunkCount); }
    [[nodiscard]] std::span<const PinHolder> holdersOf(const Pin& pin) const
    {
        return std::span(holders).subspan(pin.firstHolder, pin.holderCount);
    }
};
using PinTablePtr = std::shared_ptr<const PinTable>;

} // namespace heapatlas
