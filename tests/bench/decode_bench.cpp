// SPDX-License-Identifier: GPL-3.0-or-later
//
// Decoding and writing .hat traces, CPU time an event. HEAPATLAS_TRACE names a recording to decode; without it a
// synthetic one is made: 4 M events, 10^5 live blocks, random lifetimes.
#include "bench/decodetrace.h"
#include "trace/tracewriter.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <random>

namespace {

using namespace heapatlas;

constexpr std::uint32_t liveBlocks = 100'000;
constexpr std::uint32_t replacements = 2'000'000;

/// A size-class allocator with LIFO lists, told to a writer.
void writeChurn(hat_writer* w, const std::vector<TraceSizeClass>& classes)
{
    std::mt19937 random(1);
    std::vector<std::vector<std::uint64_t>> free(classes.size());
    std::uint64_t top = 0x7F0000000000;
    struct Block
    {
        std::uint32_t slot;
        std::size_t cls;
        std::uint64_t address;
    };
    std::vector<Block> blocks(liveBlocks, { HAT_NO_SLOT, 0, 0 });
    for (std::uint32_t i = 0; i < liveBlocks + replacements; ++i) {
        Block& block = blocks[i < liveBlocks ? i : random() % liveBlocks];
        if (block.slot != HAT_NO_SLOT) {
            free[block.cls].push_back(block.address);
            hat_free(w, block.slot);
        }
        block.cls = std::min(random() % classes.size(), random() % classes.size());
        std::vector<std::uint64_t>& list = free[block.cls];
        if (list.empty()) {
            for (std::uint32_t k = classes[block.cls].runSlots; k-- > 0;)
                list.push_back(top + std::uint64_t { k } * classes[block.cls].slotBytes);
            top += (std::uint64_t { classes[block.cls].runSlots } * classes[block.cls].slotBytes + 4095)
                & ~4095ULL;
        }
        block.address = list.back();
        list.pop_back();
        block.slot = hat_alloc(w, classes[block.cls].slotBytes - random() % 8, block.address);
    }
}

TraceWriter::Options options()
{
    TraceWriter::Options options;
    for (std::uint32_t size = 16; size <= 3072; size += size < 128 ? 16 : size / 2)
        options.classes.push_back({ size, 16384 / size });
    return options;
}

const std::string& tracePath()
{
    static const std::string path = [] {
        if (const char* given = std::getenv("HEAPATLAS_TRACE"))
            return std::string(given);
        const std::string made =
            (std::filesystem::temp_directory_path() / "heapatlas-decode-bench.hat").string();
        auto writer = TraceWriter::create(made, options());
        if (!writer)
            std::abort();
        writeChurn(writer->raw(), options().classes);
        if (!writer->finish())
            std::abort();
        return made;
    }();
    return path;
}

void decode(benchmark::State& state, ColumnChoice choice)
{
    std::uint64_t events = 0;
    for (auto _ : state) {
        auto reader = TraceReader::open(tracePath());
        EventColumns columns;
        while (reader && (*reader)->readBlock(columns, choice))
            events += columns.count();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void openTrace(benchmark::State& state)
{
    std::uint64_t events = 0;
    for (auto _ : state) {
        const auto trace = bench::decodeTrace(tracePath(), {});
        events += trace ? trace->events : 0;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void writeTrace(benchmark::State& state)
{
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    for (auto _ : state) {
        auto writer = TraceWriter::create("/dev/null", options());
        if (!writer)
            std::abort();
        writeChurn(writer->raw(), options().classes);
        events += hat_event_index(writer->raw());
        bytes += hat_bytes_written(writer->raw());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    state.counters["bytesPerEvent"] = static_cast<double>(bytes) / static_cast<double>(events);
}

} // namespace

BENCHMARK_CAPTURE(decode, allColumns, ColumnChoice { true, true })->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, withoutStacks, ColumnChoice { false, true })->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, slotsOnly, ColumnChoice { false, false })->Unit(benchmark::kMillisecond);
BENCHMARK(openTrace)->Unit(benchmark::kMillisecond);
BENCHMARK(writeTrace)->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
