// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/interrupt.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace heapatlas {

/// How many threads a stretch of a trace is worth: each needs an engine of its own.
[[nodiscard]] inline unsigned crewFor(std::uint64_t events)
{
    constexpr std::uint64_t eventsWorthOne = 500'000;
    constexpr unsigned most = 4;
    const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, most);
    return static_cast<unsigned>(std::clamp<std::uint64_t>(events / eventsWorthOne, 1, cores));
}

// Segments of a job, worked on by several threads and taken in their order by the one that asks:
//
//   thread 0 (the caller)   0     2        5       take(0) take(1) …
//   thread 1                  1      3 4
//
/// `work(segment, thread, giveUp)` returns an optional result, nothing if it gave up; `take(segment, result)` is called by
/// the caller's thread only, which alone asks `interrupt`. False if interrupted; no thread is left over.
template <class Work, class Take>
[[nodiscard]] bool workInOrder(
    std::size_t segments, unsigned threads, const Interrupt& interrupt, const Work& work, const Take& take)
{
    using Result = typename decltype(work(segments, threads, interrupt))::value_type;
    constexpr std::chrono::milliseconds patience(5); // between two questions of a caller that only waits

    std::mutex mutex;
    std::condition_variable hasDone;
    std::map<std::size_t, Result> done; ///< under the mutex
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> isOver = false;
    std::size_t taken = 0;

    // Whoever is far ahead of what was taken would only pile results up.
    const std::size_t mostAhead = std::size_t { threads } * 4;
    const Interrupt giveUp = [&isOver] { return isOver.load(std::memory_order_relaxed); };
    const auto workOne = [&](unsigned thread, const Interrupt& asked) {
        const std::size_t segment = next.fetch_add(1);
        if (segment >= segments)
            return false;
        std::optional<Result> result = work(segment, thread, asked);
        if (!result) {
            isOver = true;
            return false;
        }
        const std::scoped_lock lock(mutex);
        done.emplace(segment, std::move(*result));
        hasDone.notify_one();
        return true;
    };
    const auto takeAll = [&] {
        for (;;) {
            typename std::map<std::size_t, Result>::node_type node;
            {
                const std::scoped_lock lock(mutex);
                if (done.empty() || done.begin()->first != taken)
                    return;
                node = done.extract(done.begin());
            }
            take(taken++, std::move(node.mapped()));
        }
    };

    const auto help = [&](unsigned thread) {
        while (!isOver && workOne(thread, giveUp)) { }
    };
    std::vector<std::jthread> helpers;
    for (unsigned thread = 1; thread < std::min<std::size_t>(threads, segments); ++thread)
        helpers.emplace_back(help, thread);
    const Interrupt both = [&] {
        return isOver.load(std::memory_order_relaxed) || (interrupt && interrupt());
    };
    while (taken < segments) {
        if (both()) {
            isOver = true;
            break;
        }
        if (next < segments && next < taken + mostAhead) {
            workOne(0, both);
        } else {
            std::unique_lock lock(mutex);
            hasDone.wait_for(
                lock, patience, [&] { return isOver || (!done.empty() && done.begin()->first == taken); });
        }
        takeAll();
    }
    helpers.clear(); // joins
    return taken == segments;
}

} // namespace heapatlas
