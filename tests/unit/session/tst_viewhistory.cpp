// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/viewhistory.h"

#include <QTest>

using namespace heapatlas;

namespace {

ViewPlace at(std::uint64_t event, const char* view = "map")
{
    ViewPlace place;
    place.view = QLatin1String(view);
    place.event = event;
    return place;
}

ViewPlace selected(std::uint64_t event, std::uint64_t address)
{
    ViewPlace place = at(event);
    place.selection = { Selection::What::Block, { Address { address }, Address { address + 56 } } };
    return place;
}

} // namespace

class TestViewHistory : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void goesBackAndForward();
    void smallMovesInSuccessionAreOne();
    void selectingIsNoSmallMove();
    void aNewWayForgetsTheOldOne();
    void whereOneStoodBeforeMovingStays();
    void goingBackAddsNothing();
    void aViewThatFillsIsNoMove();
    void forgetsTheOldest();
    void jsonKeepsAPlace();
    void jsonOfOthersIsReadAsFarAsItGoes();
};

void TestViewHistory::goesBackAndForward()
{
    ViewHistory history;
    QVERIFY(!history.canGoBack() && !history.canGoForward());
    history.note(at(1), 0);
    history.note(at(2), 1000);
    history.note(at(3, "spacetime"), 2000);
    QVERIFY(history.canGoBack() && !history.canGoForward());
    QCOMPARE(history.back(3000).event, std::uint64_t { 2 });
    QCOMPARE(history.back(3000).event, std::uint64_t { 1 });
    QVERIFY(!history.canGoBack());
    QCOMPARE(history.forward(3000).event, std::uint64_t { 2 });
    QCOMPARE(history.forward(3000).view, QStringLiteral("spacetime"));
    QVERIFY(!history.canGoForward());
}

void TestViewHistory::smallMovesInSuccessionAreOne()
{
    ViewHistory history;
    history.note(at(1), 0);
    for (int i = 0; i < 100; ++i)
        history.note(at(100 + static_cast<std::uint64_t>(i)), 1000 + 400 * i);
    QCOMPARE(history.size(), std::size_t { 2 });
    history.note(at(7), 1000 + 400 * 99 + 501);
    QCOMPARE(history.size(), std::size_t { 3 });
    QCOMPARE(history.back(90'000).event, std::uint64_t { 199 });
}

void TestViewHistory::selectingIsNoSmallMove()
{
    ViewHistory history;
    history.note(at(1), 0);
    history.note(selected(1, 0x1000), 1000);
    history.note(selected(1, 0x2000), 1100);
    history.note(at(1, "spacetime"), 1200);
    QCOMPARE(history.size(), std::size_t { 4 });
}

void TestViewHistory::aNewWayForgetsTheOldOne()
{
    ViewHistory history;
    history.note(at(1), 0);
    history.note(at(2), 1000);
    history.note(at(3), 2000);
    QCOMPARE(history.back(2500).event, std::uint64_t { 2 });
    history.note(at(9), 2600); // right after going back, and yet an entry of its own
    QVERIFY(!history.canGoForward());
    QCOMPARE(history.back(4000).event, std::uint64_t { 2 });
    QCOMPARE(history.back(4000).event, std::uint64_t { 1 });
}

void TestViewHistory::whereOneStoodBeforeMovingStays()
{
    ViewHistory history;
    history.note(at(1), 0);
    history.note(at(2), 100); // soon after the first, which was no move
    QCOMPARE(history.back(200).event, std::uint64_t { 1 });
}

void TestViewHistory::goingBackAddsNothing()
{
    ViewHistory history;
    history.note(at(1), 0);
    history.note(at(2), 1000);
    const ViewPlace where = history.back(2000);
    history.note(where, 2010);
    QVERIFY(history.canGoForward());
    ViewPlace nearly = where;
    nearly.place[u"zoom"] = 3.5;
    history.arrived(nearly);
    history.note(nearly, 2020);
    QVERIFY(history.canGoForward());
    QCOMPARE(history.forward(3000).event, std::uint64_t { 2 });
}

void TestViewHistory::aViewThatFillsIsNoMove()
{
    ViewHistory history;
    history.note(at(1), 0);
    history.note(at(1, "spacetime"), 1000);
    ViewPlace filled = at(1, "spacetime");
    filled.place[u"begin"] = 0;
    history.note(filled, 9000);
    QCOMPARE(history.size(), std::size_t { 2 });
    ViewPlace zoomed = filled;
    zoomed.place[u"begin"] = 5;
    history.note(zoomed, 19'000);
    QCOMPARE(history.size(), std::size_t { 3 });
    QVERIFY(history.back(20'000) == filled);
}

void TestViewHistory::forgetsTheOldest()
{
    ViewHistory history;
    for (std::size_t i = 0; i < 3 * ViewHistory::maxEntries; ++i)
        history.note(at(i), static_cast<std::int64_t>(i) * 1000);
    QCOMPARE(history.size(), ViewHistory::maxEntries);
    std::uint64_t oldest = 0;
    while (history.canGoBack())
        oldest = history.back(0).event;
    QCOMPARE(oldest, std::uint64_t { 2 * ViewHistory::maxEntries });
    history.clear();
    QVERIFY(!history.canGoBack() && !history.canGoForward());
}

void TestViewHistory::jsonKeepsAPlace()
{
    ViewPlace place = selected(~std::uint64_t { 0 } - 3, 0x7f4c2cb0b738);
    place.site = QStringLiteral("Order::add");
    place.place = { { QStringLiteral("zoom"), 12.5 }, { QStringLiteral("level"), QStringLiteral("page") } };
    const auto back = viewPlaceFromJson(toJson(place));
    QVERIFY(back);
    QVERIFY(*back == place);
    for (const Selection::What what : { Selection::What::Block, Selection::What::Slot,
             Selection::What::Region, Selection::What::Page, Selection::What::Chunk })
        QCOMPARE(*selectionOfWord(selectionWord(what)), what);
}

void TestViewHistory::jsonOfOthersIsReadAsFarAsItGoes()
{
    QVERIFY(!viewPlaceFromJson({}));
    QVERIFY(!viewPlaceFromJson({ { QStringLiteral("event"), -1 } }));
    QVERIFY(!viewPlaceFromJson({ { QStringLiteral("event"), 1.5 } }));
    QVERIFY(!viewPlaceFromJson({ { QStringLiteral("event"), QStringLiteral("x") } }));
    const auto bare = viewPlaceFromJson({ { QStringLiteral("event"), 12 },
        { QStringLiteral("selection"),
            QJsonObject { { QStringLiteral("what"), QStringLiteral("block") },
                { QStringLiteral("begin"), QStringLiteral("0x20") },
                { QStringLiteral("end"), QStringLiteral("0x10") } } } });
    QVERIFY(bare);
    QCOMPARE(bare->event, std::uint64_t { 12 });
    QCOMPARE(bare->selection.what, Selection::What::Nothing);
}

QTEST_GUILESS_MAIN(TestViewHistory)
#include "tst_viewhistory.moc"
