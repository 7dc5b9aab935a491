// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/recordcontroller.h"
#include "ui/app/mainwindow.h"
#include "ui/app/windowactions.h"
#include "ui/app/windowplaces.h"
#include "ui/palette/commandfield.h"
#include "ui/palette/commandpalette.h"
#include "ui/palette/palettemodel.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/map/mapview.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/filterbar.h"

#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QSignalSpy>
#include <QTableView>

using namespace heapatlas;
using heapatlas::testing::child;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

} // namespace

class TestFinding : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void theFieldOpensAndEscGivesTheFocusBack();
    void typingAndEnterGoesThere();
    void clickingAnEntryChoosesIt();
    void arrowsSkipHeadersAndGoRound();
    void aSiteStandsOutUntilEsc();
    void aCommandIsRun();
    void staysInsideASmallWindow();
    void altLeftLeadsBack();
    void backFromANewMomentShowsTheOldOneExactly();
    void bKeepsThePlaceAndTheListLeadsBack();
    void bookmarksStayWithTheTrace();
    void undoAndRedoAreInTheMenu();
    void everyViewFollowsTheSelection();

private:
    void settle();
    std::unique_ptr<RecordController> m_recorder;
    std::unique_ptr<MainWindow> m_window;
    Document* m_document = nullptr;
};

void TestFinding::init()
{
    m_recorder = std::make_unique<RecordController>();
    m_window = std::make_unique<MainWindow>(m_recorder.get(), true);
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->activateWindow();
    m_window->openTrace(samplePath);
    m_document = m_window->document();
    QVERIFY(QTest::qWaitFor([&] { return m_document->phase() == Document::Phase::Ready; }, loadMs));
    settle();
    m_window->mapView()->canvas()->setFocus();
}

void TestFinding::cleanup()
{
    m_window->bookmarks()->reset({});
    m_window->bookmarks()->add({});
    m_window->bookmarks()->remove({ m_window->bookmarks()->list()[0].id }); // and so the file goes
    m_window.reset();
    m_recorder.reset();
}

void TestFinding::settle()
{
    QVERIFY(QTest::qWaitFor(
        [&] { return m_document->isSnapshotCurrent() && m_window->mapView()->isSettled(); }, loadMs));
    QCoreApplication::processEvents();
}

void TestFinding::theFieldOpensAndEscGivesTheFocusBack()
{
    auto* palette = m_window->commandPalette();
    QWidget* canvas = m_window->mapView()->canvas();
    QVERIFY(!palette->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    QVERIFY(palette->isVisible());
    auto* text = child<QLineEdit>(*palette, "paletteText");
    QVERIFY(text->hasFocus());
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!palette->isVisible());
    QVERIFY(canvas->hasFocus());
    QTest::mouseClick(child<CommandField>(*m_window, "commandField"), Qt::LeftButton);
    QVERIFY(palette->isVisible());
    // What takes the focus closes it.
    m_window->timeline()->chart()->setFocus();
    QVERIFY(!palette->isVisible());
    QVERIFY(m_window->timeline()->chart()->hasFocus());
}

void TestFinding::typingAndEnterGoesThere()
{
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* text = child<QLineEdit>(*m_window, "paletteText");
    QTest::keyClicks(text, QStringLiteral("event 1 234"));
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(m_document->cursor(), std::uint64_t { 1234 });
    settle();
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    QCOMPARE(text->selectedText(), QStringLiteral("event 1 234")); // typing begins anew
    QTest::keyClicks(text, QStringLiteral("chunk 0 page 3"));
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(m_document->selection().what, Selection::What::Page);
    QVERIFY(m_window->inspector()->facts().title.length() > 0);
}

void TestFinding::clickingAnEntryChoosesIt()
{
    m_window->openPalette(QStringLiteral("chunk 0"));
    auto* list = child<QListView>(*m_window, "paletteList");
    const int row = m_window->commandPalette()->model()->choiceFrom(0, 1);
    const QRect place = list->visualRect(list->model()->index(row, 0));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, place.center());
    QCOMPARE(m_document->selection().what, Selection::What::Chunk);
    QVERIFY(!m_window->commandPalette()->isVisible());
}

void TestFinding::arrowsSkipHeadersAndGoRound()
{
    m_window->openPalette(QStringLiteral("e"));
    auto* palette = m_window->commandPalette();
    auto* text = child<QLineEdit>(*palette, "paletteText");
    const PaletteModel* model = palette->model();
    const int first = model->choiceFrom(0, 1);
    const int last = model->choiceFrom(model->rowCount() - 1, -1);
    QVERIFY(last > first + 4);
    QCOMPARE(palette->currentRow(), first);
    QTest::keyClick(text, Qt::Key_Up);
    QCOMPARE(palette->currentRow(), last);
    QTest::keyClick(text, Qt::Key_Down);
    QCOMPARE(palette->currentRow(), first);
    for (int i = 0; i < 3 * model->rowCount(); ++i) {
        QTest::keyClick(text, Qt::Key_Down);
        QCOMPARE(model->entry(palette->currentRow()).kind, PaletteEntry::Kind::Choice);
    }
    QTest::keyClick(text, Qt::Key_PageUp);
    QTest::keyClick(text, Qt::Key_PageUp);
    QTest::keyClick(text, Qt::Key_PageDown);
    QCOMPARE(model->entry(palette->currentRow()).kind, PaletteEntry::Kind::Choice);
}

