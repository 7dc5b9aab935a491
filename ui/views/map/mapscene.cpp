// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapscene.h"

#include <QCoreApplication>

namespace heapatlas {

QColor MapScene::shown(const QColor& color, MapState state) const
{
    return !isolated || *isolated == state ? color : Theme::mix(color, theme.canvas, fadedShare);
}

QString chunkName(const ChunkRow& chunk)
{
    if (chunk.pageCount == 0)
        return QCoreApplication::translate("Map", "Huge block");
    return QCoreApplication::translate("Map", "Chunk %1").arg(chunk.ordinal);
}

double usedShare(const ChunkRow& chunk)
{
    const Bytes size = chunk.range.size();
    return size == 0 ? 0.0 : static_cast<double>(chunk.usedBytes) / static_cast<double>(size);
}

} // namespace heapatlas
