// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"

#include "replay/replaythread.h"
#include "session/missing.h"
#include "session/overlaywatch.h"
#include "session/rangewatch.h"
#include "session/sitekeeper.h"
#include "session/wording.h"

#include <QHash>
#include <QMetaObject>
#include <QStringList>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

namespace heapatlas {

namespace {

constexpr std::size_t maxDetailLines = 200;

/// Whether the block lived after the first `event` events.
bool isLiveAt(const BlockDetails& details, std::uint64_t event)
{
    return details.block.bornEvent <= event && (!details.freedEvent || *details.freedEvent >= event);
}

/// Whether `have` already shows all that `want` asks for, so that asking again would change nothing.
bool covers(const HeapSnapshot& have, std::uint64_t event, Detail detail, AddressRange window)
{
    if (have.eventIndex() != event || have.detail() < detail)
        return false;
    return detail < Detail::Blocks
        || (have.window().begin <= window.begin && window.end <= have.window().end);
}

} // namespace

// Invariant: what is asked of the replay thread is always made of m_cursor, m_selection, m_detail and
// m_window as they stand when control returns to the event loop; setters only mark that it changed.
class Document::Private
{
public:
    Private(Document* document, QString filePath)
        : q(document)
        , path(std::move(filePath))
        , progress(std::make_shared<ReplayProgress>())
        , delivery(connect(
              q, &Document::mailArrived, q, [this] { deliver(); }, Qt::QueuedConnection))
        , sites([this] { notify(); })
        , thread(path.toStdString(), std::string(), [this] { notify(); })
    {
        scheduleRequest(); // a trace without events has a heap to show as well
    }

    /// Replay thread, or that of the sites: one queued call, however much mail there is.
    void notify()
    {
        if (!isDeliveryQueued.exchange(true))
            Q_EMIT q->mailArrived(QPrivateSignal());
    }

    void deliver()
    {
        isDeliveryQueued = false; // before taking: mail that comes in between is announced anew
        // Progress first: a snapshot may be of an event that only the new progress knows to be loaded.
        if (ReplayProgressPtr news = thread.takeProgress())
            takeProgress(std::move(news));
        std::shared_ptr<const BlockDetails> newDetails = thread.takeDetails();
        const SnapshotPtr news = thread.takeSnapshot();
        const Selection before = selection;
        if (news) {
            snapshot = news;
            followSelection();
        }
        const bool detailsAreNew = updateDetails(std::move(newDetails));
        const bool bytesAreNew = updateBytes(thread.takeBytes());
        if (news)
            Q_EMIT q->snapshotChanged();
        if (!(selection == before))
            Q_EMIT q->selectionChanged();
        if (detailsAreNew)
            Q_EMIT q->detailsChanged();
        if (bytesAreNew)
            Q_EMIT q->bytesChanged();
        takeSites();
    }

    void takeSites()
    {
        if (BlockCensusPtr census = thread.takeCensus()) {
            isCensusWanted = isCensusWanted && census->event != reachableCursor();
            sites.update(progress->definitions, std::move(census));
        }
        if (SiteIndexPtr news = sites.take()) {
            siteIndex = std::move(news);
            Q_EMIT q->sitesChanged();
        }
    }

    void takeProgress(ReplayProgressPtr news)
    {
        const std::uint64_t loadedBefore = progress->eventsLoaded;
        progress = std::move(news);
        const std::uint64_t loaded = progress->eventsLoaded;
        const bool isDone = progress->phase == ReplayProgress::Phase::Ready
            || progress->phase == ReplayProgress::Phase::Failed;
        const std::uint64_t cursorBefore = cursor;
        // The end can often be seen before all is loaded: then it stands still there.
        const bool isPreviewed = progress->previewEvent && (isFollowing || cursor >= *progress->previewEvent);
        if (isFollowing)
            cursor = progress->previewEvent.value_or(loaded);
        else if (isDone)
            cursor = std::min(cursor, loaded);
        // A cursor beyond what was loaded was answered with less; now there is more of it.
        if (cursor != cursorBefore || (!isPreviewed && loaded != loadedBefore && cursor > loadedBefore))
            scheduleRequest();
        if (isDone)
            isFollowing = false;
        Q_EMIT q->progressChanged();
        if (cursor != cursorBefore)
            Q_EMIT q->cursorChanged(cursor);
    }

