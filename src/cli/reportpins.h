// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/console.h"
#include "model/callstack.h"
#include "model/heapsnapshot.h"
#include "model/pins.h"
#include "trace/definitions.h"

#include <cstdint>
#include <vector>

namespace heapatlas::cli {

class JsonWriter;

/// What pins the heap at one moment, with the names that a report needs.
struct ReportPins
{
    static constexpr std::size_t maxRows = 20; ///< chunks, runs and sites in text and HTML
    static constexpr std::size_t maxJsonRows = 200;
    static constexpr std::size_t maxHolders = 10; ///< of one chunk or run in JSON

    PinTable table;
    std::vector<Frame> sites; ///< by PinHolder::site
    std::vector<ChunkRow> chunks; ///< of the snapshot
    std::vector<RegionRow> runs; ///< of the snapshot, for each pinned run in the table's order
};

/// `snapshot` must have block rows of the whole heap.
[[nodiscard]] ReportPins collectPins(const HeapSnapshot& snapshot, const Definitions& definitions);

void writePinsText(Output& out, const ReportPins& pins);
void writePinsJson(JsonWriter& json, const ReportPins& pins); ///< one object
void writePinsHtml(Output& out, const ReportPins& pins);

} // namespace heapatlas::cli
