// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/tracereader.h"

#include "trace/blockdecoder.h"
#include "trace/bytecursor.h"
#include "trace/codecstate.h"
#include "trace/definitions.h"
#include "trace/hatformat.h"
#include "trace/hatwriter.h"
#include "trace/readlimits.h"
#include "trace/sectionreader.h"
#include "trace/traceindex.h"
#include "trace/wholestretch.h"
#include "trace/zendmmstateblob.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

namespace heapatlas {

using namespace readlimits;
static_assert(TraceReader::mostBlockEvents == HAT_BLOCK_EVENTS);

class TraceReader::Impl
{
public:
    Impl(std::unique_ptr<SectionReader> sections, const std::string& path);

    Result<void> readHead();
    /// What the caller of readBlock() wants, and where.
    struct Wish
    {
        EventColumns& columns;
        ColumnChoice choice;
        EventNumbers* numbers; ///< null: nobody wants them
    };
    bool readBlock(const Wish& wish);
    bool makeStateWhole();

    std::unique_ptr<SectionReader> sections;
    TraceInfo info;
    std::string endReason;
    Definitions definitions;
    std::vector<Marker> markers;
    std::vector<UsageSample> samples;
    std::optional<ZendMmState> initialState;
    std::optional<ZendMmState> resyncState;
    std::optional<ZendMmState> finalState;
    CodecState state;
    std::uint64_t offset = HAT_FILE_HEADER_BYTES;
    bool isDiscontinuous = false;

private:
    using Status = SectionReader::Status;
    enum class Step : std::uint8_t
    {
        Consumed,
        Block, ///< columns are filled
        Break, ///< the live blocks are new: an empty block
    };
    bool peek(SectionHeader& header);
    Step consume(const SectionHeader& header, const Wish& wish);
    Step consumeEvents(const SectionHeader& header, std::span<const std::uint8_t> payload, const Wish& wish);
    Step consumeRestart(const SectionHeader& header, std::span<const std::uint8_t> payload);
    void consumeState(const SectionHeader& header, std::span<const std::uint8_t> payload);
    void consumeMeta(const SectionHeader& header, std::span<const std::uint8_t> payload);
    bool readIndex(const SectionHeader& header);
    bool readIndexByTrailer();
    void scanHeaders();
    bool rebuild(std::uint64_t until);
    void countStacks();
    void endReading();

    Error* note(ErrorCode code, std::string context, std::uint64_t at);
    void loseSync(ErrorCode code, const std::string& what, std::uint64_t at);

