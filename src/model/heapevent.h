// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>

namespace heapatlas {

/// One decision of an engine (not an event of the trace). Step mode, highlights, lessons and tests read this
/// stream.
struct HeapEvent
{
    enum class Kind : std::uint8_t
    {
        SlotTaken, ///< a slot left its bin's free list; size: bytes of the slot
        SlotFreed, ///< a slot was put on its bin's free list
        RunCreated, ///< pages were cut into slots; size: bytes of the run
        RunReleased, ///< all slots of a run were free, its pages were given back
        PagesTaken, ///< a run or large block got its pages; reason tells which hole
        PagesFreed,
        ChunkMapped,
        ChunkReused, ///< taken from the chunks kept back
        ChunkCached, ///< empty, kept back
        ChunkUnmapped,
        ChunkMovedForward, ///< now searched directly after the main chunk
        HugeMapped,
        HugeUnmapped,
        GrewInPlace, ///< size: new granted bytes
        ShrankInPlace,
        Moved, ///< a reallocation moved the block; other: where it was
        TrimBegan,
        TrimEnded, ///< size: bytes given back
        LimitReached, ///< size: bytes that did not fit
    };
    enum class Reason : std::uint8_t
    {
        None,
        ListHead, ///< the slot freed last
        ExactHole, ///< a hole of exactly the wanted size
        SmallestHole, ///< the smallest hole that is large enough
        Tail, ///< the untouched end of the chunk
        NewChunk, ///< nothing fits in any chunk
        BelowAverage, ///< fewer chunks than the program uses on average
        RepeatedDelete, ///< this chunk comes and goes
        LimitCheck,
        Requested,
    };

    Kind kind = Kind::SlotTaken;
    Reason reason = Reason::None;
    std::uint8_t sizeClass = 0; ///< of slots and small runs
    std::uint32_t pages = 0; ///< of page decisions
    Address address; ///< begin of what was decided about
    Address other; ///< Moved: the old place
    Bytes size = 0;
};

/// Takes the stream. Engines hold a null pointer unless someone watches.
class HeapEventSink
{
public:
    HeapEventSink() = default;
    HeapEventSink(const HeapEventSink&) = delete;
    HeapEventSink& operator=(const HeapEventSink&) = delete;
    virtual ~HeapEventSink() = default;

    virtual void onHeapEvent(const HeapEvent& event) = 0;
};

} // namespace heapatlas