    /// Of a trace that is loaded. That nothing is known of the end disturbs nobody who looks at the map.
    QStringList missing() const { return wording::missing(progress->info, !progress->beginsEmpty, true); }

    /// A free slot that was selected and now holds a block is that block; the range stays.
    void followSelection()
    {
        if (selection.what != Selection::What::Slot)
            return;
        const RegionRow* region = snapshot->regionAt(selection.range.begin);
        if (region == nullptr || region->kind != RegionKind::SmallRun
            || region->slotBytes != selection.range.size())
            return;
        const Bytes offset = selection.range.begin - region->range.begin;
        const auto slot = static_cast<std::uint32_t>(offset / region->slotBytes);
        if (offset % region->slotBytes == 0 && slot < region->slotCount
            && snapshot->isSlotLive(*region, slot))
            selection.what = Selection::What::Block;
    }

    /// Keeps only details that are of the selected block at the snapshot's event; true if they changed.
    bool updateDetails(std::shared_ptr<const BlockDetails> news)
    {
        const auto fits = [this](const std::shared_ptr<const BlockDetails>& d) {
            return d && selection.what == Selection::What::Block && d->block.begin == selection.range.begin
                && (!snapshot || isLiveAt(*d, snapshot->eventIndex()));
        };
        std::shared_ptr<const BlockDetails> best = fits(news) ? std::move(news)
            : fits(details)                                   ? details
                                                              : nullptr;
        if (best == details)
            return false;
        details = std::move(best);
        return true;
    }

    /// True if any use got others. What an older request did not ask for stays.
    bool updateBytes(HeapBytesSet news)
    {
        bool isChanged = false;
        for (std::size_t use = 0; use < bytesUseCount; ++use) {
            if (!news[use] || bytesWindows[use].isEmpty())
                continue;
            bytes[use] = std::move(news[use]);
            isChanged = true;
        }
        return isChanged;
    }

    void scheduleRequest()
    {
        if (std::exchange(isRequestQueued, true))
            return;
        QMetaObject::invokeMethod(
            q, [this] { sendRequest(); }, Qt::QueuedConnection);
    }

    void sendRequest()
    {
        isRequestQueued = false;
        ReplayRequest request;
        request.event = cursor;
        request.detail = detail;
        request.window = window;
        if (selection.what == Selection::What::Block)
            request.inspect = selection.range.begin;
        request.wantsCensus = isCensusWanted;
        request.bytes = bytesWindows;
        thread.request(request);
    }

    [[nodiscard]] std::uint64_t reachableCursor() const
    {
        return std::min(cursor,
            progress->previewEvent && cursor >= *progress->previewEvent ? *progress->previewEvent
                                                                        : progress->eventsLoaded);
    }

    Document* q;
    QString path;
    ReplayProgressPtr progress; ///< never null
    QHash<std::uint32_t, QString> siteNames; ///< by call stack, as asked for
    QHash<std::uint32_t, std::uint32_t> siteIds; ///< the same

    std::uint64_t cursor = 0;
    /// Until somebody sets the cursor it goes along with what is loaded, so that the map fills while a trace
    /// loads.
    bool isFollowing = true;
    Selection selection;
    std::optional<EventRange> range;
    std::optional<BoxFilter> filter;
    std::uint32_t site = 0;
    bool isCensusWanted = false; ///< until one of the cursor's event arrives
    SiteIndexPtr siteIndex;
    Detail detail = Detail::Blocks;
    AddressRange window = AddressRange::everything();

    BytesWindows bytesWindows {};
    AddressRange byteRange;

    SnapshotPtr snapshot;
    std::shared_ptr<const BlockDetails> details;
    HeapBytesSet bytes;

    bool isRequestQueued = false;
    std::atomic<bool> isDeliveryQueued { false };
    QMetaObject::Connection delivery; ///< stands before the threads run
    OverlayWatch* overlays = nullptr; ///< child of the document
    RangeWatch* ranges = nullptr; ///< the same
    SiteKeeper sites; ///< and the next: last, so that their threads are joined first
    ReplayThread thread;
};

Document::Document(QString path, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(path)))
{
    d->overlays = new OverlayWatch(this);
    d->ranges = new RangeWatch(this);
}

