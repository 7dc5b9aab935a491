// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keys do on the SpacetimeCanvas, and what it tells of the thing under the pointer.
#include "session/wording.h"
#include "ui/views/spacetime/spacetimecanvas.h"
#include "ui/widgets/hovertip.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double perNotch = 1.25;
constexpr double notch = 120;
constexpr double dragFrom = 4; ///< pixels: less is a click
constexpr Bytes pageBytes = 4096;
constexpr Bytes mostLensPages = 64;

QString bornLine(std::uint64_t born)
{
    return born == 0 ? SpacetimeCanvas::tr("live before the recording")
                     : SpacetimeCanvas::tr("born %1").arg(wording::count(born - 1));
}

} // namespace

bool SpacetimeCanvas::isOnFrame(QPointF point) const
{
    if (m_scene.lensBand < 0 || !m_scene.layout.bandsArea().contains(point)
        || point.x() < m_scene.layout.left() - 4)
        return false;
    const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)].range;
    const double y0 =
        m_scene.layout.yInBand(m_scene.lensBand, m_scene.lens.begin - chunk.begin, chunk.size());
    const double y1 = m_scene.layout.yInBand(m_scene.lensBand, m_scene.lens.end - chunk.begin, chunk.size());
    return point.y() >= y0 - 5 && point.y() <= y1 + 5;
}

SpacetimeCanvas::Hit SpacetimeCanvas::hitAt(QPointF point) const
{
    Hit hit;
    const SpacetimeLayout& layout = m_scene.layout;
    if (point.x() < layout.left() || point.x() >= layout.right())
        return hit;
    hit.position = m_scene.positionAt(point.x());
    const auto xOf = [&](std::uint64_t position) {
        return std::clamp(
            position == LifeBar::never ? layout.right() : m_scene.xOf(static_cast<double>(position)),
            layout.left(), layout.right());
    };
    if (layout.lens().contains(point) && m_scene.lives != nullptr) {
        const Address address = layout.addressInLens(point.y(), m_scene.lens);
        hit.bar = m_scene.lives->at(address, hit.position);
        if (hit.bar != nullptr) {
            hit.rect = QRectF(QPointF(xOf(hit.bar->from), layout.yInLens(hit.bar->begin, m_scene.lens)),
                QPointF(xOf(hit.bar->to), layout.yInLens(hit.bar->begin + hit.bar->size, m_scene.lens)));
        }
        return hit;
    }
    if (const auto band = layout.bandAt(point.y())) {
        const SpacetimeRows::Band& row = m_scene.rows.bands[static_cast<std::size_t>(*band)];
        hit.band = *band;
        hit.page =
            static_cast<std::uint32_t>(layout.offsetInBand(*band, point.y(), row.range.size()) / pageBytes);
        hit.rect = QRectF(point.x() - 1, point.y() - 1, 2, 2);
        return hit;
    }
    if (const auto line = layout.hugeLineAt(point.y())) {
        for (std::size_t i = 0; i < m_scene.rows.huge.size(); ++i) {
            const HugeBar& bar = m_scene.rows.huge[i];
            if (m_scene.rows.hugeLine[i] != *line || xOf(bar.begin) > point.x()
                || std::max(xOf(bar.end), xOf(bar.begin) + 2) <= point.x())
                continue;
            hit.huge = &bar;
            hit.rect = QRectF(QPointF(xOf(bar.begin), layout.hugeLine(*line).top()),
                QPointF(xOf(bar.end), layout.hugeLine(*line).bottom()));
        }
    }
    return hit;
}

QString SpacetimeCanvas::lifeLine(std::uint64_t born, std::uint64_t end) const
{
    const std::uint64_t now = m_scene.cursor;
    if (end == LifeBar::never) {
        const std::uint64_t age = now > born ? now - born : 0;
        return now >= born ? tr("never freed, alive %1").arg(wording::events(age)) : tr("never freed");
    }
    return tr("freed %1, after %2")
        .arg(wording::count(end - 1), wording::events(end - 1 - std::min(end - 1, born)));
}

QStringList SpacetimeCanvas::describe(const LifeBar& bar) const
{
    const QString what = bar.kind == RegionKind::LargeRun ? tr("Large block, %1").arg(wording::size(bar.size))
        : bar.kind == RegionKind::Huge                    ? tr("Huge block, %1").arg(wording::size(bar.size))
        : bar.requested < bar.size
        ? tr("%1 in a slot of %2").arg(wording::size(bar.requested), wording::size(bar.size))
        : tr("Slot of %1").arg(wording::size(bar.size));
    QString where = wording::address(bar.begin);
    if (m_scene.lensBand >= 0) {
        const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)].range;
        where = tr("page %1, %2").arg((bar.begin - chunk.begin) / pageBytes).arg(where);
    }
    return withSite({ what, bornLine(bar.born),
                        bar.isContinued ? tr("resized in place later") : lifeLine(bar.born, bar.to), where },
        bar.stack);
}

