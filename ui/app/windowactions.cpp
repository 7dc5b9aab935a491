// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/windowactions.h"

#include "ui/theme/icons.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/maplevel.h"

#include <QAction>
#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace heapatlas {

WindowActions::WindowActions(QMainWindow* window)
    : QObject(window)
    , m_window(window)
{
    using Key = QKeySequence;
    open = make("actionOpen", tr("Open…"), { Key(Qt::CTRL | Qt::Key_O) });
    picture = make("actionPicture", tr("Save a picture of the view…"), {}, true);
    closeWindow = make("actionClose", tr("Close window"), { Key(Qt::CTRL | Qt::Key_W) });
    quit = make("actionQuit", tr("Quit"), { Key(Qt::CTRL | Qt::Key_Q) });
    exportAs = make("actionExport", tr("Export…"), { Key(Qt::CTRL | Qt::Key_E) }, true);
    undo = make("actionUndo", tr("Undo"), { Key(Qt::CTRL | Qt::Key_Z) });
    redo = make("actionRedo", tr("Redo"), { Key(Qt::CTRL | Qt::SHIFT | Qt::Key_Z) });
    undo->setIconText(tr("Undo")); // the text tells what, too
    redo->setIconText(tr("Redo"));
    copyAddress = make("actionCopyAddress", tr("Copy the address"), { Key(Qt::CTRL | Qt::Key_C) }, true);
    find = make("actionFind", tr("Find an address, site, page or command…"), { Key(Qt::CTRL | Qt::Key_K) });
    goTo = make("actionGoTo", tr("Go to address or event…"), { Key(Qt::CTRL | Qt::Key_G) }, true);
    settings = make("actionSettings", tr("Settings…"), { Key(Qt::CTRL | Qt::Key_Comma) });
    map = make("actionMap", tr("Map"), { Key(Qt::CTRL | Qt::Key_1) }, true);
    spacetime = make("actionSpacetime", tr("Space–time"), { Key(Qt::CTRL | Qt::Key_2) }, true);
    bookmark = make("actionBookmark", tr("Bookmark here"), { Key(Qt::Key_B) }, true);
    bookmark->setShortcutContext(Qt::WidgetShortcut); // a letter: only where a canvas has the focus
    bookmarks = make("actionBookmarks", tr("Bookmarks"), { Key(Qt::CTRL | Qt::Key_B) }, true);
    back = make("actionBack", tr("Back to the last place"), { Key(Qt::ALT | Qt::Key_Left) });
    forward = make("actionForward", tr("Forward to the next place"), { Key(Qt::ALT | Qt::Key_Right) });
    inspector = make("actionInspector", tr("Inspector"), { Key(Qt::Key_F4) }, true);
    inspector->setCheckable(true);
    bytes = make("actionBytes", tr("Bytes"), { Key(Qt::CTRL | Qt::SHIFT | Qt::Key_B) }, true);
    bytes->setCheckable(true);
    zoomIn = make(
        "actionZoomIn", tr("Zoom in"), { Key(Qt::CTRL | Qt::Key_Plus), Key(Qt::CTRL | Qt::Key_Equal) }, true);
    zoomOut = make("actionZoomOut", tr("Zoom out"), { Key(Qt::CTRL | Qt::Key_Minus) }, true);
    fit = make("actionFit", tr("Fit"), {}, true);
    slack = make("actionSlack", tr("Show slack"), {}, true);
    slack->setCheckable(true);
    nextRegion = make("actionNextRegion", tr("Next part of the window"), { Key(Qt::Key_F6) });
    previousRegion =
        make("actionPreviousRegion", tr("Previous part of the window"), { Key(Qt::SHIFT | Qt::Key_F6) });
    fullScreen = make("actionFullScreen", tr("Full screen"), { Key(Qt::Key_F11) });
    fullScreen->setCheckable(true);
    resetLayout = make("actionResetLayout", tr("Reset layout"));
    toggleTheme = make("actionToggleTheme", tr("Light or dark"));
    record = make("actionRecord", tr("Record a PHP script…"), { Key(Qt::CTRL | Qt::Key_R) });
    recordAgain = make("actionRecordAgain", tr("Record again"), { Key(Qt::CTRL | Qt::SHIFT | Qt::Key_R) });
    stopRecording = make("actionStopRecording", tr("Stop recording"));

    play = make("actionPlay", tr("Play or pause"), { Key(Qt::Key_Space) }, true);
    playBackward =
        make("actionPlayBackward", tr("Play backwards or pause"), { Key(Qt::SHIFT | Qt::Key_Space) }, true);
    nextEvent = make("actionNextEvent", tr("Next event"), { Key(Qt::Key_Period) }, true);
    previousEvent = make("actionPreviousEvent", tr("Previous event"), { Key(Qt::Key_Comma) }, true);
    // Shift turns these keys into other characters, and which ones depends on the keyboard.
    nextThousand = make("actionNextThousand", tr("1 000 events on"),
        { Key(Qt::SHIFT | Qt::Key_Period), Key(Qt::Key_Greater), Key(Qt::SHIFT | Qt::Key_Greater) }, true);
    previousThousand = make("actionPreviousThousand", tr("1 000 events back"),
        { Key(Qt::SHIFT | Qt::Key_Comma), Key(Qt::Key_Less), Key(Qt::SHIFT | Qt::Key_Less) }, true);
    nextGc = make("actionNextGc", tr("Next GC run"), { Key(Qt::Key_BracketRight) }, true);
    previousGc = make("actionPreviousGc", tr("Previous GC run"), { Key(Qt::Key_BracketLeft) }, true);
    nextCheckpoint = make("actionNextCheckpoint", tr("Next checkpoint"),
        { Key(Qt::Key_BraceRight), Key(Qt::SHIFT | Qt::Key_BraceRight),
            Key(Qt::SHIFT | Qt::Key_BracketRight) },
        true);
    previousCheckpoint = make("actionPreviousCheckpoint", tr("Previous checkpoint"),
        { Key(Qt::Key_BraceLeft), Key(Qt::SHIFT | Qt::Key_BraceLeft), Key(Qt::SHIFT | Qt::Key_BracketLeft) },
        true);
    first = make("actionFirst", tr("First event"), { Key(Qt::Key_Home) }, true);
    last = make("actionLast", tr("Last event"), { Key(Qt::Key_End) }, true);
    rangeStart = make("actionRangeStart", tr("Set range start at cursor"), { Key(Qt::Key_I) }, true);
    rangeEnd = make("actionRangeEnd", tr("Set range end at cursor"), { Key(Qt::Key_O) }, true);
    clearRange = make("actionClearRange", tr("Clear range"), {}, true);
    zoomToRange = make("actionZoomToRange", tr("Zoom timeline to range"), {}, true);
    timelineTable = make("actionTimelineTable", tr("Show timeline as table…"), {}, true);
    keyboard = make("actionKeyboard", tr("Keyboard"), { Key(Qt::CTRL | Qt::Key_Question), Key(Qt::Key_F1) });
    about = make("actionAbout", tr("About Heap Atlas"));

    levels = new QActionGroup(this);
    const std::pair<MapLevel, QString> levelNames[] = { { MapLevel::Heap, tr("Heap") },
        { MapLevel::Chunk, tr("Chunk") }, { MapLevel::Page, tr("Page") }, { MapLevel::Slot, tr("Slot") },
        { MapLevel::Byte, tr("Bytes") } };
    for (const auto& [level, name] : levelNames) {
        QAction* action = make("actionLevel", name, {}, true);
        action->setObjectName(QStringLiteral("actionLevel") + name);
        action->setCheckable(true);
        action->setData(static_cast<int>(level));
        levels->addAction(action);
    }
    themes = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> themeNames[] = { { ThemeChoice::System, tr("As the desktop") },
        { ThemeChoice::Light, tr("Light") }, { ThemeChoice::Dark, tr("Dark") } };
    for (const auto& [choice, name] : themeNames) {
        QAction* action = make("actionTheme", name);
        action->setObjectName(QStringLiteral("actionTheme%1").arg(static_cast<int>(choice)));
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        themes->addAction(action);
    }
    open->setIcon(icons::icon(u"folder"));
    back->setEnabled(false);
    forward->setEnabled(false);
    undo->setEnabled(false);
    redo->setEnabled(false);
    picture->setIcon(icons::icon(u"snapshot"));
    settings->setIcon(icons::icon(u"settings"));
}

