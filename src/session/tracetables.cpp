// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tracetables.h"

#include "session/document.h"
#include "session/viewplace.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <limits>

namespace heapatlas::tracetables {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Tables", text); }

RowTable::Column column(const char* key, const QString& title) { return { QString::fromLatin1(key), title }; }

int rowsOf(std::size_t count)
{
    return static_cast<int>(std::min<std::size_t>(count, std::numeric_limits<int>::max()));
}

QVariant number(std::uint64_t value) { return QVariant::fromValue<qulonglong>(value); }

QString kindOf(RegionKind kind)
{
    switch (kind) {
    case RegionKind::Header:
        return QStringLiteral("header");
    case RegionKind::Free:
        return QStringLiteral("free");
    case RegionKind::SmallRun:
        return QStringLiteral("small");
    case RegionKind::LargeRun:
        return QStringLiteral("large");
    case RegionKind::Huge:
        return QStringLiteral("huge");
    }
    return {};
}

/// Chunk of a region: its number for people; nothing for a huge block.
QVariant ordinal(const HeapSnapshot& heap, const RegionRow& region)
{
    const ChunkRow& chunk = heap.chunks()[region.chunk];
    return chunk.pageCount == 0 ? QVariant() : number(chunk.ordinal);
}

QVariant page(const HeapSnapshot& heap, const RegionRow& region, Address address)
{
    const ChunkRow& chunk = heap.chunks()[region.chunk];
    return chunk.pageCount == 0 ? QVariant() : number((address - chunk.range.begin) / heap.pageBytes());
}

/// A marker as words and numbers.
struct MarkerText
{
    QString kind;
    QString name;
    std::optional<std::uint64_t> value;
    std::optional<std::uint64_t> second;
};

MarkerText textOf(const Marker& marker)
{
    if (const auto* checkpoint = std::get_if<CheckpointMarker>(&marker.what))
        return { QStringLiteral("checkpoint"), QString::fromStdString(checkpoint->name), {}, {} };
    if (const auto* gc = std::get_if<GcMarker>(&marker.what)) {
        return { QStringLiteral("gc"), QString::number(gc->after.runs),
            gc->after.collected - std::min(gc->before.collected, gc->after.collected), gc->after.roots };
    }
    if (const auto* trim = std::get_if<TrimMarker>(&marker.what))
        return { QStringLiteral("trim"), {}, trim->returned, {} };
    if (const auto* limit = std::get_if<LimitMarker>(&marker.what))
        return { QStringLiteral("limit"), {}, limit->requested, limit->resulting };
    if (const auto* usage = std::get_if<UsageMarker>(&marker.what))
        return { QStringLiteral("usage"), {}, usage->value, {} };
    return {};
}

} // namespace

TablePtr blocks(const Document& document)
{
    const SnapshotPtr heap = document.snapshot();
    const std::size_t count = heap ? heap->blocks().size() : 0;
    // The names are looked up now, since the document may be gone when the table is read.
    QHash<std::uint32_t, QString> names;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t stack = heap->blocks()[i].stack;
        if (!names.contains(stack))
            names.insert(stack, document.siteName(stack));
    }
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("address", tr("Address")), column("size", tr("Size")),
            column("requested", tr("Requested")), column("slack", tr("Slack")), column("kind", tr("Kind")),
            column("chunk", tr("Chunk")), column("page", tr("Page")), column("slot", tr("Slot")),
            column("born", tr("Born at")), column("site", tr("Site")) },
        rowsOf(count), [heap, names](int row, int at) -> QVariant {
            const BlockRow& block = heap->blocks()[static_cast<std::size_t>(row)];
            const RegionRow& region = heap->regions()[block.region];
            switch (at) {
            case 0:
                return addressText(block.begin);
            case 1:
                return number(block.size);
            case 2:
                return number(block.requested);
            case 3:
                return number(block.size - std::min(block.size, block.requested));
            case 4:
                return kindOf(region.kind);
            case 5:
                return ordinal(*heap, region);
            case 6:
                return page(*heap, region, block.begin);
            case 7:
                return region.kind == RegionKind::SmallRun && region.slotBytes != 0
                    ? number((block.begin - region.range.begin) / region.slotBytes)
                    : QVariant();
            case 8: // the event's index; nothing: it lived before the recording
                return block.bornEvent == 0 ? QVariant() : number(block.bornEvent - 1);
            default:
                return names.value(block.stack);
            }
        });
}

