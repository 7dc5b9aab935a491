// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/lifeindex.h"

#include "replay/segmentcrew.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace heapatlas {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto publishInterval = std::chrono::milliseconds(150);
constexpr std::uint64_t leastSegment = 1
    << 17; ///< events: reaching the begin of one costs a part of a keyframe's distance
constexpr std::uint64_t mostSegments = 48;

} // namespace

LifeBarsPtr findLives(const ReplaySourcePtr& source, const LifeRequest& request, const Interrupt& interrupt,
    const LifePublish& publish)
{
    LifeRequest wanted = request;
    wanted.end = std::min(wanted.end, source->eventCount());
    wanted.begin = std::min(wanted.begin, wanted.end);
    const std::uint64_t events = wanted.end - wanted.begin;
    const std::uint64_t segments = wanted.segments != 0
        ? wanted.segments
        : std::clamp<std::uint64_t>(events / leastSegment, 1, mostSegments);
    const auto borderOf = [&](std::uint64_t segment) {
        return wanted.begin
            + static_cast<std::uint64_t>(
                static_cast<double>(events) * static_cast<double>(segment) / static_cast<double>(segments));
    };
    const unsigned crew = wanted.threads == 0 ? crewFor(events) : wanted.threads;
    std::vector<std::unique_ptr<ReplayCursor>> cursors(crew);
    LifeJoin join(wanted);
    Clock::time_point published = Clock::now();
    const auto work = [&](std::size_t segment, unsigned thread, const Interrupt& giveUp) {
        std::optional<std::unique_ptr<LifeSegment>> part;
        if (!cursors[thread])
            cursors[thread] = std::make_unique<ReplayCursor>(source, 0);
        ReplayCursor& cursor = *cursors[thread];
        if (!cursor.seek(borderOf(segment), giveUp))
            return part;
        auto lives = std::make_unique<LifeSegment>(cursor, wanted);
        const std::uint64_t end = segment + 1 == segments ? wanted.end : borderOf(segment + 1);
        if (cursor.visit(end, *lives, giveUp, wanted.window))
            part = std::move(lives);
        return part;
    };
    const auto take = [&](std::size_t segment, std::unique_ptr<LifeSegment>&& part) {
        join.add(std::move(*part), segment + 1 == segments ? wanted.end : borderOf(segment + 1));
        if (publish && segment + 1 < segments && Clock::now() - published >= publishInterval) {
            published = Clock::now();
            publish(join.soFar(), static_cast<double>(segment + 1) / static_cast<double>(segments));
        }
    };
    if (!workInOrder(segments, crew, interrupt, work, take))
        return nullptr;
    return join.finish(*source, interrupt);
}

} // namespace heapatlas
