// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of MainWindow by which somebody finds a place and comes back to it: command field, bookmarks, history.
#include "session/bookmarkstore.h"
#include "session/document.h"
#include "session/settings.h"
#include "session/wording.h"
#include "ui/app/mainwindow.h"
#include "ui/app/statusline.h"
#include "ui/app/windowactions.h"
#include "ui/app/windowplaces.h"
#include "ui/palette/commandfield.h"
#include "ui/palette/commandpalette.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/bookmarks/bookmarksview.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/filterbar.h"
#include "ui/widgets/traceview.h"

#include <QAction>
#include <QActionGroup>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>
#include <QTabBar>
#include <QTabWidget>
#include <QUndoStack>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr qint64 maxImport = 64 * 1024 * 1024;

/// As in menus, with what it belongs to where the menu says that.
QString commandText(const QAction* action)
{
    QString text = action->text();
    text.remove(u'&').remove(QStringLiteral("…"));
    const QActionGroup* group = action->actionGroup();
    const QString of = group == nullptr ? QString() : group->property("commandText").toString();
    return of.isEmpty() ? text : QStringLiteral("%1: %2").arg(of, text);
}

} // namespace

void MainWindow::buildSideTabs()
{
    m_sideTabs->setObjectName(QStringLiteral("sideTabs"));
    m_sideTabs->setAccessibleName(tr("Inspector and bookmarks"));
    m_sideTabs->setDocumentMode(true);
    m_sideTabs->tabBar()->setObjectName(QStringLiteral("sideTabBar"));
    m_sideTabs->tabBar()->setAccessibleName(tr("Inspector and bookmarks"));
    m_sideTabs->tabBar()->setExpanding(false);
    m_sideTabs->tabBar()->setDrawBase(false);
    // As high as the header of the view beside it.
    m_sideTabs->tabBar()->setElideMode(Qt::ElideNone);
    m_sideTabs->tabBar()->setStyleSheet(
        QStringLiteral("QTabBar::tab { height: 27px; padding: 8px 16px 6px 16px; }"
                       "QTabBar::tab:selected { font-weight: 600; }"));
    m_sideTabs->addTab(m_inspector, tr("Inspector"));
    m_sideTabs->addTab(m_bookmarksView, tr("Bookmarks"));
}

void MainWindow::wireFinding()
{
    m_palette = new CommandPalette(this);
    m_actions->levels->setProperty("commandText", tr("Level"));
    m_actions->themes->setProperty("commandText", tr("Theme"));
    m_palette->setSources([this] {
        PaletteSources sources;
        sources.hasTrace = m_document && !isWelcomeShown();
        if (sources.hasTrace) {
            const SnapshotPtr snapshot = m_document->snapshot();
            sources.snapshot = snapshot && snapshot->detail() >= Detail::Regions ? snapshot : nullptr;
            sources.events = m_document->eventCount();
            sources.sites = m_document->sites();
            sources.markers = m_document->markers();
            sources.bookmarks = m_bookmarks->list();
        }
        for (const QAction* action : m_actions->all()) {
            // What cannot be done now keeps its place, so that an index means the same action later.
            sources.commands << (action->isEnabled() && action != m_actions->find
                    ? PaletteCommand { commandText(action),
                        action->shortcut().toString(QKeySequence::NativeText) }
                    : PaletteCommand {});
        }
        return sources;
    });
    connect(m_actions->find, &QAction::triggered, this, [this] { openPalette(); });
    connect(m_palette, &CommandPalette::chosen, this, [this](const PaletteTarget& target) {
        if (const auto* event = std::get_if<EventTarget>(&target)) {
            m_timeline->goTo(event->event);
        } else if (const auto* selection = std::get_if<Selection>(&target)) {
            m_document->setSelection(*selection);
            currentView()->revealSelection();
        } else if (const auto* site = std::get_if<SiteTarget>(&target)) {
            m_document->setSite(site->site);
        } else if (const auto* bookmark = std::get_if<BookmarkTarget>(&target)) {
            goToBookmark(bookmark->id);
        } else if (const auto* command = std::get_if<CommandTarget>(&target)) {
            m_actions->all().at(command->index)->trigger();
        }
    });
    connect(m_filter, &FilterBar::clearRequested, this, [this] {
        if (m_document)
            m_document->setSite(0);
        currentView()->canvas()->setFocus();
    });
    const auto showHistory = [this] {
        m_actions->back->setEnabled(m_places->canGoBack() && !isWelcomeShown());
        m_actions->forward->setEnabled(m_places->canGoForward() && !isWelcomeShown());
    };
    connect(m_places, &WindowPlaces::historyChanged, this, showHistory);
    connect(this, &MainWindow::viewChanged, m_places, &WindowPlaces::note);
    connect(m_actions->back, &QAction::triggered, m_places, &WindowPlaces::back);
    connect(m_actions->forward, &QAction::triggered, m_places, &WindowPlaces::forward);
}

