// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/traceend.h"

#include "trace/blockdecoder.h"
#include "trace/codecstate.h"
#include "trace/definitions.h"
#include "trace/hatformat.h"
#include "trace/hatwriter.h"
#include "trace/readlimits.h"
#include "trace/sectionreader.h"
#include "trace/traceindex.h"
#include "trace/zendmmstateblob.h"

#include <memory>
#include <span>

namespace heapatlas {

using namespace readlimits;

namespace {

class EndReader
{
public:
    EndReader(SectionReader& sections, const std::function<bool()>& interrupt)
        : m_sections(sections)
        , m_interrupt(interrupt)
        , m_restart(maxSlots(sections.fileBytes()))
    {
    }

    std::optional<TraceEnd> read()
    {
        SectionReader::Trailer trailer;
        SectionHeader header;
        if (m_sections.isHeaderDamaged() || !m_sections.readTrailer(trailer)
            || m_sections.readHeader(trailer.indexOffset, header) != Status::Ok
            || header.type != HAT_SECTION_INDEX || !expand(header, maxPartBytes))
            return {};
        const std::optional<TraceIndex> index = parseTraceIndex(m_raw);
        if (!index || !index->isComplete || !index->lastRestartOffset || !index->lastStateOffset)
            return {};
        for (std::uint64_t at = *index->lastRestartOffset; at < trailer.indexOffset;
             at = header.endOffset()) {
            if ((m_interrupt && m_interrupt()) || m_sections.readHeader(at, header) != Status::Ok
                || !consume(header))
                return {};
        }
        if (!m_isOpen || !m_hasState || m_end.events != index->events)
            return {};
        for (std::uint32_t slot = 0; slot < m_state.slotCount; ++slot)
            if (m_state.slots[slot].isLive())
                m_end.blocks.push_back({ slot, { m_state.slots[slot].address }, m_state.slots[slot].size() });
        return std::move(m_end);
    }

private:
    using Status = SectionReader::Status;

    bool expand(const SectionHeader& header, std::size_t limit)
    {
        std::span<const std::uint8_t> payload;
        return m_sections.readPayload(header, payload) == Status::Ok
            && m_sections.expand(header, payload, limit, m_raw);
    }

    bool consume(const SectionHeader& header)
    {
        switch (header.type) {
        case HAT_SECTION_RESTART: {
            // Behind an interruption a second one may stand at once.
            if ((m_isOpen && header.firstEvent != m_end.events) || !expand(header, maxPartBytes))
                return false;
            const RestartParser::Outcome outcome = m_restart.add(header.flags, m_raw);
            if (outcome == RestartParser::Outcome::Complete) {
                m_restart.take(m_state);
                m_end.events = header.firstEvent;
                m_isOpen = true;
            }
            return outcome != RestartParser::Outcome::Malformed;
        }
        case HAT_SECTION_EVENTS: {
            std::span<const std::uint8_t> payload;
            const BlockDecoder::Wanted wanted { AddressChoice::All, false, false, false };
            if (!m_isOpen || header.firstEvent != m_end.events
                || m_sections.readPayload(header, payload) != Status::Ok
                || !m_decoder.decode(m_sections, header, payload, m_definitions, wanted, m_state,
                    { m_columns, m_markers, m_samples, m_counts }))
                return false;
            m_end.events += header.count;
            m_hasState = m_hasState && header.count == 0; // it was not the end
            return true;
        }
        case HAT_SECTION_STATE: {
            if (header.flags != HAT_STATE_FINAL)
                return true;
            std::optional<ZendMmState> state;
            if (expand(header, maxStateBytes(header)))
                state = parseZendMmState(m_raw);
            m_hasState = m_isOpen && state.has_value();
            if (m_hasState)
                m_end.state = std::move(*state);
            return m_hasState;
        }
        default: // names, description, and what later versions may add
            return true;
        }
    }

    SectionReader& m_sections;
    const std::function<bool()>& m_interrupt;
    RestartParser m_restart;
    BlockDecoder m_decoder;
    CodecState m_state;
    Definitions m_definitions; ///< none: markers are not wanted
    EventColumns m_columns;
    std::vector<Marker> m_markers;
    std::vector<UsageSample> m_samples;
    EventCounts m_counts;
    std::span<const std::uint8_t> m_raw;
    TraceEnd m_end;
    bool m_isOpen = false; ///< the restart point is whole
    bool m_hasState = false; ///< of the heap after the last event
};

} // namespace

std::optional<TraceEnd> readTraceEnd(const std::string& path, const std::function<bool()>& interrupt)
{
    const Result<std::unique_ptr<SectionReader>> sections = SectionReader::open(path);
    if (!sections)
        return {};
    return EndReader(**sections, interrupt).read();
}

} // namespace heapatlas
