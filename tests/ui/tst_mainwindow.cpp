// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/recordcontroller.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/app/windowlist.h"
#include "ui/theme/theme.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/map/mapview.h"
#include "ui/views/spacetime/spacetimeview.h"
#include "ui/views/timeline/playback.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/views/welcome/welcomecards.h"
#include "ui/views/welcome/welcomeview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/viewrail.h"

#include <QAction>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QProcess>
#include <QSignalSpy>
#include <QToolButton>

using namespace heapatlas;
using heapatlas::testing::child;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

/// Whether triggering the action reaches anybody. isSignalConnected() is for the sender only, so it is borrowed.
bool isTriggerHeard(const QAction* action)
{
    struct Sender : QObject
    {
        using QObject::isSignalConnected;
    };
    return (action->*&Sender::isSignalConnected)(QMetaMethod::fromSignal(&QAction::triggered));
}

/// Ended program: status and what it printed on standard error.
struct Ended
{
    int status = -1;
    QString error;
};

Ended runProgram(QStringList arguments, const QString& config)
{
    QProcess process;
    arguments = QStringList { QStringLiteral("--config"), config } + arguments;
    process.start(QStringLiteral(HEAPATLAS_BINARY_DIR "/bin/heap-atlas"), arguments);
    if (!process.waitForFinished(loadMs) || process.exitStatus() != QProcess::NormalExit) {
        process.kill();
        process.waitForFinished();
        return { -1, QStringLiteral("did not end by itself") };
    }
    return { process.exitCode(), QString::fromUtf8(process.readAllStandardError()) };
}

/// Why no program can be started here, or null. Qt does so by a clone() that shares memory, in which the thread
/// sanitizer takes this process for the forked child: it no longer watches it, and may hang.
const char* whyNoPrograms()
{
#ifdef __SANITIZE_THREAD__
    return "the thread sanitizer does not bear how Qt starts programs";
#else
    return nullptr;
#endif
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsWelcomeWithoutRailAndTimeline();
    void opensATrace();
    void startsWhereTheHeapIsFullest();
    void switchesBetweenViews();
    void keysMoveTheCursor();
    void spacePressesTheFocusedButtonFirst();
    void selectsAnAddressAndInspectsIt();
    void aBadFileIsToldInsideTheWindow_data();
    void aBadFileIsToldInsideTheWindow();
    void aSecondTraceGetsASecondWindow();
    void remembersWhatWasOpened();
    void takesDroppedFiles();
    void foldsInANarrowWindow();
    void resetLayoutRestoresTheTable();
    void switchesTheThemeWhileRunning();
    void focusGoesRoundTheParts();
    void everyMenuEntryWorksOrIsDisabled();
    void everyControlHasANameAndAnAccessibleName();
    void screenshotIsWrittenWhenAllIsDrawn();
    void pictureIsTheCanvasAlone();
    void programEndsWithTheRightStatus();

private:
    RecordController* recorder();
    std::unique_ptr<MainWindow> loaded();
    std::unique_ptr<RecordController> m_recorder;
};

RecordController* TestMainWindow::recorder()
{
    if (!m_recorder)
        m_recorder = std::make_unique<RecordController>();
    return m_recorder.get();
}

std::unique_ptr<MainWindow> TestMainWindow::loaded()
{
    auto window = std::make_unique<MainWindow>(recorder(), false);
    window->resize(1600, 1000);
    window->show();
    window->openTrace(samplePath);
    const auto isReady = [&] {
        return window->document()->phase() == Document::Phase::Ready
            && window->document()->isSnapshotCurrent() && window->mapView()->isSettled();
    };
    if (!QTest::qWaitFor(isReady, loadMs))
        qFatal("the sample was not loaded");
    return window;
}

