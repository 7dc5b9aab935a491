// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/tracewriter.h"

#include "trace/contents.h"
#include "trace/definitions.h"
#include "trace/tracereader.h"
#include "trace/zendmmstateblob.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace heapatlas {

Result<TraceWriter> TraceWriter::create(const std::string& path, const Options& options)
{
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return Error { ErrorCode::CannotWrite, path + ": " + std::strerror(errno), std::nullopt };
    std::vector<hat_size_class> classes;
    for (const TraceSizeClass& c : options.classes)
        classes.push_back({ c.slotBytes, c.runSlots });
    hat_options raw = {};
    raw.fd = fd;
    raw.classes = classes.data();
    raw.class_count = static_cast<std::uint32_t>(classes.size());
    raw.compression_level = options.compressionLevel;
    raw.byte_limit = options.byteLimit;
    raw.contents = options.hasContents ? 1 : 0;
    hat_writer* writer = hat_create(&raw);
    if (writer == nullptr) {
        ::close(fd);
        return Error { ErrorCode::BadArgument, path + ": size classes out of order, or no memory",
            std::nullopt };
    }
    hat_set_restart_interval(writer, options.restartInterval);
    return TraceWriter(writer);
}

TraceWriter::~TraceWriter()
{
    if (m_writer != nullptr)
        hat_abandon(m_writer);
}

TraceWriter::TraceWriter(TraceWriter&& other) noexcept
    : m_writer(std::exchange(other.m_writer, nullptr))
{
}

void TraceWriter::meta(const std::string& key, const std::string& value)
{
    hat_meta(m_writer, key.c_str(), value.c_str());
}

void TraceWriter::heapState(int when, const ZendMmState& state)
{
    const std::vector<std::uint8_t> bytes = writeZendMmState(state);
    hat_heap_state(m_writer, when, bytes.data(), bytes.size());
}

std::uint32_t TraceWriter::string(const std::string& text)
{
    return hat_string(m_writer, text.data(), text.size());
}

void TraceWriter::marker(const Marker& marker)
{
    struct Visitor
    {
        TraceWriter& writer;
        void operator()(const TrimMarker& m) const { hat_trim(writer.raw(), m.returned); }
        void operator()(const LimitMarker& m) const
        {
            hat_limit(writer.raw(), m.requested, m.resulting, m.accepted ? 1 : 0, m.hardLimit);
        }
        void operator()(const GcMarker& m) const
        {
            const hat_gc_status before { m.before.runs, m.before.collected, m.before.threshold,
                m.before.roots };
            const hat_gc_status after { m.after.runs, m.after.collected, m.after.threshold, m.after.roots };
            hat_gc(writer.raw(), m.firstEvent, &before, &after);
        }
        void operator()(const CheckpointMarker& m) const
        {
            hat_checkpoint(writer.raw(), writer.string(m.name));
        }
        void operator()(const UsageMarker& m) const
        {
            hat_usage(writer.raw(), static_cast<int>(m.figure), m.value);
        }
    };
    std::visit(Visitor { *this }, marker.what);
}

void TraceWriter::sample(const UsageSample& s)
{
    const hat_sample raw { s.live, s.peak, s.real, s.realPeak, s.elapsedUs };
    hat_sample_usage(m_writer, &raw);
}

Result<void> TraceWriter::finish(bool isComplete, const std::string& reason)
{
    const int error = hat_finish(std::exchange(m_writer, nullptr), isComplete ? 1 : 0, reason.c_str());
    if (error == HAT_ELIMIT)
        return Error { ErrorCode::LimitReached, "the trace's size limit was reached", std::nullopt };
    if (error != 0)
        return Error { ErrorCode::CannotWrite, std::strerror(error), std::nullopt };
    return {};
}

namespace {

/// Definitions keep their ids, so each one seen is written once, in order, before the block that may use it.
class DefinitionCopy
{
public:
    void copyNew(const Definitions& from, hat_writer* to)
    {
        for (; m_string < from.stringLimit(); ++m_string) {
            const std::string text = from.string(m_string);
            (void)hat_string(to, text.data(), text.size());
        }
        for (; m_function < from.functionLimit(); ++m_function) {
            const FunctionRow f = from.function(m_function);
            (void)hat_function(to, f.name, f.scope, f.file, f.firstLine);
        }
        for (; m_stack < from.stackLimit(); ++m_stack) {
            const StackNode node = from.stack(m_stack);
            (void)hat_stack(to, node.caller, node.function, node.line);
        }
    }

private:
    std::uint32_t m_string = 1;
    std::uint32_t m_function = 1;
    std::uint32_t m_stack = 1;
};

/// Checkpoint names are strings that the copy already has: found again by their text, so that ids stay aligned.
std::uint32_t stringId(const Definitions& definitions, const std::string& text)
{
    for (std::uint32_t id = definitions.stringLimit(); id-- > 1;)
        if (definitions.string(id) == text)
            return id;
    return 0;
}

/// `written` holds the address of each slot as it was written: what was in place stays so when an edit moved the
/// block's allocation.
void writeEvent(
    hat_writer* w, const EventColumns& columns, std::size_t row, std::vector<std::uint64_t>& written)
{
    const EventCode code = columns.code[row];
    const std::uint32_t slot = columns.slot[row];
    std::uint64_t address = columns.address[row].value;
    if (code.kind() != EventKind::Free && !code.hasFailed()) {
        if (slot >= written.size())
            written.resize(std::size_t { slot } + slot / 2 + 64);
        if (code.isInPlace())
            address = written[slot];
        written[slot] = address;
    }
    switch (code.kind()) {
    case EventKind::Allocate:
        if (code.hasFailed())
            hat_alloc_failed(w, columns.requested(row));
        else
            (void)hat_alloc(w, columns.requested(row), address);
        break;
    case EventKind::Free:
        if (code.isUnknownBlock())
            hat_free_unknown(w, address);
        else
            hat_free(w, slot);
        break;
    case EventKind::Reallocate:
        if (code.hasFailed())
            hat_realloc_failed(w, slot, columns.requested(row));
        else
            hat_realloc(w, slot, columns.requested(row), address);
        break;
    default:
        break;
    }
}

/// Writes the moments of the contents when their events have been written.
class ContentsCopy
{
public:
    ContentsCopy(ContentsStore* contents, const TraceChanges& changes, hat_writer* to)
        : m_contents(contents)
        , m_changes(changes)
        , m_to(to)
    {
    }

