// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/recordcontroller.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowexport.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/map/mapview.h"
#include "ui/widgets/tabledialog.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QPushButton>
#include <QSvgRenderer>
#include <QTableView>

using namespace heapatlas;
using heapatlas::testing::child;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no %s", qPrintable(path));
    return file.readAll();
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyPictureInEveryForm_data();
    void everyPictureInEveryForm();
    void nearTheMapIsMadeOfShapes();
    void everyTableAsCsvAndJson_data();
    void everyTableAsCsvAndJson();
    void blocksAreThoseOfTheSnapshot();
    void whatCannotBeWrittenIsTold();
    void theDialogOffersWhatFits();
    void theNameOfTheFileMayChooseTheKind();
    void theDialogWaitsForTheSites();
    void tablesCanBeShown();

private:
    void settle();
    std::unique_ptr<RecordController> m_recorder;
    std::unique_ptr<MainWindow> m_window;
    QTemporaryDir m_folder;
};

void TestExport::initTestCase()
{
    m_recorder = std::make_unique<RecordController>();
    m_window = std::make_unique<MainWindow>(m_recorder.get(), false);
    m_window->resize(1300, 900);
    m_window->show();
    m_window->openTrace(samplePath);
    Document* document = m_window->document();
    QVERIFY(QTest::qWaitFor([&] { return document->phase() == Document::Phase::Ready; }, loadMs));
    settle();
    document->requestSites();
    QVERIFY(QTest::qWaitFor([&] { return document->sites() != nullptr; }, loadMs));
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
    m_window->selectAddress(document->snapshot()->blocks()[3].begin);
    QVERIFY(QTest::qWaitFor([&] { return document->details() != nullptr; }, loadMs));
    m_window->addBookmark();
    settle();
}

void TestExport::settle()
{
    QVERIFY(QTest::qWaitFor(
        [&] { return m_window->document()->isSnapshotCurrent() && m_window->mapView()->isSettled(); },
        loadMs));
}

void TestExport::everyPictureInEveryForm_data()
{
    QTest::addColumn<QString>("id");
    for (const ExportItem& item : m_window->exporter()->items()) {
        if (!item.isTable)
            QTest::newRow(qPrintable(item.id)) << item.id;
    }
}

void TestExport::everyPictureInEveryForm()
{
    QFETCH(QString, id);
    QSize single;
    for (int factor = 1; factor <= 3; ++factor) {
        const QString path = m_folder.filePath(QStringLiteral("%1-%2.png").arg(id).arg(factor));
        QCOMPARE(m_window->exporter()->write(id, static_cast<ExportForm>(factor - 1), path), QString());
        const QImage image(path);
        QVERIFY(image.width() > 200 && image.height() > 50);
        if (factor == 1)
            single = image.size();
        QVERIFY(std::abs(image.width() - factor * single.width()) <= factor);
        QVERIFY(std::abs(image.height() - factor * single.height()) <= factor);
    }
    const QString path = m_folder.filePath(id + QStringLiteral(".svg"));
    QCOMPARE(m_window->exporter()->write(id, ExportForm::Svg, path), QString());
    QSvgRenderer renderer(path);
    QVERIFY(renderer.isValid());
    QImage drawn(renderer.defaultSize(), QImage::Format_RGB32);
    drawn.fill(Qt::green);
    QPainter painter(&drawn);
    renderer.render(&painter);
    painter.end();
    int untouched = 0;
    for (int y = 0; y < drawn.height(); y += 7) {
        for (int x = 0; x < drawn.width(); x += 7)
            untouched += drawn.pixelColor(x, y) == QColor(Qt::green) ? 1 : 0;
    }
    QCOMPARE(untouched, 0);
}

