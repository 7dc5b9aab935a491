// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/workloadheap.h"

#include <algorithm>
#include <bit>

namespace heapatlas {

namespace {

/// About 20,000 samples a trace, as many as a chart has use for, and events between two of them a power of two.
std::uint64_t sampleMaskFor(std::uint64_t events)
{
    return std::clamp<std::uint64_t>(std::bit_ceil(events / 20000 + 1), 64, 1 << 16) - 1;
}

} // namespace

WorkloadHeap::WorkloadHeap(
    TraceWriter& writer, const ZendMmOptions& options, std::uint64_t events, Progress progress)
    : m_writer(writer)
    , m_raw(writer.raw())
    , m_engine(options)
    , m_total(events)
    , m_left(events)
    , m_sampleMask(sampleMaskFor(events))
    , m_progress(std::move(progress))
{
    m_writer.heapState(HAT_STATE_INITIAL, m_engine.state());
}

void WorkloadHeap::sample()
{
    const std::uint64_t done = hat_event_index(m_raw);
    const ZendMmUsage usage = m_engine.usage();
    // A made-up clock: seven events a microsecond, about what PHP does.
    m_writer.sample({ done, usage.size, usage.peak, usage.realSize, usage.realPeak, done / 7 });
    if (hat_error(m_raw) != 0)
        m_left = 0;
    if (m_progress && m_left % progressEvents == 0 && !m_progress(done)) {
        m_wasStopped = true;
        m_left = 0;
    }
}

void WorkloadHeap::allocateFailed(Bytes size) { hat_alloc_failed(m_raw, size); }

void WorkloadHeap::resize(Handle block, std::uint32_t stack, Bytes size, bool growsInPlace)
{
    if (block == none || m_left == 0)
        return;
    pass();
    hat_set_stack(m_raw, stack);
    const Placement<SimulatedRef> placed = m_engine.reallocate(m_blocks[block], size, growsInPlace);
    if (!placed.isOk()) {
        hat_realloc_failed(m_raw, block, size);
        return;
    }
    m_blocks[block] = placed.block;
    hat_realloc(m_raw, block, size, m_engine.addressOf(placed.block).value);
}

void WorkloadHeap::checkpoint(const std::string& name)
{
    if (m_left == 0)
        return;
    pass();
    hat_checkpoint(m_raw, m_writer.string(name));
}

void WorkloadHeap::tellUsage(UsageFigure figure)
{
    if (m_left == 0)
        return;
    pass();
    const ZendMmUsage usage = m_engine.usage();
    switch (figure) {
    case UsageFigure::Live:
        hat_usage(m_raw, HAT_USAGE_LIVE, usage.size);
        break;
    case UsageFigure::Real:
        hat_usage(m_raw, HAT_USAGE_REAL, usage.realSize);
        break;
    case UsageFigure::Peak:
        hat_usage(m_raw, HAT_USAGE_PEAK, usage.peak);
        break;
    case UsageFigure::RealPeak:
        hat_usage(m_raw, HAT_USAGE_REAL_PEAK, usage.realPeak);
        break;
    case UsageFigure::ResetPeak:
        m_engine.resetPeak();
        hat_usage(m_raw, HAT_USAGE_RESET_PEAK, 0);
        break;
    }
}

void WorkloadHeap::trim()
{
    if (m_left == 0)
        return;
    pass();
    hat_trim(m_raw, m_engine.gc());
}

void WorkloadHeap::collect(const std::vector<Handle>& garbage)
{
    const std::uint64_t first = hat_event_index(m_raw);
    constexpr std::uint64_t threshold = 10001; // PHP's own, at which it runs
    const hat_gc_status before { m_gcRuns, m_collected, threshold, threshold };
    for (const Handle block : garbage)
        free(block);
    if (m_left == 0)
        return;
    pass();
    m_collected += garbage.size();
    const hat_gc_status after { ++m_gcRuns, m_collected, threshold, 0 };
    hat_gc(m_raw, first, &before, &after);
}

void WorkloadHeap::finish()
{
    if (hat_error(m_raw) != 0)
        return;
    hat_start(m_raw); // where there was no event
    const std::uint64_t done = hat_event_index(m_raw);
    const ZendMmUsage usage = m_engine.usage();
    m_writer.sample({ done, usage.size, usage.peak, usage.realSize, usage.realPeak, done / 7 });
    m_writer.heapState(HAT_STATE_FINAL, m_engine.state());
}

} // namespace heapatlas
