// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/replaythread.h"

#include "replay/endpreview.h"
#include "replay/mailbox.h"
#include "replay/recordedbytes.h"
#include "replay/replayfigures.h"
#include "replay/timeline.h"
#include "replay/traceloader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace heapatlas {

namespace {

using Clock = std::chrono::steady_clock;

// Between two publications while loading; half of what is promised, since one lies between looks at the clock.
constexpr Clock::duration progressInterval = std::chrono::milliseconds(50);

/// Live blocks that are counted at once.
constexpr std::uint64_t censusStretch = 2'000'000;

// Shorter traces are loaded about as fast as their end is found.
constexpr std::uint64_t leastPreviewed = 1 << 18;

// A copy of something that grows while loading. Copied anew only once it has grown by a sixteenth, so that all copies
// together stay a small multiple of the last.
template <class T>
class GrowingCopy
{
public:
    void update(const T& source, std::size_t size, bool isFinal)
    {
        if (!m_copy || isFinal || size > m_size + m_size / 16) {
            m_copy = std::make_shared<const T>(source);
            m_size = size;
        }
    }
    [[nodiscard]] const std::shared_ptr<const T>& get() const { return m_copy; }

private:
    std::shared_ptr<const T> m_copy;
    std::size_t m_size = 0;
};

} // namespace

class ReplayThread::Impl
{
public:
    Impl(std::string path, std::string engineId, Notify notify)
        : m_path(std::move(path))
        , m_engineId(std::move(engineId))
        , m_notify(std::move(notify))
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }

    void request(const ReplayRequest& request)
    {
        m_requests.put(request);
        wake();
    }
    void cancelLoading()
    {
        m_isCancelled.store(true, std::memory_order_relaxed);
        wake();
    }

    Mailbox<SnapshotPtr> snapshots;
    Mailbox<std::shared_ptr<const BlockDetails>> details;
    Mailbox<BlockCensusPtr> censuses;
    Mailbox<HeapBytesSet> bytes;
    Mailbox<ReplayProgressPtr> progress;

private:
    void wake()
    {
        { // so that the thread cannot fall asleep between its look at the mailbox and its wait
            const std::scoped_lock lock(m_mutex);
        }
        m_wakeUp.notify_one();
    }

    void run(const std::stop_token& stop);
    [[nodiscard]] bool open(const std::stop_token& stop);
    void load(const std::stop_token& stop);
    void preview(const Interrupt& interrupt);
    [[nodiscard]] Result<void> add(LoadedBlock& block);
    [[nodiscard]] bool goOnAfterInterruption(const LoadedBlock& block);
    void lookUpPlaces(const Interrupt& interrupt);
    void skim(const Interrupt& interrupt);
    /// Calls f(reader), while the loader reads or not.
    template <class F>
    auto withReader(F f)
    {
        return m_loader ? m_loader->withReader(f) : f(*m_reader);
    }
    void answerMail(const std::stop_token& stop);
    void answer(const ReplayRequest& request, const std::stop_token& stop);
    [[nodiscard]] HeapBytesPtr bytesOf(AddressRange range);
    void inspect(Address address, const Interrupt& interrupt);
    void takeCensus(const Interrupt& interrupt);
    void publish(bool isFinal);
    void fail(const Error& error);
    void notify() const
    {
        if (m_notify)
            m_notify();
    }

    const std::string m_path;
    const std::string m_engineId;
    const Notify m_notify;
    Mailbox<ReplayRequest> m_requests;
    std::atomic<bool> m_isCancelled = false;
    std::mutex m_mutex; ///< for the wake-up only
    std::condition_variable_any m_wakeUp;

    // Below: the replay thread's own.
    std::unique_ptr<TraceReader> m_reader;
    std::optional<TraceLoader> m_loader; ///< while loading: has the reader
    std::unique_ptr<Timeline> m_timeline;
    std::unique_ptr<ReplayEngine> m_preview; ///< while loading: stands at the end
    std::unique_ptr<RecordedBytes> m_contents; ///< opened when bytes are asked for first
    ReplayProgress m_progress;
    GrowingCopy<UsageCurve> m_curve;
    GrowingCopy<std::vector<Marker>> m_markers;
    GrowingCopy<Definitions> m_definitions;
    Clock::time_point m_published;
    std::optional<ReplayRequest> m_unfinished; ///< answered short of its event, which was not loaded yet
    bool m_hasDroppedOne = false; ///< the request before was given up for a newer one

    std::jthread m_thread; ///< last, so that it is joined before what it uses goes
};

