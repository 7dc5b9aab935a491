// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelineview.h"

#include "session/document.h"
#include "session/rangewatch.h"
#include "session/tableexport.h"
#include "session/usagetable.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/playback.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelinelegend.h"
#include "ui/views/timeline/transport.h"
#include "ui/widgets/tabledialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heapatlas {

TimelineView::TimelineView(QWidget* parent)
    : QWidget(parent)
    , m_playback(new Playback(this))
    , m_transport(new Transport(m_playback, this))
    , m_legend(new TimelineLegend(this))
    , m_chart(new TimelineChart(this))
{
    setObjectName(QStringLiteral("timelineView"));
    setAccessibleName(tr("Timeline"));
    setMinimumHeight(84);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 1, 0, 1);
    column->setSpacing(0);
    column->addWidget(m_legend);
    column->addWidget(m_chart, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 1, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_transport);
    row->addLayout(column, 1);

    connect(m_playback, &Playback::cursorRequested, this, [this](std::uint64_t event) {
        if (m_document)
            m_document->setCursor(event);
        Q_EMIT cursorMovedByUser();
    });
    connect(m_chart, &TimelineChart::cursorRequested, this, [this](std::uint64_t event) {
        m_playback->pause();
        if (m_document)
            m_document->setCursor(event);
        Q_EMIT cursorMovedByUser();
    });
    connect(m_chart, &TimelineChart::rangeRequested, this, [this](std::optional<EventRange> range) {
        if (m_document)
            m_document->setRange(range);
    });
    connect(m_chart, &TimelineChart::rangeStartRequested, this, &TimelineView::startRange);
    connect(m_chart, &TimelineChart::rangeEndRequested, this, &TimelineView::endRange);
    connect(m_chart, &TimelineChart::closeUpWanted, this, [this](EventRange range, std::uint64_t stride) {
        if (m_document)
            m_document->rangeWatch()->requestCloseUp(range, stride);
    });
    connect(m_chart, &TimelineChart::tableRequested, this, &TimelineView::showTable);
    connect(m_chart, &TimelineChart::copyRequested, this, [this] {
        if (m_document)
            QGuiApplication::clipboard()->setText(tableexport::tsv(*makeTable()));
    });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void TimelineView::setDocument(Document* document)
{
    if (m_document) {
        m_document->disconnect(this);
        m_document->rangeWatch()->disconnect(this);
    }
    m_playback->pause();
    m_document = document;
    m_chart->setData(nullptr, nullptr, 0); // what was known of the other trace's markers
    m_chart->setRange(std::nullopt);
    if (document != nullptr) {
        connect(document, &Document::progressChanged, this, &TimelineView::takeProgress);
        connect(document, &Document::cursorChanged, this, [this] {
            takeCursor();
            m_chart->revealCursor(); // only a cursor that moves pulls the view along
        });
        connect(document, &Document::snapshotChanged, this, &TimelineView::takeSnapshot);
        connect(document, &Document::selectionChanged, this, &TimelineView::takeSelection);
        connect(document, &Document::detailsChanged, this, &TimelineView::takeSelection);
        connect(document, &Document::rangeChanged, this, &TimelineView::takeRange);
        connect(document->rangeWatch(), &RangeWatch::closeUpChanged, this,
            [this] { m_chart->setCloseUp(m_document->rangeWatch()->closeUp()); });
    }
    takeProgress();
    takeSelection();
    takeRange();
    m_chart->fit();
}

void TimelineView::jump(timelinelayout::Wanted wanted, bool forward)
{
    if (!m_document)
        return;
    const MarkerIndex& markers = m_chart->markers();
    const auto events = wanted == timelinelayout::Wanted::GcRun ? markers.gcRuns() : markers.checkpoints();
    const std::uint64_t cursor = m_document->cursor();
    const auto target = forward ? MarkerIndex::after(events, cursor) : MarkerIndex::before(events, cursor);
    if (target)
        goTo(*target);
}

void TimelineView::startRange()
{
    if (!m_document)
        return;
    const std::uint64_t cursor = m_document->cursor();
    const auto range = m_document->range();
    m_document->setRange(
        EventRange { cursor, range && range->end > cursor ? range->end : m_chart->events() });
}

void TimelineView::endRange()
{
    if (!m_document)
        return;
    const std::uint64_t cursor = m_document->cursor();
    const auto range = m_document->range();
    m_document->setRange(EventRange { range && range->begin < cursor ? range->begin : 0, cursor });
}

void TimelineView::clearRange()
{
    if (m_document)
        m_document->setRange(std::nullopt);
}

std::unique_ptr<UsageTable> TimelineView::makeTable() const
{
    const auto range = m_chart->range();
    const timelinelayout::View view = m_chart->view();
    const EventRange seen { static_cast<std::uint64_t>(std::max(view.begin, 0.0)),
        static_cast<std::uint64_t>(std::max(std::ceil(view.end), 0.0)) };
    return std::make_unique<UsageTable>(m_document ? m_document->curve() : nullptr,
        m_document ? m_document->rangeWatch()->closeUp() : nullptr, range.value_or(seen));
}

void TimelineView::showTable()
{
    if (!m_document)
        return;
    auto* dialog = new TableDialog(makeTable(), tr("Memory over the events"), window());
    dialog->setObjectName(QStringLiteral("timelineTable"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void TimelineView::takeRange() { m_chart->setRange(m_document ? m_document->range() : std::nullopt); }

void TimelineView::goTo(std::uint64_t event)
{
    if (!m_document)
        return;
    m_playback->pause();
    m_document->setCursor(event);
    Q_EMIT cursorMovedByUser();
}

void TimelineView::takeProgress()
{
    const std::uint64_t events = m_document ? m_document->eventCount() : 0;
    const auto markers = m_document ? m_document->markers() : nullptr;
    // While a trace loads the axis has its final length if the file says how long it is.
    const std::uint64_t length = m_document ? std::max(events, m_document->info().events) : 0;
    m_playback->setEvents(events);
    m_chart->setData(m_document ? m_document->curve() : nullptr, markers, length);
    takeCursor();
    takeSnapshot();
}

void TimelineView::takeCursor()
{
    const std::uint64_t cursor = m_document ? m_document->cursor() : 0;
    m_playback->setCursor(cursor);
    m_chart->setCursor(cursor);
    m_transport->setEvent(cursor, m_chart->events());
}

void TimelineView::takeSnapshot()
{
    const SnapshotPtr snapshot = m_document ? m_document->snapshot() : nullptr;
    if (!snapshot) {
        m_legend->setValues(std::nullopt);
        m_chart->setLimit(0);
        return;
    }
    const HeapTotals& totals = snapshot->totals();
    m_chart->setLimit(totals.limit);
    m_legend->setValues(TimelineLegend::Values { totals.live, totals.real, totals.peakLive,
        m_chart->isLimitVisible() ? totals.limit : 0, !m_chart->markers().gcRuns().empty(),
        !m_chart->markers().checkpoints().empty() });
}

void TimelineView::takeSelection()
{
    const auto details = m_document ? m_document->details() : nullptr;
    if (!details) {
        m_chart->setSelectionLife(std::nullopt);
        return;
    }
    m_chart->setSelectionLife(
        EventRange { details->block.bornEvent, details->freedEvent.value_or(m_chart->events()) });
}

void TimelineView::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
}

} // namespace heapatlas
