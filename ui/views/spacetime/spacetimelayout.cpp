// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimelayout.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double gutter = 92;
constexpr double rightMargin = 16;
constexpr double markerHeight = 16;
constexpr double dividerHeight = 8;
constexpr double titleHeight = 26;
constexpr double axisHeight = 24;
constexpr double hugeHeight = 20;
constexpr double leastLens = 60;
constexpr double leastBands = 40;

} // namespace

AxisRange AxisRange::zoomed(double factor, double pivot, const AxisRange& whole, double least) const
{
    const double wanted = std::clamp(span() / factor, std::min(least, whole.span()), whole.span());
    const double share = span() <= 0 ? 0.5 : (pivot - begin) / span();
    const double first = pivot - share * wanted;
    return AxisRange { first, first + wanted }.panned(0, whole);
}

AxisRange AxisRange::panned(double delta, const AxisRange& whole) const
{
    const double wide = std::min(span(), whole.span());
    const double first = std::clamp(begin + delta, whole.begin, whole.end - wide);
    return { first, first + wide };
}

SpacetimeLayout::SpacetimeLayout(const Input& input)
    : m_input(input)
{
    const double scale = std::max(1.0, input.textScale);
    const double height = input.size.height();
    m_left = std::round(gutter * scale);
    m_right = std::max(m_left + 1, input.size.width() - rightMargin);
    m_lineHeight = std::round((hugeHeight + 4) * scale);
    m_markers = { m_left, 0, width(), markerHeight };
    m_top = markerHeight;
    const double axisTop = std::max(m_top, height - std::round(axisHeight * scale));
    const double title = std::round(titleHeight * scale);
    m_axis = { m_left, axisTop, width(), height - axisTop };
    m_bottom = axisTop - title - dividerHeight;
    double split = std::clamp(std::round(m_top + input.share * (axisTop - m_top)),
        m_top + std::min(leastBands, m_bottom - m_top), std::max(m_top, m_bottom - leastLens));
    // What a few chunks do not need is the lens's.
    const double needed = input.bands * (tallBand + m_gap) + input.hugeLines * m_lineHeight;
    if (needed > 0)
        split = std::min(split, m_top + std::max(needed, std::min(leastBands, m_bottom - m_top)));
    m_bandsArea = { 0, m_top, static_cast<double>(input.size.width()), std::max(0.0, split - m_top) };
    m_divider = { 0, split, static_cast<double>(input.size.width()), dividerHeight };
    m_lensTitle = { m_left, split + dividerHeight, width(), title };
    const double lensTop = split + dividerHeight + title;
    m_lens = { m_left, lensTop, width(), std::max(1.0, axisTop - lensTop) };

    const double lines = input.hugeLines * m_lineHeight;
    if (input.bands > 0) {
        m_bandHeight =
            std::clamp(std::floor((m_bandsArea.height() - lines) / input.bands) - m_gap, leastBand, tallBand);
    }
    m_contentHeight = input.bands * (m_bandHeight + m_gap) + lines;
    m_scroll = std::clamp(input.scroll, 0.0, mostScroll());
}

double SpacetimeLayout::mostScroll() const { return std::max(0.0, m_contentHeight - m_bandsArea.height()); }

QRectF SpacetimeLayout::band(int index) const
{
    return { m_left, m_bandsArea.top() + index * (m_bandHeight + m_gap) - m_scroll, width(), m_bandHeight };
}

QRectF SpacetimeLayout::hugeLine(int index) const
{
    const double top =
        m_bandsArea.top() + m_input.bands * (m_bandHeight + m_gap) + index * m_lineHeight - m_scroll;
    return { m_left, top, width(), m_lineHeight - 4 };
}

std::optional<int> SpacetimeLayout::bandAt(double y) const
{
    if (y < m_bandsArea.top() || y >= m_bandsArea.bottom())
        return {};
    const auto index =
        static_cast<int>(std::floor((y - m_bandsArea.top() + m_scroll) / (m_bandHeight + m_gap)));
    return index >= 0 && index < m_input.bands && band(index).bottom() > y ? std::optional(index)
                                                                           : std::nullopt;
}

std::optional<int> SpacetimeLayout::hugeLineAt(double y) const
{
    if (y < m_bandsArea.top() || y >= m_bandsArea.bottom())
        return {};
    for (int i = 0; i < m_input.hugeLines; ++i) {
        if (hugeLine(i).top() <= y && y < hugeLine(i).bottom())
            return i;
    }
    return {};
}

double SpacetimeLayout::scrollTo(int index) const
{
    const double top = index * (m_bandHeight + m_gap);
    const double least = top + m_bandHeight + m_gap - m_bandsArea.height();
    return std::clamp(std::clamp(m_scroll, std::min(least, top), top), 0.0, mostScroll());
}

double SpacetimeLayout::shareAt(double y) const
{
    return std::clamp((y - m_top) / std::max(1.0, m_axis.top() - m_top), 0.05, 0.95);
}

double SpacetimeLayout::xOf(double value, const AxisRange& range) const
{
    return range.span() <= 0 ? m_left : m_left + (value - range.begin) / range.span() * width();
}

double SpacetimeLayout::valueAt(double x, const AxisRange& range) const
{
    return range.begin + (x - m_left) / width() * range.span();
}

double SpacetimeLayout::yInBand(int index, Bytes offset, Bytes bytes) const
{
    const QRectF box = band(index);
    return bytes == 0 ? box.top()
                      : box.top() + static_cast<double>(offset) / static_cast<double>(bytes) * box.height();
}

Bytes SpacetimeLayout::offsetInBand(int index, double y, Bytes bytes) const
{
    const QRectF box = band(index);
    const double share = std::clamp((y - box.top()) / box.height(), 0.0, 1.0);
    return std::min(bytes == 0 ? 0 : bytes - 1, static_cast<Bytes>(share * static_cast<double>(bytes)));
}

double SpacetimeLayout::yInLens(Address address, AddressRange window) const
{
    if (window.isEmpty())
        return m_lens.top();
    // Signed: a block may begin before the window.
    const double offset = address < window.begin ? -static_cast<double>(window.begin - address)
                                                 : static_cast<double>(address - window.begin);
    return m_lens.top() + offset / static_cast<double>(window.size()) * m_lens.height();
}

Address SpacetimeLayout::addressInLens(double y, AddressRange window) const
{
    if (window.isEmpty())
        return window.begin;
    const double share = std::clamp((y - m_lens.top()) / m_lens.height(), 0.0, 1.0);
    return window.begin
        + std::min(window.size() - 1, static_cast<Bytes>(share * static_cast<double>(window.size())));
}

} // namespace heapatlas
