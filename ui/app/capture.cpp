// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/capture.h"

#include "session/document.h"
#include "session/rangewatch.h"
#include "session/selectionfinder.h"
#include "session/wording.h"
#include "ui/app/mainwindow.h"
#include "ui/views/map/mapview.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/traceview.h"

#include <QApplication>
#include <QImage>
#include <QPixmap>

namespace heapatlas {

namespace {

constexpr int pollMs = 10;
/// Layouts, queued repaints and thumbnails settle within a few turns.
constexpr int quietTurnsWanted = 5;

MapLevel levelOf(const QString& name)
{
    return name == u"heap" ? MapLevel::Heap
        : name == u"chunk" ? MapLevel::Chunk
        : name == u"page"  ? MapLevel::Page
        : name == u"bytes" ? MapLevel::Byte
                           : MapLevel::Slot;
}

} // namespace

Capture::Capture(CommandLine options, MainWindow* window, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_window(window)
{
    m_timer.setInterval(pollMs);
    connect(&m_timer, &QTimer::timeout, this, &Capture::advance);
}

void Capture::start()
{
    if (m_options.at && m_window->document() != nullptr) {
        m_window->keepCursor();
        m_window->document()->setCursor(*m_options.at);
    }
    m_timer.start();
}

void Capture::advance()
{
    if (!m_window) {
        end(exitFault, tr("The window was closed before it was finished."));
        return;
    }
    Document* document = m_window->document();
    if (m_stage == Stage::Loading) {
        if (document == nullptr) {
            m_stage = Stage::Drawing;
            return;
        }
        if (document->phase() == Document::Phase::Failed) {
            end(exitInput, document->problem() + u'\n' + document->problemDetails());
            return;
        }
        if (document->phase() != Document::Phase::Ready)
            return;
        if (m_options.at && *m_options.at > document->eventCount()) {
            end(exitUsage,
                tr("The trace ends at event %1; there is no event %2.")
                    .arg(document->eventCount())
                    .arg(*m_options.at));
            return;
        }
        if (m_options.range)
            document->setRange(m_options.range);
        m_stage = Stage::Seeking;
        return;
    }
    if (m_stage == Stage::Seeking) {
        if (document->isSnapshotCurrent() && document->snapshot()->detail() >= Detail::Regions && place()) {
            m_stage = Stage::Drawing;
            if (m_options.find)
                m_window->openPalette(*m_options.find);
        }
        return;
    }
    if (m_stage != Stage::Drawing)
        return;
    bool isQuiet = true;
    if (document != nullptr) {
        const bool wantsDetails = document->selection().what == Selection::What::Block;
        isQuiet = m_window->currentView()->isSettled() && document->isSnapshotCurrent()
            && document->rangeWatch()->isCurrent() && document->areBytesCurrent()
            && (!wantsDetails || document->details() != nullptr);
    } else {
        isQuiet = m_window->isWelcomeSettled();
    }
    if (document != nullptr && m_options.find) // the sites are counted for it
        isQuiet = isQuiet && document->sites() != nullptr && document->sites()->event() == document->cursor();
    m_quietTurns = isQuiet ? m_quietTurns + 1 : 0;
    if (m_quietTurns >= quietTurnsWanted)
        write();
}

bool Capture::place()
{
    MapView* map = m_window->mapView();
    Document* document = m_window->document();
    if (m_options.select) {
        const auto found = selectionAt(*document->snapshot(), *m_options.select);
        if (!found) {
            end(exitUsage,
                tr("Nothing is mapped at %1 after event %2.")
                    .arg(wording::address(*m_options.select))
                    .arg(document->snapshot()->eventIndex()));
            return false;
        }
        document->setSelection(*found);
    }
    if (!m_options.level.isEmpty())
        map->setLevel(levelOf(m_options.level));
    if (m_options.select)
        m_window->currentView()->revealSelection();
    return true;
}

void Capture::write()
{
    m_stage = Stage::Done;
    // The ring that says where the keys go is no part of a picture.
    if (QWidget* focus = m_window->focusWidget(); focus != nullptr && !m_options.find)
        focus->clearFocus();
    if (!m_options.screenshot.isEmpty() && !m_window->grab().save(m_options.screenshot)) {
        end(exitFault, tr("The picture could not be written to %1.").arg(m_options.screenshot));
        return;
    }
    if (!m_options.picture.isEmpty()) {
        const QSize size = m_options.geometry.value_or(QSize(1200, 900));
        if (!m_window->currentView()
                 ->renderPicture(size, m_window->devicePixelRatioF())
                 .save(m_options.picture)) {
            end(exitFault, tr("The picture could not be written to %1.").arg(m_options.picture));
            return;
        }
    }
    end(exitDone);
}

void Capture::end(int status, const QString& message)
{
    m_stage = Stage::Done;
    m_timer.stop();
    Q_EMIT finished(status, message.trimmed());
}

} // namespace heapatlas
