// SPDX-License-Identifier: GPL-3.0-or-later
// MapCanvas: mouse, keys and gestures. Drawing and geometry stand in mapcanvas.cpp.
#include "session/wording.h"
#include "ui/theme/icons.h"
#include "ui/views/bytes/bytesmenu.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/maploupe.h"
#include "ui/widgets/hovertip.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPinchGesture>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double zoomStep = 1.25;

} // namespace

MapTarget MapCanvas::targetUnder(QPointF point) const
{
    if (isEmpty())
        return {};
    const MapLayout::Hit hit = m_layout.hit(toDevice(point));
    if (hit.what != MapLayout::Hit::What::Page && hit.what != MapLayout::Hit::What::Huge)
        return {};
    return targetAt(*m_snapshot, hit.address);
}

Selection MapCanvas::selectionAt(QPointF point) const
{
    if (isEmpty())
        return {};
    const MapLayout::Hit hit = m_layout.hit(toDevice(point));
    switch (hit.what) {
    case MapLayout::Hit::What::Nothing:
    case MapLayout::Hit::What::Break:
        return {};
    case MapLayout::Hit::What::Caption:
        return { Selection::What::Chunk, m_layout.items()[hit.item].range };
    case MapLayout::Hit::What::Huge:
        return { Selection::What::Block, m_layout.items()[hit.item].range };
    case MapLayout::Hit::What::Page:
        break;
    }
    // At Heap level a page is the smallest thing one can see, and where pages share a pixel a chunk.
    if (m_layout.cellLevel() > 0)
        return { Selection::What::Chunk, m_layout.items()[hit.item].range };
    return level() == MapLevel::Heap ? pageSelection(*m_snapshot, hit.address)
                                     : targetAt(*m_snapshot, hit.address).selection();
}

void MapCanvas::requestSelection(const Selection& selection)
{
    if (selection == m_selection)
        return;
    setSelection(selection);
    Q_EMIT selectionRequested(selection);
}

void MapCanvas::stepLevel(int direction)
{
    const int next = std::clamp(static_cast<int>(level()) + direction, 0, static_cast<int>(MapLevel::Byte));
    setLevel(static_cast<MapLevel>(next));
}

bool MapCanvas::event(QEvent* event)
{
    if (event->type() == QEvent::Gesture) {
        auto* gestures = static_cast<QGestureEvent*>(event);
        if (auto* pinch = static_cast<QPinchGesture*>(gestures->gesture(Qt::PinchGesture))) {
            const QPointF centre = mapFromGlobal(pinch->centerPoint());
            zoomTo(m_layout.pageWidth() * pinch->scaleFactor(), centre, false);
            return true;
        }
    }
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoomTo(m_layout.pageWidth() * (1 + gesture->value()), gesture->position(), false);
            return true;
        }
    }
    return QWidget::event(event);
}

void MapCanvas::wheelEvent(QWheelEvent* event)
{
    event->accept();
    const qreal ratio = m_layout.ratio();
    // Two fingers on a pad come with a phase and pan; the wheel of a mouse has none and zooms.
    if (!event->pixelDelta().isNull() && event->phase() != Qt::NoScrollPhase) {
        const QPointF delta = QPointF(event->pixelDelta()) * ratio;
        scrollBy({ -static_cast<int>(std::lround(delta.x())), -static_cast<int>(std::lround(delta.y())) });
        return;
    }
    const QPoint turned = event->angleDelta();
    // Some platforms turn Shift+wheel into a sideways wheel themselves.
    if (event->modifiers().testFlag(Qt::ShiftModifier) || (turned.y() == 0 && turned.x() != 0)) {
        const int delta = turned.y() != 0 ? turned.y() : turned.x();
        scrollBy({ -static_cast<int>(std::lround(delta * ratio / 2)), 0 });
        return;
    }
    if (turned.y() != 0)
        zoomAt(event->position(), std::pow(zoomStep, turned.y() / 120.0));
}

void MapCanvas::mousePressEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    if (isEmpty()) {
        if (m_snapshot != nullptr && emptyButton(size()).contains(event->position()))
            Q_EMIT firstAllocationRequested();
        return;
    }
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_isPressed = true;
    m_isPanning = event->button() == Qt::MiddleButton;
    m_pressedAt = event->position();
    m_scrollAtPress = m_layout.scroll();
    if (m_isPanning)
        setCursor(Qt::ClosedHandCursor);
}

