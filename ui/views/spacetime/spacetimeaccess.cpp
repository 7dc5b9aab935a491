// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimeaccess.h"

#include "session/wording.h"
#include "ui/views/spacetime/spacetimecanvas.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

QString text(const char* source) { return QCoreApplication::translate("Spacetime", source); }

} // namespace

SpacetimeAccess::SpacetimeAccess(SpacetimeCanvas* canvas)
    : m_canvas(canvas)
    , m_accessible(new AccessibleCanvas(canvas, this))
{
}

void SpacetimeAccess::itemsChanged()
{
    m_isStale = true;
    m_accessible->itemsChanged();
}

void SpacetimeAccess::selectionMoved()
{
    if (!QAccessible::isActive())
        return;
    for (int i = 0; i < count(); ++i) {
        if (isSelected(i)) {
            m_accessible->selectionMoved(i);
            m_accessible->focusMoved(i);
            return;
        }
    }
}

int SpacetimeAccess::count() const
{
    collect();
    return static_cast<int>(m_items.size());
}

const SpacetimeAccess::Item* SpacetimeAccess::item(int number) const
{
    collect();
    return number >= 0 && number < static_cast<int>(m_items.size())
        ? &m_items[static_cast<std::size_t>(number)]
        : nullptr;
}

void SpacetimeAccess::collect() const
{
    if (!std::exchange(m_isStale, false))
        return;
    m_items.clear();
    const SpacetimeScene& scene = m_canvas->scene();
    const QRectF area = scene.layout.bandsArea();
    const auto isSeen = [&area](const QRectF& box) {
        return box.bottom() > area.top() && box.top() < area.bottom();
    };
    for (std::size_t i = 0; i < scene.rows.bands.size() && m_items.size() < mostBands; ++i) {
        if (isSeen(scene.layout.band(static_cast<int>(i))))
            m_items.push_back({ Kind::Band, i });
    }
    std::size_t huge = 0;
    for (std::size_t i = 0; i < scene.rows.huge.size() && huge < mostHuge; ++i) {
        const HugeBar& bar = scene.rows.huge[i];
        const bool isInTime = bar.begin <= m_canvas->lastPosition() && bar.end > m_canvas->firstPosition();
        if (isInTime && isSeen(scene.layout.hugeLine(scene.rows.hugeLine[i]))) {
            m_items.push_back({ Kind::Huge, i });
            ++huge;
        }
    }
    collectBlocks();
}

void SpacetimeAccess::collectBlocks() const
{
    const SpacetimeScene& scene = m_canvas->scene();
    if (scene.lives == nullptr)
        return;
    const std::uint64_t first = m_canvas->firstPosition();
    const std::uint64_t last = m_canvas->lastPosition();
    struct Seen
    {
        std::uint64_t span = 0;
        std::size_t index = 0;
    };
    std::vector<Seen> seen;
    for (std::size_t i = 0; i < scene.lives->bars.size(); ++i) {
        const LifeBar& bar = scene.lives->bars[i];
        if (bar.from <= last && bar.to > first && bar.range().overlaps(scene.lens))
            seen.push_back({ std::min(bar.to, last + 1) - std::max(bar.from, first), i });
    }
    if (seen.size() > mostBlocks) {
        std::nth_element(
            seen.begin(), seen.begin() + mostBlocks, seen.end(), [](const Seen& a, const Seen& b) {
                return a.span == b.span ? a.index < b.index : a.span > b.span;
            });
        seen.resize(mostBlocks);
    }
    // By address, then by time, as they stand in the list.
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.index < b.index; });
    for (const Seen& one : seen)
        m_items.push_back({ Kind::Block, one.index });
}

QString SpacetimeAccess::bandName(int band) const
{
    const SpacetimeScene& scene = m_canvas->scene();
    const SpacetimeScene::Mapping mapping = scene.mappingOf(band);
    QStringList parts { scene.nameOf(band) };
    if (mapping.from == 0)
        parts << text("mapped from the beginning");
    else
        parts << text("mapped by event %1").arg(wording::count(mapping.from));
    if (mapping.to)
        parts << text("unmapped by %1").arg(wording::count(*mapping.to));
    else
        parts << text("mapped to the end");
    if (scene.lensBand == band)
        parts << text("in the lens");
    return parts.join(QStringLiteral(", "));
}

