// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace heapatlas {

/// How many of the recorded addresses to decode. Each includes the one before.
enum class AddressChoice : std::uint8_t
{
    None,
    /// EventColumns::stated: those that the file states outright because they could not be foretold, among them the first
    /// block in nearly every new region. Costs little: blocks need not be looked up.
    Stated,
    All, ///< EventColumns::address and oldAddress
};

/// Which columns TraceReader::readBlock() fills beyond code, slot and size. Fewer columns decode faster.
struct ColumnChoice
{
    bool wantsStacks = true;
    AddressChoice addresses = AddressChoice::All;
};

} // namespace heapatlas
