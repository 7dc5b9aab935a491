// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/bookmarks/bookmarksview.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QUndoStack>

using namespace heapatlas;
using heapatlas::testing::child;

namespace {

ViewPlace at(std::uint64_t event)
{
    ViewPlace place;
    place.view = QStringLiteral("map");
    place.event = event;
    return place;
}

} // namespace

class TestBookmarks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void standInTheOrderOfTime();
    void everythingCanBeUndone();
    void typingANoteIsOneStep();
    void importAddsOnlyWhatIsNew();
    void theListGoesRenamesAndDeletes();
    void theNoteFollowsTheCurrentOne();
    void whatIsCurrentIsSelected();
    void undoOfTheWindowReachesANoteThatWasTypedBefore();
    void copiesAsTabSeparatedText();
};

void TestBookmarks::standInTheOrderOfTime()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const std::uint64_t event : { 500ULL, 100ULL, 900ULL, 100ULL })
        model.add(at(event));
    QList<std::uint64_t> events;
    for (const Bookmark& bookmark : model.list())
        events << bookmark.place.event;
    QCOMPARE(events, (QList<std::uint64_t> { 100, 100, 500, 900 }));
    while (undo.canUndo())
        undo.undo();
    QCOMPARE(model.rowCount(), 0);
    while (undo.canRedo())
        undo.redo();
    QCOMPARE(model.rowCount(), 4);
}

void TestBookmarks::everythingCanBeUndone()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QSignalSpy changed(&model, &BookmarkModel::changed);
    const QString first = model.add(at(1));
    const QString second = model.add(at(2));
    model.rename(first, QStringLiteral("  found it "));
    model.setNote(second, QStringLiteral("why?"));
    const QList<Bookmark> before = model.list();
    QCOMPARE(before[0].name, QStringLiteral("found it"));
    model.remove({ first, second });
    QCOMPARE(model.rowCount(), 0);
    undo.undo();
    QVERIFY(model.list() == before);
    undo.undo();
    QVERIFY(model.find(second)->note.isEmpty());
    undo.undo();
    QVERIFY(model.find(first)->name != QStringLiteral("found it"));
    undo.redo();
    undo.redo();
    QVERIFY(model.list() == before);
    QVERIFY(changed.count() >= 10);

    model.rename(first, QStringLiteral("   ")); // no name is no name
    QCOMPARE(model.find(first)->name, QStringLiteral("found it"));
    model.rename(QStringLiteral("nobody"), QStringLiteral("x"));
    model.remove({ QStringLiteral("nobody") });
    QVERIFY(undo.canRedo()); // none of this was a change
}

void TestBookmarks::typingANoteIsOneStep()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    const QString id = model.add(at(1));
    const QString other = model.add(at(2));
    for (const char* text : { "w", "wh", "why" })
        model.setNote(id, QLatin1String(text));
    model.setNote(other, QStringLiteral("x"));
    QCOMPARE(undo.count(), 4);
    undo.undo();
    undo.undo();
    QVERIFY(model.find(id)->note.isEmpty());
}

void TestBookmarks::importAddsOnlyWhatIsNew()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    model.add(at(1));
    QList<Bookmark> list = model.list();
    list << bookmarks::make(at(7), list);
    QCOMPARE(model.import(list), 1);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.import(list), 0);
    undo.undo();
    QCOMPARE(model.rowCount(), 1);
}

