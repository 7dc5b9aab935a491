// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/events.h"
#include "model/markers.h"
#include "trace/codecstate.h"
#include "trace/columnchoice.h"
#include "trace/definitions.h"
#include "trace/eventnumbers.h"
#include "trace/sectionreader.h"

#include <array>
#include <span>
#include <vector>

namespace heapatlas {

/// Events of a block by kind, as the index counts them.
struct EventCounts
{
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t reallocations = 0;
};

/// Decodes events sections (FORMAT.md, "Events"). Every index is checked; a block that contradicts itself is
/// refused, and the codec state is then worthless.
class BlockDecoder
{
public:
    struct Wanted
    {
        AddressChoice addresses =
            AddressChoice::All; ///< the state must have been decoded with as many so far
        bool stacks = true; ///< likewise
        bool markers = true; ///< append to markers and samples
        bool counts = false;
    };
    struct Target
    {
        EventColumns& columns;
        std::vector<Marker>& markers;
        std::vector<UsageSample>& samples;
        EventCounts& counts;
        EventNumbers* numbers = nullptr; ///< null: nobody wants them
    };

    /// Decodes a whole payload, and moves `state` to its end.
    bool decode(SectionReader& reader, const SectionHeader& header, std::span<const std::uint8_t> payload,
        const Definitions& definitions, Wanted wanted, CodecState& state, Target target);

    /// Stack ids that the block named explicitly (the first use of a stack always is one), if stacks were wanted.
    [[nodiscard]] const std::vector<std::uint32_t>& explicitStacks() const { return m_explicitStacks; }

private:
    struct Column
    {
        std::vector<std::uint8_t>
            bytes; ///< with zero bytes behind, so that reading past the end stays inside
        std::size_t size = 0;
    };
    bool expandColumns(SectionReader& reader, const SectionHeader& header,
        std::span<const std::uint8_t> payload, Wanted wanted, CodecState& state);
    bool decodeEvents(std::uint64_t firstEvent, std::uint32_t rows, const Definitions& definitions,
        Wanted wanted, CodecState& state, Target& target);
    bool decodeLean(std::uint64_t firstEvent, std::uint32_t rows, const Definitions& definitions,
        Wanted wanted, CodecState& state, Target& target);
    bool readSlotsAndSizes(EventColumns& columns, EventNumbers& numbers) const;
    bool decodeStacks(std::uint32_t rows, CodecState& state, EventColumns& columns);
    bool decodeSamples(std::uint64_t firstEvent, std::uint32_t rows, std::vector<UsageSample>& samples);
    void countEvents(std::uint32_t rows, EventCounts& counts) const;

    std::array<Column, HAT_COLUMN_LIMIT> m_columns;
    std::vector<std::uint32_t> m_explicitStacks;
    EventNumbers m_numbers; ///< where nobody wants them
};

} // namespace heapatlas