Document::~Document()
{
    delete d->ranges; // looks at the document until it is gone, as the next
    delete d->overlays;
}

QString Document::path() const { return d->path; }

Document::Phase Document::phase() const
{
    switch (d->progress->phase) {
    case ReplayProgress::Phase::Opening:
        return Phase::Opening;
    case ReplayProgress::Phase::Loading:
        return Phase::Loading;
    case ReplayProgress::Phase::Ready:
        return Phase::Ready;
    case ReplayProgress::Phase::Failed:
        break;
    }
    return Phase::Failed;
}

bool Document::isCancelled() const { return d->progress->isCancelled; }

double Document::progress() const
{
    const ReplayProgress& p = *d->progress;
    if (p.phase == ReplayProgress::Phase::Ready && !p.isCancelled)
        return 1.0;
    if (p.bytesTotal == 0)
        return 0.0;
    return std::clamp(static_cast<double>(p.bytesRead) / static_cast<double>(p.bytesTotal), 0.0, 1.0);
}

QString Document::problem() const
{
    const ReplayProgress& p = *d->progress;
    const bool isFailed = p.phase == ReplayProgress::Phase::Failed;
    if (p.error)
        return wording::sentence(*p.error, d->path);
    if (isFailed)
        return wording::sentence(Error { ErrorCode::NotATrace, {}, {} }, d->path);
    if (p.phase != ReplayProgress::Phase::Ready)
        return {}; // a trace that still loads is not complete yet, and that is no problem
    if (p.isCancelled)
        return wording::stoppedAt(progress());
    const QString damage = wording::damage(p.info);
    return damage.isEmpty() ? d->missing().join(u' ') : damage;
}

QString Document::problemDetails() const
{
    const ReplayProgress& p = *d->progress;
    QStringList lines { d->path };
    if (p.error)
        lines += wording::detailLine(*p.error);
    for (const Error& error : p.info.damage) {
        if (lines.size() >= static_cast<qsizetype>(maxDetailLines)) {
            lines += QStringLiteral(u"… %1").arg(wording::count(p.info.damage.size()));
            break;
        }
        lines += wording::detailLine(error);
    }
    if (p.phase == ReplayProgress::Phase::Ready && !p.isCancelled)
        lines += d->missing();
    return lines.size() == 1 && problem().isEmpty() ? QString() : lines.join(QLatin1Char('\n'));
}

const TraceInfo& Document::info() const { return d->progress->info; }
std::uint64_t Document::eventCount() const { return d->progress->eventsLoaded; }
std::shared_ptr<const UsageCurve> Document::curve() const { return d->progress->curve; }
std::shared_ptr<const std::vector<Marker>> Document::markers() const { return d->progress->markers; }

std::shared_ptr<const Lifetimes> Document::lifetimes() const { return d->progress->lifetimes; }
std::shared_ptr<const ReplaySource> Document::replaySource() const { return d->progress->source; }

OverlayWatch* Document::overlayWatch() const { return d->overlays; }
RangeWatch* Document::rangeWatch() const { return d->ranges; }

QString Document::siteName(std::uint32_t stack) const
{
    if (stack == 0 || !d->progress->definitions)
        return {};
    const auto known = d->siteNames.constFind(stack);
    if (known != d->siteNames.constEnd())
        return *known;
    const CallStack frames = d->progress->definitions->callStack(stack);
    const auto own =
        std::find_if(frames.begin(), frames.end(), [](const Frame& frame) { return !frame.file.empty(); });
    if (frames.empty())
        return {}; // its definition may still come
    const Frame& frame = own == frames.end() ? frames.front() : *own;
    return *d->siteNames.insert(stack, QString::fromStdString(frame.qualifiedName()));
}

std::uint32_t Document::siteOf(std::uint32_t stack) const
{
    if (stack == 0 || !d->progress->definitions)
        return 0;
    const auto known = d->siteIds.constFind(stack);
    if (known != d->siteIds.constEnd())
        return *known;
    const std::uint32_t site = SiteIndex::siteOf(*d->progress->definitions, stack);
    if (site != 0) // else its definition may still come
        d->siteIds.insert(stack, site);
    return site;
}

