// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/pagestrip.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace heapatlas {

namespace {

/// Of 256: how much of a fill stays in the gap between rows at Chunk level, where a gap takes one pixel of few.
constexpr int halfGap = 110;

QRgb mixed(QRgb a, QRgb b, int shareOf256)
{
    const auto channel = [shareOf256](
                             int x, int y) { return (x * shareOf256 + y * (256 - shareOf256)) >> 8; };
    return qRgb(channel(qRed(a), qRed(b)), channel(qGreen(a), qGreen(b)), channel(qBlue(a), qBlue(b)));
}

/// Bytes asked for of a large run; all of it where that is unknown.
Bytes askedOf(const RegionRow& region)
{
    const Bytes size = region.range.size();
    return region.requested == 0 ? size : std::min(region.requested, size);
}

/// The first slot in [from, last) whose live bit is set after `flip` was applied, or last.
std::uint32_t firstSlot(const HeapSnapshot& snapshot, const RegionRow& region, std::uint32_t from,
    std::uint32_t last, std::uint64_t flip)
{
    const std::uint64_t* words = snapshot.liveBits().data() + region.firstLiveWord;
    while (from < last) {
        const std::uint64_t rest = (words[from / 64] ^ flip) >> (from % 64);
        if (rest != 0)
            return std::min(last, from + static_cast<std::uint32_t>(std::countr_zero(rest)));
        from = (from / 64 + 1) * 64;
    }
    return last;
}

} // namespace

PageStrip::PageStrip(const MapScene& scene)
    : m_scene(scene)
    , m_layout(scene.layout)
    , m_source(scene)
    , m_level(scene.layout.level())
    , m_slotGap(m_level >= MapLevel::Page ? scene.layout.px(1) : 1)
    , m_rowGap(m_slotGap)
    , m_canvas(scene.theme.canvas.rgb())
    , m_freeTail(m_source.tail())
    , m_freeTail2(m_level < MapLevel::Page ? mixed(m_freeTail, m_canvas, halfGap) : m_freeTail)
{
    const auto width = static_cast<std::size_t>(m_layout.pageW());
    m_line.resize(width);
    m_second.resize(width);
    m_live.resize(width);
}

void PageStrip::setTarget(QImage& image, QPoint origin, QRect clip)
{
    m_bits = reinterpret_cast<QRgb*>(image.bits());
    m_stride = image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    m_origin = origin;
    m_clip = clip.translated(-origin) & QRect(QPoint(0, 0), image.size());
}

void PageStrip::paint(QRect world)
{
    fill(world.translated(-m_origin), m_canvas);
    const MapLayout::Span items = m_layout.itemsIn(world.top(), world.bottom() + 1);
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0)
            paintBar(item);
        else
            paintChunk(item, m_layout.rowsIn(item, world.top(), world.bottom() + 1),
                m_layout.columnsIn(item, world.left(), world.right() + 1));
    }
}

PageStrip::Tones PageStrip::tonesOf(const MapInks::Fill& fill) const
{
    Tones tones { fill.live, fill.free, fill.slack, fill.live, fill.freeEdge, fill.slack };
    if (m_level < MapLevel::Page) {
        tones.live2 = mixed(fill.live, m_canvas, halfGap);
        tones.free2 = mixed(fill.free, m_canvas, halfGap);
        tones.slack2 = mixed(fill.slack, m_canvas, halfGap);
    }
    return tones;
}

const PageStrip::Inks& PageStrip::inksOf(const RegionRow& region)
{
    Inks& inks = m_inks[m_source.keyOf(region)];
    if (!inks.isReady) {
        inks.tones = tonesOf(m_source.fill(region));
        for (int i = 0; i <= 64; ++i) {
            const auto step = static_cast<std::size_t>(i);
            inks.mixes[step] = mixed(inks.tones.live, inks.tones.free, i * 4);
            inks.mixes2[step] = mixed(inks.tones.live2, inks.tones.free2, i * 4);
        }
        inks.isReady = true;
    }
    return inks;
}

