// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/mainwindow.h"

#include "session/bookmarkstore.h"
#include "session/document.h"
#include "session/rangewatch.h"
#include "session/selectionfinder.h"
#include "session/settings.h"
#include "session/wording.h"
#include "ui/app/recenttrace.h"
#include "ui/app/sourceopener.h"
#include "ui/app/statusline.h"
#include "ui/app/windowactions.h"
#include "ui/app/windowexport.h"
#include "ui/app/windowplaces.h"
#include "ui/dialogs/gotodialog.h"
#include "ui/dialogs/recorddialog.h"
#include "ui/palette/commandpalette.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/bookmarks/bookmarksview.h"
#include "ui/views/bytes/bytespanel.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/map/mappainter.h"
#include "ui/views/map/mapview.h"
#include "ui/views/spacetime/spacetimeview.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/views/welcome/samplecatalog.h"
#include "ui/views/welcome/tracepreview.h"
#include "ui/views/welcome/welcomecards.h"
#include "ui/views/welcome/welcomeview.h"
#include "ui/widgets/barbutton.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/filterbar.h"
#include "ui/widgets/loadingbar.h"
#include "ui/widgets/recordingstrip.h"
#include "ui/widgets/viewrail.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QStackedWidget>
#include <QTabWidget>
#include <QUndoStack>

