// SPDX-License-Identifier: GPL-3.0-or-later
// What a second run of the program finds of the first. Each run is a process of its own: this program again, told what
// to do by its arguments.
#include "resources/initresources.h"
#include "session/document.h"
#include "session/recordcontroller.h"
#include "session/settings.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/map/mapview.h"
#include "ui/views/timeline/timelineview.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace heapatlas;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

QJsonObject stateOf(MainWindow& window)
{
    const auto* header = window.findChild<QHeaderView*>(QStringLiteral("bookmarksHeader"));
    QJsonArray bookmarks;
    for (const Bookmark& bookmark : window.bookmarks()->list())
        bookmarks << QJsonArray { bookmark.name, bookmark.note, static_cast<qint64>(bookmark.place.event) };
    return { { QStringLiteral("x"), window.x() }, { QStringLiteral("y"), window.y() },
        { QStringLiteral("width"), window.width() }, { QStringLiteral("height"), window.height() },
        { QStringLiteral("dock"), window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"))->width() },
        { QStringLiteral("timeline"),
            window.findChild<QDockWidget*>(QStringLiteral("timelineDock"))->height() },
        { QStringLiteral("isDockShown"), window.isInspectorShown() },
        { QStringLiteral("tab"), window.findChild<QTabWidget*>(QStringLiteral("sideTabs"))->currentIndex() },
        { QStringLiteral("column"), header->sectionSize(BookmarkModel::Event) },
        { QStringLiteral("level"), static_cast<int>(window.mapView()->level()) },
        { QStringLiteral("slack"), window.mapView()->isSlackShown() },
        { QStringLiteral("bookmarks"), bookmarks } };
}

/// One run of the program: opens the sample, does what is asked, closes, and tells how it stood before that.
int run(const QString& what, const QString& config, int argc, char** argv)
{
    qputenv("HEAPATLAS_NO_ANIMATION", "1");
    QApplication app(argc, argv);
    Settings::setDirectory(config);
    initResources();
    ThemeManager::instance().install();
    RecordController recorder;
    MainWindow window(&recorder, true);
    window.show();
    window.openTrace(samplePath);
    const auto isReady = [&] {
        return window.document()->phase() == Document::Phase::Ready && window.document()->isSnapshotCurrent()
            && window.mapView()->isSettled();
    };
    if (!QTest::qWaitFor(isReady, loadMs))
        return 3;
    QCoreApplication::processEvents();
    const QJsonObject found = stateOf(window);
    if (what == u"change") {
        window.resize(1400, 900);
        window.move(30, 40);
        QCoreApplication::processEvents();
        auto* timeline = window.findChild<QDockWidget*>(QStringLiteral("timelineDock"));
        auto* dock = window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"));
        window.resizeDocks({ timeline }, { 180 }, Qt::Vertical);
        window.resizeDocks({ dock }, { 420 }, Qt::Horizontal);
        window.findChild<QTabWidget*>(QStringLiteral("sideTabs"))->setCurrentIndex(1);
        window.findChild<QHeaderView*>(QStringLiteral("bookmarksHeader"))
            ->resizeSection(BookmarkModel::Event, 150);
        window.mapView()->setLevel(MapLevel::Page);
        window.mapView()->setSlackShown(false);
        window.timeline()->goTo(1234);
        window.addBookmark();
        const QString id = window.bookmarks()->list().front().id;
        window.bookmarks()->rename(id, QStringLiteral("the plateau"));
        window.bookmarks()->setNote(id, QStringLiteral("why here?"));
        QCoreApplication::processEvents();
    } else if (what == u"reset") {
        window.actionSet()->resetLayout->trigger();
        QCoreApplication::processEvents();
    } else if (what == u"hide") {
        window.setInspectorShown(false);
    }
    window.close();
    std::printf("%s\n", QJsonDocument(found).toJson(QJsonDocument::Compact).constData());
    return 0;
}

QJsonObject runProcess(const QString& what, const QString& config)
{
    QProcess process;
    process.start(QCoreApplication::applicationFilePath(), { QStringLiteral("--run"), what, config });
    if (!process.waitForFinished(loadMs) || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0)
        qFatal("the run \"%s\" failed: %s", qPrintable(what), process.readAllStandardError().constData());
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

} // namespace

class TestRestart : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSecondRunFindsTheFirst();
    void resetLayoutForgetsIt();
    void aScreenThatIsGoneIsNotUsed();
    void anotherVersionIsNotRead();
};