void TestFinding::aSiteStandsOutUntilEsc()
{
    m_window->mapView()->setLevel(MapLevel::Chunk);
    settle();
    const QImage before = m_window->mapView()->canvas()->grab().toImage();
    m_window->openPalette(QStringLiteral(" "));
    QVERIFY(QTest::qWaitFor(
        [&] { return m_document->sites() && m_document->sites()->event() == m_document->cursor(); }, loadMs));
    const Site* largest = nullptr;
    for (const Site& site : m_document->sites()->sites()) {
        if (largest == nullptr || site.blocks > largest->blocks)
            largest = &site;
    }
    QVERIFY(largest != nullptr && largest->blocks > 0);
    auto* text = child<QLineEdit>(*m_window, "paletteText");
    text->selectAll();
    QTest::keyClicks(text, largest->name);
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(m_document->site(), largest->id);
    auto* bar = child<FilterBar>(*m_window, "filterBar");
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->name(), largest->name);
    QVERIFY2(bar->detail().contains(QStringLiteral("live block")), qPrintable(bar->detail()));
    settle();
    const QImage shown = m_window->mapView()->canvas()->grab().toImage();
    QVERIFY(shown != before);
    // Most of it is faded: the mean is nearer to the canvas.
    const auto lightness = [](const QImage& image) {
        double sum = 0;
        int count = 0;
        for (int y = image.height() / 4; y < image.height() * 3 / 4; y += 3) {
            for (int x = image.width() / 4; x < image.width() * 3 / 4; x += 3, ++count)
                sum += image.pixelColor(x, y).lightness();
        }
        return sum / count;
    };
    QVERIFY(lightness(shown) > lightness(before) + 5);

    // A block that is selected now leaves the site as it is; Esc ends first the site, then the selection.
    QVERIFY(m_window->selectAddress(m_document->snapshot()->regions()[1].range.begin));
    QCOMPARE(m_document->site(), largest->id);
    QTest::keyClick(m_window->mapView()->canvas(), Qt::Key_Escape);
    QCOMPARE(m_document->site(), 0U);
    QVERIFY(!bar->isVisible());
    QVERIFY(m_document->selection().what != Selection::What::Nothing);
    QTest::keyClick(m_window->mapView()->canvas(), Qt::Key_Escape);
    QCOMPARE(m_document->selection().what, Selection::What::Nothing);
}

void TestFinding::aCommandIsRun()
{
    const bool wasShown = m_window->mapView()->isSlackShown();
    m_window->openPalette(QStringLiteral("last event"));
    auto* text = child<QLineEdit>(*m_window, "paletteText");
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(m_document->cursor(), m_document->eventCount());
    QCOMPARE(m_window->mapView()->isSlackShown(), wasShown);
}

void TestFinding::staysInsideASmallWindow()
{
    m_window->resize(1024, 700);
    QCoreApplication::processEvents();
    QVERIFY(child<CommandField>(*m_window, "commandField")->isNarrow());
    for (const char* text : { "", "e", "0x1", "zzqqyyxx", "12" }) {
        m_window->openPalette(QLatin1String(text));
        if (*text == '\0') {
            child<QLineEdit>(*m_window, "paletteText")->clear();
            m_window->commandPalette()->refresh();
        }
        QVERIFY(m_window->rect().contains(m_window->commandPalette()->geometry()));
        QVERIFY(m_window->commandPalette()->height() > 60);
    }
}

void TestFinding::altLeftLeadsBack()
{
    const std::uint64_t first = m_document->cursor();
    m_window->timeline()->goTo(2000);
    settle();
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_window->currentViewName(), QStringLiteral("spacetime"));
    QVERIFY(m_window->actionSet()->back->isEnabled());
    QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(m_window->currentViewName(), QStringLiteral("map"));
    QCOMPARE(m_document->cursor(), std::uint64_t { 2000 });
    QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(m_document->cursor(), first);
    QVERIFY(!m_window->actionSet()->back->isEnabled());
    settle();
    QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(m_document->cursor(), std::uint64_t { 2000 });
    settle();
    QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(m_window->currentViewName(), QStringLiteral("spacetime"));
    QVERIFY(!m_window->actionSet()->forward->isEnabled());
}

void TestFinding::backFromANewMomentShowsTheOldOneExactly()
{
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
    m_window->selectAddress(m_document->snapshot()->chunks().back().range.begin + 100 * 4096);
    settle();
    const Selection selection = m_document->selection();
    const std::uint64_t event = m_document->cursor();
    const QImage before = m_window->mapView()->canvas()->grab().toImage();
    QTest::qWait(static_cast<int>(ViewHistory::coalesceMs) + 50); // else it is one move with what follows
    m_window->timeline()->goTo(500);
    m_window->mapView()->setLevel(MapLevel::Chunk);
    m_document->setSelection({});
    settle();
    while (m_document->cursor() != event || !(m_document->selection() == selection)
        || m_window->mapView()->level() != MapLevel::Page) {
        QVERIFY(m_window->actionSet()->back->isEnabled());
        m_window->actionSet()->back->trigger();
        settle();
    }
    settle();
    QCOMPARE(m_window->mapView()->canvas()->grab().toImage(), before);
}