void MainWindow::tell(const QString& text) { m_status->setHint(text); }

void MainWindow::openPalette(const QString& text)
{
    if (m_document && !isWelcomeShown())
        m_document->requestSites();
    if (!text.isEmpty())
        m_palette->setText(text);
    m_palette->openAt(m_field);
}

void MainWindow::refreshSite()
{
    const std::uint32_t id = m_document ? m_document->site() : 0;
    const SiteIndexPtr sites = m_document ? m_document->sites() : nullptr;
    if (id == 0) {
        m_filter->setFilter({}, {});
        return;
    }
    if (!sites || sites->event() != m_document->cursor())
        m_document->requestSites();
    const Site* site = sites ? sites->find(id) : nullptr;
    if (site == nullptr) {
        m_filter->setFilter(tr("One site"), {});
        return;
    }
    const QString count =
        site->blocks == 1 ? tr("1 live block") : tr("%1 live blocks").arg(wording::count(site->blocks));
    m_filter->setFilter(site->name,
        tr("%1 · %2, %3 after event %4")
            .arg(site->place, count, wording::size(site->bytes), wording::count(sites->event().value_or(0))));
}

void MainWindow::wireBookmarks()
{
    m_timeline->chart()->addAction(m_actions->bookmark);
    connect(m_actions->bookmark, &QAction::triggered, this, &MainWindow::addBookmark);
    connect(m_actions->bookmarks, &QAction::triggered, this, [this] {
        m_sideTabs->setCurrentWidget(m_bookmarksView);
        setInspectorShown(true);
    });
    connect(m_bookmarksView, &BookmarksView::addRequested, this, &MainWindow::addBookmark);
    connect(m_bookmarksView, &BookmarksView::goToRequested, this, &MainWindow::goToBookmark);
    connect(m_bookmarksView, &BookmarksView::exportRequested, this, &MainWindow::exportBookmarks);
    connect(m_bookmarksView, &BookmarksView::importRequested, this, &MainWindow::importBookmarks);
    connect(m_bookmarks, &BookmarkModel::changed, this, [this] {
        if (!m_keepsLayout || !m_bookmarkStore)
            return;
        if (!m_bookmarkStore->save(m_bookmarks->list())) {
            m_errors->showMessage(ErrorBar::Severity::Warning,
                tr("The bookmarks of this trace could not be kept. They last until the window is closed; "
                   "export "
                   "them to keep them."),
                m_bookmarkStore->path());
        }
    });
    const auto showCount = [this] {
        std::vector<std::uint64_t> events;
        for (const Bookmark& bookmark : m_bookmarks->list())
            events.push_back(bookmark.place.event);
        std::sort(events.begin(), events.end());
        m_timeline->chart()->setBookmarks(std::move(events));
        const int count = m_bookmarks->rowCount();
        m_sideTabs->setTabText(m_sideTabs->indexOf(m_bookmarksView),
            count == 0 ? tr("Bookmarks")
                       : tr("Bookmarks %1").arg(wording::count(static_cast<std::uint64_t>(count))));
    };
    connect(m_bookmarks, &QAbstractItemModel::rowsInserted, this, showCount);
    connect(m_bookmarks, &QAbstractItemModel::rowsRemoved, this, showCount);
    connect(m_bookmarks, &QAbstractItemModel::modelReset, this, showCount);

    connect(m_actions->undo, &QAction::triggered, m_undo, &QUndoStack::undo);
    connect(m_actions->redo, &QAction::triggered, m_undo, &QUndoStack::redo);
    const auto showUndo = [this] {
        m_actions->undo->setEnabled(m_undo->canUndo());
        m_actions->redo->setEnabled(m_undo->canRedo());
        m_actions->undo->setText(m_undo->canUndo() ? tr("Undo: %1").arg(m_undo->undoText()) : tr("Undo"));
        m_actions->redo->setText(m_undo->canRedo() ? tr("Redo: %1").arg(m_undo->redoText()) : tr("Redo"));
    };
    connect(m_undo, &QUndoStack::indexChanged, this, showUndo);
    connect(m_undo, &QUndoStack::canUndoChanged, this, showUndo);
    connect(m_undo, &QUndoStack::canRedoChanged, this, showUndo);
}