void TestExport::nearTheMapIsMadeOfShapes()
{
    const QString path = m_folder.filePath(QStringLiteral("shapes.svg"));
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
    QCOMPARE(m_window->exporter()->write(QStringLiteral("map"), ExportForm::Svg, path), QString());
    QVERIFY(!m_window->exporter()->hasEmbedded());
    const QByteArray svg = contentOf(path);
    QVERIFY(svg.count("<rect") + svg.count("<path") > 100);
    QVERIFY(!svg.contains("<image"));
    // It is the picture on the screen, up to the smoothing of edges.
    QWidget* canvas = m_window->mapView()->canvas();
    const QImage screen = canvas->grab().toImage().convertToFormat(QImage::Format_RGB32);
    QImage drawn(m_window->mapView()->shownSize(), QImage::Format_RGB32);
    QVERIFY(drawn.height() > canvas->height()); // the legend is below
    QPainter painter(&drawn);
    QSvgRenderer(path).render(&painter);
    painter.end();
    qint64 same = 0;
    qint64 all = 0;
    for (int y = 40; y < screen.height() - 8; y += 3) {
        for (int x = 100; x < drawn.width() - 8; x += 3, ++all) {
            const QColor a = screen.pixelColor(x, y);
            const QColor b = drawn.pixelColor(x, y);
            same +=
                std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue())
                < 60;
        }
    }
    QVERIFY2(same * 100 > all * 97, qPrintable(QStringLiteral("%1 of %2").arg(same).arg(all)));

    m_window->mapView()->setLevel(MapLevel::Slot);
    settle();
    QCOMPARE(m_window->exporter()->write(QStringLiteral("map"), ExportForm::Svg, path), QString());
    QVERIFY(!m_window->exporter()->hasEmbedded());
    QVERIFY(contentOf(path).contains("Catalogue::load")); // names are text
    m_window->mapView()->setLevel(MapLevel::Chunk);
    settle();
    QCOMPARE(m_window->exporter()->write(QStringLiteral("map"), ExportForm::Svg, path), QString());
    QVERIFY(m_window->exporter()->hasEmbedded());
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
}

void TestExport::everyTableAsCsvAndJson_data()
{
    QTest::addColumn<QString>("id");
    for (const ExportItem& item : m_window->exporter()->items()) {
        if (item.isTable)
            QTest::newRow(qPrintable(item.id)) << item.id;
    }
}

void TestExport::everyTableAsCsvAndJson()
{
    QFETCH(QString, id);
    const auto table = m_window->exporter()->table(id);
    QVERIFY(table != nullptr);
    QAbstractItemModelTester tester(table.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    const int rows = table->rowCount();
    QVERIFY2(rows > 0, qPrintable(id));
    const QString path = m_folder.filePath(id);
    QCOMPARE(m_window->exporter()->write(id, ExportForm::Json, path), QString());
    QJsonParseError error;
    const QJsonArray array = QJsonDocument::fromJson(contentOf(path), &error).array();
    QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
    QCOMPARE(array.size(), rows);
    QCOMPARE(array[0].toObject().size(), table->columnCount());
    QCOMPARE(m_window->exporter()->write(id, ExportForm::Csv, path), QString());
    const QByteArray csv = contentOf(path);
    QVERIFY(csv.count("\r\n") >= rows + 1);
    if (id != u"inspector") // which says it in words
        QVERIFY(!csv.contains("\xE2\x80\x89")); // no thin spaces in numbers
}

void TestExport::blocksAreThoseOfTheSnapshot()
{
    const auto table = m_window->exporter()->table(QStringLiteral("blocks"));
    const SnapshotPtr heap = m_window->document()->snapshot();
    QCOMPARE(table->rowCount(), static_cast<int>(heap->blocks().size()));
    Bytes sum = 0;
    for (const BlockRow& block : heap->blocks())
        sum += block.size;
    const QString path = m_folder.filePath(QStringLiteral("sum.json"));
    QCOMPARE(m_window->exporter()->write(QStringLiteral("blocks"), ExportForm::Json, path), QString());
    Bytes written = 0;
    for (const QJsonValue& row : QJsonDocument::fromJson(contentOf(path)).array()) {
        written += static_cast<Bytes>(row[u"size"].toDouble());
        QVERIFY(row[u"address"].toString().startsWith(u"0x"));
    }
    QCOMPARE(written, sum);
}

void TestExport::whatCannotBeWrittenIsTold()
{
    for (const ExportForm form : { ExportForm::Png1, ExportForm::Svg, ExportForm::Csv, ExportForm::Json }) {
        const QString id = form >= ExportForm::Csv ? QStringLiteral("chunks") : QStringLiteral("map");
        const QString problem = m_window->exporter()->write(id, form, QStringLiteral("/nowhere/x"));
        QVERIFY2(problem.contains(QStringLiteral("/nowhere/x")), qPrintable(problem));
    }
    QVERIFY(
        !m_window->exporter()
             ->write(QStringLiteral("nobody"), ExportForm::Csv, m_folder.filePath(QStringLiteral("no.csv")))
             .isEmpty());
    QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("no.csv"))));
}

