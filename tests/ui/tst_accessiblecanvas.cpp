// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/accessiblecanvas.h"

#include <QAccessible>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QWidget>

using namespace heapatlas;

namespace {

/// Boxes of 20 × 10 pixels side by side.
class Boxes : public QWidget, public CanvasItems
{
public:
    explicit Boxes(int boxes)
        : m_boxes(boxes)
        , m_accessible(this, this)
    {
        setAccessibleName(QStringLiteral("Boxes"));
        setFocusPolicy(Qt::StrongFocus);
        resize(400, 100);
    }

    int count() const override { return m_boxes; }
    QString name(int item) const override { return QStringLiteral("Box %1").arg(item); }
    QRect rect(int item) const override { return { item * 20, 30, 20, 10 }; }
    void press(int item) override { m_pressed << item; }
    bool isSelected(int item) const override { return item == m_selected; }
    bool hasFocus(int item) const override { return item == m_focused; }
    void focus(int item) override { m_focused = item; }
    bool isAdjustable(int item) const override { return item == 1; }
    void adjust(int, int steps) override { m_steps += steps; }
    using QWidget::hasFocus;
    using QWidget::rect;

    int m_boxes;
    int m_selected = -1;
    int m_focused = -1;
    int m_steps = 0;
    QList<int> m_pressed;
    AccessibleCanvas m_accessible;
};

} // namespace

class TestAccessibleCanvas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itemsAreChildren();
    void childrenAreFoundByPlace();
    void actionsReachTheItem();
    void statesFollow();
    void fewerItemsMakeTheRestInvalid();
    void announcesAtMostOnceASecond();
    void canvasMayDieFirst();
};

void TestAccessibleCanvas::itemsAreChildren()
{
    Boxes boxes(3);
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&boxes);
    QVERIFY(canvas != nullptr);
    QCOMPARE(canvas->role(), QAccessible::List);
    QCOMPARE(canvas->text(QAccessible::Name), QStringLiteral("Boxes"));
    QCOMPARE(canvas->childCount(), 3);
    for (int i = 0; i < 3; ++i) {
        QAccessibleInterface* child = canvas->child(i);
        QVERIFY(child != nullptr && child->isValid());
        QCOMPARE(child->text(QAccessible::Name), QStringLiteral("Box %1").arg(i));
        QCOMPARE(child->role(), QAccessible::ListItem);
        QCOMPARE(child->parent(), canvas);
        QCOMPARE(canvas->indexOfChild(child), i);
        QCOMPARE(canvas->child(i), child); // asked twice, made once
    }
    QVERIFY(canvas->child(3) == nullptr);
    QVERIFY(canvas->child(-1) == nullptr);
}

void TestAccessibleCanvas::childrenAreFoundByPlace()
{
    Boxes boxes(3);
    boxes.move(50, 60);
    boxes.show();
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&boxes);
    const QPoint inside = boxes.mapToGlobal(QPoint(25, 35));
    QCOMPARE(canvas->childAt(inside.x(), inside.y()), canvas->child(1));
    QVERIFY(canvas->child(1)->rect().contains(inside));
    QVERIFY(canvas->childAt(inside.x(), inside.y() + 40) == nullptr);
}

void TestAccessibleCanvas::actionsReachTheItem()
{
    Boxes boxes(3);
    boxes.show();
    QVERIFY(QTest::qWaitForWindowExposed(&boxes));
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&boxes);
    QAccessibleActionInterface* second = canvas->child(1)->actionInterface();
    QVERIFY(second != nullptr);
    second->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(boxes.m_pressed, QList<int> { 1 });
    QVERIFY(second->actionNames().contains(QAccessibleActionInterface::increaseAction()));
    second->doAction(QAccessibleActionInterface::increaseAction());
    second->doAction(QAccessibleActionInterface::increaseAction());
    second->doAction(QAccessibleActionInterface::decreaseAction());
    QCOMPARE(boxes.m_steps, 1);
    QAccessibleActionInterface* first = canvas->child(0)->actionInterface();
    QVERIFY(!first->actionNames().contains(QAccessibleActionInterface::increaseAction()));
    first->doAction(QAccessibleActionInterface::increaseAction());
    QCOMPARE(boxes.m_steps, 1);
    first->doAction(QAccessibleActionInterface::setFocusAction());
    QCOMPARE(boxes.m_focused, 0);
}

void TestAccessibleCanvas::statesFollow()
{
    Boxes boxes(3);
    boxes.show();
    boxes.activateWindow();
    boxes.setFocus();
    QVERIFY(QTest::qWaitForWindowActive(&boxes));
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&boxes);
    boxes.m_selected = 2;
    boxes.m_focused = 1;
    QVERIFY(canvas->child(2)->state().selected);
    QVERIFY(!canvas->child(1)->state().selected);
    QVERIFY(canvas->child(1)->state().focused);
    QVERIFY(!canvas->child(2)->state().focused);
    QCOMPARE(canvas->focusChild(), canvas->child(1));
    boxes.m_focused = -1;
    QCOMPARE(canvas->focusChild(), canvas);
}

void TestAccessibleCanvas::fewerItemsMakeTheRestInvalid()
{
    Boxes boxes(3);
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&boxes);
    QAccessibleInterface* last = canvas->child(2);
    boxes.m_boxes = 1;
    boxes.m_accessible.itemsChanged();
    QCOMPARE(canvas->childCount(), 1);
    QVERIFY(!last->isValid());
    QVERIFY(last->state().invalid);
    last->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QVERIFY(boxes.m_pressed.isEmpty());
}

void TestAccessibleCanvas::announcesAtMostOnceASecond()
{
    Boxes boxes(3);
    QSignalSpy said(&boxes.m_accessible, &AccessibleCanvas::announced);
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 100; ++i)
        boxes.m_accessible.announce(i % 2);
    QCOMPARE(said.count(), 1);
    QCOMPARE(said.takeFirst().first().toInt(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, 5000); // the newest follows when a second is over
    QCOMPARE(said.first().first().toInt(), 1);
    QVERIFY(clock.elapsed() >= AccessibleCanvas::quietMs - 50); // timers may be a little early
}

void TestAccessibleCanvas::canvasMayDieFirst()
{
    auto boxes = std::make_unique<Boxes>(3);
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(boxes.get());
    const QAccessible::Id child = QAccessible::uniqueId(canvas->child(1));
    QVERIFY(QAccessible::accessibleInterface(child) != nullptr);
    boxes.reset();
    QVERIFY(QAccessible::accessibleInterface(child) == nullptr); // went with its canvas
}

QTEST_MAIN(TestAccessibleCanvas)
#include "tst_accessiblecanvas.moc"