void ReplayThread::Impl::run(const std::stop_token& stop)
{
    if (open(stop))
        load(stop);
    while (!stop.stop_requested()) {
        answerMail(stop);
        std::unique_lock lock(m_mutex);
        m_wakeUp.wait(lock, stop, [this] { return m_requests.hasMail(); });
    }
}

bool ReplayThread::Impl::open(const std::stop_token& stop)
{
    publish(false);
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(m_path,
        [this, stop] { return stop.stop_requested() || m_isCancelled.load(std::memory_order_relaxed); });
    if (!reader) {
        m_progress.isCancelled = reader.error().code == ErrorCode::Cancelled;
        fail(reader.error());
        return false;
    }
    m_reader = std::move(*reader);
    Result<std::unique_ptr<ReplayEngine>> engine =
        createReplayEngine(*m_reader, m_engineId, &m_progress.beginsEmpty);
    if (!engine) {
        fail(engine.error());
        return false;
    }
    m_timeline = std::make_unique<Timeline>(std::move(*engine));
    return true;
}

void ReplayThread::Impl::fail(const Error& error)
{
    m_progress.phase = ReplayProgress::Phase::Failed;
    m_progress.error = error;
    publish(true);
}

// Decodes and replays block by block; between them requests are answered from what is there.
void ReplayThread::Impl::load(const std::stop_token& stop)
{
    m_progress.phase = ReplayProgress::Phase::Loading;
    publish(false);
    const Interrupt shallEnd = [&] {
        return stop.stop_requested() || m_isCancelled.load(std::memory_order_relaxed);
    };
    m_loader.emplace(*m_reader);
    preview(shallEnd);
    bool isFirst = true;
    bool isWhole = true;
    while (isWhole && !shallEnd()) {
        LoadedBlock* const block = m_loader->next();
        if (block == nullptr)
            break;
        m_progress.bytesRead = block->bytesRead;
        isWhole = !block->isDiscontinuous || goOnAfterInterruption(*block);
        if (!isWhole)
            break;
        if (const Result<void> added = add(*block); !added) {
            m_progress.error = added.error();
            break;
        }
        answerMail(stop);
        if (isFirst || Clock::now() - m_published >= progressInterval)
            publish(false);
        isFirst = false;
    }
    m_loader.reset();
    lookUpPlaces(shallEnd);
    if (!isWhole)
        skim(shallEnd);
    m_preview.reset();
    m_progress.previewEvent.reset();
    m_timeline->finish();
    m_progress.phase = ReplayProgress::Phase::Ready;
    m_progress.isCancelled = m_isCancelled.load(std::memory_order_relaxed);
    publish(true);
    if (m_unfinished) {
        const ReplayRequest request = *m_unfinished;
        answer(request, stop);
    }
}

// An interruption without missing events comes with the heap as it was observed afterwards. Behind damage the state of
// the allocator is not known: the exact timeline ends before it, and what is missing stands in info().damage.
bool ReplayThread::Impl::goOnAfterInterruption(const LoadedBlock& block)
{
    return block.columns.firstEvent == m_timeline->eventCount() && block.resyncState
        && m_timeline->resync(*block.resyncState, block.liveBlocks).isOk();
}

Result<void> ReplayThread::Impl::add(LoadedBlock& block)
{
    const Result<void> checked = m_timeline->store().check(block.columns);
    if (checked && block.columns.count() != 0)
        m_timeline->append(
            block.columns, std::move(block.packed), block.slotCapacity, std::move(block.markers));
    if (!m_timeline->unstated().empty())
        m_loader->wantAllAddresses();
    return checked;
}

