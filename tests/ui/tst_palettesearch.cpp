// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"
#include "ui/palette/palettemodel.h"
#include "ui/palette/palettesearch.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace heapatlas;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

using Kind = PaletteEntry::Kind;

/// The choices below the header of that name.
QList<PaletteEntry> group(const QList<PaletteEntry>& entries, const char* title)
{
    QList<PaletteEntry> found;
    bool isInside = false;
    for (const PaletteEntry& entry : entries) {
        if (entry.kind == Kind::Header)
            isInside = entry.title == QLatin1String(title);
        else if (isInside)
            found << entry;
    }
    return found;
}

QString notes(const QList<PaletteEntry>& entries)
{
    QStringList texts;
    for (const PaletteEntry& entry : entries) {
        if (entry.kind == Kind::Note)
            texts << entry.title;
    }
    return texts.join(u'\n');
}

} // namespace

class TestPaletteSearch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void anAddressIsTheBlockThere();
    void anAddressCanBeTypedFromTheLeft();
    void aTailIsFoundInTheHeap();
    void pagesAndChunks();
    void events();
    void sitesComeWithWhatTheyHold();
    void marksAndCommandsByName();
    void theBestGroupComesFirst();
    void whatNothingMatchesIsToldWithAWayOn();
    void withoutATraceThereAreCommands();
    void everyEntryOfTheModelIsSound();

private:
    PaletteSources m_sources;
    std::unique_ptr<Document> m_document;
};

void TestPaletteSearch::initTestCase()
{
    m_document = std::make_unique<Document>(samplePath);
    QVERIFY(QTest::qWaitFor([&] { return m_document->phase() == Document::Phase::Ready; }, loadMs));
    m_document->setCursor(m_document->eventCount() / 2);
    m_document->requestSites();
    QVERIFY(QTest::qWaitFor(
        [&] { return m_document->isSnapshotCurrent() && m_document->sites() != nullptr; }, loadMs));
    m_sources.hasTrace = true;
    m_sources.snapshot = m_document->snapshot();
    m_sources.events = m_document->eventCount();
    m_sources.sites = m_document->sites();
    m_sources.markers = m_document->markers();
    Bookmark bookmark = bookmarks::make({}, {});
    bookmark.name = QStringLiteral("Strange plateau");
    bookmark.place.event = 777;
    m_sources.bookmarks = { bookmark };
    m_sources.commands = { { QStringLiteral("Fit"), QString() },
        { QStringLiteral("Next GC run"), QStringLiteral("]") }, {} };
}

void TestPaletteSearch::anAddressIsTheBlockThere()
{
    const RegionRow* run = nullptr;
    for (const RegionRow& region : m_sources.snapshot->regions()) {
        if (region.kind == RegionKind::SmallRun && region.liveSlots == region.slotCount)
            run = &region;
    }
    QVERIFY(run != nullptr);
    const Address inside = run->range.begin + 3 * run->slotBytes + 1;
    const auto found =
        group(searchPalette(QStringLiteral("0x%1").arg(inside.value, 0, 16), m_sources), "Addresses");
    QCOMPARE(found.size(), 1);
    const auto* selection = std::get_if<Selection>(&found[0].target);
    QVERIFY(selection != nullptr);
    QCOMPARE(selection->what, Selection::What::Block);
    QCOMPARE(selection->range.begin.value, (run->range.begin + 3 * run->slotBytes).value);
    QVERIFY2(found[0].detail.contains(QStringLiteral("slot 3")), qPrintable(found[0].detail));
    QVERIFY(notes(searchPalette(QStringLiteral("0x10"), m_sources)).contains(QStringLiteral("0x10")));
}

