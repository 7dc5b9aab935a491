// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/interrupt.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace heapatlas {

/// A thread for one job at a time, of which the newest is wanted: a newer one takes the place of what waits and
/// interrupts what runs. Destroying it interrupts and joins. All functions return at once.
class TaskThread
{
public:
    using Task = std::function<void(const Interrupt&)>;

    /// What runs is left alone for so long after it began, so that somebody who drags sees something now and then.
    explicit TaskThread(std::chrono::milliseconds grace = std::chrono::milliseconds(0));
    ~TaskThread() = default;
    TaskThread(const TaskThread&) = delete;
    TaskThread& operator=(const TaskThread&) = delete;

    void run(Task task);
    /// Interrupts what runs and drops what waits.
    void cancel();

private:
    void loop(const std::stop_token& stop);

    const std::chrono::milliseconds m_grace;
    std::mutex m_mutex;
    std::condition_variable_any m_wakeUp;
    std::optional<Task> m_next; ///< under the mutex
    std::atomic<bool> m_hasNext = false;
    std::atomic<std::uint64_t> m_cancelled = 0; ///< counts the calls of cancel()
    std::jthread m_thread; ///< last, so that it is joined first
};

} // namespace heapatlas
