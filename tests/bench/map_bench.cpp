// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the map costs in pixels: its painter against QPainter::fillRect of the same cells in the same colours, in turns;
// repaints of a 4 GB heap at every zoom; hit tests among a million blocks; the pyramid; and repaints of ten chunks at
// every level. Times are CPU time of one thread, medians. Run it with  QT_QPA_PLATFORM=offscreen map_bench

#include "model/cellpyramid.h"
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mappainter.h"
#include "ui/views/map/maptarget.h"

#include <QGuiApplication>
#include <QPainter>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <random>
#include <vector>

using namespace heapatlas;

namespace {

constexpr QSize fullHd(1920, 1080);
constexpr QSize ultraHd(3840, 2160);

double cpuSeconds()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Work>
double timed(const Work& work)
{
    const double before = cpuSeconds();
    work();
    return cpuSeconds() - before;
}

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// 2,048 chunks of 2 MB: 4 GB in about a million pages. The two differ everywhere.
const SnapshotPtr& bigHeap(int which)
{
    const auto made = [](std::uint32_t seed) {
        testing::FakeHeap heap;
        heap.seed = seed;
        heap.chunks = 2048;
        heap.adjacent = 500;
        heap.hugeBlocks = 0;
        heap.detail = Detail::Regions;
        return testing::fakeSnapshot(heap);
    };
    static const SnapshotPtr heaps[] = { made(1), made(2) };
    return heaps[which];
}

MapScene sceneOf(const HeapSnapshot& snapshot, const MapLayout& layout)
{
    return { snapshot, layout, Theme::current(), true, std::nullopt, nullptr };
}

/// 4 × 4 px cells (three of the page and a gap), 1920 × 1080: a whole repaint against filling the same cells.
void cells4AgainstFillRect(benchmark::State& state)
{
    const HeapSnapshot& snapshot = *bigHeap(0);
    MapLayout layout;
    layout.rebuild(snapshot, fullHd, 1, 3);
    MapCache cache;
    cache.pyramid.setSnapshot(bigHeap(0));
    const MapScene scene = sceneOf(snapshot, layout);
    QImage ours(fullHd, QImage::Format_RGB32);
    MapPainter::paintInto(ours, scene, cache);

    // The cells as rectangles with the colours that they have on the picture.
    struct Cell
    {
        QRect rect;
        QColor color;
    };
    std::vector<Cell> cells;
    const MapLayout::Span items = layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        for (std::uint32_t page = 0; page < item.pages; ++page) {
            const QRect rect = layout.pageRect(item, page);
            if (rect.top() >= 0 && rect.bottom() < fullHd.height())
                cells.push_back({ rect, ours.pixelColor(rect.center()) });
        }
    }
    QImage theirs(fullHd, QImage::Format_RGB32);
    std::vector<double> ourTimes;
    std::vector<double> theirTimes;
    for (auto _ : state) {
        ourTimes.push_back(timed([&] { MapPainter::paintInto(ours, scene, cache); }));
        theirTimes.push_back(timed([&] {
            theirs.fill(scene.theme.canvas);
            QPainter painter(&theirs);
            for (const Cell& cell : cells)
                painter.fillRect(cell.rect, cell.color);
        }));
        state.SetIterationTime(ourTimes.back());
    }
    for (const Cell& cell : cells) {
        if (ours.copy(cell.rect) != theirs.copy(cell.rect)) {
            state.SkipWithError("the two pictures differ in a cell");
            return;
        }
    }
    state.counters["cells"] = static_cast<double>(cells.size());
    state.counters["cell_px"] = layout.pitchX() * 10 + layout.pitchY();
    state.counters["ours_ms"] = median(ourTimes) * 1e3;
    state.counters["fillRect_ms"] = median(theirTimes) * 1e3;
    state.counters["times_faster"] = median(theirTimes) / median(ourTimes);
}
BENCHMARK(cells4AgainstFillRect)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(60);

/// A 4 GB heap, zoom in thousandths of a pixel a page; every repaint is of another scroll position. Beside it what
/// merely writing as many bytes takes.
void repaint4GB(benchmark::State& state)
{
    const QSize size = state.range(1) == 0 ? fullHd : ultraHd;
    const HeapSnapshot& snapshot = *bigHeap(0);
    MapLayout layout;
    layout.rebuild(snapshot, size, 1, static_cast<double>(state.range(0)) / 1000);
    MapCache cache;
    cache.pyramid.setSnapshot(bigHeap(0));
    QImage image(size, QImage::Format_RGB32);
    MapPainter::paintInto(image, sceneOf(snapshot, layout), cache);
    QImage plain(size, QImage::Format_RGB32);
    std::vector<double> times;
    std::vector<double> floors;
    int turn = 0;
    for (auto _ : state) {
        layout.setScroll({ 0, layout.maxScroll().y() * (++turn % 7) / 7 });
        times.push_back(timed([&] { MapPainter::paintInto(image, sceneOf(snapshot, layout), cache); }));
        floors.push_back(
            timed([&] { std::memset(plain.bits(), turn, static_cast<std::size_t>(plain.sizeInBytes())); }));
        state.SetIterationTime(times.back());
    }
    state.counters["median_ms"] = median(times) * 1e3;
    state.counters["memset_ms"] = median(floors) * 1e3;
    state.counters["of_memset"] = median(times) / median(floors);
    state.counters["px_a_cell"] = layout.pageW();
    state.counters["pages_a_cell"] = layout.cellPages();
}
BENCHMARK(repaint4GB)
    ->ArgsProduct({ { 63, 125, 250, 500, 1000, 2000, 3000, 3900 }, { 0, 1 } })
    ->ArgNames({ "px_a_page_1000", "4k" })
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(60);