SiteIndexPtr Document::sites() const { return d->siteIndex; }
std::optional<BoxFilter> Document::filter() const { return d->filter; }
std::uint32_t Document::site() const { return d->site; }
std::uint64_t Document::cursor() const { return d->cursor; }
SnapshotPtr Document::snapshot() const { return d->snapshot; }

bool Document::isSnapshotCurrent() const
{
    return d->snapshot && covers(*d->snapshot, d->reachableCursor(), d->detail, d->window);
}

Selection Document::selection() const { return d->selection; }
std::shared_ptr<const BlockDetails> Document::details() const { return d->details; }
std::optional<EventRange> Document::range() const { return d->range; }

HeapBytesPtr Document::bytes(BytesUse use) const { return d->bytes[static_cast<std::size_t>(use)]; }

bool Document::areBytesCurrent() const
{
    for (std::size_t use = 0; use < bytesUseCount; ++use) {
        const AddressRange window = d->bytesWindows[use];
        const HeapBytesPtr& have = d->bytes[use];
        if (!window.isEmpty()
            && (!have || !(have->range == window) || have->eventIndex != d->reachableCursor()))
            return false;
    }
    return true;
}

AddressRange Document::byteRange() const { return d->byteRange; }

void Document::setByteRange(AddressRange range)
{
    if (d->selection.what == Selection::What::Nothing || range.isEmpty()
        || !d->selection.range.contains(range.begin))
        range = {};
    if (range == d->byteRange)
        return;
    d->byteRange = range;
    Q_EMIT byteRangeChanged();
}

void Document::setCursor(std::uint64_t event)
{
    const Phase now = phase();
    const std::uint64_t wanted =
        now == Phase::Ready || now == Phase::Failed ? std::min(event, d->progress->eventsLoaded) : event;
    d->isFollowing = false;
    if (wanted == d->cursor)
        return;
    d->cursor = wanted;
    d->scheduleRequest();
    Q_EMIT cursorChanged(wanted);
}

void Document::setSelection(const Selection& selection)
{
    if (selection == d->selection)
        return;
    d->selection = selection;
    const bool detailsAreNew = d->updateDetails(nullptr);
    if (selection.what == Selection::What::Block)
        d->scheduleRequest();
    Q_EMIT selectionChanged();
    setByteRange(d->byteRange);
    if (detailsAreNew)
        Q_EMIT detailsChanged();
}

void Document::setRange(std::optional<EventRange> range)
{
    // While a trace loads, its header may know how long it will be.
    const std::uint64_t end = std::max(d->progress->eventsLoaded, d->progress->info.events);
    if (range)
        *range = { std::min(range->begin, end), std::min(range->end, end) };
    if (range && range->isEmpty())
        range.reset();
    if (range == d->range)
        return;
    d->range = range;
    Q_EMIT rangeChanged();
}

void Document::setFilter(std::optional<BoxFilter> filter)
{
    if (filter && (filter->events.isEmpty() || filter->addresses.isEmpty()))
        filter.reset();
    if (filter == d->filter)
        return;
    d->filter = filter;
    Q_EMIT filterChanged();
}

void Document::setSite(std::uint32_t site)
{
    if (site == d->site)
        return;
    d->site = site;
    Q_EMIT siteChanged();
}

void Document::requestSites()
{
    d->isCensusWanted = true;
    d->scheduleRequest();
}

void Document::setWindow(Detail detail, AddressRange window)
{
    if (detail == d->detail && window == d->window)
        return;
    d->detail = detail;
    d->window = window;
    // What is shown may hold more than is asked for now; then there is nothing to wait for.
    if (!isSnapshotCurrent())
        d->scheduleRequest();
}

void Document::setBytesWindow(BytesUse use, AddressRange window)
{
    if (window.isEmpty())
        window = {};
    else if (window.size() > maxBytesWindow)
        window.end = window.begin + maxBytesWindow;
    const auto index = static_cast<std::size_t>(use);
    if (d->bytesWindows[index] == window)
        return;
    d->bytesWindows[index] = window;
    if (window.isEmpty())
        d->bytes[index] = nullptr;
    else
        d->scheduleRequest();
}

void Document::cancelLoading() { d->thread.cancelLoading(); }

} // namespace heapatlas
