// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/mailbox.h"
#include "session/siteindex.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace heapatlas {

/// Makes indexes of sites on a thread of its own, which begins with the first one. All functions but the callback
/// belong to one thread.
class SiteKeeper
{
public:
    /// `notify` is called on the keeper's thread whenever there is something new to take.
    explicit SiteKeeper(std::function<void()> notify);
    ~SiteKeeper();
    SiteKeeper(const SiteKeeper&) = delete;
    SiteKeeper& operator=(const SiteKeeper&) = delete;

    /// The newest wins.
    void update(std::shared_ptr<const Definitions> definitions, BlockCensusPtr census);
    /// The newest index since the last call, or null.
    [[nodiscard]] SiteIndexPtr take();

private:
    struct Job
    {
        std::shared_ptr<const Definitions> definitions;
        BlockCensusPtr census;
    };
    void run(const std::stop_token& stop);

    std::function<void()> m_notify;
    Mailbox<Job> m_jobs;
    Mailbox<SiteIndexPtr> m_results;
    std::mutex m_mutex; ///< for the wake-up only
    std::condition_variable_any m_wakeUp;
    std::jthread m_thread; ///< last, so that it is joined first
};

} // namespace heapatlas
