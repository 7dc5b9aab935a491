// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"
#include "unit/edge/edgetraces.h"

#include "session/document.h"
#include "session/spacetimecontroller.h"
#include "ui/views/spacetime/spacetimecanvas.h"
#include "ui/views/spacetime/spacetimeheader.h"
#include "ui/views/spacetime/spacetimeview.h"
#include "ui/widgets/segmentedswitch.h"

#include <QAccessible>
#include <QImage>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWheelEvent>

#include <cmath>

using namespace heapatlas;
using heapatlas::testing::child;
namespace testing = heapatlas::testing;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int waitMs = 120'000;

} // namespace

class TestSpacetimeView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();
    void wheelZoomsAboutThePointer();
    void keysZoomAndGoBack();
    void choosingABlockMovesEverything();
    void arrowsGoToNeighbours();
    void shiftDragMakesTheFilterAndEscapeRemovesIt();
    void keyMakesTheFilterAsWell();
    void assistiveToolsFindChunksAndBlocks();
    void chunksKeepTheirNumbers();
    void setupIsKept();
    void noEventsAreSaidInWords();
    void lensFollowsClicksAndTheFrame();
    void axisCountsOtherThings();
    void dividerMoves();
    void zoomedPictureGetsFiner();
    void pictureHasTheAskedSize();

private:
    [[nodiscard]] bool settle() const;
    [[nodiscard]] QPoint inLens(Address address, std::uint64_t position) const;
    [[nodiscard]] const LifeBar* someBar() const;

    std::unique_ptr<Document> m_document;
    std::unique_ptr<SpacetimeView> m_view;
    SpacetimeCanvas* m_canvas = nullptr;
};

bool TestSpacetimeView::settle() const
{
    return QTest::qWaitFor([this] { return m_view->isSettled() && m_document->isSnapshotCurrent(); }, waitMs);
}

void TestSpacetimeView::initTestCase()
{
    m_view = std::make_unique<SpacetimeView>();
    m_view->resize(1112, 768);
    m_canvas = m_view->spacetimeCanvas();
    m_document = std::make_unique<Document>(samplePath);
    m_view->setDocument(m_document.get());
    m_view->show();
    QVERIFY(settle());
    QVERIFY(!m_canvas->scene().rows.bands.empty());
    QVERIFY(!m_canvas->window().isEmpty());
    QVERIFY(m_canvas->scene().lives && m_canvas->scene().lives->window == m_canvas->window());
}

void TestSpacetimeView::cleanupTestCase()
{
    m_view->setDocument(nullptr);
    m_view.reset();
    m_document.reset();
}

void TestSpacetimeView::init()
{
    m_document->setFilter(std::nullopt);
    m_document->setSelection({});
    m_view->fit();
    QVERIFY(settle());
}

QPoint TestSpacetimeView::inLens(Address address, std::uint64_t position) const
{
    const SpacetimeScene& scene = m_canvas->scene();
    return QPointF(scene.xOf(static_cast<double>(position)), scene.layout.yInLens(address, scene.lens))
        .toPoint();
}

const LifeBar* TestSpacetimeView::someBar() const
{
    const SpacetimeScene& scene = m_canvas->scene();
    const LifeBar* best = nullptr;
    const auto length = [&](const LifeBar& bar) { return std::min(bar.to, scene.events) - bar.from; };
    for (const LifeBar& bar : scene.lives->bars) {
        const bool isInside = scene.lens.contains(bar.begin) && scene.lens.contains(bar.begin + bar.size - 1);
        if (isInside && (best == nullptr || length(bar) > length(*best)))
            best = &bar;
    }
    return best;
}

