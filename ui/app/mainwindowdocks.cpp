// SPDX-License-Identifier: GPL-3.0-or-later
// The docks of MainWindow: where they stand, how they fold in a narrow window, and what is kept of that.
#include "session/document.h"
#include "session/settings.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/palette/commandfield.h"
#include "ui/views/bytes/bytespanel.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/traceview.h"
#include "ui/widgets/viewrail.h"

#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QGuiApplication>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

/// Of what is kept of a layout; another version is not read.
constexpr int layoutVersion = 2;
/// A window lower than this gives its timeline the least height.
constexpr int tightBelow = 800;

} // namespace

void MainWindow::buildDocks()
{
    const auto dock = [this](const char* name, const QString& title, QWidget* content) {
        auto* made = new QDockWidget(title, this);
        made->setObjectName(QLatin1String(name));
        made->setFeatures(QDockWidget::NoDockWidgetFeatures);
        made->setTitleBarWidget(new QWidget(made)); // nothing can be done with it, so it takes no room
        made->setWidget(content);
        return made;
    };
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    auto* host = new QWidget;
    host->setObjectName(QStringLiteral("inspectorHost"));
    auto* hostLayout = new QVBoxLayout(host);
    hostLayout->setContentsMargins(0, 0, 0, 0);
    host->setMinimumSize(280, 1); // a height too: the host is empty while the inspector lies over the canvas
    host->setMaximumWidth(520);
    hostLayout->addWidget(m_sideTabs);
    m_inspectorDock = dock("inspectorDock", tr("Inspector"), host);
    m_timelineDock = dock("timelineDock", tr("Timeline"), m_timeline);
    m_timeline->setMaximumHeight(240);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_timelineDock);
    resizeDocks({ m_inspectorDock }, { dockWidth }, Qt::Horizontal);
}

/// Below the views, not below the inspector: a host of its own lets it dock there, above them, or float.
void MainWindow::buildBytesDock()
{
    m_viewHost = new QMainWindow(m_tracePage);
    m_viewHost->setWindowFlags(Qt::Widget); // its constructor makes it a window whatever it is told
    m_viewHost->setObjectName(QStringLiteral("viewHost"));
    m_viewHost->setContextMenuPolicy(Qt::NoContextMenu);
    m_viewHost->setCentralWidget(m_views);
    m_bytesDock = new QDockWidget(tr("Bytes"), m_viewHost);
    m_bytesDock->setObjectName(QStringLiteral("bytesDock"));
    m_bytesDock->setAllowedAreas(Qt::BottomDockWidgetArea | Qt::TopDockWidgetArea);
    m_bytesDock->setTitleBarWidget(m_bytes->header());
    m_bytesDock->setWidget(m_bytes);
    m_viewHost->addDockWidget(Qt::BottomDockWidgetArea, m_bytesDock);
    m_viewHost->resizeDocks({ m_bytesDock }, { BytesPanel::usualHeight }, Qt::Vertical);
    m_bytesDock->hide();
    connect(m_bytesDock, &QDockWidget::visibilityChanged, this,
        [this] { m_actions->bytes->setChecked(!m_bytesDock->isHidden()); });
    connect(m_bytes, &BytesPanel::closeRequested, this, [this] { setBytesShown(false); });
    connect(m_bytes, &BytesPanel::recordRequested, this, [this] { showRecordDialog(true); });
    connect(m_bytes, &BytesPanel::addressRequested, this, [this](Address address) {
        if (selectAddress(address))
            m_document->setByteRange({ address, address + 1 });
    });
    connect(m_inspector, &InspectorView::bytesPanelRequested, this, [this] { setBytesShown(true); });
}

void MainWindow::setBytesShown(bool shown)
{
    m_bytesDock->setVisible(shown);
    m_actions->bytes->setChecked(shown);
    if (shown && !isWelcomeShown())
        m_bytes->setFocus();
    else if (!isWelcomeShown())
        currentView()->canvas()->setFocus();
}

bool MainWindow::isInspectorShown() const { return m_sideTabs->isVisible(); }