QAction* WindowActions::make(
    const char* name, const QString& text, const QList<QKeySequence>& keys, bool needsTrace)
{
    auto* action = new QAction(text, m_window);
    action->setObjectName(QLatin1String(name));
    action->setShortcuts(keys);
    action->setIconVisibleInMenu(false);
    m_window->addAction(action); // keys act even where the menu bar is hidden
    m_all << action;
    if (needsTrace)
        m_needTrace << action;
    return action;
}

void WindowActions::buildMenus(QMenuBar* bar, QMenu* speedMenu)
{
    const auto menu = [bar](const char* name, const QString& title) {
        QMenu* made = bar->addMenu(title);
        made->setObjectName(QLatin1String(name));
        return made;
    };
    QMenu* file = menu("menuFile", tr("&File"));
    file->addAction(open);
    recentMenu = file->addMenu(tr("Open recent"));
    recentMenu->setObjectName(QStringLiteral("menuRecent"));
    file->addSeparator();
    file->addActions({ picture, exportAs });
    file->addSeparator();
    file->addActions({ closeWindow, quit });
    QMenu* edit = menu("menuEdit", tr("&Edit"));
    edit->addActions({ undo, redo });
    edit->addSeparator();
    edit->addAction(copyAddress);
    edit->addSeparator();
    edit->addActions({ find, goTo, bookmark });
    edit->addSeparator();
    edit->addActions({ rangeStart, rangeEnd, clearRange });
    edit->addSeparator();
    edit->addAction(settings);
    QMenu* view = menu("menuView", tr("&View"));
    view->addAction(map);
    view->addAction(spacetime);
    view->addActions({ inspector, bytes, bookmarks });
    view->addSeparator();
    view->addActions({ back, forward });
    view->addSeparator();
    QMenu* level = view->addMenu(tr("Level"));
    level->setObjectName(QStringLiteral("menuLevel"));
    level->addActions(levels->actions());
    view->addActions({ zoomIn, zoomOut, fit, slack });
    view->addActions({ zoomToRange, timelineTable });
    view->addSeparator();
    QMenu* theme = view->addMenu(tr("Theme"));
    theme->setObjectName(QStringLiteral("menuTheme"));
    theme->addActions(themes->actions());
    view->addActions({ nextRegion, previousRegion, fullScreen });
    view->addSeparator();
    view->addAction(resetLayout);
    menu("menuRecord", tr("&Record"))->addActions({ record, recordAgain, stopRecording });
    QMenu* replay = menu("menuReplay", tr("Re&play"));
    replay->addActions({ play, playBackward });
    replay->addMenu(speedMenu);
    replay->addSeparator();
    replay->addActions({ nextEvent, previousEvent, nextThousand, previousThousand });
    replay->addSeparator();
    replay->addActions({ nextGc, previousGc, nextCheckpoint, previousCheckpoint });
    replay->addSeparator();
    replay->addActions({ first, last });
    menu("menuHelp", tr("&Help"))->addActions({ keyboard, about });
}

void WindowActions::setTraceOpen(bool isOpen)
{
    for (QAction* action : m_needTrace)
        action->setEnabled(isOpen);
}

void WindowActions::setRecording(bool isRecording, bool canRepeat)
{
    record->setEnabled(!isRecording);
    recordAgain->setEnabled(!isRecording && canRepeat);
    stopRecording->setEnabled(isRecording);
}

} // namespace heapatlas
