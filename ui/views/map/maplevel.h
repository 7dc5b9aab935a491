// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace heapatlas {

/// How much of the heap a page shows, by the width of a page on screen (device-independent pixels).
enum class MapLevel : unsigned char
{
    Heap, ///< under 4 px: one colour a page
    Chunk, ///< 4 … 60 px: slots as byte ranges
    Page, ///< 60 … 160 px: plus gaps, slack, page numbers
    Slot, ///< 160 … 448 px: plus captions and sizes in the slots
    Byte, ///< over that, a byte is over 14 px wide: hex pairs, from 22 px on with characters
};

} // namespace heapatlas
