// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

class HeapSnapshot;
struct RegionRow;

/// What a page (or a few neighbours) was used for at one moment.
struct SpacetimeCell
{
    static constexpr std::uint8_t unmapped = 0;
    static constexpr std::uint8_t free = 1;
    static constexpr std::uint8_t header = 2;
    static constexpr std::uint8_t large = 3;
    static constexpr std::uint8_t firstClass = 4; ///< and on: small runs, by size class

    std::uint8_t kind = unmapped;
    std::uint8_t used = 0; ///< live share, 255 all of it

    friend bool operator==(SpacetimeCell, SpacetimeCell) = default;
};

/// The page at `offset` of a region, as the map fills it: what no slot can use counts as neither.
[[nodiscard]] SpacetimeCell pageCell(const HeapSnapshot& snapshot, const RegionRow& region, Bytes offset);

/// A chunk that was seen at some moment.
struct SpacetimeBand
{
    AddressRange range;
    std::uint32_t pages = 0;
    std::uint32_t ordinal = 0; ///< when it was first seen
    std::uint64_t firstSeen = 0; ///< position of the column
};

/// A huge block from its birth to its free. Both are positions: it lives at those in [begin, end).
struct HugeBar
{
    static constexpr std::uint64_t never = ~std::uint64_t { 0 };

    AddressRange range; ///< granted
    Bytes requested = 0;
    std::uint64_t begin = 0; ///< 0: live before the recording; where that was interrupted, from there on
    std::uint64_t end = never;
    std::uint32_t stack = 0;
    std::uint32_t slot = 0;

    [[nodiscard]] bool isFreed() const { return end != never; }
    friend bool operator==(const HugeBar&, const HugeBar&) = default;
};

/// Neighbouring columns of the grid. Immutable, so that what is built already is shared by all that is published.
struct SpacetimeStrip
{
    std::vector<std::uint64_t> at; ///< the position whose state each column shows, ascending
    unsigned pageShift = 0; ///< a row is 1 << pageShift pages
    /// By band: rows × at.size() cells, row after row; empty where the chunk is not mapped in any of the columns.
    std::vector<std::vector<SpacetimeCell>> bands;

    [[nodiscard]] SpacetimeCell cell(std::size_t band, std::uint32_t page, std::size_t column) const
    {
        return band >= bands.size() || bands[band].empty()
            ? SpacetimeCell {}
            : bands[band][(page >> pageShift) * at.size() + column];
    }
};
using SpacetimeStripPtr = std::shared_ptr<const SpacetimeStrip>;

/// All chunks over a stretch of the trace: page × column, and the huge blocks. A column shows the state at its position,
/// up to the next column. Until it is complete, what lies from fineEnd on is told by fewer columns.
struct SpacetimeGrid
{
    std::uint64_t begin = 0; ///< positions [begin, end] are shown
    std::uint64_t end = 0;
    std::uint64_t fineEnd = 0; ///< `fine` speaks of positions below
    bool isComplete = false;
    std::vector<SpacetimeBand> bands; ///< in the order in which they were found; a later grid only appends
    std::vector<SpacetimeStripPtr> fine;
    std::vector<SpacetimeStripPtr> coarse;
    std::vector<HugeBar> huge; ///< by begin
    std::uint64_t hugeDropped = 0; ///< too many: those that lived shortest

    struct Place
    {
        const SpacetimeStrip* strip = nullptr;
        std::size_t column = 0;
    };
    /// The last column at or before the position; strip is null where nothing is known (yet).
    [[nodiscard]] Place columnAt(std::uint64_t position) const;
    [[nodiscard]] std::size_t cells() const;
};
using SpacetimeGridPtr = std::shared_ptr<const SpacetimeGrid>;

} // namespace heapatlas
