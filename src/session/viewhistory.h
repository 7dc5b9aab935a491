// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/viewplace.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

/// Where somebody has been, like a browser's history. Small moves in quick succession are one entry.
class ViewHistory
{
public:
    /// Moves within this time of each other are one.
    static constexpr std::int64_t coalesceMs = 500;
    static constexpr std::size_t maxEntries = 200;

    /// Somebody is here now. `nowMs` never goes back. A move in the same view with the same selection right after
    /// another changes the newest entry; any other begins a new one and forgets what lay forward.
    void note(const ViewPlace& place, std::int64_t nowMs);
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_entries.size(); }
    /// The entry before or after; only where it can be gone to. The next note() of the same place changes nothing.
    const ViewPlace& back(std::int64_t nowMs);
    const ViewPlace& forward(std::int64_t nowMs);
    /// Arriving where back() or forward() led may differ a little from what was kept; it is the same entry.
    void arrived(const ViewPlace& place);
    void clear();
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }

private:
    std::vector<ViewPlace> m_entries;
    std::size_t m_at = 0;
    std::int64_t m_lastMs = 0;
    bool m_isMoving = false; ///< the newest entry came of a move and may still be changed by the next one
};

} // namespace heapatlas
