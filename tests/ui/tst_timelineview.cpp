// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "ui/theme/theme.h"
#include "ui/views/timeline/playback.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelinelegend.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/views/timeline/transport.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace heapatlas;

class TestTimelineView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void playsInBothDirections();
    void slowSpeedsMoveLessThanAnEventAFrame();
    void stopsAtTheEndAndStartsAgainFromTheOther();
    void stepsStayInsideTheTrace();
    void transportDrivesPlayback();
    void costFollowsPixels();
    void draggingScrubs();
    void scrubbingSnapsUnlessAltIsHeld();
    void wheelZoomsAboutThePointer();
    void doubleClickFits();
    void arrowsMoveByAPixel();
    void limitIsDrawnWithinTheAxisOnly();
    void cursorMovesRedrawTheOverlayOnly();
    void draggingInTheLaneSelectsARange();
    void handlesMoveAndPassEachOther();
    void escapeRestoresThenClears();
    void keysMoveTheFocusedHandle();
    void doubleClickOnTheRangeZoomsToIt();
    void coarseViewsAskForACloseUp();
    void millionsOfSignsCostPixels();
    void partsAndSignsAreAccessible();
    void legendNamesOnlyWhatIsThere();
    void everyControlHasAName();
};

namespace {

std::shared_ptr<const UsageCurve> curveOf(std::uint64_t events)
{
    auto curve = std::make_shared<UsageCurve>();
    Bytes peak = 0;
    for (std::uint64_t at = 0; at < events; at += UsageCurve::baseEvents) {
        UsageBucket bucket;
        bucket.liveMin = 4'000'000 + at % 1'000'000;
        bucket.liveMax = bucket.liveMin + 300'000;
        peak = std::max(peak, bucket.liveMax);
        bucket.peak = peak;
        bucket.realMin = bucket.realMax = 8 * 1024 * 1024;
        curve->append(bucket);
    }
    curve->setEvents(events);
    return curve;
}

std::shared_ptr<const std::vector<Marker>> markersOf()
{
    return std::make_shared<std::vector<Marker>>(std::vector<Marker> { { 200'000, GcMarker {} },
        { 500'000, CheckpointMarker { "after import" } }, { 600'000, UsageMarker {} } });
}

std::unique_ptr<TimelineChart> shownChart(std::uint64_t events = 1'000'000)
{
    auto chart = std::make_unique<TimelineChart>();
    chart->resize(1000, 98);
    chart->setData(curveOf(events), markersOf(), events);
    chart->show();
    // The cursor answers like a document would.
    QObject::connect(chart.get(), &TimelineChart::cursorRequested, chart.get(), &TimelineChart::setCursor);
    QObject::connect(chart.get(), &TimelineChart::rangeRequested, chart.get(), &TimelineChart::setRange);
    return chart;
}

QWidget* plotOf(TimelineChart& chart) { return chart.findChild<QWidget*>(QStringLiteral("timelinePlot")); }

/// With the button held; QTest::mouseMove() holds none.
void moveTo(QWidget* plot, QPoint to)
{
    QMouseEvent move(QEvent::MouseMove, to, plot->mapToGlobal(QPointF(to)), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(plot, &move);
}

void dragBy(QWidget* plot, QPoint from, QPoint to)
{
    QTest::mousePress(plot, Qt::LeftButton, {}, from);
    moveTo(plot, (from + to) / 2);
    moveTo(plot, to);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
}

void turnWheel(TimelineChart& chart, double pixel, int delta)
{
    const QPointF at(pixel, 40);
    QWheelEvent event(at, plotOf(chart)->mapToGlobal(at), {}, { 0, delta }, Qt::NoButton, Qt::NoModifier,
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(plotOf(chart), &event);
}

} // namespace

void TestTimelineView::playsInBothDirections()
{
    Playback playback;
    QSignalSpy moved(&playback, &Playback::cursorRequested);
    playback.setEvents(100'000);
    playback.setCursor(50'000);
    playback.setSpeed(10);
    playback.togglePlay();
    QVERIFY(playback.isPlaying());
    playback.advance(100); // 10 × 1000 events a second for a tenth of a second
    QCOMPARE(playback.cursor(), std::uint64_t { 51'000 });
    playback.togglePlay(true); // turns round without stopping
    QVERIFY(playback.isPlaying());
    QVERIFY(playback.isBackward());
    playback.advance(200);
    QCOMPARE(playback.cursor(), std::uint64_t { 49'000 });
    QCOMPARE(moved.last().first().toULongLong(), 49'000ULL);
    playback.togglePlay(true);
    QVERIFY(!playback.isPlaying());
}

void TestTimelineView::slowSpeedsMoveLessThanAnEventAFrame()
{
    Playback playback;
    // The document answers at once; that must not lose the fraction.
    QObject::connect(&playback, &Playback::cursorRequested, &playback, &Playback::setCursor);
    playback.setEvents(1000);
    playback.setSpeed(Playback::singleStep);
    playback.togglePlay();
    for (int i = 0; i < 50; ++i)
        playback.advance(20); // one second in all
    QVERIFY(playback.cursor() >= 9 && playback.cursor() <= 10);
}

void TestTimelineView::stopsAtTheEndAndStartsAgainFromTheOther()
{
    Playback playback;
    playback.setEvents(1000);
    playback.setSpeed(1000);
    playback.togglePlay();
    playback.advance(100);
    QCOMPARE(playback.cursor(), std::uint64_t { 1000 });
    QVERIFY(!playback.isPlaying());
    playback.togglePlay();
    QCOMPARE(playback.cursor(), std::uint64_t { 0 });
    QVERIFY(playback.isPlaying());
    playback.pause();
    playback.togglePlay(true); // at the beginning, backwards
    QCOMPARE(playback.cursor(), std::uint64_t { 1000 });
}

void TestTimelineView::stepsStayInsideTheTrace()
{
    Playback playback;
    playback.setEvents(1500);
    playback.step(-1);
    QCOMPARE(playback.cursor(), std::uint64_t { 0 });
    playback.step(1000);
    playback.step(1000);
    QCOMPARE(playback.cursor(), std::uint64_t { 1500 });
    playback.step(-1);
    QCOMPARE(playback.cursor(), std::uint64_t { 1499 });
}

void TestTimelineView::transportDrivesPlayback()
{
    TimelineView view;
    view.resize(1000, 120);
    view.show();
    Playback* playback = view.playback();
    playback->setEvents(1000);
    view.transport()->setEvent(500, 1000);
    playback->setCursor(500);
    QSignalSpy moved(playback, &Playback::cursorRequested);
    const auto press = [&view](const char* name) {
        auto* button = view.findChild<QAbstractButton*>(QLatin1String(name));
        QVERIFY2(button != nullptr, name);
        QTest::mouseClick(button, Qt::LeftButton);
    };
    press("transportNext");
    QCOMPARE(moved.takeLast().first().toULongLong(), 501ULL);
    press("transportBack");
    QCOMPARE(moved.takeLast().first().toULongLong(), 500ULL);
    press("transportLast");
    QCOMPARE(moved.takeLast().first().toULongLong(), 1000ULL);
    press("transportFirst");
    QCOMPARE(moved.takeLast().first().toULongLong(), 0ULL);
    press("transportPlay");
    QVERIFY(playback->isPlaying());
    press("transportPlay");
    QVERIFY(!playback->isPlaying());
}

void TestTimelineView::costFollowsPixels()
{
    const auto drawn = [](TimelineChart& chart) {
        static_cast<void>(chart.grab()); // the first picture makes the buffers
        return chart.columnCount();
    };
    const int small = drawn(*shownChart(300'000));
    const auto chart = shownChart(50'000'000);
    const int large = drawn(*chart);
    QVERIFY2(large <= 1000, qPrintable(QString::number(large)));
    QVERIFY2(large <= 3 * small, qPrintable(QStringLiteral("%1 against %2").arg(large).arg(small)));
    for (int i = 0; i < 30; ++i) {
        turnWheel(*chart, 500, 120);
        QVERIFY(chart->columnCount() <= 1000);
    }
    QVERIFY(chart->view().span() < 200'000);
}

void TestTimelineView::draggingScrubs()
{
    const auto chart = shownChart();
    QSignalSpy moved(chart.get(), &TimelineChart::cursorRequested);
    QWidget* plot = plotOf(*chart);
    QTest::mousePress(plot, Qt::LeftButton, {}, { 700, 40 });
    QCOMPARE(chart->cursor(), chart->eventAt(700));
    QTest::mouseMove(plot, { 800, 40 });
    QTest::mouseRelease(plot, Qt::LeftButton, {}, { 800, 40 });
    QVERIFY(moved.count() >= 1);
    QVERIFY(std::abs(chart->pixelOf(static_cast<double>(chart->cursor())) - 800) < 1.5
        || std::abs(chart->pixelOf(static_cast<double>(chart->cursor())) - 700) < 1.5);
    // Far outside the ends stays inside the trace.
    QTest::mouseClick(plot, Qt::LeftButton, {}, { 1, 40 });
    QCOMPARE(chart->cursor(), std::uint64_t { 0 });
    QTest::mouseClick(plot, Qt::LeftButton, {}, { 999, 40 });
    QCOMPARE(chart->cursor(), std::uint64_t { 1'000'000 });
}

void TestTimelineView::scrubbingSnapsUnlessAltIsHeld()
{
    const auto chart = shownChart();
    QWidget* plot = plotOf(*chart);
    const QPoint near(qRound(chart->pixelOf(500'000)) + 4, 40);
    QTest::mouseClick(plot, Qt::LeftButton, {}, near);
    QCOMPARE(chart->cursor(), std::uint64_t { 500'000 });
    QTest::mouseClick(plot, Qt::LeftButton, Qt::AltModifier, near);
    QVERIFY(chart->cursor() != 500'000);
    QCOMPARE(chart->cursor(), chart->eventAt(near.x()));
}

void TestTimelineView::wheelZoomsAboutThePointer()
{
    const auto chart = shownChart();
    const auto under = [&] { return static_cast<double>(chart->eventAt(400)); };
    const double before = under();
    const double span = chart->view().span();
    turnWheel(*chart, 400, 120);
    QVERIFY(std::abs(chart->view().span() - span / 1.25) < 1);
    QVERIFY(std::abs(under() - before) <= 1);
    turnWheel(*chart, 400, -240);
    QCOMPARE(chart->view().span(), 1'000'000.0);
}

void TestTimelineView::doubleClickFits()
{
    const auto chart = shownChart();
    for (int i = 0; i < 6; ++i)
        turnWheel(*chart, 500, 120);
    QVERIFY(chart->view().span() < 500'000);
    QTest::mouseDClick(plotOf(*chart), Qt::LeftButton, {}, { 500, 40 });
    QCOMPARE(chart->view().begin, 0.0);
    QCOMPARE(chart->view().end, 1'000'000.0);
}

void TestTimelineView::arrowsMoveByAPixel()
{
    const auto chart = shownChart();
    chart->setCursor(500'000);
    const double before = chart->pixelOf(500'000);
    QTest::keyClick(chart.get(), Qt::Key_Right);
    const double moved = chart->pixelOf(static_cast<double>(chart->cursor())) - before;
    QVERIFY(moved > 0.9 && moved < 1.1);
    QTest::keyClick(chart.get(), Qt::Key_Left);
    QCOMPARE(chart->cursor(), std::uint64_t { 500'000 });
}

void TestTimelineView::limitIsDrawnWithinTheAxisOnly()
{
    const auto chart = shownChart();
    QCOMPARE(chart->axisTop(), Bytes { 8 * 1024 * 1024 });
    chart->setLimit(128 * 1024 * 1024);
    QVERIFY(!chart->isLimitVisible());
    chart->setLimit(6 * 1024 * 1024);
    QVERIFY(chart->isLimitVisible());
    chart->setLimit(0);
    QVERIFY(!chart->isLimitVisible());
}

void TestTimelineView::cursorMovesRedrawTheOverlayOnly()
{
    const auto chart = shownChart();
    chart->setCursor(100'000);
    const QImage before = chart->grab().toImage();
    const int drawn = chart->repaints();
    chart->setCursor(900'000);
    const QImage after = chart->grab().toImage();
    QCOMPARE(chart->repaints(), drawn);
    QVERIFY(before != after);
    // The future is faded: what lies between the two cursors was veiled before and is not any more.
    const int x = qRound(chart->pixelOf(300'000)) + 3;
    const int y = before.height() / 2 + 8;
    QVERIFY(before.pixel(x, y) != after.pixel(x, y));
}

void TestTimelineView::draggingInTheLaneSelectsARange()
{
    const auto chart = shownChart();
    QWidget* plot = plotOf(*chart);
    QSignalSpy scrubbed(chart.get(), &TimelineChart::cursorRequested);
    dragBy(plot, { 300, 9 }, { 700, 9 });
    QVERIFY(chart->range());
    QCOMPARE(chart->range()->begin, chart->eventAt(300));
    QCOMPARE(chart->range()->end, chart->eventAt(700));
    QCOMPARE(scrubbed.count(), 0);
    // Backwards, and snapping to the checkpoint.
    dragBy(plot, { 800, 9 }, { qRound(chart->pixelOf(500'000)) + 4, 9 });
    QCOMPARE(chart->range()->begin, std::uint64_t { 500'000 });
    QCOMPARE(chart->range()->end, chart->eventAt(800));
    // A click goes to the sign and leaves the range.
    const auto before = chart->range();
    QTest::mouseClick(plot, Qt::LeftButton, {}, { qRound(chart->pixelOf(200'000)), 9 });
    QCOMPARE(chart->cursor(), std::uint64_t { 200'000 });
    QCOMPARE(chart->range(), before);
    // Below the lane dragging scrubs as ever.
    dragBy(plot, { 300, 50 }, { 350, 50 });
    QCOMPARE(chart->range(), before);
}

void TestTimelineView::handlesMoveAndPassEachOther()
{
    const auto chart = shownChart();
    QWidget* plot = plotOf(*chart);
    chart->setRange(EventRange { 300'000, 400'000 });
    const QPoint end = chart->partBox(TimelineChart::Part::RangeEnd).center();
    QVERIFY(chart->lane().contains(end));
    dragBy(plot, end, end + QPoint(100, 0));
    QCOMPARE(chart->range()->begin, std::uint64_t { 300'000 });
    QVERIFY(chart->range()->end > 450'000);
    const QPoint begin = chart->partBox(TimelineChart::Part::RangeBegin).center();
    const std::uint64_t fixed = chart->range()->end;
    dragBy(plot, begin, { 900, begin.y() });
    QCOMPARE(chart->range()->begin, fixed); // passed it
    QCOMPARE(chart->range()->end, chart->eventAt(900));
    QCOMPARE(chart->focusedPart(), TimelineChart::Part::RangeEnd);
}

void TestTimelineView::escapeRestoresThenClears()
{
    const auto chart = shownChart();
    QWidget* plot = plotOf(*chart);
    const EventRange first { 300'000, 400'000 };
    chart->setRange(first);
    QTest::mousePress(plot, Qt::LeftButton, {}, { 700, 9 });
    moveTo(plot, { 800, 9 });
    QVERIFY(chart->range() != first);
    QTest::keyClick(chart.get(), Qt::Key_Escape);
    QCOMPARE(chart->range(), std::optional(first));
    moveTo(plot, { 850, 9 }); // the drag is over
    QTest::mouseRelease(plot, Qt::LeftButton, {}, { 850, 9 });
    QCOMPARE(chart->range(), std::optional(first));
    QTest::keyClick(chart.get(), Qt::Key_Escape);
    QVERIFY(!chart->range());
}

void TestTimelineView::keysMoveTheFocusedHandle()
{
    const auto chart = shownChart();
    chart->setCursor(100'000);
    QTest::keyClick(chart.get(), Qt::Key_Down); // there is no handle yet
    QCOMPARE(chart->focusedPart(), TimelineChart::Part::Cursor);
    chart->setRange(EventRange { 300'000, 400'000 });
    QTest::keyClick(chart.get(), Qt::Key_Down);
    QCOMPARE(chart->focusedPart(), TimelineChart::Part::RangeBegin);
    const double before = chart->pixelOf(300'000);
    QTest::keyClick(chart.get(), Qt::Key_Right);
    QVERIFY(std::abs(chart->pixelOf(static_cast<double>(chart->range()->begin)) - before - 1) < 0.1);
    QTest::keyClick(chart.get(), Qt::Key_Down);
    QTest::keyClick(chart.get(), Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(std::abs(chart->pixelOf(static_cast<double>(chart->range()->end)) - chart->pixelOf(400'000) + 10)
        < 0.1);
    QCOMPARE(chart->cursor(), std::uint64_t { 100'000 });
    // An end never passes the other by key.
    chart->setRange(EventRange { 300'000, 300'100 });
    QTest::keyClick(chart.get(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(chart->range(), std::optional(EventRange { 300'000, 300'001 }));
}

void TestTimelineView::doubleClickOnTheRangeZoomsToIt()
{
    const auto chart = shownChart();
    chart->setRange(EventRange { 300'000, 400'000 });
    QTest::mouseDClick(plotOf(*chart), Qt::LeftButton, {}, { qRound(chart->pixelOf(350'000)), 9 });
    QVERIFY(chart->view().begin > 290'000 && chart->view().begin < 300'000);
    QVERIFY(chart->view().end > 400'000 && chart->view().end < 410'000);
    QTest::mouseDClick(plotOf(*chart), Qt::LeftButton, {}, { 500, 50 });
    QCOMPARE(chart->view().end, 1'000'000.0);
}

void TestTimelineView::coarseViewsAskForACloseUp()
{
    const auto chart = shownChart();
    QSignalSpy wanted(chart.get(), &TimelineChart::closeUpWanted);
    QVERIFY(wanted.isEmpty()); // a pixel holds several buckets
    while (chart->view().span() > 1000)
        turnWheel(*chart, 500, 120);
    QVERIFY(!wanted.isEmpty());
    const auto range = wanted.last().first().value<EventRange>();
    QCOMPARE(wanted.last().last().toULongLong(), 1ULL);
    QVERIFY(static_cast<double>(range.begin) <= chart->view().begin);
    QVERIFY(static_cast<double>(range.end) >= chart->view().end);
    QVERIFY(range.size() <= 4000);
    // With it nothing more is asked for while one looks around in it.
    UsageCloseUp closeUp { range, 1, std::vector<UsageBucket>(range.size(), UsageBucket { 1, 1, 1, 1, 1 }) };
    chart->setCloseUp(std::make_shared<const UsageCloseUp>(std::move(closeUp)));
    wanted.clear();
    turnWheel(*chart, 500, 120);
    QVERIFY(wanted.isEmpty());
}

void TestTimelineView::millionsOfSignsCostPixels()
{
    auto markers = std::make_shared<std::vector<Marker>>();
    for (std::uint64_t i = 0; i < 300'000; ++i)
        markers->push_back(
            { i * 3, i % 2 == 0 ? decltype(Marker::what)(GcMarker {}) : CheckpointMarker { "job" } });
    const auto chart = shownChart();
    chart->setData(curveOf(1'000'000), markers, 1'000'000);
    chart->setCursor(1'000'000); // what lies behind it is faded
    const QImage picture = chart->grab().toImage();
    // The curve can still be seen: lines through it keep their distance.
    const Theme& theme = Theme::current();
    int lines = 0;
    const int y = chart->lane().bottom() + 8;
    for (int x = chart->lane().left(); x < chart->lane().right(); ++x)
        lines += picture.pixelColor(x, y) == theme.ok ? 1 : 0;
    QVERIFY2(lines > 50 && lines <= chart->lane().width() / 2, qPrintable(QString::number(lines)));
    // And every pixel of the lane tells that something is there.
    int dense = 0;
    for (int x = chart->lane().left(); x < chart->pixelOf(890'000); ++x)
        dense += picture.pixelColor(x, chart->lane().bottom() - 1) != theme.panel ? 1 : 0;
    const int width = static_cast<int>(chart->pixelOf(890'000)) - chart->lane().left();
    QVERIFY2(dense > width * 9 / 10, qPrintable(QStringLiteral("%1 of %2").arg(dense).arg(width)));
    QCOMPARE(chart->markers().gcRuns().size(), std::size_t { 150'000 });
}

void TestTimelineView::partsAndSignsAreAccessible()
{
    const auto chart = shownChart();
    chart->setCursor(123'456);
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(chart.get());
    QCOMPARE(canvas->childCount(), 3); // the cursor and two signs
    QVERIFY(canvas->child(0)->text(QAccessible::Name).contains(QStringLiteral("123")));
    QCOMPARE(canvas->child(0)->role(), QAccessible::Slider);
    QVERIFY(canvas->child(1)->text(QAccessible::Name).startsWith(QStringLiteral("GC run")));
    QVERIFY(
        canvas->child(2)->text(QAccessible::Name).startsWith(QStringLiteral("Checkpoint A: after import")));
    canvas->child(2)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(chart->cursor(), std::uint64_t { 500'000 });
    QVERIFY(canvas->child(2)->state().selected);

    chart->setRange(EventRange { 300'000, 400'000 });
    QCOMPARE(canvas->childCount(), 5);
    QVERIFY(canvas->child(1)->text(QAccessible::Name).startsWith(QStringLiteral("Range start")));
    QVERIFY(chart->rect().translated(chart->mapToGlobal(QPoint())).contains(canvas->child(1)->rect()));
    canvas->child(2)->actionInterface()->doAction(QAccessibleActionInterface::decreaseAction());
    QVERIFY(chart->range()->end < 400'000);
    canvas->child(2)->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
    QCOMPARE(chart->focusedPart(), TimelineChart::Part::RangeEnd);
    // However many there are, a few hundred are told of.
    auto markers = std::make_shared<std::vector<Marker>>();
    for (std::uint64_t i = 0; i < 100'000; ++i)
        markers->push_back({ i * 10, GcMarker {} });
    chart->setData(nullptr, nullptr, 0);
    chart->setData(curveOf(1'000'000), markers, 1'000'000);
    QVERIFY(canvas->childCount() > 150 && canvas->childCount() <= 203);
}

void TestTimelineView::legendNamesOnlyWhatIsThere()
{
    TimelineLegend legend;
    QVERIFY(!legend.values());
    legend.setValues(TimelineLegend::Values { 8'000'000, 10'000'000, 12'000'000, 0, true, false });
    QVERIFY(legend.accessibleDescription().contains(QStringLiteral("7.63 MB")));
    legend.resize(900, 18);
    const QImage with = legend.grab().toImage();
    legend.setValues(TimelineLegend::Values { 8'000'000, 10'000'000, 12'000'000, 0, false, false });
    QVERIFY(with != legend.grab().toImage());
}

void TestTimelineView::everyControlHasAName()
{
    TimelineView view;
    for (const QAbstractButton* button : view.findChildren<QAbstractButton*>()) {
        QVERIFY(!button->objectName().isEmpty());
        QVERIFY2(!button->accessibleName().isEmpty(), qPrintable(button->objectName()));
        QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->objectName()));
    }
    QVERIFY(!view.chart()->accessibleName().isEmpty());
}

HEAPATLAS_UI_TEST_MAIN(TestTimelineView)
#include "tst_timelineview.moc"
