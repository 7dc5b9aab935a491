// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/heapcells.h"

#include "ui/views/map/scanlines.h"

#include <algorithm>
#include <cstring>

namespace heapatlas {

namespace {

// Four pixels at once, whatever the processor calls that.
using Quad [[gnu::vector_size(16)]] = QRgb;

Quad load(const QRgb* from)
{
    Quad quad;
    std::memcpy(&quad, from, sizeof quad);
    return quad;
}

void store(QRgb* to, Quad quad) { std::memcpy(to, &quad, sizeof quad); }

template <int Lane>
Quad spread(Quad quad)
{
    return __builtin_shufflevector(quad, quad, Lane, Lane, Lane, Lane);
}

/// Cells of one pixel and no gap. Cells of a chunk are too few a line for a call of memcpy() to pay.
void copyCells(QRgb* out, const QRgb* colors, int count)
{
    int i = 0;
    for (; i + 4 <= count; i += 4)
        store(out + i, load(colors + i));
    for (; i < count; ++i)
        out[i] = colors[i];
}

/// Of two pixels, no gap.
void doubleCells(QRgb* out, const QRgb* colors, int count)
{
    int i = 0;
    for (; i + 4 <= count; i += 4, out += 8) {
        const Quad quad = load(colors + i);
        store(out, __builtin_shufflevector(quad, quad, 0, 0, 1, 1));
        store(out + 4, __builtin_shufflevector(quad, quad, 2, 2, 3, 3));
    }
    for (; i < count; ++i, out += 2)
        out[0] = out[1] = colors[i];
}

/// Of three pixels and a gap: a store each.
void tripleCells(QRgb* out, const QRgb* colors, int count, QRgb background)
{
    constexpr Quad cell = { ~0U, ~0U, ~0U, 0 };
    const Quad gap = { 0, 0, 0, background };
    int i = 0;
    for (; i + 4 <= count; i += 4, out += 16) {
        const Quad quad = load(colors + i);
        store(out, (spread<0>(quad) & cell) | gap);
        store(out + 4, (spread<1>(quad) & cell) | gap);
        store(out + 8, (spread<2>(quad) & cell) | gap);
        store(out + 12, (spread<3>(quad) & cell) | gap);
    }
    for (; i < count; ++i, out += 4)
        out[0] = out[1] = out[2] = colors[i];
}

/// Of four pixels and more; the last store of a cell may overlap the one before it.
void wideCells(QRgb* out, const QRgb* colors, int count, int width, int pitch)
{
    for (int i = 0; i < count; ++i, out += pitch) {
        const QRgb color = colors[i];
        const Quad quad = { color, color, color, color };
        for (int x = 0; x + 4 < width; x += 4)
            store(out + x, quad);
        store(out + width - 4, quad);
    }
}

/// Writes the pixels of `count` cells over gaps that have the background already.
void expand(QRgb* out, const QRgb* colors, int count, const MapLayout& layout, QRgb background)
{
    const int width = layout.pageW();
    const int pitch = layout.pitchX();
    if (pitch == 1)
        copyCells(out, colors, count);
    else if (pitch == 2 && width == 2)
        doubleCells(out, colors, count);
    else if (pitch == 4 && width == 3)
        tripleCells(out, colors, count, background);
    else if (width >= 4)
        wideCells(out, colors, count, width, pitch);
    else
        for (int i = 0; i < count; ++i)
            std::fill_n(out + i * pitch, width, colors[i]);
}

} // namespace

void HeapCells::takeInks(const MapScene& scene)
{
    if (!m_palette.empty() && m_key == InkKey::of(scene))
        return;
    m_key = InkKey::of(scene);
    m_palette.assign(CellCode::count, 0);
    m_chunks.clear();
}

void HeapCells::mixShades(const MapScene& scene, unsigned look)
{
    const MapInks inks(scene);
    for (unsigned step = 0; step < CellCode::steps; ++step) {
        const CellCode shade = CellCode::of(look, step);
        m_palette[shade.value] = inks.cell(shade);
    }
}

std::span<const QRgb> HeapCells::colors(
    const MapScene& scene, CellPyramid& pyramid, std::uint32_t chunkRow, int level)
{
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
    for (std::size_t i = 0; i < cells.codes.size(); ++i) {
        const CellCode code = cells.codes[i];
        if (m_palette[code.value] == 0)
            mixShades(scene, code.look());
        chunk.colors[i] = m_palette[code.value];
    }
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

/// What stands in a line of chunks, and the line without any cell.
void HeapCells::takeLine(
    const MapScene& scene, CellPyramid& pyramid, MapLayout::Span items, std::size_t imageWidth)
{
    const MapLayout& layout = scene.layout;
    m_pieces.clear();
    m_bars.clear();
    std::size_t width = imageWidth;
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(i)];
        const int left = item.rect.left() - layout.scroll().x();
        if (left >= static_cast<int>(imageWidth))
            break;
        width = std::max(width, static_cast<std::size_t>(left + item.rect.width() + layout.pitchX()));
        if (item.pages != 0) {
            m_pieces.push_back({ left, colors(scene, pyramid, item.chunkRow, layout.cellLevel()) });
            continue;
        }
        const ChunkRow& chunk = scene.snapshot.chunks()[item.chunkRow];
        if (chunk.regionCount == 0)
            continue;
        const RegionRow& region = scene.snapshot.regions()[chunk.firstRegion];
        const MapInks::Fill ink = MapInks(scene).whole(region);
        const QRect bar = layout.barRect(item);
        m_bars.push_back({ left, bar.width(), bar.height(), MapInks::slackPixels(region, bar.width()),
            ink.live, ink.slack });
    }
    m_cells.assign(width, scene.theme.canvas.rgb());
    m_gap.assign(width, scene.theme.canvas.rgb());
}

