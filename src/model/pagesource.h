// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <functional>
#include <span>

namespace heapatlas {

/// Unit in which bytes of the heap are kept.
inline constexpr Bytes contentsPageBytes = 4096;

/// Gives the 4096 bytes at an address that is a multiple of 4096, or an empty span where they are not known. The bytes
/// are good until the next call.
using PageSource = std::function<std::span<const std::uint8_t>(Address page)>;

} // namespace heapatlas
