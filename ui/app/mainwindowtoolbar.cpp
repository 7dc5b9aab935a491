// SPDX-License-Identifier: GPL-3.0-or-later
// The tool bar of MainWindow with its menus.
#include "session/document.h"
#include "session/settings.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/palette/commandfield.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/views/timeline/transport.h"
#include "ui/widgets/barbutton.h"
#include "ui/widgets/recordingstrip.h"

#include <QAction>
#include <QActionGroup>
#include <QFileInfo>
#include <QLabel>
#include <QLayout>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace heapatlas {

void MainWindow::buildToolBar()
{
    m_actions->buildMenus(menuBar(), m_timeline->transport()->speedMenu());
    menuBar()->setObjectName(QStringLiteral("menuBar"));
    menuBar()->setFixedHeight(28);
    m_toolBar = addToolBar(tr("Tools"));
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    m_toolBar->setFloatable(false);
    m_toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_toolBar->setFixedHeight(44);
    m_toolBar->setIconSize({ 18, 18 });
    setContextMenuPolicy(Qt::NoContextMenu); // its list of docks would offer what the layout forbids

    m_toolBar->layout()->setContentsMargins(9, 6, 9, 8);

    const auto add = [this](const char* name, const QString& text, const QString& tip, const QString& picture,
                         BarButton::Edge edge = BarButton::Edge::None) {
        auto* made = new BarButton(QLatin1String(name), text, tip, edge, this);
        made->setPicture(picture);
        return made;
    };
    auto* open = add("toolOpen", tr("Open"), tr("Open a trace (Ctrl+O)"), QStringLiteral("folder"));
    connect(open, &QToolButton::clicked, m_actions->open, &QAction::trigger);
    m_normalItems << m_toolBar->addWidget(open);
    auto* record =
        add("toolRecord", tr("Record"), tr("Record a PHP script (Ctrl+R)"), QStringLiteral("record"));
    auto* recordMenu = new QMenu(record);
    recordMenu->addActions({ m_actions->record, m_actions->recordAgain });
    record->setDropDown(recordMenu, true);
    connect(record, &QToolButton::clicked, m_actions->record, &QAction::trigger);
    m_normalItems << m_toolBar->addWidget(record);
    auto* picture = add("toolPicture", {}, tr("Save a picture of the view"), QStringLiteral("snapshot"));
    connect(picture, &QToolButton::clicked, m_actions->picture, &QAction::trigger);
    QAction* pictureItem = m_toolBar->addWidget(picture);
    QAction* separator = m_toolBar->addSeparator();
    auto* traceLabel = new QLabel(tr("Trace"), this);
    traceLabel->setObjectName(QStringLiteral("toolTraceLabel"));
    traceLabel->setProperty("role", QStringLiteral("secondary"));
    traceLabel->setContentsMargins(0, 0, 4, 0);
    QAction* labelItem = m_toolBar->addWidget(traceLabel);
    m_traceButton =
        add("toolTrace", QStringLiteral(" "), tr("Traces opened before"), {}, BarButton::Edge::Framed);
    auto* traceMenu = new QMenu(m_traceButton);
    m_traceButton->setDropDown(traceMenu, false);
    connect(traceMenu, &QMenu::aboutToShow, this, &MainWindow::refreshTraceMenu);
    QAction* traceItem = m_toolBar->addWidget(m_traceButton);
    auto* checkpoint = add("toolCheckpoint", tr("Checkpoint"),
        tr("Set a checkpoint of your own here: a bookmark with a note (B)"), QStringLiteral("checkpoint"));
    connect(checkpoint, &QToolButton::clicked, m_actions->bookmark, &QAction::trigger);
    QAction* checkpointItem = m_toolBar->addWidget(checkpoint);
    m_traceItems = { pictureItem, separator, labelItem, traceItem, checkpointItem };

    m_strip = new RecordingStrip(this);
    m_stripItem = m_toolBar->addWidget(m_strip);
    m_stripItem->setVisible(false);
    auto* spacer = new QWidget(this);
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_toolBar->addWidget(spacer);
    m_field = new CommandField(this);
    connect(m_field, &CommandField::clicked, m_actions->find, &QAction::trigger);
    m_toolBar->addWidget(m_field);
    auto* theme = add("toolTheme", {}, tr("Light or dark"), {});
    connect(theme, &QToolButton::clicked, m_actions->toggleTheme, &QAction::trigger);
    m_toolBar->addWidget(theme);
    auto* settings = add("toolSettings", {}, tr("Settings (Ctrl+,)"), QStringLiteral("settings"));
    connect(settings, &QToolButton::clicked, m_actions->settings, &QAction::trigger);
    m_toolBar->addWidget(settings);

    const auto dress = [this, record, theme] {
        const Theme& t = Theme::current();
        record->setPicture(QStringLiteral("record"), t.leakSuspect);
        theme->setPicture(t.isDark ? QStringLiteral("theme-dark") : QStringLiteral("theme-light"));
        for (QAction* action : m_actions->themes->actions())
            action->setChecked(action->data().toInt() == static_cast<int>(ThemeManager::instance().choice()));
    };
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, dress);
    dress();
}

void MainWindow::refreshRecentMenu()
{
    QMenu* menu = m_actions->recentMenu;
    menu->clear();
    for (const RecentFile& file : Settings::instance().recentFiles()) {
        QAction* action = menu->addAction(QFileInfo(file.path).fileName());
        action->setToolTip(file.path);
        action->setEnabled(file.exists);
        connect(action, &QAction::triggered, this, [this, path = file.path] { Q_EMIT fileRequested(path); });
    }
    menu->setEnabled(!menu->isEmpty());
}

void MainWindow::refreshTraceMenu()
{
    QMenu* menu = m_traceButton->menu();
    menu->clear();
    const QString current = m_document ? m_document->path() : QString();
    if (!current.isEmpty()) {
        QAction* here = menu->addAction(QFileInfo(current).fileName());
        here->setCheckable(true);
        here->setChecked(true);
    }
    for (const RecentFile& file : Settings::instance().recentFiles()) {
        if (file.path == current || !file.exists)
            continue;
        QAction* action = menu->addAction(QFileInfo(file.path).fileName());
        connect(action, &QAction::triggered, this, [this, path = file.path] { Q_EMIT fileRequested(path); });
    }
    menu->addSeparator();
    menu->addAction(m_actions->open);
}

} // namespace heapatlas
