// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/windowlist.h"

#include "session/document.h"
#include "session/recordcontroller.h"
#include "ui/app/mainwindow.h"

#include <QFileInfo>

namespace heapatlas {

WindowList::WindowList(bool keepsLayout, QObject* parent)
    : QObject(parent)
    , m_keepsLayout(keepsLayout)
    , m_recorder(new RecordController(this))
{
}

WindowList::~WindowList()
{
    for (const QPointer<MainWindow>& window : m_windows)
        delete window.data(); // before the recorder they look at
}

MainWindow* WindowList::create()
{
    auto* window = new MainWindow(m_recorder, m_keepsLayout);
    window->setAttribute(Qt::WA_DeleteOnClose);
    connect(window, &MainWindow::fileRequested, this,
        [this, window](const QString& path) { openFile(path, window); });
    m_windows << window;
    return window;
}

MainWindow* WindowList::openFile(const QString& path, MainWindow* from)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    for (MainWindow* window : windows()) {
        if (window->document() != nullptr && !window->isWelcomeShown()
            && window->document()->path() == absolute
            && window->document()->phase() != Document::Phase::Failed) {
            window->show();
            window->raise();
            window->activateWindow();
            return window;
        }
    }
    MainWindow* target = from;
    if (target == nullptr || !target->isWelcomeShown()) {
        target = create();
        if (from != nullptr) {
            target->resize(from->size());
            target->show();
        }
    }
    target->openTrace(absolute);
    return target;
}

QList<MainWindow*> WindowList::windows() const
{
    QList<MainWindow*> all;
    for (const QPointer<MainWindow>& window : m_windows) {
        if (window)
            all << window;
    }
    return all;
}

} // namespace heapatlas
