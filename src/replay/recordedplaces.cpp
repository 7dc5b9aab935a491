// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/recordedplaces.h"

#include <algorithm>

namespace heapatlas {

void RecordedPlaces::note(Address engine, Address recorded, std::uint64_t event)
{
    constexpr Bytes unit = AddressTranslation::unit;
    constexpr std::uint64_t addressEnd = std::uint64_t { 1 } << 57; // of the programs of any system
    if (recorded.value >= addressEnd)
        return;
    if (engine.isNull() || recorded.isNull() || engine.offsetIn(unit) != recorded.offsetIn(unit))
        return;
    const Address base = recorded.alignedDown(unit);
    const auto it = m_labels.find(engine.alignedDown(unit));
    if (it == m_labels.end()) {
        if (engine != recorded)
            m_labels[engine.alignedDown(unit)] = { { event, base } };
        return;
    }
    std::vector<Label>& labels = it->second;
    const auto isLater = [](std::uint64_t e, const auto& row) { return e < row.event; };
    const auto after = std::upper_bound(labels.begin(), labels.end(), event, isLater);
    if (after == labels.begin()) { // the first one holds from the beginning: what it said becomes a change
        if (labels.front().recorded == base) {
            labels.front().event = event;
            return;
        }
        const Label first = labels.front();
        m_changes.insert(std::upper_bound(m_changes.begin(), m_changes.end(), first.event, isLater),
            { first.event, it->first, first.recorded });
        labels.insert(labels.begin(), { event, base });
        return;
    }
    if ((after - 1)->recorded == base)
        return;
    labels.insert(after, { event, base });
    m_changes.insert(
        std::upper_bound(m_changes.begin(), m_changes.end(), event, isLater), { event, it->first, base });
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

std::uint64_t RecordedPlaces::changeAfter(std::uint64_t event) const
{
    const auto after = std::upper_bound(m_changes.begin(), m_changes.end(), event,
        [](std::uint64_t e, const Change& change) { return e < change.event; });
    return after == m_changes.end() ? ~std::uint64_t { 0 } : after->event;
}

void RecordedPlaces::apply(AddressTranslation& translation, std::uint64_t from, std::uint64_t to) const
{
    auto change = std::upper_bound(m_changes.begin(), m_changes.end(), from,
        [](std::uint64_t e, const Change& c) { return e < c.event; });
    for (; change != m_changes.end() && change->event <= to; ++change)
        translation.add(change->engine, change->recorded);
}

} // namespace heapatlas
