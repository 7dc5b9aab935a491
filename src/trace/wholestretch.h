// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/sectionreader.h"

#include <cstdint>

namespace heapatlas {

/// How far a file without an index is whole.
struct WholeStretch
{
    std::uint64_t bytes = 0;
    std::uint64_t events = 0; ///< up to there
};

/// Reads headers only, and the payload of the last section: a file cut in it may have been filled up later. O(sections).
[[nodiscard]] WholeStretch findWholeStretch(SectionReader& sections);

} // namespace heapatlas
