// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/eventrange.h"

namespace heapatlas {

/// A box of time × address that views look into: blocks that lived at an address in it at some of its moments.
struct BoxFilter
{
    EventRange events;
    AddressRange addresses;

    friend bool operator==(const BoxFilter&, const BoxFilter&) = default;
};

} // namespace heapatlas
