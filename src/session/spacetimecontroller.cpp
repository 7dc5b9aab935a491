// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/spacetimecontroller.h"

#include "replay/lifeindex.h"
#include "replay/mailbox.h"
#include "replay/spacetimebuilder.h"
#include "replay/taskthread.h"
#include "replay/tracescales.h"
#include "session/document.h"

#include <QTimer>

#include <algorithm>
#include <atomic>
#include <utility>

namespace heapatlas {

namespace {

constexpr int waitMs = 60; ///< after the last wheel notch, before the finer grid is made
constexpr auto livesGrace = std::chrono::milliseconds(250);
constexpr unsigned overviewColumns = 1024;
constexpr std::size_t cellsOfOverview = std::size_t { 16 } << 20;
constexpr std::size_t cellsOfDetail = std::size_t { 8 } << 20;

struct GridNews
{
    SpacetimeNews news;
    std::uint64_t serial = 0; ///< of the wish
};
struct LivesNews
{
    LifeBarsPtr lives;
};

} // namespace

class SpacetimeController::Private
{
public:
    Private(SpacetimeController* controller, Document* of)
        : q(controller)
        , document(of)
        , scale(std::make_shared<const EventScale>())
    {
        wait.setSingleShot(true);
        wait.setInterval(waitMs);
    }

    void notify()
    {
        if (!isDeliveryQueued.exchange(true))
            Q_EMIT q->mailArrived(QPrivateSignal());
    }

    void begin()
    {
        if (!isStarted || overview || isWorking || isCancelled)
            return;
        source = document->replaySource();
        if (!source)
            return;
        if (stretch.columns != 0)
            wait.start(); // what was asked for before there was a trace
        isWorking = true;
        progress = 0;
        // The run that makes the overview finds the blocks of the lens on its way.
        isFeeding = isWholeSeen() && !(lives && lives->isComplete && livesFit());
        fed = window;
        const EventScale::Unit wanted = unit;
        overviewThread.run([this, from = source, wanted, lens = window, feeds = isFeeding,
                               serial = ++overviewSerial](const Interrupt& interrupt) {
            const EventScalePtr made = makeScale(*from, wanted, interrupt);
            if (made == nullptr)
                return;
            scales.put(made);
            notify();
            SpacetimeRequest request;
            request.end = from->eventCount();
            request.columns = overviewColumns;
            request.scale = made;
            request.maxCells = cellsOfOverview;
            request.lens = lens;
            request.wantsLens = feeds;
            const auto publish = [this, serial](const SpacetimeNews& part) {
                overviews.put({ part, serial });
                notify();
            };
            if (const auto whole = makeSpacetime(from, request, interrupt, publish))
                publish(*whole);
        });
    }

    /// The lens shows all of the axis, or nobody has said yet what it shows.
    [[nodiscard]] bool isWholeSeen() const
    {
        return stretch.columns == 0 || (stretch.begin == 0 && source && stretch.end >= source->eventCount());
    }
    /// What lives() tells of is what was asked for.
    [[nodiscard]] bool livesFit() const
    {
        return lives && source && lives->window == window
            && (stretch.columns == 0
                || (lives->begin == std::min(stretch.begin, source->eventCount())
                    && lives->end == std::min(stretch.end, source->eventCount())));
    }

    static EventScalePtr makeScale(
        const ReplaySource& from, EventScale::Unit wanted, const Interrupt& interrupt)
    {
        switch (wanted) {
        case EventScale::Unit::Events:
            break;
        case EventScale::Unit::Seconds:
            return secondsScale(from.samples(), from.eventCount());
        case EventScale::Unit::Requested:
            return bytesScale(from.store(), interrupt);
        }
        return std::make_shared<const EventScale>();
    }