void TestSpacetimeView::wheelZoomsAboutThePointer()
{
    const SpacetimeScene& scene = m_canvas->scene();
    const QPointF at(scene.layout.left() + scene.layout.width() * 0.4, scene.layout.band(0).center().y());
    const double before = scene.layout.valueAt(at.x(), scene.range);
    const AxisRange whole = scene.range;
    QWheelEvent in(at, m_canvas->mapToGlobal(at), {}, { 0, 360 }, Qt::NoButton, Qt::NoModifier,
        Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_canvas, &in);
    QVERIFY(std::abs(scene.range.span() * 1.25 * 1.25 * 1.25 - whole.span()) < 1);
    QVERIFY(std::abs(scene.layout.valueAt(at.x(), scene.range) - before) < 1);
    const AxisRange zoomed = scene.range;
    QWheelEvent aside(at, m_canvas->mapToGlobal(at), {}, { 0, 120 }, Qt::NoButton, Qt::ShiftModifier,
        Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_canvas, &aside);
    QVERIFY(scene.range.begin < zoomed.begin && std::abs(scene.range.span() - zoomed.span()) < 1e-6);
    QTest::mouseDClick(m_canvas, Qt::LeftButton, Qt::NoModifier, at.toPoint());
    QCOMPARE(scene.range, whole);
}

void TestSpacetimeView::keysZoomAndGoBack()
{
    const SpacetimeScene& scene = m_canvas->scene();
    const AxisRange whole = scene.range;
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_Plus);
    const AxisRange one = scene.range;
    QVERIFY(one.span() < whole.span());
    QTest::keyClick(m_canvas, Qt::Key_Return);
    QVERIFY(scene.range.span() < one.span());
    QTest::keyClick(m_canvas, Qt::Key_Backspace);
    QCOMPARE(scene.range, one);
    QTest::keyClick(m_canvas, Qt::Key_Minus);
    QVERIFY(scene.range.span() > one.span());
    QTest::keyClick(m_canvas, Qt::Key_0);
    QCOMPARE(scene.range, whole);
    const AddressRange lens = m_canvas->window();
    QTest::keyClick(m_canvas, Qt::Key_Down);
    QVERIFY(m_canvas->window().begin != lens.begin);
    QTest::keyClick(m_canvas, Qt::Key_Up);
    QCOMPARE(m_canvas->window(), lens);
}

void TestSpacetimeView::choosingABlockMovesEverything()
{
    const LifeBar bar = *someBar();
    const std::uint64_t end = std::min(bar.to, m_document->eventCount());
    m_document->setCursor(bar.from == 0 ? 0 : bar.from - 1); // before it was born
    const std::uint64_t middle = bar.from + (end - bar.from) / 2;
    QTest::mouseClick(m_canvas, Qt::LeftButton, Qt::NoModifier, inLens(bar.begin + bar.size / 2, middle));
    QCOMPARE(m_document->selection().what, Selection::What::Block);
    QCOMPARE(m_document->selection().range, bar.range());
    QVERIFY(
        m_document->cursor() >= bar.from && m_document->cursor() < bar.to); // the nearest moment of its life
    QVERIFY(QTest::qWaitFor([this] { return m_document->details() != nullptr; }, waitMs));
    QCOMPARE(m_document->details()->block.bornEvent, bar.born);
    QCOMPARE(m_document->details()->block.slot, bar.slot);
    // Another view chooses what is not in the lens: the lens goes there.
    m_document->setSelection({});
    const SnapshotPtr snapshot = m_document->snapshot();
    const Address elsewhere = snapshot->chunks()[0].range.end - 4096;
    m_document->setSelection({ Selection::What::Page, { elsewhere, elsewhere + 4096 } });
    QVERIFY(m_canvas->window().contains(elsewhere));
    m_canvas->setWindow({ bar.begin.alignedDown(4096), bar.begin.alignedDown(4096) + 7 * 4096 });
}

void TestSpacetimeView::arrowsGoToNeighbours()
{
    QVERIFY(settle());
    const LifeBar bar = *someBar();
    m_document->setCursor(bar.from);
    m_document->setSelection({ Selection::What::Block, bar.range() });
    QVERIFY(settle());
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_Down);
    if (m_document->selection().range != bar.range()) {
        QVERIFY(m_document->selection().range.begin > bar.begin);
        QTest::keyClick(m_canvas, Qt::Key_Up);
        QCOMPARE(m_document->selection().range, bar.range());
    }
    QTest::keyClick(m_canvas, Qt::Key_Escape);
    QCOMPARE(m_document->selection().what, Selection::What::Nothing);
}

