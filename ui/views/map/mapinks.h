// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cellcode.h"
#include "model/heapsnapshot.h"
#include "ui/views/map/mapscene.h"

#include <QColor>

#include <cstdint>

namespace heapatlas {

/// All that colours depend on besides the snapshot: pictures that are kept are thrown away when it changes.
struct InkKey
{
    QString theme; ///< id
    bool isSlackShown = true;
    std::optional<MapState> isolated;
    MapColoring way = MapColoring::SizeClass;
    std::optional<BlockColoring::Band> isolatedBand;
    // What the colours of blocks depend on besides; 0 and empty where regions decide.
    std::uint64_t event = 0;
    std::uint64_t changeSince = 0;
    AddressRange window;

    [[nodiscard]] static InkKey of(const MapScene& scene);
    friend bool operator==(const InkKey&, const InkKey&) = default;
};

/// Where every fill of the map gets its colour, at all levels: asked per region, and per block where that tells more
/// than the region. Isolation by the legend is applied. Who adds a way of colouring adds it here and in InkKey.
class MapInks
{
public:
    explicit MapInks(const MapScene& scene);

    /// How the bytes of a run are filled.
    struct Fill
    {
        QRgb live = 0;
        QRgb free = 0; ///< slots that are not in use
        QRgb freeEdge = 0; ///< their outline from Page level up
        QRgb slack = 0; ///< equals live while slack is not shown
    };
    /// Regions of the same key have the same fill().
    static constexpr unsigned keys = 256;
    [[nodiscard]] unsigned keyOf(const RegionRow& region) const;
    /// Of a SmallRun's slots, a LargeRun or a Huge block. What is not live of the last two is slack.
    [[nodiscard]] Fill fill(const RegionRow& region) const;
    /// True if blocks of one region differ; then block() is asked for each block of the snapshot's window.
    [[nodiscard]] bool isPerBlock() const { return m_scene.coloring.isPerBlock(); }
    [[nodiscard]] Fill block(const RegionRow& region, const BlockRow& block) const;
    /// fill(), or block() of the one block of a LargeRun or Huge region if the snapshot has it.
    [[nodiscard]] Fill whole(const RegionRow& region) const;

    [[nodiscard]] QRgb header() const { return m_header; }
    [[nodiscard]] QRgb freePage() const { return m_freePage; }
    [[nodiscard]] QRgb freePageEdge() const { return m_freePageEdge; }
    /// The end of a small run behind its last slot.
    [[nodiscard]] QRgb tail() const { return m_tail; }

    /// One colour for a cell of the pyramid: a page, or several.
    [[nodiscard]] QRgb cell(CellCode code) const;
    /// How many of a bar's pixels are slack, at its right end.
    [[nodiscard]] static int slackPixels(const RegionRow& region, int width);

private:
    [[nodiscard]] QColor shown(const QColor& color, MapState state) const;
    [[nodiscard]] Fill filled(const QColor& color, const RegionRow& region) const;

    const MapScene& m_scene;
    QRgb m_header;
    QRgb m_freePage;
    QRgb m_freePageEdge;
    QRgb m_tail;
};

} // namespace heapatlas