void HeapCells::paintBars(std::vector<QRgb>& line, int top, QRgb background) const
{
    for (const Bar& bar : m_bars) {
        const auto begin = line.begin() + bar.left;
        const bool isThere = top < bar.height;
        std::fill_n(begin, bar.width - bar.slack, isThere ? bar.live : background);
        std::fill_n(begin + (bar.width - bar.slack), bar.slack, isThere ? bar.slackInk : background);
    }
}

/// Lays the cells of a row over those of the row before it: what lies between them stays.
void HeapCells::paintCells(const MapLayout& layout, int row, QRgb background)
{
    const int perRow = layout.cellsPerRow();
    const int first = row * perRow;
    for (const Piece& piece : m_pieces) {
        const int count = std::clamp(static_cast<int>(piece.colors.size()) - first, 0, perRow);
        QRgb* const out = m_cells.data() + piece.left;
        if (count > 0) {
            const QRgb* const colors = piece.colors.data() + first;
            // A line takes a little of many chunks, more than the processor sees ahead by itself.
            __builtin_prefetch(colors + perRow);
            __builtin_prefetch(colors + perRow + 16);
            expand(out, colors, count, layout, background);
        }
        if (count < perRow)
            std::fill_n(out + count * layout.pitchX(), (perRow - count) * layout.pitchX(), background);
    }
}

/// Lays the stickers that touch line y over it; false if there is none.
bool HeapCells::putWords(std::vector<QRgb>& line, int y, int width)
{
    std::erase_if(m_words, [y](const MapSticker* sticker) { return sticker->bottom() <= y; });
    for (; !m_waiting.empty() && m_waiting.front().at.y() <= y; m_waiting = m_waiting.subspan(1))
        if (m_waiting.front().bottom() > y)
            m_words.push_back(&m_waiting.front());
    for (const MapSticker* sticker : m_words) {
        const int left = std::max(0, sticker->at.x());
        const int right = std::min(width, sticker->at.x() + sticker->size.width());
        const QRgb* from = sticker->line(y) + (left - sticker->at.x());
        __builtin_prefetch(from + sticker->size.width()); // many strips, a little of each: as with cells
        if (left < right)
            std::copy_n(from, right - left, line.begin() + left);
    }
    return !m_words.empty();
}

void HeapCells::takeWordsOff(std::vector<QRgb>& line, int width, QRgb background) const
{
    for (const MapSticker* sticker : m_words) {
        const int left = std::max(0, sticker->at.x());
        const int right = std::min(width, sticker->at.x() + sticker->size.width());
        std::fill(line.begin() + left, line.begin() + std::max(left, right), background);
    }
}

void HeapCells::paint(
    QImage& image, const MapScene& scene, CellPyramid& pyramid, std::span<const MapSticker> stickers)
{
    takeInks(scene);
    const MapLayout& layout = scene.layout;
    const QRgb background = scene.theme.canvas.rgb();
    Scanlines out(image);
    const int width = out.width();
    const int height = out.height();
    m_blank.assign(static_cast<std::size_t>(width), background);
    m_waiting = stickers;
    m_words.clear();
    int y = 0;
    const auto repeat = [&](std::vector<QRgb>& line, int end) {
        for (; y < end; ++y) {
            const bool hasWords = (!m_words.empty() || !m_waiting.empty()) && putWords(line, y, width);
            out.put(0, y, line.data(), width);
            if (hasWords)
                takeWordsOff(line, width, background);
        }
    };
    const auto& all = layout.items();
    const MapLayout::Span seen = layout.visibleItems();
    for (int begin = seen.begin; begin < seen.end;) {
        const int lineTop = all[static_cast<std::size_t>(begin)].rect.top();
        const int bodyTop = all[static_cast<std::size_t>(begin)].bodyTop - layout.scroll().y();
        int end = begin;
        int bottom = 0;
        for (; end < seen.end && all[static_cast<std::size_t>(end)].rect.top() == lineTop; ++end)
            bottom = std::max(bottom, all[static_cast<std::size_t>(end)].rect.bottom() + 1);
        bottom = std::min(bottom - layout.scroll().y(), height);
        repeat(m_blank, std::min(bodyTop, height));
        takeLine(scene, pyramid, { begin, end }, static_cast<std::size_t>(width));
        while (y < bottom) {
            const int row = (y - bodyTop) / layout.pitchY();
            const int top = row * layout.pitchY();
            if (y < bodyTop + top + layout.pageH()) {
                paintBars(m_cells, top, background);
                paintCells(layout, row, background);
                repeat(m_cells, std::min(bottom, bodyTop + top + layout.pageH()));
            }
            paintBars(m_gap, top + layout.pageH(), background);
            repeat(m_gap, std::min(bottom, bodyTop + top + layout.pitchY()));
        }
        begin = end;
    }
    repeat(m_blank, height);
    m_waiting = {};
    m_words.clear();
}

} // namespace heapatlas