QStringList SpacetimeCanvas::describe(const HugeBar& bar) const
{
    return withSite({ tr("Huge block, %1").arg(wording::size(bar.range.size())), bornLine(bar.begin),
                        lifeLine(bar.begin, bar.end), wording::address(bar.range.begin) },
        bar.stack);
}

QStringList SpacetimeCanvas::withSite(QStringList lines, std::uint32_t stack) const
{
    if (const QString site = m_scene.siteName ? m_scene.siteName(stack) : QString(); !site.isEmpty())
        lines.insert(1, site);
    return lines;
}

QStringList SpacetimeCanvas::tipLines(const Hit& hit) const
{
    if (hit.bar != nullptr)
        return describe(*hit.bar);
    if (hit.huge != nullptr)
        return describe(*hit.huge);
    if (hit.band >= 0) {
        const SpacetimeCell cell = m_scene.cellAt(hit.band, hit.page, hit.position);
        const QString place = tr("%1, page %2").arg(m_scene.nameOf(hit.band)).arg(hit.page);
        const QString full = wording::percent(cell.used / 255.0);
        const QString use = cell.kind == SpacetimeCell::unmapped ? tr("not mapped")
            : cell.kind == SpacetimeCell::free                   ? tr("free")
            : cell.kind == SpacetimeCell::header                 ? tr("header of the chunk")
            : cell.kind == SpacetimeCell::large                  ? tr("large run")
                                                : tr("small slots, %1 of them used").arg(full);
        return { place, use, tr("after event %1").arg(wording::count(hit.position)) };
    }
    return {};
}

void SpacetimeCanvas::showTip()
{
    if (m_drag != Drag::None || m_scene.overview == nullptr)
        return;
    const Hit hit = hitAt(m_pointer);
    const QStringList lines = tipLines(hit);
    if (lines.isEmpty())
        hideTip();
    else
        m_tip->showLines(lines, m_pointer.toPoint(), hit.rect.toAlignedRect());
}

void SpacetimeCanvas::hideTip()
{
    m_tipTimer.stop();
    m_tip->hide();
}

void SpacetimeCanvas::updateShape(QPointF point)
{
    const SpacetimeLayout& layout = m_scene.layout;
    if (layout.divider().contains(point))
        setCursor(Qt::SplitVCursor);
    else if (isOnFrame(point))
        setCursor(Qt::SizeVerCursor);
    else if (layout.lens().contains(point) && hitAt(point).bar != nullptr)
        setCursor(Qt::PointingHandCursor);
    else
        setCursor(Qt::ArrowCursor);
}

void SpacetimeCanvas::mousePressEvent(QMouseEvent* event)
{
    hideTip();
    m_pressed = event->position();
    m_pressedRange = m_scene.range;
    m_pressedScroll = m_scroll;
    m_pressedLens = m_scene.lens;
    m_hasMoved = false;
    if (m_scene.overview == nullptr)
        return;
    const SpacetimeLayout& layout = m_scene.layout;
    if (event->button() == Qt::MiddleButton) {
        m_drag = Drag::Pan;
    } else if (event->button() == Qt::LeftButton) {
        const bool isOnData = layout.bandsArea().contains(m_pressed) || layout.lens().contains(m_pressed);
        m_drag = (event->modifiers() & Qt::ShiftModifier) != 0 && isOnData                 ? Drag::Box
            : layout.divider().contains(m_pressed)                                         ? Drag::Divider
            : layout.markerLane().contains(m_pressed) || layout.axis().contains(m_pressed) ? Drag::Cursor
            : isOnFrame(m_pressed)                                                         ? Drag::Lens
                                                                                           : Drag::Pan;
        if (m_drag == Drag::Cursor)
            Q_EMIT cursorRequested(m_scene.positionAt(m_pressed.x()));
    }
}