namespace heapatlas {

MainWindow::MainWindow(RecordController* recorder, bool keepsLayout, QWidget* parent)
    : QMainWindow(parent)
    , m_recorder(recorder)
    , m_keepsLayout(keepsLayout)
    , m_actions(new WindowActions(this))
    , m_toolBar(nullptr)
    , m_filter(new FilterBar)
    , m_undo(new QUndoStack(this))
    , m_bookmarks(new BookmarkModel(m_undo, this))
    , m_bookmarksView(new BookmarksView(m_bookmarks))
    , m_places(new WindowPlaces(this))
    , m_export(new WindowExport(this))
    , m_sideTabs(new QTabWidget)
    , m_errors(new ErrorBar)
    , m_loading(new LoadingBar)
    , m_pages(nullptr)
    , m_welcome(new WelcomeView)
    , m_tracePage(new QWidget)
    , m_rail(new ViewRail)
    , m_views(new QStackedWidget)
    , m_bytes(new BytesPanel)
    , m_map(new MapView)
    , m_spacetime(new SpacetimeView)
    , m_timeline(new TimelineView)
    , m_inspector(new InspectorView)
    , m_status(new StatusLine)
    , m_preview(new TracePreview(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Heap Atlas"));
    setAcceptDrops(true);
    setMinimumSize(1024, 700);
    buildCentre();
    buildSideTabs();
    buildDocks();
    buildToolBar();
    wireActions();
    wireFinding();
    wireBookmarks();
    wireRecorder();
    resize(1600, 1000);
    restoreLayout();
    placeInspector();
    showPage(false);
    refreshWelcome();
    const QList<SampleTrace> samples = samplecatalog::find(samplecatalog::folders());
    m_welcome->setSamples(samples);
    connect(m_preview, &TracePreview::ready, this,
        [this](const QString& path, const SnapshotPtr& snapshot, std::uint64_t events) {
            for (SampleCard* card : m_welcome->sampleCards()) {
                if (card->sample().path != path)
                    continue;
                card->setPicture([shown = withoutHugeBlocks(snapshot)](QSize size, qreal ratio) {
                    return MapPainter::fingerprint(*shown, size, ratio);
                });
                if (card->sample().subtitle.isEmpty()) {
                    card->setSubtitle(
                        tr("%1, %2 peak")
                            .arg(wording::events(events), wording::size(snapshot->totals().peakLive)));
                }
            }
        });
    QStringList paths;
    for (const SampleTrace& sample : samples)
        paths << sample.path;
    m_preview->start(paths);
}

MainWindow::~MainWindow()
{
    qApp->removeEventFilter(this);
    // The undo stack tells of its end, when the actions that it would change are gone.
    m_undo->disconnect(this);
    m_bookmarks->disconnect(this);
}

bool MainWindow::isWelcomeShown() const { return m_pages->currentWidget() == m_welcome; }

bool MainWindow::isWelcomeSettled() const
{
    return !m_preview->isBusy()
        && !(m_recorder->statusText().isEmpty() && m_recorder->unavailableReason().isEmpty());
}

void MainWindow::openTrace(const QString& path)
{
    m_errors->dismiss();
    m_timeline->setDocument(nullptr);
    m_inspector->setDocument(nullptr);
    m_bytes->setDocument(nullptr);
    for (int i = 0; i < m_views->count(); ++i)
        viewAt(i)->setDocument(nullptr);
    m_toldProblem.clear();
    m_hasPlacedCursor = false;
    m_isRemembered = false;
    m_document = std::make_unique<Document>(QFileInfo(path).absoluteFilePath());
    connect(m_document.get(), &Document::progressChanged, this, &MainWindow::takeProgress);
    connect(m_document.get(), &Document::snapshotChanged, this, &MainWindow::takeSnapshot);
    connect(m_document.get(), &Document::rangeChanged, this, &MainWindow::refreshStatus);
    connect(m_document->rangeWatch(), &RangeWatch::figuresChanged, this, &MainWindow::refreshStatus);
    for (int i = 0; i < m_views->count(); ++i)
        viewAt(i)->setDocument(m_document.get());
    m_timeline->setDocument(m_document.get());
    m_inspector->setDocument(m_document.get());
    m_bytes->setDocument(m_document.get());
    m_places->begin();
    loadBookmarks();
    connect(m_document.get(), &Document::siteChanged, this, &MainWindow::refreshSite);
    connect(m_document.get(), &Document::sitesChanged, this, [this] {
        refreshSite();
        m_palette->refresh();
    });
    refreshSite();
    const QString name = QFileInfo(path).fileName();
    setWindowTitle(tr("%1 – Heap Atlas").arg(name));
    m_traceButton->setText(name);
    m_traceButton->updateGeometry();
    m_traceButton->setAccessibleName(tr("Trace %1").arg(name));
    m_loading->showProgress(tr("Reading %1").arg(name), -1);
    showPage(true);
    takeProgress();
}

void MainWindow::showPage(bool isTrace)
{
    m_pages->setCurrentWidget(isTrace ? m_tracePage : static_cast<QWidget*>(m_welcome));
    m_timelineDock->setVisible(isTrace);
    m_actions->setTraceOpen(isTrace);
    for (QAction* item : m_traceItems)
        item->setVisible(isTrace && !m_isMyRecording);
    placeInspector();
    placeDocks();
    refreshStatus();
    if (isTrace)
        currentView()->canvas()->setFocus();
}

TraceView* MainWindow::viewAt(int index) const { return qobject_cast<TraceView*>(m_views->widget(index)); }
QList<std::pair<QString, QString>> MainWindow::viewNames() const
{
    QList<std::pair<QString, QString>> names;
    for (int i = 0; i < m_views->count(); ++i)
        names << std::pair(viewAt(i)->property(viewNameProperty).toString(), viewAt(i)->accessibleName());
    return names;
}

TraceView* MainWindow::viewNamed(const QString& name) const
{
    for (int i = 0; i < m_views->count(); ++i) {
        if (viewAt(i)->property(viewNameProperty).toString() == name)
            return viewAt(i);
    }
    return nullptr;
}

TraceView* MainWindow::currentView() const { return viewAt(m_views->currentIndex()); }
QString MainWindow::currentViewName() const { return currentView()->property(viewNameProperty).toString(); }

void MainWindow::showView(const QString& name)
{
    for (int i = 0; i < m_views->count(); ++i) {
        if (viewAt(i)->property(viewNameProperty).toString() != name)
            continue;
        const bool isOther = i != m_views->currentIndex();
        m_views->setCurrentIndex(i);
        m_rail->setCurrentView(name);
        m_status->setHint({});
        if (!isWelcomeShown())
            viewAt(i)->canvas()->setFocus();
        if (isOther)
            Q_EMIT viewChanged(name);
    }
}

void MainWindow::takeProgress()
{
    if (!m_document)
        return;
    const Document& document = *m_document;
    const QString name = QFileInfo(document.path()).fileName();
    switch (document.phase()) {
    case Document::Phase::Opening:
    case Document::Phase::Loading:
        m_loading->showProgress(tr("Reading %1").arg(name),
            document.eventCount() == 0 ? -1 : document.progress(),
            document.eventCount() == 0
                ? QString()
                : tr("%1 so far, %2")
                      .arg(wording::events(document.eventCount()), wording::percent(document.progress())));
        break;
    case Document::Phase::Ready:
        m_loading->finish();
        if (!m_hasPlacedCursor) {
            m_hasPlacedCursor =
                true; // the end of a script is an empty heap; where it is fullest there is something to see
            if (const auto curve = document.curve(); curve && !curve->isEmpty())
                m_document->setCursor(fullestEvent(*curve));
        }
        break;
    case Document::Phase::Failed:
        m_loading->finish();
        break;
    }
    const QString problem = document.problem();
    if (!problem.isEmpty() && problem != m_toldProblem) {
        m_toldProblem = problem;
        const bool isFailed = document.phase() == Document::Phase::Failed;
        m_errors->showMessage(isFailed   ? ErrorBar::Severity::Error
                : document.isCancelled() ? ErrorBar::Severity::Note
                                         : ErrorBar::Severity::Warning,
            problem, document.problemDetails());
        if (isFailed && document.eventCount() == 0 && !document.snapshot()) {
            setWindowTitle(tr("Heap Atlas"));
            showPage(false);
        }
    }
    refreshStatus();
}

void MainWindow::takeSnapshot()
{
    refreshStatus();
    if (m_document && !m_isRemembered && m_document->phase() == Document::Phase::Ready
        && m_document->isSnapshotCurrent())
        rememberTrace();
}

void MainWindow::rememberTrace()
{
    m_isRemembered = true;
    if (!m_keepsLayout)
        return;
    Settings::instance().rememberRecent(recentTraceOf(*m_document));
    refreshWelcome();
}

void MainWindow::refreshWelcome()
{
    m_welcome->setRecentFiles(Settings::instance().recentFiles());
    m_welcome->setRecordHint(m_recorder->unavailableReason());
    refreshRecentMenu();
}

void MainWindow::refreshStatus()
{
    if (m_document && !isWelcomeShown())
        m_status->showDocument(*m_document);
    else
        m_status->showIdle(m_recorder->statusText());
}

void MainWindow::startRecording(const RecordRequest& request)
{
    m_lastRequest = request;
    m_isMyRecording = true;
    m_errors->dismiss();
    m_recorder->start(request);
}

void MainWindow::showRecordDialog(bool withContents)
{
    auto* dialog = new RecordDialog(m_recorder, this);
    dialog->setContents(withContents);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &RecordDialog::recordRequested, this, &MainWindow::startRecording);
    dialog->open();
}

void MainWindow::finishRecording(const QString& path, int exitStatus)
{
    const QString output = m_recorder->programOutput();
    if (m_document) {
        Q_EMIT fileRequested(path);
    } else {
        openTrace(path);
        if (exitStatus != 0) {
            m_errors->showMessage(ErrorBar::Severity::Note,
                tr("The program ended with status %1. What it did until then is recorded.").arg(exitStatus),
                output);
        } else if (const qsizetype others = m_recorder->traces().size() - 1; others > 0) {
            m_errors->showMessage(ErrorBar::Severity::Note,
                others == 1
                    ? tr("One more process or request was recorded; its trace stands beside this one.")
                    : tr("%1 more processes or requests were recorded; their traces stand beside this one.")
                          .arg(others),
                m_recorder->traces().join(u'\n'));
        }
    }
}

void MainWindow::showGoToDialog()
{
    if (!m_document || isWelcomeShown())
        return;
    auto* dialog = new GoToDialog(m_document->eventCount(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &GoToDialog::eventChosen, m_timeline, &TimelineView::goTo);
    connect(dialog, &GoToDialog::addressChosen, this, &MainWindow::selectAddress);
    dialog->open();
}

bool MainWindow::selectAddress(Address address)
{
    const SnapshotPtr snapshot = m_document ? m_document->snapshot() : nullptr;
    if (!snapshot)
        return false;
    const std::optional<Selection> found = selectionAt(*snapshot, address);
    if (!found) {
        m_errors->showMessage(ErrorBar::Severity::Note,
            tr("Nothing is mapped at %1 after event %2.")
                .arg(wording::address(address), wording::count(snapshot->eventIndex())));
        return false;
    }
    m_document->setSelection(*found);
    m_map->revealSelection();
    if (currentView() != m_map)
        currentView()->revealSelection();
    return true;
}

void MainWindow::setTheme(int choice)
{
    ThemeManager::instance().setChoice(static_cast<ThemeChoice>(choice));
}

void MainWindow::chooseFile()
{
    const QString folder = Settings::instance().value(QStringLiteral("open/folder")).toString();
    const QStringList paths =
        QFileDialog::getOpenFileNames(this, tr("Open a trace"), folder, tr("Traces (*.hat);;All files (*)"));
    for (const QString& path : paths) {
        Settings::instance().setValue(QStringLiteral("open/folder"), QFileInfo(path).absolutePath());
        Q_EMIT fileRequested(path);
    }
}

void MainWindow::locate(const QString& path)
{
    const QString found = QFileDialog::getOpenFileName(this, tr("Locate %1").arg(QFileInfo(path).fileName()),
        QFileInfo(path).absolutePath(), tr("Traces (*.hat);;All files (*)"));
    if (found.isEmpty())
        return;
    Settings::instance().removeRecent(path);
    refreshWelcome();
    Q_EMIT fileRequested(found);
}

void MainWindow::openSource(const Frame& frame)
{
    const QString command =
        Settings::instance().value(QString::fromUtf16(sourceopener::settingsKey)).toString();
    const QString problem = sourceopener::open(command, QString::fromStdString(frame.file), frame.line);
    if (!problem.isEmpty())
        m_errors->showMessage(ErrorBar::Severity::Note, problem);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            event->acceptProposedAction();
            return;
        }
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            Q_EMIT fileRequested(url.toLocalFile());
    }
    event->acceptProposedAction();
}

} // namespace heapatlas