// The addresses that the file states outright name nearly every region (its first block cannot be foretold). For those
// that they do not, the file is read once more as far as needed.
void ReplayThread::Impl::lookUpPlaces(const Interrupt& interrupt)
{
    const std::vector<UnstatedPlace>& places = m_timeline->unstated();
    if (places.empty())
        return;
    Result<std::unique_ptr<TraceReader>> reader = TraceReader::open(m_path, interrupt);
    if (!reader)
        return; // it was there a moment ago: its chunks are shown where the engine has them
    auto next = places.begin();
    EventColumns columns;
    while (next != places.end() && !interrupt()) {
        // Which block is the next one is known only when it was read; all but the first few need addresses at once.
        const bool isNear = next->event < columns.firstEvent + columns.count() + TraceReader::mostBlockEvents;
        const ColumnChoice choice { .wantsStacks = false,
            .addresses = isNear ? AddressChoice::All : AddressChoice::None };
        if (!(*reader)->readBlock(columns, choice))
            return;
        for (; next != places.end() && next->event < columns.firstEvent + columns.count(); ++next) {
            if (next->event >= columns.firstEvent)
                m_timeline->label(*next, columns.addressOf(next->event - columns.firstEvent));
        }
    }
}

// The end of a long trace is there to be seen long before the first pass reaches it.
void ReplayThread::Impl::preview(const Interrupt& interrupt)
{
    const TraceInfo info = withReader([](TraceReader& reader) { return reader.info(); });
    // Without a beginning the replay is a guess, and what it leads to another heap than the one that was seen at the end.
    if (m_progress.beginsEmpty || !info.isComplete || info.events < leastPreviewed
        || (!m_engineId.empty() && m_engineId != info.metaValue("allocator")))
        return;
    m_preview = previewEnd(m_path, *m_timeline->source()->makeEngine(), interrupt);
    if (!m_preview)
        return;
    m_progress.previewEvent = m_preview->position();
    publish(false);
}

// Reads on without replaying, so that info() tells of the whole file.
void ReplayThread::Impl::skim(const Interrupt& interrupt)
{
    EventColumns columns;
    while (!interrupt()
        && m_reader->readBlock(columns, { .wantsStacks = false, .addresses = AddressChoice::None })) {
        if (Clock::now() - m_published >= progressInterval)
            publish(false);
    }
}

void ReplayThread::Impl::publish(bool isFinal)
{
    if (m_reader) {
        withReader([&](TraceReader& reader) {
            m_progress.info = reader.info();
            if (m_timeline)
                m_definitions.update(reader.definitions(), reader.definitions().stackLimit(), isFinal);
        });
        if (!m_loader) // else what was taken of what it read
            m_progress.bytesRead = std::max(m_progress.bytesRead, m_reader->bytesRead());
        m_progress.bytesTotal = m_progress.info.fileBytes;
        // What is left is the index, or nothing that can be read.
        if (m_progress.phase == ReplayProgress::Phase::Ready && !m_progress.isCancelled)
            m_progress.bytesRead = m_progress.bytesTotal;
    }
    if (m_timeline) {
        m_progress.eventsLoaded = m_timeline->eventCount();
        m_curve.update(m_timeline->curve(), m_timeline->curve().events(), isFinal);
        m_markers.update(m_timeline->store().markers(), m_timeline->store().markers().size(), isFinal);
        m_progress.definitions = m_definitions.get();
        m_progress.curve = m_curve.get();
        m_progress.markers = m_markers.get();
        if (isFinal) {
            m_timeline->setOrigin(m_progress.info, m_progress.definitions, m_reader->samples());
            m_progress.source = m_timeline->source();
            m_progress.lifetimes = std::make_shared<const Lifetimes>(m_timeline->lifetimes());
        }
    }
    progress.put(std::make_shared<const ReplayProgress>(m_progress));
    m_published = Clock::now();
    notify();
}

void ReplayThread::Impl::answerMail(const std::stop_token& stop)
{
    while (const std::optional<ReplayRequest> request = m_requests.take()) {
        if (m_timeline)
            answer(*request, stop);
        if (stop.stop_requested())
            return;
    }
}

