// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapcanvas.h"

#include "ui/theme/fonts.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mapitems.h"
#include "ui/views/map/maploupe.h"
#include "ui/views/map/mappainter.h"
#include "ui/views/map/maprings.h"
#include "ui/widgets/hovertip.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int fadeMs = 120;
constexpr int zoomMs = 90;
constexpr int hoverMs = 250;

} // namespace

MapCanvas::MapCanvas(QWidget* parent)
    : QWidget(parent)
    , m_items(std::make_unique<MapItems>(this))
    , m_loupe(new MapLoupe(this))
    , m_tip(new HoverTip(this))
{
    setObjectName(QStringLiteral("mapCanvas"));
    setAccessibleName(tr("Heap map"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_AcceptTouchEvents);
    grabGesture(Qt::PinchGesture);
    setMinimumSize(320, 200);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &MapCanvas::markDirty);

    m_hoverTimer.setSingleShot(true);
    m_hoverTimer.setInterval(hoverMs);
    connect(&m_hoverTimer, &QTimer::timeout, this, &MapCanvas::showTip);
    m_fade.setDuration(fadeMs);
    m_fade.setEasingCurve(QEasingCurve::OutCubic);
    m_fade.setStartValue(1.0);
    m_fade.setEndValue(0.0);
    connect(&m_fade, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
    connect(&m_fade, &QVariantAnimation::finished, this, [this] { m_fadingOut = {}; });
    m_zoom.setDuration(zoomMs);
    m_zoom.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_zoom, &QVariantAnimation::valueChanged, this,
        [this](const QVariant& width) { zoomTo(width.toDouble(), m_zoomAnchor, false); });
    describe();
}

MapCanvas::~MapCanvas() { m_items.reset(); } // nobody asks a canvas that is half gone

bool MapCanvas::isEmpty() const { return m_snapshot == nullptr || m_snapshot->chunks().empty(); }

bool MapCanvas::isAnimating() const
{
    return m_fade.state() == QVariantAnimation::Running || m_zoom.state() == QVariantAnimation::Running;
}

void MapCanvas::setSnapshot(SnapshotPtr snapshot)
{
    if (snapshot == m_snapshot)
        return;
    m_snapshot = std::move(snapshot);
    m_cache.pyramid.setSnapshot(m_snapshot);
    if (isEmpty()) {
        m_layout.clear();
        m_hasFitted = false;
    } else if (!m_hasFitted) {
        fit();
        m_hasFitted = !size().isEmpty();
    } else {
        rebuild(m_layout.pageWidth(), middle());
    }
    if (m_hover.what != Selection::What::Nothing)
        updateHover(m_pointer);
    m_items->itemsChanged();
    describe();
    markDirty();
}

void MapCanvas::setSelection(const Selection& selection)
{
    if (m_selection == selection)
        return;
    m_selection = selection;
    describe();
    m_items->selectionMoved();
    update();
}

void MapCanvas::setSlackShown(bool on)
{
    m_isSlackShown = on;
    markDirty();
}

void MapCanvas::setIsolated(std::optional<MapState> state)
{
    m_isolated = state;
    markDirty();
}

void MapCanvas::setSiteResolver(SiteResolver resolver)
{
    m_siteResolver = std::move(resolver);
    m_cache.tiles.clear();
    m_bands.setResolver(m_siteResolver);
    markDirty();
}

void MapCanvas::setStale(bool isStale)
{
    if (m_isStale == isStale)
        return;
    m_isStale = isStale;
    update();
}

void MapCanvas::markDirty()
{
    m_isDirty = true;
    update();
}

QPoint MapCanvas::toDevice(QPointF point) const
{
    const qreal ratio = m_layout.ratio();
    return { static_cast<int>(std::floor(point.x() * ratio)),
        static_cast<int>(std::floor(point.y() * ratio)) };
}

QPointF MapCanvas::middle() const
{
    const QRect body = m_layout.body();
    return QPointF(body.center()) / m_layout.ratio();
}

