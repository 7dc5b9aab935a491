// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/wholestretch.h"

#include "trace/hatformat.h"

#include <algorithm>
#include <span>

namespace heapatlas {

WholeStretch findWholeStretch(SectionReader& sections)
{
    using Status = SectionReader::Status;
    WholeStretch whole { HAT_FILE_HEADER_BYTES, 0 };
    SectionHeader header;
    SectionHeader last;
    std::uint64_t eventsBefore = 0; // the last section
    while (last.type != HAT_SECTION_INDEX && sections.readHeader(whole.bytes, header) == Status::Ok) {
        eventsBefore = whole.events;
        last = header;
        whole.bytes = header.endOffset();
        if (header.type == HAT_SECTION_EVENTS)
            whole.events = std::max(whole.events, header.firstEvent + header.count);
    }
    std::span<const std::uint8_t> payload;
    if (last.offset != 0 && sections.readPayload(last, payload) != Status::Ok)
        whole = { last.offset, eventsBefore };
    return whole;
}

} // namespace heapatlas
