// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/blockdetails.h"
#include "model/eventrange.h"
#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "model/lifetimes.h"
#include "model/markers.h"
#include "model/traceinfo.h"
#include "model/usagecurve.h"
#include "session/boxfilter.h"
#include "session/selection.h"
#include "session/siteindex.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

class OverlayWatch;
class RangeWatch;
class ReplaySource;

/// One open trace: the cursor, the selection, and the newest snapshot that the replay thread has made for
/// them. Lives on the GUI thread; every call returns at once and results arrive as signals.
class Document : public QObject
{
    Q_OBJECT
public:
    enum class Phase
    {
        Opening,
        Loading,
        Ready,
        Failed,
    };
    Q_ENUM(Phase)

    explicit Document(QString path, QObject* parent = nullptr);
    ~Document() override;

    [[nodiscard]] QString path() const;
    [[nodiscard]] Phase phase() const;
    [[nodiscard]] bool isCancelled() const;
    /// 0 … 1 while loading.
    [[nodiscard]] double progress() const;
    /// One sentence for people why the trace could not be opened, or what of it is missing; empty if all is
    /// well.
    [[nodiscard]] QString problem() const;
    /// The details behind problem(): offsets, counts; selectable text.
    [[nodiscard]] QString problemDetails() const;

    [[nodiscard]] const TraceInfo& info() const;
    [[nodiscard]] std::uint64_t eventCount() const; ///< loaded so far
    [[nodiscard]] std::shared_ptr<const UsageCurve> curve() const; ///< may be null while opening
    [[nodiscard]] std::shared_ptr<const std::vector<Marker>> markers() const; ///< may be null while opening

    /// How long blocks live; null until the phase is Ready.
    [[nodiscard]] std::shared_ptr<const Lifetimes> lifetimes() const;
    /// The loaded trace for jobs on threads of their own (ReplayCursor); null until the phase is Ready.
    [[nodiscard]] std::shared_ptr<const ReplaySource> replaySource() const;

    /// What is drawn over the map besides the snapshot, as far as views want it.
    [[nodiscard]] OverlayWatch* overlayWatch() const;

    /// What happened in the whole run and in range(), and close-ups of the curve.
    [[nodiscard]] RangeWatch* rangeWatch() const;

    /// The function of the program that asked for a block with this call stack ("Order::add"), internal ones skipped;
    /// empty if unknown. Cheap: asked for each slot that is drawn.
    [[nodiscard]] QString siteName(std::uint32_t stack) const;

    /// The site (function) of a call stack, 0 for none: see SiteIndex::siteOf(). Cheap: asked for each block drawn.
    [[nodiscard]] std::uint32_t siteOf(std::uint32_t stack) const;
    /// Every site with what it held when it was last counted; null until requestSites() was answered.
    [[nodiscard]] SiteIndexPtr sites() const;

    [[nodiscard]] std::uint64_t cursor() const; ///< the event asked for
    [[nodiscard]] SnapshotPtr
    snapshot() const; ///< newest; may be of another event than cursor() for a moment
    [[nodiscard]] bool isSnapshotCurrent() const;
    [[nodiscard]] Selection selection() const;
    /// The stretch of events that figures are compared over, if one is set; never empty.
    [[nodiscard]] std::optional<EventRange> range() const;
    /// The box of time × address that views look into, if one is set.
    [[nodiscard]] std::optional<BoxFilter> filter() const;
    /// The site whose blocks every view shows before all others; 0: none. Part of the selection, but it stays while
    /// blocks are selected.
    [[nodiscard]] std::uint32_t site() const;
    /// Details of the selected block, or null when there is none or they have not arrived.
    [[nodiscard]] std::shared_ptr<const BlockDetails> details() const;
    /// The newest bytes for that use, or null; for a moment they may be of an older event or window.
    [[nodiscard]] HeapBytesPtr bytes(heapatlas::BytesUse use) const;
    /// The bytes of every window asked for are there, at the cursor.
    [[nodiscard]] bool areBytesCurrent() const;
    /// The field or byte that is chosen inside the selection; empty: none.
    [[nodiscard]] AddressRange byteRange() const;

public Q_SLOTS:
    void setCursor(std::uint64_t event);
    void setSelection(const heapatlas::Selection& selection);
    /// Clamped to what is loaded; an empty one is none.
    void setRange(std::optional<heapatlas::EventRange> range);
    void setFilter(std::optional<heapatlas::BoxFilter> filter); ///< an empty box is none
    void setSite(std::uint32_t site);
    /// Counts the live blocks of every site at the cursor; sitesChanged() tells when that is done.
    void requestSites();
    /// What the views need drawn; Blocks only inside `window`.
    void setWindow(heapatlas::Detail detail, heapatlas::AddressRange window);
    /// An empty window ends it. Longer ones than maxBytesWindow are cut.
    void setBytesWindow(heapatlas::BytesUse use, heapatlas::AddressRange window);
    /// Outside the selection it is none; another selection ends it.
    void setByteRange(heapatlas::AddressRange range);
    void cancelLoading();

Q_SIGNALS:
    void progressChanged(); ///< phase, progress, info, curve, markers, problem
    void cursorChanged(std::uint64_t event);
    void snapshotChanged();
    void selectionChanged();
    void detailsChanged();
    void rangeChanged();
    void filterChanged();
    void siteChanged();
    void sitesChanged();
    void bytesChanged(); ///< of any use
    void byteRangeChanged();
    /// From the replay thread. It carries nothing, so that nothing is shared but what has a lock of its own.
    void mailArrived(QPrivateSignal);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
