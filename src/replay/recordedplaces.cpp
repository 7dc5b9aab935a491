// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/recordedplaces.h"

#include <algorithm>

namespace heapatlas {

void RecordedPlaces::note(Address engine, Address recorded, std::uint64_t event)
{
    constexpr Bytes unit = AddressTranslation::unit;
    if (engine.isNull() || recorded.isNull() || engine.offsetIn(unit) != recorded.offsetIn(unit))
        return;
    const Address base = recorded.alignedDown(unit);
    const auto it = m_labels.find(engine.alignedDown(unit));
    if (it == m_labels.end()) {
        if (engine != recorded)
            m_labels[engine.alignedDown(unit)] = { { event, base } };
        return;
    }
    if (it->second.back().recorded != base)
        it->second.push_back({ event, base });
}

AddressTranslation RecordedPlaces::at(std::uint64_t event) const
{
    AddressTranslation translation;
    for (const auto& [engine, labels] : m_labels) {
        const auto after = std::upper_bound(labels.begin(), labels.end(), event,
            [](std::uint64_t e, const Label& label) { return e < label.event; });
        // Before its first label a region was not mapped, or nothing that lived on was in it: the first one fits best.
        translation.add(engine, (after == labels.begin() ? after : after - 1)->recorded);
    }
    return translation;
}

} // namespace heapatlas