void TestSpacetimeView::shiftDragMakesTheFilterAndEscapeRemovesIt()
{
    const SpacetimeScene& scene = m_canvas->scene();
    const QRectF band = scene.layout.band(0);
    const QPoint from(static_cast<int>(band.left() + 100), static_cast<int>(band.top() + 10));
    const QPoint to(static_cast<int>(band.left() + 300), static_cast<int>(band.bottom() - 10));
    QTest::mousePress(m_canvas, Qt::LeftButton, Qt::ShiftModifier, from);
    QTest::mouseMove(m_canvas, to);
    QVERIFY(scene.box.has_value());
    QTest::mouseRelease(m_canvas, Qt::LeftButton, Qt::ShiftModifier, to);
    const auto filter = m_document->filter();
    QVERIFY(filter.has_value());
    QVERIFY(scene.rows.bands[0].range.contains(filter->addresses.begin));
    QVERIFY(filter->addresses.end <= scene.rows.bands[0].range.end);
    QCOMPARE(filter->events.begin, scene.positionAt(from.x()));
    QCOMPARE(filter->events.end, scene.positionAt(to.x()) + 1);
    auto* chip = child<QToolButton>(*m_view, "spacetimeFilter");
    QVERIFY(chip->isVisible() && !chip->text().isEmpty());
    const QRectF drawn = scene.rectOf(*filter);
    QVERIFY(std::abs(drawn.left() - from.x()) < 3 && std::abs(drawn.right() - to.x()) < 3);
    m_document->setSelection({ Selection::What::Page, { scene.lens.begin, scene.lens.begin + 4096 } });
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_Escape); // the filter first, then the selection
    QVERIFY(!m_document->filter() && !chip->isVisible());
    QVERIFY(m_document->selection().what != Selection::What::Nothing);
    QTest::keyClick(m_canvas, Qt::Key_Escape);
    QVERIFY(m_document->selection().what == Selection::What::Nothing);
    m_document->setFilter(filter);
    chip->click();
    QVERIFY(!m_document->filter());
}

void TestSpacetimeView::keyMakesTheFilterAsWell()
{
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_F);
    auto filter = m_document->filter();
    QVERIFY(filter.has_value());
    QVERIFY(filter->addresses == m_canvas->window());
    QCOMPARE(filter->events.begin, m_canvas->firstPosition());
    QCOMPARE(filter->events.end, m_canvas->lastPosition() + 1);
    QVERIFY(!m_canvas->scene().lensRectOf(*filter).isEmpty());
    // Totals of the range speak of the same events.
    QVERIFY(m_document->range() == (EventRange { filter->events.begin, filter->events.end - 1 }));
    QTest::keyClick(m_canvas, Qt::Key_F); // the same again takes it away
    QVERIFY(!m_document->filter() && !m_document->range());

    const LifeBar bar = *someBar();
    m_canvas->chooseBar(bar);
    QVERIFY(settle());
    QVERIFY(QTest::qWaitFor([this] { return m_document->details() != nullptr; }, waitMs));
    QTest::keyClick(m_canvas, Qt::Key_F);
    filter = m_document->filter();
    QVERIFY(filter.has_value());
    QVERIFY(filter->addresses == bar.range());
    QTest::keyClick(m_canvas, Qt::Key_Escape);
    QVERIFY(!m_document->filter());
}

