// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <unordered_map>

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

private:
    std::unordered_map<std::uint64_t, Bytes> m_shifts; ///< differences wrap around as they should
};

} // namespace heapatlas
