// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"
#include "trace/definitions.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace heapatlas {

/// Numbers the sites of a trace (see TraceReader::site()) as they are asked for: dense from 1, 0 where the stack is
/// unknown. Call stacks that end at the same place share a site.
class SiteTable
{
public:
    /// The definitions must outlive the table.
    explicit SiteTable(const Definitions& definitions)
        : m_definitions(definitions)
    {
    }

    /// O(1) once the stack was asked for.
    [[nodiscard]] std::uint32_t siteOf(std::uint32_t stack);
    [[nodiscard]] const Frame& frame(std::uint32_t site) const { return m_frames[site]; } ///< empty for 0
    [[nodiscard]] std::size_t size() const { return m_frames.size(); } ///< above every number given so far

private:
    static constexpr std::uint32_t unasked = 0xFFFFFFFF;
    using Key = std::tuple<std::string, std::string, std::string, std::uint32_t>;

    const Definitions& m_definitions;
    std::vector<std::uint32_t> m_siteOf; ///< by stack
    std::vector<Frame> m_frames { Frame {} }; ///< by site
    std::map<Key, std::uint32_t> m_sites; ///< by file, scope, function, line
};

} // namespace heapatlas
