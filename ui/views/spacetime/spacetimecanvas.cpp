// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimecanvas.h"

#include "ui/theme/fonts.h"
#include "ui/theme/thememanager.h"
#include "ui/views/spacetime/spacetimelabels.h"
#include "ui/views/spacetime/spacetimepixels.h"
#include "ui/widgets/hovertip.h"

#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int tipDelayMs = 250;
constexpr Bytes pageBytes = 4096;
constexpr Bytes firstLensPages = 7;

} // namespace

SpacetimeCanvas::SpacetimeCanvas(QWidget* parent)
    : QWidget(parent)
    , m_access(this)
    , m_bar(new QScrollBar(Qt::Vertical, this))
    , m_tip(new HoverTip(this))
{
    setObjectName(QStringLiteral("spacetimeCanvas"));
    setAccessibleName(tr("Chunks over time"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(300, 200);
    m_bar->setObjectName(QStringLiteral("spacetimeScroll"));
    m_bar->setAccessibleName(tr("Chunks"));
    m_bar->hide();
    connect(m_bar, &QScrollBar::valueChanged, this, [this](int value) {
        if (value == static_cast<int>(std::lround(m_scroll)))
            return;
        m_scroll = value;
        m_isScrolledByHand = true;
        relayout();
    });
    m_tipTimer.setSingleShot(true);
    m_tipTimer.setInterval(tipDelayMs);
    connect(&m_tipTimer, &QTimer::timeout, this, &SpacetimeCanvas::showTip);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] { repaintData(); });
}

SpacetimeCanvas::~SpacetimeCanvas() = default;

void SpacetimeCanvas::clear()
{
    const SiteResolver resolver = m_scene.siteName;
    m_scene = {};
    m_scene.siteName = resolver;
    m_zooms.clear();
    m_scroll = 0;
    hideTip();
    relayout();
}

void SpacetimeCanvas::setShare(double share)
{
    share = std::clamp(share, 0.1, 0.9);
    if (share == m_share)
        return;
    m_share = share;
    relayout();
}

void SpacetimeCanvas::setGrids(SpacetimeGridPtr overview, SpacetimeGridPtr detail, std::uint64_t events)
{
    const bool isFirst = m_scene.overview == nullptr && overview != nullptr;
    m_scene.overview = std::move(overview);
    m_scene.detail = std::move(detail);
    m_scene.events = events;
    m_scene.rows = SpacetimeRows::of(m_scene.overview.get(), m_scene.detail.get());
    m_scene.lensBand = m_scene.lens.isEmpty() ? -1 : m_scene.rows.bandOf(m_scene.lens.begin);
    if (isFirst)
        m_scene.range = whole();
    relayout();
    if (!m_isScrolledByHand)
        scrollToLens(); // its chunk may stand elsewhere among more of them
    if (isFirst)
        Q_EMIT stretchChanged();
}

void SpacetimeCanvas::setScale(EventScalePtr scale)
{
    if (scale == nullptr || scale == m_scene.scale)
        return;
    const double from = m_scene.scale->positionAt(m_scene.range.begin);
    const bool isToTheEnd = m_scene.range.end >= whole().end;
    const double to =
        isToTheEnd ? static_cast<double>(m_scene.events) : m_scene.scale->positionAt(m_scene.range.end);
    m_scene.scale = std::move(scale);
    m_scene.range = { m_scene.scale->valueAt(from), m_scene.scale->valueAt(to) };
    if (m_scene.range.span() <= 0)
        m_scene.range = whole();
    m_zooms.clear();
    repaintData();
    Q_EMIT stretchChanged();
}

void SpacetimeCanvas::setLives(LifeBarsPtr lives)
{
    m_scene.lives = std::move(lives);
    m_isLensDirty = true;
    m_access.itemsChanged();
    update();
}

void SpacetimeCanvas::setMarkers(std::vector<std::uint64_t> gcRuns, std::vector<std::uint64_t> checkpoints)
{
    m_scene.gcRuns = std::move(gcRuns);
    m_scene.checkpoints = std::move(checkpoints);
    update();
}

void SpacetimeCanvas::setMoment(std::uint64_t cursor, SnapshotPtr snapshot)
{
    m_scene.cursor = cursor;
    if (snapshot == nullptr || snapshot->detail() >= Detail::Regions)
        m_scene.snapshot = std::move(snapshot);
    update();
}