void MapCanvas::rebuild(double pageWidth, QPointF anchor)
{
    if (isEmpty())
        return;
    const MapLevel before = m_layout.level();
    const qreal ratio = devicePixelRatioF();
    const QSize viewport(
        static_cast<int>(std::lround(width() * ratio)), static_cast<int>(std::lround(height() * ratio)));
    const QImage old = m_picture;
    m_layout.rebuildAbout(*m_snapshot, viewport, ratio, pageWidth, toDevice(anchor));
    if (before != m_layout.level() && !old.isNull() && isAnimationOn() && isVisible()) {
        m_fadingOut = old;
        m_fade.start();
    }
    afterChange(before);
}

void MapCanvas::afterChange(MapLevel before)
{
    markDirty();
    hideHints();
    m_items->itemsChanged();
    if (before != m_layout.level())
        Q_EMIT levelChanged(m_layout.level());
    describe();
    Q_EMIT viewChanged();
}

void MapCanvas::zoomTo(double pageWidth, QPointF anchor, bool isAnimated)
{
    if (isEmpty())
        return;
    pageWidth = std::clamp(pageWidth, MapLayout::minPageWidth, MapLayout::maxPageWidth);
    if (!isAnimated || !isAnimationOn()) {
        rebuild(pageWidth, anchor);
        return;
    }
    m_zoom.stop();
    m_zoomAnchor = anchor;
    m_zoomTarget = pageWidth;
    m_zoom.setStartValue(m_layout.pageWidth());
    m_zoom.setEndValue(pageWidth);
    m_zoom.start();
}

void MapCanvas::zoomAt(QPointF point, double factor)
{
    const bool isRunning = m_zoom.state() == QVariantAnimation::Running;
    zoomTo((isRunning ? m_zoomTarget : m_layout.pageWidth()) * factor, point, true);
}

void MapCanvas::fit()
{
    if (isEmpty())
        return;
    const std::optional<std::uint32_t> chunk = chunkInView();
    // A layout knows its fit only with its viewport.
    rebuild(m_layout.pageWidth(), middle());
    const bool isHeap = m_hasFitted && level() == MapLevel::Heap;
    rebuild(m_layout.widthFor(isHeap ? MapLevel::Heap : MapLevel::Chunk, *m_snapshot), middle());
    if (const MapLayout::Item* item = m_layout.itemAt(m_selection.range.begin))
        showChunk(item->chunkRow);
    else
        showChunk(m_hasFitted && chunk ? *chunk : firstChunk());
}

/// The chunk that the engine has had for longest; newer ones often have lower addresses.
std::uint32_t MapCanvas::firstChunk() const
{
    const auto chunks = m_snapshot->chunks();
    std::uint32_t first = 0;
    for (std::uint32_t i = 1; i < chunks.size(); ++i) {
        const bool isBetter = (chunks[first].pageCount == 0) != (chunks[i].pageCount == 0)
            ? chunks[i].pageCount != 0
            : chunks[i].ordinal < chunks[first].ordinal;
        first = isBetter ? i : first;
    }
    return first;
}

void MapCanvas::setLevel(MapLevel level)
{
    if (isEmpty() || level == m_layout.level())
        return;
    m_zoom.stop();
    AddressRange goal = m_selection.range;
    if (m_layout.itemAt(goal.begin) == nullptr || goal.isEmpty()) {
        // Nothing selected: go on with what is in the middle, or at the upper left if that is a gap.
        const AddressRange seen = visibleRange();
        const MapLayout::Hit hit = m_layout.hit(toDevice(middle()));
        Address at = hit.what == MapLayout::Hit::What::Page ? hit.address : seen.begin;
        const RegionRow* region = m_snapshot->regionAt(at);
        // Closer up a hole is nothing to look at: the page before it, which there is, for chunks begin with a header.
        if (level > MapLevel::Chunk && region != nullptr && region->kind == RegionKind::Free
            && m_snapshot->chunkAt(region->range.begin - 1) == m_snapshot->chunkAt(at))
            at = region->range.begin - m_snapshot->pageBytes();
        goal = { at, at + 1 };
    }
    rebuild(m_layout.widthFor(level, *m_snapshot), middle());
    if (level == MapLevel::Chunk) {
        if (const MapLayout::Item* item = m_layout.itemAt(goal.begin))
            showChunk(item->chunkRow);
        return;
    }
    moveBy([&] {
        m_layout.centreOn(goal);
        m_layout.alignToPages();
    });
}