void TestPaletteSearch::anAddressCanBeTypedFromTheLeft()
{
    const ChunkRow& chunk = m_sources.snapshot->chunks().back();
    const QString whole = QStringLiteral("0x%1").arg((chunk.range.begin + 3 * 4096).value, 0, 16);
    for (qsizetype length = 3; length <= whole.size(); ++length) {
        const auto found = group(searchPalette(whole.left(length), m_sources), "Addresses");
        QVERIFY2(!found.isEmpty() && found.size() <= 8, qPrintable(whole.left(length)));
        for (const PaletteEntry& entry : found)
            QVERIFY2(entry.title.startsWith(whole.left(length)), qPrintable(entry.title));
    }
    for (const char* text : { "0xdeadbeefdead", "0x0" })
        QVERIFY(notes(searchPalette(QLatin1String(text), m_sources))
                    .contains(QStringLiteral("Nothing is mapped")));
}

void TestPaletteSearch::aTailIsFoundInTheHeap()
{
    const RegionRow* run = nullptr;
    for (const RegionRow& region : m_sources.snapshot->regions()) {
        if (region.kind == RegionKind::SmallRun && region.slotCount > 8)
            run = &region;
    }
    QVERIFY(run != nullptr);
    const Address wanted = run->range.begin + 5 * run->slotBytes;
    const QString tail = QStringLiteral("%1").arg(wanted.value & 0xffffff, 6, 16, QLatin1Char('0'));
    for (const QString& text : { tail, QStringLiteral("…") + tail }) {
        const auto found = group(searchPalette(text, m_sources), "Addresses");
        QVERIFY(!found.isEmpty());
        bool isThere = false;
        for (const PaletteEntry& entry : found) {
            const auto* selection = std::get_if<Selection>(&entry.target);
            isThere = isThere || (selection != nullptr && selection->range.begin == wanted);
            QVERIFY(entry.title.endsWith(tail));
            QCOMPARE(entry.letters.size(), tail.size());
        }
        QVERIFY(isThere);
    }
}

void TestPaletteSearch::pagesAndChunks()
{
    const auto pages = group(searchPalette(QStringLiteral("chunk 1 page 12"), m_sources), "Pages");
    QCOMPARE(pages.size(), 1);
    const auto* selection = std::get_if<Selection>(&pages[0].target);
    QVERIFY(selection != nullptr && selection->what == Selection::What::Page);
    QCOMPARE(selection->range.size(), Bytes { 4096 });
    const ChunkRow* chunk = m_sources.snapshot->chunkAt(selection->range.begin);
    QVERIFY(chunk != nullptr);
    QCOMPARE(chunk->ordinal, 1U);
    QCOMPARE(selection->range.begin - chunk->range.begin, Bytes { 12 * 4096 });
    QVERIFY(group(searchPalette(QStringLiteral("page 12"), m_sources), "Pages").size() > 1);
    const auto whole = group(searchPalette(QStringLiteral("chunk 0"), m_sources), "Pages");
    QCOMPARE(whole.size(), 1);
    QCOMPARE(std::get<Selection>(whole[0].target).what, Selection::What::Chunk);
    QVERIFY(!notes(searchPalette(QStringLiteral("chunk 99"), m_sources)).isEmpty());
    QVERIFY(!notes(searchPalette(QStringLiteral("page 512"), m_sources)).isEmpty());
}

void TestPaletteSearch::events()
{
    const auto found = group(searchPalette(QStringLiteral("event 1 234"), m_sources), "Events");
    QCOMPARE(found.size(), 1);
    QCOMPARE(std::get<EventTarget>(found[0].target).event, std::uint64_t { 1234 });
    QVERIFY(
        notes(searchPalette(QStringLiteral("@99999999999"), m_sources)).contains(QStringLiteral("ends at")));
}

void TestPaletteSearch::sitesComeWithWhatTheyHold()
{
    const auto largest = group(searchPalette(QString(), m_sources), "Sites that hold most");
    QVERIFY(largest.size() >= 3);
    QVERIFY(largest[0].detail.contains(QStringLiteral("block")));
    const auto found = group(searchPalette(largest[1].title.toLower(), m_sources), "Sites");
    QVERIFY(!found.isEmpty());
    QCOMPARE(found[0].title, largest[1].title);
    QCOMPARE(found[0].letters.size(), QString(largest[1].title).remove(u' ').size());
    const Site* site = m_sources.sites->find(std::get<SiteTarget>(found[0].target).site);
    QVERIFY(site != nullptr);
    QCOMPARE(site->name, largest[1].title);
}

