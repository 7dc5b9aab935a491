// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a trace of a hundred million events opens, and how it scrubs, through the thread that the window uses:
//
//   hugetrace [--json] [--seeks N] [--frames N] [F.hat]
//
// Without a file it makes one (profile steady, HEAPATLAS_BENCH_EVENTS events, 10^8 unless set) in TMPDIR. What it is
// measured against in the same run is the least that knows the state at the end: one pass over the file through one
// engine without curve and keyframes ("forward replay"). Each sought state is hashed, block by block, and compared with
// the one that this pass had at that event.
//
// A frame of a drag is the time from asking for an event until the newest snapshot is there; painting is not in it.

#include "replay/replaycursor.h"
#include "replay/replayfigures.h"
#include "replay/replaythread.h"
#include "workload/generate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace heapatlas;

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what)
{
    std::fprintf(stderr, "hugetrace: %s\n", what.c_str());
    std::exit(1);
}

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Of this program or this thread: a busy machine does not change it much.
double cpuSeconds(clockid_t clock)
{
    timespec time {};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// "VmRSS:" or "VmHWM:" of this process, in bytes.
double statusBytes(const std::string& key)
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double kilobytes = 0;
        if (word == key && status >> kilobytes)
            return kilobytes * 1024;
    }
    return 0;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15;
    return hash ^ (hash >> 29);
}

/// The state of the engine: figures, runs and every live block. Does not depend on where its chunks stand.
std::uint64_t hashOf(const HeapSnapshot& snapshot)
{
    constexpr Bytes chunkBytes = Bytes { 2 } << 20;
    const HeapTotals& t = snapshot.totals();
    std::uint64_t hash = mixed(1, t.live);
    for (const std::uint64_t figure :
        { t.peakLive, t.real, t.realPeak, t.requested, t.freeSlotBytes, t.largestHole, t.liveBlocks,
            t.freePages, std::uint64_t { t.chunks }, std::uint64_t { t.cachedChunks } })
        hash = mixed(hash, figure);
    std::uint64_t sum = 0;
    for (const RegionRow& region : snapshot.regions())
        sum +=
            mixed(mixed(mixed(region.range.begin.value % chunkBytes, region.range.size()), region.liveSlots),
                static_cast<std::uint64_t>(region.kind));
    for (const BlockRow& block : snapshot.blocks())
        sum += mixed(
            mixed(mixed(mixed(block.begin.value % chunkBytes, block.size), block.requested), block.bornEvent),
            block.stack);
    return mixed(hash, sum);
}

struct Spread
{
    double p50 = 0, p95 = 0, max = 0;
};

Spread spreadOf(std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    return { values[values.size() / 2], values[values.size() * 95 / 100], values.back() };
}

/// One measured line: "must" and "aim" are those of the issue, 0 where it names none.
struct Line
{
    std::string name, unit;
    double value = 0, must = 0, aim = 0;
};

/// A replay thread and what it has said so far.
class Opened
{
public:
    explicit Opened(const std::string& path)
        : m_thread(path, {}, [this] {
            m_news.fetch_add(1);
            m_news.notify_all();
        })
    {
    }

    void request(const ReplayRequest& request) { m_thread.request(request); }
    /// Takes what there is until `isEnough`.
    void waitUntil(const std::function<bool()>& isEnough)
    {
        for (;;) {
            const std::uint32_t seen = m_news.load();
            if (auto progress = m_thread.takeProgress())
                m_progress = std::move(progress);
            if (auto snapshot = m_thread.takeSnapshot())
                m_snapshot = std::move(snapshot);
            if (m_progress && m_progress->phase == ReplayProgress::Phase::Failed)
                fail(m_progress->error ? m_progress->error->context : "nothing could be read");
            if (isEnough())
                return;
            m_news.wait(seen);
        }
    }
    [[nodiscard]] const ReplayProgressPtr& progress() const { return m_progress; }
    [[nodiscard]] const SnapshotPtr& snapshot() const { return m_snapshot; }

private:
    std::atomic<std::uint32_t> m_news { 0 };
    ReplayProgressPtr m_progress;
    SnapshotPtr m_snapshot;
    ReplayThread m_thread; // last: it calls back
};

struct Options
{
    std::string path;
    std::size_t seeks = 1000;
    std::size_t frames = 600;
    bool wantsJson = false;
};

struct ForwardReplay
{
    double seconds = 0; ///< without hashing
    double cpu = 0;
    std::vector<std::uint64_t> hashes; ///< at `events`
};

