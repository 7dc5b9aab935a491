// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/callstack.h"
#include "model/events.h"
#include "model/markers.h"
#include "model/traceinfo.h"
#include "model/zendmmstate.h"
#include "trace/columnchoice.h"
#include "trace/eventnumbers.h"
#include "trace/tracesizeclass.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace heapatlas {

/// A block that was live before the first event.
struct AdoptedBlock
{
    std::uint32_t slot = 0;
    Address address;
    Bytes size = 0;
};

class Definitions;

/// Reads a .hat file (FORMAT.md) from front to back, block by block. Damage is noted in info().damage and skipped up
/// to the next restart point. Never throws; memory use is bounded by the file's live blocks, not by what it claims.
class TraceReader
{
public:
    /// Opens and reads the head of the file: meta, size classes, initial state. Fails with CannotOpen, EmptyFile,
    /// NotATrace, UnsupportedVersion, Truncated (nothing whole in it) …
    /// When `interrupt` returns true, opening ends with Cancelled, and so does searching for what is whole behind damage
    /// later on (as if nothing were). It may be asked on any thread that reads.
    static Result<std::unique_ptr<TraceReader>> open(
        const std::string& path, std::function<bool()> interrupt = {});
    ~TraceReader();
    TraceReader(const TraceReader&) = delete;
    TraceReader& operator=(const TraceReader&) = delete;

    static constexpr std::uint64_t mostBlockEvents = 32768; ///< that readBlock() returns

    /// Decodes the next block of events into `columns` (replacing what it held); false at the end of what is whole.
    /// Where events are missing (damage, or a recording that was interrupted) an empty block comes first: its
    /// firstEvent is where it goes on, isDiscontinuous() is true, and liveBlocks() must be taken anew.
    /// Leaving columns out and asking for them later costs decoding anew from the restart point before.
    /// `numbers` are filled where not all addresses are asked for.
    bool readBlock(EventColumns& columns, ColumnChoice choice = {}, EventNumbers* numbers = nullptr);
    [[nodiscard]] bool isDiscontinuous() const;
    /// Blocks live at the current position, as the codec knows them: adopted ones at the start.
    [[nodiscard]] std::vector<AdoptedBlock> liveBlocks() const;
    /// One more than the largest slot number live so far: the size that a slot table needs.
    [[nodiscard]] std::uint32_t slotCapacity() const;

    [[nodiscard]] const TraceInfo& info() const; ///< counts are final if the file has its index, else so far
    [[nodiscard]] const ZendMmState* initialState() const; ///< nullptr where the trace has none
    [[nodiscard]] const ZendMmState* resyncState() const; ///< the last one after an interruption, or nullptr
    [[nodiscard]] const ZendMmState* finalState() const; ///< known once reached (or from the index)
    [[nodiscard]] const std::vector<Marker>& markers() const; ///< seen so far, ascending
    [[nodiscard]] const std::vector<UsageSample>& samples() const; ///< seen so far, ascending

    [[nodiscard]] CallStack callStack(std::uint32_t stack) const; ///< empty for 0 and unknown ids
    [[nodiscard]] Frame innermostFrame(std::uint32_t stack) const;
    /// The innermost frame at the place where people look for it: for an internal function, which has no source, file
    /// and line of the call. Empty for 0 and unknown ids. O(frames without source).
    [[nodiscard]] Frame site(std::uint32_t stack) const;
    [[nodiscard]] std::uint64_t bytesRead() const; ///< of info().fileBytes, for progress

    // What a copy of the trace needs besides.
    [[nodiscard]] const std::vector<TraceSizeClass>& sizeClasses() const;
    /// The slots of a class that the codec expects to be handed out next, first one first.
    [[nodiscard]] std::vector<Address> expectedSlots(std::size_t sizeClass) const;
    [[nodiscard]] const Definitions& definitions() const; ///< strings, functions, stack tree: seen so far
    /// Why the recording ended early, as the recorder said; empty if it ended as planned or did not say.
    [[nodiscard]] const std::string& endReason() const;

private:
    class Impl;
    explicit TraceReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace heapatlas