void TestPaletteSearch::marksAndCommandsByName()
{
    const auto marks =
        group(searchPalette(QStringLiteral("plateau"), m_sources), "Checkpoints and bookmarks");
    QCOMPARE(marks.size(), 1);
    QCOMPARE(std::get<BookmarkTarget>(marks[0].target).id, m_sources.bookmarks[0].id);
    const auto commands = group(searchPalette(QStringLiteral("gc run"), m_sources), "Commands");
    QCOMPARE(commands.size(), 1);
    QCOMPARE(std::get<CommandTarget>(commands[0].target).index, 1);
    QCOMPARE(commands[0].keys, QStringLiteral("]"));
    const Marker* checkpoint = nullptr;
    for (const Marker& marker : *m_sources.markers) {
        if (std::holds_alternative<CheckpointMarker>(marker.what))
            checkpoint = &marker;
    }
    QVERIFY(checkpoint != nullptr);
    const QString name = QString::fromStdString(std::get<CheckpointMarker>(checkpoint->what).name);
    bool isThere = false;
    for (const PaletteEntry& entry : group(searchPalette(name, m_sources), "Checkpoints and bookmarks")) {
        const auto* event = std::get_if<EventTarget>(&entry.target);
        isThere = isThere || (event != nullptr && event->event == checkpoint->event);
    }
    QVERIFY(isThere);
}

void TestPaletteSearch::theBestGroupComesFirst()
{
    const auto entries = searchPalette(QStringLiteral("next gc run"), m_sources);
    QVERIFY(entries.size() >= 2);
    QCOMPARE(entries[0].title, QStringLiteral("Commands"));
    QCOMPARE(entries[1].title, QStringLiteral("Next GC run"));
}

void TestPaletteSearch::whatNothingMatchesIsToldWithAWayOn()
{
    const auto entries = searchPalette(QStringLiteral("zzqqyyxx"), m_sources);
    for (const PaletteEntry& entry : entries)
        QCOMPARE(entry.kind, Kind::Note);
    QVERIFY(notes(entries).contains(QStringLiteral("zzqqyyxx")));
    QVERIFY(notes(entries).contains(QStringLiteral("event 12345")));
    QVERIFY(!searchPalette(QString(100'000, u'x'), m_sources).isEmpty());
}

void TestPaletteSearch::withoutATraceThereAreCommands()
{
    PaletteSources none;
    none.commands = m_sources.commands;
    QVERIFY(!group(searchPalette(QStringLiteral("fit"), none), "Commands").isEmpty());
    QVERIFY(!notes(searchPalette(QStringLiteral("0x7f0000000000"), none)).isEmpty());
    QVERIFY(!searchPalette(QString(), PaletteSources {}).isEmpty());
}

void TestPaletteSearch::everyEntryOfTheModelIsSound()
{
    PaletteModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const char* text : { "", "e", "0x1", "12", "chunk 1", "zzzz" }) {
        model.setEntries(searchPalette(QLatin1String(text), m_sources));
        const int first = model.choiceFrom(0, 1);
        QVERIFY(first < 0 || model.entry(first).kind == Kind::Choice);
        for (int row = 0; row < model.rowCount(); ++row) {
            QVERIFY(!model.index(row).data(Qt::DisplayRole).toString().isEmpty());
            QCOMPARE((model.index(row).flags() & Qt::ItemIsSelectable) != 0,
                model.entry(row).kind == Kind::Choice);
        }
    }
}

QTEST_GUILESS_MAIN(TestPaletteSearch)
#include "tst_palettesearch.moc"