/// Once over the file through one engine; hashes at the (ascending) events.
ForwardReplay replayForward(const std::string& path, const std::vector<std::uint64_t>& events)
{
    auto reader = TraceReader::open(path);
    if (!reader)
        fail(reader.error().context);
    auto created = createReplayEngine(**reader, {});
    if (!created)
        fail(created.error().context);
    ReplayEngine& engine = **created;
    ForwardReplay result;
    EventColumns columns;
    auto next = events.begin();
    auto begin = Clock::now();
    double cpu = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
    const auto hashHere = [&] {
        const auto stopped = Clock::now();
        const double cpuStopped = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
        for (; next != events.end() && *next == engine.position(); ++next)
            result.hashes.push_back(hashOf(*engine.snapshot(Detail::Blocks, AddressRange::everything())));
        begin += Clock::now() - stopped;
        cpu += cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - cpuStopped;
    };
    hashHere();
    while ((*reader)->readBlock(columns, { .wantsStacks = true, .addresses = AddressChoice::None })) {
        if ((*reader)->isDiscontinuous())
            fail("this measures traces without interruptions");
        while (next != events.end() && *next <= columns.firstEvent + columns.count()) {
            engine.run(columns, static_cast<std::size_t>(*next - columns.firstEvent),
                (*reader)->slotCapacity(), (*reader)->markers());
            hashHere();
        }
        engine.run(columns, columns.count(), (*reader)->slotCapacity(), (*reader)->markers());
    }
    result.seconds = secondsSince(begin);
    result.cpu = cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    return result;
}

/// Frames of a drag, in milliseconds: `eventAt` says where the mouse is in each.
struct Drag
{
    std::vector<double> elapsed;
    std::vector<double> processor; ///< of all threads
};

Drag drag(Opened& opened, std::size_t frames, const std::function<std::uint64_t(std::size_t)>& eventAt)
{
    Drag result;
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const std::uint64_t event = eventAt(frame);
        const auto begin = Clock::now();
        const double cpu = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
        opened.request({ .event = event, .detail = Detail::Regions });
        opened.waitUntil([&] { return opened.snapshot() && opened.snapshot()->eventIndex() == event; });
        result.elapsed.push_back(secondsSince(begin) * 1000);
        result.processor.push_back((cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1000);
    }
    return result;
}

std::vector<Line> measure(const Options& options)
{
    std::vector<Line> lines;
    const double before = statusBytes("VmRSS:");
    const auto begin = Clock::now();
    const double cpuBefore = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
    Opened opened(options.path);
    opened.request({ .event = ~std::uint64_t { 0 }, .detail = Detail::Regions });
    // The end is known from the index once the file is open.
    opened.waitUntil([&] {
        return opened.snapshot() && opened.progress() && opened.progress()->info.events != 0
            && opened.snapshot()->eventIndex() == opened.progress()->info.events;
    });
    lines.push_back({ "first exact picture of the end", "s", secondsSince(begin), 1, 0.3 });
    lines.push_back({ "first exact picture, processor time", "s",
        cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpuBefore, 0, 0 });
    opened.waitUntil([&] { return opened.progress()->phase == ReplayProgress::Phase::Ready; });
    const double firstPass = secondsSince(begin);
    const double firstPassCpu = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpuBefore;
    lines.push_back({ "first pass complete", "s", firstPass, 4, 2 });
    lines.push_back({ "first pass, processor time", "s", firstPassCpu, 0, 0 });
    const ReplaySourcePtr source = opened.progress()->source;
    const std::uint64_t count = source->eventCount();
    const auto perEvent = [&](double bytes) {
        return bytes / static_cast<double>(std::max<std::uint64_t>(count, 1));
    };
    lines.push_back({ "memory held", "bytes/event", perEvent(statusBytes("VmRSS:") - before), 12, 4 });
    lines.push_back(
        { "memory at most, while loading", "bytes/event", perEvent(statusBytes("VmHWM:") - before), 0, 0 });

    // SplitMix64: the same events on every run.
    std::vector<std::uint64_t> events;
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < options.seeks; ++i) {
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        events.push_back((z ^ (z >> 31)) % (count + 1));
    }
    std::vector<std::uint64_t> ascending = events;
    std::sort(ascending.begin(), ascending.end());
    const ForwardReplay forward = replayForward(options.path, ascending);
    lines.push_back({ "forward replay", "s", forward.seconds, 0, 0 });
    lines.push_back({ "forward replay, processor time", "s", forward.cpu, 0, 0 });
    lines.push_back({ "first pass / forward replay, processor time", "x", firstPassCpu / forward.cpu, 0, 0 });

    std::vector<double> seeks, seeksCpu, pictures;
    std::uint64_t wrong = 0;
    double liveBlocks = 0;
    ReplayCursor cursor(source, 0);
    for (const std::uint64_t event : events) {
        const auto asked = Clock::now();
        const double cpu = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
        if (!cursor.seek(event))
            fail("a seek was interrupted");
        seeksCpu.push_back((cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - cpu) * 1000);
        seeks.push_back(secondsSince(asked) * 1000);
        const auto drawn = Clock::now();
        static_cast<void>(cursor.snapshot(Detail::Regions));
        pictures.push_back(secondsSince(drawn) * 1000);
        const SnapshotPtr snapshot = cursor.snapshot(Detail::Blocks);
        liveBlocks += static_cast<double>(snapshot->totals().liveBlocks);
        const auto at = std::lower_bound(ascending.begin(), ascending.end(), event) - ascending.begin();
        if (hashOf(*snapshot) != forward.hashes[static_cast<std::size_t>(at)])
            ++wrong;
    }
    const auto addSpread = [&lines](const std::string& name, const Spread& spread, double must, double aim) {
        lines.push_back({ name + ", p50", "ms", spread.p50, 0, 0 });
        lines.push_back({ name + ", p95", "ms", spread.p95, must, aim });
        lines.push_back({ name + ", max", "ms", spread.max, 0, 0 });
    };
    lines.push_back({ "states that differ from the forward replay", "of " + std::to_string(events.size()),
        static_cast<double>(wrong), 0, 0 });
    lines.push_back(
        { "live blocks at those events, mean", "", liveBlocks / static_cast<double>(events.size()), 0, 0 });
    const Spread seek = spreadOf(seeks);
    addSpread("seek to a random event", seek, 16, 4);
    lines.push_back({ "seek to a random event, processor time, p95", "ms", spreadOf(seeksCpu).p95, 16, 4 });
    lines.push_back(
        { "forward replay to the middle / seek, p50", "x", forward.seconds * 500 / seek.p50, 0, 0 });
    addSpread("its snapshot of all pages and slots", spreadOf(pictures), 0, 0);

    const auto addDrag = [&](const std::string& name, double middle, double reach) {
        const Drag frames = drag(opened, options.frames, [&](std::size_t frame) {
            const double turn =
                2 * std::acos(-1.0) * static_cast<double>(frame) / static_cast<double>(options.frames);
            return static_cast<std::uint64_t>(static_cast<double>(count) * (middle + reach * std::sin(turn)));
        });
        addSpread(name, spreadOf(frames.elapsed), 16, 8);
        lines.push_back({ name + ", processor time, p95", "ms", spreadOf(frames.processor).p95, 16, 8 });
    };
    addDrag("frame of a drag over the whole trace", 0.5, 0.49);
    addDrag("frame of a drag over a thousandth of it", 0.7, 0.0005);
    return lines;
}