void TestSpacetimeView::assistiveToolsFindChunksAndBlocks()
{
    QAccessibleInterface* const canvas = QAccessible::queryAccessibleInterface(m_canvas);
    QVERIFY(canvas != nullptr);
    const SpacetimeScene& scene = m_canvas->scene();
    const int count = canvas->childCount();
    QVERIFY(count > static_cast<int>(scene.rows.bands.size()));
    QVERIFY(count <= static_cast<int>(
                SpacetimeAccess::mostBands + SpacetimeAccess::mostHuge + SpacetimeAccess::mostBlocks));
    const QRect area(m_canvas->mapToGlobal(QPoint(0, 0)), m_canvas->size());
    for (int i = 0; i < count; ++i) {
        QAccessibleInterface* const item = canvas->child(i);
        QVERIFY(item != nullptr && item->isValid());
        QVERIFY(!item->text(QAccessible::Name).isEmpty());
        QVERIFY(area.contains(item->rect()));
    }
    // Chunks come first; the first was there from the beginning.
    const QString first = canvas->child(0)->text(QAccessible::Name);
    QVERIFY2(first.startsWith(scene.nameOf(0)) && first.contains(QStringLiteral("mapped from the beginning")),
        qPrintable(first));
    // One that was unmapped says so.
    bool isUnmapped = false;
    for (int i = 0; i < static_cast<int>(scene.rows.bands.size()); ++i)
        isUnmapped =
            isUnmapped || canvas->child(i)->text(QAccessible::Name).contains(QStringLiteral("unmapped by"));
    QVERIFY(isUnmapped);

    // Pressing a chunk brings it into the lens and selects it.
    const int other = scene.lensBand == 0 ? 1 : 0;
    canvas->child(other)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(scene.lensBand, other);
    QVERIFY(m_document->selection().what == Selection::What::Chunk);
    QVERIFY(canvas->child(other)->state().selected);
    QVERIFY(settle());

    // Pressing a block selects it.
    const int last = canvas->childCount() - 1;
    QVERIFY(last >= static_cast<int>(scene.rows.bands.size()));
    const QString name = canvas->child(last)->text(QAccessible::Name);
    QVERIFY2(name.contains(QStringLiteral("born")) || name.contains(QStringLiteral("live before")),
        qPrintable(name));
    canvas->child(last)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QVERIFY(settle());
    QVERIFY(m_document->selection().what == Selection::What::Block);
    QVERIFY(canvas->child(last)->state().selected);
}

void TestSpacetimeView::chunksKeepTheirNumbers()
{
    // At event 0 most chunks are not there; each is still told apart by a number.
    m_document->setCursor(0);
    QVERIFY(settle());
    const SpacetimeScene& scene = m_canvas->scene();
    int absent = 0;
    for (int i = 0; i < static_cast<int>(scene.rows.bands.size()); ++i) {
        QVERIFY2(scene.nameOf(i).contains(QRegularExpression(QStringLiteral("[0-9]"))),
            qPrintable(scene.nameOf(i)));
        absent += scene.isMapped(i) ? 0 : 1;
    }
    QVERIFY(absent > 0);
}

void TestSpacetimeView::setupIsKept()
{
    const QJsonObject before = m_view->setup();
    const double height = m_canvas->scene().layout.lens().height();
    m_canvas->setShare(0.4);
    const QJsonObject changed = m_view->setup();
    QVERIFY(m_canvas->scene().layout.lens().height() > height);
    m_view->restoreSetup(before);
    QCOMPARE(m_canvas->scene().layout.lens().height(), height);
    m_view->restoreSetup(changed);
    QCOMPARE(m_canvas->share(), 0.4);
    m_view->restoreSetup(before);
}

void TestSpacetimeView::noEventsAreSaidInWords()
{
    QTemporaryDir directory;
    for (const auto& write : { &testing::writeNoEvents, &testing::writeNothing }) {
        const QString path = directory.filePath(QStringLiteral("none.hat"));
        write(path.toStdString());
        Document document(path);
        SpacetimeView view;
        view.resize(900, 600);
        view.setDocument(&document);
        view.show();
        QVERIFY(QTest::qWaitFor(
            [&] { return document.phase() == Document::Phase::Ready && view.isSettled(); }, waitMs));
        QVERIFY2(view.spacetimeCanvas()->accessibleDescription().startsWith(QStringLiteral("No events")),
            qPrintable(view.spacetimeCanvas()->accessibleDescription()));
        // The sentence is painted: not all of the canvas is of one colour.
        const QImage image = view.spacetimeCanvas()->grab().toImage();
        bool isPlain = true;
        for (int x = 0; x < image.width() && isPlain; ++x)
            isPlain = image.pixel(x, image.height() / 2) == image.pixel(0, 0);
        QVERIFY(!isPlain);
        view.setDocument(nullptr);
    }
}