void MapCanvas::centreOn(AddressRange range)
{
    moveBy([&] { m_layout.centreOn(range); });
}

/// Changes the layout's scroll position, and tells if it is another one then.
void MapCanvas::moveBy(const std::function<void()>& move)
{
    const QPoint before = m_layout.scroll();
    move();
    if (m_layout.scroll() != before)
        afterChange(m_layout.level());
}

void MapCanvas::scrollBy(QPoint device)
{
    moveBy([&] { m_layout.setScroll(m_layout.scroll() + device); });
}

void MapCanvas::revealSelection()
{
    const bool isByte = level() == MapLevel::Byte && !m_byteRange.isEmpty();
    const std::vector<QRect> rects = m_layout.rectsOf(isByte ? m_byteRange : m_selection.range);
    if (rects.empty())
        return;
    QRect goal = rects.front();
    for (const QRect& rect : rects)
        goal |= rect;
    const int margin = m_layout.px(8);
    const QRect body = m_layout.body().adjusted(margin, margin + m_layout.pageCaption(), -margin, -margin);
    goal.setSize(goal.size().boundedTo(body.size()));
    QPoint by;
    if (goal.left() < body.left())
        by.setX(goal.left() - body.left());
    else if (goal.right() > body.right())
        by.setX(goal.right() - body.right());
    if (goal.top() < body.top())
        by.setY(goal.top() - body.top());
    else if (goal.bottom() > body.bottom())
        by.setY(goal.bottom() - body.bottom());
    if (!by.isNull())
        scrollBy(by);
}

void MapCanvas::showChunk(std::uint32_t chunkRow)
{
    moveBy([&] { m_layout.showChunk(chunkRow); });
}

std::optional<std::uint32_t> MapCanvas::chunkInView() const
{
    const MapLayout::Span items = m_layout.visibleItems();
    const int middleY = m_layout.body().center().y();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (m_layout.itemRect(item).bottom() >= middleY || i + 1 == items.end)
            return item.chunkRow;
    }
    return std::nullopt;
}

AddressRange MapCanvas::visibleRange() const
{
    AddressRange range { Address { ~std::uint64_t { 0 } }, Address { 0 } };
    const Bytes rowBytes = m_layout.pageBytes() * m_layout.rowPages();
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        const MapLayout::Span rows = m_layout.visibleRows(item);
        if (item.pages != 0 && rows.begin >= rows.end)
            continue;
        const Address begin = item.range.begin + static_cast<Bytes>(rows.begin) * rowBytes;
        const Address end =
            item.pages == 0 ? item.range.end : item.range.begin + static_cast<Bytes>(rows.end) * rowBytes;
        range.begin = std::min(range.begin, begin);
        range.end = std::max(range.end, std::min(end, item.range.end));
    }
    return range.isEmpty() ? AddressRange {} : range;
}

std::size_t MapCanvas::visiblePages() const
{
    std::size_t pages = 0;
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Span rows = m_layout.visibleRows(m_layout.items()[static_cast<std::size_t>(i)]);
        pages += static_cast<std::size_t>(rows.end - rows.begin) * m_layout.rowPages();
    }
    return pages;
}

QImage MapCanvas::picture(QSize size, qreal devicePixelRatio) const
{
    const QSize device(static_cast<int>(std::lround(size.width() * devicePixelRatio)),
        static_cast<int>(std::lround(size.height() * devicePixelRatio)));
    QImage image(device, QImage::Format_RGB32);
    if (isEmpty()) {
        image.fill(Theme::current().canvas);
        image.setDevicePixelRatio(devicePixelRatio);
        QPainter painter(&image);
        paintEmpty(painter, size);
        return image;
    }
    // The same level in another frame: fitted levels fit anew, others keep their page width.
    MapLayout layout;
    layout.rebuild(*m_snapshot, device, devicePixelRatio, m_layout.pageWidth());
    layout.rebuild(*m_snapshot, device, devicePixelRatio, layout.widthFor(level(), *m_snapshot));
    const MapLayout::Item* item = layout.itemAt(m_selection.range.begin);
    if (m_selection.what == Selection::What::Nothing || item == nullptr) {
        layout.startAs(m_layout);
    } else if (level() == MapLevel::Chunk) {
        layout.showChunk(item->chunkRow);
    } else {
        layout.centreOn(m_selection.range);
        layout.alignToPages();
    }
    MapCache cache;
    cache.pyramid.setSnapshot(m_snapshot);
    render(image, layout, cache);
    QPainter painter(&image);
    paintRings(painter, layout, {});
    return image;
}

