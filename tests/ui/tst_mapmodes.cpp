// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/overlaywatch.h"
#include "ui/theme/theme.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/maplegend.h"
#include "ui/views/map/maploupe.h"
#include "ui/views/map/mapview.h"

#include <QDir>
#include <QMouseEvent>

#include <memory>

using namespace heapatlas;
using heapatlas::testing::child;

namespace {

/// Where two pictures differ first, and in how many pixels; empty if they are equal.
QString difference(const QImage& a, const QImage& b)
{
    if (a.size() != b.size())
        return QStringLiteral("other sizes");
    int count = 0;
    QPoint first;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (a.pixel(x, y) != b.pixel(x, y) && count++ == 0)
                first = { x, y };
        }
    }
    return count == 0 ? QString()
                      : QStringLiteral("%1 pixels, from %2, %3").arg(count).arg(first.x()).arg(first.y());
}

} // namespace

/// Colours and overlays on the sample, in the middle of its run. HEAPATLAS_PICTURES=DIR keeps what was drawn.
class TestMapModes : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void bandsOfAge();
    void bandsOfSitesDependOnNamesOnly();
    void blocksHaveTheColourOfTheirBand_data();
    void blocksHaveTheColourOfTheirBand();
    void occupancyGrowsStronger();
    void everyLevelIsColoured_data();
    void everyLevelIsColoured();
    void legendFiltersABand();
    void justFreedHatchesFreePlacesOnly();
    void overlaysChangeThePicture();
    void aPictureDoesNotDependOnTheWayToIt();
    void loupeFollowsThePage();

private:
    bool settle();
    void look(const char* name);
    QImage canvasPicture() const { return m_canvas->grab().toImage(); }

    std::unique_ptr<Document> m_document;
    std::unique_ptr<MapView> m_view;
    MapCanvas* m_canvas = nullptr;
    std::uint64_t m_event = 0;
};

