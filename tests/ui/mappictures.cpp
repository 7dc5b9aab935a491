// SPDX-License-Identifier: GPL-3.0-or-later
// Paints made-up heaps at every level, theme and ratio into PNG files and prints what a repaint costs. For looking at,
// not a test:  QT_QPA_PLATFORM=offscreen mappictures DIR [costs]
#include "support/fakesnapshot.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/mappainter.h"
#include "ui/views/map/maptarget.h"
#include "ui/views/map/mapview.h"

#include <QApplication>
#include <QDir>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

using namespace heapatlas;

namespace {

constexpr std::array<const char*, 4> levelNames { "heap", "chunk", "page", "slot" };

/// CPU time of this thread, so that a busy machine does not blur the figures.
double cpuMs()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Median of the painter alone, in ms.
double cost(const HeapSnapshot& snapshot, const MapLayout& layout)
{
    std::array<double, 15> times {};
    const MapScene scene { snapshot, layout, Theme::current(), true, std::nullopt, nullptr };
    QImage image;
    for (double& time : times) {
        const double before = cpuMs();
        MapPainter::paintInto(image, scene);
        time = cpuMs() - before;
    }
    std::nth_element(times.begin(), times.begin() + 7, times.end());
    return times[7];
}

void measure()
{
    testing::FakeHeap heap;
    heap.chunks = 10;
    const SnapshotPtr snapshot = testing::fakeSnapshot(heap);
    for (const qreal ratio : { 1.0, 2.0 }) {
        const QSize viewport(static_cast<int>(976 * ratio), static_cast<int>(699 * ratio));
        for (const double width : { 2.5, 3.5, 5.0, 8.0, 14.0, 25.0, 58.0, 104.0, 281.0, 800.0 }) {
            MapLayout layout;
            layout.rebuild(*snapshot, viewport, ratio, width);
            std::printf("repaint, 10 chunks, 976 x 699 at %.0f x, page %5.1f px: %6.2f ms\n", ratio, width,
                cost(*snapshot, layout));
        }
    }
}

/// Heaps of many chunks, by name: with few breaks and many, one with a huge block of 2^40 bytes.
std::vector<std::pair<QString, SnapshotPtr>> bigHeaps()
{
    const auto made = [](std::uint32_t chunks, std::uint32_t adjacent, std::uint32_t huge, Bytes hugeBytes) {
        testing::FakeHeap heap;
        heap.chunks = chunks;
        heap.adjacent = adjacent;
        heap.hugeBlocks = huge;
        heap.hugeBytes = hugeBytes;
        heap.detail = Detail::Regions;
        return testing::fakeSnapshot(heap);
    };
    return {
        { QStringLiteral("60-"), made(60, 24, 1, 0) },
        { QStringLiteral("300apart-"), made(300, 2, 3, 0) },
        { QStringLiteral("2000-"), made(2000, 700, 2, Bytes { 1 } << 40) },
        { QStringLiteral("20000-"), made(20000, 700, 2, Bytes { 300 } << 20) },
    };
}

/// A live slot in the middle of the chunk, of a class that is worth looking at.
Selection exampleOf(const HeapSnapshot& snapshot)
{
    for (const BlockRow& block : snapshot.blocks())
        if (block.size == 320 && block.begin.value > snapshot.chunks()[1].range.begin.value + 0x80000)
            return targetAt(snapshot, block.begin).selection();
    return {};
}

void paintView(const QDir& dir, const SnapshotPtr& snapshot, QSize size, MapLevel level, const QString& theme)
{
    MapView view;
    view.resize(size);
    view.show();
    view.setFocus();
    QApplication::processEvents();
    view.showSnapshot(snapshot);
    if (!snapshot->chunks().empty())
        view.showSelection(exampleOf(*snapshot));
    view.setLevel(level == MapLevel::Heap ? MapLevel::Chunk : MapLevel::Heap);
    view.setLevel(level);
    QApplication::processEvents();
    const QString name = QStringLiteral("%1-%2-%3.png")
                             .arg(QLatin1String(levelNames.at(static_cast<std::size_t>(level))), theme)
                             .arg(size.width());
    view.grab().save(dir.filePath(name));
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("HEAPATLAS_NO_ANIMATION", "1");
    QApplication app(argc, argv);
    ThemeManager::instance().install();
    const QDir dir(argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("."));
    const SnapshotPtr snapshot = testing::fakeSnapshot();
    for (const auto choice : { ThemeChoice::Light, ThemeChoice::Dark }) {
        ThemeManager::instance().setChoice(choice);
        const QString theme = choice == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
        for (int level = 0; level < 4; ++level) {
            // What the view gets of the main window at 1600 x 1000 and at 1024 x 700.
            paintView(dir, snapshot, { 1112, 784 }, static_cast<MapLevel>(level), theme);
            paintView(dir, snapshot, { 972, 520 }, static_cast<MapLevel>(level), theme);
        }
        for (const auto& [name, big] : bigHeaps()) {
            paintView(dir, big, { 1112, 784 }, MapLevel::Heap, name + theme);
            paintView(dir, big, { 972, 520 }, MapLevel::Chunk, name + theme);
        }
        MapPainter::fingerprint(*snapshot, { 108, 82 }, 1)
            .save(dir.filePath(QStringLiteral("card-%1.png").arg(theme)));
        MapPainter::fingerprint(*snapshot, { 290, 60 }, 1)
            .save(dir.filePath(QStringLiteral("sample-%1.png").arg(theme)));
    }
    ThemeManager::instance().setChoice(ThemeChoice::Light);
    ThemeManager::instance().setHighContrast(true);
    paintView(dir, snapshot, { 1112, 784 }, MapLevel::Page, QStringLiteral("contrast"));
    ThemeManager::instance().setHighContrast(false);
    testing::FakeHeap none;
    none.chunks = 0;
    none.hugeBlocks = 0;
    none.eventIndex = 0;
    paintView(dir, testing::fakeSnapshot(none), { 972, 520 }, MapLevel::Chunk, QStringLiteral("empty"));
    if (argc > 2)
        measure();
    return 0;
}
