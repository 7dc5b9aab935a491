// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/blockdetails.h"
#include "model/heapsnapshot.h"
#include "model/markers.h"
#include "session/selection.h"

#include <QList>
#include <QString>

#include <optional>
#include <span>

namespace heapatlas {

/// What the inspector says of a selection, before any widget.
struct InspectorFacts
{
    enum class Swatch : unsigned char
    {
        None,
        SizeClass, ///< of swatchClass
        LargeRun,
        Huge,
        Header,
        FreePage,
    };

    struct Row
    {
        QString name;
        QString value;
        QString exact; ///< tooltip, may be empty
        Swatch swatch = Swatch::None;
    };

    /// The life of a block on the axis of the trace.
    struct Life
    {
        std::uint64_t born = 0; ///< cursor position at which it is first seen; 0: before the recording
        std::optional<std::uint64_t> freed; ///< last cursor position at which it is seen
        std::uint64_t cursor = 0;
        std::uint64_t events = 0;
        QString bornText; ///< "born 189 926": the index of the event, one before `born`
        QString stateText; ///< "alive 797 665 events, 4 GC runs"
    };

    QString title; ///< empty: nothing is selected
    Address address;
    int sharedDigits = 0; ///< leading hex digits that every address of this heap has
    QString whereTitle;
    QList<Row> where;
    std::uint8_t swatchClass = 0;
    Swatch fill = Swatch::None; ///< colour of the life bar
    std::optional<Life> life;
    CallStack allocatedBy;
    CallStack freedBy;
    QString stackNote; ///< why there is no stack, if there is none and one could be expected
};

/// Facts of the selection at the snapshot's event. `details` may be null (not a block, or not there yet); `markers`
/// are all of the trace, by event.
[[nodiscard]] InspectorFacts inspectorFacts(const Selection& selection, const HeapSnapshot& snapshot,
    const BlockDetails* details, std::span<const Marker> markers, std::uint64_t events);

/// How many leading hex digits (after 0x) the addresses of all chunks have in common.
[[nodiscard]] int sharedAddressDigits(const HeapSnapshot& snapshot);

} // namespace heapatlas
