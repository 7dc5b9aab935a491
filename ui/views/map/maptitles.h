// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"
#include "ui/views/map/mapsticker.h"

#include <QImage>

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace heapatlas {

/// The words beside chunks in a flow, kept as pictures: there are hundreds of them, and writing costs more than all the
/// cells. Titles above chunks, or where they are dense the first address of every line; and what is not used between
/// chunks.
class MapTitles
{
public:
    /// Those that are seen, by their top; none unless chunks flow. They live until the next call.
    [[nodiscard]] std::span<const MapSticker> collect(const MapScene& scene);

private:
    /// Cut down to its ink: less to copy.
    struct Words
    {
        MapStrip strip; ///< empty: no ink
        QPoint at;
    };
    struct Title
    {
        std::uint32_t ordinal = 0;
        int percent = -1;
        Bytes hugeBytes = 0; ///< of a bar
        std::array<Words, 2> words; ///< its name, and how full it is
    };
    /// What is left out, and where it is told.
    using BreakKey = std::tuple<Bytes, int, int, int>;

    void forget(const MapScene& scene);
    void collectTitle(const MapScene& scene, const MapLayout::Item& item);
    void collectAddresses(const MapScene& scene);
    void collectBreaks(const MapScene& scene);
    void add(const Words& words, QPoint origin);
    [[nodiscard]] static Words cut(const QImage& strip, QRect part, QRgb canvas);

    // What all strips have in common.
    QString m_theme;
    qreal m_ratio = 0;
    QSize m_size;
    int m_width = 0; ///< of the viewport
    QString m_units; ///< how a size is worded, which people can set

    std::vector<Title> m_titles; ///< by chunk row
    std::unordered_map<std::uint64_t, Words> m_addresses;
    std::map<BreakKey, MapStrip> m_breaks;
    std::vector<MapSticker> m_stickers;
};

} // namespace heapatlas
