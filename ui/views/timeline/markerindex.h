// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/markers.h"
#include "ui/views/timeline/timelinelayout.h"

#include <QString>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace heapatlas {

/// Where the signs of the time chart are, GC runs and checkpoints: twelve bytes each, whatever the trace tells of them.
/// Everything asked here is a binary search, so a million of them cost what ten do.
class MarkerIndex
{
public:
    using Markers = std::shared_ptr<const std::vector<Marker>>;

    /// Takes over the markers of a trace; while it loads, only those that came since are looked at. Null: none.
    void setMarkers(Markers markers);

    [[nodiscard]] std::span<const std::uint64_t> gcRuns() const { return m_gcRuns.events; }
    [[nodiscard]] std::span<const std::uint64_t> checkpoints() const { return m_checkpoints.events; }
    [[nodiscard]] bool isEmpty() const { return m_gcRuns.events.empty() && m_checkpoints.events.empty(); }
    [[nodiscard]] const Marker& gcRun(std::size_t i) const { return (*m_markers)[m_gcRuns.rows[i]]; }
    [[nodiscard]] const Marker& checkpoint(std::size_t i) const
    {
        return (*m_markers)[m_checkpoints.rows[i]];
    }

    /// How many of `events` are in [from, to).
    [[nodiscard]] static std::size_t countIn(std::span<const std::uint64_t> events, double from, double to);
    /// Index of the first of `events` that is not before `from`.
    [[nodiscard]] static std::size_t firstFrom(std::span<const std::uint64_t> events, double from);
    /// The last of them before `event`, or the first after it.
    [[nodiscard]] static std::optional<std::uint64_t> before(
        std::span<const std::uint64_t> events, std::uint64_t event);
    [[nodiscard]] static std::optional<std::uint64_t> after(
        std::span<const std::uint64_t> events, std::uint64_t event);
    /// The event of the sign nearest to `pixel` within `reach` pixels.
    [[nodiscard]] std::optional<std::uint64_t> nearest(
        timelinelayout::View view, double pixel, double width, double reach) const;
    /// What stands at an event, one line a sign, `limit` lines at most; a last line counts the others.
    [[nodiscard]] QStringList describe(std::uint64_t event, qsizetype limit) const;
    /// "GC run 12: 480 values collected, 10 001 roots before, 0 after".
    [[nodiscard]] QString gcRunText(std::size_t i) const;
    [[nodiscard]] QString checkpointText(std::size_t i) const; ///< "Checkpoint C: after import"

private:
    struct Signs
    {
        std::vector<std::uint64_t> events;
        std::vector<std::uint32_t> rows; ///< of the trace's markers
    };

    Markers m_markers;
    std::size_t m_seen = 0;
    std::uint64_t m_firstEvent = 0; ///< of what was seen
    std::uint64_t m_lastEvent = 0;
    Signs m_gcRuns;
    Signs m_checkpoints;
};

} // namespace heapatlas
