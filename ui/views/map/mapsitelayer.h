// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/keptpicture.h"
#include "ui/views/map/maplayout.h"

#include <QImage>

#include <cstdint>
#include <functional>

class QPainter;

namespace heapatlas {

/// Fades the map but for the blocks of one site. Those that a snapshot holds as rows stand out; a block too small for a
/// pixel still gets one. Painted over the picture, kept until what it shows changes.
class MapSiteLayer
{
public:
    using SiteOf = std::function<std::uint32_t(std::uint32_t stack)>;

    void setSite(std::uint32_t site, SiteOf siteOf);
    [[nodiscard]] std::uint32_t site() const { return m_site; }
    /// Over the layout's viewport; the painter is in device-independent pixels.
    void paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot);

private:
    [[nodiscard]] QImage rendered(const MapLayout& layout, const HeapSnapshot& snapshot) const;

    std::uint32_t m_site = 0;
    SiteOf m_siteOf;
    KeptPicture m_picture;
};

} // namespace heapatlas
