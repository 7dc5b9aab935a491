// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/decodetrace.h"
#include "replay/replaythread.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string_view>

namespace {

using namespace heapatlas;

/// Opens the trace as the window does: columns, the first pass of the engine, usage curve and keyframes. Events, or
/// nothing if it failed.
std::optional<std::uint64_t> openWithEngine(const std::string& path)
{
    std::mutex mutex;
    std::condition_variable changed;
    bool hasMail = false;
    ReplayThread thread(path, {}, [&] {
        const std::scoped_lock lock(mutex);
        hasMail = true;
        changed.notify_one();
    });
    for (;;) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return std::exchange(hasMail, false); });
        const ReplayProgressPtr progress = thread.takeProgress();
        if (progress && progress->phase == ReplayProgress::Phase::Ready)
            return progress->eventsLoaded;
        if (progress && progress->phase == ReplayProgress::Phase::Failed)
            return std::nullopt;
    }
}

} // namespace

/// decode_once [--engine] TRACE: decodes it once to columns, live set and usage curve, or with the first pass of the
/// engine; prints the number of events. For decode.sh, which measures the whole process against heaptrack_print.
int main(int argc, char** argv)
{
    const bool hasEngine = argc == 3 && std::string_view(argv[1]) == "--engine";
    if (argc != 2 && !hasEngine)
        return 2;
    std::optional<std::uint64_t> events;
    if (hasEngine)
        events = openWithEngine(argv[2]);
    else if (const auto trace = bench::decodeTrace(argv[1], {}))
        events = trace->events;
    if (!events)
        return 1;
    std::printf("%llu\n", static_cast<unsigned long long>(*events));
    return 0;
}
