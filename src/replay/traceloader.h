// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/zendmmstate.h"
#include "replay/packedevents.h"
#include "trace/tracereader.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace heapatlas {

/// A block of events on its way from the file to a timeline.
struct LoadedBlock
{
    EventColumns columns; ///< with stacks, and addresses as far as they were wanted
    PackedEvents packed; ///< the same for the store
    std::uint32_t slotCapacity = 0;
    std::vector<Marker> markers; ///< those in it
    std::uint64_t bytesRead = 0; ///< of the file, up to its end
    /// Where the reader found a discontinuity: no events, but what stands there instead.
    bool isDiscontinuous = false;
    std::optional<ZendMmState> resyncState;
    std::vector<AdoptedBlock> liveBlocks;
};

// Reads, decodes and packs on a thread of its own, a few blocks ahead of the replay:
//
//   file ─► reader ─► columns ─► packed      this class's thread
//                        └──────────┴─► a ring of blocks ─► timeline   the owner's thread
class TraceLoader
{
public:
    /// The reader is used by this object's thread until it is gone, by others only inside withReader().
    explicit TraceLoader(TraceReader& reader);
    /// Ends reading, wherever it is.
    ~TraceLoader();
    TraceLoader(const TraceLoader&) = delete;
    TraceLoader& operator=(const TraceLoader&) = delete;

    /// The next block, valid until the next call; nullptr at the end. Waits for it.
    [[nodiscard]] LoadedBlock* next();

    /// From some block on all addresses are decoded: the stated ones were not enough to name a region.
    void wantAllAddresses() { m_addresses.store(AddressChoice::All, std::memory_order_relaxed); }

    /// Calls f(reader) between two blocks.
    template <class F>
    auto withReader(F f)
    {
        const std::scoped_lock lock(m_readerMutex);
        return f(m_reader);
    }

private:
    void run(const std::stop_token& stop);
    /// False at the end of the trace.
    bool read(LoadedBlock& block);

    static constexpr std::size_t ahead = 6;

    TraceReader& m_reader;
    std::mutex m_readerMutex;
    EventNumbers m_numbers; ///< of the block that is being read
    EventPacker m_packer;
    std::atomic<AddressChoice> m_addresses { AddressChoice::Stated };
    std::size_t m_markers = 0; ///< handed on so far

    std::mutex m_mutex; ///< for what follows
    std::condition_variable_any m_changed;
    std::uint64_t m_read = 0; ///< blocks put into the ring
    std::uint64_t m_taken = 0; ///< and no longer used by the owner
    bool m_hasEnded = false;
    bool m_isInUse = false; ///< the owner works on block m_taken
    std::array<LoadedBlock, ahead> m_ring;

    std::jthread m_thread; ///< last, so that it is joined first
};

} // namespace heapatlas
