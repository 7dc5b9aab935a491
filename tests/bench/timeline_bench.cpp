// SPDX-License-Identifier: GPL-3.0-or-later
// The time chart of a trace of ten million events, from data to pixels: our plottable over its pyramid, and QCPGraph with
// the same points as it comes (adaptive sampling on). Both stand in the same kind of plot and are measured in turns;
// the figures are medians of the thread's CPU time, so a busy machine changes the ratio little.
//
//   timeline_bench [events] [rounds]
#include "resources/initresources.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/usageplottable.h"

#include <QApplication>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <vector>

using namespace heapatlas;

namespace {

double cpuMs()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Usage that grows, falls back, and never stands still, as that of a program with jobs.
std::vector<UsageBucket> usageOf(std::size_t events)
{
    std::vector<UsageBucket> usage;
    usage.reserve(events);
    std::uint64_t state = 42;
    Bytes peak = 0;
    for (std::size_t i = 0; i < events; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const Bytes job = (i % 400'000) * 20;
        const Bytes live = 4'000'000 + i / 2 + job + (state >> 44U);
        peak = std::max(peak, live);
        usage.push_back({ live, live, live | 0x1FFFFF, live | 0x1FFFFF, peak });
    }
    return usage;
}

std::shared_ptr<const UsageCurve> curveOf(const std::vector<UsageBucket>& usage)
{
    auto curve = std::make_shared<UsageCurve>();
    for (std::size_t i = 0; i < usage.size(); i += UsageCurve::baseEvents) {
        UsageBucket bucket = usage[i];
        for (std::size_t k = i + 1; k < std::min<std::size_t>(i + UsageCurve::baseEvents, usage.size()); ++k)
            bucket.include(usage[k]);
        curve->append(bucket);
    }
    curve->setEvents(usage.size());
    return curve;
}

std::unique_ptr<QCustomPlot> plotFor(const std::vector<UsageBucket>& usage, QSize size)
{
    auto plot = std::make_unique<QCustomPlot>();
    plot->resize(size);
    plot->xAxis->setRange(0, static_cast<double>(usage.size()));
    plot->yAxis->setRange(0, static_cast<double>(usage.back().peak) * 1.1);
    plot->layer(QStringLiteral("main"))->setMode(QCPLayer::lmBuffered);
    plot->show();
    return plot;
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication app(argc, argv);
    initResources();
    const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
    const QSize size(1600, 120);
    const std::vector<UsageBucket> usage = usageOf(std::max<std::size_t>(events, 1));

    const auto theirs = plotFor(usage, size);
    QCPGraph* const graph = theirs->addGraph();
    {
        QVector<QCPGraphData> points;
        points.reserve(static_cast<qsizetype>(usage.size()));
        for (std::size_t i = 0; i < usage.size(); ++i)
            points.append({ static_cast<double>(i), static_cast<double>(usage[i].liveMax) });
        graph->data()->set(points, true);
    }
    const auto ours = plotFor(usage, size);
    auto* const plottable = new UsagePlottable(ours->xAxis, ours->yAxis); // owned by the plot
    plottable->setCurve(curveOf(usage));
    UsageInks inks;
    inks.area = Qt::lightGray;
    inks.live = inks.real = inks.peak = Qt::darkBlue;
    inks.liveWidth = inks.realWidth = inks.peakWidth = 1.5;
    plottable->setInks(inks);

    const auto everything = [](QCustomPlot* plot) { plot->replot(QCustomPlot::rpImmediateRefresh); };
    const auto dataOnly = [](QCustomPlot* plot) { plot->layer(QStringLiteral("main"))->replot(); };
    struct Row
    {
        const char* name;
        std::function<void()> run;
        std::vector<double> ms {};
    };
    Row rows[] = {
        { "QCPGraph, one curve: replot", [&] { everything(theirs.get()); } },
        { "QCPGraph, one curve: its layer only", [&] { dataOnly(theirs.get()); } },
        { "ours, three curves: replot", [&] { everything(ours.get()); } },
        { "ours, three curves: its layer only", [&] { dataOnly(ours.get()); } },
    };
    for (int round = -2; round < rounds; ++round) {
        for (Row& row : rows) {
            const double before = cpuMs();
            row.run();
            if (round >= 0) // the first two make caches
                row.ms.push_back(cpuMs() - before);
        }
    }
    std::printf("%zu points on %d x %d pixels, medians of %d rounds\n", usage.size(), size.width(),
        size.height(), rounds);
    for (const Row& row : rows)
        std::printf("%-40s %9.3f ms\n", row.name, median(row.ms));
    std::printf("replot against replot: %.0f times faster\n", median(rows[0].ms) / median(rows[2].ms));
    std::printf("data to pixels (axes cached) against replot: %.0f times faster\n",
        median(rows[0].ms) / median(rows[3].ms));
    std::printf("layer against layer: %.0f times faster\n", median(rows[1].ms) / median(rows[3].ms));

    // The whole chart: what a turn of the wheel and a move of the cursor cost.
    TimelineChart chart;
    chart.resize(size);
    chart.setData(curveOf(usage), nullptr, usage.size());
    chart.show();
    static_cast<void>(chart.grab());
    std::vector<double> zooms;
    std::vector<double> moves;
    for (int i = 0; i < 200; ++i) {
        double before = cpuMs();
        chart.zoom(i % 100 < 50 ? 1.1 : 1 / 1.1);
        zooms.push_back(cpuMs() - before);
        before = cpuMs();
        chart.setCursor(usage.size() / 200 * static_cast<std::size_t>(i));
        moves.push_back(cpuMs() - before);
    }
    std::printf("chart: zoom %.3f ms, cursor %.3f ms\n", median(zooms), median(moves));
    return 0;
}