    void askDetail()
    {
        isDetailWanted = false;
        if (!source || stretch.columns == 0 || stretch.end <= stretch.begin)
            return;
        if (stretch.begin == 0 && stretch.end >= source->eventCount() && stretch.columns <= overviewColumns) {
            detailThread.cancel();
            if (detail) {
                detail = nullptr;
                Q_EMIT q->gridChanged();
            }
            return;
        }
        isDetailWanted = true;
        // A finer picture of the whole can wait for the coarser one.
        if (isWorking && isWholeSeen()) {
            detailThread.cancel();
            return;
        }
        detailThread.run([this, from = source, seen = stretch, along = scale](const Interrupt& interrupt) {
            SpacetimeRequest request;
            request.begin = seen.begin;
            request.end = seen.end;
            request.columns = std::min(seen.columns, 4096U);
            request.scale = along;
            request.maxCells = cellsOfDetail;
            if (const SpacetimeGridPtr grid = buildSpacetime(from, request, interrupt)) {
                details.put(grid);
                notify();
            }
        });
    }

    void askLives()
    {
        isLivesWanted = false;
        if (!source || window.isEmpty() || stretch.columns == 0)
            return;
        if (livesFit() && lives->isComplete) {
            livesThread.cancel();
            return;
        }
        isLivesWanted = true;
        if (isFeeding && isWorking && fed == window && isWholeSeen()) {
            livesThread.cancel(); // they come with the overview
            return;
        }
        LifeRequest request;
        request.window = window;
        request.begin = stretch.begin;
        request.end = stretch.end;
        SpacetimeRequest axis;
        axis.begin = stretch.begin;
        axis.end = stretch.end;
        axis.columns = std::min(stretch.columns, 4096U);
        axis.scale = scale;
        request.columns = spacetimeColumns(axis);
        livesThread.run([this, from = source, request](const Interrupt& interrupt) {
            const auto publish = [this](LifeBarsPtr part, double) {
                lifeMail.put({ std::move(part) });
                notify();
            };
            if (const LifeBarsPtr found = findLives(from, request, interrupt, publish)) {
                lifeMail.put({ found });
                notify();
            }
        });
    }

    void deliver()
    {
        isDeliveryQueued = false;
        if (auto news = scales.take(); news && (*news)->unit() == unit) {
            const bool isOther = (*news)->unit() != scale->unit();
            scale = *news;
            Q_EMIT q->scaleChanged();
            if (isOther)
                wait.start(); // the columns of the detail stand elsewhere now
        }
        bool isGridNew = false;
        bool areLivesNew = false;
        bool isLensNew = false;
        if (auto mail = overviews.take(); mail && !isCancelled && mail->serial == overviewSerial) {
            const SpacetimeNews& news = mail->news;
            overview = news.grid;
            progress = news.progress;
            isWorking = !overview->isComplete;
            isGridNew = true;
            if (window.isEmpty() && !news.chosen.isEmpty()) {
                window = news.chosen;
                isLensNew = true;
            }
            if (fed.isEmpty())
                fed = news.chosen;
            if (isFeeding && news.lives && news.lives->window == window && isWholeSeen()) {
                lives = news.lives;
                areLivesNew = true;
            }
            if (!isWorking) {
                isFeeding = false;
                if (isDetailWanted && !wait.isActive())
                    wait.start(); // it stood back
            }
        }
        if (auto news = details.take(); news && isDetailWanted) {
            detail = *news;
            isDetailWanted =
                detail->begin != stretch.begin || detail->end != std::min(stretch.end, source->eventCount());
            isGridNew = true;
        }
        if (isGridNew)
            Q_EMIT q->gridChanged();
        if (isLensNew) {
            Q_EMIT q->windowChosen(window);
            if (!wait.isActive())
                askLives();
        }
        if (auto news = lifeMail.take()) {
            // Late ones of another wish stand aside for what fits already.
            if (!(livesFit() && lives->isComplete)) {
                lives = news->lives;
                areLivesNew = true;
            }
        }
        if (livesFit() && lives->isComplete)
            isLivesWanted = false;
        if (areLivesNew)
            Q_EMIT q->livesChanged();
    }

