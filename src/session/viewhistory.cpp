// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/viewhistory.h"

#include <cstddef>

namespace heapatlas {

void ViewHistory::note(const ViewPlace& place, std::int64_t nowMs)
{
    if (m_entries.empty()) {
        m_entries.push_back(place);
        m_at = 0;
        m_lastMs = nowMs;
        m_isMoving = false;
        return;
    }
    ViewPlace& here = m_entries[m_at];
    if (place == here)
        return;
    const bool isSmall =
        place.view == here.view && place.selection == here.selection && place.site == here.site;
    // A view that is still being filled has no place of its own yet.
    if (isSmall && here.place.isEmpty() && place.event == here.event) {
        here = place;
        return;
    }
    if (m_isMoving && isSmall && nowMs - m_lastMs <= coalesceMs) {
        here = place;
        m_lastMs = nowMs;
        return;
    }
    m_entries.resize(m_at + 1);
    m_entries.push_back(place);
    if (m_entries.size() > maxEntries)
        m_entries.erase(m_entries.begin(),
            m_entries.begin() + static_cast<std::ptrdiff_t>(m_entries.size() - maxEntries));
    m_at = m_entries.size() - 1;
    m_lastMs = nowMs;
    m_isMoving = true;
}

const ViewPlace& ViewHistory::back(std::int64_t nowMs)
{
    if (canGoBack())
        --m_at;
    m_lastMs = nowMs;
    m_isMoving = false;
    return m_entries[m_at];
}

const ViewPlace& ViewHistory::forward(std::int64_t nowMs)
{
    if (canGoForward())
        ++m_at;
    m_lastMs = nowMs;
    m_isMoving = false;
    return m_entries[m_at];
}

void ViewHistory::arrived(const ViewPlace& place)
{
    if (!m_entries.empty())
        m_entries[m_at] = place;
    m_isMoving = false;
}

void ViewHistory::clear()
{
    m_entries.clear();
    m_at = 0;
    m_isMoving = false;
}

} // namespace heapatlas
