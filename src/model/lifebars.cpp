// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lifebars.h"

#include <algorithm>

namespace heapatlas {

const LifeBar* LifeBars::at(Address address, std::uint64_t position) const
{
    // Bars overlap in address only at different times, and none is larger than what lies before it in the window; a
    // large run that begins before the address may have smaller blocks of other times between.
    auto it = std::upper_bound(
        bars.begin(), bars.end(), address, [](Address a, const LifeBar& bar) { return a < bar.begin; });
    while (it != bars.begin()) {
        --it;
        if (it->from <= position && position < it->to && it->range().contains(address))
            return &*it;
    }
    return nullptr;
}

} // namespace heapatlas
