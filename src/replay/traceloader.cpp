// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/traceloader.h"

#include <utility>

namespace heapatlas {

TraceLoader::TraceLoader(TraceReader& reader)
    : m_reader(reader)
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

TraceLoader::~TraceLoader() = default;

LoadedBlock* TraceLoader::next()
{
    std::unique_lock lock(m_mutex);
    if (std::exchange(m_isInUse, false)) {
        ++m_taken;
        m_changed.notify_all();
    }
    m_changed.wait(lock, [this] { return m_hasEnded || m_read > m_taken; });
    if (m_read == m_taken)
        return nullptr;
    m_isInUse = true;
    return &m_ring[m_taken % ahead];
}

void TraceLoader::run(const std::stop_token& stop)
{
    bool isMore = true;
    while (isMore && !stop.stop_requested()) {
        std::uint64_t row = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return m_read - m_taken < ahead; }))
                break;
            row = m_read % ahead;
        }
        isMore = read(m_ring[row]);
        const std::scoped_lock lock(m_mutex);
        m_read += isMore ? 1 : 0;
        m_hasEnded = !isMore;
        m_changed.notify_all();
    }
    const std::scoped_lock lock(m_mutex);
    m_hasEnded = true;
    m_changed.notify_all();
}

bool TraceLoader::read(LoadedBlock& block)
{
    {
        const std::scoped_lock lock(m_readerMutex);
        if (!m_reader.readBlock(block.columns, { .wantsStacks = true, .addresses = m_addresses }, &m_numbers))
            return false;
        block.slotCapacity = m_reader.slotCapacity();
        block.bytesRead = m_reader.bytesRead();
        const std::vector<Marker>& markers = m_reader.markers();
        block.markers.assign(markers.begin() + static_cast<std::ptrdiff_t>(m_markers), markers.end());
        m_markers = markers.size();
        block.isDiscontinuous = m_reader.isDiscontinuous();
        block.resyncState.reset();
        block.liveBlocks.clear();
        if (block.isDiscontinuous) {
            if (m_reader.resyncState() != nullptr)
                block.resyncState = *m_reader.resyncState();
            block.liveBlocks = m_reader.liveBlocks();
        }
    }
    if (block.columns.count() != 0)
        block.packed = m_packer.pack(block.columns, m_numbers);
    return true;
}

} // namespace heapatlas