void SpacetimeCanvas::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    const QPointF moved = m_pointer - m_pressed;
    if (m_drag == Drag::None) {
        updateShape(m_pointer);
        if (m_tip->isVisible())
            showTip(); // from item to item at once
        else
            m_tipTimer.start();
        const Hit hit = hitAt(m_pointer);
        const bool isOn = m_pointer.x() >= m_scene.layout.left() && m_scene.overview != nullptr;
        Q_EMIT hintChanged(isOn ? tr("event %1").arg(wording::count(hit.position)) : QString());
        return;
    }
    if (!m_hasMoved && std::abs(moved.x()) + std::abs(moved.y()) < dragFrom)
        return;
    m_hasMoved = true;
    const SpacetimeLayout& layout = m_scene.layout;
    switch (m_drag) {
    case Drag::None:
        break;
    case Drag::Pan:
        setCursor(Qt::ClosedHandCursor);
        setRange(m_pressedRange.panned(-moved.x() / layout.width() * m_pressedRange.span(), whole()));
        if (layout.bandsArea().contains(m_pressed) && layout.mostScroll() > 0) {
            m_scroll = m_pressedScroll - moved.y();
            m_isScrolledByHand = true;
            relayout();
        }
        break;
    case Drag::Lens: {
        // The frame follows the pointer, over the borders of chunks.
        const auto band = layout.bandAt(m_pointer.y());
        if (!band)
            break;
        const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(*band)].range;
        const Bytes pages = m_pressedLens.size() / pageBytes;
        const Bytes all = chunk.size() / pageBytes;
        const Bytes at = layout.offsetInBand(*band, m_pointer.y(), chunk.size()) / pageBytes;
        const Bytes first = std::min(at - std::min(at, pages / 2), all - std::min(all, pages));
        setWindow({ chunk.begin + first * pageBytes, chunk.begin + (first + pages) * pageBytes });
        break;
    }
    case Drag::Divider:
        setShare(layout.shareAt(m_pointer.y()));
        break;
    case Drag::Box:
        m_scene.box = QRectF(m_pressed, m_pointer).normalized();
        update();
        break;
    case Drag::Cursor:
        Q_EMIT cursorRequested(m_scene.positionAt(m_pointer.x()));
        break;
    }
}

void SpacetimeCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    if (drag == Drag::Box && m_hasMoved)
        finishBox();
    else if (drag != Drag::None && drag != Drag::Cursor && !m_hasMoved && event->button() == Qt::LeftButton)
        choose(hitAt(event->position()));
    m_scene.box.reset();
    updateShape(event->position());
    update();
}

void SpacetimeCanvas::finishBox()
{
    const QRectF box = *m_scene.box;
    const SpacetimeLayout& layout = m_scene.layout;
    BoxFilter filter;
    filter.events = { m_scene.positionAt(box.left()), m_scene.positionAt(box.right()) + 1 };
    if (layout.lens().contains(m_pressed)) {
        filter.addresses = { layout.addressInLens(box.top(), m_scene.lens),
            layout.addressInLens(box.bottom(), m_scene.lens) + 1 };
    } else {
        const auto addressAt = [&](double y) -> std::optional<Address> {
            const auto band = layout.bandAt(y);
            if (!band)
                return {};
            const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(*band)].range;
            return chunk.begin + layout.offsetInBand(*band, y, chunk.size()) / pageBytes * pageBytes;
        };
        // Bands stand in the order in which they came: a box over several of them holds all that lies between in memory.
        std::optional<Address> low;
        std::optional<Address> high;
        for (double y = box.top(); y <= box.bottom(); ++y) {
            if (const auto address = addressAt(y)) {
                low = low ? std::min(*low, *address) : *address;
                high = high ? std::max(*high, *address) : *address;
            }
        }
        if (!low)
            return;
        filter.addresses = { *low, *high + pageBytes };
    }
    Q_EMIT filterRequested(filter);
}

void SpacetimeCanvas::chooseBar(const LifeBar& bar)
{
    // A moment at which it lives: now, or the nearest one.
    const std::uint64_t last = (bar.to == LifeBar::never ? m_scene.events + 1 : bar.to) - 1;
    const std::uint64_t at = std::clamp(m_scene.cursor, bar.from, std::max(bar.from, last));
    Q_EMIT blockChosen(bar.range(), at);
}

void SpacetimeCanvas::chooseHuge(const HugeBar& huge)
{
    const std::uint64_t last = (huge.isFreed() ? huge.end : m_scene.events + 1) - 1;
    setWindow(huge.range);
    Q_EMIT blockChosen(huge.range, std::clamp(m_scene.cursor, huge.begin, std::max(huge.begin, last)));
}

void SpacetimeCanvas::chooseBand(int band)
{
    if (band != m_scene.lensBand)
        showPage(band, 0);
    if (m_scene.isMapped(band))
        Q_EMIT chunkChosen(m_scene.rows.bands[static_cast<std::size_t>(band)].range);
}