    /// All that are of the state after `event` events or before.
    void copyUpTo(std::uint64_t event)
    {
        while (m_contents != nullptr && m_next < m_contents->moments().size()
            && m_contents->moments()[m_next].event <= event)
            copy(m_next++);
    }

private:
    void copy(std::size_t moment)
    {
        const ContentsMoment& from = m_contents->moments()[moment];
        const bool isEnd = from.kind == ContentsMoment::Kind::End;
        hat_contents_begin(
            m_to, isEnd ? HAT_CONTENTS_END : HAT_CONTENTS_CHECKPOINT, from.name.data(), from.name.size());
        bool isCut = from.isCut;
        const PageSource pages = m_changes.pages ? m_changes.pages(moment) : m_contents->pages(moment);
        for (const AddressRange range : m_contents->ranges(moment)) {
            for (Address at = range.begin; at < range.end; at = at + contentsPageBytes) {
                const std::span<const std::uint8_t> page = pages(at);
                if (page.size() == contentsPageBytes)
                    hat_contents_page(m_to, at.value, page.data());
                else
                    isCut = true;
            }
        }
        if (isCut)
            hat_contents_cut(m_to);
        hat_contents_end(m_to);
    }

    ContentsStore* m_contents;
    const TraceChanges& m_changes;
    hat_writer* m_to;
    std::size_t m_next = 0;
};

} // namespace

Result<void> copyTrace(TraceReader& reader, TraceWriter& writer, const BlockEdit& edit)
{
    return copyTrace(reader, writer, nullptr, { edit, {}, {} });
}

Result<void> copyTrace(
    TraceReader& reader, TraceWriter& writer, ContentsStore* contents, const TraceChanges& changes)
{
    hat_writer* const w = writer.raw();
    const BlockEdit& edit = changes.events;
    ContentsCopy contentsCopy(contents, changes, w);
    for (const auto& [key, value] : reader.info().meta)
        writer.meta(key, changes.meta ? changes.meta(key, value) : value);
    if (reader.initialState() != nullptr)
        writer.heapState(HAT_STATE_INITIAL, *reader.initialState());
    DefinitionCopy definitions;
    definitions.copyNew(reader.definitions(), w);

    // Blocks come back in the order of their slots, so numbers given in order are the same again, unless some slots
    // were free at the start: those are made and freed by nobody, so such a trace cannot be told this way.
    const std::vector<AdoptedBlock> adopted = reader.liveBlocks();
    std::vector<std::uint64_t> written(reader.slotCapacity());
    for (const AdoptedBlock& block : adopted) {
        written[block.slot] = block.address.value;
        if (hat_adopt(w, block.address.value, block.size) != block.slot)
            return Error { ErrorCode::Unsupported, "copy: the trace does not start at its beginning",
                std::nullopt };
    }
    for (std::size_t c = 0; c < reader.sizeClasses().size(); ++c) {
        std::vector<std::uint64_t> slots;
        for (const Address a : reader.expectedSlots(c))
            slots.push_back(a.value);
        hat_seed_class(w, static_cast<std::uint32_t>(c), slots.data(), slots.size());
    }

    EventColumns columns;
    std::size_t sample = 0;
    while (reader.readBlock(columns)) {
        if (reader.isDiscontinuous())
            return Error { ErrorCode::Unsupported, "copy: events are missing", std::nullopt };
        definitions.copyNew(reader.definitions(), w);
        if (edit)
            edit(columns);
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const std::uint64_t event = columns.firstEvent + row;
            while (sample < reader.samples().size() && reader.samples()[sample].event <= event)
                writer.sample(reader.samples()[sample++]);
            contentsCopy.copyUpTo(event);
            hat_set_stack(w, columns.stack[row]);
            if (columns.code[row].kind() < EventKind::Trim) {
                writeEvent(w, columns, row, written);
                continue;
            }
            const Marker& marker = reader.markers()[columns.slot[row]];
            if (const auto* checkpoint = std::get_if<CheckpointMarker>(&marker.what))
                hat_checkpoint(w, stringId(reader.definitions(), checkpoint->name));
            else
                writer.marker(marker);
        }
    }
    for (; sample < reader.samples().size(); ++sample)
        writer.sample(reader.samples()[sample]);
    if (reader.finalState() != nullptr)
        writer.heapState(HAT_STATE_FINAL, *reader.finalState());
    contentsCopy.copyUpTo(UINT64_MAX);
    return writer.finish(reader.info().isComplete, reader.endReason());
}

} // namespace heapatlas
