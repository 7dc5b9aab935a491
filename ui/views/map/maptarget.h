// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/selection.h"

#include <QString>
#include <QStringList>

#include <cstdint>

namespace heapatlas {

/// What stands at an address of a snapshot.
struct MapTarget
{
    enum class Kind : unsigned char
    {
        Nothing,
        Header,
        FreePages,
        FreeSlot,
        Slot, ///< live
        RunTail, ///< bytes of a small run behind its last slot
        Large,
        Huge,
    };
    Kind kind = Kind::Nothing;
    const RegionRow* region = nullptr; ///< of the snapshot it was asked of
    const BlockRow* block = nullptr; ///< live ones, where the snapshot has blocks
    AddressRange range; ///< slot, run, or stretch of free pages
    std::uint32_t slot = 0; ///< in its run
    std::uint32_t page = 0; ///< of the chunk, where the range begins

    [[nodiscard]] Selection selection() const;
};

/// O(log regions + log blocks).
[[nodiscard]] MapTarget targetAt(const HeapSnapshot& snapshot, Address address);

/// The page that contains the address as a selection.
[[nodiscard]] Selection pageSelection(const HeapSnapshot& snapshot, Address address);

/// At most five lines: what and how large, who, when, where. `site` may be empty.
[[nodiscard]] QStringList tooltipLines(
    const HeapSnapshot& snapshot, const MapTarget& target, const QString& site);
/// The same in one line, for status bar and accessibility.
[[nodiscard]] QString oneLine(const HeapSnapshot& snapshot, const MapTarget& target);
/// For Heap level, where a page is the smallest thing.
[[nodiscard]] QStringList pageTooltipLines(const HeapSnapshot& snapshot, Address address);

/// For cells of several pages: what their bytes are used for.
[[nodiscard]] QStringList cellTooltipLines(const HeapSnapshot& snapshot, AddressRange cell);
/// "118 MB of address space not used".
[[nodiscard]] QString breakLabel(Bytes gap);
[[nodiscard]] QStringList breakLines(Bytes gap);

/// The slot, run, hole or header next to the selection in address order, in the same chunk or the next; the selection
/// itself at either end.
[[nodiscard]] Selection neighbour(const HeapSnapshot& snapshot, const Selection& from, bool isForward);

} // namespace heapatlas
