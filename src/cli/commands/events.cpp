// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/formatsize.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/jsonwriter.h"
#include "cli/traceaccess.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <variant>

namespace heapatlas::cli {

namespace {

constexpr std::array<OptionSpec, 3> options { {
    { "from", 0, "N", "first event index (default 0)" },
    { "to", 0, "M", "event index to stop before (default: the end)" },
    { "json", 0, "", "an array of objects" },
} };

constexpr std::string_view description = R"(Prints events, one a line:

  index kind size address oldAddress site

index counts from 0. kind is alloc, free, realloc, trim, limit, gc, checkpoint or usage; one
that failed ends in "!". size is what was asked for, in bytes; of trim, limit and usage it is
the figure that PHP was told. Addresses are as recorded. site is the line of the program that
asked, as file:line, or a function where no PHP code was running. What an event has not is "-". After "#" follows
what else is known of a checkpoint, a limit, a usage call or a GC run.

JSON keys: index, kind, failed, size, address, oldAddress, site, note; null where there is none.)";

/// Sites as text, made once for each call stack.
class Sites
{
public:
    explicit Sites(const TraceReader& reader)
        : m_reader(reader)
    {
    }

    const std::string& of(std::uint32_t stack)
    {
        if (stack >= m_texts.size())
            m_texts.resize(std::max<std::size_t>(stack + std::size_t { 1 }, m_texts.size() * 2));
        std::string& text = m_texts[stack];
        if (text.empty())
            text = make(m_reader.site(stack));
        return text;
    }

private:
    static std::string make(const Frame& frame)
    {
        std::string text =
            frame.file.empty() ? frame.qualifiedName() : frame.file + ":" + std::to_string(frame.line);
        // One event is one line, whatever a file is called.
        std::replace_if(
            text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
        return text.empty() ? "-" : text;
    }

    const TraceReader& m_reader;
    std::vector<std::string> m_texts;
};

std::string_view figureName(UsageFigure figure)
{
    switch (figure) {
    case UsageFigure::Live:
        return "memory_get_usage()";
    case UsageFigure::Real:
        return "memory_get_usage(true)";
    case UsageFigure::Peak:
        return "memory_get_peak_usage()";
    case UsageFigure::RealPeak:
        return "memory_get_peak_usage(true)";
    case UsageFigure::ResetPeak:
        return "memory_reset_peak_usage()";
    }
    return "";
}

/// The size column of an event that is no allocation.
std::optional<Bytes> figureOf(const Marker& marker)
{
    if (const auto* trim = std::get_if<TrimMarker>(&marker.what))
        return trim->returned;
    if (const auto* limit = std::get_if<LimitMarker>(&marker.what))
        return limit->resulting;
    if (const auto* usage = std::get_if<UsageMarker>(&marker.what);
        usage && usage->figure != UsageFigure::ResetPeak)
        return usage->value;
    return std::nullopt;
}

std::string noteOf(const Marker& marker)
{
    if (const auto* checkpoint = std::get_if<CheckpointMarker>(&marker.what))
        return checkpoint->name;
    if (const auto* usage = std::get_if<UsageMarker>(&marker.what))
        return std::string(figureName(usage->figure));
    if (const auto* limit = std::get_if<LimitMarker>(&marker.what)) {
        return "requested " + std::to_string(limit->requested) + (limit->accepted ? "" : ", refused")
            + (limit->hardLimit != 0 ? ", hard limit " + std::to_string(limit->hardLimit) : std::string());
    }
    if (const auto* gc = std::get_if<GcMarker>(&marker.what)) {
        return "since event " + std::to_string(gc->firstEvent) + ", collected "
            + std::to_string(gc->after.collected - std::min(gc->before.collected, gc->after.collected))
            + ", roots " + std::to_string(gc->before.roots) + " to " + std::to_string(gc->after.roots);
    }
    return {};
}

/// One event, ready to be written either way.
struct Row
{
    std::uint64_t index = 0;
    EventCode code;
    std::optional<Bytes> size;
    Address address;
    Address oldAddress;
    std::string_view site;
    std::string note;
};

class TextWriter
{
public:
    explicit TextWriter(Output& out)
        : m_out(out)
    {
    }

