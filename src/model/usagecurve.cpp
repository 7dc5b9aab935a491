// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/usagecurve.h"

#include <algorithm>

namespace heapatlas {

void UsageBucket::include(const UsageBucket& later)
{
    liveMin = std::min(liveMin, later.liveMin);
    liveMax = std::max(liveMax, later.liveMax);
    realMin = std::min(realMin, later.realMin);
    realMax = std::max(realMax, later.realMax);
    peak = later.peak;
}

// Level k + 1 has ceil(n / 2) buckets for n of level k; its last one grows until both halves are there.
void UsageCurve::append(const UsageBucket& bucket)
{
    if (m_levels.empty())
        m_levels.emplace_back();
    m_levels[0].push_back(bucket);
    for (std::size_t k = 1; k < m_levels.size() || m_levels[k - 1].size() > 1; ++k) {
        if (k == m_levels.size()) {
            // A new top: it has to cover what stands below already.
            std::vector<UsageBucket> top;
            for (std::size_t i = 0; i < m_levels[k - 1].size(); ++i) {
                if (i % 2 == 0)
                    top.push_back(m_levels[k - 1][i]);
                else
                    top.back().include(m_levels[k - 1][i]);
            }
            m_levels.push_back(std::move(top));
            continue;
        }
        const std::size_t below = m_levels[k - 1].size();
        const std::size_t index = (below - 1) / 2;
        if (index == m_levels[k].size()) {
            m_levels[k].push_back(m_levels[k - 1].back());
        } else {
            UsageBucket joined = m_levels[k - 1][index * 2];
            if (index * 2 + 1 < below)
                joined.include(m_levels[k - 1][index * 2 + 1]);
            if (m_levels[k][index] == joined)
                return; // so is everything above
            m_levels[k][index] = joined;
        }
    }
}

UsageBucket UsageCurve::over(std::uint64_t first, std::uint64_t last) const
{
    const UsageBucket end = m_levels[0][last - 1];
    UsageBucket joined = end;
    // By the largest pieces that lie inside.
    for (std::size_t k = 0; first < last; ++k, first /= 2, last /= 2) {
        if (first % 2 == 1)
            joined.include(m_levels[k][first++]);
        if (last % 2 == 1 && first < last)
            joined.include(m_levels[k][--last]);
    }
    joined.peak = end.peak; // not the largest: a program may reset it
    return joined;
}

std::size_t UsageCurve::levelFor(std::size_t buckets) const
{
    for (std::size_t k = 0; k < m_levels.size(); ++k) {
        if (m_levels[k].size() <= buckets)
            return k;
    }
    return m_levels.empty() ? 0 : m_levels.size() - 1;
}

} // namespace heapatlas
