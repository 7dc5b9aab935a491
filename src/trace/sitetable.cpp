// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/sitetable.h"

#include <algorithm>

namespace heapatlas {

std::uint32_t SiteTable::siteOf(std::uint32_t stack)
{
    // Ids come from the file: one that nothing defines must not cost memory.
    if (stack == 0 || stack >= m_definitions.stackLimit())
        return 0;
    if (stack >= m_siteOf.size())
        m_siteOf.resize(std::max<std::size_t>(stack + std::size_t { 1 }, m_siteOf.size() * 2), unasked);
    if (m_siteOf[stack] == unasked) {
        const Frame frame = m_definitions.site(stack);
        const bool isKnown = !frame.function.empty() || !frame.file.empty();
        std::uint32_t site = 0;
        if (isKnown) {
            const auto next = static_cast<std::uint32_t>(m_frames.size());
            const auto [it, isNew] =
                m_sites.try_emplace({ frame.file, frame.scope, frame.function, frame.line }, next);
            if (isNew)
                m_frames.push_back(frame);
            site = it->second;
        }
        m_siteOf[stack] = site;
    }
    return m_siteOf[stack];
}

} // namespace heapatlas
