// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/overlaywatch.h"

#include "analysis/pins.h"
#include "replay/blockvisitor.h"
#include "replay/mailbox.h"
#include "replay/replaycursor.h"
#include "session/document.h"
#include "trace/sitetable.h"

#include <QMetaObject>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace heapatlas {

namespace {

/// Links of one free list that are told; a picture of more is a blot.
constexpr std::size_t maxFreeSlots = 2000;

/// Collects the places of blocks that end.
class FreedPlaces final : public BlockVisitor
{
public:
    void born(const BlockEvent&) override { }
    void resized(const BlockEvent&, Bytes, Bytes) override { }
    void ended(const BlockEvent& block) override
    {
        m_places.push_back({ { block.begin, block.begin + block.size }, block.event });
    }
    void forgotten() override { m_places.clear(); }

    [[nodiscard]] std::vector<FreedPlace> take()
    {
        // The newest of each begin stands first, and stays.
        std::sort(m_places.begin(), m_places.end(), [](const FreedPlace& a, const FreedPlace& b) {
            return a.range.begin == b.range.begin ? a.freedEvent > b.freedEvent
                                                  : a.range.begin < b.range.begin;
        });
        const auto end = std::unique(m_places.begin(), m_places.end(),
            [](const FreedPlace& a, const FreedPlace& b) { return a.range.begin == b.range.begin; });
        m_places.erase(end, m_places.end());
        return std::move(m_places);
    }

private:
    std::vector<FreedPlace> m_places;
};

} // namespace

/// The thread and its cursor. Knows no Qt but the call that announces a result.
class OverlayWatch::Worker
{
public:
    struct Request
    {
        std::uint64_t event = 0;
        Wants wants;
    };

    Worker(OverlayWatch* watch, ReplaySourcePtr source)
        : m_watch(watch)
        , m_source(std::move(source))
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }

    void request(const Request& request)
    {
        m_asked = request;
        {
            const std::scoped_lock lock(m_mutex);
            m_requests.put(request);
        }
        m_wake.notify_one();
    }
    [[nodiscard]] std::optional<Request> asked() const { return m_asked; }
    [[nodiscard]] std::optional<HeapOverlaysPtr> take() { return m_results.take(); }

private:
    void run(const std::stop_token& stop)
    {
        ReplayCursor cursor(m_source, 0);
        std::optional<SiteTable> sites;
        if (m_source->definitions())
            sites.emplace(*m_source->definitions());
        const Interrupt interrupt = [&] { return stop.stop_requested() || m_requests.hasMail(); };
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, stop, [this] { return m_requests.hasMail(); });
            }
            const std::optional<Request> request = m_requests.take();
            if (!request)
                continue;
            if (HeapOverlaysPtr result = compute(cursor, sites, *request, interrupt)) {
                m_results.put(std::move(result));
                QMetaObject::invokeMethod(
                    m_watch, [watch = m_watch] { watch->deliver(); }, Qt::QueuedConnection);
            }
        }
    }

    /// Null if interrupted.
    HeapOverlaysPtr compute(ReplayCursor& cursor, std::optional<SiteTable>& sites, const Request& request,
        const Interrupt& interrupt)
    {
        auto result = std::make_shared<HeapOverlays>();
        const std::uint64_t event = std::min(request.event, m_source->eventCount());
        result->eventIndex = event;
        if (request.wants.testFlag(JustFreed)) {
            result->freedSince = event - std::min(event, freedEvents);
            FreedPlaces places;
            if (!cursor.seek(result->freedSince, interrupt) || !cursor.visit(event, places, interrupt))
                return nullptr;
            result->justFreed = places.take();
            result->hasJustFreed = true;
        } else if (!cursor.seek(event, interrupt)) {
            return nullptr;
        }
        if (request.wants.testFlag(FreeLists)) {
            result->freeLists = cursor.freeLists(maxFreeSlots);
            result->hasFreeLists = true;
        }
        if (request.wants.testFlag(Pins)) {
            const SnapshotPtr snapshot = cursor.snapshot(Detail::Blocks);
            if (interrupt())
                return nullptr;
            result->pins = std::make_shared<PinTable>(
                findPins(*snapshot, [&](std::uint32_t stack) { return sites ? sites->siteOf(stack) : 0; }));
            for (std::uint32_t site = 0; sites && site < sites->size(); ++site)
                result->sites.push_back(sites->frame(site));
        }
        return result;
    }

    OverlayWatch* m_watch;
    ReplaySourcePtr m_source;
    std::optional<Request> m_asked; ///< of the face's thread
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    Mailbox<Request> m_requests;
    Mailbox<HeapOverlaysPtr> m_results;
    std::jthread m_thread; ///< last, so that it is joined first
};

OverlayWatch::OverlayWatch(Document* document)
    : QObject(document)
    , m_document(document)
{
    connect(document, &Document::cursorChanged, this, &OverlayWatch::refresh);
    connect(document, &Document::progressChanged, this, &OverlayWatch::refresh);
}

OverlayWatch::~OverlayWatch() = default;

void OverlayWatch::setWanted(QObject* who, Wants wants)
{
    if (!m_wanted.contains(who)) {
        if (!wants)
            return;
        connect(who, &QObject::destroyed, this, [this](QObject* gone) { m_wanted.remove(gone); });
    }
    m_wanted[who] = wants;
    refresh();
}

OverlayWatch::Wants OverlayWatch::wanted() const
{
    Wants all;
    for (const Wants wants : m_wanted)
        all |= wants;
    return all;
}

bool OverlayWatch::isCurrent() const
{
    const Wants wants = wanted();
    if (!wants)
        return true;
    return m_overlays != nullptr
        && m_overlays->eventIndex == std::min(m_document->cursor(), m_document->eventCount())
        && (!wants.testFlag(Pins) || m_overlays->pins != nullptr)
        && (!wants.testFlag(JustFreed) || m_overlays->hasJustFreed)
        && (!wants.testFlag(FreeLists) || m_overlays->hasFreeLists);
}

void OverlayWatch::refresh()
{
    const Wants wants = wanted();
    const ReplaySourcePtr source = m_document->replaySource();
    if (!wants || source == nullptr || isCurrent())
        return;
    if (m_worker == nullptr)
        m_worker = std::make_unique<Worker>(this, source);
    const Worker::Request request { std::min(m_document->cursor(), source->eventCount()), wants };
    const std::optional<Worker::Request> asked = m_worker->asked();
    if (!asked || asked->event != request.event || asked->wants != request.wants)
        m_worker->request(request);
}

void OverlayWatch::deliver()
{
    if (m_worker == nullptr)
        return;
    std::optional<HeapOverlaysPtr> news = m_worker->take();
    if (!news)
        return;
    m_overlays = std::move(*news);
    Q_EMIT changed();
}

} // namespace heapatlas
