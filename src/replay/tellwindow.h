// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/addresstranslation.h"

#include <algorithm>
#include <vector>

namespace heapatlas {

/// Which blocks somebody wants to be told of, in the engine's addresses: asked at every event, so it answers roughly.
/// Never a wrong no.
class TellWindow
{
public:
    /// Everything.
    TellWindow() = default;
    /// Blocks that overlap the recorded range, as long as the labels are these.
    TellWindow(AddressRange recorded, const AddressTranslation& translation)
        : m_places(recorded == AddressRange::everything() ? std::vector { recorded }
                                                          : translation.placesOf(recorded))
    {
    }

    /// Whether a block of so many bytes may reach from its unit into others: then it may overlap anything.
    [[nodiscard]] static bool isHuge(Bytes requested)
    {
        return requested > AddressTranslation::unit - 2 * slack;
    }
    /// Of a block that begins there and was asked for with that many bytes.
    [[nodiscard]] bool mayHold(Address begin, Bytes requested) const
    {
        return isHuge(requested)
            || std::any_of(m_places.begin(), m_places.end(), [=](const AddressRange& place) {
                   return begin < place.end && place.begin < begin + (requested + slack);
               });
    }

private:
    static constexpr Bytes slack =
        4096; ///< no block smaller than a unit is granted more beyond what was asked for

    std::vector<AddressRange> m_places { AddressRange::everything() };
};

} // namespace heapatlas