void ReplayThread::Impl::answer(const ReplayRequest& request, const std::stop_token& stop)
{
    m_unfinished.reset();
    // A newer request ends this one, but never two in a row: while the user drags, something must appear.
    const bool mayBeDropped = !m_hasDroppedOne;
    const Interrupt interrupt = [&] {
        return stop.stop_requested() || (mayBeDropped && m_requests.hasMail());
    };
    m_hasDroppedOne = false;
    if (m_preview && request.event >= m_preview->position()
        && m_timeline->eventCount() < m_preview->position()) {
        m_unfinished = request;
        snapshots.put(m_preview->snapshot(request.detail, request.window));
        notify();
        return;
    }
    if (!m_timeline->seek(request.event, interrupt)) {
        m_hasDroppedOne = true;
        return;
    }
    if (m_timeline->cursor() < request.event && m_progress.phase == ReplayProgress::Phase::Loading)
        m_unfinished = request;
    HeapBytesSet set;
    for (std::size_t i = 0; i < bytesUseCount; ++i) {
        if (!request.bytes[i].isEmpty())
            set[i] = bytesOf(request.bytes[i]);
    }
    bytes.put(std::move(set)); // before the snapshot: who has that has the bytes to it
    snapshots.put(m_timeline->snapshot(request.detail, request.window));
    notify();
    const Interrupt forNewer = [&] { return stop.stop_requested() || m_requests.hasMail(); };
    if (request.inspect)
        inspect(*request.inspect, forNewer);
    if (request.wantsCensus && !forNewer())
        takeCensus(forNewer);
}

HeapBytesPtr ReplayThread::Impl::bytesOf(AddressRange range)
{
    std::shared_ptr<HeapBytes> found = m_timeline->bytes(range);
    if (!m_contents)
        m_contents = std::make_unique<RecordedBytes>(m_path, m_reader->info().metaValue("phpVersion"));
    m_contents->addTo(*found, [this](AddressRange window) {
        const SnapshotPtr around = m_timeline->snapshot(Detail::Blocks, window);
        return std::vector<BlockRow>(around->blocks().begin(), around->blocks().end());
    });
    return found;
}

void ReplayThread::Impl::inspect(Address address, const Interrupt& interrupt)
{
    std::optional<Timeline::Found> found = m_timeline->inspect(address, interrupt);
    if (!found)
        return;
    withReader([&found](TraceReader& reader) {
        found->details.allocatedBy = reader.callStack(found->details.block.stack);
        found->details.freedBy = reader.callStack(found->freedStack);
    });
    details.put(std::make_shared<const BlockDetails>(std::move(found->details)));
    notify();
}

void ReplayThread::Impl::takeCensus(const Interrupt& interrupt)
{
    const SnapshotPtr heap = m_timeline->snapshot(Detail::Regions, {});
    const auto chunks = heap->chunks();
    // A large heap is counted in stretches, so that never all of its blocks stand in memory as rows.
    const std::size_t stretches = static_cast<std::size_t>(heap->totals().liveBlocks / censusStretch) + 1;
    const std::size_t step = std::max<std::size_t>(1, (chunks.size() + stretches - 1) / stretches);
    std::map<std::uint32_t, BlockCensus::Row> counts;
    for (std::size_t first = 0; first < chunks.size(); first += step) {
        if (interrupt())
            return;
        const std::size_t last = std::min(first + step, chunks.size()) - 1;
        const AddressRange window { chunks[first].range.begin, chunks[last].range.end };
        const SnapshotPtr part = m_timeline->snapshot(Detail::Blocks, window);
        for (const BlockRow& block : part->blocks()) {
            BlockCensus::Row& row = counts[block.stack];
            ++row.blocks;
            row.bytes += block.size;
        }
    }
    BlockCensus census;
    census.event = heap->eventIndex();
    census.rows.reserve(counts.size());
    for (auto& [stack, row] : counts) {
        row.stack = stack;
        census.rows.push_back(row);
    }
    censuses.put(std::make_shared<const BlockCensus>(std::move(census)));
    notify();
}

ReplayThread::ReplayThread(std::string path, std::string engineId, Notify notify)
    : m_impl(std::make_unique<Impl>(std::move(path), std::move(engineId), std::move(notify)))
{
}

ReplayThread::~ReplayThread() = default;

void ReplayThread::request(const ReplayRequest& request) { m_impl->request(request); }
void ReplayThread::cancelLoading() { m_impl->cancelLoading(); }
SnapshotPtr ReplayThread::takeSnapshot() { return m_impl->snapshots.take().value_or(nullptr); }
std::shared_ptr<const BlockDetails> ReplayThread::takeDetails()
{
    return m_impl->details.take().value_or(nullptr);
}
BlockCensusPtr ReplayThread::takeCensus() { return m_impl->censuses.take().value_or(nullptr); }
HeapBytesSet ReplayThread::takeBytes() { return m_impl->bytes.take().value_or(HeapBytesSet {}); }
ReplayProgressPtr ReplayThread::takeProgress() { return m_impl->progress.take().value_or(nullptr); }

} // namespace heapatlas