bool TestMapModes::settle()
{
    return QTest::qWaitFor([this] { return m_view->isSettled(); }, 60'000);
}

void TestMapModes::look(const char* name)
{
    const QString folder = qEnvironmentVariable("HEAPATLAS_PICTURES");
    if (!folder.isEmpty())
        m_view->grab().save(QDir(folder).filePath(QLatin1String(name) + QStringLiteral(".png")));
}

void TestMapModes::initTestCase()
{
    m_document = std::make_unique<Document>(
        QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat"));
    m_view = std::make_unique<MapView>();
    m_view->resize(1260, 700);
    m_view->show();
    m_canvas = child<MapCanvas>(*m_view, "mapCanvas");
    m_view->setDocument(m_document.get());
    QTRY_COMPARE_WITH_TIMEOUT(m_document->phase(), Document::Phase::Ready, 60'000);
    // Right after most was given up within a stretch.
    const auto curve = m_document->curve();
    const auto buckets = curve->level(4); // of 4096 events
    std::size_t deepest = 1;
    const auto drop = [&](std::size_t i) {
        return buckets[i - 1].liveMax - std::min(buckets[i - 1].liveMax, buckets[i].liveMin);
    };
    for (std::size_t i = 1; i < buckets.size(); ++i)
        deepest = drop(i) > drop(deepest) ? i : deepest;
    m_event = (deepest + 1) * (UsageCurve::baseEvents << 4);
    m_document->setCursor(m_event);
    QVERIFY(settle());
    // Where most is used there is most to see.
    const auto chunks = m_canvas->snapshot()->chunks();
    const auto fullest = std::max_element(chunks.begin(), chunks.end(),
        [](const ChunkRow& a, const ChunkRow& b) { return a.usedBytes < b.usedBytes; });
    const Address middle = fullest->range.begin + fullest->range.size() / 4;
    m_document->setSelection({ Selection::What::Page, { middle, middle + 4096 } });
    QVERIFY(settle());
}

void TestMapModes::bandsOfAge()
{
    const BlockColoring age(MapColoring::Age, 1'000'000, 0, nullptr);
    const auto band = [&](std::uint64_t born) {
        BlockRow block;
        block.bornEvent = born;
        return age.bandOf(block);
    };
    QCOMPARE(band(1'000'000), band(999'901));
    QVERIFY(band(999'901) != band(999'900)); // 99 and 100 events old
    QVERIFY(band(1) != band(0)); // before the recording
    QCOMPARE(age.entries(nullptr).size(), std::size_t { 7 });
}

void TestMapModes::bandsOfSitesDependOnNamesOnly()
{
    const SiteResolver names = [](std::uint32_t stack) {
        return stack == 9    ? QString()
            : stack % 2 == 0 ? QStringLiteral("Order::add")
                             : QStringLiteral("main");
    };
    SiteBands one;
    one.setResolver(names);
    SiteBands other;
    other.setResolver(names);
    QCOMPARE(one.of(2), other.of(8));
    QVERIFY(one.of(2) != one.of(3));
    QCOMPARE(one.of(0), 0U);
    QCOMPARE(one.of(9), 0U);
    other.setResolver({});
    QCOMPARE(other.of(2), 0U);
}

void TestMapModes::blocksHaveTheColourOfTheirBand_data()
{
    QTest::addColumn<MapColoring>("way");
    QTest::newRow("age") << MapColoring::Age;
    QTest::newRow("site") << MapColoring::CallSite;
    QTest::newRow("change") << MapColoring::Change;
}

void TestMapModes::blocksHaveTheColourOfTheirBand()
{
    QFETCH(MapColoring, way);
    m_view->setLevel(MapLevel::Page);
    m_view->setSlackShown(false);
    m_view->setColoring(way);
    QVERIFY(settle());
    m_canvas->repaint();
    const QImage shown = m_canvas->grab().toImage();
    const MapLayout& layout = m_canvas->layoutNow();
    int looked = 0;
    for (const BlockRow& block : m_canvas->snapshot()->blocks()) {
        const auto rects = layout.rectsOf({ block.begin, block.begin + block.size });
        if (rects.empty() || !layout.body().contains(rects.front()) || rects.front().width() < 6)
            continue;
        const BlockColoring coloring = m_canvas->coloring();
        const QColor expected = coloring.colorOf(coloring.bandOf(block), Theme::current());
        // The upper left corner holds no label.
        QCOMPARE(shown.pixelColor(rects.front().topLeft() + QPoint(1, 1)).name(), expected.name());
        ++looked;
    }
    QCOMPARE_GT(looked, 20);
    m_view->setSlackShown(true);
    m_view->setColoring(MapColoring::SizeClass);
}

void TestMapModes::occupancyGrowsStronger()
{
    const Theme& theme = Theme::current();
    double before = 0;
    for (const double share : { 0.0, 0.3, 0.6, 1.0 }) {
        const double contrast = Theme::contrast(BlockColoring::occupancy(share, theme), theme.canvas);
        QVERIFY(contrast > before);
        before = contrast;
    }
}

void TestMapModes::everyLevelIsColoured_data()
{
    QTest::addColumn<MapColoring>("way");
    QTest::addColumn<MapLevel>("level");
    QTest::addColumn<QByteArray>("name");
    const std::initializer_list<std::pair<MapColoring, const char*>> ways { { MapColoring::Age, "age" },
        { MapColoring::CallSite, "site" }, { MapColoring::Occupancy, "occupancy" },
        { MapColoring::Change, "change" } };
    const std::initializer_list<std::pair<MapLevel, const char*>> levels { { MapLevel::Heap, "heap" },
        { MapLevel::Chunk, "chunk" }, { MapLevel::Page, "page" } };
    for (const auto& [way, wayName] : ways) {
        for (const auto& [level, levelName] : levels) {
            const QByteArray name = QByteArray(wayName) + "-" + levelName;
            QTest::newRow(name.constData()) << way << level << name;
        }
    }
}

void TestMapModes::everyLevelIsColoured()
{
    QFETCH(MapColoring, way);
    QFETCH(MapLevel, level);
    QFETCH(QByteArray, name);
    m_view->setLevel(level);
    m_view->setColoring(MapColoring::SizeClass);
    QVERIFY(settle());
    const QImage before = canvasPicture();
    m_view->setColoring(way);
    QVERIFY(settle());
    QVERIFY(canvasPicture() != before);
    look(name.constData());
    m_view->setColoring(MapColoring::SizeClass);
    QVERIFY(settle());
    QCOMPARE(difference(canvasPicture(), before), QString());
}

void TestMapModes::legendFiltersABand()
{
    m_view->setLevel(MapLevel::Chunk);
    m_view->setColoring(MapColoring::CallSite);
    QVERIFY(settle());
    auto* legend = child<MapLegend>(*m_view, "mapLegend");
    const auto entries = m_canvas->coloring().entries(m_canvas->snapshot().get());
    QVERIFY(entries.size() > 2);
    const QImage before = canvasPicture();
    QTest::mouseClick(legend, Qt::LeftButton, {}, legend->bandRect(entries[1].band).center());
    QCOMPARE(legend->isolatedBand(), std::optional(entries[1].band));
    QVERIFY(canvasPicture() != before);
    look("site-filtered");
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_Escape);
    QCOMPARE(legend->isolatedBand(), std::optional<BlockColoring::Band>());
    QCOMPARE(difference(canvasPicture(), before), QString());
    m_view->setColoring(MapColoring::SizeClass);
}

void TestMapModes::justFreedHatchesFreePlacesOnly()
{
    // To where the largest of them is, at a level at which every slot has pixels of its own.
    m_view->setOverlays({ .hasJustFreed = true });
    QVERIFY(settle());
    const auto& places = m_document->overlayWatch()->overlays()->justFreed;
    const auto isFree = [this](const FreedPlace& place) {
        const RegionRow* region = m_canvas->snapshot()->regionAt(place.range.begin);
        return region != nullptr && region->kind == RegionKind::SmallRun
            && region->liveSlots < region->slotCount / 2;
    };
    const auto place = std::find_if(places.begin(), places.end(), isFree);
    QVERIFY(place != places.end());
    m_document->setSelection({ Selection::What::Page,
        { place->range.begin.alignedDown(4096), place->range.begin.alignedDown(4096) + 4096 } });
    m_view->setOverlays({});
    m_view->setLevel(MapLevel::Page);
    m_view->revealSelection();
    QVERIFY(settle());
    const QImage plain = m_canvas->grab().toImage();
    m_view->setOverlays({ .hasJustFreed = true });
    QVERIFY(settle());
    const QImage hatched = m_canvas->grab().toImage();
    look("justfreed");
    const HeapSnapshot& snapshot = *m_canvas->snapshot();
    int changed = 0;
    for (int y = 0; y < plain.height(); ++y) {
        for (int x = 0; x < plain.width(); ++x) {
            if (plain.pixel(x, y) == hatched.pixel(x, y))
                continue;
            ++changed;
            const MapLayout::Hit hit = m_canvas->layoutNow().hit({ x, y });
            if (hit.what != MapLayout::Hit::What::Page)
                continue; // between the pages of one stretch
            const RegionRow* region = snapshot.regionAt(hit.address);
            QVERIFY(region != nullptr);
            if (region->kind == RegionKind::Free)
                continue;
            QCOMPARE(region->kind, RegionKind::SmallRun);
            const auto slot =
                static_cast<std::uint32_t>((hit.address - region->range.begin) / region->slotBytes);
            QVERIFY(slot >= region->slotCount || !snapshot.isSlotLive(*region, slot));
        }
    }
    QVERIFY(changed > 50);
    m_view->setOverlays({});
}

void TestMapModes::overlaysChangeThePicture()
{
    m_view->setLevel(MapLevel::Chunk);
    QVERIFY(settle());
    const QImage plain = canvasPicture();
    const std::initializer_list<std::pair<MapOverlayChoice, const char*>> choices { { { .hasPins = true },
                                                                                        "pins-chunk" },
        { { .hasFreeLists = true }, "freelists-chunk" }, { { .hasJustFreed = true }, "justfreed-chunk" } };
    for (const auto& [choice, name] : choices) {
        m_view->setOverlays(choice);
        QVERIFY(settle());
        QVERIFY2(canvasPicture() != plain, name);
        look(name);
        m_view->setOverlays({});
        QVERIFY(settle());
        QCOMPARE(difference(canvasPicture(), plain), QString());
    }
    m_view->setLevel(MapLevel::Page);
    m_view->setOverlays({ .hasFreeLists = true });
    QVERIFY(settle());
    look("freelists-page");
    m_view->setOverlays({});
}

void TestMapModes::aPictureDoesNotDependOnTheWayToIt()
{
    m_view->setLevel(MapLevel::Chunk);
    m_view->setColoring(MapColoring::Age);
    m_view->setOverlays({ .hasJustFreed = true });
    QVERIFY(settle());
    const QImage before = canvasPicture();
    for (const std::uint64_t event : { m_event - 300, m_event - 1, m_event + 100, m_event }) {
        m_document->setCursor(event);
        QVERIFY(settle());
    }
    QCOMPARE(difference(canvasPicture(), before), QString());
    m_view->setColoring(MapColoring::SizeClass);
    m_view->setOverlays({});
}

void TestMapModes::loupeFollowsThePage()
{
    m_view->setLevel(MapLevel::Chunk);
    QVERIFY(settle());
    const MapLayout& layout = m_canvas->layoutNow();
    const auto hover = [this](QPoint at) {
        QMouseEvent move(QEvent::MouseMove, QPointF(at), m_canvas->mapToGlobal(QPointF(at)), Qt::NoButton,
            Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(m_canvas, &move);
    };
    const MapLayout::Item& item = layout.items()[static_cast<std::size_t>(layout.visibleItems().begin)];
    const auto row = static_cast<std::uint32_t>(layout.visibleRows(item).begin + 2);
    const std::uint32_t page = row * MapLayout::pagesPerRow + 5;
    hover(layout.pageRect(item, page).center());
    auto* loupe = m_view->findChild<MapLoupe*>();
    QVERIFY(loupe != nullptr);
    QTRY_VERIFY(loupe->isVisible());
    QCOMPARE(loupe->page(), item.range.begin + page * layout.pageBytes());
    QVERIFY(loupe->title().contains(QString::number(page)));
    look("loupe");
    const QRect shown = layout.pageRect(item, page).translated(m_canvas->mapTo(m_view.get(), QPoint(0, 0)));
    QVERIFY(!loupe->geometry().intersects(shown)); // does not cover what it explains
    hover(layout.pageRect(item, page + 7).center());
    QCOMPARE(loupe->page(), item.range.begin + (page + 7) * layout.pageBytes()); // at once
    m_canvas->setFocus();
    QTest::keyClick(m_canvas, Qt::Key_Escape);
    QVERIFY(!loupe->isVisible());
}

HEAPATLAS_UI_TEST_MAIN(TestMapModes)
#include "tst_mapmodes.moc"