TablePtr regions(const Document& document)
{
    const SnapshotPtr heap = document.snapshot();
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("address", tr("Address")), column("bytes", tr("Bytes")),
            column("kind", tr("Kind")), column("chunk", tr("Chunk")), column("page", tr("Page")),
            column("slotBytes", tr("Slot size")), column("slots", tr("Slots")),
            column("liveSlots", tr("Live slots")) },
        rowsOf(heap ? heap->regions().size() : 0), [heap](int row, int at) -> QVariant {
            const RegionRow& region = heap->regions()[static_cast<std::size_t>(row)];
            const bool isSmall = region.kind == RegionKind::SmallRun;
            switch (at) {
            case 0:
                return addressText(region.range.begin);
            case 1:
                return number(region.range.size());
            case 2:
                return kindOf(region.kind);
            case 3:
                return ordinal(*heap, region);
            case 4:
                return page(*heap, region, region.range.begin);
            case 5:
                return isSmall ? number(region.slotBytes) : QVariant();
            case 6:
                return isSmall ? number(region.slotCount) : QVariant();
            default:
                return isSmall ? number(region.liveSlots) : QVariant();
            }
        });
}

TablePtr chunks(const Document& document)
{
    const SnapshotPtr heap = document.snapshot();
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("address", tr("Address")), column("bytes", tr("Bytes")),
            column("kind", tr("Kind")), column("chunk", tr("Chunk")), column("pages", tr("Pages")),
            column("freePages", tr("Free pages")), column("usedBytes", tr("Used")) },
        rowsOf(heap ? heap->chunks().size() : 0), [heap](int row, int at) -> QVariant {
            const ChunkRow& chunk = heap->chunks()[static_cast<std::size_t>(row)];
            const bool isHuge = chunk.pageCount == 0;
            switch (at) {
            case 0:
                return addressText(chunk.range.begin);
            case 1:
                return number(chunk.range.size());
            case 2:
                return isHuge        ? QStringLiteral("huge")
                    : chunk.isCached ? QStringLiteral("cached")
                                     : QStringLiteral("chunk");
            case 3:
                return isHuge ? QVariant() : number(chunk.ordinal);
            case 4:
                return isHuge ? QVariant() : number(chunk.pageCount);
            case 5:
                return isHuge ? QVariant() : number(chunk.freePages);
            default:
                return number(chunk.usedBytes);
            }
        });
}

TablePtr sites(const Document& document)
{
    const SiteIndexPtr index = document.sites();
    std::vector<std::uint32_t> order; // most bytes first, those that hold nothing left out
    if (index) {
        for (std::uint32_t i = 0; i < index->sites().size(); ++i) {
            if (index->sites()[i].blocks != 0)
                order.push_back(i);
        }
        std::stable_sort(order.begin(), order.end(), [&index](std::uint32_t a, std::uint32_t b) {
            return index->sites()[a].bytes > index->sites()[b].bytes;
        });
    }
    const int rows = rowsOf(order.size());
    return std::make_unique<RowTable>(QList<RowTable::Column> { column("site", tr("Site")),
                                          column("place", tr("Place")), column("blocks", tr("Live blocks")),
                                          column("bytes", tr("Bytes")), column("event", tr("At event")) },
        rows, [index, order = std::move(order)](int row, int at) -> QVariant {
            const Site& site = index->sites()[order[static_cast<std::size_t>(row)]];
            switch (at) {
            case 0:
                return site.name;
            case 1:
                return site.place;
            case 2:
                return number(site.blocks);
            case 3:
                return number(site.bytes);
            default:
                return number(index->event().value_or(0));
            }
        });
}

TablePtr markers(const Document& document)
{
    const auto all = document.markers();
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("event", tr("Event")), column("kind", tr("Kind")),
            column("name", tr("Name")), column("value", tr("Value")), column("second", tr("Second value")) },
        rowsOf(all ? all->size() : 0), [all](int row, int at) -> QVariant {
            const Marker& marker = (*all)[static_cast<std::size_t>(row)];
            const MarkerText text = textOf(marker);
            switch (at) {
            case 0:
                return number(marker.event);
            case 1:
                return text.kind;
            case 2:
                return text.name;
            case 3:
                return text.value ? number(*text.value) : QVariant();
            default:
                return text.second ? number(*text.second) : QVariant();
            }
        });
}

TablePtr usage(const Document& document)
{
    const auto curve = document.curve();
    const bool hasAny = curve && !curve->isEmpty();
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("firstEvent", tr("From event")), column("endEvent", tr("To event")),
            column("liveMin", tr("Live, least")), column("liveMax", tr("Live, most")),
            column("realMin", tr("Real, least")), column("realMax", tr("Real, most")),
            column("peak", tr("Peak")) },
        rowsOf(hasAny ? curve->level(0).size() : 0), [curve](int row, int at) -> QVariant {
            const auto index = static_cast<std::size_t>(row);
            const UsageBucket& bucket = curve->level(0)[index];
            switch (at) {
            case 0:
                return number(index * UsageCurve::baseEvents);
            case 1:
                return number(std::min((index + 1) * UsageCurve::baseEvents, curve->events()));
            case 2:
                return number(bucket.liveMin);
            case 3:
                return number(bucket.liveMax);
            case 4:
                return number(bucket.realMin);
            case 5:
                return number(bucket.realMax);
            default:
                return number(bucket.peak);
            }
        });
}

} // namespace heapatlas::tracetables