void print(const Options& options, const std::vector<Line>& lines)
{
    if (options.wantsJson) {
        std::printf("{");
        for (std::size_t i = 0; i < lines.size(); ++i)
            std::printf("%s\"%s\": %.6g", i == 0 ? "" : ", ", lines[i].name.c_str(), lines[i].value);
        std::printf("}\n");
        return;
    }
    for (const Line& line : lines) {
        std::printf("%-52s %12.4g %-12s", line.name.c_str(), line.value, line.unit.c_str());
        if (line.must != 0)
            std::printf(" must %g, aim %g: %s", line.must, line.aim,
                line.value <= line.aim        ? "aim reached"
                    : line.value <= line.must ? "kept"
                                              : "missed");
        std::printf("\n");
    }
}

std::string madeTrace()
{
    const char* const folder = std::getenv("TMPDIR");
    const char* const events = std::getenv("HEAPATLAS_BENCH_EVENTS");
    std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/hugetrace.XXXXXX";
    const int descriptor = ::mkstemp(path.data());
    if (descriptor < 0)
        fail("no temporary file can be made");
    ::close(descriptor);
    const auto made =
        generate({ .events = events != nullptr ? std::strtoull(events, nullptr, 10) : 100'000'000 }, path);
    if (!made)
        fail(made.error().context);
    return path;
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto number = [&] {
            if (i + 1 >= argc)
                fail("a number is missing after " + word);
            return static_cast<std::size_t>(std::strtoull(argv[++i], nullptr, 10));
        };
        if (word == "--json")
            options.wantsJson = true;
        else if (word == "--seeks")
            options.seeks = number();
        else if (word == "--frames")
            options.frames = number();
        else if (word.starts_with("-") || !options.path.empty())
            fail("usage: hugetrace [--json] [--seeks N] [--frames N] [F.hat]");
        else
            options.path = word;
    }
    const bool isMade = options.path.empty();
    if (isMade)
        options.path = madeTrace();
    const std::vector<Line> lines = measure(options);
    if (isMade)
        ::unlink(options.path.c_str());
    print(options, lines);
    return 0;
}
