// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace heapatlas {

/// What is known beforehand about how a request ended. Of all that a recording knows, an engine may use only
/// this one bit: whether a call accepts failure, and whether the operating system had memory left, are facts
/// of the program and its machine, not of the algorithm.
enum class Outcome : std::uint8_t
{
    Unknown, ///< a request of our own: the engine's rules decide alone
    Succeeded, ///< recorded as successful
    Failed, ///< recorded as failed: where the rules leave it open, it fails
};

} // namespace heapatlas
