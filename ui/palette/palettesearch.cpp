// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/palettesearch.h"

#include "session/fuzzymatch.h"
#include "session/placequery.h"
#include "session/selectionfinder.h"
#include "session/wording.h"

#include <QCoreApplication>

#include <algorithm>
#include <bit>
#include <optional>

namespace heapatlas {

namespace {

constexpr std::size_t shownPlaces = 8;
constexpr std::size_t shownSites = 8;
constexpr std::size_t shownOthers = 8;
constexpr std::size_t shownUnasked = 5; ///< of a group, while nothing is typed
constexpr std::size_t searchedMarkers = 100'000;

QString tr(const char* text) { return QCoreApplication::translate("Palette", text); }

struct Group
{
    int best = 0;
    QList<PaletteEntry> entries;
};

PaletteEntry header(const QString& title, std::size_t shown, std::size_t total)
{
    PaletteEntry entry;
    entry.kind = PaletteEntry::Kind::Header;
    entry.title = title;
    if (total > shown)
        entry.detail = tr("%1 of %2").arg(wording::count(shown), wording::count(total));
    return entry;
}

PaletteEntry note(const QString& text)
{
    PaletteEntry entry;
    entry.kind = PaletteEntry::Kind::Note;
    entry.title = text;
    return entry;
}

QString stateOf(const HeapSnapshot& snapshot, const Selection& selection)
{
    const RegionRow* region = snapshot.regionAt(selection.range.begin);
    if (region == nullptr)
        return {};
    if (selection.what == Selection::What::Slot)
        return wording::freeSlotTitle(*region);
    if (selection.what == Selection::What::Block && region->kind == RegionKind::SmallRun)
        return tr("live, %1 class").arg(wording::size(region->slotBytes));
    return wording::regionTitle(*region);
}

PaletteEntry addressEntry(const HeapSnapshot& snapshot, Address address, const Selection& selection)
{
    PaletteEntry entry;
    entry.title = wording::address(address);
    entry.detail =
        QStringLiteral("%1 · %2").arg(placeInHeap(snapshot, address), stateOf(snapshot, selection));
    entry.icon = QStringLiteral("locate");
    entry.target = selection;
    return entry;
}

int hexDigits(std::uint64_t value) { return (static_cast<int>(std::bit_width(value)) + 3) / 4; }

/// What an address that is still being typed may become: where each chunk first has one that begins like it.
void addStarting(QList<PaletteEntry>& out, const HeapSnapshot& snapshot, std::uint64_t typed)
{
    for (const ChunkRow& chunk : snapshot.chunks()) {
        const int missing = hexDigits(chunk.range.begin.value) - hexDigits(typed);
        if (typed == 0 || missing <= 0)
            continue;
        const std::uint64_t least = typed << (4 * missing);
        const std::uint64_t most = least | ((std::uint64_t { 1 } << (4 * missing)) - 1);
        if (chunk.range.begin.value > most || chunk.range.end.value <= least)
            continue;
        if (static_cast<std::size_t>(out.size()) >= shownPlaces)
            return;
        const Address address = std::max(chunk.range.begin, Address { least });
        const std::optional<Selection> found = selectionAt(snapshot, address);
        if (!found)
            continue;
        PaletteEntry entry = addressEntry(snapshot, address, *found);
        for (int i = 0; i < 2 + hexDigits(typed); ++i)
            entry.letters << i;
        out << entry;
    }
}

void addExact(QList<PaletteEntry>& out, const PaletteSources& sources, Address address)
{
    const std::optional<Selection> found = selectionAt(*sources.snapshot, address);
    if (!found) {
        addStarting(out, *sources.snapshot, address.value);
        if (!out.isEmpty())
            return;
        out << note(tr("Nothing is mapped at %1 after event %2.")
                        .arg(wording::address(address), wording::count(sources.snapshot->eventIndex())));
        return;
    }
    PaletteEntry entry = addressEntry(*sources.snapshot, address, *found);
    for (int i = 0; i < entry.title.size(); ++i)
        entry.letters << i;
    out << entry;
}

void addTail(QList<PaletteEntry>& out, const HeapSnapshot& snapshot, const place::Tail& tail)
{
    // What begins exactly there is likelier to be meant than what merely covers it.
    QList<PaletteEntry> inside;
    std::size_t found = 0;
    for (const ChunkRow& chunk : snapshot.chunks()) {
        for (const Address address : addressesEndingIn(tail, chunk.range, 64)) {
            const std::optional<Selection> selection = selectionAt(snapshot, address);
            if (!selection || found >= shownPlaces)
                continue;
            PaletteEntry entry = addressEntry(snapshot, address, *selection);
            for (int i = 0; i < tail.digits; ++i)
                entry.letters << static_cast<int>(entry.title.size()) - tail.digits + i;
            if (selection->range.begin == address) {
                out << entry;
                ++found;
            } else if (static_cast<std::size_t>(inside.size()) < shownPlaces) {
                inside << entry;
            }
        }
    }
    for (const PaletteEntry& entry : inside) {
        if (found++ < shownPlaces)
            out << entry;
    }
}

void addPages(QList<PaletteEntry>& out, const HeapSnapshot& snapshot, const place::Page& wanted)
{
    std::vector<const ChunkRow*> chunks;
    for (const ChunkRow& chunk : snapshot.chunks()) {
        if (chunk.pageCount != 0 && (!wanted.chunk || *wanted.chunk == chunk.ordinal))
            chunks.push_back(&chunk);
    }
    std::sort(chunks.begin(), chunks.end(),
        [](const ChunkRow* a, const ChunkRow* b) { return a->ordinal < b->ordinal; });
    for (const ChunkRow* chunk : chunks) {
        if (static_cast<std::size_t>(out.size()) >= shownPlaces)
            return;
        PaletteEntry entry;
        entry.icon = QStringLiteral("map");
        const QString chunkTitle = tr("Chunk %1").arg(chunk->ordinal);
        if (!wanted.page) {
            entry.title = chunkTitle;
            entry.detail = tr("%1, %2 of %3 pages free")
                               .arg(wording::address(chunk->range.begin), wording::count(chunk->freePages),
                                   wording::count(chunk->pageCount));
            entry.target = Selection { Selection::What::Chunk, chunk->range };
            out << entry;
            continue;
        }
        if (*wanted.page >= chunk->pageCount)
            continue;
        const Address begin = chunk->range.begin + *wanted.page * snapshot.pageBytes();
        const RegionRow* region = snapshot.regionAt(begin);
        if (region == nullptr)
            continue;
        entry.title = tr("%1, page %2").arg(chunkTitle).arg(*wanted.page);
        entry.detail = wording::regionTitle(*region);
        entry.target = Selection { Selection::What::Page, { begin, begin + snapshot.pageBytes() } };
        if (wanted.slot) {
            if (region->kind != RegionKind::SmallRun || *wanted.slot >= region->slotCount)
                continue;
            const Address slot = region->range.begin + Bytes { *wanted.slot } * region->slotBytes;
            const std::optional<Selection> found = selectionAt(snapshot, slot);
            if (!found)
                continue;
            entry = addressEntry(snapshot, slot, *found);
            entry.title = placeInHeap(snapshot, slot);
            entry.detail = QStringLiteral("%1 · %2").arg(wording::address(slot), stateOf(snapshot, *found));
        }
        out << entry;
    }
}

void addPlaces(QList<PaletteEntry>& out, const QString& text, const PaletteSources& sources)
{
    for (const place::Any& any : parsePlaces(text)) {
        QList<PaletteEntry> found;
        QString title;
        if (const auto* event = std::get_if<place::Event>(&any)) {
            title = tr("Events");
            if (event->event > sources.events) {
                found << note(tr("The trace ends at event %1.").arg(wording::count(sources.events)));
            } else {
                PaletteEntry entry;
                entry.title = tr("Event %1").arg(wording::count(event->event));
                entry.detail = tr("of %1").arg(wording::count(sources.events));
                entry.icon = QStringLiteral("next");
                entry.target = EventTarget { event->event };
                found << entry;
            }
        } else if (sources.snapshot == nullptr) {
            continue;
        } else if (const auto* exact = std::get_if<place::Exact>(&any)) {
            title = tr("Addresses");
            addExact(found, sources, exact->address);
        } else if (const auto* tail = std::get_if<place::Tail>(&any)) {
            title = tr("Addresses");
            addTail(found, *sources.snapshot, *tail);
        } else if (const auto* page = std::get_if<place::Page>(&any)) {
            title = tr("Pages");
            addPages(found, *sources.snapshot, *page);
            if (found.isEmpty())
                found << note(tr("There is no such place in the heap after event %1.")
                                  .arg(wording::count(sources.snapshot->eventIndex())));
        }
        if (!found.isEmpty()) {
            out << header(title, 0, 0);
            out << found;
        }
    }
}

Group siteGroup(const FuzzyPattern& pattern, const PaletteSources& sources)
{
    Group group;
    if (!sources.sites)
        return group;
    const SiteIndex::Hits hits =
        sources.sites->search(pattern, pattern.isEmpty() ? shownUnasked : shownSites);
    if (hits.best.empty())
        return group;
    group.best = pattern.score(hits.best.front()->name).value_or(0);
    group.entries << header(
        pattern.isEmpty() ? tr("Sites that hold most") : tr("Sites"), hits.best.size(), hits.total);
    for (const Site* site : hits.best) {
        PaletteEntry entry;
        entry.title = site->name;
        entry.detail = site->blocks == 0
            ? site->place
            : QStringLiteral("%1 · %2, %3")
                  .arg(site->place,
                      site->blocks == 1 ? tr("1 block") : tr("%1 blocks").arg(wording::count(site->blocks)),
                      wording::size(site->bytes));
        entry.letters = pattern.letters(site->name);
        entry.icon = QStringLiteral("site");
        entry.target = SiteTarget { site->id };
        group.entries << entry;
    }
    return group;
}

/// The best of entries that were matched by their title.
Group bestOf(const QString& title, std::vector<std::pair<int, PaletteEntry>>& found, std::size_t limit)
{
    Group group;
    if (found.empty())
        return group;
    std::stable_sort(
        found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    const std::size_t count = std::min(limit, found.size());
    group.best = found.front().first;
    group.entries << header(title, count, found.size());
    for (std::size_t i = 0; i < count; ++i)
        group.entries << found[i].second;
    return group;
}

Group markGroup(const FuzzyPattern& pattern, const PaletteSources& sources)
{
    std::vector<std::pair<int, PaletteEntry>> found;
    for (const Bookmark& bookmark : sources.bookmarks) {
        const auto score = pattern.score(bookmark.name);
        if (!score)
            continue;
        PaletteEntry entry;
        entry.title = bookmark.name;
        entry.detail = tr("bookmark, event %1").arg(wording::count(bookmark.place.event));
        entry.letters = pattern.letters(bookmark.name);
        entry.icon = QStringLiteral("bookmark");
        entry.target = BookmarkTarget { bookmark.id };
        found.emplace_back(*score, entry);
    }
    if (sources.markers) {
        std::size_t searched = 0;
        for (const Marker& marker : *sources.markers) {
            const auto* checkpoint = std::get_if<CheckpointMarker>(&marker.what);
            if (checkpoint == nullptr)
                continue;
            if (++searched > searchedMarkers || (pattern.isEmpty() && found.size() > 1000))
                break;
            const QString name = QString::fromStdString(checkpoint->name);
            const auto score = pattern.score(name);
            if (!score)
                continue;
            PaletteEntry entry;
            entry.title = name.isEmpty() ? tr("Checkpoint") : name;
            entry.detail = tr("checkpoint, event %1").arg(wording::count(marker.event));
            entry.letters = pattern.letters(name);
            entry.icon = QStringLiteral("checkpoint");
            entry.target = EventTarget { marker.event };
            found.emplace_back(*score, entry);
        }
    }
    return bestOf(tr("Checkpoints and bookmarks"), found, pattern.isEmpty() ? shownUnasked : shownOthers);
}

Group commandGroup(const FuzzyPattern& pattern, const PaletteSources& sources)
{
    std::vector<std::pair<int, PaletteEntry>> found;
    for (int i = 0; i < sources.commands.size(); ++i) {
        const PaletteCommand& command = sources.commands[i];
        const auto score = pattern.score(command.text);
        if (!score || command.text.isEmpty())
            continue;
        PaletteEntry entry;
        entry.title = command.text;
        entry.keys = command.keys;
        entry.letters = pattern.letters(command.text);
        entry.target = CommandTarget { i };
        found.emplace_back(*score, entry);
    }
    return bestOf(tr("Commands"), found, shownOthers);
}

} // namespace

QString placeInHeap(const HeapSnapshot& snapshot, Address address)
{
    const ChunkRow* chunk = snapshot.chunkAt(address);
    if (chunk == nullptr)
        return {};
    if (chunk->pageCount == 0)
        return tr("Huge block");
    QString text = tr("Chunk %1, page %2")
                       .arg(chunk->ordinal)
                       .arg((address - chunk->range.begin) / snapshot.pageBytes());
    const RegionRow* region = snapshot.regionAt(address);
    if (region != nullptr && region->kind == RegionKind::SmallRun && region->slotBytes != 0) {
        const Bytes slot = (address - region->range.begin) / region->slotBytes;
        if (slot < region->slotCount)
            text += tr(", slot %1").arg(slot);
    }
    return text;
}

QList<PaletteEntry> searchPalette(const QString& text, const PaletteSources& sources)
{
    QList<PaletteEntry> entries;
    const FuzzyPattern pattern(text);
    if (sources.hasTrace)
        addPlaces(entries, text, sources);
    QList<Group> groups;
    if (sources.hasTrace)
        groups << siteGroup(pattern, sources) << markGroup(pattern, sources);
    groups << commandGroup(pattern, sources);
    std::stable_sort(
        groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.best > b.best; });
    for (const Group& group : groups)
        entries << group.entries;
    const bool hasChoice = std::any_of(entries.begin(), entries.end(),
        [](const PaletteEntry& entry) { return entry.kind == PaletteEntry::Kind::Choice; });
    if (!hasChoice) {
        if (entries.isEmpty())
            entries << note(tr("Nothing is called “%1”.").arg(text.trimmed().left(60)));
        entries << note(sources.hasTrace
                ? tr(
                    "Type an address (0x7f4c2cb0b738 or its last digits), “chunk 2 page 267”, “event 12345”, "
                    "or letters of a site, a checkpoint, a bookmark or a command.")
                : tr("Type letters of a command. Addresses and sites can be found once a trace is open."));
    }
    return entries;
}

} // namespace heapatlas
