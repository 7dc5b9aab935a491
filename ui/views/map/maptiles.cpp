// SPDX-License-Identifier: GPL-3.0-or-later
// A picture must not tell how it came about: what a tile shows depends on the world alone, never on the scroll position
// or on the order of paints. So the painters get a rectangle of the world, and fill exactly that.
#include "ui/views/map/maptiles.h"

#include "model/snapshotdiff.h"
#include "ui/views/map/maplabels.h"
#include "ui/views/map/pagestrip.h"

#include <algorithm>
#include <cstring>

namespace heapatlas {

namespace {

/// Beyond this many pieces a tile is repainted as a whole.
constexpr std::size_t mostPieces = 64;
/// Tiles kept besides those on the screen.
constexpr std::size_t spare = 96;

std::uint64_t keyOf(int column, int row)
{
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(row)) << 32)
        | static_cast<std::uint32_t>(column);
}

} // namespace

/// What painting needs, made once a picture.
class MapTiles::Brush
{
public:
    explicit Brush(const MapScene& scene)
        : m_scene(scene)
        , m_strip(scene)
    {
    }

    void paint(QImage& image, QPoint origin, QRect world)
    {
        m_strip.setTarget(image, origin, world);
        m_strip.paint(world);
        MapLabels(image, m_scene, origin).paintPages(world);
    }

private:
    const MapScene& m_scene;
    PageStrip m_strip;
};

void MapTiles::clear()
{
    m_tiles.clear();
    m_snapshot = nullptr;
}

std::int64_t MapTiles::takePaintedPixels() { return std::exchange(m_painted, 0); }

void MapTiles::sync(const MapScene& scene, const SnapshotPtr& snapshot)
{
    const InkKey key = InkKey::of(scene);
    if (!(key == m_key) || m_snapshot == nullptr || !m_layout.hasPlacesOf(scene.layout)) {
        m_tiles.clear();
        m_key = key;
        m_layout = scene.layout;
    } else if (snapshot != m_snapshot) {
        markChanges(*m_snapshot, scene);
    }
    m_snapshot = snapshot;
}

void MapTiles::markChanges(const HeapSnapshot& before, const MapScene& scene)
{
    QRect known;
    for (const auto& [key, tile] : m_tiles)
        known |= tile.valid;
    const MapLayout& layout = scene.layout;
    const MapLayout::Span items = layout.itemsIn(known.top(), known.bottom() + 1);
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0) {
            // The colour of a bar's slack; its words are not in the tiles.
            if (!changedRanges(before, scene.snapshot, item.range).empty())
                markDirty(item.rect);
            continue;
        }
        const MapLayout::Span rows = layout.rowsIn(item, known.top(), known.bottom() + 1);
        const Bytes rowBytes = layout.rowPages() * layout.pageBytes();
        const AddressRange window { item.range.begin + static_cast<Bytes>(rows.begin) * rowBytes,
            std::min(item.range.end, item.range.begin + static_cast<Bytes>(rows.end) * rowBytes) };
        for (const AddressRange& range : changedRanges(before, scene.snapshot, window)) {
            const Bytes begin = std::max(range.begin, item.range.begin) - item.range.begin;
            const Bytes end = std::min(range.end, item.range.end) - item.range.begin;
            const auto last = static_cast<std::uint32_t>((end + layout.pageBytes() - 1) / layout.pageBytes());
            for (auto page = static_cast<std::uint32_t>(begin / layout.pageBytes()); page < last;) {
                // One rectangle a row of pages, with captions above and gaps behind.
                const std::uint32_t stop = std::min(last, (page / layout.rowPages() + 1) * layout.rowPages());
                const QRect box = layout.worldRect(item, page) | layout.worldRect(item, stop - 1);
                markDirty(box.adjusted(0, -layout.pageCaption(), layout.gapX(), 0));
                page = stop;
            }
        }
    }
}

void MapTiles::markDirty(QRect world)
{
    const int last = world.right() / side;
    for (int row = world.top() / side; row <= world.bottom() / side; ++row) {
        for (int column = world.left() / side; column <= last; ++column) {
            const auto it = m_tiles.find(keyOf(column, row));
            if (it == m_tiles.end())
                continue;
            const QRect piece = world & it->second.valid;
            if (!piece.isEmpty())
                it->second.dirty.push_back(piece);
        }
    }
}

void MapTiles::update(Tile& tile, QRect whole, QRect needed, Brush& brush)
{
    const auto paint = [&](QRect world) {
        brush.paint(tile.image, whole.topLeft(), world);
        m_painted += std::int64_t { world.width() } * world.height();
    };
    if (tile.image.isNull() || !tile.valid.contains(needed)) {
        // At first only what is seen; who scrolls gets the rest at once.
        const bool isFirst = tile.image.isNull();
        if (isFirst)
            tile.image = QImage(side, side, QImage::Format_RGB32);
        tile.valid = isFirst ? needed : whole;
        paint(tile.valid);
    } else if (tile.dirty.size() > mostPieces) {
        paint(tile.valid);
    } else {
        for (const QRect& piece : tile.dirty)
            paint(piece);
    }
    tile.dirty.clear();
}

void MapTiles::compose(QImage& image, const MapScene& scene, const SnapshotPtr& snapshot)
{
    sync(scene, snapshot);
    ++m_turn;
    const QPoint scroll = scene.layout.scroll();
    const QRect seen = (scene.layout.body() & image.rect()).translated(scroll);
    if (seen.isEmpty())
        return;
    auto* const bits = reinterpret_cast<QRgb*>(image.bits());
    const auto stride = image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    Brush brush(scene);
    std::size_t count = 0;
    for (int row = seen.top() / side; row <= seen.bottom() / side; ++row) {
        for (int column = seen.left() / side; column <= seen.right() / side; ++column) {
            Tile& tile = m_tiles[keyOf(column, row)];
            const QRect whole(column * side, row * side, side, side);
            const QRect needed = whole & seen;
            update(tile, whole, needed, brush);
            tile.used = m_turn;
            ++count;
            const auto bytes = static_cast<std::size_t>(needed.width()) * sizeof(QRgb);
            for (int y = needed.top(); y <= needed.bottom(); ++y) {
                const auto* from = reinterpret_cast<const QRgb*>(tile.image.constScanLine(y - whole.top()));
                std::memcpy(bits + (y - scroll.y()) * stride + (needed.left() - scroll.x()),
                    from + (needed.left() - whole.left()), bytes);
            }
        }
    }
    if (m_tiles.size() > 2 * count + spare)
        std::erase_if(m_tiles, [this](const auto& entry) { return entry.second.used != m_turn; });
}

} // namespace heapatlas
