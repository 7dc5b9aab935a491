// SPDX-License-Identifier: GPL-3.0-or-later
// The docks of MainWindow: where they stand, how they fold in a narrow window, and what is kept of that.
#include "session/settings.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/viewrail.h"

#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace heapatlas {

namespace {

constexpr int layoutVersion = 1;
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
    hostLayout->addWidget(m_inspector);
    m_inspectorDock = dock("inspectorDock", tr("Inspector"), host);
    m_timelineDock = dock("timelineDock", tr("Timeline"), m_timeline);
    m_timeline->setMaximumHeight(240);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_timelineDock);
    resizeDocks({ m_inspectorDock }, { dockWidth }, Qt::Horizontal);
}

bool MainWindow::isInspectorShown() const { return m_inspector->isVisible(); }

void MainWindow::setInspectorShown(bool shown)
{
    if (m_isNarrow)
        m_isOverlayShown = shown;
    else
        m_isDockWanted = shown;
    placeInspector();
    if (shown)
        m_inspector->setFocus();
}

void MainWindow::placeInspector()
{
    const bool isTrace = !isWelcomeShown();
    QWidget* home = m_isNarrow ? m_overlay : m_inspectorDock->widget();
    if (m_inspector->parentWidget() != home)
        home->layout()->addWidget(m_inspector);
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
        placeInspector();
    }
    const bool wasTight = event->oldSize().height() < tightBelow;
    const bool isTight = height() < tightBelow;
    if (wasTight != isTight || !event->oldSize().isValid())
        resizeDocks({ m_timelineDock }, { isTight ? tightTimelineHeight : timelineHeight }, Qt::Vertical);
}

void MainWindow::restoreLayout()
{
    Settings& settings = Settings::instance();
    m_isDockWanted = settings.value(QStringLiteral("window/inspector"), true).toBool();
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray(), layoutVersion);
}

void MainWindow::resetLayout()
{
    m_isDockWanted = true;
    m_isOverlayShown = false;
    placeInspector();
    resizeDocks({ m_inspectorDock }, { dockWidth }, Qt::Horizontal);
    resizeDocks(
        { m_timelineDock }, { height() < tightBelow ? tightTimelineHeight : timelineHeight }, Qt::Vertical);
    Settings& settings = Settings::instance();
    settings.setValue(QStringLiteral("window/state"), QByteArray());
    settings.setValue(QStringLiteral("window/geometry"), QByteArray());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_keepsLayout) {
        Settings& settings = Settings::instance();
        settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
        settings.setValue(QStringLiteral("window/inspector"), m_isDockWanted);
        // Docks are hidden on the welcome page; their sizes there say nothing.
        if (!isWelcomeShown())
            settings.setValue(QStringLiteral("window/state"), saveState(layoutVersion));
    }
    if (m_isMyRecording)
        m_recorder->stop();
    QMainWindow::closeEvent(event);
}

} // namespace heapatlas
