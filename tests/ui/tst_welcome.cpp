// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "model/usagecurve.h"
#include "ui/views/welcome/samplecatalog.h"
#include "ui/views/welcome/tracepreview.h"
#include "ui/views/welcome/welcomecards.h"
#include "ui/views/welcome/welcomeview.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>

using namespace heapatlas;

class TestWelcome : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void startsRecordingAndOpening();
    void opensRecentFiles();
    void offersToLocateOrRemoveMissingFiles();
    void saysSoWithoutRecentFiles();
    void listsTheSamplesOfAFolder();
    void takesTheFirstFolderThatHasSamples();
    void previewsTheCommittedSample();
    void findsWhereAHeapIsFullest();
    void datesAreFriendly();
    void nothingIsClipped_data();
    void nothingIsClipped();
};

namespace {

RecentFile recent(const QString& path, bool exists)
{
    RecentFile file;
    file.path = path;
    file.opened = QDateTime::currentDateTime();
    file.events = 1'543'111;
    file.peakBytes = 14'000'000;
    file.curve = { 0.1F, 0.5F, 0.4F, 1.0F };
    file.exists = exists;
    return file;
}

void put(const QDir& folder, const QString& name, const QByteArray& content)
{
    QFile file(folder.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
}

} // namespace

void TestWelcome::startsRecordingAndOpening()
{
    WelcomeView view;
    view.resize(1600, 800);
    view.show();
    QSignalSpy record(&view, &WelcomeView::recordRequested);
    QSignalSpy open(&view, &WelcomeView::openRequested);
    QTest::mouseClick(view.findChild<QWidget*>(QStringLiteral("welcomeRecord")), Qt::LeftButton);
    QTest::keyClick(view.findChild<QWidget*>(QStringLiteral("welcomeOpen")), Qt::Key_Return);
    QTest::keyClick(view.findChild<QWidget*>(QStringLiteral("welcomeOpen")), Qt::Key_Space);
    QCOMPARE(record.count(), 1);
    QCOMPARE(open.count(), 2);
}

void TestWelcome::opensRecentFiles()
{
    WelcomeView view;
    view.resize(1600, 800);
    view.setRecentFiles(
        { recent(QStringLiteral("/t/a.hat"), true), recent(QStringLiteral("/t/b.hat"), true) });
    view.show();
    QSignalSpy asked(&view, &WelcomeView::fileRequested);
    QSignalSpy cleared(&view, &WelcomeView::clearRecentRequested);
    const QList<RecentCard*> cards = view.findChildren<RecentCard*>();
    QCOMPARE(cards.size(), 2);
    QTest::mouseClick(cards[1], Qt::LeftButton);
    QCOMPARE(asked.takeFirst().first().toString(), QStringLiteral("/t/b.hat"));
    QTest::mouseClick(view.findChild<QWidget*>(QStringLiteral("welcomeClearRecent")), Qt::LeftButton);
    QCOMPARE(cleared.count(), 1);
}

void TestWelcome::offersToLocateOrRemoveMissingFiles()
{
    WelcomeView view;
    view.resize(1600, 800);
    view.setRecentFiles({ recent(QStringLiteral("/t/gone.hat"), false) });
    view.show();
    QSignalSpy asked(&view, &WelcomeView::fileRequested);
    QSignalSpy locate(&view, &WelcomeView::locateRecentRequested);
    QSignalSpy remove(&view, &WelcomeView::removeRecentRequested);
    QTest::mouseClick(view.findChild<QWidget*>(QStringLiteral("recentLocate")), Qt::LeftButton);
    QTest::mouseClick(view.findChild<QWidget*>(QStringLiteral("recentRemove")), Qt::LeftButton);
    QTest::mouseClick(view.findChild<RecentCard*>(), Qt::LeftButton, {}, { 60, 50 });
    QCOMPARE(asked.count(), 0); // a file that is gone is never opened
    QCOMPARE(locate.count(), 2);
    QCOMPARE(remove.first().first().toString(), QStringLiteral("/t/gone.hat"));
}

void TestWelcome::saysSoWithoutRecentFiles()
{
    WelcomeView view;
    view.setRecentFiles({});
    view.show();
    QVERIFY(view.findChild<QWidget*>(QStringLiteral("welcomeNoRecent"))->isVisible());
    QVERIFY(!view.findChild<QWidget*>(QStringLiteral("welcomeClearRecent"))->isVisible());
}

void TestWelcome::listsTheSamplesOfAFolder()
{
    QTemporaryDir folder;
    const QDir dir(folder.path());
    put(dir, QStringLiteral("import-orders.hat"), "x");
    put(dir, QStringLiteral("old_page.hat"), "x");
    put(dir, QStringLiteral("readme.txt"), "x");
    put(dir, QStringLiteral("samples.json"),
        R"([{"file":"import-orders.hat","title":"A leaking worker","subtitle":"grows"}, 7, {"file":3}])");
    const QList<SampleTrace> samples = samplecatalog::find({ folder.path() });
    QCOMPARE(samples.size(), 2);
    QCOMPARE(samples[0].title, QStringLiteral("A leaking worker"));
    QCOMPARE(samples[0].subtitle, QStringLiteral("grows"));
    QCOMPARE(samples[1].title, QStringLiteral("Old page"));

    WelcomeView view;
    view.resize(1600, 800);
    view.setSamples(samples);
    view.show();
    QSignalSpy asked(&view, &WelcomeView::fileRequested);
    QTest::mouseClick(view.sampleCards().at(1), Qt::LeftButton);
    QCOMPARE(asked.first().first().toString(), samples[1].path);
}

void TestWelcome::takesTheFirstFolderThatHasSamples()
{
    QTemporaryDir empty;
    QTemporaryDir full;
    put(QDir(full.path()), QStringLiteral("a.hat"), "x");
    put(QDir(full.path()), QStringLiteral("samples.json"), "this is no JSON");
    const QList<SampleTrace> samples =
        samplecatalog::find({ QStringLiteral("/nowhere"), empty.path(), full.path() });
    QCOMPARE(samples.size(), 1);
    QCOMPARE(samples[0].title, QStringLiteral("A"));
    QVERIFY(samplecatalog::find({ empty.path() }).isEmpty());
    QVERIFY(!samplecatalog::find(samplecatalog::folders()).isEmpty());
}

void TestWelcome::previewsTheCommittedSample()
{
    QTemporaryDir folder;
    put(QDir(folder.path()), QStringLiteral("broken.hat"), "not a trace at all");
    const QString sample = samplecatalog::find(samplecatalog::folders()).first().path;
    TracePreview preview;
    QSignalSpy ready(&preview, &TracePreview::ready);
    QSignalSpy finished(&preview, &TracePreview::finished);
    preview.start({ folder.filePath(QStringLiteral("broken.hat")), sample });
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60'000);
    QCOMPARE(ready.count(), 1); // the broken one is passed over
    QCOMPARE(ready.first().at(0).toString(), sample);
    const auto snapshot = ready.first().at(1).value<SnapshotPtr>();
    QVERIFY(snapshot);
    QVERIFY(snapshot->chunks().size() >= 2);
    QVERIFY(!preview.isBusy());
}

void TestWelcome::findsWhereAHeapIsFullest()
{
    UsageCurve curve;
    QCOMPARE(fullestEvent(curve), std::uint64_t { 0 });
    for (const Bytes live : { Bytes { 10 }, Bytes { 90 }, Bytes { 40 } }) {
        UsageBucket bucket;
        bucket.liveMax = live;
        curve.append(bucket);
    }
    curve.setEvents(600);
    QCOMPARE(fullestEvent(curve), std::uint64_t { 512 });
}

void TestWelcome::datesAreFriendly()
{
    const QDateTime now(QDate(2026, 11, 22), QTime(14, 0));
    QCOMPARE(friendlyDate(QDateTime(QDate(2026, 11, 22), QTime(10, 42)), now), QStringLiteral("today 10:42"));
    QCOMPARE(friendlyDate(QDateTime(QDate(2026, 11, 21), QTime(23, 59)), now), QStringLiteral("yesterday"));
    QCOMPARE(friendlyDate(QDateTime(QDate(2026, 11, 19), QTime(1, 0)), now), QStringLiteral("Thursday"));
    QCOMPARE(friendlyDate(QDateTime(QDate(2026, 11, 12), QTime(1, 0)), now), QStringLiteral("12 November"));
    QCOMPARE(
        friendlyDate(QDateTime(QDate(2024, 11, 12), QTime(1, 0)), now), QStringLiteral("12 November 2024"));
    QCOMPARE(shortCount(1'543'111), QStringLiteral("1.54 M"));
    QCOMPARE(shortCount(212'400), QStringLiteral("212 k"));
    QCOMPARE(shortCount(512), QStringLiteral("512"));
}

void TestWelcome::nothingIsClipped_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("least") << QSize(1024, 604);
    QTest::newRow("middle") << QSize(1399, 800);
    QTest::newRow("wide") << QSize(1400, 800);
    QTest::newRow("reference") << QSize(1600, 904);
}

void TestWelcome::nothingIsClipped()
{
    QFETCH(QSize, size);
    WelcomeView view;
    view.resize(size);
    std::vector<RecentFile> files;
    for (int i = 0; i < 10; ++i)
        files.push_back(recent(QStringLiteral("/t/a rather long name of a trace %1.hat").arg(i), i % 3 != 0));
    view.setRecentFiles(files);
    QList<SampleTrace> samples;
    for (int i = 0; i < 5; ++i)
        samples << SampleTrace { QStringLiteral("/s/%1.hat").arg(i), QStringLiteral("Sample %1").arg(i), {} };
    view.setSamples(samples);
    view.show();
    QCoreApplication::processEvents();
    QList<QRect> cards;
    for (const Card* card : view.findChildren<Card*>()) {
        const QRect place(card->mapTo(&view, QPoint()), card->size());
        QVERIFY2(place.left() >= 0 && place.right() < size.width(), qPrintable(card->text()));
        QVERIFY2(place.width() >= 200, qPrintable(card->text()));
        for (const QRect& other : cards)
            QVERIFY2(!other.intersects(place), qPrintable(card->text()));
        cards << place;
    }
    QCOMPARE(cards.size(), 2 + 10 + 5);
}

HEAPATLAS_UI_TEST_MAIN(TestWelcome)
#include "tst_welcome.moc"
