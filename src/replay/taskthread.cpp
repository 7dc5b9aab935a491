// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/taskthread.h"

#include <utility>

namespace heapatlas {

TaskThread::TaskThread(std::chrono::milliseconds grace)
    : m_grace(grace)
    , m_thread([this](const std::stop_token& stop) { loop(stop); })
{
}

void TaskThread::run(Task task)
{
    std::optional<Task> old(std::move(task)); // the one that is replaced dies outside the lock
    {
        const std::scoped_lock lock(m_mutex);
        std::swap(m_next, old);
        m_hasNext.store(true, std::memory_order_release);
    }
    m_wakeUp.notify_one();
}

void TaskThread::cancel()
{
    std::optional<Task> old;
    const std::scoped_lock lock(m_mutex);
    std::swap(m_next, old);
    m_hasNext.store(false, std::memory_order_release);
    m_cancelled.fetch_add(1, std::memory_order_release);
}

void TaskThread::loop(const std::stop_token& stop)
{
    using Clock = std::chrono::steady_clock;
    while (!stop.stop_requested()) {
        std::optional<Task> task;
        std::uint64_t cancelled = 0;
        {
            std::unique_lock lock(m_mutex);
            m_wakeUp.wait(lock, stop, [this] { return m_next.has_value(); });
            std::swap(m_next, task);
            m_hasNext.store(false, std::memory_order_release);
            cancelled = m_cancelled.load(std::memory_order_acquire);
        }
        if (!task || stop.stop_requested())
            return;
        const Clock::time_point began = Clock::now();
        (*task)([&] {
            return stop.stop_requested() || m_cancelled.load(std::memory_order_acquire) != cancelled
                || (m_hasNext.load(std::memory_order_acquire) && Clock::now() - began >= m_grace);
        });
    }
}

} // namespace heapatlas