std::size_t PageStrip::firstBlock(Address address) const
{
    const auto blocks = m_scene.snapshot.blocks();
    const auto it = std::upper_bound(
        blocks.begin(), blocks.end(), address, [](Address a, const BlockRow& b) { return a < b.begin; });
    return static_cast<std::size_t>(it - blocks.begin()) - (it == blocks.begin() ? 0 : 1);
}

void PageStrip::fill(QRect rect, QRgb color)
{
    rect &= m_clip;
    const int width = rect.width();
    QRgb* line = m_bits + rect.top() * m_stride + rect.left();
    for (int y = rect.top(); y <= rect.bottom(); ++y, line += m_stride)
        std::fill_n(line, width, color);
}

void PageStrip::copyLine(const std::vector<QRgb>& line, QRect box, int y)
{
    if (y < m_clip.top() || y > m_clip.bottom())
        return;
    const int left = std::max(box.left(), m_clip.left());
    const int right = std::min(box.right(), m_clip.right());
    if (left > right)
        return;
    const QRgb* from = line.data() + (left - box.left());
    QRgb* to = m_bits + y * m_stride + left;
    const int count = right - left + 1;
    int i = 0;
    for (; i + 4 <= count; i += 4) // lines are short: no call
        std::memcpy(to + i, from + i, 4 * sizeof(QRgb));
    for (; i < count; ++i)
        to[i] = from[i];
}

void PageStrip::paintChunk(const MapLayout::Item& item, MapLayout::Span rows, MapLayout::Span columns)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const ChunkRow& chunk = snapshot.chunks()[item.chunkRow];
    const auto regions = snapshot.regions().subspan(chunk.firstRegion, chunk.regionCount);
    const Bytes pageBytes = m_layout.pageBytes();
    if (regions.empty() || columns.begin >= columns.end)
        return;
    for (int row = rows.begin; row < rows.end; ++row) {
        const auto first = static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + columns.begin);
        const auto last =
            std::min(item.pages, static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + columns.end));
        const Address start = item.range.begin + first * pageBytes;
        auto region = std::upper_bound(regions.begin(), regions.end(), start,
            [](Address a, const RegionRow& r) { return a < r.range.begin; });
        if (region != regions.begin())
            --region;
        for (std::uint32_t page = first; page < last; ++page) {
            const Address at = item.range.begin + page * pageBytes;
            while (region + 1 != regions.end() && region->range.end <= at)
                ++region;
            const QRect box = m_layout.worldRect(item, page).translated(-m_origin);
            const Bytes offset = at - region->range.begin;
            switch (region->kind) {
            case RegionKind::Header:
                fill(box, m_source.header());
                break;
            case RegionKind::Free:
                freePage(box);
                continue;
            case RegionKind::SmallRun:
                smallPage(*region, offset, box);
                break;
            case RegionKind::LargeRun:
            case RegionKind::Huge:
                largePage(*region, offset, box);
                break;
            }
            const bool isJoined =
                at + pageBytes < region->range.end && (page + 1) % MapLayout::pagesPerRow != 0;
            if (isJoined && m_layout.gapX() > 0)
                joinPages(*region, offset + pageBytes, box);
        }
    }
}

void PageStrip::joinPages(const RegionRow& region, Bytes nextOffset, QRect box)
{
    const QRect gap(box.right() + 1, box.top(), m_layout.gapX(), box.height());
    if (region.kind == RegionKind::LargeRun || region.kind == RegionKind::Huge) {
        const MapInks::Fill ink = m_source.whole(region);
        fill(gap, askedOf(region) > nextOffset ? ink.live : ink.slack);
        return;
    }
    // A small run is held together at its upper and lower edge: its rows of bytes still end at the page.
    const QRgb tie = mixed(inksOf(region).tones.live, m_canvas, 180);
    const int height = std::min(m_layout.px(2), std::max(1, box.height() / 8));
    fill({ gap.left(), gap.top(), gap.width(), height }, tie);
    fill({ gap.left(), gap.bottom() + 1 - height, gap.width(), height }, tie);
}

