// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimepixels.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace heapatlas {

namespace {

constexpr std::size_t shades = 64;
constexpr std::size_t kinds = 256;
/// Pages of one pixel row that are looked at: their mean tells enough.
constexpr int mostSamples = 4;

int deviceOf(double length, double ratio) { return static_cast<int>(std::lround(length * ratio)); }

/// A box of one colour, clipped.
void fill(QImage& image, int x0, int y0, int x1, int y1, QRgb color)
{
    x0 = std::max(x0, 0);
    x1 = std::min(x1, image.width());
    y0 = std::max(y0, 0);
    y1 = std::min(y1, image.height());
    if (x0 >= x1)
        return;
    for (int y = y0; y < y1; ++y)
        std::fill_n(reinterpret_cast<QRgb*>(image.scanLine(y)) + x0, x1 - x0, color);
}

QRgb halfway(QRgb a, QRgb b)
{
    return qRgb((qRed(a) + qRed(b)) / 2, (qGreen(a) + qGreen(b)) / 2, (qBlue(a) + qBlue(b)) / 2);
}

} // namespace

SpacetimePixels::SpacetimePixels(const SpacetimeScene& scene, const Theme& theme, double ratio)
    : m_scene(scene)
    , m_theme(theme)
    , m_ratio(ratio)
    , m_inks(kinds * shades)
{
    const int width = std::max(1, deviceOf(scene.layout.width(), ratio));
    m_positions.reserve(static_cast<std::size_t>(width));
    for (int x = 0; x < width; ++x)
        m_positions.push_back(scene.positionAt(scene.layout.left() + (x + 0.5) / ratio));
    constexpr std::size_t last = SpacetimeCell::firstClass + Theme::rampSize - 1;
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        for (std::size_t shade = 0; shade < shades; ++shade) {
            if (kind > last) { // classes beyond the ramp look like its last
                m_inks[kind * shades + shade] = m_inks[last * shades + shade];
                continue;
            }
            const SpacetimeCell cell { static_cast<std::uint8_t>(kind),
                static_cast<std::uint8_t>(shade * 255 / (shades - 1)) };
            m_inks[kind * shades + shade] = fillOf(cell).rgb();
        }
    }
}

QColor SpacetimePixels::fillOf(SpacetimeCell cell) const
{
    const double used = cell.used / 255.0;
    if (m_scene.isOccupancyShown && cell.kind > SpacetimeCell::header)
        return Theme::mix(m_theme.ramp.back(), m_theme.freeSlotOf(m_theme.ramp.front()), used);
    switch (cell.kind) {
    case SpacetimeCell::unmapped:
        return m_theme.canvas;
    case SpacetimeCell::free:
        return m_scene.shown(m_theme.freePage, MapState::FreePage, m_theme);
    case SpacetimeCell::header:
        return m_scene.shown(m_theme.header, MapState::Header, m_theme);
    case SpacetimeCell::large:
        return m_scene.shown(m_theme.largeRun, MapState::LargeRun, m_theme);
    default:
        break;
    }
    const QColor color = m_theme.sizeClassColor(cell.kind - SpacetimeCell::firstClass);
    return Theme::mix(m_scene.shown(color, MapState::SmallSlot, m_theme),
        m_scene.shown(m_theme.freeSlotOf(color), MapState::FreeSlot, m_theme), used);
}

QSize SpacetimePixels::deviceSize(const QRectF& area) const
{
    return { static_cast<int>(m_positions.size()), std::max(1, deviceOf(area.height(), m_ratio)) };
}

