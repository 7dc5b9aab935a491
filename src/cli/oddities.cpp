// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/oddities.h"

namespace heapatlas::cli {

std::string oddityText(const ReplayOddities& oddities)
{
    std::string text;
    const auto add = [&](std::uint64_t count, const char* what) {
        if (count != 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + what;
    };
    add(oddities.unknownBlocks, " frees or reallocations of blocks that were never seen live");
    add(oddities.refused, " requests refused that the recorded allocator granted");
    add(oddities.granted, " requests granted that the recorded allocator refused");
    return text;
}

} // namespace heapatlas::cli
