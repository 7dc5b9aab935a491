// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/heapcells.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace heapatlas {

namespace {

/// Writes each colour `Width` times, then `Gap` pixels of the background: the sizes are constants, so that a cell is one
/// store or two.
template <int Width, int Gap>
void expand(QRgb* out, const QRgb* colors, int count, QRgb background)
{
    for (int i = 0; i < count; ++i) {
        for (int x = 0; x < Width; ++x)
            out[x] = colors[i];
        for (int x = 0; x < Gap; ++x)
            out[Width + x] = background;
        out += Width + Gap;
    }
}

/// Of `count` cells; may write the gap behind the last.
void expand(QRgb* out, const QRgb* colors, int count, int width, int gap, QRgb background)
{
    if (width == 1 && gap == 0) {
        std::memcpy(out, colors, static_cast<std::size_t>(count) * sizeof(QRgb));
        return;
    }
    if (gap == 0 && width == 2)
        return expand<2, 0>(out, colors, count, background);
    if (gap == 1) {
        switch (width) {
        case 3:
            return expand<3, 1>(out, colors, count, background);
        case 4:
            return expand<4, 1>(out, colors, count, background);
        case 5:
            return expand<5, 1>(out, colors, count, background);
        case 6:
            return expand<6, 1>(out, colors, count, background);
        case 7:
            return expand<7, 1>(out, colors, count, background);
        case 8:
            return expand<8, 1>(out, colors, count, background);
        default:
            break;
        }
    }
    for (int i = 0; i < count; ++i) {
        out = std::fill_n(out, width, colors[i]);
        out = std::fill_n(out, gap, background);
    }
}

} // namespace

void HeapCells::takeInks(const MapScene& scene)
{
    if (!m_palette.empty() && m_key == InkKey::of(scene))
        return;
    m_key = InkKey::of(scene);
    m_palette.resize(CellCode::count);
    m_hasLook.reset();
    m_chunks.clear();
}

std::span<const QRgb> HeapCells::colors(
    const MapScene& scene, CellPyramid& pyramid, std::uint32_t chunkRow, int level)
{
    takeInks(scene);
    if (m_chunks.size() <= chunkRow)
        m_chunks.resize(scene.snapshot.chunks().size());
    Chunk& chunk = m_chunks[chunkRow];
    const CellPyramid::Cells cells = pyramid.cells(chunkRow, level);
    if (chunk.version == cells.version && chunk.level == level)
        return chunk.colors;
    chunk.version = cells.version;
    chunk.level = level;
    chunk.colors.resize(cells.codes.size());
    if (scene.coloring.isPerBlock()) {
        colorBlocks(scene, chunkRow, level, chunk.colors);
        return chunk.colors;
    }
    for (const CellCode code : cells.codes) {
        if (m_hasLook[code.look()])
            continue;
        m_hasLook.set(code.look());
        const MapInks inks(scene);
        for (unsigned step = 0; step < CellCode::steps; ++step) {
            const CellCode shade = CellCode::of(code.look(), step);
            m_palette[shade.value] = inks.cell(shade);
        }
    }
    for (std::size_t i = 0; i < cells.codes.size(); ++i)
        chunk.colors[i] = m_palette[cells.codes[i].value];
    return chunk.colors;
}

/// Cells of a coloring per block: the colours of what lives in them, mixed by bytes.
void HeapCells::colorBlocks(
    const MapScene& scene, std::uint32_t chunkRow, int level, std::vector<QRgb>& colors)
{
    struct Light
    {
        double red = 0;
        double green = 0;
        double blue = 0;
        double bytes = 0;
        void add(QRgb color, double amount)
        {
            red += amount * qRed(color);
            green += amount * qGreen(color);
            blue += amount * qBlue(color);
            bytes += amount;
        }
    };
    const HeapSnapshot& snapshot = scene.snapshot;
    const ChunkRow& chunk = snapshot.chunks()[chunkRow];
    const Bytes cellBytes = snapshot.pageBytes() * CellPyramid::pagesPerCell(level);
    const MapInks inks(scene);
    std::vector<Light> cells(colors.size());
    // Bytes [begin, end) of addresses in one colour.
    const auto add = [&](Address begin, Address end, QRgb color) {
        while (begin < end) {
            const Bytes cell = (begin - chunk.range.begin) / cellBytes;
            const Address stop = std::min(end, chunk.range.begin + (cell + 1) * cellBytes);
            if (cell < cells.size())
                cells[cell].add(color, static_cast<double>(stop - begin));
            begin = stop;
        }
    };
    const auto blocks = snapshot.blocks();
    auto block = std::lower_bound(blocks.begin(), blocks.end(), chunk.range.begin,
        [](const BlockRow& row, Address address) { return row.begin < address; });
    for (const RegionRow& region : snapshot.regions().subspan(chunk.firstRegion, chunk.regionCount)) {
        const MapInks::Fill fill = inks.fill(region);
        if (region.kind != RegionKind::SmallRun) {
            add(region.range.begin, region.range.end,
                region.kind == RegionKind::Header     ? inks.header()
                    : region.kind == RegionKind::Free ? inks.freePage()
                                                      : inks.whole(region).live);
            continue;
        }
        for (std::uint32_t slot = 0; slot < region.slotCount; ++slot) {
            const Address at = region.range.begin + Bytes { slot } * region.slotBytes;
            QRgb color = fill.free;
            if (snapshot.isSlotLive(region, slot)) {
                while (block != blocks.end() && block->begin < at)
                    ++block;
                const bool isKnown = block != blocks.end() && block->begin == at;
                color = isKnown ? inks.block(region, *block).live : fill.live;
            }
            add(at, at + region.slotBytes, color);
        }
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Light& light = cells[i];
        const double bytes = std::max(light.bytes, 1.0);
        colors[i] = light.bytes == 0
            ? inks.freePage()
            : qRgb(static_cast<int>(light.red / bytes), static_cast<int>(light.green / bytes),
                static_cast<int>(light.blue / bytes));
    }
}