QString SpacetimeAccess::name(int number) const
{
    const Item* const at = item(number);
    if (at == nullptr)
        return {};
    const SpacetimeScene& scene = m_canvas->scene();
    switch (at->kind) {
    case Kind::Band:
        return bandName(static_cast<int>(at->index));
    case Kind::Huge:
        return m_canvas->describe(scene.rows.huge[at->index]).join(QStringLiteral(", "));
    case Kind::Block:
        break;
    }
    return m_canvas->describe(scene.lives->bars[at->index]).join(QStringLiteral(", "));
}

QRect SpacetimeAccess::rect(int number) const
{
    const Item* const at = item(number);
    if (at == nullptr)
        return {};
    const SpacetimeScene& scene = m_canvas->scene();
    const SpacetimeLayout& layout = scene.layout;
    const auto box = [&](std::uint64_t from, std::uint64_t to, double top, double bottom,
                         const QRectF& area) {
        const double x0 = scene.xOf(static_cast<double>(from));
        const double x1 = to > scene.events ? layout.right() : scene.xOf(static_cast<double>(to));
        return QRectF(QPointF(x0, top), QPointF(std::max(x1, x0 + 1), std::max(bottom, top + 1)))
            .intersected(area)
            .toAlignedRect();
    };
    switch (at->kind) {
    case Kind::Band:
        return layout.band(static_cast<int>(at->index)).intersected(layout.bandsArea()).toAlignedRect();
    case Kind::Huge: {
        const HugeBar& bar = scene.rows.huge[at->index];
        const QRectF line = layout.hugeLine(scene.rows.hugeLine[at->index]);
        return box(bar.begin, bar.end, line.top(), line.bottom(), layout.bandsArea());
    }
    case Kind::Block:
        break;
    }
    const LifeBar& bar = scene.lives->bars[at->index];
    return box(bar.from, bar.to, layout.yInLens(bar.begin, scene.lens),
        layout.yInLens(bar.begin + bar.size, scene.lens), layout.lens());
}

void SpacetimeAccess::press(int number)
{
    const Item* const at = item(number);
    if (at == nullptr)
        return;
    switch (at->kind) {
    case Kind::Band:
        m_canvas->chooseBand(static_cast<int>(at->index));
        break;
    case Kind::Huge:
        m_canvas->chooseHuge(HugeBar(m_canvas->scene().rows.huge[at->index]));
        break;
    case Kind::Block:
        m_canvas->chooseBar(LifeBar(m_canvas->scene().lives->bars[at->index]));
        break;
    }
}

bool SpacetimeAccess::isSelected(int number) const
{
    const Item* const at = item(number);
    const SpacetimeScene& scene = m_canvas->scene();
    if (at == nullptr)
        return false;
    switch (at->kind) {
    case Kind::Band:
        return scene.selection.what == Selection::What::Chunk
            && scene.selection.range.begin == scene.rows.bands[at->index].range.begin;
    case Kind::Huge: {
        const HugeBar& bar = scene.rows.huge[at->index];
        return scene.selection.what == Selection::What::Block
            && scene.selection.range.begin == bar.range.begin && bar.begin <= scene.cursor
            && scene.cursor < bar.end;
    }
    case Kind::Block:
        break;
    }
    return scene.isSelected(scene.lives->bars[at->index]);
}

bool SpacetimeAccess::hasFocus(int number) const
{
    const Item* const at = item(number);
    if (at == nullptr)
        return false;
    // Arrows act on the selected block, else on the lens.
    if (m_canvas->scene().selection.what == Selection::What::Block)
        return at->kind != Kind::Band && isSelected(number);
    return at->kind == Kind::Band && static_cast<int>(at->index) == m_canvas->scene().lensBand;
}

void SpacetimeAccess::focus(int number) { press(number); }

} // namespace heapatlas