void TestMainWindow::showsWelcomeWithoutRailAndTimeline()
{
    MainWindow window(recorder(), false);
    window.resize(1600, 1000);
    window.show();
    QVERIFY(window.isWelcomeShown());
    QVERIFY(!child<QWidget>(window, "timelineDock")->isVisible());
    QVERIFY(!child<QWidget>(window, "viewRail")->isVisible());
    QVERIFY(!window.isInspectorShown());
    QVERIFY(!window.actionSet()->play->isEnabled());
    QVERIFY(window.actionSet()->open->isEnabled());
}

void TestMainWindow::opensATrace()
{
    const auto window = loaded();
    QVERIFY(!window->isWelcomeShown());
    QVERIFY(child<QWidget>(*window, "timelineDock")->isVisible());
    QVERIFY(window->isInspectorShown());
    QVERIFY(window->windowTitle().contains(QStringLiteral("import-orders.hat")));
    QVERIFY(window->document()->eventCount() > 1000);
    QVERIFY(window->errorBar()->isHidden());
    QVERIFY(window->timeline()->chart()->columnCount() > 100);
    const QString status = child<QWidget>(*window, "statusLine")->accessibleDescription();
    for (const char* part : { "complete", "PHP", "events", "Live", "Real", "Fragmentation" })
        QVERIFY2(status.contains(QLatin1String(part)), qPrintable(status));
    // The geometry of the main window's table.
    QCOMPARE(child<QWidget>(*window, "viewRail")->width(), 148);
    QCOMPARE(child<QWidget>(*window, "inspectorDock")->width(), 340);
    QCOMPARE(child<QWidget>(*window, "timelineDock")->height(), 120);
    QCOMPARE(child<QWidget>(*window, "toolBar")->height(), 44);
    QCOMPARE(child<QWidget>(*window, "statusBar")->height(), 24);
    QCOMPARE(window->menuBar()->height(), 28);
}

void TestMainWindow::startsWhereTheHeapIsFullest()
{
    const auto window = loaded();
    const HeapTotals& totals = window->document()->snapshot()->totals();
    QVERIFY(totals.live * 10 >= totals.peakLive * 9);
    QVERIFY(window->document()->cursor() > 0);
}

void TestMainWindow::keysMoveTheCursor()
{
    const auto window = loaded();
    Document* document = window->document();
    window->activateWindow();
    window->mapView()->canvas()->setFocus();
    const auto press = [&](Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(window.get(), key, modifiers);
        return document->cursor();
    };
    QCOMPARE(press(Qt::Key_Home), std::uint64_t { 0 });
    QCOMPARE(press(Qt::Key_Period), std::uint64_t { 1 });
    QCOMPARE(press(Qt::Key_Period, Qt::ShiftModifier), std::uint64_t { 1001 });
    QCOMPARE(press(Qt::Key_Comma, Qt::ShiftModifier), std::uint64_t { 1 });
    QCOMPARE(press(Qt::Key_Comma), std::uint64_t { 0 });
    QCOMPARE(press(Qt::Key_End), document->eventCount());

    std::vector<std::uint64_t> gcRuns;
    std::vector<std::uint64_t> checkpoints;
    for (const Marker& marker : *document->markers()) {
        if (std::holds_alternative<GcMarker>(marker.what))
            gcRuns.push_back(marker.event);
        if (std::holds_alternative<CheckpointMarker>(marker.what))
            checkpoints.push_back(marker.event);
    }
    QVERIFY(!gcRuns.empty() && !checkpoints.empty());
    QCOMPARE(press(Qt::Key_BracketLeft), gcRuns.back());
    QCOMPARE(press(Qt::Key_BraceLeft, Qt::ShiftModifier),
        *std::prev(std::lower_bound(checkpoints.begin(), checkpoints.end(), gcRuns.back())));
    press(Qt::Key_Home);
    QCOMPARE(press(Qt::Key_BracketRight), gcRuns.front());
    press(Qt::Key_Home);
    QCOMPARE(press(Qt::Key_BraceRight, Qt::ShiftModifier), checkpoints.front());

    Playback* playback = window->timeline()->playback();
    press(Qt::Key_Space);
    QVERIFY(playback->isPlaying() && !playback->isBackward());
    const std::uint64_t from = document->cursor();
    QTRY_VERIFY(document->cursor() > from);
    press(Qt::Key_Space, Qt::ShiftModifier);
    QVERIFY(playback->isPlaying() && playback->isBackward());
    const std::uint64_t turned = document->cursor();
    QTRY_VERIFY(document->cursor() < turned);
    press(Qt::Key_Space);
    QVERIFY(!playback->isPlaying());
    press(Qt::Key_F4);
    QVERIFY(!window->isInspectorShown());
    press(Qt::Key_F4);
    QVERIFY(window->isInspectorShown());
}

