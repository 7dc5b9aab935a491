// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/livelypages.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace heapatlas {

AddressRange livelyPages(const SpacetimeGrid& grid, std::uint32_t pages)
{
    constexpr unsigned samples = 48;
    constexpr std::size_t mostBands = 64;
    AddressRange best;
    unsigned most = 0;
    for (std::size_t i = 0; i < std::min(mostBands, grid.bands.size()); ++i) {
        const SpacetimeBand& band = grid.bands[i];
        if (band.pages == 0)
            continue;
        const Bytes pageBytes = band.range.size() / band.pages;
        std::vector<unsigned> changes(band.pages);
        std::vector<SpacetimeCell> before(band.pages);
        for (unsigned s = 0; s < samples; ++s) {
            const auto position = grid.begin
                + static_cast<std::uint64_t>(
                    static_cast<double>(grid.end - grid.begin) * (static_cast<double>(s) / samples));
            const SpacetimeGrid::Place place = grid.columnAt(position);
            for (std::uint32_t page = 0; page < band.pages; ++page) {
                const SpacetimeCell cell =
                    place.strip == nullptr ? SpacetimeCell {} : place.strip->cell(i, page, place.column);
                if (cell.kind >= SpacetimeCell::large)
                    changes[page] += 8U + static_cast<unsigned>(std::abs(cell.used - before[page].used));
                before[page] = cell;
            }
        }
        const std::uint32_t wide = std::min(pages, band.pages);
        for (std::uint32_t first = 0; first + wide <= band.pages; ++first) {
            unsigned sum = 0;
            for (std::uint32_t page = first; page < first + wide; ++page)
                sum += changes[page];
            if (sum > most || best.isEmpty()) {
                most = sum;
                const Address begin = band.range.begin + first * pageBytes;
                best = { begin, begin + wide * pageBytes };
            }
        }
    }
    return best;
}

} // namespace heapatlas