void SpacetimePixels::paintBands(QImage& image) const
{
    const QSize size = deviceSize(m_scene.layout.bandsArea());
    if (image.size() != size || image.format() != QImage::Format_RGB32)
        image = QImage(size, QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    image.fill(m_theme.canvas);
    for (int band = 0; band < static_cast<int>(m_scene.rows.bands.size()); ++band) {
        const QRectF box = m_scene.layout.band(band);
        if (box.bottom() > m_scene.layout.bandsArea().top()
            && box.top() < m_scene.layout.bandsArea().bottom())
            paintBand(image, band);
    }
    paintHuge(image);
    image.setDevicePixelRatio(m_ratio);
}

void SpacetimePixels::paintBand(QImage& image, int band) const
{
    struct Column
    {
        const SpacetimeCell* cells = nullptr; ///< of the first row; null: not mapped
        std::size_t stride = 0;
        unsigned pageShift = 0;
    };
    std::vector<Column> columns(m_positions.size());
    for (std::size_t x = 0; x < columns.size(); ++x) {
        if (x > 0 && m_positions[x] == m_positions[x - 1]) {
            columns[x] = columns[x - 1];
            continue;
        }
        const SpacetimeScene::Cells cells = m_scene.cellsAt(band, m_positions[x]);
        const SpacetimeStrip* strip = cells.place.strip;
        const auto index = static_cast<std::size_t>(cells.index);
        if (strip != nullptr && cells.index >= 0 && index < strip->bands.size()
            && !strip->bands[index].empty())
            columns[x] = { strip->bands[index].data() + cells.place.column, strip->at.size(),
                strip->pageShift };
    }
    const QRectF box = m_scene.layout.band(band).translated(0, -m_scene.layout.bandsArea().top());
    const int top = deviceOf(box.top(), m_ratio);
    const int bottom = deviceOf(box.bottom(), m_ratio);
    const int high = bottom - top;
    const auto pages = static_cast<int>(m_scene.rows.bands[static_cast<std::size_t>(band)].pages);
    const QRgb canvas = m_theme.canvas.rgb();
    const QRgb unmapped = canvas;
    for (int y = std::max(0, top); y < std::min(image.height(), bottom); ++y) {
        const int first = static_cast<int>(std::int64_t { y - top } * pages / high);
        const int last = std::max(first + 1, static_cast<int>(std::int64_t { y - top + 1 } * pages / high));
        const int samples = std::min(mostSamples, last - first);
        std::array<std::uint32_t, mostSamples> page {};
        for (int s = 0; s < samples; ++s)
            page[static_cast<std::size_t>(s)] =
                static_cast<std::uint32_t>(first + (last - first) * s / samples);
        QRgb* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (std::size_t x = 0; x < columns.size(); ++x) {
            const Column& column = columns[x];
            if (column.cells == nullptr) {
                line[x] = unmapped;
                continue;
            }
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int s = 0; s < samples; ++s) {
                const SpacetimeCell cell =
                    column.cells[(page[static_cast<std::size_t>(s)] >> column.pageShift) * column.stride];
                const QRgb ink = m_inks[cell.kind * shades + cell.used / 4U];
                red += qRed(ink);
                green += qGreen(ink);
                blue += qBlue(ink);
            }
            line[x] = qRgb(red / samples, green / samples, blue / samples);
        }
    }
}

std::pair<int, int> SpacetimePixels::columnsOf(std::uint64_t from, std::uint64_t to) const
{
    const auto first = std::lower_bound(m_positions.begin(), m_positions.end(), from);
    const auto last = std::lower_bound(first, m_positions.end(), to);
    return { static_cast<int>(first - m_positions.begin()), static_cast<int>(last - m_positions.begin()) };
}

void SpacetimePixels::paintHuge(QImage& image) const
{
    const QRgb ink = m_scene.shown(m_theme.hugeBlock, MapState::Huge, m_theme).rgb();
    const QRgb slack = m_scene.shown(m_theme.slackOf(m_theme.hugeBlock), MapState::Huge, m_theme).rgb();
    for (std::size_t i = 0; i < m_scene.rows.huge.size(); ++i) {
        const HugeBar& bar = m_scene.rows.huge[i];
        const QRectF line = m_scene.layout.hugeLine(m_scene.rows.hugeLine[i])
                                .translated(0, -m_scene.layout.bandsArea().top());
        auto [x0, x1] = columnsOf(bar.begin, bar.end);
        if (x1 <= x0) { // a huge block is never too short to be seen, as long as it is in the stretch at all
            if (bar.begin < m_positions.front() || bar.begin > m_positions.back())
                continue;
            x0 = std::min(x0, image.width() - 1);
            x1 = x0 + 1;
        }
        fill(image, x0, deviceOf(line.top(), m_ratio), x1, deviceOf(line.bottom(), m_ratio),
            m_scene.isolated && *m_scene.isolated == MapState::Slack ? slack : ink);
    }
}

