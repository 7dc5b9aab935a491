// SPDX-License-Identifier: GPL-3.0-or-later
// The docks of MainWindow: where they stand, how they fold in a narrow window, and what is kept of that.
#include "session/document.h"
#include "session/settings.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/views/bytes/bytespanel.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/traceview.h"
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
    m_viewHost->restoreState(settings.value(QStringLiteral("window/viewDocks")).toByteArray(), layoutVersion);
    m_bytes->setDecoded(settings.value(QStringLiteral("bytes/decoded"), true).toBool());
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
    m_bytesDock->setFloating(false);
    m_viewHost->addDockWidget(Qt::BottomDockWidgetArea, m_bytesDock);
    m_viewHost->resizeDocks({ m_bytesDock }, { BytesPanel::usualHeight }, Qt::Vertical);
    setBytesShown(false);
    m_bytes->setDecoded(true);
    Settings& settings = Settings::instance();
    settings.setValue(QStringLiteral("window/viewDocks"), QByteArray());
    settings.setValue(QStringLiteral("window/state"), QByteArray());
    settings.setValue(QStringLiteral("window/geometry"), QByteArray());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_keepsLayout) {
        Settings& settings = Settings::instance();
        settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
        settings.setValue(QStringLiteral("window/inspector"), m_isDockWanted);
        settings.setValue(QStringLiteral("window/viewDocks"), m_viewHost->saveState(layoutVersion));
        settings.setValue(QStringLiteral("bytes/decoded"), m_bytes->isDecoded());
        // Docks are hidden on the welcome page; their sizes there say nothing.
        if (!isWelcomeShown())
            settings.setValue(QStringLiteral("window/state"), saveState(layoutVersion));
    }
    if (m_isMyRecording)
        m_recorder->stop();
    QMainWindow::closeEvent(event);
}

} // namespace heapatlas