void SpacetimeCanvas::setSelection(const Selection& selection, std::optional<std::uint64_t> birth)
{
    m_scene.selection = selection;
    m_scene.hasSelectedBirth = birth.has_value();
    m_scene.selectedBirth = birth.value_or(0);
    m_access.selectionMoved();
    update();
}

void SpacetimeCanvas::setFilter(const std::optional<BoxFilter>& filter)
{
    m_scene.filter = filter;
    update();
}

void SpacetimeCanvas::setIsolated(std::optional<MapState> state)
{
    m_scene.isolated = state;
    repaintData();
}

void SpacetimeCanvas::setSiteResolver(SiteResolver resolver) { m_scene.siteName = std::move(resolver); }

void SpacetimeCanvas::setOccupancyShown(bool on)
{
    m_scene.isOccupancyShown = on;
    repaintData();
}

void SpacetimeCanvas::setNotice(const QString& text)
{
    if (text == m_notice)
        return;
    m_notice = text;
    setAccessibleDescription(text);
    update();
}

void SpacetimeCanvas::repaintData()
{
    m_isBandsDirty = true;
    m_isLensDirty = true;
    update();
}

SpacetimeLayout::Input SpacetimeCanvas::inputFor(
    const SpacetimeScene& scene, QSize size, double share, double scroll)
{
    SpacetimeLayout::Input input;
    input.size = size;
    input.bands = static_cast<int>(scene.rows.bands.size());
    input.hugeLines = scene.rows.hugeLines;
    input.share = share;
    input.scroll = scroll;
    input.textScale = fonts::textScale();
    return input;
}

void SpacetimeCanvas::relayout()
{
    m_scene.layout = SpacetimeLayout(inputFor(m_scene, size(), m_share, m_scroll));
    m_scroll = m_scene.layout.scroll();
    const QRectF area = m_scene.layout.bandsArea();
    const int most = static_cast<int>(std::ceil(m_scene.layout.mostScroll()));
    m_bar->setVisible(most > 0);
    m_bar->setGeometry(width() - 12, static_cast<int>(area.top()), 12, static_cast<int>(area.height()));
    m_bar->setPageStep(static_cast<int>(area.height()));
    m_bar->setSingleStep(static_cast<int>(m_scene.layout.bandHeight()));
    const QSignalBlocker ours(m_bar); // not somebody's hand
    m_bar->setRange(0, most);
    m_bar->setValue(static_cast<int>(std::lround(m_scroll)));
    m_access.itemsChanged();
    repaintData();
}

AxisRange SpacetimeCanvas::whole() const
{
    const double end = m_scene.scale->valueAt(static_cast<double>(m_scene.events));
    return { m_scene.scale->valueAt(0), std::max(end, m_scene.scale->valueAt(0) + 1e-6) };
}

double SpacetimeCanvas::leastSpan() const
{
    // Some tens of events, whatever the axis counts.
    return std::max(whole().span() / std::max(1.0, static_cast<double>(m_scene.events)) * 32, 1e-9);
}

std::uint64_t SpacetimeCanvas::firstPosition() const { return m_scene.positionAt(m_scene.layout.left()); }

std::uint64_t SpacetimeCanvas::lastPosition() const
{
    // Where the axis stands still at its end (frees ask for no bytes), all of that belongs to it.
    if (m_scene.range.end >= whole().end)
        return m_scene.events;
    const double position = std::ceil(m_scene.scale->positionAt(m_scene.range.end));
    return std::min(m_scene.events, static_cast<std::uint64_t>(std::max(0.0, position)));
}

unsigned SpacetimeCanvas::columns() const
{
    return static_cast<unsigned>(std::max(1.0, m_scene.layout.width() * devicePixelRatioF()));
}

void SpacetimeCanvas::setRange(const AxisRange& range)
{
    if (range == m_scene.range || range.span() <= 0)
        return;
    m_scene.range = range;
    m_access.itemsChanged();
    repaintData();
    Q_EMIT stretchChanged();
}

void SpacetimeCanvas::setWindow(AddressRange window)
{
    if (window == m_scene.lens)
        return;
    m_scene.lens = window;
    m_scene.lensBand = m_scene.rows.bandOf(window.begin);
    m_isLensDirty = true;
    m_access.itemsChanged();
    m_isScrolledByHand = false;
    scrollToLens();
    update();
    Q_EMIT windowChanged();
}

void SpacetimeCanvas::scrollToLens()
{
    if (m_scene.lensBand < 0 || m_drag == Drag::Lens)
        return;
    const double scroll = m_scene.layout.scrollTo(m_scene.lensBand);
    if (scroll == m_scroll)
        return;
    m_scroll = scroll;
    relayout();
}

