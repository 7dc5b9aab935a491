// SPDX-License-Identifier: GPL-3.0-or-later
//
// Replay through the exact engine, with accounting, usage curve and keyframes, against what is the least that any
// replay does: a std::unordered_map from address to size. Both read decoded columns in memory.
//
// The first trace is made up: 20 M events, 10^5 live blocks of 8 … 3072 bytes, each freed at random. Further ones are
// recordings named in HEAPATLAS_BENCH_TRACES (colon separated). For ratios run it with
//   --benchmark_enable_random_interleaving=true --benchmark_repetitions=9 --benchmark_report_aggregates_only=true

#include "alloc/zendmm.h"
#include "replay/blockcache.h"
#include "replay/liveslots.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <sstream>
#include <unordered_map>

using namespace heapatlas;

namespace {

/// A trace in memory: what a replay reads, and the addresses that only the map needs.
struct LoadedTrace
{
    std::string name;
    std::string path; ///< empty: made up
    std::shared_ptr<TraceColumnsStore> store = std::make_shared<TraceColumnsStore>();
    std::vector<std::vector<Address>> address; ///< by block
    std::vector<std::vector<Address>> oldAddress;
    ReplayStart start;
    ZendMmState initial;
    bool hasInitial = false;
};

void fail(const std::string& what)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

void add(LoadedTrace& trace, const EventColumns& columns, std::uint32_t capacity,
    const std::vector<Marker>& markers)
{
    trace.store->setMarkers(markers);
    if (const Result<void> added = trace.store->append(columns, capacity); !added)
        fail(added.error().context);
    if (columns.count() == 0)
        return;
    trace.address.push_back(columns.address);
    trace.oldAddress.push_back(columns.oldAddress);
}

std::unique_ptr<LoadedTrace> makeUp(std::uint64_t events, std::size_t live)
{
    auto trace = std::make_unique<LoadedTrace>();
    trace->name = "random";
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> size(std::log(64.0), 1.1);
    ZendMm<SimulatedMemory> engine; // only to have true addresses for the map
    std::vector<SimulatedRef> blocks;
    EventColumns columns;
    for (std::uint64_t event = 0; event < events; ++event) {
        // Filled up first; then each event frees a random block or puts a new one in its place.
        const bool isFilling = blocks.size() < live;
        static std::uint32_t hole = 0;
        const bool isFree = !isFilling && event % 2 == 0;
        if (isFree)
            hole = static_cast<std::uint32_t>(random() % live);
        const std::uint32_t slot = isFilling ? static_cast<std::uint32_t>(blocks.size()) : hole;
        const auto bytes =
            isFree ? 0U : static_cast<std::uint32_t>(std::min(3072.0, std::max(8.0, size(random))));
        columns.code.push_back(EventCode::of(isFree ? EventKind::Free : EventKind::Allocate));
        columns.slot.push_back(slot);
        columns.size.push_back(bytes);
        if (isFree) {
            columns.address.push_back(engine.addressOf(blocks[slot]));
            engine.deallocate(blocks[slot]);
        } else {
            if (isFilling)
                blocks.emplace_back();
            blocks[slot] = engine.allocate(bytes).block;
            columns.address.push_back(engine.addressOf(blocks[slot]));
        }
        columns.oldAddress.emplace_back();
        if (columns.count() == 32768 || event + 1 == events) {
            add(*trace, columns, static_cast<std::uint32_t>(live), {});
            columns = {};
            columns.firstEvent = event + 1;
        }
    }
    return trace;
}

std::unique_ptr<LoadedTrace> load(const std::string& path)
{
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(path);
    if (!reader)
        fail(path + ": " + reader.error().context);
    auto trace = std::make_unique<LoadedTrace>();
    trace->name = path.substr(path.find_last_of('/') + 1);
    trace->path = path;
    trace->start.blocks = (*reader)->liveBlocks();
    trace->start.info = (*reader)->info();
    if ((*reader)->initialState() != nullptr) {
        trace->initial = *(*reader)->initialState();
        trace->hasInitial = true;
    }
    EventColumns columns;
    while ((*reader)->readBlock(columns) && !(*reader)->isDiscontinuous())
        add(*trace, columns, (*reader)->slotCapacity(), (*reader)->markers());
    return trace;
}

Bytes replayInMap(const LoadedTrace& trace)
{
    std::unordered_map<Address, Bytes> live;
    for (const AdoptedBlock& block : trace.start.blocks)
        live.emplace(block.address, block.size);
    Bytes bytes = 0;
    Bytes peak = 0;
    BlockCache cache; // unpacking counts for both
    for (std::size_t b = 0; b < trace.store->blockCount(); ++b) {
        const EventColumns& columns = cache.columns(*trace.store, b);
        const std::vector<Address>& address = trace.address[b];
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const EventCode code = columns.code[row];
            if (code.hasFailed())
                continue;
            const auto release = [&](Address at) {
                const auto it = live.find(at);
                if (it != live.end()) {
                    bytes -= it->second;
                    live.erase(it);
                }
            };
            switch (code.kind()) {
            case EventKind::Free:
                release(address[row]);
                break;
            case EventKind::Reallocate:
                release(trace.oldAddress[b][row]);
                [[fallthrough]];
            case EventKind::Allocate:
                live[address[row]] = columns.requested(row);
                bytes += columns.requested(row);
                peak = std::max(peak, bytes);
                break;
            default:
                break;
            }
        }
    }
    return peak;
}