void TestBookmarks::theListGoesRenamesAndDeletes()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    BookmarksView view(&model);
    view.resize(340, 600);
    view.show();
    QVERIFY(child<QWidget>(view, "bookmarksEmpty")->isVisible());
    const QString first = model.add(at(1));
    const QString second = model.add(at(2));
    QVERIFY(!child<QWidget>(view, "bookmarksEmpty")->isVisible());
    QVERIFY(!child<QPushButton>(view, "bookmarksGo")->isEnabled());
    QSignalSpy gone(&view, &BookmarksView::goToRequested);
    view.table()->selectRow(1);
    QTest::keyClick(view.table(), Qt::Key_Return);
    QCOMPARE(gone.count(), 1);
    QCOMPARE(gone[0][0].toString(), second);

    QTest::keyClick(view.table(), Qt::Key_F2);
    auto* editor = view.table()->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    editor->setText(QStringLiteral("the peak"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(model.find(second)->name, QStringLiteral("the peak")); // the view takes it a turn later

    view.table()->selectAll();
    QTest::keyClick(view.table(), Qt::Key_Delete);
    QCOMPARE(model.rowCount(), 0);
    undo.undo();
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.list()[0].id, first);
}

void TestBookmarks::theNoteFollowsTheCurrentOne()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    BookmarksView view(&model);
    view.show();
    const QString first = model.add(at(1));
    const QString second = model.add(at(2));
    auto* note = child<QPlainTextEdit>(view, "bookmarksNote");
    QVERIFY(!note->isEnabled());
    view.table()->selectRow(0);
    QTest::keyClicks(note, QStringLiteral("first, why"));
    QCOMPARE(model.find(first)->note, QStringLiteral("first, why"));
    view.table()->selectRow(1);
    QVERIFY(note->toPlainText().isEmpty());
    QTest::keyClicks(note, QStringLiteral("second"));
    view.table()->selectRow(0);
    QCOMPARE(note->toPlainText(), QStringLiteral("first, why"));
    QCOMPARE(model.find(second)->note, QStringLiteral("second"));
    undo.undo();
    undo.undo();
    QVERIFY(note->toPlainText().isEmpty());
}

void TestBookmarks::whatIsCurrentIsSelected()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    BookmarksView view(&model);
    model.add(at(1));
    view.show();
    view.activateWindow();
    view.table()->setFocus(); // makes a row current, as by Tab
    QTRY_VERIFY(view.table()->currentIndex().isValid());
    QCOMPARE(view.table()->selectionModel()->selectedRows().size(), 1);
    auto* button = child<QPushButton>(view, "bookmarksDelete");
    QVERIFY(button->isEnabled());
    button->click();
    QCOMPARE(model.rowCount(), 0);
}

void TestBookmarks::undoOfTheWindowReachesANoteThatWasTypedBefore()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    BookmarksView view(&model);
    QAction* action = undo.createUndoAction(&view);
    action->setShortcut(Qt::CTRL | Qt::Key_Z);
    view.addAction(action);
    view.show();
    view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    const QString id = model.add(at(1));
    model.setNote(id, QStringLiteral("before"));
    view.table()->selectRow(0);
    auto* note = child<QPlainTextEdit>(view, "bookmarksNote");
    note->setFocus();
    note->moveCursor(QTextCursor::End);
    QTest::keyClicks(note, QStringLiteral(" and after"));
    QCOMPARE(model.find(id)->note, QStringLiteral("before and after"));
    QTest::keyClick(note, Qt::Key_Z, Qt::ControlModifier); // the text's own
    QCOMPARE(model.find(id)->note, QStringLiteral("before"));
    QTest::keyClick(note, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(note->toPlainText(), QString());
    QCOMPARE(model.find(id)->note, QString());
}

void TestBookmarks::copiesAsTabSeparatedText()
{
    QUndoStack undo;
    BookmarkModel model(&undo);
    BookmarksView view(&model);
    view.show();
    const QString id = model.add(at(1234));
    model.rename(id, QStringLiteral("a\tb"));
    model.setNote(id, QStringLiteral("two\nlines"));
    QTest::keyClick(view.table(), Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], QStringLiteral("Event\tName\tNote"));
    QVERIFY2(lines[1].endsWith(QStringLiteral("\ta b\ttwo lines")), qPrintable(lines[1]));
}

HEAPATLAS_UI_TEST_MAIN(TestBookmarks)
#include "tst_bookmarks.moc"