void MapCanvas::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    if (isEmpty()) {
        update();
        return;
    }
    if (!m_isPressed) {
        updateHover(event->position());
        return;
    }
    const QPointF moved = event->position() - m_pressedAt;
    if (!m_isPanning && moved.manhattanLength() >= QApplication::startDragDistance()) {
        m_isPanning = true;
        setCursor(Qt::ClosedHandCursor);
    }
    if (!m_isPanning)
        return;
    const qreal ratio = m_layout.ratio();
    const QPoint goal = m_scrollAtPress
        - QPoint(static_cast<int>(std::lround(moved.x() * ratio)),
            static_cast<int>(std::lround(moved.y() * ratio)));
    scrollBy(goal - m_layout.scroll());
}

void MapCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    const bool isClick = m_isPressed && !m_isPanning && event->button() == Qt::LeftButton;
    m_isPressed = false;
    m_isPanning = false;
    unsetCursor();
    if (!isClick)
        return;
    requestSelection(selectionAt(event->position()));
    const MapLayout::Hit hit = isEmpty() ? MapLayout::Hit {} : m_layout.hit(toDevice(event->position()));
    if (level() == MapLevel::Byte && hit.what == MapLayout::Hit::What::Page)
        chooseByte(hit.address);
}

void MapCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || isEmpty())
        return;
    const Selection selection = selectionAt(event->position());
    if (selection.what != Selection::What::Nothing)
        requestSelection(selection);
    stepLevel(1);
}

void MapCanvas::leaveEvent(QEvent*)
{
    m_hoverTimer.stop();
    hideHints();
    m_hover = {};
    Q_EMIT hintChanged({});
    update();
}

void MapCanvas::focusInEvent(QFocusEvent* event)
{
    const Qt::FocusReason reason = event->reason();
    m_showsFocus =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    update();
}

void MapCanvas::focusOutEvent(QFocusEvent*)
{
    m_showsFocus = false;
    update();
}

/// What a tip tells about the point; empty where there is nothing.
QStringList MapCanvas::linesAt(QPointF point) const
{
    const MapLayout::Hit hit = m_layout.hit(toDevice(point));
    if (hit.what == MapLayout::Hit::What::Break)
        return breakLines(m_layout.items()[hit.item].gap);
    if (hit.what == MapLayout::Hit::What::Page && m_layout.cellLevel() > 0) {
        const Bytes bytes = m_layout.cellPages() * m_layout.pageBytes();
        const Address end = std::min(hit.address + bytes, m_layout.items()[hit.item].range.end);
        return cellTooltipLines(*m_snapshot, { hit.address, end });
    }
    const MapTarget target = targetUnder(point);
    if (target.kind == MapTarget::Kind::Nothing)
        return {};
    if (level() == MapLevel::Byte && hit.what == MapLayout::Hit::What::Page)
        return byteLinesAt(target, hit.address);
    if (level() == MapLevel::Heap)
        return pageTooltipLines(*m_snapshot, hit.address);
    QString site;
    if (m_siteResolver && target.block != nullptr)
        site = m_siteResolver(target.block->stack);
    return tooltipLines(*m_snapshot, target, site);
}

void MapCanvas::updateHover(QPointF point)
{
    const Selection now = selectionAt(point);
    const MapLayout::Hit hit = m_layout.hit(toDevice(point));
    // Pages that share a cell, and breaks, are no selection of their own but have their tip.
    const bool isFine =
        m_layout.cellLevel() > 0 || level() == MapLevel::Byte || hit.what == MapLayout::Hit::What::Break;
    // And the loupe follows from page to page of one run.
    const bool isPage = hit.what == MapLayout::Hit::What::Page && level() <= MapLevel::Chunk;
    const Address at = isFine && hit.what != MapLayout::Hit::What::Nothing ? hit.address
        : isPage ? pageSelection(*m_snapshot, hit.address).range.begin
                 : Address {};
    if (now == m_hover && at == m_hoverAt)
        return;
    m_hover = now;
    m_hoverAt = at;
    update();
    const MapTarget target = targetUnder(point);
    const QString hint = isFine                   ? linesAt(point).join(QStringLiteral(", "))
        : target.kind == MapTarget::Kind::Nothing ? QString()
                                                  : oneLine(*m_snapshot, target);
    Q_EMIT hintChanged(hint);
    if (now.what == Selection::What::Nothing && hit.what != MapLayout::Hit::What::Break) {
        m_hoverTimer.stop();
        hideHints();
    } else if (m_tip->isVisible() || m_loupe->isVisible()) {
        // Between items the next tip comes at once.
        showTip();
    } else {
        m_hoverTimer.start();
    }
}