void TestMainWindow::switchesBetweenViews()
{
    const auto window = loaded();
    window->activateWindow();
    auto* rail = child<ViewRail>(*window, "viewRail");
    QCOMPARE(window->currentViewName(), QStringLiteral("map"));
    QSignalSpy changed(window.get(), &MainWindow::viewChanged);
    window->actionSet()->spacetime->trigger();
    QCOMPARE(window->currentViewName(), QStringLiteral("spacetime"));
    QCOMPARE(rail->currentView(), QStringLiteral("spacetime"));
    QVERIFY(window->spacetimeView()->isVisible());
    QVERIFY(!window->mapView()->isVisible());
    QVERIFY(window->focusWidget() == window->spacetimeView()->canvas());
    QCOMPARE(changed.size(), 1);
    window->showView(QStringLiteral("no such view"));
    QCOMPARE(window->currentViewName(), QStringLiteral("spacetime"));
    Q_EMIT rail->viewChosen(QStringLiteral("map"));
    QVERIFY(window->mapView()->isVisible());
    QVERIFY(window->focusWidget() == window->mapView()->canvas());
    QCOMPARE(changed.size(), 2);
}

void TestMainWindow::spacePressesTheFocusedButtonFirst()
{
    const auto window = loaded();
    window->activateWindow();
    auto* next = child<QAbstractButton>(*window, "transportNext");
    window->timeline()->goTo(500);
    next->setFocus();
    QTest::keyClick(next, Qt::Key_Space);
    QVERIFY(!window->timeline()->playback()->isPlaying());
    QCOMPARE(window->document()->cursor(), std::uint64_t { 501 });
}

void TestMainWindow::selectsAnAddressAndInspectsIt()
{
    const auto window = loaded();
    const SnapshotPtr snapshot = window->document()->snapshot();
    const RegionRow* run = nullptr;
    for (const RegionRow& region : snapshot->regions()) {
        if (region.kind == RegionKind::SmallRun && region.liveSlots == region.slotCount)
            run = &region;
    }
    QVERIFY(run != nullptr);
    QVERIFY(window->selectAddress(run->range.begin + run->slotBytes + 1));
    QCOMPARE(window->document()->selection().range.begin.value, (run->range.begin + run->slotBytes).value);
    QTRY_VERIFY(window->document()->details() != nullptr);
    QTRY_VERIFY(window->inspector()->facts().life.has_value());
    QVERIFY(window->inspector()->facts().title.contains(QStringLiteral("block")));
    QVERIFY(!child<QLabel>(*window, "inspectorBorn")->text().isEmpty());

    QVERIFY(!window->selectAddress(Address { 4096 }));
    QVERIFY(window->errorBar()->sentence().contains(QStringLiteral("0x1000")));
    window->errorBar()->dismiss();
    QVERIFY(!window->errorBar()->isVisible());
}

void TestMainWindow::aBadFileIsToldInsideTheWindow_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("exists");
    QTest::newRow("missing") << QByteArray() << false;
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("no trace") << QByteArray(10'000, 'x') << true;
    QFile sample(samplePath);
    QVERIFY(sample.open(QIODevice::ReadOnly));
    QTest::newRow("header only") << sample.read(40) << true;
}

