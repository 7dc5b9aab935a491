// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/rangewording.h"

#include "session/wording.h"

#include <QCoreApplication>

#include <functional>

namespace heapatlas::wording {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("heapatlas::wording", text); }

std::int64_t difference(Bytes after, Bytes before) { return static_cast<std::int64_t>(after - before); }

QString exactDifference(Bytes after, Bytes before)
{
    return signedCount(difference(after, before)) + tr(" bytes");
}

} // namespace

QString wholeRun() { return tr("Whole run"); }
QString inRange() { return tr("In range"); }

QList<RangeRow> rangeRows(const RangeFigures* whole, const RangeFigures* range, bool hasRange)
{
    using Text = std::function<QString(const RangeFigures&)>;
    QList<RangeRow> rows;
    const auto add = [&](const char* key, const QString& name, const QString& meaning, const Text& text,
                         const Text& exact) {
        const auto of = [](const RangeFigures* figures, const Text& make, bool isWaiting) {
            return figures != nullptr ? make(*figures) : isWaiting ? QStringLiteral(u"…") : QString();
        };
        rows << RangeRow { key, name, meaning, of(whole, text, true), of(range, text, hasRange),
            of(whole, exact, false), of(range, exact, false) };
    };
    const auto addCount = [&](const char* key, const QString& name, const QString& meaning,
                              std::uint64_t EventSums::*member) {
        const Text text = [member](const RangeFigures& f) { return count(f.sums.*member); };
        add(key, name, meaning, text, text);
    };
    const auto addBytes = [&](const char* key, const QString& name, const QString& meaning,
                              const std::function<Bytes(const RangeFigures&)>& value) {
        add(
            key, name, meaning, [value](const RangeFigures& f) { return size(value(f)); },
            [value](const RangeFigures& f) { return exactSize(value(f)); });
    };
    addCount(
        "events", tr("Events"), tr("Everything that was recorded, failed requests too"), &EventSums::events);
    addCount("allocations", tr("Allocations"), tr("Requests for a new block that succeeded"),
        &EventSums::allocations);
    addCount("frees", tr("Frees"), tr("Blocks given back"), &EventSums::frees);
    addCount("reallocations", tr("Reallocations"), tr("Blocks resized, in place or not"),
        &EventSums::reallocations);
    const bool hasFailed =
        (whole != nullptr && whole->sums.failed != 0) || (range != nullptr && range->sums.failed != 0);
    if (hasFailed)
        addCount("failed", tr("Failed requests"), tr("Requests that got no memory"), &EventSums::failed);
    addBytes("bytesAllocated", tr("Asked for"),
        tr("Bytes that allocations and reallocations asked for, together"),
        [](const RangeFigures& f) { return f.sums.bytesAllocated; });
    addBytes("bytesFreed", tr("Given back"),
        tr("Bytes asked for by blocks that were freed or resized, together"),
        [](const RangeFigures& f) { return f.bytesFreed(); });
    addBytes("peakLiveBytes", tr("Most live"), tr("The most that was granted to the program at one moment"),
        [](const RangeFigures& f) { return f.peakLive; });
    addBytes("peakHeapBytes", tr("Most real"),
        tr("The most that was taken from the operating system at one moment"),
        [](const RangeFigures& f) { return f.peakReal; });
    add(
        "liveChange", tr("Live, change"), tr("Live bytes at the end less those at the begin"),
        [](const RangeFigures& f) { return signedSize(difference(f.after.live, f.before.live)); },
        [](const RangeFigures& f) { return exactDifference(f.after.live, f.before.live); });
    add(
        "blocksChange", tr("Blocks, change"), tr("Live blocks at the end less those at the begin"),
        [](const RangeFigures& f) {
            return signedCount(difference(f.after.liveBlocks, f.before.liveBlocks));
        },
        [](const RangeFigures& f) {
            return signedCount(difference(f.after.liveBlocks, f.before.liveBlocks));
        });
    addCount("gcRuns", tr("GC runs"), tr("Runs of the cycle collector that ended"), &EventSums::gcRuns);
    addCount("checkpoints", tr("Checkpoints"), tr("Named moments"), &EventSums::checkpoints);
    return rows;
}

QString rangeSummary(const EventRange& range, const RangeFigures* figures)
{
    const QString length = tr("In range: %1").arg(events(range.size()));
    if (figures == nullptr || figures->range != range)
        return length;
    return length + tr(", %1 live").arg(signedSize(difference(figures->after.live, figures->before.live)));
}

} // namespace heapatlas::wording
