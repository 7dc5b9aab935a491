// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

namespace heapatlas {

class MainWindow;
class RecordController;

/// The windows of the program: one trace each. Decides where a file is opened.
class WindowList : public QObject
{
    Q_OBJECT
public:
    explicit WindowList(bool keepsLayout, QObject* parent = nullptr);
    ~WindowList() override;

    /// A new window, not shown yet; it deletes itself when closed.
    MainWindow* create();
    /// In the window that has it, in `from` if that shows no trace, else in a new window, shown. Returns the window.
    MainWindow* openFile(const QString& path, MainWindow* from = nullptr);
    [[nodiscard]] QList<MainWindow*> windows() const;

private:
    bool m_keepsLayout;
    RecordController* m_recorder;
    QList<QPointer<MainWindow>> m_windows;
};

} // namespace heapatlas