    void write(const Row& row)
    {
        char* at = m_line.data();
        at = std::to_chars(at, at + maxNumber, row.index).ptr;
        *at++ = ' ';
        const std::string_view kind = eventKindName(row.code.kind());
        at = std::copy(kind.begin(), kind.end(), at);
        if (row.code.hasFailed())
            *at++ = '!';
        *at++ = ' ';
        if (row.size)
            at = std::to_chars(at, at + maxNumber, *row.size).ptr;
        else
            *at++ = '-';
        at = address(at, row.address);
        at = address(at, row.oldAddress);
        *at++ = ' ';
        m_out << std::string_view(m_line.data(), static_cast<std::size_t>(at - m_line.data())) << row.site;
        if (!row.note.empty())
            m_out << " # " << row.note;
        m_out << "\n";
    }

private:
    static char* address(char* at, Address address)
    {
        *at++ = ' ';
        if (address.isNull()) {
            *at++ = '-';
            return at;
        }
        *at++ = '0';
        *at++ = 'x';
        return std::to_chars(at, at + maxNumber, address.value, 16).ptr;
    }

    static constexpr std::ptrdiff_t maxNumber = 24;
    Output& m_out;
    std::array<char, 160> m_line {};
};

class ArrayWriter
{
public:
    explicit ArrayWriter(Output& out)
        : m_out(out)
        , m_json(m_out)
    {
        m_json.beginArray();
    }
    ~ArrayWriter() { m_json.endArray(); }
    ArrayWriter(const ArrayWriter&) = delete;
    ArrayWriter& operator=(const ArrayWriter&) = delete;

    void write(const Row& row)
    {
        m_json.beginObject().member("index", row.index);
        m_json.member(
            "kind", std::string(eventKindName(row.code.kind())) + (row.code.hasFailed() ? "!" : ""));
        m_json.member("size", row.size).member("address", text(row.address));
        m_json.member("oldAddress", text(row.oldAddress));
        m_json.member("site", row.site == "-" ? std::nullopt : std::optional(row.site));
        m_json.member("note", row.note.empty() ? std::nullopt : std::optional(row.note)).endObject();
    }

private:
    static std::optional<std::string> text(Address address)
    {
        return address.isNull() ? std::nullopt : std::optional(formatAddress(address));
    }

    Output& m_out;
    JsonWriter m_json;
};

template <class Writer>
void writeRows(Writer& writer, const TraceReader& reader, Sites& sites, const EventColumns& columns,
    std::size_t first, std::size_t last)
{
    for (std::size_t i = first; i < last; ++i) {
        Row row;
        row.index = columns.firstEvent + i;
        row.code = columns.code[i];
        const EventKind kind = row.code.kind();
        if (kind == EventKind::Allocate || kind == EventKind::Reallocate) {
            row.size = columns.requested(i);
        } else if (kind != EventKind::Free && columns.slot[i] < reader.markers().size()) {
            const Marker& marker = reader.markers()[columns.slot[i]];
            row.size = figureOf(marker);
            row.note = noteOf(marker);
            std::replace_if(
                row.note.begin(), row.note.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; },
                '?');
        }
        row.address = columns.address[i];
        row.oldAddress = columns.oldAddress[i];
        row.site = sites.of(columns.stack[i]);
        writer.write(row);
    }
}

template <class Writer>
void stream(Writer& writer, TraceReader& reader, std::uint64_t from, std::uint64_t to, bool isQuiet)
{
    ProgressBar bar("reading", isQuiet);
    Sites sites(reader);
    EventColumns columns;
    while (reader.readBlock(columns)) {
        if (columns.firstEvent >= to)
            break;
        const std::uint64_t first = std::max(from, columns.firstEvent) - columns.firstEvent;
        const std::uint64_t last = std::min<std::uint64_t>(to - columns.firstEvent, columns.count());
        if (first < last)
            writeRows(writer, reader, sites, columns, first, last);
        bar.update(reader.bytesRead(), reader.info().fileBytes);
    }
}

int run(const Arguments& arguments)
{
    const auto from = arguments.number("from");
    const auto to = arguments.number("to");
    if (!from || !to) {
        complain((from ? to : from).error().context);
        return exitstatus::usage;
    }
    const auto trace = openTrace(arguments);
    if (!trace)
        return exitstatus::input;
    const auto& reader = trace->reader;
    const std::uint64_t first = from->value_or(0);
    const std::uint64_t last = to->value_or(std::numeric_limits<std::uint64_t>::max());
    {
        Output out;
        if (arguments.wantsJson()) {
            ArrayWriter writer(out);
            stream(writer, *reader, first, last, arguments.isQuiet());
        } else {
            TextWriter writer(out);
            stream(writer, *reader, first, last, arguments.isQuiet());
        }
    }
    // Part of a trace was asked for: that the rest is missing is only told where it was reached.
    return reportDamage(reader->info(), arguments.isQuiet() || to->has_value());
}

} // namespace

const Command eventsCommand { "events", "the events of a trace as text", "[--from N] [--to M] [--json] F.hat",
    description, options, 1, run };

} // namespace heapatlas::cli