void benchMap(benchmark::State& state, const LoadedTrace& trace)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(replayInMap(trace));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.store->eventCount()));
}

void benchEngine(benchmark::State& state, const LoadedTrace& trace)
{
    ReplayStart start = trace.start;
    start.state = trace.hasInitial ? &trace.initial : nullptr;
    KeyframeFigures figures;
    for (auto _ : state) {
        Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", start);
        if (!engine)
            fail(engine.error().context);
        Timeline timeline(std::move(*engine), trace.store);
        timeline.catchUp();
        timeline.finish();
        state.PauseTiming();
        figures = timeline.keyframeFigures();
        if (timeline.oddities().unknownBlocks + timeline.oddities().refused + timeline.oddities().granted
            != 0)
            fail(trace.name + ": the replay is not clean");
        state.ResumeTiming();
    }
    const auto events = static_cast<double>(trace.store->eventCount());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.store->eventCount()));
    state.counters["keyframes"] = static_cast<double>(figures.count);
    state.counters["keyframeBytesPerEvent"] = static_cast<double>(figures.bytes) / events;
    state.counters["keyframeBytesPerLiveBlock"] = figures.count == 0
        ? 0
        : static_cast<double>(figures.largestFullBytes) / static_cast<double>(figures.largestLiveBlocks);
    state.counters["widestGap"] = static_cast<double>(figures.widestGap);
}

/// Time of one seek with its snapshot of all blocks, to random events.
void benchSeek(benchmark::State& state, const LoadedTrace& trace, Detail detail)
{
    ReplayStart start = trace.start;
    start.state = trace.hasInitial ? &trace.initial : nullptr;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", start);
    if (!engine)
        fail(engine.error().context);
    Timeline timeline(std::move(*engine), trace.store);
    timeline.catchUp();
    timeline.finish();
    std::mt19937_64 random(1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(timeline.seek(random() % (timeline.eventCount() + 1)));
        benchmark::DoNotOptimize(timeline.snapshot(detail));
    }
}

/// Stepping back by one event from a place that was sought, with its totals.
void benchStepBack(benchmark::State& state, const LoadedTrace& trace)
{
    ReplayStart start = trace.start;
    start.state = trace.hasInitial ? &trace.initial : nullptr;
    Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine("zendmm", start);
    if (!engine)
        fail(engine.error().context);
    Timeline timeline(std::move(*engine), trace.store);
    timeline.catchUp();
    timeline.finish();
    std::uint64_t event = timeline.eventCount();
    for (auto _ : state) {
        event = event == 0 ? timeline.eventCount() : event - 1;
        benchmark::DoNotOptimize(timeline.seek(event));
    }
}

