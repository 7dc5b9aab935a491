// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;
class QMenuBar;

namespace heapatlas {

/// The actions of a window, with their keys, and the menus made of them. What they do is wired by the window.
class WindowActions : public QObject
{
    Q_OBJECT
public:
    explicit WindowActions(QMainWindow* window);

    /// Fills the menu bar; `speedMenu` becomes part of Replay.
    void buildMenus(QMenuBar* bar, QMenu* speedMenu);
    /// Every action that has a key, in menu order.
    [[nodiscard]] QList<QAction*> all() const { return m_all; }
    /// Those that need a trace are enabled with one.
    void setTraceOpen(bool isOpen);
    void setRecording(bool isRecording, bool canRepeat);

    QAction* open;
    QAction* picture;
    QAction* closeWindow;
    QAction* quit;
    QAction* exportAs;
    QAction* undo; ///< enabled and named by the undo stack
    QAction* redo;
    QAction* copyAddress;
    QAction* find; ///< the command field
    QAction* bookmark;
    QAction* bookmarks; ///< shows the list
    QAction* back; ///< enabled by the history
    QAction* forward;
    QAction* goTo;
    QAction* settings;
    QAction* map;
    QAction* spacetime;
    QAction* bytes = nullptr;
    QAction* inspector; ///< checkable
    QAction* zoomIn;
    QAction* zoomOut;
    QAction* fit;
    QAction* slack; ///< checkable
    QAction* nextRegion;
    QAction* previousRegion;
    QAction* fullScreen; ///< checkable
    QAction* resetLayout;
    QAction* toggleTheme;
    QAction* record;
    QAction* recordAgain;
    QAction* stopRecording;
    QAction* play;
    QAction* playBackward;
    QAction* nextEvent;
    QAction* previousEvent;
    QAction* nextThousand;
    QAction* previousThousand;
    QAction* nextGc;
    QAction* previousGc;
    QAction* nextCheckpoint;
    QAction* previousCheckpoint;
    QAction* first;
    QAction* last;
    QAction* rangeStart;
    QAction* rangeEnd;
    QAction* clearRange;
    QAction* zoomToRange;
    QAction* timelineTable;
    QAction* keyboard;
    QAction* about;
    QActionGroup* levels; ///< data(): MapLevel as int
    QActionGroup* themes; ///< data(): ThemeChoice as int
    QMenu* recentMenu = nullptr;

private:
    QAction* make(
        const char* name, const QString& text, const QList<QKeySequence>& keys = {}, bool needsTrace = false);

    QMainWindow* m_window;
    QList<QAction*> m_all;
    QList<QAction*> m_needTrace;
};

} // namespace heapatlas