void TestMainWindow::aBadFileIsToldInsideTheWindow()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, exists);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("bad.hat"));
    if (exists) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    MainWindow window(recorder(), false);
    window.resize(1200, 800);
    window.show();
    window.openTrace(path);
    QTRY_VERIFY_WITH_TIMEOUT(window.errorBar()->isVisible(), 20'000);
    QVERIFY(!window.errorBar()->sentence().isEmpty());
    QVERIFY(window.errorBar()->details().contains(QStringLiteral("bad.hat")));
    QVERIFY(QApplication::activeModalWidget() == nullptr);
    // The window goes on: another trace can be opened in it.
    window.openTrace(samplePath);
    QVERIFY(!window.errorBar()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(window.document()->phase() == Document::Phase::Ready, loadMs);
    QVERIFY(!window.errorBar()->isVisible());
}

void TestMainWindow::aSecondTraceGetsASecondWindow()
{
    QTemporaryDir folder;
    const QString copy = folder.filePath(QStringLiteral("copy.hat"));
    QVERIFY(QFile::copy(samplePath, copy));
    WindowList list(false);
    MainWindow* first = list.create();
    first->show();
    QVERIFY(list.openFile(samplePath, first) == first);
    MainWindow* second = list.openFile(copy, first);
    QVERIFY(second != first);
    QVERIFY(second->isVisible());
    QVERIFY(list.openFile(samplePath, second) == first); // it is open already
    QCOMPARE(list.windows().size(), 2);
    second->close();
    QTRY_COMPARE(list.windows().size(), 1);
}

void TestMainWindow::remembersWhatWasOpened()
{
    Settings::instance().clearRecent();
    MainWindow window(recorder(), true);
    window.show();
    window.openTrace(samplePath);
    QTRY_VERIFY_WITH_TIMEOUT(!Settings::instance().recentFiles().empty(), loadMs);
    const RecentFile recent = Settings::instance().recentFiles().front();
    QCOMPARE(recent.path, samplePath);
    QCOMPARE(recent.events, window.document()->eventCount());
    QVERIFY(recent.peakBytes > 0);
    QVERIFY(recent.curve.size() > 8);
    QVERIFY(!QImage::fromData(recent.fingerprint, "PNG").isNull());
    MainWindow next(recorder(), false);
    QCOMPARE(next.welcome()->findChildren<RecentCard*>().size(), 1);
}

void TestMainWindow::takesDroppedFiles()
{
    MainWindow window(recorder(), false);
    window.show();
    QSignalSpy asked(&window, &MainWindow::fileRequested);
    QMimeData data;
    data.setUrls({ QUrl::fromLocalFile(samplePath), QUrl(QStringLiteral("https://example.org/x.hat")) });
    QDragEnterEvent enter({ 100, 100 }, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop({ 100, 100 }, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &drop);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.first().first().toString(), samplePath);
}

void TestMainWindow::foldsInANarrowWindow()
{
    const auto window = loaded();
    window->resize(1024, 700);
    QCoreApplication::processEvents();
    QCOMPARE(window->size(), QSize(1024, 700));
    QVERIFY(child<ViewRail>(*window, "viewRail")->isNarrow());
    QCOMPARE(child<QWidget>(*window, "viewRail")->width(), 52);
    QVERIFY(!window->isInspectorShown());
    QCOMPARE(child<QWidget>(*window, "timelineDock")->height(), 84);
    QVERIFY(window->mapView()->canvas()->width() >= 560);
    QTest::keyClick(window.get(), Qt::Key_F4);
    QVERIFY(window->isInspectorShown());
    QWidget* overlay = child<QWidget>(*window, "inspectorOverlay");
    QCOMPARE(overlay->width(), 340);
    QCOMPARE(overlay->mapTo(window.get(), QPoint(overlay->width(), 0)).x(), 1024);
    // Every button of tool bar and transport is whole.
    for (const QAbstractButton* button : window->findChildren<QAbstractButton*>()) {
        if (!button->isVisible() || overlay->isAncestorOf(button))
            continue;
        const QRect place(button->mapTo(window.get(), QPoint()), button->size());
        QVERIFY2(window->rect().contains(place), qPrintable(button->objectName()));
    }
    QTest::keyClick(window.get(), Qt::Key_F4);
    QVERIFY(!window->isInspectorShown());
    window->resize(1600, 1000);
    QCoreApplication::processEvents();
    QVERIFY(window->isInspectorShown());
    QVERIFY(!child<ViewRail>(*window, "viewRail")->isNarrow());
    QCOMPARE(child<QWidget>(*window, "timelineDock")->height(), 120);
}

void TestMainWindow::resetLayoutRestoresTheTable()
{
    const auto window = loaded();
    window->resizeDocks({ child<QDockWidget>(*window, "timelineDock") }, { 200 }, Qt::Vertical);
    window->setInspectorShown(false);
    QCoreApplication::processEvents();
    window->actionSet()->resetLayout->trigger();
    QCoreApplication::processEvents();
    QVERIFY(window->isInspectorShown());
    QCOMPARE(child<QWidget>(*window, "timelineDock")->height(), 120);
    QCOMPARE(child<QWidget>(*window, "inspectorDock")->width(), 340);
}

void TestMainWindow::switchesTheThemeWhileRunning()
{
    const auto window = loaded();
    const QColor light = window->grab().toImage().pixelColor(5, 5);
    window->actionSet()->toggleTheme->trigger();
    QCoreApplication::processEvents();
    QVERIFY(Theme::current().isDark);
    const QColor dark = window->grab().toImage().pixelColor(5, 5);
    QVERIFY(dark.lightness() < light.lightness() / 2);
    window->actionSet()->toggleTheme->trigger();
    QVERIFY(!Theme::current().isDark);
}

void TestMainWindow::focusGoesRoundTheParts()
{
    const auto window = loaded();
    window->activateWindow();
    window->mapView()->canvas()->setFocus();
    QSet<const QWidget*> seen;
    for (int i = 0; i < 12; ++i) {
        window->actionSet()->nextRegion->trigger();
        QVERIFY(window->focusWidget() != nullptr);
        seen << window->focusWidget();
    }
    QVERIFY(seen.contains(window->mapView()->canvas()));
    QVERIFY(seen.contains(window->timeline()->chart()));
    QVERIFY(seen.contains(child<QWidget>(*window, "viewRail")));
    QVERIFY(seen.size() >= 5);
    const QWidget* before = window->focusWidget();
    window->actionSet()->nextRegion->trigger();
    window->actionSet()->previousRegion->trigger();
    QVERIFY(window->focusWidget() == before);
}

void TestMainWindow::everyMenuEntryWorksOrIsDisabled()
{
    const auto window = loaded();
    int entries = 0;
    for (const QMenu* menu : window->menuBar()->findChildren<QMenu*>()) {
        if (menu->objectName() == u"menuRecent")
            continue;
        QVERIFY2(!menu->actions().isEmpty(), qPrintable(menu->objectName()));
        for (const QAction* action : menu->actions()) {
            if (action->isSeparator() || action->menu() != nullptr)
                continue;
            ++entries;
            QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
            // Somebody listens to it: an action group, or the window.
            QVERIFY2(isTriggerHeard(action), qPrintable(action->text()));
        }
    }
    QVERIFY(entries > 30);
}

void TestMainWindow::everyControlHasANameAndAnAccessibleName()
{
    const auto window = loaded();
    for (const QAbstractButton* button : window->findChildren<QAbstractButton*>()) {
        if (button->objectName().startsWith(u"qt_") || button->inherits("QTableCornerButton"))
            continue; // parts of Qt's own widgets
        const QString where = button->text() + QStringLiteral(" in ") + button->parentWidget()->objectName()
            + QStringLiteral(", ") + QLatin1String(button->metaObject()->className());
        QVERIFY2(!button->objectName().isEmpty(), qPrintable(where));
        QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
            qPrintable(button->objectName()));
    }
}

