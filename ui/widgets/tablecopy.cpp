// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tablecopy.h"

#include "session/tableexport.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QKeyEvent>

#include <algorithm>

namespace heapatlas::tablecopy {

namespace {

class Filter : public QObject
{
public:
    explicit Filter(QAbstractItemView* view)
        : QObject(view)
        , m_view(view)
    {
    }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
        if (!isKey || !static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy))
            return QObject::eventFilter(watched, event);
        event->accept(); // of the window's own shortcut, too
        if (event->type() == QEvent::KeyPress)
            copy(*m_view);
        return true;
    }

private:
    QAbstractItemView* m_view;
};

} // namespace

void copy(const QAbstractItemView& view)
{
    if (view.model() == nullptr)
        return;
    QList<int> rows;
    if (view.selectionModel() != nullptr) {
        for (const QItemSelectionRange& range : view.selectionModel()->selection()) {
            for (int row = range.top(); row <= range.bottom(); ++row)
                rows << row;
        }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    QGuiApplication::clipboard()->setText(tableexport::tsv(*view.model(), rows));
}

void install(QAbstractItemView* view) { view->installEventFilter(new Filter(view)); }

} // namespace heapatlas::tablecopy