    SpacetimeController* q;
    Document* document;
    std::shared_ptr<const ReplaySource> source;
    EventScale::Unit unit = EventScale::Unit::Events;
    EventScalePtr scale;
    Stretch stretch;
    AddressRange window;
    SpacetimeGridPtr overview;
    SpacetimeGridPtr detail;
    LifeBarsPtr lives;
    double progress = 0;
    std::uint64_t overviewSerial = 0;
    bool isStarted = false;
    bool isWorking = false;
    bool isCancelled = false;
    bool isDetailWanted = false;
    bool isLivesWanted = false;
    bool isFeeding = false; ///< the overview that is being made brings lives() of `fed` over the whole trace
    AddressRange fed;
    QTimer wait;

    Mailbox<EventScalePtr> scales;
    Mailbox<GridNews> overviews;
    Mailbox<SpacetimeGridPtr> details;
    Mailbox<LivesNews> lifeMail;
    std::atomic<bool> isDeliveryQueued { false };
    // Last, so that they are joined first.
    TaskThread overviewThread;
    TaskThread detailThread;
    TaskThread livesThread { livesGrace };
};

SpacetimeController::SpacetimeController(Document* document, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, document))
{
    connect(
        this, &SpacetimeController::mailArrived, this, [this] { d->deliver(); }, Qt::QueuedConnection);
    connect(document, &Document::progressChanged, this, [this] { d->begin(); });
    connect(&d->wait, &QTimer::timeout, this, [this] {
        d->askDetail();
        d->askLives();
    });
}

SpacetimeController::~SpacetimeController() = default;

void SpacetimeController::start()
{
    d->isStarted = true;
    d->begin();
}

EventScale::Unit SpacetimeController::unit() const { return d->unit; }
EventScalePtr SpacetimeController::scale() const { return d->scale; }
SpacetimeGridPtr SpacetimeController::overview() const { return d->overview; }
SpacetimeGridPtr SpacetimeController::detail() const { return d->detail; }
LifeBarsPtr SpacetimeController::lives() const { return d->lives; }
bool SpacetimeController::isWorking() const { return d->isWorking; }
double SpacetimeController::progress() const { return d->progress; }
bool SpacetimeController::isCancelled() const { return d->isCancelled; }

bool SpacetimeController::isSettled() const
{
    return d->isStarted && (d->overview || d->isCancelled) && !d->isWorking && !d->isDetailWanted && !d->isLivesWanted
        && !d->wait.isActive();
}

void SpacetimeController::setUnit(EventScale::Unit unit)
{
    if (unit == d->unit)
        return;
    d->unit = unit;
    // The old grid stays to be seen: its columns are positions, only closer to each other here and there.
    d->overviewThread.cancel();
    d->detailThread.cancel();
    d->isDetailWanted = false;
    SpacetimeGridPtr kept = std::exchange(d->overview, nullptr);
    d->isWorking = false;
    d->isCancelled = false;
    d->begin();
    d->overview = std::move(kept);
    // What is shown of it stands elsewhere on the other axis, even where the stretch is the same.
    d->wait.start();
}

void SpacetimeController::setStretch(const Stretch& stretch)
{
    if (stretch == d->stretch)
        return;
    d->stretch = stretch;
    d->wait.start();
}

void SpacetimeController::setWindow(AddressRange window)
{
    if (window == d->window)
        return;
    d->window = window;
    if (!d->wait.isActive())
        d->askLives();
}

void SpacetimeController::cancel()
{
    if (!d->isWorking)
        return;
    d->overviewThread.cancel();
    d->isWorking = false;
    d->isCancelled = true;
    if (std::exchange(d->isFeeding, false))
        d->askLives(); // it does not bring them any more
    Q_EMIT gridChanged();
}

void SpacetimeController::resume()
{
    if (!d->isCancelled)
        return;
    d->isCancelled = false;
    SpacetimeGridPtr kept = std::exchange(d->overview, nullptr);
    d->begin();
    d->overview = std::move(kept);
    Q_EMIT gridChanged();
}

} // namespace heapatlas
