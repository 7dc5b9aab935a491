// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimescene.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace heapatlas {

namespace {

/// How much of a colour is left when the legend isolates another, as in the map.
constexpr double faded = 0.14;

} // namespace

SpacetimeRows SpacetimeRows::of(const SpacetimeGrid* overview, const SpacetimeGrid* detail)
{
    SpacetimeRows rows;
    std::map<Address, std::size_t> known;
    const auto take = [&](const SpacetimeGrid* grid, int Band::*index) {
        for (std::size_t i = 0; grid != nullptr && i < grid->bands.size(); ++i) {
            const SpacetimeBand& from = grid->bands[i];
            const auto [it, isNew] = known.try_emplace(from.range.begin, rows.bands.size());
            if (isNew)
                rows.bands.push_back({ from.range, from.pages, from.ordinal, from.firstSeen, -1, -1 });
            rows.bands[it->second].*index = static_cast<int>(i);
        }
    };
    take(overview, &Band::inOverview);
    take(detail, &Band::inDetail);
    std::sort(rows.bands.begin(), rows.bands.end(), [](const Band& a, const Band& b) {
        return std::tuple(a.firstSeen, a.ordinal, a.range.begin.value)
            < std::tuple(b.firstSeen, b.ordinal, b.range.begin.value);
    });
    if (overview == nullptr)
        return rows;
    rows.huge = overview->huge;
    std::vector<std::uint64_t> ends;
    for (const HugeBar& bar : rows.huge) {
        std::size_t line = 0;
        while (line < ends.size() && ends[line] > bar.begin)
            ++line;
        if (line == ends.size() && ends.size() < mostHugeLines)
            ends.push_back(0);
        line = std::min(line, ends.size() - 1);
        ends[line] = std::max(ends[line], bar.end);
        rows.hugeLine.push_back(static_cast<int>(line));
    }
    rows.hugeLines = static_cast<int>(ends.size());
    return rows;
}

int SpacetimeRows::bandOf(Address address) const
{
    const auto it = std::find_if(
        bands.begin(), bands.end(), [address](const Band& band) { return band.range.contains(address); });
    return it == bands.end() ? -1 : static_cast<int>(it - bands.begin());
}

std::uint64_t SpacetimeScene::positionAt(double x) const
{
    const double position = std::floor(scale->positionAt(layout.valueAt(x, range)));
    return std::min(events, static_cast<std::uint64_t>(std::max(0.0, position)));
}

SpacetimeScene::Cells SpacetimeScene::cellsAt(int band, std::uint64_t position) const
{
    const SpacetimeRows::Band& row = rows.bands[static_cast<std::size_t>(band)];
    if (detail != nullptr && position >= detail->begin && position <= detail->end)
        return { detail->columnAt(position), row.inDetail };
    if (overview != nullptr)
        return { overview->columnAt(position), row.inOverview };
    return {};
}

SpacetimeCell SpacetimeScene::cellAt(int band, std::uint32_t page, std::uint64_t position) const
{
    const Cells cells = cellsAt(band, position);
    return cells.place.strip == nullptr || cells.index < 0
        ? SpacetimeCell {}
        : cells.place.strip->cell(static_cast<std::size_t>(cells.index), page, cells.place.column);
}

QString SpacetimeScene::nameOf(int band) const
{
    const SpacetimeRows::Band& row = rows.bands[static_cast<std::size_t>(band)];
    const ChunkRow* chunk = snapshot == nullptr ? nullptr : snapshot->chunkAt(row.range.begin);
    if (chunk != nullptr && chunk->pageCount != 0)
        return chunkName(*chunk);
    ChunkRow then;
    then.pageCount = row.pages;
    then.ordinal = row.ordinal;
    return chunkName(then);
}

bool SpacetimeScene::isMapped(int band) const
{
    if (snapshot == nullptr)
        return true;
    const ChunkRow* chunk = snapshot->chunkAt(rows.bands[static_cast<std::size_t>(band)].range.begin);
    return chunk != nullptr && chunk->pageCount != 0;
}

SpacetimeScene::Mapping SpacetimeScene::mappingOf(int band) const
{
    Mapping mapping;
    const int index = rows.bands[static_cast<std::size_t>(band)].inOverview;
    bool wasSeen = false;
    bool isLast = false;
    std::uint64_t before = 0;
    if (overview == nullptr || index < 0)
        return mapping;
    const auto look = [&](const std::vector<SpacetimeStripPtr>& strips) {
        for (const SpacetimeStripPtr& strip : strips) {
            for (std::size_t column = 0; column < strip->at.size(); ++column) {
                const bool isSeen =
                    strip->cell(static_cast<std::size_t>(index), 0, column).kind != SpacetimeCell::unmapped;
                if (isSeen && !wasSeen)
                    mapping.from = strip->at[column];
                if (!isSeen && isLast)
                    before = strip->at[column];
                wasSeen = wasSeen || isSeen;
                isLast = isSeen;
            }
        }
    };
    look(overview->isComplete || !overview->fine.empty() ? overview->fine : overview->coarse);
    if (wasSeen && !isLast)
        mapping.to = before;
    return mapping;
}

bool SpacetimeScene::isSelected(const LifeBar& bar) const
{
    if (selection.what != Selection::What::Block || bar.begin != selection.range.begin)
        return false;
    return hasSelectedBirth ? bar.born == selectedBirth : bar.from <= cursor && cursor < bar.to;
}

QColor SpacetimeScene::shown(const QColor& color, MapState state, const Theme& theme) const
{
    return !isolated || *isolated == state ? color : Theme::mix(color, theme.canvas, faded);
}

QRectF SpacetimeScene::rectOf(const BoxFilter& box_) const
{
    QRectF all;
    const double x0 = xOf(static_cast<double>(box_.events.begin));
    const double x1 = xOf(static_cast<double>(box_.events.end));
    for (int i = 0; i < static_cast<int>(rows.bands.size()); ++i) {
        const AddressRange& range_ = rows.bands[static_cast<std::size_t>(i)].range;
        if (!range_.overlaps(box_.addresses))
            continue;
        const Address from = std::max(range_.begin, box_.addresses.begin);
        const Address to = std::min(range_.end, box_.addresses.end);
        const double y0 = layout.yInBand(i, from - range_.begin, range_.size());
        const double y1 = layout.yInBand(i, to - range_.begin, range_.size());
        all |= QRectF(QPointF(x0, y0), QPointF(x1, y1));
    }
    return all;
}

QRectF SpacetimeScene::lensRectOf(const BoxFilter& box_) const
{
    if (!box_.addresses.overlaps(lens))
        return {};
    return QRectF(
        QPointF(xOf(static_cast<double>(box_.events.begin)), layout.yInLens(box_.addresses.begin, lens)),
        QPointF(xOf(static_cast<double>(box_.events.end)), layout.yInLens(box_.addresses.end, lens)))
        .intersected(layout.lens());
}

} // namespace heapatlas
