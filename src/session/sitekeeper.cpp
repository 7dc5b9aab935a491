// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sitekeeper.h"

#include <utility>

namespace heapatlas {

SiteKeeper::SiteKeeper(std::function<void()> notify)
    : m_notify(std::move(notify))
{
}

SiteKeeper::~SiteKeeper() = default;

void SiteKeeper::update(std::shared_ptr<const Definitions> definitions, BlockCensusPtr census)
{
    m_jobs.put({ std::move(definitions), std::move(census) });
    if (!m_thread.joinable())
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    { // so that the thread cannot fall asleep between its look at the mailbox and its wait
        const std::scoped_lock lock(m_mutex);
    }
    m_wakeUp.notify_one();
}

SiteIndexPtr SiteKeeper::take() { return m_results.take().value_or(nullptr); }

void SiteKeeper::run(const std::stop_token& stop)
{
    SiteIndexPtr newest;
    while (!stop.stop_requested()) {
        while (const std::optional<Job> job = m_jobs.take()) {
            newest = SiteIndex::make(job->definitions, job->census, newest);
            m_results.put(newest);
            m_notify();
            if (stop.stop_requested())
                return;
        }
        std::unique_lock lock(m_mutex);
        m_wakeUp.wait(lock, stop, [this] { return m_jobs.hasMail(); });
    }
}

} // namespace heapatlas