void PageStrip::freePage(QRect box)
{
    fill(box, m_source.freePage());
    const QRgb freeEdge = m_source.freePageEdge();
    const int edge = m_layout.px(1);
    if (box.width() < 4 * edge || box.height() < 4 * edge)
        return;
    fill({ box.left(), box.top(), box.width(), edge }, freeEdge);
    fill({ box.left(), box.bottom() + 1 - edge, box.width(), edge }, freeEdge);
    fill({ box.left(), box.top(), edge, box.height() }, freeEdge);
    fill({ box.right() + 1 - edge, box.top(), edge, box.height() }, freeEdge);
}

void PageStrip::largePage(const RegionRow& region, Bytes pageOffset, QRect box)
{
    const Bytes asked = askedOf(region);
    const Bytes end = pageOffset + m_layout.pageBytes();
    const MapInks::Fill ink = m_source.whole(region);
    if (asked >= end || asked <= pageOffset) {
        fill(box, asked >= end ? ink.live : ink.slack);
        return;
    }
    for (int k = 0; k < m_layout.rowsPerPage(); ++k) {
        const int top = box.top() + m_layout.rowTop(k);
        const int height = m_layout.rowTop(k + 1) - m_layout.rowTop(k);
        const Bytes rowBegin = pageOffset + static_cast<Bytes>(k) * m_layout.rowBytes();
        const Bytes live = asked <= rowBegin ? 0 : std::min(asked - rowBegin, m_layout.rowBytes());
        const int split = m_layout.byteX(live);
        fill({ box.left(), top, split, height }, ink.live);
        fill({ box.left() + split, top, box.width() - split, height }, ink.slack);
    }
}

void PageStrip::put(int from, int to, QRgb middle, QRgb second)
{
    std::fill(m_line.begin() + from, m_line.begin() + to, middle);
    std::fill(m_second.begin() + from, m_second.begin() + to, second);
}

/// Slots of more than two pixels: every slot has whole pixels of its own.
void PageStrip::fineRow(const RegionRow& region, const Inks& inks, Bytes begin, std::size_t& block)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const auto blocks = snapshot.blocks();
    const Bytes slot = region.slotBytes;
    const Bytes end = begin + m_layout.rowBytes();
    const bool hasEdges = m_level >= MapLevel::Page;
    int x = 0;
    for (auto s = static_cast<std::uint32_t>(begin / slot); s < region.slotCount && s * slot < end; ++s) {
        const Bytes slotBegin = s * slot;
        const Bytes slotEnd = slotBegin + slot;
        const int right = m_layout.byteX(std::min(slotEnd, end) - begin);
        const bool endsHere = slotEnd <= end;
        const int stop = endsHere && right - x > m_slotGap + 1 ? right - m_slotGap : right;
        const bool isLive = snapshot.isSlotLive(region, s);
        QRgb live2 = inks.tones.live2;
        if (isLive) {
            const Address address = region.range.begin + slotBegin;
            while (block < blocks.size() && blocks[block].begin < address)
                ++block;
            const bool isKnown = block < blocks.size() && blocks[block].begin == address;
            const Tones own = isKnown && m_source.isPerBlock()
                ? tonesOf(m_source.block(region, blocks[block]))
                : inks.tones;
            live2 = own.live2;
            put(x, stop, own.live, own.live2);
            if (m_scene.isSlackShown && isKnown) {
                const Bytes asked = slotBegin + std::min(blocks[block].requested, slot);
                if (asked < std::min(slotEnd, end)) {
                    const int from = std::max(x, asked <= begin ? 0 : m_layout.byteX(asked - begin));
                    if (from < stop)
                        put(from, stop, own.slack, own.slack2);
                }
            }
        } else {
            put(x, stop, inks.tones.free, inks.tones.free2);
            if (hasEdges && stop > x) {
                if (slotBegin >= begin)
                    m_line[static_cast<std::size_t>(x)] = inks.tones.free2;
                if (endsHere)
                    m_line[static_cast<std::size_t>(stop) - 1] = inks.tones.free2;
            }
        }
        if (stop < right) {
            const QRgb gap = hasEdges ? m_canvas : isLive ? live2 : inks.tones.free2;
            put(stop, right, gap, gap);
        }
        x = right;
    }
    if (x < m_layout.pageW())
        put(x, m_layout.pageW(), m_freeTail, m_freeTail2);
}

