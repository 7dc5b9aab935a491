// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace heapatlas {

/// Where the regions of an engine stood in the recorded process: an engine chooses its own addresses, people want the
/// ones that their debugger shows. Regions begin at multiples of `unit`; one without an entry keeps its address.
class AddressTranslation
{
public:
    static constexpr Bytes unit = Bytes { 2 } << 20;

    /// The region that the engine has at `engine` stood at `recorded`; both multiples of `unit`.
    void add(Address engine, Address recorded) { m_shifts[engine.value / unit] = recorded - engine; }
    [[nodiscard]] bool isEmpty() const { return m_shifts.empty(); }

    /// Of an address in the first `unit` bytes of its region: any in a chunk, the begin of a huge block.
    [[nodiscard]] Address operator()(Address engine) const
    {
        if (m_shifts.empty())
            return engine;
        const auto it = m_shifts.find(engine.value / unit);
        return it == m_shifts.end() ? engine : engine + it->second;
    }
    /// Of a range that begins there.
    [[nodiscard]] AddressRange operator()(AddressRange engine) const
    {
        const Address begin = (*this)(engine.begin);
        return { begin, begin + engine.size() };
    }
    /// Where the engine has what stood in a recorded range, in no order; some of it may stand elsewhere by now. A block
    /// that begins in an earlier unit than the range is not looked for. O(entries + units).
    [[nodiscard]] std::vector<AddressRange> placesOf(AddressRange recorded) const
    {
        // Beyond that many units most are parts of huge blocks or nothing: not asked one by one.
        constexpr std::uint64_t mostUnits = 4096;
        if (m_shifts.empty() || recorded.size() / unit > mostUnits)
            return { AddressRange::everything() };
        std::vector<AddressRange> places;
        for (const auto& [number, shift] : m_shifts) {
            const Address begin { number * unit };
            const Address stood = begin + shift;
            const AddressRange shared { std::max(stood, recorded.begin),
                std::min(stood + unit, recorded.end) };
            if (!shared.isEmpty())
                places.push_back({ shared.begin - shift, shared.end - shift });
        }
        for (Address at = recorded.begin.alignedDown(unit); at < recorded.end; at = at + unit) {
            if (!m_shifts.contains(at.value / unit))
                places.push_back({ std::max(at, recorded.begin), std::min(at + unit, recorded.end) });
        }
        return places;
    }

private:
    std::unordered_map<std::uint64_t, Bytes> m_shifts; ///< differences wrap around as they should
};

} // namespace heapatlas