void SpacetimeCanvas::showPage(int band, Bytes page)
{
    const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(band)].range;
    const Bytes pages = m_scene.lensBand < 0 ? 7 : m_scene.lens.size() / pageBytes;
    const Bytes all = chunk.size() / pageBytes;
    const Bytes first = std::min(page - std::min(page, pages / 2), all - std::min(all, pages));
    setWindow({ chunk.begin + first * pageBytes, chunk.begin + std::min(all, first + pages) * pageBytes });
}

void SpacetimeCanvas::choose(const Hit& hit)
{
    if (hit.bar != nullptr)
        chooseBar(LifeBar(*hit.bar)); // a copy: what it stands in may change
    else if (hit.huge != nullptr)
        chooseHuge(HugeBar(*hit.huge));
    else if (hit.band >= 0)
        showPage(hit.band, hit.page);
}

/// The box of what the lens shows, or of the selected block's life; the same again takes it away.
void SpacetimeCanvas::boxByKeys()
{
    if (m_scene.lens.isEmpty())
        return;
    BoxFilter filter { { firstPosition(), lastPosition() + 1 }, m_scene.lens };
    if (m_scene.lives != nullptr) {
        for (const LifeBar& bar : m_scene.lives->bars) {
            if (m_scene.isSelected(bar)) {
                filter = { { bar.from, std::min(bar.to, m_scene.events + 1) }, bar.range() };
                break;
            }
        }
    }
    if (m_scene.filter == filter)
        Q_EMIT filterRequested(std::nullopt);
    else
        Q_EMIT filterRequested(filter);
}

void SpacetimeCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_scene.overview != nullptr
        && !m_scene.layout.divider().contains(event->position()))
        fitTime();
}

void SpacetimeCanvas::wheelEvent(QWheelEvent* event)
{
    if (m_scene.overview == nullptr)
        return;
    hideTip();
    const SpacetimeLayout& layout = m_scene.layout;
    const double x = std::clamp(event->position().x(), layout.left(), layout.right());
    const QPoint turn = event->angleDelta();
    if (event->phase() != Qt::NoScrollPhase && !event->pixelDelta().isNull()) {
        setRange(
            m_scene.range.panned(-event->pixelDelta().x() / layout.width() * m_scene.range.span(), whole()));
        m_scroll -= event->pixelDelta().y();
        m_isScrolledByHand = true;
        relayout();
    } else if ((event->modifiers() & Qt::ControlModifier) != 0) {
        // Fewer or more pages in the lens.
        if (m_scene.lensBand >= 0) {
            const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)].range;
            const Bytes all = chunk.size() / pageBytes;
            const Bytes pages = m_scene.lens.size() / pageBytes;
            const Bytes wanted = turn.y() > 0
                ? std::max<Bytes>(1, pages - std::max<Bytes>(1, pages / 4))
                : std::min(mostLensPages, pages + std::max<Bytes>(1, pages / 4));
            const Bytes first = std::min((m_scene.lens.begin - chunk.begin) / pageBytes, all - wanted);
            setWindow({ chunk.begin + first * pageBytes, chunk.begin + (first + wanted) * pageBytes });
        }
    } else if ((event->modifiers() & Qt::ShiftModifier) != 0 || std::abs(turn.x()) > std::abs(turn.y())) {
        const double notches = (turn.x() != 0 ? turn.x() : turn.y()) / notch;
        setRange(m_scene.range.panned(-notches * m_scene.range.span() / 10, whole()));
    } else {
        const double factor = std::pow(perNotch, turn.y() / notch);
        setRange(m_scene.range.zoomed(factor, layout.valueAt(x, m_scene.range), whole(), leastSpan()));
    }
    event->accept();
}

void SpacetimeCanvas::leaveEvent(QEvent*)
{
    hideTip();
    Q_EMIT hintChanged({});
}

void SpacetimeCanvas::moveLens(int pages)
{
    if (m_scene.rows.bands.empty())
        return;
    int band = std::max(0, m_scene.lensBand);
    const Bytes count = m_scene.lensBand < 0 ? 7 : m_scene.lens.size() / pageBytes;
    AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(band)].range;
    const auto most = static_cast<std::int64_t>(chunk.size() / pageBytes - count);
    std::int64_t first = m_scene.lensBand < 0
        ? 0
        : static_cast<std::int64_t>((m_scene.lens.begin - chunk.begin) / pageBytes) + pages;
    if (first < 0 && band > 0) {
        chunk = m_scene.rows.bands[static_cast<std::size_t>(--band)].range;
        first = most;
    } else if (first > most && band + 1 < static_cast<int>(m_scene.rows.bands.size())) {
        chunk = m_scene.rows.bands[static_cast<std::size_t>(++band)].range;
        first = 0;
    }
    const auto at = static_cast<Bytes>(std::clamp<std::int64_t>(first, 0, std::max<std::int64_t>(0, most)));
    setWindow({ chunk.begin + at * pageBytes, chunk.begin + (at + count) * pageBytes });
}