/// Slots of a few pixels or less: each pixel is mixed by the live bytes in it.
void PageStrip::coarseRow(const RegionRow& region, const Inks& inks, Bytes begin)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const Bytes slot = region.slotBytes;
    const Bytes end = begin + m_layout.rowBytes();
    const int width = m_layout.pageW();
    const float scale = static_cast<float>(width) / static_cast<float>(m_layout.rowBytes());
    std::fill(m_live.begin(), m_live.end(), 0.0F);
    // Neighbours of the same state are one stretch.
    const auto last = static_cast<std::uint32_t>(std::min<Bytes>(region.slotCount, (end + slot - 1) / slot));
    auto s = static_cast<std::uint32_t>(begin / slot);
    while (s < last) {
        const std::uint32_t first = firstSlot(snapshot, region, s, last, 0);
        s = firstSlot(snapshot, region, first, last, ~std::uint64_t { 0 });
        if (first == s)
            break;
        float from = static_cast<float>(std::max(first * slot, begin) - begin) * scale;
        const float to = static_cast<float>(std::min(s * slot, end) - begin) * scale;
        for (auto x = static_cast<int>(from); from < to && x < width; ++x) {
            const float stop = std::min(to, static_cast<float>(x + 1));
            m_live[static_cast<std::size_t>(x)] += stop - from;
            from = stop;
        }
    }
    for (std::size_t x = 0; x < m_live.size(); ++x) {
        const auto step = static_cast<std::size_t>(std::min(m_live[x], 1.0F) * 64.0F + 0.5F);
        m_line[x] = inks.mixes[step];
        m_second[x] = inks.mixes2[step];
    }
    // What no slot covers is the unused end of the run.
    const Bytes used = Bytes { region.slotCount } * slot;
    if (used < end)
        put(used <= begin ? 0 : m_layout.byteX(used - begin), width, m_freeTail, m_freeTail2);
}

/// The same where each block has a colour of its own.
void PageStrip::coarseBlocks(const RegionRow& region, const Inks& inks, Bytes begin, std::size_t& block)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const auto blocks = snapshot.blocks();
    const Bytes slot = region.slotBytes;
    const Bytes end = begin + m_layout.rowBytes();
    const int width = m_layout.pageW();
    const float scale = static_cast<float>(width) / static_cast<float>(m_layout.rowBytes());
    std::fill(m_live.begin(), m_live.end(), 0.0F);
    m_lights.assign(static_cast<std::size_t>(width), {});
    const auto last = static_cast<std::uint32_t>(std::min<Bytes>(region.slotCount, (end + slot - 1) / slot));
    for (auto s = static_cast<std::uint32_t>(begin / slot); s < last; ++s) {
        if (!snapshot.isSlotLive(region, s))
            continue;
        const Address address = region.range.begin + s * slot;
        while (block < blocks.size() && blocks[block].begin < address)
            ++block;
        const bool isKnown = block < blocks.size() && blocks[block].begin == address;
        const QRgb color = isKnown ? m_source.block(region, blocks[block]).live : inks.tones.live;
        float from = static_cast<float>(std::max(s * slot, begin) - begin) * scale;
        const float to = static_cast<float>(std::min((s + 1) * slot, end) - begin) * scale;
        for (auto x = static_cast<std::size_t>(from); from < to && x < m_live.size(); ++x) {
            const float stop = std::min(to, static_cast<float>(x + 1));
            const float part = stop - from;
            m_live[x] += part;
            m_lights[x].red += part * static_cast<float>(qRed(color));
            m_lights[x].green += part * static_cast<float>(qGreen(color));
            m_lights[x].blue += part * static_cast<float>(qBlue(color));
            from = stop;
        }
    }
    const QRgb free = inks.tones.free;
    for (std::size_t x = 0; x < m_live.size(); ++x) {
        const float rest = std::max(0.0F, 1.0F - m_live[x]);
        const auto channel = [rest](float lit, int empty) {
            return std::min(255, static_cast<int>(lit + rest * static_cast<float>(empty) + 0.5F));
        };
        m_line[x] = qRgb(channel(m_lights[x].red, qRed(free)), channel(m_lights[x].green, qGreen(free)),
            channel(m_lights[x].blue, qBlue(free)));
        m_second[x] = m_level < MapLevel::Page ? mixed(m_line[x], m_canvas, halfGap) : m_line[x];
    }
    const Bytes used = Bytes { region.slotCount } * slot;
    if (used < end)
        put(used <= begin ? 0 : m_layout.byteX(used - begin), width, m_freeTail, m_freeTail2);
}