void MainWindow::setInspectorShown(bool shown)
{
    if (m_isNarrow)
        m_isOverlayShown = shown;
    else
        m_isDockWanted = shown;
    placeInspector();
    if (shown)
        m_sideTabs->currentWidget()->setFocus();
}

void MainWindow::placeInspector()
{
    const bool isTrace = !isWelcomeShown();
    QWidget* home = m_isNarrow ? m_overlay : m_inspectorDock->widget();
    if (m_sideTabs->parentWidget() != home)
        home->layout()->addWidget(m_sideTabs);
    m_inspectorDock->setVisible(isTrace && !m_isNarrow && m_isDockWanted);
    m_overlay->setVisible(isTrace && m_isNarrow && m_isOverlayShown);
    m_actions->inspector->setChecked(m_isNarrow ? m_isOverlayShown : m_isDockWanted);
    placeOverlay();
}

void MainWindow::placeOverlay()
{
    const QWidget* centre = centralWidget();
    const int top = m_pages->y();
    m_overlay->setGeometry(centre->width() - dockWidth, top, dockWidth, centre->height() - top);
    m_overlay->raise();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    const bool isNarrow = width() < wideFrom;
    if (isNarrow != m_isNarrow) {
        m_isNarrow = isNarrow;
        m_rail->setNarrow(isNarrow);
        m_field->setNarrow(isNarrow);
        placeInspector();
    }
    const bool wasTight = event->oldSize().height() < tightBelow;
    if (wasTight != isTight() || !event->oldSize().isValid())
        placeDocks();
}

bool MainWindow::isTight() const { return height() < tightBelow; }

/// The docks as large as they were last asked to be.
void MainWindow::placeDocks()
{
    resizeDocks({ m_inspectorDock }, { m_sizes.dock }, Qt::Horizontal);
    resizeDocks({ m_timelineDock }, { isTight() ? m_sizes.tightTimeline : m_sizes.timeline }, Qt::Vertical);
}

void MainWindow::noteDocks()
{
    if (isWelcomeShown())
        return; // docks are hidden there; their sizes say nothing
    (isTight() ? m_sizes.tightTimeline : m_sizes.timeline) = m_timelineDock->height();
    if (m_inspectorDock->isVisible())
        m_sizes.dock = m_inspectorDock->width();
}

void MainWindow::restoreLayout()
{
    for (const auto& [name, state] : partStates())
        m_usualParts.insert(name, state);
    if (!m_keepsLayout)
        return;
    const Settings& settings = Settings::instance();
    if (settings.value(QStringLiteral("layout/version")).toInt() != layoutVersion)
        return;
    m_isDockWanted = settings.value(QStringLiteral("layout/inspector"), true).toBool();
    m_sideTabs->setCurrentIndex(settings.value(QStringLiteral("layout/tab"), 0).toInt());
    const auto size = [&settings](const char* key, int usual, int least, int most) {
        return std::clamp(settings.value(QLatin1String(key), usual).toInt(), least, most);
    };
    m_sizes.dock = size("layout/dock", dockWidth, 280, 520);
    m_sizes.timeline = size("layout/timeline", timelineHeight, tightTimelineHeight, 240);
    m_sizes.tightTimeline = size("layout/tightTimeline", tightTimelineHeight, tightTimelineHeight, 240);
    QHash<QString, QByteArray> parts;
    for (const auto& [name, state] : partStates())
        parts.insert(name, settings.value(QStringLiteral("layout/parts/") + name).toByteArray());
    restoreParts(parts);
    m_viewHost->restoreState(settings.value(QStringLiteral("layout/viewDocks")).toByteArray(), layoutVersion);
    m_bytes->setDecoded(settings.value(QStringLiteral("layout/decodedBytes"), true).toBool());
    for (int i = 0; i < m_views->count(); ++i) {
        const QString key = QStringLiteral("views/") + viewAt(i)->property(viewNameProperty).toString();
        viewAt(i)->restoreSetup(QJsonDocument::fromJson(settings.value(key).toString().toUtf8()).object());
    }
    const QRect rect = settings.value(QStringLiteral("layout/window")).toRect();
    const QList<QScreen*> screens = QGuiApplication::screens();
    const bool isSeen = std::any_of(screens.begin(), screens.end(),
        [&rect](const QScreen* screen) { // enough of it to take hold of
            const QRect seen = screen->availableGeometry() & QRect(rect.topLeft(), QSize(rect.width(), 80));
            return seen.width() >= 200 && seen.height() >= 40;
        });
    if (isSeen) {
        resize(rect.size());
        move(rect.topLeft());
    }
    if (settings.value(QStringLiteral("layout/maximized"), false).toBool())
        setWindowState(windowState() | Qt::WindowMaximized);
}