void MapCanvas::resizeEvent(QResizeEvent*)
{
    if (!m_hasFitted && !isEmpty()) {
        fit();
        m_hasFitted = true;
        return;
    }
    // A fitted chunk stays fitted.
    const bool wasFitted = std::abs(m_layout.pageWidth() - m_layout.chunkFit()) < 0.5;
    const QPointF corner = QPointF(m_layout.body().topLeft()) / m_layout.ratio();
    rebuild(m_layout.pageWidth(), corner);
    if (wasFitted)
        rebuild(m_layout.chunkFit(), corner);
}

void MapCanvas::paintRings(QPainter& painter, const MapLayout& layout, const Selection& hover) const
{
    painter.save();
    const qreal r = layout.ratio();
    const QRect body = layout.body();
    painter.setClipRect(QRectF(body.left() / r, body.top() / r, body.width() / r, body.height() / r));
    m_boxLayer.paint(painter, layout, m_snapshot);
    m_siteLayer.paint(painter, layout, m_snapshot);
    if (hover.what != Selection::What::Nothing && !(hover == m_selection))
        maprings::hover(painter, layout, hover.range);
    if (m_selection.what != Selection::What::Nothing)
        maprings::selection(painter, layout, m_selection.range);
    if (layout.level() == MapLevel::Byte && !m_byteRange.isEmpty())
        maprings::hover(painter, layout, m_byteRange);
    painter.restore();
}

QRectF MapCanvas::emptyButton(QSize size) const
{
    const double width =
        QFontMetricsF(fonts::ui(13, QFont::Medium)).horizontalAdvance(tr("Go to first allocation")) + 28;
    return { (size.width() - width) / 2, size.height() / 2.0 + 10, width, 32 };
}

void MapCanvas::paintEmpty(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(fonts::body());
    painter.setPen(theme.text2);
    const QRectF line(0, size.height() / 2.0 - 24, size.width(), 24);
    if (m_snapshot == nullptr) {
        // Loading shows itself elsewhere; an empty canvas says nothing about the heap.
        return;
    }
    painter.drawText(
        line, Qt::AlignCenter, tr("Nothing allocated yet at event %1").arg(m_snapshot->eventIndex()));
    const QRectF button = emptyButton(size).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setBrush(button.contains(m_pointer) ? theme.hover : theme.raised);
    painter.setPen(hasFocus() ? QPen(theme.accent, 2) : QPen(theme.lineStrong));
    painter.drawRoundedRect(button, 6, 6);
    painter.setPen(theme.text);
    painter.setFont(fonts::ui(13, QFont::Medium));
    painter.drawText(button, Qt::AlignCenter, tr("Go to first allocation"));
}

void MapCanvas::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (isEmpty()) {
        painter.fillRect(rect(), theme.canvas);
        paintEmpty(painter, size());
        return;
    }
    if (m_isDirty || m_picture.isNull()
        || std::abs(m_picture.devicePixelRatio() - devicePixelRatioF()) > 0.001) {
        if (std::abs(m_layout.ratio() - devicePixelRatioF()) > 0.001)
            rebuild(m_layout.pageWidth(), middle());
        render(m_picture, m_layout, m_cache);
        m_isDirty = false;
    }
    painter.drawImage(QPoint(0, 0), m_picture);
    if (!m_fadingOut.isNull()) {
        painter.setOpacity(m_fade.currentValue().toDouble());
        painter.drawImage(QPoint(0, 0), m_fadingOut);
        painter.setOpacity(1);
    }
    paintRings(painter, m_layout, m_hover);
    if (m_isStale) {
        QColor veil = theme.canvas;
        veil.setAlphaF(0.35F);
        painter.fillRect(rect(), veil);
    }
    if (m_showsFocus) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

} // namespace heapatlas
