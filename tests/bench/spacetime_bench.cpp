// SPDX-License-Identifier: GPL-3.0-or-later
// What the space–time view of a trace costs, beside peers in the same run: making its grid and its lens against a plain
// replay of the whole trace from its first event to its last, and painting its pixels against writing as many of one colour.
//
//   spacetime_bench trace.hat [width height]
#include "replay/blockcache.h"
#include "replay/replaysource.h"
#include "session/document.h"
#include "session/spacetimecontroller.h"
#include "ui/theme/fonts.h"
#include "ui/views/spacetime/spacetimecanvas.h"
#include "ui/views/spacetime/spacetimelabels.h"
#include "ui/views/spacetime/spacetimepixels.h"
#include "ui/views/spacetime/spacetimeview.h"

#include <QApplication>
#include <QPainter>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <vector>

using namespace heapatlas;

namespace {

struct Cost
{
    double seconds = 0;
    double processor = 0; ///< seconds of all threads
};

Cost now()
{
    timespec cpu {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    const auto wall = std::chrono::steady_clock::now().time_since_epoch();
    return { std::chrono::duration<double>(wall).count(),
        static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9 };
}

Cost since(const Cost& before)
{
    const Cost after = now();
    return { after.seconds - before.seconds, after.processor - before.processor };
}

void print(const char* what, const Cost& cost, double peer)
{
    std::printf("%-34s %8.2f s  %8.2f s processor  %5.2f x the replay\n", what, cost.seconds, cost.processor,
        cost.seconds / peer);
    std::fflush(stdout);
}

void waitFor(const std::function<bool()>& isDone)
{
    QTimer tick; // so that what is waited for is looked at now and then
    tick.start(2);
    while (!isDone())
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
}

/// Milliseconds of processor for one round: the median of many.
double medianMs(int rounds, const std::function<void()>& work)
{
    std::vector<double> all;
    for (int i = 0; i < rounds; ++i) {
        const Cost began = now();
        work();
        all.push_back(since(began).processor * 1e3);
    }
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

void measurePainting(const SpacetimeCanvas& canvas, QSize size)
{
    constexpr int rounds = 41;
    SpacetimeScene scene = canvas.scene();
    QImage bands;
    QImage lens;
    const Theme& theme = Theme::current();
    const double data = medianMs(rounds, [&] {
        const SpacetimePixels pixels(scene, theme, 1);
        pixels.paintBands(bands);
        pixels.paintLens(lens);
    });
    QImage all(size, QImage::Format_RGB32);
    const double words = medianMs(rounds, [&] {
        QPainter painter(&all);
        SpacetimeLabels::paint(painter, scene, theme, bands, lens);
    });
    QImage plainBands(bands.size(), QImage::Format_RGB32);
    QImage plainLens(lens.size(), QImage::Format_RGB32);
    const double plain = medianMs(rounds, [&] {
        for (QImage* image : { &plainBands, &plainLens }) {
            QPainter painter(image);
            painter.fillRect(image->rect(), theme.largeRun);
        }
    });
    const double cleared = medianMs(rounds, [&] {
        for (QImage* image : { &plainBands, &plainLens })
            std::memset(image->bits(), rounds, static_cast<std::size_t>(image->sizeInBytes()));
    });
    std::printf("repaint of %d x %d: data %.2f ms, words %.2f ms, together %.2f ms; fillRect of the data's "
                "pixels %.3f ms "
                "(%.0f x), memset %.3f ms (%.0f x)\n",
        size.width(), size.height(), data, words, data + words, plain, data / plain, cleared, data / cleared);
}

} // namespace

int main(int argc, char* argv[])
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication app(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "spacetime_bench trace.hat [width height]\n");
        return EXIT_FAILURE;
    }
    const QSize size(argc > 3 ? std::atoi(argv[2]) : 1112, argc > 3 ? std::atoi(argv[3]) : 768);

    Cost began = now();
    Document document(QString::fromLocal8Bit(argv[1]));
    waitFor(
        [&] { return document.replaySource() != nullptr || document.phase() == Document::Phase::Failed; });
    if (!document.replaySource()) {
        std::fprintf(stderr, "%s\n", qPrintable(document.problem()));
        return EXIT_FAILURE;
    }
    const Cost opened = since(began);
    waitFor([&] { return document.isSnapshotCurrent(); });
    const ReplaySourcePtr source = document.replaySource();
    const std::uint64_t events = source->eventCount();

    began = now();
    {
        const std::unique_ptr<ReplayEngine> engine = source->makeEngine();
        engine->restore(source->keyframeAt(0));
        BlockCache cache;
        for (std::size_t block = 0; block < source->store().blockCount(); ++block) {
            const EventColumns& columns = cache.columns(source->store(), block);
            if (source->isBreak(columns.firstEvent))
                engine->restore(source->keyframeAt(columns.firstEvent));
            engine->run(columns, columns.count(), source->store().block(block).slotCapacity,
                source->store().markers());
        }
    }
    const Cost forward = since(began);
    std::printf("%llu events\n", static_cast<unsigned long long>(events));
    print("first pass", opened, forward.seconds);
    print("plain replay, one thread", forward, forward.seconds);

    SpacetimeView view;
    view.resize(size);
    view.setDocument(&document);
    began = now();
    view.show();
    SpacetimeCanvas& canvas = *view.spacetimeCanvas();
    waitFor([&] { return view.controller()->overview() != nullptr; });
    print("view: first picture", since(began), forward.seconds);
    waitFor([&] { return view.controller()->lives() != nullptr || view.isSettled(); });
    print("view: first blocks in the lens", since(began), forward.seconds);
    waitFor([&] { return view.controller()->overview()->isComplete; });
    print("view: grid complete", since(began), forward.seconds);
    waitFor([&] { return view.isSettled(); });
    print("view: all complete", since(began), forward.seconds);
    measurePainting(canvas, canvas.size());

    // A lens that is moved later has the machine for itself.
    if (!canvas.window().isEmpty()) {
        const Bytes wide = canvas.window().size();
        const bool isLow = canvas.scene().lensBand < 0
            || canvas.window().begin - wide * 2
                < canvas.scene().rows.bands[static_cast<std::size_t>(canvas.scene().lensBand)].range.begin;
        const Address to = isLow ? canvas.window().begin + wide : canvas.window().begin - wide;
        began = now();
        canvas.setWindow({ to, to + wide });
        waitFor([&] { return view.isSettled(); });
        print("view: the lens moved", since(began), forward.seconds);
    }
    view.setDocument(nullptr);
    return EXIT_SUCCESS;
}
