// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lifetimes.h"

#include <array>
#include <cstdint>

namespace heapatlas {

/// Counts ends of blocks while a replay makes its first pass: one addition each.
class LifetimeCounter
{
public:
    // What a block stood in, as one number: the index of its size class, or one of these.
    static constexpr unsigned large = 62;
    static constexpr unsigned huge = 63;

    /// `born` is event index + 1 of its allocation, 0 if that was not seen.
    void end(unsigned kind, std::uint32_t born, std::uint64_t event)
    {
        if (born != 0) [[likely]]
            ++m_ended[kind & 63U][LifetimeCounts::bucketOf(event + 1 - born)];
    }

    /// `slotBytes` tells the size of a class; `live` calls its argument for each live block, with kind and age in
    /// events.
    template <class SlotBytes, class Live>
    [[nodiscard]] Lifetimes lifetimes(SlotBytes slotBytes, Live live) const
    {
        std::array<LifetimeCounts, 64> counts;
        for (unsigned kind = 0; kind < counts.size(); ++kind)
            counts[kind].ended = m_ended[kind];
        live([&](unsigned kind, std::uint64_t age) {
            ++counts[kind & 63U].live[LifetimeCounts::bucketOf(age)];
        });
        Lifetimes all;
        for (unsigned kind = 0; kind < counts.size(); ++kind) {
            bool isUsed = false;
            for (std::size_t b = 0; b < LifetimeCounts::buckets; ++b) {
                all.all.ended[b] += counts[kind].ended[b];
                all.all.live[b] += counts[kind].live[b];
                isUsed = isUsed || counts[kind].ended[b] + counts[kind].live[b] != 0;
            }
            if (isUsed)
                all.classes.push_back({ kind == huge ? RegionKind::Huge
                        : kind == large              ? RegionKind::LargeRun
                                                     : RegionKind::SmallRun,
                    static_cast<std::uint8_t>(kind < large ? kind : 0), kind < large ? slotBytes(kind) : 0,
                    counts[kind] });
        }
        return all;
    }

private:
    std::array<std::array<std::uint64_t, LifetimeCounts::buckets>, 64> m_ended {};
};

} // namespace heapatlas