/// The same with every page changed since the last picture: cells, colours and pixels anew.
void repaintOther4GB(benchmark::State& state)
{
    MapLayout layout;
    layout.rebuild(*bigHeap(0), fullHd, 1, 1);
    MapCache cache;
    QImage image(fullHd, QImage::Format_RGB32);
    std::vector<double> times;
    int turn = 0;
    for (auto _ : state) {
        const SnapshotPtr& snapshot = bigHeap(++turn % 2);
        times.push_back(timed([&] {
            cache.pyramid.setSnapshot(snapshot);
            MapPainter::paintInto(image, sceneOf(*snapshot, layout), cache);
        }));
        state.SetIterationTime(times.back());
    }
    state.counters["median_ms"] = median(times) * 1e3;
}
BENCHMARK(repaintOther4GB)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(30);

/// The pyramid of 2,048 chunks, a million pages, all of them other ones than before.
void pyramidOf4GB(benchmark::State& state)
{
    CellPyramid pyramid;
    std::vector<double> times;
    int turn = 0;
    for (auto _ : state) {
        const SnapshotPtr& snapshot = bigHeap(++turn % 2);
        times.push_back(timed([&] {
            pyramid.setSnapshot(snapshot);
            for (std::uint32_t row = 0; row < snapshot->chunks().size(); ++row) {
                benchmark::DoNotOptimize(pyramid.cells(row, 0).version);
                benchmark::DoNotOptimize(pyramid.cells(row, 1).version); // and all above
            }
        }));
        state.SetIterationTime(times.back());
    }
    state.counters["median_ms"] = median(times) * 1e3;
}
BENCHMARK(pyramidOf4GB)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(30);

/// From a point to the block under it, while a million blocks are on the screen.
void hitTest(benchmark::State& state)
{
    testing::FakeHeap heap;
    heap.chunks = 220;
    heap.adjacent = 50;
    heap.hugeBlocks = 0;
    static const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
    MapLayout layout;
    layout.rebuild(*snapshot, ultraHd, 1, 4);
    std::mt19937 random(1);
    std::size_t visible = 0;
    const MapLayout::Span items = layout.visibleItems();
    for (const BlockRow& block : snapshot->blocks()) {
        const auto row = static_cast<int>(snapshot->regions()[block.region].chunk);
        visible += row >= items.begin && row < items.end ? 1U : 0U;
    }
    std::vector<double> times;
    std::size_t found = 0;
    for (auto _ : state) {
        const QPoint point(static_cast<int>(random() % 3840), static_cast<int>(random() % 2160));
        times.push_back(timed([&] {
            const MapLayout::Hit hit = layout.hit(point);
            if (hit.what != MapLayout::Hit::What::Page)
                return;
            found += targetAt(*snapshot, hit.address).block != nullptr ? 1U : 0U;
        }));
        state.SetIterationTime(times.back());
    }
    state.counters["visible_blocks"] = static_cast<double>(visible);
    state.counters["found"] = static_cast<double>(found);
    state.counters["worst_ms"] = *std::max_element(times.begin(), times.end()) * 1e3;
}
BENCHMARK(hitTest)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20000);

/// Ten chunks at every level on the canvas of a 1600 × 1000 window: another zoom, nothing to keep.
void repaintTenChunks(benchmark::State& state)
{
    testing::FakeHeap heap;
    heap.chunks = 10;
    static const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
    const auto ratio = static_cast<double>(state.range(1));
    MapLayout layout;
    layout.rebuild(*snapshot, QSize(976, 699) * ratio, ratio, static_cast<double>(state.range(0)) / 10);
    QImage image;
    std::vector<double> times;
    for (auto _ : state) {
        MapCache cache; // another zoom: no tile is left
        cache.pyramid.setSnapshot(snapshot);
        times.push_back(timed([&] { MapPainter::paintInto(image, sceneOf(*snapshot, layout), cache); }));
        state.SetIterationTime(times.back());
    }
    state.counters["median_ms"] = median(times) * 1e3;
}
BENCHMARK(repaintTenChunks)
    ->ArgsProduct({ { 25, 35, 50, 80, 140, 250, 580, 1040, 2810, 8000 }, { 1, 2 } })
    ->ArgNames({ "px_a_page_10", "ratio" })
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(30);

/// The same where tiles are kept: a notch of scrolling there and back.
void scrollTenChunks(benchmark::State& state)
{
    testing::FakeHeap heap;
    heap.chunks = 10;
    static const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
    const auto ratio = static_cast<double>(state.range(1));
    MapLayout layout;
    layout.rebuild(*snapshot, QSize(976, 699) * ratio, ratio, static_cast<double>(state.range(0)) / 10);
    QImage image;
    MapCache cache;
    cache.pyramid.setSnapshot(snapshot);
    std::vector<double> times;
    int turn = 0;
    for (auto _ : state) {
        layout.setScroll({ 0, 40 * (++turn % 12) });
        times.push_back(timed([&] { MapPainter::paintInto(image, sceneOf(*snapshot, layout), cache); }));
        state.SetIterationTime(times.back());
    }
    state.counters["median_ms"] = median(times) * 1e3;
}
BENCHMARK(scrollTenChunks)
    ->ArgsProduct({ { 50, 250, 1040, 2810 }, { 1, 2 } })
    ->ArgNames({ "px_a_page_10", "ratio" })
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(60);

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QGuiApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
