// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/generate.h"

#include "alloc/zendmm.h"
#include "trace/tracewriter.h"
#include "workload/callsites.h"
#include "workload/profiles.h"
#include "workload/workloadheap.h"

namespace heapatlas {

namespace {

constexpr const char* phpVersion = "8.2.36";

void writeMeta(TraceWriter& writer, const GenerateOptions& options)
{
    writer.meta("program",
        "generate --profile " + options.profile + " --events " + std::to_string(options.events) + " --seed "
            + std::to_string(options.seed));
    writer.meta("script", "/srv/shop/worker.php");
    writer.meta("phpVersion", phpVersion);
    writer.meta("sapi", "cli");
    writer.meta("allocator", "zendmm");
    writer.meta("variant", "delayed-oom");
    writer.meta("stacks", "full");
}

} // namespace

Result<GenerateSummary> generate(const GenerateOptions& options, const std::string& path)
{
    const Profile* const profile = findProfile(options.profile);
    if (profile == nullptr)
        return Error { ErrorCode::BadArgument, "no profile \"" + options.profile + "\"", {} };
    if (options.events > mostGeneratedEvents || options.live > mostLiveBlocks
        || options.heapBytes > mostHeapBytes)
        return Error { ErrorCode::BadArgument, "more than this can make", {} };

    TraceWriter::Options writerOptions;
    for (const zendmm::Bin& bin : zendmm::bins)
        writerOptions.classes.push_back({ bin.bytes, bin.slots });
    Result<TraceWriter> writer = TraceWriter::create(path, writerOptions);
    if (!writer)
        return writer.error();
    writeMeta(*writer, options);

    WorkloadHeap heap(*writer, ZendMmOptions::forPhp(phpVersion, ZendMmState::Variant::DelayedOom),
        options.events, options.progress);
    CallSites sites(*writer, options.seed);
    Random random(options.seed);
    Workload workload { heap, sites, random, options.live == 0 ? profile->live : options.live,
        options.heapBytes };
    if (!heap.isDone())
        profile->run(workload);
    if (heap.wasStopped())
        return Error { ErrorCode::Cancelled, "generate", {} };
    heap.finish();

    const ZendMmUsage usage = heap.usage();
    GenerateSummary summary { heap.total(), heap.liveBlocks(), usage.size, usage.peak, usage.realSize,
        usage.realPeak };
    if (Result<void> finished = writer->finish(); !finished)
        return finished.error();
    return summary;
}

} // namespace heapatlas