void TestSpacetimeView::lensFollowsClicksAndTheFrame()
{
    const SpacetimeScene& scene = m_canvas->scene();
    const AddressRange chunk = scene.rows.bands[1].range;
    const Bytes pages = scene.lens.size();
    const QPoint target(
        static_cast<int>(scene.layout.left() + 50), static_cast<int>(scene.layout.band(1).center().y()));
    QTest::mouseClick(m_canvas, Qt::LeftButton, Qt::NoModifier, target);
    QVERIFY(chunk.contains(scene.lens.begin));
    QCOMPARE(scene.lens.size(), pages);
    QCOMPARE(scene.lensBand, 1);
    const double y = scene.layout.yInBand(1, scene.lens.begin - chunk.begin + pages / 2, chunk.size());
    QTest::mousePress(m_canvas, Qt::LeftButton, Qt::NoModifier, QPointF(target.x(), y).toPoint());
    QTest::mouseMove(m_canvas, QPoint(target.x(), static_cast<int>(scene.layout.band(0).center().y())));
    QTest::mouseRelease(m_canvas, Qt::LeftButton, Qt::NoModifier,
        QPoint(target.x(), static_cast<int>(scene.layout.band(0).center().y())));
    QCOMPARE(scene.lensBand, 0); // over the border of its chunk
    QVERIFY(settle());
    QCOMPARE(scene.lives->window, scene.lens);
}

void TestSpacetimeView::axisCountsOtherThings()
{
    auto* axis = child<SegmentedSwitch>(*m_view, "spacetimeAxis");
    const SpacetimeScene& scene = m_canvas->scene();
    for (const int unit : { 2, 1, 0 }) {
        Q_EMIT axis->chosen(unit);
        QVERIFY(settle());
        if (unit == 1 && !m_view->controller()->scale()->isKnown())
            continue;
        QCOMPARE(static_cast<int>(scene.scale->unit()), unit);
        QCOMPARE(m_canvas->firstPosition(), std::uint64_t { 0 });
        QCOMPARE(m_canvas->lastPosition(), m_document->eventCount());
        // The middle of the axis is the middle of what it counts.
        const double middle = scene.layout.left() + scene.layout.width() / 2;
        const double value = scene.scale->valueAt(static_cast<double>(scene.positionAt(middle)));
        QVERIFY(std::abs(value / scene.scale->valueAt(static_cast<double>(scene.events)) - 0.5) < 0.05);
    }
}

void TestSpacetimeView::dividerMoves()
{
    const SpacetimeScene& scene = m_canvas->scene();
    const double before = scene.layout.lens().height();
    const QPoint grab = scene.layout.divider().center().toPoint();
    QTest::mousePress(m_canvas, Qt::LeftButton, Qt::NoModifier, grab);
    QTest::mouseMove(m_canvas, grab - QPoint(0, 60));
    QTest::mouseRelease(m_canvas, Qt::LeftButton, Qt::NoModifier, grab - QPoint(0, 60));
    QVERIFY(scene.layout.lens().height() > before + 40);
    m_canvas->setFocus();
    for (int i = 0; i < 2; ++i)
        QTest::keyClick(m_canvas, Qt::Key_Down, Qt::ControlModifier);
    QVERIFY(scene.layout.lens().height() < before + 30);
}

void TestSpacetimeView::zoomedPictureGetsFiner()
{
    const SpacetimeScene& scene = m_canvas->scene();
    m_canvas->setRange({ 100'000, 101'000 });
    QVERIFY(settle());
    QVERIFY(scene.detail != nullptr);
    QVERIFY(scene.detail->begin <= 100'000 && scene.detail->end >= 101'000);
    const SpacetimeGrid::Place place = scene.detail->columnAt(100'500);
    QVERIFY(place.strip != nullptr);
    QVERIFY(100'500 - place.strip->at[place.column] < 3); // a column an event, or nearly
    m_view->fit();
    QVERIFY(settle());
    QVERIFY(scene.detail == nullptr || scene.detail->begin == 0);
}

void TestSpacetimeView::pictureHasTheAskedSize()
{
    for (const double ratio : { 1.0, 2.0 }) {
        const QImage image = m_view->renderPicture({ 900, 600 }, ratio);
        QCOMPARE(image.size(), QSize(static_cast<int>(900 * ratio), static_cast<int>(600 * ratio)));
        QSet<QRgb> colours;
        for (int x = 0; x < image.width(); x += 3)
            for (int y = 0; y < image.height(); y += 3)
                colours << image.pixel(x, y);
        QVERIFY(colours.size() > 20);
    }
}

HEAPATLAS_UI_TEST_MAIN(TestSpacetimeView)
#include "tst_spacetimeview.moc"
