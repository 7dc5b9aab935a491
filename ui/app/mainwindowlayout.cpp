// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of MainWindow that build its centre and connect everything; what it does is in mainwindow.cpp.
#include "session/document.h"
#include "session/settings.h"
#include "session/wording.h"
#include "ui/app/mainwindow.h"
#include "ui/app/statusline.h"
#include "ui/app/windowactions.h"
#include "ui/app/windowexport.h"
#include "ui/app/windowplaces.h"
#include "ui/dialogs/aboutdialog.h"
#include "ui/dialogs/keyboarddialog.h"
#include "ui/dialogs/settingsdialog.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/map/mapview.h"
#include "ui/views/spacetime/spacetimeview.h"
#include "ui/views/timeline/playback.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/views/welcome/welcomeview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/filterbar.h"
#include "ui/widgets/loadingbar.h"
#include "ui/widgets/recordingstrip.h"
#include "ui/widgets/viewrail.h"

#include <QAbstractButton>
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

namespace heapatlas {

namespace {

/// Shows where the overlay ends; a docked panel has its own line.
class OverlayFrame : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter(this).fillRect(QRect(0, 0, 1, height()), Theme::current().lineStrong);
    }
};

} // namespace

void MainWindow::buildCentre()
{
    auto* centre = new QWidget;
    centre->setObjectName(QStringLiteral("centre"));
    m_pages = new QStackedWidget;
    m_pages->setObjectName(QStringLiteral("pages"));
    m_views->setObjectName(QStringLiteral("views"));
    m_tracePage->setObjectName(QStringLiteral("tracePage"));
    auto* row = new QHBoxLayout(m_tracePage);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail->addGroup(tr("Look"));
    addView(QStringLiteral("map"), tr("Map"), QStringLiteral("map"), m_map);
    addView(QStringLiteral("spacetime"), tr("Space–time"), QStringLiteral("spacetime"), m_spacetime);
    m_rail->setCurrentView(QStringLiteral("map"));
    row->addWidget(m_rail);
    auto* canvasColumn = new QVBoxLayout;
    canvasColumn->setSpacing(0);
    canvasColumn->addWidget(m_loading);
    canvasColumn->addWidget(m_filter);
    buildBytesDock();
    canvasColumn->addWidget(m_viewHost, 1);
    row->addLayout(canvasColumn, 1);
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_tracePage);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_errors);
    column->addWidget(m_pages, 1);
    setCentralWidget(centre);
    m_overlay = new OverlayFrame(centre);
    m_overlay->setObjectName(QStringLiteral("inspectorOverlay"));
    auto* overlayLayout = new QVBoxLayout(m_overlay);
    overlayLayout->setContentsMargins(1, 0, 0, 0);
    m_overlay->hide();
    centre->installEventFilter(this);

    connect(m_loading, &LoadingBar::cancelRequested, this, [this] {
        if (m_document)
            m_document->cancelLoading();
    });
    connect(m_welcome, &WelcomeView::recordRequested, this, [this] { showRecordDialog(); });
    connect(m_welcome, &WelcomeView::openRequested, this, &MainWindow::chooseFile);
    connect(m_welcome, &WelcomeView::fileRequested, this, &MainWindow::fileRequested);
    connect(m_welcome, &WelcomeView::locateRecentRequested, this, &MainWindow::locate);
    connect(m_welcome, &WelcomeView::removeRecentRequested, this, [this](const QString& path) {
        Settings::instance().removeRecent(path);
        refreshWelcome();
    });
    connect(m_welcome, &WelcomeView::clearRecentRequested, this, [this] {
        Settings::instance().clearRecent();
        refreshWelcome();
    });
    connect(m_inspector, &InspectorView::sourceRequested, this, &MainWindow::openSource);
    connect(m_inspector, &InspectorView::eventRequested, m_timeline, &TimelineView::goTo);
    connect(m_inspector, &InspectorView::mapRequested, this, [this] {
        showView(QStringLiteral("map"));
        m_map->revealSelection();
    });
    connect(this, &MainWindow::viewChanged, m_inspector,
        [this](const QString& name) { m_inspector->setSlotLifeShown(name == u"spacetime"); });
    connect(m_timeline, &TimelineView::cursorMovedByUser, this, &MainWindow::keepCursor);
    statusBar()->setObjectName(QStringLiteral("statusBar"));
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setFixedHeight(24);
    statusBar()->setContentsMargins(0, 0, 0, 0);
    statusBar()->addWidget(m_status, 1);
}

