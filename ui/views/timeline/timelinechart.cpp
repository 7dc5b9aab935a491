// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelinechart.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/bookmarkflags.h"
#include "ui/views/timeline/timelineaccess.h"
#include "ui/views/timeline/timelineitems.h"
#include "ui/views/timeline/usageplottable.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int marginLeft = 14;
constexpr int laneHeight = 18;

} // namespace

TimelineChart::TimelineChart(QWidget* parent)
    : QWidget(parent)
    , m_access(std::make_unique<TimelineAccess>(this))
    , m_scene(std::make_unique<TimelineScene>())
    , m_plot(new QCustomPlot(this))
{
    setObjectName(QStringLiteral("timelineChart"));
    setAccessibleName(tr("Memory over the events of the trace"));
    setFocusPolicy(Qt::StrongFocus);
    m_plot->setObjectName(QStringLiteral("timelinePlot"));
    m_plot->setAccessibleName(tr("Chart"));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->installEventFilter(this);
    m_plot->setMouseTracking(true);
    m_plot->setInteractions(QCP::Interactions());
    m_plot->axisRect()->setAutoMargins(QCP::msNone);
    m_plot->axisRect()->setupFullAxesBox(false);
    m_plot->plotLayout()->setRowSpacing(0);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis, m_plot->xAxis2, m_plot->yAxis2 }) {
        axis->setTicks(axis == m_plot->yAxis || axis == m_plot->yAxis2);
        axis->setTickLabels(axis == m_plot->yAxis2);
        axis->setTickLength(0);
        axis->setSubTicks(false);
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setVisible(true);
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->yAxis2->setTickLabelPadding(11);

    // Grid and axes keep their pictures: curves and signs are in a buffer of their own, and so is the overlay.
    m_plot->layer(QStringLiteral("main"))->setMode(QCPLayer::lmBuffered);
    m_plot->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
    m_usage = new UsagePlottable(m_plot->xAxis, m_plot->yAxis);
    m_signsItem = new SignsItem(m_plot, m_scene.get(), &m_markers);
    m_cursorItem = new CursorItem(m_plot, m_scene.get());
    m_cursorItem->setLayer(QStringLiteral("overlay"));
    m_bookmarkFlags = new BookmarkFlags(m_plot, m_scene.get());
    connect(m_plot, &QCustomPlot::afterReplot, this, [this] { m_hasDrawn = true; });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &TimelineChart::dress);
    dress();
}

TimelineChart::~TimelineChart() = default;

QSize TimelineChart::sizeHint() const { return { 640, 98 }; }

QSize TimelineChart::minimumSizeHint() const { return { 200, 60 }; }

double TimelineChart::plotLeft() const { return m_scene->plot.left(); }

double TimelineChart::plotWidth() const { return m_scene->plot.width(); }

double TimelineChart::pixelOf(double event) const
{
    return plotLeft() + timelinelayout::pixelOf(m_view, event, plotWidth());
}

std::uint64_t TimelineChart::eventAt(double pixel) const
{
    const double event = timelinelayout::eventOf(m_view, pixel - plotLeft(), plotWidth());
    return static_cast<std::uint64_t>(std::llround(std::clamp(event, 0.0, static_cast<double>(m_events))));
}

int TimelineChart::columnCount() const { return m_usage->columnCount(); }

bool TimelineChart::isLimitVisible() const { return m_limit > 0 && m_limit <= m_axisTop; }

QRect TimelineChart::lane() const
{
    return QRectF(plotLeft(), m_scene->laneTop, plotWidth(), m_scene->laneHeight).toRect();
}

QRect TimelineChart::partBox(Part part) const
{
    return (part == Part::Cursor ? m_scene->cursorPill() : m_scene->handle(part)).toAlignedRect();
}

TimelineChart::Part TimelineChart::focusedPart() const { return m_scene->focused; }

void TimelineChart::setFocusedPart(Part part)
{
    if (!m_range)
        part = Part::Cursor;
    if (part == m_scene->focused)
        return;
    m_scene->focused = part;
    redraw(Repaint::Overlay);
    m_access->focusMoved();
}

