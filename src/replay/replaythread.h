// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "model/blockcensus.h"
#include "model/blockdetails.h"
#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "model/lifetimes.h"
#include "model/markers.h"
#include "model/traceinfo.h"
#include "model/usagecurve.h"
#include "replay/replaysource.h"
#include "trace/definitions.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

/// What the face wants to see. The newest request wins; older ones that were not begun are dropped.
struct ReplayRequest
{
    std::uint64_t event = 0; ///< clamped to what is loaded
    Detail detail = Detail::Blocks;
    AddressRange window = AddressRange::everything();
    /// Besides the snapshot, everything about the live block at this address (at `event`).
    std::optional<Address> inspect {};
    /// Besides the snapshot, all live blocks (at `event`) counted by call stack. O(live blocks).
    bool wantsCensus = false;
    /// And the bytes of these stretches.
    BytesWindows bytes {};
};

/// How far the trace is loaded. Immutable; a new one is published at least every 100 ms while loading.
struct ReplayProgress
{
    enum class Phase : std::uint8_t
    {
        Opening,
        Loading, ///< first pass: curve, markers and keyframes grow; seeking works in what is there
        Ready, ///< all of it (or, cancelled or damaged, all there will be)
        Failed, ///< nothing could be read: see error
    };
    Phase phase = Phase::Opening;
    bool isCancelled = false;
    std::uint64_t eventsLoaded = 0;
    /// While Loading, if set: the end of the trace, which can be looked at already. Requests for it or beyond are
    /// answered at once, with births and call stacks unknown (0), and once more when all is loaded.
    std::optional<std::uint64_t> previewEvent;
    std::uint64_t bytesRead = 0;
    std::uint64_t bytesTotal = 0;
    std::optional<Error> error;
    bool beginsEmpty = false; ///< nothing usable was recorded of the heap at the start
    TraceInfo info;
    std::shared_ptr<const UsageCurve> curve; ///< never null from Loading on
    std::shared_ptr<const std::vector<Marker>> markers; ///< never null from Loading on
    std::shared_ptr<const Lifetimes> lifetimes; ///< null before Ready
    ReplaySourcePtr source; ///< for other threads; null before Ready, and if nothing could be read
    std::shared_ptr<const Definitions> definitions; ///< call stacks seen so far; never null from Loading on
};
using ReplayProgressPtr = std::shared_ptr<const ReplayProgress>;

/// Loads a trace and answers seeks on its own std::jthread; knows no Qt. All public functions may be called from one
/// other thread (the face's) and return at once.
class ReplayThread
{
public:
    /// Called on the replay thread whenever there is something new to take.
    using Notify = std::function<void()>;

    ReplayThread(std::string path, std::string engineId, Notify notify);
    ~ReplayThread(); ///< stops within 200 ms whatever it does
    ReplayThread(const ReplayThread&) = delete;
    ReplayThread& operator=(const ReplayThread&) = delete;

    void request(const ReplayRequest& request);
    /// Ends loading; what is loaded stays usable.
    void cancelLoading();

    /// The newest answer since the last call, or null.
    [[nodiscard]] SnapshotPtr takeSnapshot();
    [[nodiscard]] std::shared_ptr<const BlockDetails> takeDetails();
    [[nodiscard]] BlockCensusPtr takeCensus();
    /// All that the request asked for, of one event.
    [[nodiscard]] HeapBytesSet takeBytes();
    [[nodiscard]] ReplayProgressPtr takeProgress();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace heapatlas
