// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/map/mapscene.h"

#include <QImage>

#include <unordered_map>
#include <vector>

namespace heapatlas {

/// The words beside chunks in a flow, kept as pictures: there are hundreds of them, and writing costs more than all the
/// cells. Titles above chunks, or where they are dense the first address of every line.
class MapTitles
{
public:
    void paint(QImage& image, const MapScene& scene);

private:
    struct Title
    {
        std::uint32_t ordinal = 0;
        int percent = -1;
        Bytes hugeBytes = 0; ///< of a bar
        QImage strip;
    };
    void paintTitle(QImage& image, const MapScene& scene, const MapLayout::Item& item);
    void paintAddresses(QImage& image, const MapScene& scene);

    // What all strips have in common.
    QString m_theme;
    qreal m_ratio = 0;
    QSize m_size;
    QString m_units; ///< how a size is worded, which people can set

    std::vector<Title> m_titles; ///< by chunk row
    std::unordered_map<std::uint64_t, QImage> m_addresses;
};

} // namespace heapatlas