void PageStrip::smallPage(const RegionRow& region, Bytes pageOffset, QRect box)
{
    if (region.slotBytes == 0)
        return;
    const Inks& inks = inksOf(region);
    const int rows = m_layout.rowsPerPage();
    const double slotPixels =
        static_cast<double>(region.slotBytes) * m_layout.pageW() / static_cast<double>(m_layout.rowBytes());
    const bool isFine = slotPixels >= 2.5;
    const bool hasEdges = m_level >= MapLevel::Page && isFine;
    std::size_t block = (isFine && m_scene.isSlackShown) || m_source.isPerBlock()
        ? firstBlock(region.range.begin + pageOffset)
        : 0;
    for (int k = 0; k < rows; ++k) {
        const int top = box.top() + m_layout.rowTop(k);
        const int bottom = box.top() + m_layout.rowTop(k + 1);
        if (bottom <= m_clip.top() || top > m_clip.bottom())
            continue;
        const Bytes begin = pageOffset + static_cast<Bytes>(k) * m_layout.rowBytes();
        if (isFine)
            fineRow(region, inks, begin, block);
        else if (m_source.isPerBlock())
            coarseBlocks(region, inks, begin, block);
        else
            coarseRow(region, inks, begin);
        const bool hasGap = k + 1 < rows && bottom - top >= 4 * m_rowGap;
        const int stop = hasGap ? bottom - m_rowGap : bottom;
        const bool drawsEdge = hasEdges && stop - top >= 4;
        for (int y = top; y < stop; ++y)
            copyLine(drawsEdge && (y == top || y == stop - 1) ? m_second : m_line, box, y);
        if (!hasGap)
            continue;
        if (m_level >= MapLevel::Page) {
            fill({ box.left(), stop, box.width(), bottom - stop }, m_canvas);
            continue;
        }
        for (int y = stop; y < bottom; ++y)
            copyLine(m_second, box, y);
    }
}

void PageStrip::paintBar(const MapLayout::Item& item)
{
    const HeapSnapshot& snapshot = m_scene.snapshot;
    const ChunkRow& chunk = snapshot.chunks()[item.chunkRow];
    const QRect bar = m_layout.worldBar(item).translated(-m_origin);
    if (chunk.regionCount == 0)
        return;
    const RegionRow& region = snapshot.regions()[chunk.firstRegion];
    const MapInks::Fill ink = m_source.whole(region);
    fill(bar, ink.live);
    const int slack = MapInks::slackPixels(region, bar.width());
    fill({ bar.right() + 1 - slack, bar.top(), slack, bar.height() }, ink.slack);
}

} // namespace heapatlas
