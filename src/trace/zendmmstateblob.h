// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/zendmmstate.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace heapatlas {

/// The bytes of a heap state section (FORMAT.md, "zendmm state"); nothing if they are not that.
[[nodiscard]] std::optional<ZendMmState> parseZendMmState(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::vector<std::uint8_t> writeZendMmState(const ZendMmState& state);

} // namespace heapatlas
