// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/callstack.h"
#include "session/recordcontroller.h"

#include <QHash>
#include <QMainWindow>
#include <QPointer>

#include <memory>

class QDockWidget;
class QStackedWidget;
class QTabWidget;
class QToolBar;
class QUndoStack;

namespace heapatlas {

class BarButton;
class BookmarkModel;
class BookmarkStore;
class BookmarksView;
class CommandField;
class CommandPalette;
class BytesPanel;
class Document;
class ErrorBar;
class FilterBar;
class InspectorView;
class LoadingBar;
class MapView;
class RecordingStrip;
class SpacetimeView;
class StatusLine;
class TimelineView;
class TracePreview;
class TraceView;
class ViewRail;
class WelcomeView;
class WindowActions;
class WindowExport;
class WindowPlaces;

/// A window: the welcome page, or one trace with its views, inspector and timeline.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    /// Below this width the rail shows icons only and the inspector lies over the canvas.
    static constexpr int wideFrom = 1240;
    static constexpr int dockWidth = 340;
    static constexpr int timelineHeight = 120;
    static constexpr int tightTimelineHeight = 84;

    /// `keepsLayout`: the layout is read from the settings and written back; not for pictures made by command.
    explicit MainWindow(RecordController* recorder, bool keepsLayout, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens a trace in this window, in place of the one it shows.
    void openTrace(const QString& path);
    [[nodiscard]] Document* document() const { return m_document.get(); }
    [[nodiscard]] bool isWelcomeShown() const;
    [[nodiscard]] MapView* mapView() const { return m_map; }
    [[nodiscard]] SpacetimeView* spacetimeView() const { return m_spacetime; }
    /// The view that is shown with a trace, and its name as in `--view`.
    [[nodiscard]] TraceView* currentView() const;
    [[nodiscard]] QString currentViewName() const;
    [[nodiscard]] QList<std::pair<QString, QString>> viewNames() const; ///< name and title, in rail order
    [[nodiscard]] TraceView* viewNamed(const QString& name) const; ///< null if there is none
    [[nodiscard]] TimelineView* timeline() const { return m_timeline; }
    [[nodiscard]] InspectorView* inspector() const { return m_inspector; }
    [[nodiscard]] BytesPanel* bytesPanel() const { return m_bytes; }
    [[nodiscard]] WelcomeView* welcome() const { return m_welcome; }
    [[nodiscard]] ErrorBar* errorBar() const { return m_errors; }
    /// One line in the status bar, until something else is pointed at.
    void tell(const QString& text);
    [[nodiscard]] WindowActions* actionSet() const { return m_actions; }
    [[nodiscard]] CommandPalette* commandPalette() const { return m_palette; }
    [[nodiscard]] BookmarkModel* bookmarks() const { return m_bookmarks; }
    [[nodiscard]] WindowPlaces* places() const { return m_places; }
    [[nodiscard]] WindowExport* exporter() const { return m_export; }
    /// Everything the welcome page shows has been found out.
    [[nodiscard]] bool isWelcomeSettled() const;
    /// Whether the inspector can be seen, beside the canvas or over it.
    [[nodiscard]] bool isInspectorShown() const;
    /// The cursor was placed by someone and must not be moved to the fullest moment when the trace is loaded.
    void keepCursor() { m_hasPlacedCursor = true; }

public Q_SLOTS:
    /// Shows the view of that name ("map", "spacetime") and gives it the focus; an unknown name changes nothing.
    void showView(const QString& name);
    void setInspectorShown(bool shown);
    void setBytesShown(bool shown);
    void resetLayout();
    void startRecording(const heapatlas::RecordRequest& request);
    void showRecordDialog(bool withContents = false);
    void showGoToDialog();
    /// Opens the command field; with a text, with what matches it.
    void openPalette(const QString& text = {});
    void addBookmark();
    void goToBookmark(const QString& id);
    /// Selects what stands at the address now; says so in the window if nothing does. True if something does.
    bool selectAddress(heapatlas::Address address);

Q_SIGNALS:
    void viewChanged(const QString& name);
    /// A trace should be opened: here if this window is free, else in another.
    void fileRequested(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildCentre();
    [[nodiscard]] TraceView* viewAt(int index) const;
    void addView(const QString& name, const QString& title, const QString& icon, TraceView* view);
    void buildDocks();
    void buildBytesDock();
    void buildToolBar();
    void buildSideTabs();
    void wireFinding();
    void wireBookmarks();
    void loadBookmarks();
    void exportBookmarks();
    void importBookmarks();
    void refreshSite();
    void wireActions();
    void wireRecorder();
    [[nodiscard]] bool isTight() const;
    void placeDocks();
    void noteDocks();
    void restoreLayout();
    void saveLayout();
    [[nodiscard]] QList<std::pair<QString, QByteArray>> partStates() const;
    void restoreParts(const QHash<QString, QByteArray>& states);
    void placeInspector();
    void placeOverlay();
    void showPage(bool isTrace);
    void takeProgress();
    void takeSnapshot();
    void rememberTrace();
    void refreshWelcome();
    void refreshRecentMenu();
    void refreshTraceMenu();
    void refreshStatus();
    void refreshInspectorAction();
    void setTheme(int choice);
    void chooseFile();
    void locate(const QString& path);
    void openSource(const Frame& frame);
    void cycleFocus(bool forward);
    void finishRecording(const QString& path, int exitStatus);

    static constexpr const char* viewNameProperty = "viewName"; ///< of a view: its name in the rail

    RecordController* m_recorder; ///< shared by all windows
    bool m_keepsLayout;
    bool m_isNarrow = false;
    bool m_isOverlayShown = false;
    bool m_isDockWanted = true;
    /// How large the user wants the docks, shown or not.
    struct DockSizes
    {
        int dock = dockWidth;
        int timeline = timelineHeight;
        int tightTimeline = tightTimelineHeight;
    };
    DockSizes m_sizes;
    QHash<QString, QByteArray> m_usualParts; ///< splitters and columns as they come
    bool m_hasPlacedCursor = false;
    bool m_isRemembered = false;
    bool m_isMyRecording = false;
    QString m_toldProblem; ///< the problem of the trace that the bar has shown; told once
    RecordRequest m_lastRequest;

    WindowActions* m_actions;
    QToolBar* m_toolBar;
    BarButton* m_traceButton = nullptr;
    RecordingStrip* m_strip = nullptr;
    QList<QAction*> m_traceItems; ///< of the tool bar: only with a trace
    QList<QAction*> m_normalItems; ///< of the tool bar: not while recording
    QAction* m_stripItem = nullptr;
    CommandField* m_field = nullptr;
    CommandPalette* m_palette = nullptr;
    FilterBar* m_filter;
    QUndoStack* m_undo;
    BookmarkModel* m_bookmarks;
    BookmarksView* m_bookmarksView;
    std::unique_ptr<BookmarkStore> m_bookmarkStore;
    WindowPlaces* m_places;
    WindowExport* m_export;
    QTabWidget* m_sideTabs;
    ErrorBar* m_errors;
    LoadingBar* m_loading;
    QStackedWidget* m_pages;
    WelcomeView* m_welcome;
    QWidget* m_tracePage;
    ViewRail* m_rail;
    QStackedWidget* m_views; ///< in the order of the rail
    BytesPanel* m_bytes;
    QMainWindow* m_viewHost = nullptr; ///< the views, and the docks that belong to them
    QDockWidget* m_bytesDock = nullptr;
    MapView* m_map;
    SpacetimeView* m_spacetime;
    TimelineView* m_timeline;
    InspectorView* m_inspector;
    QDockWidget* m_inspectorDock = nullptr;
    QDockWidget* m_timelineDock = nullptr;
    QWidget* m_overlay = nullptr;
    StatusLine* m_status;
    TracePreview* m_preview;
    std::unique_ptr<Document> m_document; ///< last: the views look at it while they are destroyed
};

} // namespace heapatlas
