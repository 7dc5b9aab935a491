// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/formatsize.h"
#include "cli/console.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace heapatlas::cli {

// Tables as text.

/// One column a character: what is not the continuation of a UTF-8 sequence.
inline std::size_t columnsOf(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

inline std::string left(std::string text, std::size_t width)
{
    const std::size_t columns = columnsOf(text);
    return text.append(columns < width ? width - columns : 0, ' ');
}

inline std::string right(const std::string& text, std::size_t width)
{
    const std::size_t columns = columnsOf(text);
    return std::string(columns < width ? width - columns : 0, ' ') + text;
}

inline std::string count(std::uint64_t n) { return formatCount(n, " "); }

inline void heading(Output& out, const std::string& title)
{
    out << "\n" << title << "\n" << std::string(columnsOf(title), '-') << "\n";
}

} // namespace heapatlas::cli
