// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/zendmm.h"
#include "trace/tracewriter.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace heapatlas {

/// The heap that a synthetic program runs on: PHP's own allocator over simulated addresses, with every call written
/// into a trace. When the asked number of events is reached, all further calls do nothing: isDone() tells.
class WorkloadHeap
{
public:
    /// A live block; only valid until it is freed.
    using Handle = std::uint32_t;
    static constexpr Handle none = HAT_NO_SLOT;
    using Progress = std::function<bool(std::uint64_t done)>; ///< false: stop

    /// Writes what stands before the first event but for definitions.
    WorkloadHeap(TraceWriter& writer, const ZendMmOptions& options, std::uint64_t events, Progress progress);

    [[nodiscard]] bool isDone() const { return m_left == 0; }
    [[nodiscard]] bool wasStopped() const { return m_wasStopped; }
    [[nodiscard]] std::uint64_t left() const { return m_left; } ///< events
    [[nodiscard]] std::uint64_t total() const { return m_total; } ///< events, in the end
    [[nodiscard]] ZendMmUsage usage() const { return m_engine.usage(); }
    [[nodiscard]] std::uint64_t liveBlocks() const { return m_liveBlocks; }
    [[nodiscard]] TraceWriter& writer() { return m_writer; }

    /// `none` when done, or if there is no memory (which the trace tells).
    Handle allocate(std::uint32_t stack, Bytes size);
    /// Freeing `none` is nothing to do.
    void free(Handle block);
    /// `growsInPlace`: what the operating system answers for a huge block.
    void resize(Handle block, std::uint32_t stack, Bytes size, bool growsInPlace = false);
    /// For a block that is freed soon, but not next.
    void prefetch(Handle block) const
    {
        if (block < m_blocks.size())
            m_engine.prefetch(m_blocks[block]);
    }

    void checkpoint(const std::string& name);
    void tellUsage(UsageFigure figure); ///< the program asks for it
    void trim(); ///< gc_mem_caches()
    /// The cycle collector runs: frees the blocks.
    void collect(const std::vector<Handle>& garbage);

    /// The last sample, and the state of the heap.
    void finish();

private:
    static constexpr std::uint64_t progressEvents = 1 << 16;

    /// Before each event.
    void pass()
    {
        --m_left;
        if ((m_left & m_sampleMask) == 0) [[unlikely]]
            sample();
    }
    void sample();
    void allocateFailed(Bytes size);

    TraceWriter& m_writer;
    hat_writer* m_raw;
    ZendMm<SimulatedMemory> m_engine;
    std::vector<SimulatedRef> m_blocks; ///< by slot number of the trace
    std::uint64_t m_total;
    std::uint64_t m_left;
    std::uint64_t m_sampleMask;
    std::uint64_t m_liveBlocks = 0;
    std::uint64_t m_gcRuns = 0;
    std::uint64_t m_collected = 0;
    Progress m_progress;
    bool m_wasStopped = false;
};

inline WorkloadHeap::Handle WorkloadHeap::allocate(std::uint32_t stack, Bytes size)
{
    if (m_left == 0) [[unlikely]]
        return none;
    pass();
    hat_set_stack(m_raw, stack);
    const Placement<SimulatedRef> placed = m_engine.allocate(size);
    if (!placed.isOk()) [[unlikely]] {
        allocateFailed(size);
        return none;
    }
    const Handle block = hat_alloc(m_raw, size, m_engine.addressOf(placed.block).value);
    if (block >= m_blocks.size()) [[unlikely]] {
        if (block == none) { // the file cannot be written: finish() of the writer tells why
            m_left = 0;
            return none;
        }
        m_blocks.resize(block + block / 2 + 1024);
    }
    m_blocks[block] = placed.block;
    ++m_liveBlocks;
    return block;
}

inline void WorkloadHeap::free(Handle block)
{
    if (block == none || m_left == 0) [[unlikely]]
        return;
    pass();
    m_engine.deallocate(m_blocks[block]);
    hat_free(m_raw, block);
    --m_liveBlocks;
}

} // namespace heapatlas
