// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <string>

namespace heapatlas {

/// "56 B", "9.6 KB", "10.25 MB": powers of 1024 as in PHP's memory_limit; one decimal for KB, two above.
[[nodiscard]] std::string formatSize(Bytes size);

/// "1 543 111" grouped by `separator` (UTF-8; the default is U+2009, thin space).
[[nodiscard]] std::string formatCount(std::uint64_t count, const char* separator = "\xE2\x80\x89");

/// Lower-case hexadecimal with prefix: "0x7f4c2cb0b738".
[[nodiscard]] std::string formatAddress(Address address);

} // namespace heapatlas