void MainWindow::addView(const QString& name, const QString& title, const QString& icon, TraceView* view)
{
    view->setProperty(viewNameProperty, name);
    m_rail->addView(name, title, icon);
    m_views->addWidget(view);
    connect(view, &TraceView::hintChanged, m_status, &StatusLine::setHint);
    connect(view, &TraceView::placeChanged, m_places, &WindowPlaces::note);
    view->canvas()->addAction(m_actions->bookmark);
}

void MainWindow::wireActions()
{
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->open, [this] { chooseFile(); });
    on(m_actions->picture, [this] { m_export->ask(currentViewName(), ExportForm::Png2); });
    on(m_actions->exportAs, [this] { m_export->ask(); });
    on(m_actions->closeWindow, [this] { close(); });
    on(m_actions->quit, [] { QApplication::closeAllWindows(); });
    on(m_actions->copyAddress, [this] {
        if (m_document && m_document->selection().what != Selection::What::Nothing)
            QApplication::clipboard()->setText(wording::address(m_document->selection().range.begin));
    });
    on(m_actions->goTo, [this] { showGoToDialog(); });
    const auto openDialog = [](QDialog* dialog) {
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    on(m_actions->settings, [this, openDialog] { openDialog(new SettingsDialog(this)); });
    on(m_actions->keyboard, [this, openDialog] { openDialog(new KeyboardDialog(m_actions->all(), this)); });
    on(m_actions->about, [this, openDialog] { openDialog(new AboutDialog(this)); });
    on(m_actions->map, [this] { showView(QStringLiteral("map")); });
    on(m_actions->spacetime, [this] { showView(QStringLiteral("spacetime")); });
    connect(m_rail, &ViewRail::viewChosen, this, &MainWindow::showView);
    on(m_actions->inspector, [this](bool shown) { setInspectorShown(shown); });
    on(m_actions->bytes, [this](bool shown) { setBytesShown(shown); });
    on(m_actions->zoomIn, [this] { currentView()->zoomIn(); });
    on(m_actions->zoomOut, [this] { currentView()->zoomOut(); });
    on(m_actions->fit, [this] { currentView()->fit(); });
    on(m_actions->slack, [this](bool shown) { m_map->setSlackShown(shown); });
    for (QAction* action : m_actions->levels->actions()) {
        const auto level = static_cast<MapLevel>(action->data().toInt());
        on(action, [this, level] { m_map->setLevel(level); });
    }
    const auto showLevel = [this] {
        for (QAction* action : m_actions->levels->actions())
            action->setChecked(action->data().toInt() == static_cast<int>(m_map->level()));
    };
    connect(m_map, &MapView::levelChanged, this, showLevel);
    showLevel();
    for (QMenu* menu : menuBar()->findChildren<QMenu*>()) {
        if (menu->objectName() == u"menuView") // slack has a key and a button in the view's header too
            connect(menu, &QMenu::aboutToShow, this,
                [this] { m_actions->slack->setChecked(m_map->isSlackShown()); });
    }
    for (QAction* action : m_actions->themes->actions())
        on(action, [this, choice = action->data().toInt()] { setTheme(choice); });
    on(m_actions->toggleTheme, [] { ThemeManager::instance().toggle(); });
    on(m_actions->nextRegion, [this] { cycleFocus(true); });
    on(m_actions->previousRegion, [this] { cycleFocus(false); });
    connect(m_spacetime, &SpacetimeView::fullScreenRequested, m_actions->fullScreen, &QAction::trigger);
    on(m_actions->fullScreen, [this](bool full) { full ? showFullScreen() : showNormal(); });
    on(m_actions->resetLayout, [this] { resetLayout(); });
    on(m_actions->record, [this] { showRecordDialog(); });
    on(m_actions->recordAgain, [this] { startRecording(m_lastRequest); });
    on(m_actions->stopRecording, [this] { m_recorder->stop(); });

    Playback* playback = m_timeline->playback();
    using timelinelayout::Wanted;
    on(m_actions->play,
        [playback] { playback->togglePlay(playback->isPlaying() && playback->isBackward()); });
    on(m_actions->playBackward, [playback] { playback->togglePlay(true); });
    on(m_actions->nextEvent, [playback] { playback->step(1); });
    on(m_actions->previousEvent, [playback] { playback->step(-1); });
    on(m_actions->nextThousand, [playback] { playback->step(1000); });
    on(m_actions->previousThousand, [playback] { playback->step(-1000); });
    on(m_actions->nextGc, [this] { m_timeline->jump(Wanted::GcRun, true); });
    on(m_actions->previousGc, [this] { m_timeline->jump(Wanted::GcRun, false); });
    on(m_actions->nextCheckpoint, [this] { m_timeline->jump(Wanted::Checkpoint, true); });
    on(m_actions->previousCheckpoint, [this] { m_timeline->jump(Wanted::Checkpoint, false); });
    on(m_actions->rangeStart, [this] { m_timeline->startRange(); });
    on(m_actions->rangeEnd, [this] { m_timeline->endRange(); });
    on(m_actions->clearRange, [this] { m_timeline->clearRange(); });
    on(m_actions->zoomToRange, [this] { m_timeline->chart()->zoomToRange(); });
    on(m_actions->timelineTable, [this] { m_timeline->showTable(); });
    on(m_actions->first, [this] { m_timeline->goTo(0); });
    on(m_actions->last, [this] { m_timeline->goTo(m_document ? m_document->eventCount() : 0); });
    qApp->installEventFilter(this);
}

