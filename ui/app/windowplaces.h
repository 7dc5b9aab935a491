// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/viewhistory.h"

#include <QElapsedTimer>
#include <QObject>

#include <optional>

namespace heapatlas {

class MainWindow;

/// Where a window looks, as a place that can be kept and come back to, and the history of such places.
class WindowPlaces : public QObject
{
    Q_OBJECT
public:
    explicit WindowPlaces(MainWindow* window);

    /// A new trace is shown; what came before is forgotten once it has its first place.
    void begin();
    [[nodiscard]] ViewPlace current() const;
    /// Shows the place: at once what can be, the rest when the heap of that moment is there.
    void goTo(const ViewPlace& place);
    /// True while the heap of a place that somebody went to has not arrived.
    [[nodiscard]] bool isArriving() const { return m_goal.has_value(); }
    [[nodiscard]] bool canGoBack() const { return m_history.canGoBack(); }
    [[nodiscard]] bool canGoForward() const { return m_history.canGoForward(); }

public Q_SLOTS:
    void back();
    void forward();
    /// Something moved; call it as often as you like.
    void note();

Q_SIGNALS:
    void historyChanged();

private:
    void apply(const ViewPlace& place);
    void takeSnapshot();

    MainWindow* m_window;
    ViewHistory m_history;
    QElapsedTimer m_clock;
    std::optional<ViewPlace> m_goal; ///< its heap has not arrived yet
    bool m_isOfHistory = false; ///< the goal is an entry of the history
    bool m_isApplying = false;
    bool m_hasBegun = false;
};

} // namespace heapatlas