void MapCanvas::showTip()
{
    if (showLoupe())
        return;
    const QStringList lines = linesAt(m_pointer);
    if (lines.isEmpty()) {
        m_tip->hide();
        return;
    }
    // Of a run over many pages only the page under the pointer is to stay free.
    QRect item;
    const bool isByte = level() == MapLevel::Byte && !m_hoverAt.isNull();
    for (const QRect& rect :
        m_layout.rectsOf(isByte ? AddressRange { m_hoverAt, m_hoverAt + 1 } : m_hover.range))
        item = rect.contains(toDevice(m_pointer)) ? rect : item;
    const qreal ratio = m_layout.ratio();
    const QRectF shown(item.left() / ratio, item.top() / ratio, item.width() / ratio, item.height() / ratio);
    m_tip->showLines(lines, m_pointer.toPoint(),
        shown.toAlignedRect().size().width() > 400 ? QRect() : shown.toAlignedRect());
}

void MapCanvas::moveByChunk(bool isForward)
{
    const auto& items = m_layout.items();
    if (items.empty())
        return;
    std::size_t index = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].range.contains(m_selection.range.begin))
            continue;
        if (m_selection.what != Selection::What::Chunk)
            index = i;
        else if (isForward)
            index = std::min(i + 1, items.size() - 1);
        else
            index = i == 0 ? 0 : i - 1;
    }
    requestSelection({ Selection::What::Chunk, items[index].range });
}

void MapCanvas::moveByPages(int dx, int dy)
{
    const ChunkRow* chunk = m_snapshot->chunkAt(m_selection.range.begin);
    const Bytes pageBytes = m_snapshot->pageBytes();
    if (chunk == nullptr || chunk->pageCount == 0) {
        const auto& items = m_layout.items();
        if (!items.empty())
            requestSelection(pageSelection(*m_snapshot, items.front().range.begin));
        return;
    }
    if (m_selection.what != Selection::What::Page && m_selection.what != Selection::What::Chunk) {
        // From a block first to its own page.
        requestSelection(pageSelection(*m_snapshot, m_selection.range.begin));
        return;
    }
    const auto page = static_cast<std::int64_t>((m_selection.range.begin - chunk->range.begin) / pageBytes);
    const std::int64_t next = page + dx + dy * MapLayout::pagesPerRow;
    if (next >= 0 && next < std::int64_t { chunk->pageCount }) {
        requestSelection(
            pageSelection(*m_snapshot, chunk->range.begin + static_cast<Bytes>(next) * pageBytes));
        return;
    }
    // Over the edge: the neighbouring chunk in drawing order.
    const auto& items = m_layout.items();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].range.contains(m_selection.range.begin))
            continue;
        if (next < 0 && i > 0)
            requestSelection(pageSelection(*m_snapshot, items[i - 1].range.end - 1));
        else if (next > 0 && i + 1 < items.size())
            requestSelection(pageSelection(*m_snapshot, items[i + 1].range.begin));
        return;
    }
}

void MapCanvas::moveSelection(int key)
{
    const bool isForward = key == Qt::Key_Right || key == Qt::Key_Down;
    const bool isVertical = key == Qt::Key_Up || key == Qt::Key_Down;
    const int step = isForward ? 1 : -1;
    switch (level()) {
    case MapLevel::Heap:
        moveByChunk(isForward);
        break;
    case MapLevel::Chunk:
        moveByPages(isVertical ? 0 : step, isVertical ? step : 0);
        break;
    case MapLevel::Byte:
        moveByByte(key);
        break;
    case MapLevel::Page:
    case MapLevel::Slot: {
        Selection from = m_selection;
        if (from.what == Selection::What::Page || from.what == Selection::What::Chunk) {
            // Going in: the first thing of the page.
            requestSelection(targetAt(*m_snapshot, from.range.begin).selection());
            break;
        }
        if (isVertical && from.what != Selection::What::Nothing) {
            // One row of bytes up or down, wherever that lands.
            const Bytes row = m_layout.rowBytes();
            const ChunkRow* chunk = m_snapshot->chunkAt(from.range.begin);
            const Address at = isForward
                ? std::max(from.range.begin + row, from.range.end)
                : Address { from.range.begin.value - std::min(row, from.range.begin.value) };
            if (chunk != nullptr && chunk->range.contains(at)) {
                requestSelection(targetAt(*m_snapshot, at).selection());
                break;
            }
        }
        requestSelection(neighbour(*m_snapshot, from, isForward));
        break;
    }
    }
    revealSelection();
}

