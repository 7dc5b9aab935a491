// SPDX-License-Identifier: GPL-3.0-or-later
// The ZendMM engine on 20 million random events with 10^5 live blocks, against a plain hash map of addresses and
// sizes on the same events. Sizes are log-normal (median 64 bytes), a random block is freed.
#include "alloc/zendmm.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

using namespace heapatlas;

namespace {

constexpr std::size_t eventCount = 20'000'000;
constexpr std::size_t liveCount = 100'000;

struct Events
{
    std::vector<std::uint32_t> slot;
    std::vector<std::uint32_t> size; ///< 0: the block in the slot is freed
    std::vector<Address> address; ///< where ZendMM puts it
    std::uint32_t slots = 0;
};

const Events& events()
{
    static const Events made = [] {
        Events e;
        e.slot.resize(eventCount);
        e.size.resize(eventCount);
        e.address.resize(eventCount);
        std::mt19937 random(20);
        std::lognormal_distribution<double> sizes(std::log(64.0), 1.1);
        std::vector<std::uint32_t> live;
        std::vector<std::uint32_t> unused;
        ZendMm<SimulatedMemory> heap;
        std::vector<SimulatedRef> blocks;
        for (std::size_t i = 0; i < eventCount; ++i) {
            const bool allocates =
                live.size() < liveCount - 1000 || (live.size() < liveCount + 1000 && random() % 2 == 0);
            if (allocates) {
                if (unused.empty()) {
                    unused.push_back(e.slots++);
                    blocks.emplace_back();
                }
                const std::uint32_t slot = unused.back();
                unused.pop_back();
                live.push_back(slot);
                e.slot[i] = slot;
                e.size[i] = static_cast<std::uint32_t>(std::clamp(sizes(random), 8.0, 3072.0));
                blocks[slot] = heap.allocate(e.size[i]).block;
                e.address[i] = heap.addressOf(blocks[slot]);
            } else {
                const std::size_t which = random() % live.size();
                const std::uint32_t slot = live[which];
                live[which] = live.back();
                live.pop_back();
                unused.push_back(slot);
                e.slot[i] = slot;
                e.address[i] = heap.addressOf(blocks[slot]);
                heap.deallocate(blocks[slot]);
            }
        }
        return e;
    }();
    return made;
}

template <class Heap>
void runEngine(Heap& heap, const Events& e, std::vector<typename Heap::Block>& blocks)
{
    Bytes highest = 0;
    for (std::size_t i = 0; i < eventCount; ++i) {
        if (e.size[i] != 0)
            blocks[e.slot[i]] = heap.allocate(e.size[i], Outcome::Succeeded).block;
        else
            heap.deallocate(blocks[e.slot[i]]);
        highest = std::max(highest, heap.liveBytes());
    }
    benchmark::DoNotOptimize(highest);
}

void engineOnSimulatedMemory(benchmark::State& state)
{
    const Events& e = events();
    for (auto step : state) {
        static_cast<void>(step);
        ZendMm<SimulatedMemory> heap;
        std::vector<SimulatedRef> blocks(e.slots);
        runEngine(heap, e, blocks);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(eventCount));
}

void engineOnProcessMemory(benchmark::State& state)
{
    const Events& e = events();
    for (auto step : state) {
        static_cast<void>(step);
        ZendMm<ProcessMemory> heap;
        std::vector<ProcessRef> blocks(e.slots);
        runEngine(heap, e, blocks);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(eventCount));
}

void plainHashMap(benchmark::State& state)
{
    const Events& e = events();
    for (auto step : state) {
        static_cast<void>(step);
        std::unordered_map<std::uint64_t, std::uint32_t> live;
        Bytes bytes = 0;
        Bytes highest = 0;
        for (std::size_t i = 0; i < eventCount; ++i) {
            if (e.size[i] != 0) {
                live[e.address[i].value] = e.size[i];
                bytes += e.size[i];
                highest = std::max(highest, bytes);
            } else {
                const auto found = live.find(e.address[i].value);
                bytes -= found->second;
                live.erase(found);
            }
        }
        benchmark::DoNotOptimize(highest);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(eventCount));
}

void keyframe(benchmark::State& state)
{
    const Events& e = events();
    ZendMm<SimulatedMemory> heap;
    std::vector<SimulatedRef> blocks(e.slots);
    runEngine(heap, e, blocks);
    Bytes bytes = 0;
    for (auto step : state) {
        static_cast<void>(step);
        bytes = std::max(bytes, heap.keyframe().ownBytes());
    }
    state.counters["bytesPerLiveBlock"] = static_cast<double>(bytes) / static_cast<double>(liveCount);
}

void describe(benchmark::State& state)
{
    const Events& e = events();
    ZendMm<SimulatedMemory> heap;
    std::vector<SimulatedRef> blocks(e.slots);
    runEngine(heap, e, blocks);
    for (auto step : state) {
        static_cast<void>(step);
        SnapshotBuilder builder(eventCount, Detail::Regions, AddressRange::everything());
        heap.describe(builder);
        benchmark::DoNotOptimize(builder.finish());
    }
}

BENCHMARK(engineOnSimulatedMemory)->Unit(benchmark::kMillisecond);
BENCHMARK(engineOnProcessMemory)->Unit(benchmark::kMillisecond);
BENCHMARK(plainHashMap)->Unit(benchmark::kMillisecond);
BENCHMARK(keyframe)->Unit(benchmark::kMicrosecond);
BENCHMARK(describe)->Unit(benchmark::kMicrosecond);

} // namespace

BENCHMARK_MAIN();
