// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/boxfilter.h"
#include "ui/views/map/keptpicture.h"
#include "ui/views/map/maplayout.h"

#include <QImage>

#include <optional>

class QPainter;

namespace heapatlas {

/// Fades what is outside a box of time × address, as the legend's filters do: all addresses but the box's, and in it
/// the blocks that were born after its last event, as far as the snapshot has blocks. One that dies before a box that
/// is still to come cannot be told from a snapshot; it stays. Painted over the picture, kept until what it shows changes.
class MapBoxLayer
{
public:
    void setBox(const std::optional<BoxFilter>& box);
    [[nodiscard]] const std::optional<BoxFilter>& box() const { return m_box; }
    /// Over the layout's viewport; the painter is in device-independent pixels.
    void paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot);

private:
    [[nodiscard]] QImage rendered(const MapLayout& layout, const HeapSnapshot& snapshot) const;

    std::optional<BoxFilter> m_box;
    KeptPicture m_picture;
};

} // namespace heapatlas
