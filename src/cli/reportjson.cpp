// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/jsonwriter.h"
#include "cli/reportdata.h"

namespace heapatlas::cli {

namespace {

void writeMoment(JsonWriter& json, const Moment& moment, Bytes pageBytes)
{
    const HeapTotals& t = moment.totals;
    json.beginObject().member("event", moment.event).member("liveBytes", t.live);
    json.member("requestedBytes", t.requested).member("heapBytes", t.real).member("liveBlocks", t.liveBlocks);
    json.member("chunks", t.chunks).member("cachedChunks", t.cachedChunks).member("hugeBlocks", t.hugeBlocks);
    json.member("freeSlotBytes", t.freeSlotBytes).member("freePages", t.freePages);
    json.member("largestFree", t.largestHole);
    json.member("internalFragmentation", t.internalFragmentation());
    json.member("externalFragmentation", t.externalFragmentation(pageBytes));
    json.member("siteCount", moment.siteCount).key("sites").beginArray();
    for (const SiteRow& row : moment.sites) {
        json.beginObject().member("bytes", row.bytes).member("blocks", row.blocks);
        json.member("function", row.frame.qualifiedName()).member("file", row.frame.file);
        json.member("line", row.frame.line).member("beforeRecording", row.isAdopted).endObject();
    }
    json.endArray().endObject();
}

void writeClass(JsonWriter& json, const ClassUse& use)
{
    json.beginObject().member("runs", use.runs).member("blocks", use.blocks).member("slots", use.slots);
    json.member("liveBytes", use.liveBytes).endObject();
}

void writeRange(JsonWriter& json, const RangeFigures& figures)
{
    const EventSums& sums = figures.sums;
    json.beginObject().member("from", figures.range.begin).member("to", figures.range.end);
    json.member("events", sums.events).member("allocations", sums.allocations).member("frees", sums.frees);
    json.member("reallocations", sums.reallocations).member("failed", sums.failed);
    json.member("bytesAllocated", sums.bytesAllocated).member("bytesFreed", figures.bytesFreed());
    json.member("peakLiveBytes", figures.peakLive).member("peakHeapBytes", figures.peakReal);
    json.member("gcRuns", sums.gcRuns).member("checkpoints", sums.checkpoints);
    const auto moment = [&json](const char* key, const UsageMoment& at) {
        json.key(key).beginObject().member("liveBytes", at.live).member("heapBytes", at.real);
        json.member("requestedBytes", at.requested).member("liveBlocks", at.liveBlocks).endObject();
    };
    moment("before", figures.before);
    moment("after", figures.after);
    json.endObject();
}

} // namespace

void writeReportJson(Output& out, const ReportData& data)
{
    JsonWriter json(out);
    const TraceInfo& info = data.info;
    json.beginObject()
        .member("program", info.metaValue("program"))
        .member("phpVersion", info.metaValue("phpVersion"));
    json.member("engine", data.engineId).member("variant", info.metaValue("variant"));
    json.member("events", info.events).member("allocations", info.allocations).member("frees", info.frees);
    json.member("reallocations", info.reallocations)
        .member("sites", info.sites)
        .member("stacks", info.stacks);
    json.member("complete", info.isComplete).member("partial", data.isPartial);
    json.member("peakLiveBytes", data.end.totals.peakLive).member("peakHeapBytes", data.end.totals.realPeak);
    json.member("memoryLimit", data.end.totals.limit);
    json.key("peak");
    writeMoment(json, data.peak, data.pageBytes);
    json.key("end");
    writeMoment(json, data.end, data.pageBytes);
    json.key("pins");
    writePinsJson(json, data.pins);
    json.key("wholeRun");
    writeRange(json, data.whole);
    if (data.range) {
        json.key("range");
        writeRange(json, *data.range);
    }
    json.key("sizeClasses").beginArray();
    for (const ClassRow& row : data.classes) {
        json.beginObject().member("name", row.name).member("slotBytes", row.slotBytes).key("atPeak");
        writeClass(json, row.atPeak);
        json.key("atEnd");
        writeClass(json, row.atEnd);
        json.endObject();
    }
    json.endArray().key("gcRuns").beginArray();
    for (const MarkedUsage& run : data.gcRuns) {
        const auto& gc = std::get<GcMarker>(run.marker.what);
        json.beginObject().member("event", run.marker.event).member("firstEvent", gc.firstEvent);
        json.member("collected", collectedBy(gc)).member("rootsBefore", gc.before.roots);
        json.member("rootsAfter", gc.after.roots).member("threshold", gc.after.threshold);
        json.member("liveBytes", run.live).member("heapBytes", run.real).endObject();
    }
    json.endArray().key("checkpoints").beginArray();
    for (const MarkedUsage& point : data.checkpoints) {
        json.beginObject().member("event", point.marker.event);
        json.member("name", std::get<CheckpointMarker>(point.marker.what).name);
        json.member("liveBytes", point.live).member("heapBytes", point.real).endObject();
    }
    json.endArray().key("curve").beginArray();
    for (const UsageBucket& bucket : resampled(data.curve, 200)) {
        json.beginObject().member("liveMin", bucket.liveMin).member("liveMax", bucket.liveMax);
        json.member("heapMax", bucket.realMax).endObject();
    }
    json.endArray().key("missing").beginArray();
    for (const std::string& sentence : data.missing)
        json.value(sentence);
    json.endArray()
        .member("error", data.oddities.empty() ? std::nullopt : std::optional(data.oddities))
        .endObject();
}

} // namespace heapatlas::cli