    BlockDecoder m_decoder;
    RestartParser m_restart;
    std::uint64_t m_event = 0; ///< index of the next event
    std::uint64_t m_wholeEvents = 0; ///< decoded so far
    bool m_isInSync = false;
    bool m_isReadingHead = true;
    AddressChoice m_known = AddressChoice::None; ///< what of them the state is true of
    bool m_hasStacks = false;
    bool m_hasIndex = false;
    bool m_isAtEnd = false;
    bool m_hasSection = false; ///< something whole was found
    std::uint64_t m_definitionBytes = 0; ///< of all sections so far
    std::uint64_t m_metaBytes = 0; ///< likewise
    std::uint64_t m_restartOffset = 0; ///< first part of the last restart point
    std::uint64_t m_partOffset = 0; ///< first part of the one being read
    std::size_t m_lossNote = maxDamage; ///< row of info.damage that the current loss is told in
    EventCounts m_counts;
    std::vector<bool> m_isStackUsed;
    std::unordered_set<std::uint64_t> m_sites;
    EventColumns m_scratch;
};

TraceReader::Impl::Impl(std::unique_ptr<SectionReader> sectionReader, const std::string& path)
    : sections(std::move(sectionReader))
    , m_restart(maxSlots(sections->fileBytes())) // no event takes less than 1/256 byte
{
    info.path = path;
    info.fileBytes = sections->fileBytes();
}

Error* TraceReader::Impl::note(ErrorCode code, std::string context, std::uint64_t at)
{
    info.isComplete = false;
    if (info.damage.size() >= maxDamage)
        return nullptr;
    info.damage.push_back({ code, std::move(context), at });
    return &info.damage.back();
}

void TraceReader::Impl::loseSync(ErrorCode code, const std::string& what, std::uint64_t at)
{
    const Error* noted = note(code, what, at);
    if (m_isInSync && noted != nullptr) {
        m_lossNote = info.damage.size() - 1;
        info.damage.back().context += "; events from " + std::to_string(m_event) + " on are lost";
    }
    m_isInSync = false;
}

Result<void> TraceReader::Impl::readHead()
{
    if (sections->isHeaderDamaged())
        note(ErrorCode::ChecksumMismatch, "the file's header is damaged", 0);
    const bool isWholeSoFar = info.damage.empty();
    m_hasIndex = readIndexByTrailer();
    if (!m_hasIndex)
        scanHeaders();
    else if (!isWholeSoFar)
        info.isComplete = false;
    SectionHeader header;
    EventColumns none;
    while (peek(header) && header.type != HAT_SECTION_EVENTS && header.type != HAT_SECTION_INDEX)
        (void)consume(header, { none, {}, nullptr });
    m_isReadingHead = false;
    if (!m_hasSection)
        return Error { ErrorCode::Truncated, info.path + ": nothing in it is whole", HAT_FILE_HEADER_BYTES };
    return {};
}

/// The next whole header, after whatever is damaged; false at the end.
bool TraceReader::Impl::peek(SectionHeader& header)
{
    if (m_isAtEnd)
        return false;
    Status status = sections->readHeader(offset, header);
    if (status == Status::Damaged) {
        // What it was is not known: a definition, then nothing else is lost; events, then the next block tells.
        note(ErrorCode::ChecksumMismatch, "a section's header is damaged", offset);
        status = sections->findHeader(offset + 1, header) ? Status::Ok : Status::AtEnd;
    } else if (status == Status::Truncated) {
        if (m_hasIndex) // otherwise said when the file was opened
            note(ErrorCode::Truncated, "the file ends in the middle of a section", offset);
        status = Status::AtEnd;
    }
    if (status != Status::Ok) {
        m_isAtEnd = true;
        return false;
    }
    offset = header.offset;
    m_hasSection = true;
    return true;
}

TraceReader::Impl::Step TraceReader::Impl::consume(const SectionHeader& header, const Wish& wish)
{
    offset = header.endOffset();
    if (header.type > HAT_SECTION_INDEX) // contents (trace/contents.h), or of a later minor version
        return Step::Consumed;
    std::span<const std::uint8_t> payload;
    const Status status = sections->readPayload(header, payload);
    const bool isWhole = status == Status::Ok;
    switch (header.type) {
    case HAT_SECTION_EVENTS:
        if (!isWhole)
            loseSync(ErrorCode::ChecksumMismatch, "a block of events is damaged", header.offset);
        else
            return consumeEvents(header, payload, wish);
        break;
    case HAT_SECTION_RESTART:
        if (isWhole)
            return consumeRestart(header, payload);
        m_restart.reset();
        if ((header.flags & HAT_RESTART_BREAK) != 0)
            loseSync(ErrorCode::ChecksumMismatch, "a restart point is damaged", header.offset);
        else
            note(ErrorCode::ChecksumMismatch, "a restart point is damaged", header.offset);
        break;
    case HAT_SECTION_DEFINITIONS: {
        std::span<const std::uint8_t> raw;
        m_definitionBytes += header.rawBytes;
        if (m_definitionBytes > maxDefinitionRatio * info.fileBytes + maxPartBytes)
            note(ErrorCode::LimitExceeded, "more definitions than such a file can have", header.offset);
        else if (!isWhole || !sections->expand(header, payload, maxPartBytes, raw)
            || !definitions.add(raw, maxStringRatio * header.storedBytes + 1024))
            note(isWhole ? ErrorCode::MalformedTrace : ErrorCode::ChecksumMismatch,
                "definitions are damaged: some names are lost", header.offset);
        break;
    }
    case HAT_SECTION_META:
    case HAT_SECTION_STATE:
        if (!isWhole)
            note(ErrorCode::ChecksumMismatch,
                header.type == HAT_SECTION_META ? "the description of the recording is damaged"
                                                : "a heap state is damaged",
                header.offset);
        else if (header.type == HAT_SECTION_META)
            consumeMeta(header, payload);
        else
            consumeState(header, payload);
        break;
    case HAT_SECTION_INDEX:
        if (!m_hasIndex && isWhole)
            m_hasIndex = readIndex(header);
        m_isAtEnd = true;
        break;
    }
    return Step::Consumed;
}

TraceReader::Impl::Step TraceReader::Impl::consumeEvents(
    const SectionHeader& header, std::span<const std::uint8_t> payload, const Wish& wish)
{
    if (!m_isInSync)
        return Step::Consumed;
    if (header.firstEvent != m_event) {
        loseSync(ErrorCode::MalformedTrace, "a block of events is missing", header.offset);
        return Step::Consumed;
    }
    if (wish.choice.addresses > m_known || (wish.choice.wantsStacks && !m_hasStacks)) {
        if (!rebuild(header.offset) || sections->readPayload(header, payload) != Status::Ok) {
            loseSync(ErrorCode::CannotOpen, "the file changed while it was read", header.offset);
            return Step::Consumed;
        }
    }
    const std::size_t markerCount = markers.size();
    const std::size_t sampleCount = samples.size();
    if (markers.size() > maxMarkers(info.fileBytes) || samples.size() > maxSamples(info.fileBytes, m_event)) {
        loseSync(ErrorCode::LimitExceeded, "more markers or samples than fit in memory", header.offset);
        m_isAtEnd = true;
        return Step::Consumed;
    }
    const BlockDecoder::Wanted wanted { wish.choice.addresses, wish.choice.wantsStacks, true, !m_hasIndex };
    if (!m_decoder.decode(*sections, header, payload, definitions, wanted, state,
            { wish.columns, markers, samples, m_counts, wish.numbers })) {
        markers.resize(markerCount);
        samples.resize(sampleCount);
        loseSync(ErrorCode::MalformedTrace, "a block of events contradicts itself", header.offset);
        return Step::Consumed;
    }
    m_event += header.count;
    m_wholeEvents += header.count;
    if (header.count == 0) // samples only
        return Step::Consumed;
    m_known = wish.choice.addresses;
    m_hasStacks = wish.choice.wantsStacks;
    if (!m_hasIndex) {
        info.events = std::max(info.events, m_event);
        info.allocations = m_counts.allocations;
        info.frees = m_counts.frees;
        info.reallocations = m_counts.reallocations;
        for (std::size_t i = markerCount; i < markers.size(); ++i) {
            info.checkpoints += std::holds_alternative<CheckpointMarker>(markers[i].what);
            info.gcRuns += std::holds_alternative<GcMarker>(markers[i].what);
        }
        if (wish.choice.wantsStacks)
            countStacks();
    }
    return Step::Block;
}

TraceReader::Impl::Step TraceReader::Impl::consumeRestart(
    const SectionHeader& header, std::span<const std::uint8_t> payload)
{
    if ((header.flags & HAT_RESTART_FIRST) != 0)
        m_partOffset = header.offset;
    const bool isBreak = (header.flags & HAT_RESTART_BREAK) != 0;
    if (m_isInSync && header.firstEvent != m_event)
        loseSync(ErrorCode::MalformedTrace, "a block of events is missing", header.offset);
    if (m_isInSync && !isBreak) {
        // The state is known; only what rebuild() would have to go back to is new. The blocks behind it know its
        // ordinal, and forget the stack order when they see it.
        if ((header.flags & HAT_RESTART_LAST) != 0)
            m_restartOffset = m_partOffset;
        return Step::Consumed;
    }
    std::span<const std::uint8_t> raw;
    RestartParser::Outcome outcome = RestartParser::Outcome::Malformed;
    if (sections->expand(header, payload, maxPartBytes, raw))
        outcome = m_restart.add(header.flags, raw);
    if (outcome == RestartParser::Outcome::Partial)
        return Step::Consumed;
    if (outcome == RestartParser::Outcome::Malformed || header.firstEvent < m_event) {
        loseSync(ErrorCode::MalformedTrace, "a restart point contradicts itself", header.offset);
        return Step::Consumed;
    }
    const std::uint64_t lost = header.firstEvent - m_event;
    if (m_lossNote < info.damage.size()) {
        std::string& context = info.damage[m_lossNote].context;
        context = context.substr(0, context.rfind(';')) + "; " + std::to_string(lost) + " events from "
            + std::to_string(m_event) + " on are lost";
        m_lossNote = maxDamage;
    } else if (lost != 0) {
        note(ErrorCode::MalformedTrace, std::to_string(lost) + " events are lost", header.offset);
    }
    m_restart.take(state);
    m_restartOffset = m_partOffset;
    m_event = header.firstEvent;
    m_isInSync = true;
    m_known = AddressChoice::All;
    m_hasStacks = true;
    return m_isReadingHead ? Step::Consumed : Step::Break; // whoever opened has not asked for live blocks yet
}

void TraceReader::Impl::consumeState(const SectionHeader& header, std::span<const std::uint8_t> payload)
{
    std::optional<ZendMmState>& slot = header.flags == HAT_STATE_INITIAL ? initialState
        : header.flags == HAT_STATE_RESYNC                               ? resyncState
                                                                         : finalState;
    std::span<const std::uint8_t> raw;
    std::optional<ZendMmState> parsed;
    if (sections->expand(header, payload, maxStateBytes(header), raw))
        parsed = parseZendMmState(raw);
    if (parsed)
        slot = std::move(parsed);
    else
        note(ErrorCode::MalformedTrace, "a heap state contradicts itself", header.offset);
}

void TraceReader::Impl::consumeMeta(const SectionHeader& header, std::span<const std::uint8_t> payload)
{
    std::span<const std::uint8_t> raw;
    m_metaBytes += header.rawBytes;
    if (m_metaBytes > maxMetaBytes || !sections->expand(header, payload, maxMetaBytes, raw)) {
        note(ErrorCode::MalformedTrace, "the description of the recording contradicts itself", header.offset);
        return;
    }
    ByteCursor in(raw);
    while (in.isOk() && !in.isAtEnd()) {
        std::string key(in.text(in.number()));
        std::string value(in.text(in.number()));
        if (in.isOk())
            info.meta[std::move(key)] = std::move(value);
    }
    if (!in.isOk())
        note(ErrorCode::MalformedTrace, "the description of the recording contradicts itself", header.offset);
}

bool TraceReader::Impl::readBlock(const Wish& wish)
{
    isDiscontinuous = false;
    SectionHeader header;
    while (peek(header)) {
        switch (consume(header, wish)) {
        case Step::Consumed:
            break;
        case Step::Block:
            return true;
        case Step::Break:
            isDiscontinuous = true;
            wish.columns = {};
            wish.columns.firstEvent = m_event;
            return true;
        }
    }
    endReading();
    return false;
}

void TraceReader::Impl::endReading()
{
    if (m_hasIndex && m_isInSync && m_event < info.events && info.damage.empty())
        note(ErrorCode::MalformedTrace,
            "events from " + std::to_string(m_event) + " on are missing (of " + std::to_string(info.events)
                + ")",
            offset);
    info.lostEvents = info.events - std::min(info.events, m_wholeEvents);
    m_isInSync = m_isInSync && m_isAtEnd;
}

/// Decodes again from the last restart point up to the section at `until`, so that addresses and stack order are
/// known there.
bool TraceReader::Impl::rebuild(std::uint64_t until)
{
    RestartParser parser(maxSlots(sections->fileBytes()));
    CodecState rebuilt;
    bool isOpen = false;
    std::vector<Marker> noMarkers;
    std::vector<UsageSample> noSamples;
    EventCounts noCounts;
    std::uint64_t event = 0;
    SectionHeader header;
    for (std::uint64_t at = m_restartOffset; at < until; at = header.endOffset()) {
        if (sections->readHeader(at, header) != Status::Ok
            && (!sections->findHeader(at + 1, header) || header.offset >= until))
            break;
        std::span<const std::uint8_t> payload;
        if (sections->readPayload(header, payload) != Status::Ok)
            continue;
        if (header.type == HAT_SECTION_RESTART && !isOpen) {
            std::span<const std::uint8_t> raw;
            if (!sections->expand(header, payload, maxPartBytes, raw))
                return false;
            const RestartParser::Outcome outcome = parser.add(header.flags, raw);
            if (outcome == RestartParser::Outcome::Malformed)
                return false;
            if (outcome == RestartParser::Outcome::Complete) {
                parser.take(rebuilt);
                isOpen = true;
                event = header.firstEvent;
            }
        } else if (header.type == HAT_SECTION_EVENTS && isOpen) {
            if (header.firstEvent != event
                || !m_decoder.decode(*sections, header, payload, definitions,
                    { AddressChoice::All, true, false, false }, rebuilt,
                    { m_scratch, noMarkers, noSamples, noCounts }))
                return false;
            event += header.count;
        }
    }
    if (!isOpen || event != m_event)
        return false;
    state = std::move(rebuilt);
    m_known = AddressChoice::All;
    m_hasStacks = true;
    return true;
}

bool TraceReader::Impl::makeStateWhole()
{
    return m_isInSync && (m_known == AddressChoice::All || rebuild(offset));
}

void TraceReader::Impl::countStacks()
{
    for (const std::uint32_t stack : m_decoder.explicitStacks()) {
        if (stack == 0)
            continue;
        if (stack >= m_isStackUsed.size())
            m_isStackUsed.resize(std::size_t { stack } + stack / 2 + 64);
        if (m_isStackUsed[stack])
            continue;
        m_isStackUsed[stack] = true;
        const StackNode node = definitions.stack(stack);
        m_sites.insert(std::uint64_t { node.function } << 32 | node.line);
        ++info.stacks;
    }
    info.sites = m_sites.size();
}

bool TraceReader::Impl::readIndexByTrailer()
{
    SectionReader::Trailer trailer;
    SectionHeader header;
    return sections->readTrailer(trailer) && sections->readHeader(trailer.indexOffset, header) == Status::Ok
        && header.type == HAT_SECTION_INDEX && readIndex(header);
}

bool TraceReader::Impl::readIndex(const SectionHeader& header)
{
    std::span<const std::uint8_t> payload;
    std::span<const std::uint8_t> raw;
    if (sections->readPayload(header, payload) != Status::Ok
        || !sections->expand(header, payload, maxPartBytes, raw))
        return false;
    const std::optional<TraceIndex> index = parseTraceIndex(raw);
    if (!index)
        return false;
    info.events = index->events;
    info.allocations = index->allocations;
    info.frees = index->frees;
    info.reallocations = index->reallocations;
    info.stacks = index->stacks;
    info.sites = index->sites;
    info.checkpoints = index->checkpoints;
    info.gcRuns = index->gcRuns;
    endReason = index->reason;
    if (!index->isComplete)
        note(ErrorCode::Truncated,
            endReason.empty() ? "the recording ended early" : "the recording ended early: " + endReason,
            header.offset);
    else if (info.damage.empty())
        info.isComplete = true;
    SectionHeader stateHeader;
    if (index->lastStateOffset && sections->readHeader(*index->lastStateOffset, stateHeader) == Status::Ok
        && stateHeader.type == HAT_SECTION_STATE && stateHeader.flags == HAT_STATE_FINAL
        && sections->readPayload(stateHeader, payload) == Status::Ok
        && sections->expand(stateHeader, payload, maxStateBytes(stateHeader), raw))
        finalState = parseZendMmState(raw);
    return true;
}

void TraceReader::Impl::scanHeaders()
{
    const WholeStretch whole = findWholeStretch(*sections);
    info.events = whole.events;
    note(ErrorCode::Truncated,
        "the file has no index: the recorded process was killed or the file was cut; whole up to byte "
            + std::to_string(whole.bytes),
        whole.bytes);
}

Result<std::unique_ptr<TraceReader>> TraceReader::open(
    const std::string& path, std::function<bool()> interrupt)
{
    Result<std::unique_ptr<SectionReader>> sections = SectionReader::open(path);
    if (!sections)
        return sections.error();
    (*sections)->setInterrupt(std::move(interrupt));
    (*sections)->setOpening(true);
    auto impl = std::make_unique<Impl>(std::move(*sections), path);
    const Result<void> head = impl->readHead();
    if (impl->sections->isInterrupted())
        return Error { ErrorCode::Cancelled, path, {} };
    impl->sections->setOpening(false);
    if (!head)
        return head.error();
    return std::unique_ptr<TraceReader>(new TraceReader(std::move(impl)));
}

TraceReader::TraceReader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
TraceReader::~TraceReader() = default;

bool TraceReader::readBlock(EventColumns& columns, ColumnChoice choice, EventNumbers* numbers)
{
    return m_impl->readBlock({ columns, choice, numbers });
}

bool TraceReader::isDiscontinuous() const { return m_impl->isDiscontinuous; }

std::vector<AdoptedBlock> TraceReader::liveBlocks() const
{
    std::vector<AdoptedBlock> blocks;
    if (!m_impl->makeStateWhole())
        return blocks;
    const CodecState& state = m_impl->state;
    for (std::uint32_t slot = 0; slot < state.slotCount; ++slot)
        if (state.slots[slot].isLive())
            blocks.push_back({ slot, { state.slots[slot].address }, state.slots[slot].size() });
    return blocks;
}

std::uint32_t TraceReader::slotCapacity() const { return m_impl->state.slotCount; }
const TraceInfo& TraceReader::info() const { return m_impl->info; }

const ZendMmState* TraceReader::initialState() const
{
    return m_impl->initialState ? &*m_impl->initialState : nullptr;
}

const ZendMmState* TraceReader::resyncState() const
{
    return m_impl->resyncState ? &*m_impl->resyncState : nullptr;
}

const ZendMmState* TraceReader::finalState() const
{
    return m_impl->finalState ? &*m_impl->finalState : nullptr;
}

const std::vector<Marker>& TraceReader::markers() const { return m_impl->markers; }
const std::vector<UsageSample>& TraceReader::samples() const { return m_impl->samples; }
CallStack TraceReader::callStack(std::uint32_t stack) const { return m_impl->definitions.callStack(stack); }

Frame TraceReader::innermostFrame(std::uint32_t stack) const { return m_impl->definitions.innermost(stack); }
Frame TraceReader::site(std::uint32_t stack) const { return m_impl->definitions.site(stack); }
std::uint64_t TraceReader::bytesRead() const { return m_impl->offset; }
const std::vector<TraceSizeClass>& TraceReader::sizeClasses() const { return m_impl->state.classes; }

std::vector<Address> TraceReader::expectedSlots(std::size_t sizeClass) const
{
    std::vector<Address> slots;
    if (sizeClass >= m_impl->state.classes.size() || !m_impl->makeStateWhole())
        return slots;
    for (const std::uint64_t address : m_impl->state.bets[sizeClass].expected())
        slots.push_back({ address });
    return slots;
}

const Definitions& TraceReader::definitions() const { return m_impl->definitions; }
const std::string& TraceReader::endReason() const { return m_impl->endReason; }

} // namespace heapatlas
