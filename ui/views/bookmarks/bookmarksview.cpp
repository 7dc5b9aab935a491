// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bookmarks/bookmarksview.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/widgets/tablecopy.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace heapatlas {

namespace {

constexpr int padding = 16;

} // namespace

BookmarksView::BookmarksView(BookmarkModel* model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_table(new QTableView(this))
    , m_empty(new QLabel(this))
    , m_noteLabel(new QLabel(tr("Note"), this))
    , m_note(new QPlainTextEdit(this))
    , m_add(new QPushButton(tr("Bookmark here"), this))
    , m_go(new QPushButton(tr("Go to"), this))
    , m_delete(new QPushButton(tr("Delete"), this))
    , m_more(new QToolButton(this))
{
    setObjectName(QStringLiteral("bookmarksView"));
    setAccessibleName(tr("Bookmarks"));
    setFocusProxy(m_table);
    m_table->setObjectName(QStringLiteral("bookmarksTable"));
    m_table->setAccessibleName(tr("Bookmarks"));
    m_table->setModel(model);
    m_table->setColumnHidden(BookmarkModel::Note, true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fonts::scaled(28));
    m_table->horizontalHeader()->setObjectName(QStringLiteral("bookmarksHeader"));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->resizeSection(BookmarkModel::Event, fonts::scaled(104));
    tablecopy::install(m_table);
    m_empty->setObjectName(QStringLiteral("bookmarksEmpty"));
    m_empty->setText(tr("No bookmarks in this trace yet. B on the map or the timeline keeps the moment, the "
                        "place and what is selected, with a note if you like."));
    m_empty->setWordWrap(true);
    m_empty->setProperty("role", QStringLiteral("secondary"));
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_noteLabel->setObjectName(QStringLiteral("bookmarksNoteLabel"));
    m_noteLabel->setProperty("role", QStringLiteral("secondary"));
    m_noteLabel->setBuddy(m_note);
    m_note->setObjectName(QStringLiteral("bookmarksNote"));
    m_note->setAccessibleName(tr("Note"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(fonts::scaled(110));
    const std::pair<QPushButton*, const char*> buttons[] = { { m_add, "bookmarksAdd" },
        { m_go, "bookmarksGo" }, { m_delete, "bookmarksDelete" } };
    for (const auto& [button, name] : buttons)
        button->setObjectName(QLatin1String(name));
    m_add->setToolTip(tr("Keeps this moment and place (B)"));
    m_go->setToolTip(tr("Goes to the bookmark (Enter)"));
    m_delete->setToolTip(tr("Deletes what is selected; can be undone (Delete)"));
    m_more->setObjectName(QStringLiteral("bookmarksMore"));
    m_more->setAccessibleName(tr("Export and import"));
    m_more->setToolTip(m_more->accessibleName());
    m_more->setIcon(icons::icon(u"more"));
    m_more->setFocusPolicy(Qt::TabFocus);
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_more);
    menu->setObjectName(QStringLiteral("bookmarksMenu"));
    QAction* write = menu->addAction(tr("Export bookmarks…"));
    write->setObjectName(QStringLiteral("bookmarksExport"));
    QAction* read = menu->addAction(tr("Import bookmarks…"));
    read->setObjectName(QStringLiteral("bookmarksImport"));
    m_more->setMenu(menu);

    auto* lower = new QVBoxLayout;
    lower->setContentsMargins(padding, 8, padding, 12);
    lower->setSpacing(8);
    lower->addWidget(m_noteLabel);
    lower->addWidget(m_note);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_add);
    row->addWidget(m_go);
    row->addWidget(m_delete);
    row->addStretch(1);
    row->addWidget(m_more);
    lower->addLayout(row);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_empty->setContentsMargins(padding, 12, padding, 12);
    column->addWidget(m_empty, 1);
    column->addWidget(m_table, 1);
    column->addLayout(lower);

    m_table->installEventFilter(this);
    m_note->installEventFilter(this);
    connect(m_table, &QTableView::doubleClicked, this, &BookmarksView::goToCurrent);
    connect(m_go, &QPushButton::clicked, this, &BookmarksView::goToCurrent);
    connect(m_add, &QPushButton::clicked, this, &BookmarksView::addRequested);
    connect(m_delete, &QPushButton::clicked, this, &BookmarksView::removeSelected);
    connect(write, &QAction::triggered, this, &BookmarksView::exportRequested);
    connect(read, &QAction::triggered, this, &BookmarksView::importRequested);
    connect(m_note, &QPlainTextEdit::textChanged, this,
        [this] { m_model->setNote(currentId(), m_note->toPlainText()); });
    connect(
        m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &BookmarksView::refresh);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &BookmarksView::refresh);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &BookmarksView::refresh);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &BookmarksView::refresh);
    connect(m_model, &QAbstractItemModel::modelReset, this, &BookmarksView::refresh);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
    refresh();
}

QString BookmarksView::currentId() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? m_model->list()[index.row()].id : QString();
}

void BookmarksView::edit(const QString& id)
{
    const QModelIndex index = m_model->index(m_model->rowOf(id), BookmarkModel::Name);
    m_table->setCurrentIndex(index);
    if (isVisible()) {
        m_table->setFocus();
        m_table->edit(index);
    }
}

void BookmarksView::goToCurrent()
{
    if (const QString id = currentId(); !id.isEmpty())
        Q_EMIT goToRequested(id);
}

void BookmarksView::removeSelected()
{
    QStringList ids;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        ids << m_model->list()[index.row()].id;
    if (ids.isEmpty() && m_table->currentIndex().isValid())
        ids << currentId();
    m_model->remove(ids);
}

void BookmarksView::refresh()
{
    const bool isEmpty = m_model->rowCount() == 0;
    // The table makes a row current when it gets the focus, but selects none; the buttons are about one.
    if (const QModelIndex current = m_table->currentIndex();
        current.isValid() && !m_table->selectionModel()->hasSelection())
        m_table->selectRow(current.row());
    m_empty->setVisible(isEmpty);
    m_table->setVisible(!isEmpty);
    const Bookmark* bookmark = m_model->find(currentId());
    m_go->setEnabled(bookmark != nullptr);
    m_delete->setEnabled(bookmark != nullptr);
    m_note->setEnabled(bookmark != nullptr);
    m_note->setPlaceholderText(bookmark != nullptr ? tr("What is to be seen here?") : QString());
    const QString note = bookmark != nullptr ? bookmark->note : QString();
    if (m_note->toPlainText() != note) { // else the text cursor would jump while somebody types
        const QSignalBlocker blocker(m_note);
        m_note->setPlainText(note);
    }
}

bool BookmarksView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_note && event->type() == QEvent::ShortcutOverride) {
        // When there is nothing left to undo in the text, the window undoes: a note that was typed before, or a name.
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isForWindow = (key->matches(QKeySequence::Undo) && !m_note->document()->isUndoAvailable())
            || (key->matches(QKeySequence::Redo) && !m_note->document()->isRedoAvailable());
        if (isForWindow) {
            event->ignore();
            return true;
        }
    }
    // While a name is typed its keys are its own; the editor hands on what it does not want.
    if (watched == m_table && event->type() == QEvent::KeyPress
        && m_table->findChild<QLineEdit*>() == nullptr) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            goToCurrent();
            return true;
        }
        if (key->key() == Qt::Key_Delete) {
            removeSelected();
            return true;
        }
        if (key->key() == Qt::Key_F2) { // whichever column is current
            m_table->edit(m_table->currentIndex().siblingAtColumn(BookmarkModel::Name));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void BookmarksView::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::current().panel); }

} // namespace heapatlas
