// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/app/commandline.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace heapatlas {

class MainWindow;

/// Brings a window to what the command line asks for, waits until all of it is loaded and drawn, and writes the
/// pictures. Tells how it ended; never waits in a loop of its own.
class Capture : public QObject
{
    Q_OBJECT
public:
    Capture(CommandLine options, MainWindow* window, QObject* parent = nullptr);

    void start();

Q_SIGNALS:
    /// Everything is done, or `message` says why it could not be; `status` is the exit status for --exit.
    void finished(int status, const QString& message);

private:
    void advance();
    void end(int status, const QString& message = {});
    [[nodiscard]] bool place(); ///< cursor, level and selection; true when there is nothing left to place
    void write();

    enum class Stage
    {
        Loading,
        Seeking,
        Drawing,
        Done,
    };

    CommandLine m_options;
    QPointer<MainWindow> m_window;
    QTimer m_timer;
    Stage m_stage = Stage::Loading;
    int m_quietTurns = 0; ///< turns of the event loop in a row in which nothing was outstanding
};

} // namespace heapatlas