void SpacetimePixels::paintLens(QImage& image) const
{
    const QSize size = deviceSize(m_scene.layout.lens());
    if (image.size() != size || image.format() != QImage::Format_RGB32)
        image = QImage(size, QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    image.fill(m_theme.canvas);
    if (!m_scene.lens.isEmpty()) {
        paintPages(image);
        paintBars(image);
    }
    image.setDevicePixelRatio(m_ratio);
}

/// What lies behind the bars: free pages and free slots; and, as far as the bars are not known yet, how full pages are.
void SpacetimePixels::paintPages(QImage& image) const
{
    if (m_scene.lensBand < 0)
        return;
    constexpr Bytes pageBytes = 4096;
    const SpacetimeRows::Band& band = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)];
    const auto firstPage = static_cast<std::uint32_t>((m_scene.lens.begin - band.range.begin) / pageBytes);
    const auto pages = static_cast<std::uint32_t>(m_scene.lens.size() / pageBytes);
    const LifeBars* lives = m_scene.lives.get();
    const bool hasBars = lives != nullptr && lives->window == m_scene.lens;
    std::vector<QRgb> line(m_positions.size());
    for (std::uint32_t page = 0; page < pages; ++page) {
        for (std::size_t x = 0; x < m_positions.size(); ++x) {
            SpacetimeCell cell = m_scene.cellAt(m_scene.lensBand, firstPage + page, m_positions[x]);
            const bool isKnown =
                hasBars && m_positions[x] >= lives->begin && m_positions[x] <= lives->knownTo;
            if (isKnown && cell.kind >= SpacetimeCell::firstClass)
                cell.used = 0;
            else if (isKnown && cell.kind == SpacetimeCell::large)
                cell = { SpacetimeCell::free, 0 };
            line[x] = m_inks[cell.kind * shades + cell.used / 4U];
        }
        const double from = m_scene.layout.yInLens(m_scene.lens.begin + page * pageBytes, m_scene.lens);
        const double to = m_scene.layout.yInLens(m_scene.lens.begin + (page + 1) * pageBytes, m_scene.lens);
        const int y0 = deviceOf(from - m_scene.layout.lens().top(), m_ratio);
        const int y1 = std::min(image.height(), deviceOf(to - m_scene.layout.lens().top(), m_ratio));
        for (int y = y0; y < y1; ++y)
            std::copy(line.begin(), line.end(), reinterpret_cast<QRgb*>(image.scanLine(y)));
    }
}

void SpacetimePixels::paintBars(QImage& image) const
{
    if (m_scene.lives == nullptr)
        return;
    const double top = m_scene.layout.lens().top();
    for (const LifeBar& bar : m_scene.lives->bars) {
        if (!bar.range().overlaps(m_scene.lens))
            continue;
        const auto [x0, x1] = columnsOf(bar.from, bar.to);
        if (x0 >= x1)
            continue;
        const auto yOf = [&](Address address) {
            return deviceOf(m_scene.layout.yInLens(address, m_scene.lens) - top, m_ratio);
        };
        const int y0 = yOf(bar.begin);
        int y1 = std::max(y0 + 1, yOf(bar.begin + bar.size));
        QColor color = bar.kind == RegionKind::Huge ? m_theme.hugeBlock
            : bar.kind == RegionKind::LargeRun      ? m_theme.largeRun
                                                    : m_theme.sizeClassColor(bar.sizeClass);
        const MapState state = bar.kind == RegionKind::Huge ? MapState::Huge
            : bar.kind == RegionKind::LargeRun              ? MapState::LargeRun
                                                            : MapState::SmallSlot;
        if (m_scene.isOccupancyShown)
            color = m_theme.ramp.back();
        const QRgb ink = m_scene.shown(color, state, m_theme).rgb();
        const QRgb slack = m_scene.shown(m_theme.slackOf(color), MapState::Slack, m_theme).rgb();
        // A gap to the next block where there is room for one.
        const int gap = y1 - y0 >= 3 && bar.kind == RegionKind::SmallRun ? 1 : 0;
        const int asked =
            bar.requested >= bar.size ? y1 - gap : std::max(y0 + 1, yOf(bar.begin + bar.requested));
        y1 -= gap;
        fill(image, x0, y0, x1, std::min(y1, asked), ink);
        fill(image, x0, std::min(y1, asked), x1, y1, slack);
        // Birth and end: neighbours of one colour stay apart where the block is wide enough.
        if (x1 - x0 >= 4 && bar.to != LifeBar::never && !bar.isContinued && x1 < image.width())
            fill(image, x1 - 1, y0, x1, y1, halfway(ink, m_theme.canvas.rgb()));
    }
}

} // namespace heapatlas