void TestFinding::bKeepsThePlaceAndTheListLeadsBack()
{
    BookmarkModel* bookmarks = m_window->bookmarks();
    m_window->timeline()->goTo(3000);
    settle();
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
    QTest::keyClick(m_window->mapView()->canvas(), Qt::Key_B);
    QCOMPARE(bookmarks->rowCount(), 1);
    m_window->timeline()->chart()->setFocus();
    QTest::keyClick(m_window->timeline()->chart(), Qt::Key_B);
    QCOMPARE(bookmarks->rowCount(), 2);
    // In a field a letter is a letter.
    m_window->openPalette(QStringLiteral("x"));
    QTest::keyClick(child<QLineEdit>(*m_window, "paletteText"), Qt::Key_B);
    QCOMPARE(bookmarks->rowCount(), 2);
    m_window->commandPalette()->dismiss();

    m_window->actionSet()->undo->trigger();
    QCOMPARE(bookmarks->rowCount(), 1);
    const Bookmark kept = bookmarks->list()[0];
    QCOMPARE(kept.place.event, std::uint64_t { 3000 });
    m_window->timeline()->goTo(100);
    m_window->mapView()->setLevel(MapLevel::Chunk);
    m_window->showView(QStringLiteral("spacetime"));
    settle();
    m_window->actionSet()->bookmarks->trigger();
    auto* table = child<QTableView>(*m_window, "bookmarksTable");
    QVERIFY(table->isVisible());
    table->selectRow(0);
    QTest::keyClick(table, Qt::Key_Return);
    settle();
    QCOMPARE(m_document->cursor(), std::uint64_t { 3000 });
    QCOMPARE(m_window->currentViewName(), QStringLiteral("map"));
    QCOMPARE(m_window->mapView()->level(), MapLevel::Page);
    QCOMPARE(m_window->mapView()->place(), kept.place.place);
}

void TestFinding::bookmarksStayWithTheTrace()
{
    m_window->timeline()->goTo(4000);
    m_window->addBookmark();
    const QString id = m_window->bookmarks()->list()[0].id;
    m_window->bookmarks()->setNote(id, QStringLiteral("look here"));
    MainWindow other(m_recorder.get(), true);
    other.openTrace(samplePath);
    QCOMPARE(other.bookmarks()->rowCount(), 1);
    QCOMPARE(other.bookmarks()->list()[0].note, QStringLiteral("look here"));
    // Pictures made by command change nothing.
    MainWindow unattended(m_recorder.get(), false);
    unattended.openTrace(samplePath);
    unattended.bookmarks()->remove({ id });
    MainWindow third(m_recorder.get(), true);
    third.openTrace(samplePath);
    QCOMPARE(third.bookmarks()->rowCount(), 1);
}

void TestFinding::undoAndRedoAreInTheMenu()
{
    WindowActions* actions = m_window->actionSet();
    QVERIFY(!actions->undo->isEnabled());
    m_window->addBookmark();
    QVERIFY(actions->undo->isEnabled() && !actions->redo->isEnabled());
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(m_window->bookmarks()->rowCount(), 0);
    QVERIFY(!actions->undo->isEnabled() && actions->redo->isEnabled());
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(m_window->bookmarks()->rowCount(), 1);
}

void TestFinding::everyViewFollowsTheSelection()
{
    m_window->mapView()->setLevel(MapLevel::Page);
    settle();
    const auto chunks = m_document->snapshot()->chunks();
    const ChunkRow* last = nullptr;
    for (const ChunkRow& chunk : chunks) {
        if (chunk.pageCount != 0)
            last = &chunk;
    }
    QVERIFY(last != nullptr);
    const Address page = last->range.begin + 300 * 4096;
    const QJsonObject before = m_window->mapView()->place();
    m_document->setSelection({ Selection::What::Page, { page, page + 4096 } });
    // In the same turn of the event loop: the map shows it, the inspector tells of it.
    QVERIFY(m_window->inspector()->facts().title.length() > 0);
    QVERIFY(m_window->mapView()->place() != before); // it was off screen
    const QJsonObject there = m_window->mapView()->place();
    settle();
    m_document->setSelection({ Selection::What::Page, { page + 4096, page + 2 * 4096 } });
    const QJsonObject next = m_window->mapView()->place();
    // The smallest pan: at most a page further.
    const auto middle = [](const QJsonObject& place) {
        return place[u"middle"].toString().mid(2).toULongLong(nullptr, 16);
    };
    const auto moved = static_cast<qint64>(middle(next)) - static_cast<qint64>(middle(there));
    QVERIFY(std::abs(moved) <= 2 * 4096);
}

HEAPATLAS_UI_TEST_MAIN(TestFinding)
#include "tst_finding.moc"
