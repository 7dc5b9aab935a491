// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/windowplaces.h"

#include "session/document.h"
#include "ui/app/mainwindow.h"
#include "ui/widgets/traceview.h"

namespace heapatlas {

WindowPlaces::WindowPlaces(MainWindow* window)
    : QObject(window)
    , m_window(window)
{
    m_clock.start();
}

void WindowPlaces::begin()
{
    m_goal.reset();
    m_hasBegun = false;
    m_history.clear();
    Document* document = m_window->document();
    connect(document, &Document::cursorChanged, this, &WindowPlaces::note);
    connect(document, &Document::selectionChanged, this, &WindowPlaces::note);
    connect(document, &Document::siteChanged, this, &WindowPlaces::note);
    connect(document, &Document::snapshotChanged, this, &WindowPlaces::takeSnapshot);
    Q_EMIT historyChanged();
}

ViewPlace WindowPlaces::current() const
{
    ViewPlace place;
    place.view = m_window->currentViewName();
    place.place = m_window->currentView()->place();
    if (const Document* document = m_window->document()) {
        place.event = document->cursor();
        place.selection = document->selection();
        const Site* site = document->sites() ? document->sites()->find(document->site()) : nullptr;
        place.site = site == nullptr ? QString() : site->name;
    }
    return place;
}

void WindowPlaces::note()
{
    const Document* document = m_window->document();
    if (m_isApplying || m_goal || document == nullptr || m_window->isWelcomeShown())
        return;
    // A trace that loads moves by itself.
    if (!m_hasBegun && (document->phase() != Document::Phase::Ready || !document->isSnapshotCurrent()))
        return;
    m_hasBegun = true;
    m_history.note(current(), m_clock.elapsed());
    Q_EMIT historyChanged();
}

void WindowPlaces::takeSnapshot()
{
    if (!m_goal) {
        if (!m_hasBegun)
            note();
        return;
    }
    if (!m_window->document()->isSnapshotCurrent())
        return;
    const ViewPlace goal = *m_goal;
    apply(goal);
    m_goal.reset();
    if (m_isOfHistory)
        m_history.arrived(current());
    else
        note();
}

void WindowPlaces::apply(const ViewPlace& place)
{
    Document* document = m_window->document();
    m_isApplying = true;
    m_window->showView(place.view);
    document->setCursor(place.event);
    document->setSelection(place.selection);
    std::uint32_t site = 0;
    if (!place.site.isEmpty() && document->sites()) {
        for (const Site& known : document->sites()->sites()) {
            if (known.name == place.site)
                site = known.id;
        }
    }
    document->setSite(site);
    m_window->currentView()->goToPlace(place.place);
    m_isApplying = false;
}

void WindowPlaces::goTo(const ViewPlace& place)
{
    if (m_window->document() == nullptr)
        return;
    note(); // where somebody comes from
    m_isOfHistory = false;
    m_goal = place;
    if (!place.site.isEmpty() && !m_window->document()->sites())
        m_window->document()->requestSites();
    apply(place);
    m_window->keepCursor();
    takeSnapshot();
}

void WindowPlaces::back()
{
    if (!m_history.canGoBack() || m_window->document() == nullptr)
        return;
    const ViewPlace place = m_history.back(m_clock.elapsed());
    m_isOfHistory = true;
    m_goal = place;
    apply(place);
    takeSnapshot();
    Q_EMIT historyChanged();
}

void WindowPlaces::forward()
{
    if (!m_history.canGoForward() || m_window->document() == nullptr)
        return;
    const ViewPlace place = m_history.forward(m_clock.elapsed());
    m_isOfHistory = true;
    m_goal = place;
    apply(place);
    takeSnapshot();
    Q_EMIT historyChanged();
}

} // namespace heapatlas
