// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelineview.h"

#include "session/document.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/playback.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelinelegend.h"
#include "ui/views/timeline/transport.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

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
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void TimelineView::setDocument(Document* document)
{
    if (m_document)
        m_document->disconnect(this);
    m_playback->pause();
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::progressChanged, this, &TimelineView::takeProgress);
        connect(document, &Document::cursorChanged, this, [this] {
            takeCursor();
            m_chart->revealCursor(); // only a cursor that moves pulls the view along
        });
        connect(document, &Document::snapshotChanged, this, &TimelineView::takeSnapshot);
        connect(document, &Document::selectionChanged, this, &TimelineView::takeSelection);
        connect(document, &Document::detailsChanged, this, &TimelineView::takeSelection);
    }
    takeProgress();
    takeSelection();
    m_chart->fit();
}

void TimelineView::jump(timelinelayout::Wanted wanted, bool forward)
{
    if (!m_document || !m_document->markers())
        return;
    const std::vector<Marker>& markers = *m_document->markers();
    const auto target = forward ? timelinelayout::nextMarker(markers, wanted, m_document->cursor())
                                : timelinelayout::previousMarker(markers, wanted, m_document->cursor());
    if (target)
        goTo(*target);
}

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
    m_hasGcRuns = false;
    m_hasCheckpoints = false;
    if (markers) {
        for (const Marker& marker : *markers) {
            m_hasGcRuns = m_hasGcRuns || std::holds_alternative<GcMarker>(marker.what);
            m_hasCheckpoints = m_hasCheckpoints || std::holds_alternative<CheckpointMarker>(marker.what);
            if (m_hasGcRuns && m_hasCheckpoints)
                break;
        }
    }
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
        m_chart->isLimitVisible() ? totals.limit : 0, m_hasGcRuns, m_hasCheckpoints });
}

void TimelineView::takeSelection()
{
    const auto details = m_document ? m_document->details() : nullptr;
    if (!details) {
        m_chart->setSelectionLife(std::nullopt);
        return;
    }
    m_chart->setSelectionLife(
        std::pair(details->block.bornEvent, details->freedEvent.value_or(m_chart->events())));
}

void TimelineView::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
}

} // namespace heapatlas
