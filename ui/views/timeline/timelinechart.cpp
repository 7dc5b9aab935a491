// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelinechart.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/timelineitems.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int marginLeft = 14;
constexpr int laneHeight = 14;
constexpr double wheelNotch = 120;
constexpr double zoomPerNotch = 1.25;
constexpr int livePlottable = 0;
constexpr int peakPlottable = 1;
constexpr int realPlottable = 2;
constexpr int limitPlottable = 3;

} // namespace

TimelineChart::TimelineChart(QWidget* parent)
    : QWidget(parent)
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

    for (int i = 0; i <= limitPlottable; ++i)
        m_plot->addGraph();
    m_plot->graph(livePlottable)->setAdaptiveSampling(false); // the pyramid has sampled already
    m_plot->graph(peakPlottable)->setLineStyle(QCPGraph::lsStepLeft);
    m_plot->graph(realPlottable)->setLineStyle(QCPGraph::lsStepLeft);
    for (const int i : { peakPlottable, realPlottable, limitPlottable })
        m_plot->graph(i)->setAntialiased(false);

    m_plot->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
    m_cursorItem = new CursorItem(m_plot, m_scene.get());
    m_cursorItem->setLayer(QStringLiteral("overlay"));
    m_signsItem = new SignsItem(m_plot, m_scene.get(), &m_signs);
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

int TimelineChart::pointCount() const
{
    int points = 0;
    for (int i = 0; i < m_plot->graphCount(); ++i)
        points += m_plot->graph(i)->dataCount();
    return points;
}

bool TimelineChart::isLimitVisible() const { return m_limit > 0 && m_limit <= m_axisTop; }

void TimelineChart::setData(std::shared_ptr<const UsageCurve> curve,
    std::shared_ptr<const std::vector<Marker>> markers, std::uint64_t events)
{
    m_curve = std::move(curve);
    m_signs.clear();
    if (markers)
        std::copy_if(markers->begin(), markers->end(), std::back_inserter(m_signs), timelinelayout::isSign);
    m_events = events;
    m_scene->events = events;
    if (m_isFitted)
        m_view = { 0, std::max(static_cast<double>(events), 1.0) };
    Bytes peak = 0;
    if (m_curve && !m_curve->isEmpty()) {
        for (const UsageBucket& bucket : m_curve->level(m_curve->levels() - 1))
            peak = std::max({ peak, bucket.realMax, bucket.peak, bucket.liveMax });
    }
    m_axisTop = timelinelayout::axisTop(peak);
    rebuild();
}

void TimelineChart::setCursor(std::uint64_t event)
{
    m_cursor = event;
    m_scene->cursor = event;
    redrawOverlay();
    setAccessibleDescription(
        tr("Cursor at event %1 of %2").arg(wording::count(event), wording::count(m_events)));
}

void TimelineChart::setLimit(Bytes limit)
{
    if (limit == m_limit)
        return;
    m_limit = limit;
    rebuild();
}

void TimelineChart::setSelectionLife(std::optional<std::pair<std::uint64_t, std::uint64_t>> life)
{
    if (life == m_scene->life)
        return;
    m_scene->life = life;
    redrawOverlay();
}

void TimelineChart::redrawOverlay()
{
    if (m_hasDrawn)
        m_plot->layer(QStringLiteral("overlay"))->replot();
    else // the layer has no buffer before the first picture
        m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimelineChart::fit() { setView({ 0, std::max(static_cast<double>(m_events), 1.0) }); }

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
    rebuild();
    Q_EMIT viewChanged();
}

