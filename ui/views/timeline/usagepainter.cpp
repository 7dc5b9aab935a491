// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/usagepainter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace heapatlas {

namespace {

/// A stretch of a column, in rows from the top of the image; fractional.
struct Stroke
{
    float from = 0;
    float to = -1; ///< below `from`: nothing here
};

/// The image as rows of pixels.
class Sheet
{
public:
    explicit Sheet(QImage& image)
        : m_bits(reinterpret_cast<QRgb*>(image.bits()))
        , m_stride(static_cast<std::size_t>(image.bytesPerLine()) / sizeof(QRgb))
        , m_height(image.height())
    {
    }
    [[nodiscard]] QRgb* row(int y) { return m_bits + static_cast<std::size_t>(y) * m_stride; }

    /// `share` of the colour over what is there.
    void blend(std::size_t x, int y, QRgb color, float share)
    {
        if (y < 0 || y >= m_height || share <= 0)
            return;
        QRgb& pixel = row(y)[x];
        const auto part = static_cast<std::uint32_t>(share * 256.0F + 0.5F);
        const std::uint32_t rest = 256 - part;
        constexpr std::uint32_t even = 0x00FF00FF;
        const std::uint32_t low = ((color & even) * part + (pixel & even) * rest) >> 8U;
        const std::uint32_t high = ((color >> 8U) & even) * part + ((pixel >> 8U) & even) * rest;
        pixel = (low & even) | (high & ~even);
    }
    /// Rows that are covered in part get that part of the colour.
    void draw(std::size_t x, Stroke stroke, QRgb color)
    {
        const auto first = static_cast<int>(std::floor(stroke.from));
        const auto last = static_cast<int>(std::ceil(stroke.to)) - 1;
        if (first >= last) {
            blend(x, first, color, stroke.to - stroke.from);
            return;
        }
        blend(x, first, color, static_cast<float>(first + 1) - stroke.from);
        for (int y = std::max(first + 1, 0); y < std::min(last, m_height); ++y)
            row(y)[x] = color;
        blend(x, last, color, stroke.to - static_cast<float>(last));
    }

private:
    QRgb* m_bits;
    std::size_t m_stride;
    int m_height;
};

/// Values as rows of the image.
class Scale
{
public:
    Scale(int height, int margin, Bytes top)
        : m_bottom(static_cast<float>(margin + height))
        , m_pixels(static_cast<float>(height / std::max(static_cast<double>(top), 1.0)))
    {
    }
    [[nodiscard]] float rowOf(Bytes value) const { return m_bottom - static_cast<float>(value) * m_pixels; }

private:
    float m_bottom;
    float m_pixels;
};

/// From the smallest to the largest value of each column, and on to the column before, so that the line never breaks.
template <class Low, class High>
std::vector<Stroke> strokes(
    std::span<const UsageColumn> columns, const Scale& scale, double width, Low low, High high)
{
    std::vector<Stroke> line(columns.size());
    const auto half = static_cast<float>(width / 2);
    Stroke before;
    for (std::size_t x = 0; x < columns.size(); ++x) {
        if (columns[x].isNothing()) {
            before = {};
            continue;
        }
        const Stroke own { scale.rowOf(columns[x].*high), scale.rowOf(columns[x].*low) };
        line[x] = own;
        if (before.from <= before.to)
            line[x] = { std::min(own.from, before.to), std::max(own.to, before.from) };
        before = own;
        line[x].from -= half;
        line[x].to += half;
    }
    // A wide line is as wide where it stands upright.
    const auto reach = static_cast<std::ptrdiff_t>((width - 1) / 2);
    if (reach < 1)
        return line;
    std::vector<Stroke> wide = line;
    const auto count = static_cast<std::ptrdiff_t>(line.size());
    for (std::ptrdiff_t x = 0; x < count; ++x) {
        Stroke& stroke = wide[static_cast<std::size_t>(x)];
        if (stroke.from > stroke.to)
            continue;
        for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(x - reach, 0); i <= std::min(x + reach, count - 1);
             ++i) {
            const Stroke& other = line[static_cast<std::size_t>(i)];
            if (other.from <= other.to)
                stroke = { std::min(stroke.from, other.from), std::max(stroke.to, other.to) };
        }
    }
    return wide;
}

// Row by row, which is how memory lies.
void fillArea(Sheet& sheet, std::span<const Stroke> live, int bottom, QRgb color)
{
    std::vector<std::int32_t> from(live.size());
    std::int32_t highest = bottom;
    for (std::size_t x = 0; x < live.size(); ++x) {
        // Up to the middle of the line, which covers its edge.
        const bool isNothing = live[x].from > live[x].to;
        from[x] =
            isNothing ? bottom : std::max(static_cast<std::int32_t>((live[x].from + live[x].to) / 2), 0);
        highest = std::min(highest, from[x]);
    }
    for (std::int32_t y = highest; y < bottom; ++y) {
        QRgb* const row = sheet.row(y);
        for (std::size_t x = 0; x < live.size(); ++x)
            row[x] = from[x] <= y ? color : 0;
    }
}

} // namespace

QImage usageImage(
    std::span<const UsageColumn> columns, int height, int margin, Bytes top, const UsageInks& inks)
{
    const auto width = static_cast<int>(columns.size());
    if (width == 0 || height <= 0)
        return {};
    QImage image(width, height + 2 * margin, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    Sheet sheet(image);
    const Scale scale(height, margin, top);
    using Column = UsageColumn;
    const auto live = strokes(columns, scale, inks.liveWidth, &Column::liveMin, &Column::liveMax);
    fillArea(sheet, live, margin + height, inks.area.rgb());
    const auto draw = [&](const std::vector<Stroke>& line, QRgb color) {
        for (std::size_t x = 0; x < line.size(); ++x) {
            if (line[x].from <= line[x].to)
                sheet.draw(x, line[x], color);
        }
    };
    draw(live, inks.live.rgb());
    draw(strokes(columns, scale, inks.realWidth, &Column::realMin, &Column::realMax), inks.real.rgb());
    const auto peak = strokes(columns, scale, inks.peakWidth, &Column::peak, &Column::peak);
    const auto period = static_cast<std::size_t>(std::max(inks.dash + inks.dashGap, 1));
    for (std::size_t x = 0; x < peak.size(); ++x) {
        const bool isStep = peak[x].to - peak[x].from > static_cast<float>(inks.peakWidth) + 0.5F;
        if (peak[x].from <= peak[x].to && (isStep || x % period < static_cast<std::size_t>(inks.dash)))
            sheet.draw(x, peak[x], inks.peak.rgb());
    }
    return image;
}

} // namespace heapatlas
