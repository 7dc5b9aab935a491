// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/blockcensus.h"

#include <QList>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

class Definitions;
class FuzzyPattern;

/// A site as people name it: a function of the program, and what it holds.
struct Site
{
    std::uint32_t id = 0; ///< of the function in the trace, from 1
    QString name; ///< "MetricsBuffer::push"
    QString place; ///< "MetricsBuffer.php:52", or "internal"
    std::uint64_t blocks = 0; ///< live at the index's event
    Bytes bytes = 0;
};

class SiteIndex;
using SiteIndexPtr = std::shared_ptr<const SiteIndex>;

/// Every function of a trace by name, with what its blocks hold at one event. Immutable; made off the GUI thread.
class SiteIndex
{
public:
    /// Both may be null. What `before` knows of the same definitions is taken over.
    [[nodiscard]] static SiteIndexPtr make(const std::shared_ptr<const Definitions>& definitions,
        const BlockCensusPtr& census, const SiteIndexPtr& before);
    /// The site of a call stack: its innermost function that has a file, else the innermost. 0 for none.
    [[nodiscard]] static std::uint32_t siteOf(const Definitions& definitions, std::uint32_t stack);

    [[nodiscard]] const std::vector<Site>& sites() const { return m_sites; } ///< ascending by id
    [[nodiscard]] const Site* find(std::uint32_t id) const;
    /// The event of the counts; unset: nothing was counted.
    [[nodiscard]] std::optional<std::uint64_t> event() const { return m_event; }

    struct Hits
    {
        std::vector<const Site*> best; ///< best first
        std::size_t total = 0;
    };
    /// The best `limit` matches; with an empty pattern those that hold most.
    [[nodiscard]] Hits search(const FuzzyPattern& pattern, std::size_t limit) const;

private:
    std::shared_ptr<const Definitions> m_definitions;
    std::vector<Site> m_sites;
    std::optional<std::uint64_t> m_event;
};

} // namespace heapatlas