void SpacetimeCanvas::moveSelection(int dx, int dy)
{
    const bool hasBlock = m_scene.selection.what == Selection::What::Block && m_scene.lives != nullptr;
    const LifeBar* now =
        hasBlock ? m_scene.lives->at(m_scene.selection.range.begin, m_scene.cursor) : nullptr;
    if (now == nullptr) {
        if (dx != 0)
            setRange(m_scene.range.panned(dx * m_scene.range.span() / 10, whole()));
        else
            moveLens(dy);
        return;
    }
    const LifeBar* best = nullptr;
    for (const LifeBar& bar : m_scene.lives->bars) {
        if (!bar.range().overlaps(m_scene.lens))
            continue;
        if (dx != 0) { // the owner of this place before or after
            if (!bar.range().contains(now->begin))
                continue;
            if (dx < 0 && bar.to <= now->from && (best == nullptr || bar.to > best->to))
                best = &bar;
            if (dx > 0 && now->to != LifeBar::never && bar.from >= now->to
                && (best == nullptr || bar.from < best->from))
                best = &bar;
        } else if (bar.from <= m_scene.cursor && m_scene.cursor < bar.to) { // its neighbour at this moment
            if (dy < 0 && bar.begin < now->begin && (best == nullptr || bar.begin > best->begin))
                best = &bar;
            if (dy > 0 && bar.begin > now->begin && (best == nullptr || bar.begin < best->begin))
                best = &bar;
        }
    }
    if (best != nullptr)
        chooseBar(*best);
    else if (dy != 0)
        moveLens(dy);
}

bool SpacetimeCanvas::escape()
{
    if (m_tip->isVisible()) {
        hideTip();
    } else if (m_scene.box) {
        m_scene.box.reset();
        m_drag = Drag::None;
        update();
    } else if (m_scene.isolated) {
        Q_EMIT isolationCleared();
    } else if (m_scene.filter) {
        Q_EMIT filterRequested(std::nullopt);
    } else if (m_scene.selection.what != Selection::What::Nothing) {
        Q_EMIT selectionCleared();
    } else {
        return false;
    }
    return true;
}

void SpacetimeCanvas::keyPressEvent(QKeyEvent* event)
{
    const bool isBig = (event->modifiers() & Qt::ShiftModifier) != 0;
    const bool hasBlock = m_scene.selection.what == Selection::What::Block;
    const int lensPages = static_cast<int>(m_scene.lens.size() / pageBytes);
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int dx = event->key() == Qt::Key_Left ? -1 : 1;
        if (isBig)
            setRange(m_scene.range.panned(dx * m_scene.range.span() / 10, whole()));
        else
            moveSelection(dx, 0);
        break;
    }
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int dy = event->key() == Qt::Key_Up ? -1 : 1;
        if ((event->modifiers() & Qt::ControlModifier) != 0) { // the divider
            setShare(m_share + dy * 0.05);
        } else if (isBig) {
            moveLens(dy);
        } else {
            moveSelection(0, dy);
        }
        break;
    }
    case Qt::Key_PageUp:
        moveLens(-std::max(1, lensPages));
        break;
    case Qt::Key_PageDown:
        moveLens(std::max(1, lensPages));
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (hasBlock)
            showSelectedLife();
        else
            zoomTime(4);
        break;
    case Qt::Key_Backspace:
        if (m_zooms.empty()) {
            setRange(m_scene.range.zoomed(
                0.25, m_scene.range.begin + m_scene.range.span() / 2, whole(), leastSpan()));
        } else {
            const AxisRange back = m_zooms.back();
            m_zooms.pop_back();
            setRange(back);
        }
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomTime(perNotch);
        break;
    case Qt::Key_Minus:
        zoomTime(1 / perNotch);
        break;
    case Qt::Key_0:
        fitTime();
        break;
    case Qt::Key_F:
        boxByKeys();
        break;
    case Qt::Key_Escape:
        if (!escape())
            QWidget::keyPressEvent(event);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool SpacetimeCanvas::event(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        relayout();
    return QWidget::event(event);
}

void SpacetimeCanvas::focusInEvent(QFocusEvent*) { update(); }
void SpacetimeCanvas::focusOutEvent(QFocusEvent*) { update(); }

} // namespace heapatlas
