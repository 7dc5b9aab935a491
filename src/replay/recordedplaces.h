// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/addresstranslation.h"

#include <cstdint>
#include <map>
#include <vector>

namespace heapatlas {

/// Which recorded region each region of the engine stands for, at any event: labels for people, learned from the first
/// blocks placed in a new region. The engine never sees them.
class RecordedPlaces
{
public:
    /// From the state after `event` events on, what the engine has in the unit of `engine` was recorded in the unit of
    /// `recorded`. Ignored where the two do not stand alike in their units (a damaged address), or where no program has
    /// memory. O(1) while events do not descend.
    void note(Address engine, Address recorded, std::uint64_t event);

    /// The labels that hold at an event. O(regions ever × log remappings).
    [[nodiscard]] AddressTranslation at(std::uint64_t event) const;
    /// The first event after `event` from which on a label is another; the largest number if there is none.
    [[nodiscard]] std::uint64_t changeAfter(std::uint64_t event) const;
    /// Makes of the labels at `from` those at `to`, a later event.
    void apply(AddressTranslation& translation, std::uint64_t from, std::uint64_t to) const;

private:
    struct Change
    {
        std::uint64_t event = 0;
        Address engine;
        Address recorded;
    };
    struct Label
    {
        std::uint64_t event = 0;
        Address recorded;
    };
    std::map<Address, std::vector<Label>> m_labels; ///< by the engine's unit; ascending by event
    std::vector<Change> m_changes; ///< of regions that had a label before; ascending by event
};

} // namespace heapatlas
