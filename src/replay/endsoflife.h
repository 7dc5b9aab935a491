// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/interrupt.h"
#include "replay/replaysource.h"

#include <cstdint>
#include <map>
#include <vector>

namespace heapatlas {

/// For blocks that are live at a position, by their slots: the position from which on they are no longer. Those that
/// live to the end of the trace are left out. One look at every event up to the last of them, whatever their number;
/// incomplete if interrupted.
[[nodiscard]] std::map<std::uint32_t, std::uint64_t> endsOfLife(const ReplaySource& source,
    const std::vector<std::uint32_t>& slots, std::uint64_t position, const Interrupt& interrupt = {});

/// Positions in (begin, end] at which the heap was observed anew, ascending: slots mean other blocks from there on.
[[nodiscard]] std::vector<std::uint64_t> breaksIn(
    const ReplaySource& source, std::uint64_t begin, std::uint64_t end);

} // namespace heapatlas
