// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/viewplace.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTableView;
class QToolButton;

namespace heapatlas {

class BookmarkModel;

/// The bookmarks of the trace in the order of time, and the note of the current one.
class BookmarksView : public QWidget
{
    Q_OBJECT
public:
    explicit BookmarksView(BookmarkModel* model, QWidget* parent = nullptr);

    [[nodiscard]] QTableView* table() const { return m_table; }
    /// Makes it the current one and lets its name be typed.
    void edit(const QString& id);

Q_SIGNALS:
    void addRequested();
    void goToRequested(const QString& id);
    void importRequested();
    void exportRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] QString currentId() const;
    void goToCurrent();
    void removeSelected();
    void refresh();

    BookmarkModel* m_model;
    QTableView* m_table;
    QLabel* m_empty;
    QLabel* m_noteLabel;
    QPlainTextEdit* m_note;
    QPushButton* m_add;
    QPushButton* m_go;
    QPushButton* m_delete;
    QToolButton* m_more;
};

} // namespace heapatlas