void TestRestart::aSecondRunFindsTheFirst()
{
    QTemporaryDir config;
    const QJsonObject fresh = runProcess(QStringLiteral("change"), config.path());
    QCOMPARE(fresh[u"dock"].toInt(), 340);
    QCOMPARE(fresh[u"timeline"].toInt(), 120);
    QVERIFY(fresh[u"bookmarks"].toArray().isEmpty());
    const QJsonObject found = runProcess(QStringLiteral("look"), config.path());
    QCOMPARE(found[u"width"].toInt(), 1400);
    QCOMPARE(found[u"height"].toInt(), 900);
    QCOMPARE(found[u"x"].toInt(), 30);
    QCOMPARE(found[u"y"].toInt(), 40);
    QCOMPARE(found[u"dock"].toInt(), 420);
    QCOMPARE(found[u"timeline"].toInt(), 180);
    QCOMPARE(found[u"isDockShown"].toBool(), true);
    QCOMPARE(found[u"tab"].toInt(), 1);
    QCOMPARE(found[u"column"].toInt(), 150);
    QCOMPARE(found[u"level"].toInt(), static_cast<int>(MapLevel::Page));
    QCOMPARE(found[u"slack"].toBool(true), false);
    QCOMPARE(found[u"bookmarks"].toArray(),
        (QJsonArray { QJsonArray { QStringLiteral("the plateau"), QStringLiteral("why here?"), 1234 } }));
    QCOMPARE(runProcess(QStringLiteral("hide"), config.path()), found); // looking changed nothing
    QCOMPARE(runProcess(QStringLiteral("look"), config.path())[u"isDockShown"].toBool(true), false);
}

void TestRestart::resetLayoutForgetsIt()
{
    QTemporaryDir config;
    runProcess(QStringLiteral("change"), config.path());
    runProcess(QStringLiteral("reset"), config.path());
    const QJsonObject found = runProcess(QStringLiteral("look"), config.path());
    QCOMPARE(found[u"dock"].toInt(), 340);
    QCOMPARE(found[u"timeline"].toInt(), 120);
    QCOMPARE(found[u"tab"].toInt(), 0);
    QVERIFY(found[u"column"].toInt() != 150);
    QCOMPARE(found[u"bookmarks"].toArray().size(), 1); // they are no layout
}

void TestRestart::aScreenThatIsGoneIsNotUsed()
{
    QTemporaryDir config;
    runProcess(QStringLiteral("change"), config.path());
    {
        QSettings store(config.filePath(QStringLiteral("heap-atlas.ini")), QSettings::IniFormat);
        store.setValue(QStringLiteral("layout/window"), QRect(9000, 5000, 1400, 900));
    }
    const QJsonObject found = runProcess(QStringLiteral("look"), config.path());
    QVERIFY(found[u"x"].toInt() < 2000 && found[u"y"].toInt() < 2000);
    QCOMPARE(found[u"dock"].toInt(), 420);
}

void TestRestart::anotherVersionIsNotRead()
{
    QTemporaryDir config;
    runProcess(QStringLiteral("change"), config.path());
    {
        QSettings store(config.filePath(QStringLiteral("heap-atlas.ini")), QSettings::IniFormat);
        store.setValue(QStringLiteral("layout/version"), 99);
    }
    QCOMPARE(runProcess(QStringLiteral("look"), config.path())[u"dock"].toInt(), 340);
}

int main(int argc, char** argv)
{
    if (argc == 4 && qstrcmp(argv[1], "--run") == 0)
        return run(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]), argc, argv);
#ifdef __SANITIZE_THREAD__
    return 0; // it does not bear how Qt starts programs
#endif
    QCoreApplication app(argc, argv);
    TestRestart test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_restart.moc"