void TimelineChart::dress()
{
    const Theme& theme = Theme::current();
    m_plot->setBackground(theme.panel);
    const QColor areaFill = Theme::mix(theme.live, theme.panel, 0.32);
    QCPGraph* live = m_plot->graph(livePlottable);
    live->setPen(QPen(theme.live, 1.4));
    live->setBrush(areaFill);
    m_plot->graph(realPlottable)->setPen(QPen(theme.real, 1.5));
    QPen dashed(theme.warn, 1.4);
    dashed.setDashPattern({ 3, 2.2 });
    dashed.setCapStyle(Qt::FlatCap);
    m_plot->graph(peakPlottable)->setPen(dashed);
    m_plot->graph(limitPlottable)->setPen(QPen(theme.limit, 1.5));
    const QPen gridPen(theme.line, 1, Qt::SolidLine);
    m_plot->yAxis->grid()->setPen(gridPen);
    m_plot->yAxis->grid()->setZeroLinePen(gridPen);
    m_plot->yAxis2->setTickLabelFont(fonts::chart());
    m_plot->yAxis2->setTickLabelColor(theme.text3);
    placeAxes();
    rebuild();
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
}

void TimelineChart::rebuild()
{
    m_scene->view = m_view;
    m_scene->cursor = m_cursor;
    m_plot->xAxis->setRange(m_view.begin, m_view.end);
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

    QVector<QCPGraphData> live;
    QVector<QCPGraphData> peak;
    QVector<QCPGraphData> real;
    if (m_curve && !m_curve->isEmpty() && m_view.span() > 0) {
        const double whole = static_cast<double>(std::max<std::uint64_t>(m_curve->events(), 1));
        const auto buckets = static_cast<std::size_t>(
            std::max(plotWidth() * devicePixelRatioF() * std::max(whole / m_view.span(), 1.0), 1.0));
        const std::size_t level = m_curve->levelFor(buckets);
        const std::span<const UsageBucket> rows = m_curve->level(level);
        const double stretch = static_cast<double>(UsageCurve::baseEvents << level);
        const auto clampRow = [&](double row) {
            return static_cast<std::size_t>(std::clamp(row, 0.0, static_cast<double>(rows.size())));
        };
        const std::size_t first = clampRow(std::floor(m_view.begin / stretch) - 1);
        const std::size_t last = clampRow(std::ceil(m_view.end / stretch) + 1);
        for (std::size_t row = first; row < last; ++row) {
            const UsageBucket& bucket = rows[row];
            const double begin = static_cast<double>(row) * stretch;
            const double end = std::min(begin + stretch, whole);
            // Least and most of a stretch, in the order that goes on from the one before: the line stays honest
            // about memory that came and went within a pixel, and smooth where nothing did.
            const double low = static_cast<double>(bucket.liveMin);
            const double high = static_cast<double>(bucket.liveMax);
            const double before = live.isEmpty() ? 0 : live.last().value;
            const bool lowFirst = std::abs(before - low) <= std::abs(before - high);
            live.append({ begin + (end - begin) * 0.25, lowFirst ? low : high });
            live.append({ begin + (end - begin) * 0.75, lowFirst ? high : low });
            real.append({ begin, static_cast<double>(bucket.realMax) });
            peak.append({ begin, static_cast<double>(bucket.peak) });
            if (row + 1 == last) {
                live.append({ end, live.last().value });
                real.append({ end, real.last().value });
                peak.append({ end, peak.last().value });
            }
        }
    }
    m_plot->graph(livePlottable)->data()->set(live, true);
    m_plot->graph(peakPlottable)->data()->set(peak, true);
    m_plot->graph(realPlottable)->data()->set(real, true);
    QVector<QCPGraphData> limit;
    if (isLimitVisible())
        limit = { { m_view.begin, static_cast<double>(m_limit) },
            { m_view.end, static_cast<double>(m_limit) } };
    m_plot->graph(limitPlottable)->data()->set(limit, true);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimelineChart::scrubTo(double pixel, bool snap)
{
    if (m_events == 0)
        return;
    std::uint64_t event = eventAt(pixel);
    if (snap) {
        if (const auto target =
                timelinelayout::snapTarget(m_signs, m_view, pixel - plotLeft(), plotWidth(), snapReach))
            event = *target;
    }
    if (event != m_cursor)
        Q_EMIT cursorRequested(event);
}

bool TimelineChart::showTip(QPoint position, QPoint global)
{
    const auto target =
        timelinelayout::snapTarget(m_signs, m_view, position.x() - plotLeft(), plotWidth(), snapReach);
    if (!target || position.y() > height() - fonts::scaled(22)) {
        QToolTip::hideText();
        return false;
    }
    QStringList lines;
    std::size_t checkpoint = 0;
    for (const Marker& marker : m_signs) {
        const auto* named = std::get_if<CheckpointMarker>(&marker.what);
        const QString letter = named != nullptr ? timelinelayout::checkpointLetter(checkpoint++) : QString();
        if (marker.event != *target)
            continue;
        if (named != nullptr)
            lines << tr("Checkpoint %1: %2").arg(letter, QString::fromStdString(named->name));
        if (const auto* gc = std::get_if<GcMarker>(&marker.what)) {
            lines << tr("GC run %1: %2 values collected, %3 roots before, %4 after")
                         .arg(wording::count(gc->after.runs),
                             wording::count(gc->after.collected - gc->before.collected),
                             wording::count(gc->before.roots), wording::count(gc->after.roots));
        }
        if (lines.size() == 4)
            break;
    }
    lines << tr("Event %1").arg(wording::count(*target));
    QToolTip::showText(global, lines.join(u'\n'), this);
    return true;
}

bool TimelineChart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (event->type() == QEvent::MouseButtonPress) {
            setFocus(Qt::MouseFocusReason);
            if (mouse->button() == Qt::MiddleButton)
                m_panFrom = mouse->position().x();
        }
        if ((mouse->buttons() & Qt::LeftButton) != 0) {
            scrubTo(mouse->position().x(), (mouse->modifiers() & Qt::AltModifier) == 0);
        } else if ((mouse->buttons() & Qt::MiddleButton) != 0 && m_panFrom) {
            const double delta =
                (*m_panFrom - mouse->position().x()) / std::max(plotWidth(), 1.0) * m_view.span();
            m_panFrom = mouse->position().x();
            setView(timelinelayout::panned(m_view, delta, static_cast<double>(m_events)));
        }
        return true;
    }
    case QEvent::MouseButtonRelease:
        m_panFrom.reset();
        return true;
    case QEvent::MouseButtonDblClick:
        fit();
        return true;
    case QEvent::Wheel: {
        const auto* wheel = static_cast<QWheelEvent*>(event);
        const QPoint turn = wheel->angleDelta();
        const double events = static_cast<double>(m_events);
        if ((wheel->modifiers() & Qt::ShiftModifier) != 0 || std::abs(turn.x()) > std::abs(turn.y())) {
            const double notches = (turn.x() != 0 ? turn.x() : turn.y()) / wheelNotch;
            setView(timelinelayout::panned(m_view, -notches * m_view.span() / 10, events));
        } else {
            const double pivot =
                timelinelayout::eventOf(m_view, wheel->position().x() - plotLeft(), plotWidth());
            setView(timelinelayout::zoomed(m_view, std::pow(zoomPerNotch, turn.y() / wheelNotch),
                std::clamp(pivot, m_view.begin, m_view.end), events));
        }
        return true;
    }
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        showTip(help->pos(), help->globalPos());
        return true;
    }
    default:
        return false;
    }
}

void TimelineChart::resizeEvent(QResizeEvent*)
{
    placeAxes();
    rebuild();
}

void TimelineChart::keyPressEvent(QKeyEvent* event)
{
    // Arrows move by a pixel's worth, which is what the eye can tell apart.
    const auto nudge = static_cast<std::uint64_t>(std::max(m_view.span() / std::max(plotWidth(), 1.0), 1.0));
    switch (event->key()) {
    case Qt::Key_Left:
        Q_EMIT cursorRequested(m_cursor - std::min(m_cursor, nudge));
        break;
    case Qt::Key_Right:
        Q_EMIT cursorRequested(std::min(m_cursor + nudge, m_events));
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(zoomPerNotch);
        break;
    case Qt::Key_Minus:
        zoom(1 / zoomPerNotch);
        break;
    case Qt::Key_0:
        fit();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void TimelineChart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        dress();
    QWidget::changeEvent(event);
}

} // namespace heapatlas
