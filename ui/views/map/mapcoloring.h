// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/theme/theme.h"

#include <QColor>
#include <QString>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace heapatlas {

/// What the fills of the map mean.
enum class MapColoring : unsigned char
{
    SizeClass,
    Age,
    CallSite,
    Occupancy,
    Change, ///< since the last checkpoint before the cursor
};

using SiteResolver = std::function<QString(std::uint32_t stack)>;

/// A number for the name of each site, the same on every machine; 0 for none. Remembers what it was asked for.
class SiteBands
{
public:
    void setResolver(SiteResolver resolver);
    [[nodiscard]] std::uint32_t of(std::uint32_t stack);
    [[nodiscard]] QString nameOf(std::uint32_t stack) const; ///< empty: no name

private:
    SiteResolver m_resolver;
    std::vector<std::uint32_t> m_bands; ///< by call stack
};

/// Colours blocks by what they are rather than by how large they are. Blocks of one band look the same.
class BlockColoring
{
public:
    using Band = std::uint32_t;

    BlockColoring() = default;
    /// `changeSince`: the events up to there count as before. `sites` may be null, and must live as long.
    BlockColoring(MapColoring way, std::uint64_t event, std::uint64_t changeSince, SiteBands* sites);

    [[nodiscard]] MapColoring way() const { return m_way; }
    [[nodiscard]] std::uint64_t changeSince() const { return m_changeSince; }
    /// Whether blocks of one region may differ.
    [[nodiscard]] bool isPerBlock() const
    {
        return m_way != MapColoring::SizeClass && m_way != MapColoring::Occupancy;
    }
    [[nodiscard]] Band bandOf(const BlockRow& block) const;
    [[nodiscard]] QColor colorOf(Band band, const Theme& theme) const;
    /// Of a block whose band is not known because the snapshot does not hold it.
    [[nodiscard]] static QColor unknown(const Theme& theme);
    /// 0 … 1 of a run in use.
    [[nodiscard]] static QColor occupancy(double share, const Theme& theme);

    struct Entry
    {
        Band band = 0;
        QString label;
    };
    /// What a legend lists: all bands of an order, or the sites that hold most in the snapshot's blocks.
    [[nodiscard]] std::vector<Entry> entries(const HeapSnapshot* snapshot) const;

private:
    MapColoring m_way = MapColoring::SizeClass;
    std::uint64_t m_event = 0;
    std::uint64_t m_changeSince = 0;
    SiteBands* m_sites = nullptr;
};

} // namespace heapatlas
