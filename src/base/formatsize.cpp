// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/formatsize.h"

#include <array>
#include <cstdio>

namespace heapatlas {

std::string formatSize(Bytes size)
{
    constexpr std::array<const char*, 4> units = { "MB", "GB", "TB", "PB" };
    if (size < 1024)
        return std::to_string(size) + " B";
    std::array<char, 48> text {};
    // The limits lie where rounding would show "1024.0": 1023.95 KB is already 1.00 MB.
    const double kilobytes = static_cast<double>(size) / 1024.0;
    if (kilobytes < 1023.95) {
        std::snprintf(text.data(), text.size(), "%.1f KB", kilobytes);
        return text.data();
    }
    double scaled = kilobytes / 1024.0;
    std::size_t unit = 0;
    while (scaled >= 1023.995 && unit + 1 < units.size()) {
        scaled /= 1024.0;
        ++unit;
    }
    std::snprintf(text.data(), text.size(), "%.2f %s", scaled, units.at(unit));
    return text.data();
}

std::string formatCount(std::uint64_t count, const char* separator)
{
    const std::string digits = std::to_string(count);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0)
            text += separator;
        text += digits[i];
    }
    return text;
}

std::string formatAddress(Address address)
{
    std::array<char, 24> text {};
    std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(address.value));
    return text.data();
}

} // namespace heapatlas
