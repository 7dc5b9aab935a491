// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/statusline.h"

#include "session/document.h"
#include "session/rangewatch.h"
#include "session/rangewording.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int margin = 12;
constexpr int gap = 20;
constexpr int dotSpace = 14;

} // namespace

StatusLine::StatusLine(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("statusLine"));
    setAccessibleName(tr("Status"));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

QSize StatusLine::sizeHint() const { return { 400, fonts::scaled(22) }; }

QSize StatusLine::minimumSizeHint() const { return { 100, fonts::scaled(22) }; }

void StatusLine::showIdle(const QString& recorderStatus)
{
    QList<Item> items { { tr("Ready"), {}, false, 9 } };
    if (!recorderStatus.isEmpty())
        items << Item { recorderStatus, recorderStatus, false, 5 };
    items << Item { tr("Heap Atlas %1").arg(QCoreApplication::applicationVersion()), {}, true, 1 };
    setItems(Dot::None, items);
}

void StatusLine::showDocument(const Document& document)
{
    const TraceInfo& info = document.info();
    Dot dot = Dot::Ok;
    QString state;
    switch (document.phase()) {
    case Document::Phase::Opening:
    case Document::Phase::Loading:
        dot = Dot::Busy;
        state = tr("Reading, %1").arg(wording::percent(document.progress()));
        break;
    case Document::Phase::Ready:
        dot = document.problem().isEmpty() ? Dot::Ok : Dot::Warning;
        state = document.isCancelled()
            ? tr("First %1 of the trace").arg(wording::percent(document.progress()))
            : wording::sourceState(info);
        break;
    case Document::Phase::Failed:
        dot = Dot::Failure;
        state = tr("Not readable");
        break;
    }
    QList<Item> items { { state, document.problem(), false, 9 } };
    if (document.eventCount() > 0) {
        items << Item { wording::process(info), wording::program(info), false, 4 };
        const SnapshotPtr snapshot = document.snapshot();
        QString counts = wording::events(document.eventCount());
        if (snapshot)
            counts += tr(", %1 live blocks").arg(wording::count(snapshot->totals().liveBlocks));
        items << Item { counts, tr("Events of the trace, and blocks live at the cursor"), false, 5 };
        if (const auto range = document.range()) {
            const auto figures = document.rangeWatch()->inRange();
            QStringList lines;
            for (const wording::RangeRow& row : wording::rangeRows(nullptr, figures.get(), true))
                lines << QStringLiteral("%1: %2").arg(row.name, row.inRange);
            items << Item { wording::rangeSummary(*range, figures.get()), lines.join(u'\n'), false, 6 };
        }
        if (snapshot) {
            const HeapTotals& totals = snapshot->totals();
            QString chunks =
                totals.chunks == 1 ? tr("1 chunk") : tr("%1 chunks").arg(wording::count(totals.chunks));
            if (totals.cachedChunks > 0)
                chunks += tr(", %1 cached").arg(wording::count(totals.cachedChunks));
            if (totals.hugeBlocks > 0)
                chunks += tr(", %1 huge").arg(wording::count(totals.hugeBlocks));
            items << Item { chunks, {}, false, 3 };
            items << Item { tr("Live %1").arg(wording::size(totals.live)),
                tr("Granted to the program: %1").arg(wording::exactSize(totals.live)), true, 8 };
            items << Item { tr("Real %1").arg(wording::size(totals.real)),
                tr("From the operating system: %1").arg(wording::exactSize(totals.real)), true, 7 };
            items << Item { tr("Fragmentation %1")
                                .arg(wording::percent(totals.externalFragmentation(snapshot->pageBytes()))),
                tr("External: 1 − largest free stretch / all free pages (%1 of %2).\nInternal: 1 − requested "
                   "/ granted = %3.")
                    .arg(wording::size(totals.largestHole),
                        wording::size(totals.freePages * snapshot->pageBytes()),
                        wording::percent(totals.internalFragmentation())),
                true, 6 };
        }
    }
    setItems(dot, items);
}

void StatusLine::setHint(const QString& hint)
{
    if (hint == m_hint)
        return;
    m_hint = hint;
    update();
}

void StatusLine::setItems(Dot dot, const QList<Item>& items)
{
    m_dot = dot;
    m_items = items;
    setAccessibleDescription(texts().join(QStringLiteral(", ")));
    update();
}

QStringList StatusLine::texts() const
{
    QStringList all;
    for (const Placed& place : placed())
        all << m_items[place.item].text;
    return all;
}

QList<StatusLine::Placed> StatusLine::placed() const
{
    const QFontMetrics metrics(fonts::secondary());
    QList<qsizetype> kept;
    for (qsizetype i = 0; i < m_items.size(); ++i)
        kept << i;
    const int dotWidth = m_dot == Dot::None ? 0 : dotSpace;
    const auto needed = [&] {
        int sum = 2 * margin + dotWidth;
        for (const qsizetype i : kept)
            sum += metrics.horizontalAdvance(m_items[i].text) + gap;
        return sum;
    };
    while (kept.size() > 1 && needed() > width()) {
        kept.erase(std::min_element(kept.begin(), kept.end(),
            [this](qsizetype a, qsizetype b) { return m_items[a].priority < m_items[b].priority; }));
    }
    QList<Placed> places;
    int left = margin + dotWidth;
    for (const qsizetype i : kept) {
        if (m_items[i].isRight)
            continue;
        const int advance = metrics.horizontalAdvance(m_items[i].text);
        places << Placed { i, QRect(left, 0, advance + 1, height()) };
        left += advance + gap;
    }
    int right = width() - margin;
    QList<Placed> atRight;
    for (auto it = kept.rbegin(); it != kept.rend(); ++it) {
        if (!m_items[*it].isRight)
            continue;
        const int advance = metrics.horizontalAdvance(m_items[*it].text);
        atRight.prepend(Placed { *it, QRect(right - advance, 0, advance + 1, height()) });
        right -= advance + gap;
    }
    return places + atRight;
}

void StatusLine::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_dot != Dot::None) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_dot == Dot::Ok ? theme.ok
                : m_dot == Dot::Busy      ? theme.accent
                : m_dot == Dot::Warning   ? theme.warn
                                          : theme.limit);
        painter.drawEllipse(QPointF(margin + 3.5, height() / 2.0), 4, 4);
    }
    painter.setFont(fonts::secondary());
    painter.setPen(theme.text2);
    bool hasHint = false;
    for (const Placed& place : placed()) {
        const Item& item = m_items[place.item];
        if (!m_hint.isEmpty() && !item.isRight && place.item > 0) {
            if (!hasHint)
                painter.drawText(QRect(place.box.left(), 0, width() - place.box.left(), height()),
                    Qt::AlignVCenter, m_hint);
            hasHint = true;
            continue;
        }
        painter.drawText(place.box, Qt::AlignVCenter | Qt::TextSingleLine, item.text);
    }
}

bool StatusLine::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const Placed& place : placed()) {
        if (place.box.contains(help->pos()) && !m_items[place.item].tip.isEmpty()) {
            QToolTip::showText(help->globalPos(), m_items[place.item].tip, this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

} // namespace heapatlas