void SpacetimeCanvas::showAddress(Address address, Bytes size)
{
    const int band = m_scene.rows.bandOf(address);
    if (band < 0) {
        for (const HugeBar& bar : m_scene.rows.huge) {
            if (bar.range.contains(address)) {
                setWindow(bar.range);
                return;
            }
        }
        return;
    }
    const AddressRange block { address, address + std::max<Bytes>(size, 1) };
    if (m_scene.lens.contains(block.begin) && m_scene.lens.contains(block.end - 1))
        return;
    const AddressRange chunk = m_scene.rows.bands[static_cast<std::size_t>(band)].range;
    Bytes pages = m_scene.lensBand < 0 ? firstLensPages : m_scene.lens.size() / pageBytes;
    const Bytes offset = (block.begin - chunk.begin) / pageBytes;
    const Bytes last = (std::min(block.end, chunk.end) - 1 - chunk.begin) / pageBytes;
    pages = std::max(pages, std::min<Bytes>(last - offset + 1, 64));
    const Bytes all = chunk.size() / pageBytes;
    const Bytes middle = (offset + last) / 2;
    const Bytes first = std::min(middle - std::min(middle, pages / 2), all - std::min(all, pages));
    setWindow({ chunk.begin + first * pageBytes, chunk.begin + std::min(all, first + pages) * pageBytes });
}

void SpacetimeCanvas::showSelectedLife()
{
    if (m_scene.lives == nullptr || m_scene.selection.what != Selection::What::Block)
        return;
    for (const LifeBar& bar : m_scene.lives->bars) {
        if (!m_scene.isSelected(bar))
            continue;
        const double from = m_scene.scale->valueAt(static_cast<double>(bar.from));
        const double to = m_scene.scale->valueAt(static_cast<double>(std::min(bar.to, m_scene.events)));
        const double margin = std::max((to - from) * 0.1, leastSpan() / 2);
        m_zooms.push_back(m_scene.range);
        const AxisRange all = whole();
        setRange({ std::max(all.begin, from - margin), std::min(all.end, to + margin) });
        return;
    }
}

void SpacetimeCanvas::zoomTime(double factor)
{
    if (factor > 1)
        m_zooms.push_back(m_scene.range);
    const double x = m_scene.xOf(static_cast<double>(m_scene.cursor));
    const bool isSeen = x >= m_scene.layout.left() && x <= m_scene.layout.right();
    const double pivot = isSeen ? m_scene.scale->valueAt(static_cast<double>(m_scene.cursor))
                                : m_scene.range.begin + m_scene.range.span() / 2;
    setRange(m_scene.range.zoomed(factor, pivot, whole(), leastSpan()));
}

void SpacetimeCanvas::fitTime()
{
    m_zooms.clear();
    setRange(whole());
}

QImage SpacetimeCanvas::picture(QSize size, double ratio) const
{
    const Theme& theme = Theme::current();
    QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(theme.canvas);
    SpacetimeScene scene = m_scene;
    scene.layout = SpacetimeLayout(inputFor(scene, size, m_share, m_scroll));
    scene.hasFocus = false;
    scene.box.reset();
    QImage bands;
    QImage lens;
    const SpacetimePixels pixels(scene, theme, ratio);
    pixels.paintBands(bands);
    pixels.paintLens(lens);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::TextAntialiasing);
    SpacetimeLabels::paint(painter, scene, theme, bands, lens);
    return image;
}

void SpacetimeCanvas::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.canvas);
    if (m_scene.overview == nullptr || m_scene.events == 0) {
        painter.setFont(fonts::body());
        painter.setPen(theme.text2);
        painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_notice);
        return;
    }
    const double ratio = devicePixelRatioF();
    if (m_bands.devicePixelRatio() != ratio)
        m_isBandsDirty = m_isLensDirty = true;
    if (m_isBandsDirty || m_isLensDirty) {
        const SpacetimePixels pixels(m_scene, theme, ratio);
        if (m_isBandsDirty)
            pixels.paintBands(m_bands);
        if (m_isLensDirty)
            pixels.paintLens(m_lens);
        m_isBandsDirty = m_isLensDirty = false;
    }
    SpacetimeLabels::paint(painter, m_scene, theme, m_bands, m_lens);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void SpacetimeCanvas::resizeEvent(QResizeEvent*)
{
    relayout();
    Q_EMIT stretchChanged();
}

} // namespace heapatlas