void TestMainWindow::screenshotIsWrittenWhenAllIsDrawn()
{
    if (const char* reason = whyNoPrograms())
        QSKIP(reason);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("shot.png"));
    const Ended ended =
        runProgram({ QStringLiteral("--theme"), QStringLiteral("light"), QStringLiteral("--geometry"),
                       QStringLiteral("1200x800"), QStringLiteral("--at"), QStringLiteral("5000"),
                       QStringLiteral("--level"), QStringLiteral("page"), QStringLiteral("--screenshot"),
                       path, QStringLiteral("--exit"), samplePath },
            folder.path());
    QVERIFY2(ended.status == 0, qPrintable(ended.error));
    const QImage image(path);
    QCOMPARE(image.size(), QSize(1200, 800));
    QSet<QRgb> colours;
    for (int y = 100; y < 650; y += 3) {
        for (int x = 60; x < 1200; x += 3)
            colours << image.pixel(x, y);
    }
    QVERIFY2(colours.size() > 20, qPrintable(QString::number(colours.size())));
    const QString welcome = folder.filePath(QStringLiteral("welcome.png"));
    const Ended first = runProgram({ QStringLiteral("--theme"), QStringLiteral("dark"),
                                       QStringLiteral("--screenshot"), welcome, QStringLiteral("--exit") },
        folder.path());
    QVERIFY2(first.status == 0, qPrintable(first.error));
    QCOMPARE(QImage(welcome).size(), QSize(1600, 1000));
    QVERIFY(QImage(welcome).pixelColor(5, 5).lightness() < 64);
}