void TestExport::theDialogOffersWhatFits()
{
    QList<ExportItem> items = m_window->exporter()->items();
    items << ExportItem { QStringLiteral("none"), QStringLiteral("Nothing"), true,
        QStringLiteral("There are none."), true };
    ExportDialog dialog(items, QStringLiteral("chunks"));
    auto* what = child<QComboBox>(dialog, "exportWhat");
    auto* form = child<QComboBox>(dialog, "exportForm");
    QCOMPARE(dialog.currentId(), QStringLiteral("chunks"));
    QCOMPARE(form->count(), 2);
    what->setCurrentIndex(what->findData(QStringLiteral("map")));
    QCOMPARE(form->count(), 4);
    QVERIFY(!child<QPushButton>(dialog, "exportShow")->isEnabled());
    form->setCurrentIndex(form->findData(static_cast<int>(ExportForm::Svg)));
    what->setCurrentIndex(what->findData(QStringLiteral("timeline")));
    QCOMPARE(dialog.form(), ExportForm::Svg); // kept where it fits
    what->setCurrentIndex(what->findData(QStringLiteral("none")));
    QVERIFY(!child<QPushButton>(dialog, "exportStart")->isEnabled());
}

void TestExport::theNameOfTheFileMayChooseTheKind()
{
    using F = ExportForm;
    QCOMPARE(WindowExport::formOf(QStringLiteral("a.png"), F::Png3), F::Png3);
    QCOMPARE(WindowExport::formOf(QStringLiteral("a.SVG"), F::Png2), F::Svg);
    QCOMPARE(WindowExport::formOf(QStringLiteral("a.json"), F::Csv), F::Json);
    QCOMPARE(WindowExport::formOf(QStringLiteral("a.csv"), F::Svg), F::Svg); // a picture is no table
    QCOMPARE(WindowExport::formOf(QStringLiteral("a.txt"), F::Csv), F::Csv);
}

void TestExport::theDialogWaitsForTheSites()
{
    m_window->exporter()->ask();
    auto* dialog = m_window->findChild<ExportDialog*>();
    QVERIFY(dialog != nullptr);
    auto* what = child<QComboBox>(*dialog, "exportWhat");
    what->setCurrentIndex(what->findData(QStringLiteral("sites")));
    QTRY_VERIFY(child<QPushButton>(*dialog, "exportStart")->isEnabled());
    // The table is a window that can be used: the dialog is out of its way.
    child<QPushButton>(*dialog, "exportShow")->click();
    QVERIFY(!dialog->isVisible());
    auto* shown = m_window->findChild<TableDialog*>();
    QVERIFY(shown != nullptr && shown->isVisible());
    shown->close();
    delete shown;
}

void TestExport::tablesCanBeShown()
{
    m_window->exporter()->showTable(QStringLiteral("chunks"));
    auto* dialog = m_window->findChild<TableDialog*>();
    QVERIFY(dialog != nullptr);
    QCOMPARE(child<QTableView>(*dialog, "table")->model()->rowCount(),
        static_cast<int>(m_window->document()->snapshot()->chunks().size()));
    dialog->close();
}

HEAPATLAS_UI_TEST_MAIN(TestExport)
#include "tst_export.moc"