void HeapCells::compose(QRgb* line, int width, const MapScene& scene, CellPyramid& pyramid,
    MapLayout::Span items, int row, bool isGap)
{
    const MapLayout& layout = scene.layout;
    const QRgb background = scene.theme.canvas.rgb();
    std::fill_n(line, width, background);
    const int perRow = layout.cellsPerRow();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        const int left = item.rect.left() - layout.scroll().x();
        if (left >= width)
            break;
        if (item.pages == 0) {
            const QRect bar = layout.barRect(item);
            const int top = row * layout.pitchY() + (isGap ? layout.pageH() : 0);
            const ChunkRow& chunk = scene.snapshot.chunks()[item.chunkRow];
            if (top >= bar.height() || chunk.regionCount == 0)
                continue;
            const RegionRow& region = scene.snapshot.regions()[chunk.firstRegion];
            const MapInks::Fill ink = MapInks(scene).whole(region);
            const int stop = std::min(width, left + bar.width());
            std::fill(line + left, line + stop, ink.live);
            const int slack = MapInks::slackPixels(region, bar.width());
            const int from = std::clamp(left + bar.width() - slack, left, stop);
            std::fill(line + from, line + stop, ink.slack);
            continue;
        }
        const std::span<const QRgb> all = colors(scene, pyramid, item.chunkRow, layout.cellLevel());
        const int first = row * perRow;
        const int count = std::min(perRow, static_cast<int>(all.size()) - first);
        if (isGap || count <= 0)
            continue;
        const int length = count * layout.pitchX();
        if (left + length <= width) {
            expand(line + left, all.data() + first, count, layout.pageW(), layout.gapX(), background);
            continue;
        }
        m_wide.resize(static_cast<std::size_t>(length));
        expand(m_wide.data(), all.data() + first, count, layout.pageW(), layout.gapX(), background);
        std::copy_n(m_wide.begin(), width - left, line + left);
    }
}

void HeapCells::paint(QImage& image, const MapScene& scene, CellPyramid& pyramid)
{
    const MapLayout& layout = scene.layout;
    const QRgb background = scene.theme.canvas.rgb();
    const int width = image.width();
    const int height = image.height();
    auto* const bits = reinterpret_cast<QRgb*>(image.bits());
    const auto stride = image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    const auto lineAt = [&](int y) { return bits + y * stride; };
    const auto& all = layout.items();
    const MapLayout::Span seen = layout.visibleItems();
    int y = 0;
    for (int begin = seen.begin; begin < seen.end;) {
        const MapLayout::Item& first = all[static_cast<std::size_t>(begin)];
        int end = begin;
        int bottom = 0;
        for (; end < seen.end && all[static_cast<std::size_t>(end)].rect.top() == first.rect.top(); ++end)
            bottom = std::max(bottom, all[static_cast<std::size_t>(end)].rect.bottom() + 1);
        const int bodyTop = first.bodyTop - layout.scroll().y();
        bottom = std::min(bottom - layout.scroll().y(), height);
        for (; y < std::min(bodyTop, height); ++y)
            std::fill_n(lineAt(y), width, background);
        int lastRow = -1;
        bool wasGap = false;
        for (; y < bottom; ++y) {
            const int row = (y - bodyTop) / layout.pitchY();
            const bool isGap = (y - bodyTop) % layout.pitchY() >= layout.pageH();
            if (row == lastRow && isGap == wasGap)
                std::memcpy(lineAt(y), lineAt(y - 1), static_cast<std::size_t>(width) * sizeof(QRgb));
            else
                compose(lineAt(y), width, scene, pyramid, { begin, end }, row, isGap);
            lastRow = row;
            wasGap = isGap;
        }
        begin = end;
    }
    for (; y < height; ++y)
        std::fill_n(lineAt(y), width, background);
}

} // namespace heapatlas