void TimelineChart::setData(std::shared_ptr<const UsageCurve> curve,
    std::shared_ptr<const std::vector<Marker>> markers, std::uint64_t events)
{
    const bool isSameAxis = events == m_events;
    m_curve = std::move(curve);
    m_usage->setCurve(m_curve);
    m_markers.setMarkers(std::move(markers));
    m_events = events;
    m_scene->events = events;
    if (!m_curve)
        m_closeUp = nullptr;
    m_usage->setCloseUp(m_closeUp);
    if (m_isFitted)
        m_view = { 0, std::max(static_cast<double>(events), 1.0) };
    Bytes peak = 0;
    if (m_curve && !m_curve->isEmpty()) {
        for (const UsageBucket& bucket : m_curve->level(m_curve->levels() - 1))
            peak = std::max({ peak, bucket.realMax, bucket.peak, bucket.liveMax });
    }
    const Bytes top = timelinelayout::axisTop(peak);
    const bool isSameScale = top == m_axisTop;
    m_axisTop = top;
    redraw(isSameScale ? Repaint::Curves : Repaint::Everything);
    if (!isSameAxis)
        Q_EMIT viewChanged();
    m_access->itemsChanged();
    wantCloseUp();
}

void TimelineChart::setCloseUp(std::shared_ptr<const UsageCloseUp> closeUp)
{
    if (closeUp == m_closeUp)
        return;
    m_closeUp = std::move(closeUp);
    m_usage->setCloseUp(m_closeUp);
    redraw(Repaint::Curves);
}

// Asks for more than is seen, so that panning, and playing along, needs nothing new for a while.
void TimelineChart::wantCloseUp()
{
    const double columns = plotWidth() * devicePixelRatioF();
    const double span = m_view.span();
    if (m_events == 0 || !m_curve || columns < 1)
        return;
    const std::uint64_t stride = UsageCloseUp::strideFor(span, columns);
    if (stride >= UsageCurve::baseEvents)
        return;
    const double whole = static_cast<double>(m_events);
    const auto event = [whole](double at) { return static_cast<std::uint64_t>(std::clamp(at, 0.0, whole)); };
    const EventRange seen { event(std::floor(m_view.begin)), event(std::ceil(m_view.end)) };
    constexpr std::uint64_t tooFine = 8;
    if (m_closeUp && m_closeUp->range.begin <= seen.begin && seen.end <= m_closeUp->range.end
        && m_closeUp->stride <= stride && m_closeUp->stride * tooFine >= stride)
        return;
    const std::uint64_t begin = event(m_view.begin - span) / stride * stride;
    Q_EMIT closeUpWanted({ begin, event(m_view.end + span) }, stride);
}

void TimelineChart::setCursor(std::uint64_t event)
{
    m_cursor = event;
    m_scene->cursor = event;
    redraw(Repaint::Overlay);
    m_access->cursorMoved();
}

void TimelineChart::setRange(std::optional<EventRange> range)
{
    if (range == m_range)
        return;
    const bool hadRange = m_range.has_value();
    m_range = range;
    m_scene->range = range;
    if (!range)
        m_scene->focused = Part::Cursor;
    redraw(Repaint::Overlay);
    if (hadRange != range.has_value())
        m_access->itemsChanged();
    m_access->rangeMoved();
}

void TimelineChart::setLimit(Bytes limit)
{
    if (limit == m_limit)
        return;
    const bool wasVisible = isLimitVisible();
    m_limit = limit;
    if (!wasVisible && !isLimitVisible())
        return;
    m_usage->setLimit(isLimitVisible() ? m_limit : 0, QPen(Theme::current().limit, 1.5));
    redraw(Repaint::Curves);
}

void TimelineChart::setSelectionLife(std::optional<EventRange> life)
{
    if (life == m_scene->life)
        return;
    m_scene->life = life;
    redraw(Repaint::Overlay);
}