void MainWindow::wireRecorder()
{
    connect(m_recorder, &RecordController::statusChanged, this, [this] {
        m_welcome->setRecordHint(m_recorder->unavailableReason());
        refreshStatus();
    });
    const auto refresh = [this] {
        const bool isRecording = m_recorder->isRecording();
        const bool isMine = isRecording && m_isMyRecording;
        m_actions->setRecording(isRecording, !m_lastRequest.command.isEmpty());
        m_stripItem->setVisible(isMine);
        for (QAction* item : m_normalItems)
            item->setVisible(!isMine);
        for (QAction* item : m_traceItems)
            item->setVisible(!isMine && !isWelcomeShown());
    };
    connect(m_recorder, &RecordController::started, this, [this, refresh] {
        m_strip->begin(m_lastRequest.command.size() > 1 ? QFileInfo(m_lastRequest.command[1]).fileName()
                                                        : m_lastRequest.command.value(0));
        refresh();
    });
    connect(m_recorder, &RecordController::progressed, this,
        [this] { m_strip->setProgress(m_recorder->elapsedMs(), m_recorder->bytesWritten()); });
    connect(
        m_recorder, &RecordController::finished, this, [this, refresh](const QString& path, int exitStatus) {
            refresh();
            if (std::exchange(m_isMyRecording, false))
                finishRecording(path, exitStatus);
        });
    connect(m_recorder, &RecordController::failed, this, [this, refresh](const QString& sentence) {
        refresh();
        if (std::exchange(m_isMyRecording, false))
            m_errors->showMessage(ErrorBar::Severity::Error, sentence, m_recorder->programOutput());
    });
    connect(m_strip, &RecordingStrip::stopRequested, m_recorder, &RecordController::stop);
    refresh();
}

void MainWindow::cycleFocus(bool forward)
{
    QList<QWidget*> parts;
    if (isWelcomeShown()) {
        parts = { m_toolBar->findChild<QWidget*>(QStringLiteral("toolOpen")), m_welcome };
    } else {
        parts = { m_toolBar->findChild<QWidget*>(QStringLiteral("toolOpen")), m_rail, currentView(),
            currentView()->canvas() };
        if (isInspectorShown())
            parts << m_sideTabs->currentWidget();
        parts << m_timeline->chart();
    }
    const QWidget* canvas = currentView()->canvas();
    const QWidget* focus = QApplication::focusWidget();
    qsizetype at = -1;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (focus != nullptr && (parts[i] == focus || parts[i]->isAncestorOf(focus)))
            at = i; // the last that matches is the innermost
    }
    const qsizetype next = at < 0 ? 0 : (at + (forward ? 1 : parts.size() - 1)) % parts.size();
    QWidget* target = parts[next];
    if ((target->focusPolicy() & Qt::TabFocus) == 0) {
        for (QWidget* child : target->findChildren<QWidget*>()) {
            if (child->isVisibleTo(target) && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus) != 0
                && child != canvas) {
                target = child;
                break;
            }
        }
    }
    target->setFocus(Qt::TabFocusReason);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == centralWidget() && event->type() == QEvent::Resize)
        placeOverlay();
    if (event->type() == QEvent::Hide && watched->parent() == this
        && qobject_cast<QDialog*>(watched) != nullptr
        && (QApplication::activeWindow() == nullptr || QApplication::activeWindow() == watched)) {
        // Without a window manager nobody else gives the keys back to the window, and Ctrl+Q would go nowhere.
        QTimer::singleShot(0, this, [this] { activateWindow(); });
    }
    if (event->type() == QEvent::ShortcutOverride) {
        // Space presses the button that has the focus before it plays; lists keep Home and End.
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isButton = qobject_cast<QAbstractButton*>(watched) != nullptr;
        const bool isList = watched->inherits("QAbstractItemView");
        const bool isPress =
            key->key() == Qt::Key_Space && (isButton || isList || watched->inherits("QComboBox"));
        const bool isMove = (key->key() == Qt::Key_Home || key->key() == Qt::Key_End) && isList;
        if ((isPress || isMove) && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace heapatlas
