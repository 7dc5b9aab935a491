// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/recordcontroller.h"
#include "ui/app/mainwindow.h"
#include "ui/views/map/mapview.h"

#include <QImage>
#include <QProcess>
#include <QTest>

#include <random>

using namespace heapatlas;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;
constexpr QSize pictureSize(900, 640);

/// A window with the sample open.
class Opened
{
public:
    Opened()
        : m_window(&m_recorder, true)
    {
        m_window.resize(1600, 1000);
        m_window.show();
        m_window.openTrace(samplePath);
        const auto isReady = [this] { return document().phase() == Document::Phase::Ready; };
        if (!QTest::qWaitFor(isReady, loadMs))
            qFatal("the sample does not open");
        m_window.keepCursor();
    }
    [[nodiscard]] Document& document() { return *m_window.document(); }
    [[nodiscard]] MapView& map() { return *m_window.mapView(); }
    /// Asks for a moment without waiting for it.
    void ask(std::uint64_t event) { document().setCursor(event); }
    void waitForIt()
    {
        const auto isThere = [this] { return document().isSnapshotCurrent() && map().isSettled(); };
        if (!QTest::qWaitFor(isThere, loadMs))
            qFatal("the map does not come to rest");
        QCoreApplication::processEvents();
    }
    [[nodiscard]] QImage picture()
    {
        waitForIt();
        return map().renderPicture(pictureSize, 1).convertToFormat(QImage::Format_RGB32);
    }

private:
    RecordController m_recorder;
    MainWindow m_window;
};

/// Where two pictures differ first, or nothing.
QString difference(const QImage& a, const QImage& b)
{
    if (a.size() != b.size())
        return QStringLiteral("%1 × %2 and %3 × %4")
            .arg(a.width())
            .arg(a.height())
            .arg(b.width())
            .arg(b.height());
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (a.pixel(x, y) != b.pixel(x, y))
                return QStringLiteral("pixel %1, %2").arg(x).arg(y);
        }
    }
    return {};
}

} // namespace

/// A picture of one moment is the same whichever way one came there: dragged, opened anew, or painted by hatlas.
class TestSamePicture : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whicheverWayOneCame_data();
    void whicheverWayOneCame();
};

void TestSamePicture::whicheverWayOneCame_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<MapLevel>("level");
    QTest::newRow("heap") << QStringLiteral("heap") << MapLevel::Heap;
    QTest::newRow("chunk") << QStringLiteral("chunk") << MapLevel::Chunk;
    QTest::newRow("page") << QStringLiteral("page") << MapLevel::Page;
    QTest::newRow("slot") << QStringLiteral("slot") << MapLevel::Slot;
}

void TestSamePicture::whicheverWayOneCame()
{
    QFETCH(QString, name);
    QFETCH(MapLevel, level);
    const std::uint32_t seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    Opened dragged;
    dragged.waitForIt();
    dragged.map().setLevel(level);
    const std::uint64_t events = dragged.document().eventCount();
    for (int moment = 0; moment < 3; ++moment) {
        const std::uint64_t event = moment == 0 ? events : random() % (events + 1);
        // To and fro, mostly faster than the map can follow.
        for (int step = 0; step < 30; ++step) {
            dragged.ask(random() % (events + 1));
            if (step % 3 == 0)
                QCoreApplication::processEvents();
            if (step % 10 == 0)
                dragged.waitForIt();
        }
        dragged.ask(event);
        const QImage scrubbed = dragged.picture();
        QImage blank(scrubbed.size(), scrubbed.format());
        blank.fill(scrubbed.pixel(0, 0));
        QVERIFY(!difference(scrubbed, blank).isEmpty());

        Opened anew;
        anew.ask(event);
        anew.waitForIt();
        anew.map().setLevel(level);
        QCOMPARE(difference(scrubbed, anew.picture()), QString());

        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("map.png"));
        const QString size = QStringLiteral("%1x%2").arg(pictureSize.width()).arg(pictureSize.height());
        QProcess hatlas;
        hatlas.start(QStringLiteral(HEAPATLAS_BINARY_DIR "/bin/hatlas"),
            { QStringLiteral("map"), QStringLiteral("--at"), QString::number(event), QStringLiteral("-o"),
                path, QStringLiteral("--size"), size, QStringLiteral("--level"), name, samplePath });
        QVERIFY(hatlas.waitForFinished(loadMs));
        QCOMPARE(hatlas.exitCode(), 0);
        const QImage painted = QImage(path).convertToFormat(QImage::Format_RGB32);
        QCOMPARE(difference(scrubbed, painted), QString());
    }
}

HEAPATLAS_UI_TEST_MAIN(TestSamePicture)
#include "tst_samepicture.moc"