void MainWindow::loadBookmarks()
{
    m_bookmarkStore = std::make_unique<BookmarkStore>(m_document->path());
    const bookmarks::Read read = m_bookmarkStore->load();
    m_bookmarks->reset(read.list);
    if (!read.problem.isEmpty())
        m_errors->showMessage(ErrorBar::Severity::Warning, read.problem, m_bookmarkStore->path());
}

void MainWindow::addBookmark()
{
    if (!m_document || isWelcomeShown())
        return;
    const QString id = m_bookmarks->add(m_places->current());
    // Where the list is in sight its name can be typed at once; elsewhere nobody is torn from what they look at.
    if (m_bookmarksView->isVisible())
        m_bookmarksView->edit(id);
    else
        tell(tr("Bookmarked event %1").arg(wording::count(m_document->cursor())));
}

void MainWindow::goToBookmark(const QString& id)
{
    if (const Bookmark* bookmark = m_bookmarks->find(id); bookmark != nullptr && m_document)
        m_places->goTo(bookmark->place);
}

void MainWindow::exportBookmarks()
{
    const QString key = QStringLiteral("export/folder");
    const QString folder = Settings::instance().value(key).toString();
    const QString name = QFileInfo(m_document->path()).completeBaseName();
    const QString path = QFileDialog::getSaveFileName(this, tr("Export bookmarks"),
        QStringLiteral("%1/%2-bookmarks.json").arg(folder.isEmpty() ? QStringLiteral(".") : folder, name),
        tr("Bookmarks (*.json)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    const QByteArray json = bookmarks::toJson(m_bookmarks->list(), m_document->path());
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit()) {
        m_errors->showMessage(ErrorBar::Severity::Error,
            tr("The bookmarks could not be written to %1. Choose another folder.").arg(path),
            file.errorString());
        return;
    }
    Settings::instance().setValue(key, QFileInfo(path).absolutePath());
    tell(tr("Written to %1").arg(path));
}

void MainWindow::importBookmarks()
{
    const QString folder = Settings::instance().value(QStringLiteral("export/folder")).toString();
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Import bookmarks"), folder, tr("Bookmarks (*.json);;All files (*)"));
    if (path.isEmpty())
        return;
    QFile file(path);
    bookmarks::Read read;
    if (file.open(QIODevice::ReadOnly))
        read = bookmarks::fromJson(file.read(maxImport));
    else
        read.problem = tr("%1 could not be read.").arg(path);
    m_bookmarks->import(read.list);
    if (!read.problem.isEmpty())
        m_errors->showMessage(ErrorBar::Severity::Warning, read.problem, path);
}

} // namespace heapatlas