void TestMainWindow::pictureIsTheCanvasAlone()
{
    if (const char* reason = whyNoPrograms())
        QSKIP(reason);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("map.png"));
    const Ended ended =
        runProgram({ QStringLiteral("--theme"), QStringLiteral("light"), QStringLiteral("--geometry"),
                       QStringLiteral("640x480"), QStringLiteral("--picture"), path, QStringLiteral("--exit"),
                       samplePath },
            folder.path());
    QVERIFY2(ended.status == 0, qPrintable(ended.error));
    QCOMPARE(QImage(path).size(), QSize(640, 480));
}

void TestMainWindow::programEndsWithTheRightStatus()
{
    if (const char* reason = whyNoPrograms())
        QSKIP(reason);
    QTemporaryDir folder;
    const QString bad = folder.filePath(QStringLiteral("bad.hat"));
    QFile file(bad);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is no trace");
    file.close();
    const Ended unreadable = runProgram({ QStringLiteral("--exit"), bad }, folder.path());
    QCOMPARE(unreadable.status, 3);
    QVERIFY2(unreadable.error.contains(QStringLiteral("bad.hat")), qPrintable(unreadable.error));
    QCOMPARE(
        runProgram({ QStringLiteral("--exit"), QStringLiteral("/nowhere/x.hat") }, folder.path()).status, 3);
    QCOMPARE(runProgram(
                 { QStringLiteral("--view"), QStringLiteral("leaks"), QStringLiteral("--exit"), samplePath },
                 folder.path())
                 .status,
        2);
    QCOMPARE(runProgram({ QStringLiteral("--at"), QStringLiteral("99999999999"), QStringLiteral("--exit"),
                            samplePath },
                 folder.path())
                 .status,
        2);
    QCOMPARE(runProgram(
                 { QStringLiteral("--select"), QStringLiteral("0x10"), QStringLiteral("--exit"), samplePath },
                 folder.path())
                 .status,
        2);
    QCOMPARE(runProgram({ QStringLiteral("--screenshot"), QStringLiteral("/nowhere/x.png"),
                            QStringLiteral("--exit"), samplePath },
                 folder.path())
                 .status,
        4);
}

HEAPATLAS_UI_TEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
