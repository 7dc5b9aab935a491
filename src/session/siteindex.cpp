// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/siteindex.h"

#include "session/fuzzymatch.h"
#include "session/wording.h"
#include "trace/definitions.h"

#include <algorithm>
#include <bit>

namespace heapatlas {

namespace {

/// Ids come from the file and need not be dense; beyond this nobody looks for them.
constexpr std::uint32_t maxIds = 4'000'000;

/// A site that holds memory comes before one that matches as well and holds none.
int weightOf(const Site& site) { return static_cast<int>(std::bit_width(site.bytes)) / 4; }

} // namespace

std::uint32_t SiteIndex::siteOf(const Definitions& definitions, std::uint32_t stack)
{
    std::uint32_t innermost = 0;
    while (stack != 0) {
        const StackNode node = definitions.stack(stack);
        if (innermost == 0)
            innermost = node.function;
        if (node.function != 0 && definitions.function(node.function).file != 0)
            return node.function;
        if (node.caller >= stack)
            break; // only an unknown id can have such a caller
        stack = node.caller;
    }
    return innermost;
}

SiteIndexPtr SiteIndex::make(const std::shared_ptr<const Definitions>& definitions,
    const BlockCensusPtr& census, const SiteIndexPtr& before)
{
    auto made = std::make_shared<SiteIndex>();
    made->m_definitions = definitions;
    if (!definitions)
        return made;
    if (before && before->m_definitions == definitions) {
        made->m_sites = before->m_sites; // the names share their text
        for (Site& site : made->m_sites)
            site.blocks = site.bytes = 0;
    } else {
        const std::uint32_t end = std::min(definitions->functionLimit(), maxIds);
        for (std::uint32_t id = 1; id < end; ++id) {
            const FunctionRow row = definitions->function(id);
            if (row.name == 0)
                continue;
            const Frame frame { definitions->string(row.name), definitions->string(row.scope),
                definitions->string(row.file), row.firstLine };
            made->m_sites.push_back(
                { id, QString::fromStdString(frame.qualifiedName()), wording::fileAndLine(frame), 0, 0 });
        }
    }
    if (!census)
        return made;
    made->m_event = census->event;
    for (const BlockCensus::Row& row : census->rows) {
        const std::uint32_t id = siteOf(*definitions, row.stack);
        const auto it = std::lower_bound(made->m_sites.begin(), made->m_sites.end(), id,
            [](const Site& site, std::uint32_t wanted) { return site.id < wanted; });
        if (id == 0 || it == made->m_sites.end() || it->id != id)
            continue;
        it->blocks += row.blocks;
        it->bytes += row.bytes;
    }
    return made;
}

const Site* SiteIndex::find(std::uint32_t id) const
{
    const auto it = std::lower_bound(m_sites.begin(), m_sites.end(), id,
        [](const Site& site, std::uint32_t wanted) { return site.id < wanted; });
    return it != m_sites.end() && it->id == id ? &*it : nullptr;
}

SiteIndex::Hits SiteIndex::search(const FuzzyPattern& pattern, std::size_t limit) const
{
    struct Candidate
    {
        int score;
        const Site* site;
    };
    std::vector<Candidate> found;
    for (const Site& site : m_sites) {
        if (pattern.isEmpty()) {
            if (site.blocks != 0)
                found.push_back({ 0, &site });
        } else if (const auto score = pattern.score(site.name)) {
            found.push_back({ *score + weightOf(site), &site });
        }
    }
    const std::size_t count = std::min(limit, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end(),
        [](const Candidate& a, const Candidate& b) {
            if (a.score != b.score)
                return a.score > b.score;
            if (a.site->bytes != b.site->bytes)
                return a.site->bytes > b.site->bytes;
            if (a.site->name.size() != b.site->name.size())
                return a.site->name.size() < b.site->name.size();
            return a.site->id < b.site->id;
        });
    Hits hits;
    hits.total = found.size();
    for (std::size_t i = 0; i < count; ++i)
        hits.best.push_back(found[i].site);
    return hits;
}

} // namespace heapatlas
