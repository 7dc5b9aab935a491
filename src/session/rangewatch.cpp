// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/rangewatch.h"

#include "replay/mailbox.h"
#include "replay/rangejobs.h"
#include "session/document.h"

#include <QMetaObject>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace heapatlas {

/// The thread and its cursor. Knows no Qt but the call that announces a result.
class RangeWatch::Worker
{
public:
    struct CloseUp
    {
        EventRange range;
        std::uint64_t stride = 1;
    };

    Worker(RangeWatch* watch, ReplaySourcePtr source, std::shared_ptr<const UsageCurve> curve)
        : m_watch(watch)
        , m_source(std::move(source))
        , m_curve(std::move(curve))
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }

    [[nodiscard]] std::uint64_t events() const { return m_source->eventCount(); }
    void askRange(EventRange range)
    {
        wake([&] { m_ranges.put(range); });
    }
    void askWhole()
    {
        wake([&] { m_wholes.put({ 0, events() }); });
    }
    void askCloseUp(const CloseUp& wanted)
    {
        wake([&] { m_closeUps.put(wanted); });
    }

    Mailbox<std::shared_ptr<const RangeFigures>> whole;
    Mailbox<std::shared_ptr<const RangeFigures>> inRange;
    Mailbox<std::shared_ptr<const UsageCloseUp>> closeUp;

private:
    template <class Put>
    void wake(Put put)
    {
        {
            const std::scoped_lock lock(m_mutex);
            put();
        }
        m_wake.notify_one();
    }
    [[nodiscard]] bool hasMail() const
    {
        return m_closeUps.hasMail() || m_ranges.hasMail() || m_wholes.hasMail();
    }

    void run(const std::stop_token& stop)
    {
        // An engine at the end of a long trace is not small: it goes when nobody has asked for a while.
        constexpr std::chrono::seconds patience(5);
        std::optional<ReplayCursor> cursor;
        // Something newer ends a job, but never two in a row: while the user drags, figures must appear.
        bool hasDroppedOne = false;
        const Interrupt interrupt = [&] { return stop.stop_requested() || (!hasDroppedOne && hasMail()); };
        // What was taken and given up for something newer is not forgotten.
        std::optional<CloseUp> wantedCloseUp;
        std::optional<EventRange> wantedRange;
        std::optional<EventRange> wantedWhole;
        while (!stop.stop_requested()) {
            if (!wantedCloseUp && !wantedRange && !wantedWhole) {
                std::unique_lock lock(m_mutex);
                if (cursor && !m_wake.wait_for(lock, stop, patience, [this] { return hasMail(); }))
                    cursor.reset();
                m_wake.wait(lock, stop, [this] { return hasMail(); });
            }
            const auto take = [](auto& wanted, auto& box) {
                if (auto news = box.take())
                    wanted = news;
            };
            take(wantedCloseUp, m_closeUps);
            take(wantedRange, m_ranges);
            take(wantedWhole, m_wholes);
            if (stop.stop_requested())
                break;
            if (!cursor)
                cursor.emplace(m_source, 0);
            const auto answer = [&](auto& wanted, auto& box, auto result) {
                hasDroppedOne = !result;
                if (!result)
                    return; // interrupted: again, after what is newer
                wanted.reset();
                using Result = typename decltype(result)::value_type;
                box.put(std::make_shared<const Result>(std::move(*result)));
                QMetaObject::invokeMethod(
                    m_watch, [watch = m_watch] { watch->deliver(); }, Qt::QueuedConnection);
            };
            if (wantedCloseUp)
                answer(wantedCloseUp, closeUp,
                    usageCloseUp(*cursor, wantedCloseUp->range, wantedCloseUp->stride, interrupt));
            else if (wantedRange)
                answer(wantedRange, inRange, rangeFigures(*cursor, *m_curve, *wantedRange, interrupt));
            else if (wantedWhole)
                answer(wantedWhole, whole, rangeFigures(*cursor, *m_curve, *wantedWhole, interrupt));
        }
    }

    RangeWatch* m_watch;
    ReplaySourcePtr m_source;
    std::shared_ptr<const UsageCurve> m_curve;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    Mailbox<EventRange> m_ranges;
    Mailbox<EventRange> m_wholes;
    Mailbox<CloseUp> m_closeUps;
    std::jthread m_thread; ///< last, so that it is joined first
};

RangeWatch::RangeWatch(Document* document)
    : QObject(document)
    , m_document(document)
{
    connect(document, &Document::rangeChanged, this, &RangeWatch::refresh);
    connect(document, &Document::progressChanged, this, &RangeWatch::refresh);
}

RangeWatch::~RangeWatch() = default;

std::shared_ptr<const RangeFigures> RangeWatch::inRange() const
{
    const auto range = m_document->range();
    return range ? m_inRange : nullptr;
}

bool RangeWatch::isCurrent() const
{
    const bool isCloseUpThere = !m_closeUpAsked
        || (m_closeUp && m_closeUp->range == *m_closeUpAsked && m_closeUp->stride == m_closeUpStride);
    const auto range = m_document->range();
    return (!range || (m_inRange && m_inRange->range == *range)) && (!m_isWholeWanted || m_whole)
        && isCloseUpThere;
}

void RangeWatch::requestWhole()
{
    m_isWholeWanted = true;
    refresh();
}

void RangeWatch::requestCloseUp(EventRange range, std::uint64_t stride)
{
    m_closeUpAsked = range;
    m_closeUpStride = stride;
    if (Worker* const to = worker())
        to->askCloseUp({ range, stride });
}

RangeWatch::Worker* RangeWatch::worker()
{
    if (!m_worker && m_document->replaySource() && m_document->curve())
        m_worker = std::make_unique<Worker>(this, m_document->replaySource(), m_document->curve());
    return m_worker.get();
}

void RangeWatch::refresh()
{
    const auto range = m_document->range();
    const bool isRangeNews = range && range != m_asked;
    const bool isWholeNews = m_isWholeWanted && !m_isWholeAsked;
    const bool isCloseUpNews = m_closeUpAsked && !m_worker;
    if (!range) {
        m_asked.reset();
        m_inRange = nullptr;
    }
    if (!isRangeNews && !isWholeNews && !isCloseUpNews)
        return;
    Worker* const to = worker();
    if (to == nullptr)
        return;
    if (isCloseUpNews)
        to->askCloseUp({ *m_closeUpAsked, m_closeUpStride });
    if (isRangeNews) {
        m_asked = range;
        to->askRange(*range);
    }
    if (isWholeNews) {
        m_isWholeAsked = true;
        to->askWhole();
    }
}

void RangeWatch::deliver()
{
    bool isNew = false;
    if (auto news = m_worker->whole.take()) {
        m_whole = std::move(*news);
        isNew = true;
    }
    if (auto news = m_worker->inRange.take()) {
        m_inRange = std::move(*news);
        isNew = true;
    }
    if (auto news = m_worker->closeUp.take()) {
        m_closeUp = std::move(*news);
        Q_EMIT closeUpChanged();
    }
    if (isNew)
        Q_EMIT figuresChanged();
}

} // namespace heapatlas