/// Opening a file up to columns, live set and recorded usage curve, no engine; or with the engine's first pass.
void benchOpen(benchmark::State& state, const LoadedTrace& trace, bool withEngine)
{
    for (auto _ : state) {
        Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(trace.path);
        if (!reader)
            fail(trace.path);
        EventColumns columns;
        const ColumnChoice choice { .wantsStacks = true, .addresses = AddressChoice::None };
        if (withEngine) {
            Result<std::unique_ptr<ReplayEngine>> engine = createReplayEngine(**reader, {});
            if (!engine)
                fail(engine.error().context);
            Timeline timeline(std::move(*engine));
            while ((*reader)->readBlock(columns, choice) && !(*reader)->isDiscontinuous())
                benchmark::DoNotOptimize(
                    timeline.append(columns, (*reader)->slotCapacity(), (*reader)->markers()).isOk());
            timeline.finish();
            continue;
        }
        TraceColumnsStore store;
        LiveSlots<SimulatedRef> live;
        while ((*reader)->readBlock(columns, choice) && !(*reader)->isDiscontinuous()) {
            benchmark::DoNotOptimize(store.append(columns, (*reader)->slotCapacity()).isOk());
            live.grow((*reader)->slotCapacity());
            for (std::size_t row = 0; row < columns.count(); ++row) {
                const EventCode code = columns.code[row];
                const std::uint32_t slot = columns.slot[row];
                if (code.hasFailed() || slot >= live.capacity() || code.kind() > EventKind::Reallocate)
                    continue;
                if (code.kind() != EventKind::Allocate && live[slot].isLive())
                    live.remove(slot);
                if (code.kind() != EventKind::Free)
                    live.add(slot, {}, columns.requested(row),
                        static_cast<std::uint32_t>(columns.firstEvent + row + 1),
                        columns.stack.empty() ? 0 : columns.stack[row]);
            }
        }
        UsageCurve curve;
        for (const UsageSample& sample : (*reader)->samples())
            curve.append({ sample.live, sample.live, sample.real, sample.real, sample.peak });
        benchmark::DoNotOptimize(curve.levels() + live.count());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.store->eventCount()));
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::unique_ptr<LoadedTrace>> traces;
    const char* const scale = std::getenv("HEAPATLAS_BENCH_EVENTS");
    traces.push_back(makeUp(scale != nullptr ? std::strtoull(scale, nullptr, 10) : 20'000'000, 100'000));
    if (const char* const paths = std::getenv("HEAPATLAS_BENCH_TRACES")) {
        std::istringstream list(paths);
        for (std::string path; std::getline(list, path, ':');)
            traces.push_back(load(path));
    }
    for (const auto& trace : traces) {
        const LoadedTrace& t = *trace;
        const auto name = [&t](const char* what) { return t.name + "/" + what; };
        const auto ms = benchmark::kMillisecond;
        benchmark::RegisterBenchmark(name("map").c_str(), [&t](benchmark::State& s) {
            benchMap(s, t);
        })->Unit(ms);
        benchmark::RegisterBenchmark(name("engine").c_str(), [&t](benchmark::State& s) {
            benchEngine(s, t);
        })->Unit(ms);
        benchmark::RegisterBenchmark(name("seek").c_str(), [&t](benchmark::State& s) {
            benchSeek(s, t, Detail::Totals);
        })->Unit(ms);
        benchmark::RegisterBenchmark(name("seekBlocks").c_str(), [&t](benchmark::State& s) {
            benchSeek(s, t, Detail::Blocks);
        })->Unit(ms);
        benchmark::RegisterBenchmark(name("stepBack").c_str(), [&t](benchmark::State& s) {
            benchStepBack(s, t);
        })->Unit(ms);
        if (t.path.empty())
            continue;
        benchmark::RegisterBenchmark(name("open").c_str(), [&t](benchmark::State& s) {
            benchOpen(s, t, false);
        })->Unit(ms);
        benchmark::RegisterBenchmark(name("openFirstPass").c_str(), [&t](benchmark::State& s) {
            benchOpen(s, t, true);
        })->Unit(ms);
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
