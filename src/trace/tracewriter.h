// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/events.h"
#include "model/markers.h"
#include "model/pagesource.h"
#include "model/zendmmstate.h"
#include "trace/hatwriter.h"
#include "trace/tracesizeclass.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace heapatlas {

class ContentsStore;
class TraceReader;

/// Writes a .hat file from C++: owns a hat_writer, whose functions do the work (raw()).
class TraceWriter
{
public:
    struct Options
    {
        std::vector<TraceSizeClass> classes;
        int compressionLevel = 0; ///< zstd level, 0: the writer's default
        Bytes byteLimit = 0; ///< 0: none
        std::uint64_t restartInterval = 0; ///< events, 0: the writer's default
        bool hasContents = false; ///< hat_contents_begin() will be called
    };

    /// Creates or replaces the file. Fails with CannotWrite, or BadArgument if the classes are not ascending.
    static Result<TraceWriter> create(const std::string& path, const Options& options);
    ~TraceWriter(); ///< without finish(): what is buffered is lost, as if the process had been killed
    TraceWriter(TraceWriter&& other) noexcept;
    TraceWriter& operator=(TraceWriter&&) = delete;

    [[nodiscard]] hat_writer* raw() { return m_writer; }

    void meta(const std::string& key, const std::string& value);
    /// `when`: HAT_STATE_INITIAL, HAT_STATE_RESYNC, HAT_STATE_FINAL.
    void heapState(int when, const ZendMmState& state);
    [[nodiscard]] std::uint32_t string(const std::string& text);
    /// The event that the marker tells of; checkpoint names become strings.
    void marker(const Marker& marker);
    void sample(const UsageSample& sample);

    /// Ends and closes the file. Fails with CannotWrite or LimitReached.
    Result<void> finish(bool isComplete = true, const std::string& reason = {});

private:
    explicit TraceWriter(hat_writer* writer)
        : m_writer(writer)
    {
    }
    hat_writer* m_writer;
};

/// Called with each block before it is written: columns may be changed, but not their length, nor what events are.
using BlockEdit = std::function<void(EventColumns& columns)>;

/// Writes everything that `reader` has (a fresh one, at the start) again, and finishes `writer`, whose classes have
/// to be the reader's. Event indices, addresses, slots, markers and samples stay the same; where the trace is
/// interrupted the copy is closed up, so it is only exact for traces without gaps (Unsupported otherwise).
Result<void> copyTrace(TraceReader& reader, TraceWriter& writer, const BlockEdit& edit = {});

/// What a copy may change.
struct TraceChanges
{
    BlockEdit events;
    /// The value that a key of the meta section gets.
    std::function<std::string(const std::string& key, const std::string& value)> meta;
    /// The pages that are written for a moment of `contents`; where unset as they are.
    std::function<PageSource(std::size_t moment)> pages;
};
/// The same with the bytes of the heap, if `contents` is not null; the writer has to be made for them.
Result<void> copyTrace(
    TraceReader& reader, TraceWriter& writer, ContentsStore* contents, const TraceChanges& changes);

} // namespace heapatlas