void TimelineChart::setBookmarks(std::vector<std::uint64_t> events)
{
    m_bookmarkFlags->setEvents(std::move(events));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimelineChart::fit() { setView({ 0, std::max(static_cast<double>(m_events), 1.0) }); }

void TimelineChart::zoomToRange()
{
    if (!m_range)
        return;
    const double begin = static_cast<double>(m_range->begin);
    const double end = static_cast<double>(m_range->end);
    const double whole = static_cast<double>(m_events);
    // With a little of what is around it, and never closer than one can zoom.
    const double span = std::max((end - begin) * 1.06, timelinelayout::smallestSpan);
    setView(timelinelayout::panned({ (begin + end - span) / 2, (begin + end + span) / 2 }, 0, whole));
}

void TimelineChart::zoom(double factor)
{
    setView(timelinelayout::zoomed(m_view, factor,
        std::clamp(static_cast<double>(m_cursor), m_view.begin, m_view.end), static_cast<double>(m_events)));
}

void TimelineChart::revealCursor()
{
    setView(timelinelayout::revealing(m_view, static_cast<double>(m_cursor), static_cast<double>(m_events)));
}

void TimelineChart::setView(View view)
{
    if (view == m_view)
        return;
    m_view = view;
    m_isFitted = view.begin <= 0 && view.end >= static_cast<double>(m_events);
    redraw(Repaint::Curves);
    Q_EMIT viewChanged();
    m_access->itemsChanged();
    wantCloseUp();
}

void TimelineChart::dress()
{
    const Theme& theme = Theme::current();
    m_plot->setBackground(theme.panel);
    UsageInks inks;
    inks.area = Theme::mix(theme.live, theme.panel, 0.32);
    inks.live = theme.live;
    inks.real = theme.real;
    inks.peak = theme.warn;
    inks.liveWidth = 1.4;
    inks.realWidth = 1.5;
    inks.peakWidth = 1.4;
    m_usage->setInks(inks);
    m_usage->setLimit(isLimitVisible() ? m_limit : 0, QPen(theme.limit, 1.5));
    const QPen gridPen(theme.line, 1, Qt::SolidLine);
    m_plot->yAxis->grid()->setPen(gridPen);
    m_plot->yAxis->grid()->setZeroLinePen(gridPen);
    m_plot->yAxis2->setTickLabelFont(fonts::chart());
    m_plot->yAxis2->setTickLabelColor(theme.text3);
    placeAxes();
    redraw(Repaint::Everything);
}

void TimelineChart::placeAxes()
{
    m_plot->setGeometry(rect());
    const int right = fonts::scaled(74);
    const int bottom = fonts::scaled(20) + 2;
    m_plot->axisRect()->setMargins(QMargins(marginLeft, laneHeight, right, bottom));
    m_scene->plot = QRectF(marginLeft, laneHeight, std::max(width() - marginLeft - right, 1),
        std::max(height() - laneHeight - bottom, 1));
    m_scene->laneTop = 0;
    m_scene->laneHeight = laneHeight;
}

void TimelineChart::scaleAxes()
{
    const double top = static_cast<double>(m_axisTop);
    m_plot->yAxis->setRange(0, std::max(top, 1.0));
    m_plot->yAxis2->setRange(0, std::max(top, 1.0));
    const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    ticker->setSubTickCount(0);
    if (m_axisTop > 0) {
        // Where the chart is low the middle line stays, its label does not.
        const bool isLow = m_scene->plot.height() < 2.5 * fonts::scaled(16);
        for (const Bytes tick : { Bytes { 0 }, m_axisTop / 2, m_axisTop }) {
            const bool isMiddle = tick != 0 && tick != m_axisTop;
            ticker->addTick(
                static_cast<double>(tick), isLow && isMiddle ? QString() : timelinelayout::axisLabel(tick));
        }
    }
    m_plot->yAxis->setTicker(ticker);
    m_plot->yAxis2->setTicker(ticker);
}

void TimelineChart::redraw(Repaint what)
{
    m_scene->view = m_view;
    if (what != Repaint::Overlay) {
        m_plot->xAxis->setRange(m_view.begin, m_view.end);
        ++m_repaints;
    }
    if (what == Repaint::Everything)
        scaleAxes();
    if (what == Repaint::Everything || !m_hasDrawn) { // layers have no buffer before the first picture
        m_plot->replot(QCustomPlot::rpQueuedReplot);
        return;
    }
    if (what == Repaint::Curves)
        m_plot->layer(QStringLiteral("main"))->replot();
    m_plot->layer(QStringLiteral("overlay"))->replot();
}

void TimelineChart::resizeEvent(QResizeEvent*)
{
    placeAxes();
    redraw(Repaint::Everything);
    wantCloseUp();
}

void TimelineChart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        dress();
    QWidget::changeEvent(event);
}

} // namespace heapatlas