void MainWindow::saveLayout()
{
    noteDocks();
    if (!m_keepsLayout)
        return;
    Settings& settings = Settings::instance();
    settings.setValue(QStringLiteral("layout/version"), layoutVersion);
    settings.setValue(QStringLiteral("layout/inspector"), m_isDockWanted);
    settings.setValue(QStringLiteral("layout/tab"), m_sideTabs->currentIndex());
    settings.setValue(QStringLiteral("layout/dock"), m_sizes.dock);
    settings.setValue(QStringLiteral("layout/timeline"), m_sizes.timeline);
    settings.setValue(QStringLiteral("layout/tightTimeline"), m_sizes.tightTimeline);
    settings.setValue(QStringLiteral("layout/maximized"), isMaximized());
    settings.setValue(QStringLiteral("layout/window"),
        isMaximized() || isFullScreen() ? normalGeometry() : QRect(pos(), size()));
    settings.setValue(QStringLiteral("layout/viewDocks"), m_viewHost->saveState(layoutVersion));
    settings.setValue(QStringLiteral("layout/decodedBytes"), m_bytes->isDecoded());
    for (const auto& [name, state] : partStates())
        settings.setValue(QStringLiteral("layout/parts/") + name, state);
    if (isWelcomeShown())
        return;
    for (int i = 0; i < m_views->count(); ++i) {
        const QString key = QStringLiteral("views/") + viewAt(i)->property(viewNameProperty).toString();
        const QJsonObject setup = viewAt(i)->setup();
        if (!setup.isEmpty())
            settings.setValue(key, QString::fromUtf8(QJsonDocument(setup).toJson(QJsonDocument::Compact)));
    }
}

/// Splitters and the columns of tables, by their names.
QList<std::pair<QString, QByteArray>> MainWindow::partStates() const
{
    QList<std::pair<QString, QByteArray>> states;
    for (const QSplitter* splitter : findChildren<QSplitter*>()) {
        if (!splitter->objectName().isEmpty())
            states << std::pair(splitter->objectName(), splitter->saveState());
    }
    for (const QHeaderView* header : findChildren<QHeaderView*>()) {
        if (!header->objectName().isEmpty() && header->orientation() == Qt::Horizontal)
            states << std::pair(header->objectName(), header->saveState());
    }
    return states;
}

void MainWindow::restoreParts(const QHash<QString, QByteArray>& states)
{
    for (QSplitter* splitter : findChildren<QSplitter*>()) {
        if (const QByteArray state = states.value(splitter->objectName()); !state.isEmpty())
            splitter->restoreState(state);
    }
    for (QHeaderView* header : findChildren<QHeaderView*>()) {
        const QByteArray state = states.value(header->objectName());
        if (!state.isEmpty() && header->orientation() == Qt::Horizontal)
            header->restoreState(state);
    }
}

void MainWindow::resetLayout()
{
    m_isDockWanted = true;
    m_isOverlayShown = false;
    m_sizes = {};
    m_sideTabs->setCurrentIndex(0);
    placeInspector();
    placeDocks();
    restoreParts(m_usualParts);
    m_bytesDock->setFloating(false);
    m_viewHost->addDockWidget(Qt::BottomDockWidgetArea, m_bytesDock);
    m_viewHost->resizeDocks({ m_bytesDock }, { BytesPanel::usualHeight }, Qt::Vertical);
    setBytesShown(false);
    m_bytes->setDecoded(true);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    saveLayout();
    if (m_isMyRecording)
        m_recorder->stop();
    QMainWindow::closeEvent(event);
}

} // namespace heapatlas
