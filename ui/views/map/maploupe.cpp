// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/maploupe.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/map/mapinks.h"
#include "ui/widgets/hoverplace.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPainter>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int padX = 12;
constexpr int padY = 10;

/// Rows of blocks() that begin in the range; none if the snapshot has no blocks there.
std::span<const BlockRow> blocksIn(const HeapSnapshot& snapshot, AddressRange range)
{
    if (snapshot.detail() < Detail::Blocks || range.begin < snapshot.window().begin
        || snapshot.window().end < range.end)
        return {};
    const auto blocks = snapshot.blocks();
    const auto less = [](const BlockRow& block, Address address) { return block.begin < address; };
    const auto first = std::lower_bound(blocks.begin(), blocks.end(), range.begin, less);
    const auto last = std::lower_bound(first, blocks.end(), range.end, less);
    return { first, last };
}

} // namespace

MapLoupe::MapLoupe(QWidget* canvas)
    : QWidget(canvas)
    , m_canvas(canvas)
{
    setObjectName(QStringLiteral("mapLoupe"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void MapLoupe::showPage(
    const MapScene& scene, const SnapshotPtr& snapshot, Address page, QPoint pointer, const QRect& item)
{
    const RegionRow* region = snapshot->regionAt(page);
    if (region == nullptr) {
        hide();
        return;
    }
    m_snapshot = snapshot;
    m_page = page;
    m_isSlackShown = scene.isSlackShown;
    m_coloring = scene.coloring;
    m_isolatedBand = scene.isolatedBand;
    describe(scene, *region);
    QWidget* host = m_canvas->window();
    if (parentWidget() != host)
        setParent(host);
    const QSize size(fonts::scaled(342), fonts::scaled(226));
    const QRect keepOff = QRect(m_canvas->mapTo(host, item.topLeft()), item.size()).adjusted(-4, -4, 4, 4);
    setGeometry(
        besidePointer(host->rect().adjusted(4, 4, -4, -4), size, m_canvas->mapTo(host, pointer), keepOff));
    raise();
    show();
    update();
}

void MapLoupe::describe(const MapScene& scene, const RegionRow& region)
{
    const ChunkRow* chunk = m_snapshot->chunkAt(m_page);
    m_title = chunk == nullptr ? tr("Page")
                               : tr("Page %1").arg((m_page - chunk->range.begin) / m_snapshot->pageBytes());
    m_notes.clear();
    const bool isSmall = region.kind == RegionKind::SmallRun;
    m_subtitle = isSmall ? tr("%1 class, %2 of %3 slots used")
                               .arg(wording::size(region.slotBytes), wording::count(region.liveSlots),
                                   wording::count(region.slotCount))
                         : wording::regionTitle(region);
    const AddressRange page { m_page, m_page + m_snapshot->pageBytes() };
    if (scene.siteResolver != nullptr && *scene.siteResolver) {
        QHash<QString, int> sites;
        for (const BlockRow& block : blocksIn(*m_snapshot, isSmall ? page : region.range)) {
            const QString site = block.stack == 0 ? QString() : (*scene.siteResolver)(block.stack);
            if (!site.isEmpty())
                ++sites[site];
        }
        // The most frequent; of equals the first by name, so that the loupe does not flicker.
        QString best;
        for (auto it = sites.cbegin(); it != sites.cend(); ++it) {
            if (best.isEmpty() || it.value() > sites[best] || (it.value() == sites[best] && it.key() < best))
                best = it.key();
        }
        if (!best.isEmpty())
            m_notes << (isSmall ? tr("%1 slots from %2")
                                      .arg(wording::count(static_cast<std::uint64_t>(sites[best])), best)
                                : tr("from %1").arg(best));
    }
    if (isSmall && region.liveSlots == 0)
        m_notes << tr("Empty: gc_mem_caches() would give this page back");
    else if (isSmall || region.kind == RegionKind::LargeRun)
        m_notes << tr("This page cannot be returned while any slot is used");
    if (region.kind == RegionKind::LargeRun)
        m_notes.back() = tr("This page is free again when its block is");
}

void MapLoupe::paintPage(QPainter& painter, const QRectF& box) const
{
    const RegionRow* region = m_snapshot->regionAt(m_page);
    if (region == nullptr)
        return;
    const Theme& theme = Theme::current();
    const MapLayout layout;
    const MapScene scene { *m_snapshot, layout, theme, m_isSlackShown, std::nullopt, nullptr, m_coloring,
        m_isolatedBand };
    const MapInks inks(scene);
    const Bytes pageBytes = m_snapshot->pageBytes();
    const Bytes rowBytes = pageBytes / rows;
    const double rowHeight = box.height() / rows;
    // Bytes [begin, end) of the page, row by row, with gaps of a pixel right and below.
    const auto fill = [&](Bytes begin, Bytes end, QRgb color, double gap) {
        for (Bytes row = begin / rowBytes; row * rowBytes < end; ++row) {
            const double from = static_cast<double>(std::max(begin, row * rowBytes) - row * rowBytes);
            const double to = static_cast<double>(std::min(end, (row + 1) * rowBytes) - row * rowBytes);
            const double scale = box.width() / static_cast<double>(rowBytes);
            painter.fillRect(
                QRectF(box.left() + from * scale, box.top() + static_cast<double>(row) * rowHeight,
                    std::max(0.5, (to - from) * scale - gap), rowHeight - 1),
                QColor(color));
        }
    };
    switch (region->kind) {
    case RegionKind::Header:
        fill(0, pageBytes, inks.header(), 0);
        return;
    case RegionKind::Free:
        fill(0, pageBytes, inks.freePage(), 0);
        return;
    case RegionKind::LargeRun:
    case RegionKind::Huge: {
        const Bytes offset = m_page - region->range.begin;
        const Bytes asked = region->requested == 0 ? region->range.size() : region->requested;
        const Bytes live = asked <= offset ? 0 : std::min(asked - offset, pageBytes);
        const MapInks::Fill ink = inks.whole(*region);
        fill(0, live, ink.live, 0);
        fill(live, pageBytes, ink.slack, 0);
        return;
    }
    case RegionKind::SmallRun:
        break;
    }
    const MapInks::Fill ink = inks.fill(*region);
    const Bytes offset = m_page - region->range.begin;
    const Bytes slot = std::max<Bytes>(region->slotBytes, 1);
    fill(0, pageBytes, inks.tail(), 0);
    const auto blocks = blocksIn(*m_snapshot, { m_page - std::min(offset, slot), m_page + pageBytes });
    auto block = blocks.begin();
    for (Bytes s = offset / slot; s < region->slotCount && s * slot < offset + pageBytes; ++s) {
        const Bytes begin = std::max(s * slot, offset) - offset;
        const Bytes end = std::min((s + 1) * slot, offset + pageBytes) - offset;
        const bool isLive = m_snapshot->isSlotLive(*region, static_cast<std::uint32_t>(s));
        const Address at = region->range.begin + s * slot;
        while (block != blocks.end() && block->begin < at)
            ++block;
        const bool isKnown = block != blocks.end() && block->begin == at;
        const MapInks::Fill own = isLive && isKnown ? inks.block(*region, *block) : ink;
        fill(begin, end, isLive ? own.live : ink.free, 1);
        if (isLive && m_isSlackShown && isKnown && block->requested < slot) {
            const Bytes asked = s * slot + block->requested;
            if (asked < offset + end)
                fill(std::max(asked, offset + begin) - offset, end, own.slack, 1);
        }
    }
}

void MapLoupe::paintEvent(QPaintEvent*)
{
    if (m_snapshot == nullptr)
        return;
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(theme.raised);
    painter.setPen(theme.lineStrong);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setRenderHint(QPainter::Antialiasing, false);

    const int line = fonts::scaled(18);
    const QRect title(padX, padY, width() - 2 * padX, line);
    const QFont strong = fonts::ui(12, QFont::DemiBold);
    painter.setFont(strong);
    painter.setPen(theme.text);
    painter.drawText(title, Qt::AlignVCenter | Qt::AlignLeft, m_title);
    const int taken = static_cast<int>(QFontMetricsF(strong).horizontalAdvance(m_title)) + 10;
    painter.setFont(fonts::secondary());
    painter.setPen(theme.text2);
    painter.drawText(title.adjusted(taken, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_subtitle, Qt::ElideRight, title.width() - taken));

    const int below = static_cast<int>(m_notes.size()) * line;
    const QRectF page(padX, title.bottom() + 7, width() - 2 * padX,
        height() - title.bottom() - 7 - padY - below - (below > 0 ? 4 : 0));
    painter.fillRect(page, theme.canvas);
    paintPage(painter, page);
    painter.setFont(fonts::secondary());
    painter.setPen(theme.text2);
    QRect note(padX, height() - padY - below, width() - 2 * padX, line);
    for (const QString& text : m_notes) {
        painter.drawText(note, Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(text, Qt::ElideMiddle, note.width()));
        note.translate(0, line);
    }
}

} // namespace heapatlas