void MapCanvas::keyPressEvent(QKeyEvent* event)
{
    if (isEmpty()) {
        const bool isGo = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (isGo && m_snapshot != nullptr)
            Q_EMIT firstAllocationRequested();
        else
            QWidget::keyPressEvent(event);
        return;
    }
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    if (modifiers != Qt::NoModifier) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        moveSelection(event->key());
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (level() == MapLevel::Byte)
            followPointer();
        else
            stepLevel(1);
        break;
    case Qt::Key_Backspace:
        stepLevel(-1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAt(middle(), zoomStep);
        break;
    case Qt::Key_Minus:
        zoomAt(middle(), 1 / zoomStep);
        break;
    case Qt::Key_0:
        fit();
        break;
    case Qt::Key_S:
        Q_EMIT slackToggleRequested();
        break;
    case Qt::Key_PageDown:
        scrollBy({ 0, m_layout.body().height() * 9 / 10 });
        break;
    case Qt::Key_PageUp:
        scrollBy({ 0, -m_layout.body().height() * 9 / 10 });
        break;
    case Qt::Key_Escape:
        if (m_tip->isVisible() || m_loupe->isVisible())
            hideHints();
        else if (m_isolated || m_isolatedBand)
            Q_EMIT isolationCleared();
        else if (m_siteLayer.site() != 0)
            Q_EMIT siteCleared();
        else if (m_boxLayer.box())
            Q_EMIT boxCleared();
        else if (m_selection.what != Selection::What::Nothing)
            requestSelection({});
        else
            QWidget::keyPressEvent(event);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void MapCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    if (isEmpty())
        return;
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const Selection picked = byKey ? m_selection : selectionAt(event->pos());
    m_tip->hide();
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("mapContextMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (picked.what != Selection::What::Nothing) {
        requestSelection(picked);
        const Address address = picked.range.begin;
        menu->addAction(icons::icon(u"copy"), tr("Copy address %1").arg(wording::address(address)), this,
            [address] { QGuiApplication::clipboard()->setText(wording::address(address)); });
        const RegionRow* region = m_snapshot->regionAt(address);
        if (region != nullptr && !(region->range == picked.range)) {
            const AddressRange run = region->range;
            menu->addAction(tr("Select run"), this, [this, run] {
                requestSelection({ Selection::What::Region, run });
                revealSelection();
            });
        }
        if (picked.what != Selection::What::Page) {
            const Selection page = pageSelection(*m_snapshot, address);
            menu->addAction(tr("Select page"), this, [this, page] { requestSelection(page); });
        }
        const ChunkRow* chunk = m_snapshot->chunkAt(address);
        if (chunk != nullptr && picked.what != Selection::What::Chunk) {
            const AddressRange range = chunk->range;
            menu->addAction(tr("Select chunk"), this, [this, range] {
                requestSelection({ Selection::What::Chunk, range });
            });
        }
        menu->addSeparator();
        const HeapBytesPtr bytes = level() == MapLevel::Byte ? bytesAt(address) : nullptr;
        if (bytes != nullptr) {
            const bool isField = picked.range.contains(m_byteRange.begin);
            addCopyActions(menu, bytes, isField ? m_byteRange : picked.range);
            menu->addSeparator();
        }
    }
    QAction* in = menu->addAction(icons::icon(u"plus"), tr("One level in"), this, [this] { stepLevel(1); });
    in->setShortcut(Qt::Key_Return);
    in->setEnabled(level() != MapLevel::Byte);
    QAction* out =
        menu->addAction(icons::icon(u"minus"), tr("One level out"), this, [this] { stepLevel(-1); });
    out->setShortcut(Qt::Key_Backspace);
    out->setEnabled(level() != MapLevel::Heap);
    QAction* whole = menu->addAction(icons::icon(u"fit"), tr("Fit"), this, [this] { fit(); });
    whole->setShortcut(Qt::Key_0);
    menu->popup(event->globalPos());
}

void MapCanvas::describe()
{
    if (isEmpty()) {
        setAccessibleDescription(tr("Nothing allocated"));
        return;
    }
    const HeapTotals& totals = m_snapshot->totals();
    QString text =
        tr("Event %1. %2 chunks, %3 huge blocks. %4 in use of %5.")
            .arg(wording::count(m_snapshot->eventIndex()), wording::count(totals.chunks),
                wording::count(totals.hugeBlocks), wording::size(totals.live), wording::size(totals.real));
    if (m_selection.what != Selection::What::Nothing) {
        const MapTarget target = targetAt(*m_snapshot, m_selection.range.begin);
        if (target.kind != MapTarget::Kind::Nothing)
            text += tr(" Selected: %1.").arg(oneLine(*m_snapshot, target));
    }
    setAccessibleDescription(text);
}

} // namespace heapatlas
