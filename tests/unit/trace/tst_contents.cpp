// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/contents.h"
#include "trace/hatformat.h"
#include "trace/tracereader.h"
#include "trace/tracewriter.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <map>
#include <random>

using namespace heapatlas;

namespace {

using Page = std::vector<std::uint8_t>;
using Image = std::map<std::uint64_t, Page>; ///< by address

struct Told
{
    std::uint64_t event = 0;
    std::string name;
    Image image;
};

constexpr std::uint64_t base = 0x7f1200000000;

Page randomPage(std::mt19937& random)
{
    Page page(contentsPageBytes);
    const std::uint32_t kind = random() % 8;
    if (kind == 0)
        return page; // zeros
    if (kind == 1) { // one of a few that come again and again
        std::fill(page.begin(), page.end(), static_cast<std::uint8_t>(1 + random() % 3));
        return page;
    }
    for (std::size_t i = 0; i < page.size(); ++i)
        page[i] = static_cast<std::uint8_t>(kind < 5 ? random() : i * kind);
    page[random() % page.size()] = static_cast<std::uint8_t>(random());
    return page;
}

/// What a heap might look like after some more work: most pages as before.
Image next(Image image, std::mt19937& random)
{
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t address = base + random() % 400 * contentsPageBytes;
        if (random() % 4 == 0)
            image.erase(address);
        else
            image[address] = randomPage(random);
    }
    return image;
}

void tell(hat_writer* w, int kind, const Told& told)
{
    hat_contents_begin(w, kind, told.name.data(), told.name.size());
    for (const auto& [address, page] : told.image)
        hat_contents_page(w, address, page.data());
    hat_contents_end(w);
}

TraceWriter::Options options(Bytes limit = 0)
{
    TraceWriter::Options result;
    result.classes = { { 16, 256 } };
    result.hasContents = true;
    result.byteLimit = limit;
    return result;
}

/// Some events, a moment, and so on; the last moment is the end.
std::vector<Told> writeTrace(
    const std::string& path, std::uint32_t seed, bool isFinished, std::size_t moments = 4, Bytes limit = 0)
{
    std::mt19937 random(seed);
    auto writer = TraceWriter::create(path, options(limit));
    if (!writer)
        return {};
    hat_writer* const w = writer->raw();
    std::vector<Told> told;
    Image image;
    std::uint64_t events = 0;
    for (std::size_t m = 0; m < moments; ++m) {
        for (int i = 0; i < 50; ++i, ++events)
            (void)hat_alloc(w, 16, base + events * 16);
        image = next(image, random);
        const bool isEnd = m + 1 == moments;
        told.push_back({ events, isEnd ? "" : "moment " + std::to_string(m), image });
        tell(w, isEnd ? HAT_CONTENTS_END : HAT_CONTENTS_CHECKPOINT, told.back());
    }
    if (isFinished)
        (void)writer->finish();
    return told;
}

bool isTrue(std::span<const std::uint8_t> page, const Image& image, std::uint64_t address)
{
    const auto it = image.find(address);
    return it != image.end() && std::equal(page.begin(), page.end(), it->second.begin(), it->second.end());
}

} // namespace

/// Bytes of the heap in a trace: what was kept comes back, and what is damaged is never something else.
class TestContents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasKept_data();
    void givesBackWhatWasKept();
    void writesEqualPagesOnce();
    void leavesOutWhatPassesTheLimit();
    void damageLosesPagesOnly();
    void refusesHostileMoments_data();
    void refusesHostileMoments();
    void tracesWithoutContentsHaveNone();
    void eventsAreReadAsBefore();
    void manyPartsAndManyPages();

private:
    std::string file(const char* name) { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestContents::givesBackWhatWasKept_data()
{
    QTest::addColumn<bool>("isFinished");
    QTest::newRow("finished") << true;
    QTest::newRow("killed") << false;
}

void TestContents::givesBackWhatWasKept()
{
    QFETCH(bool, isFinished);
    const std::uint32_t seed = std::random_device()();
    qInfo("seed %u", seed);
    const std::vector<Told> told = writeTrace(file("kept.hat"), seed, isFinished);

    auto opened = ContentsStore::open(file("kept.hat"));
    QVERIFY(opened.isOk());
    ContentsStore& store = **opened;

    QVERIFY(store.check());
    QCOMPARE(store.moments().size(), told.size());
    for (std::size_t m = 0; m < told.size(); ++m) {
        const ContentsMoment& moment = store.moments()[m];
        QCOMPARE(moment.event, told[m].event);
        QCOMPARE(moment.name, told[m].name);
        QCOMPARE(moment.kind == ContentsMoment::Kind::End, m + 1 == told.size());
        QCOMPARE(moment.pages, told[m].image.size());
        QVERIFY(!moment.isCut);
        std::uint64_t pages = 0;
        for (const AddressRange range : store.ranges(m))
            pages += range.size() / contentsPageBytes;
        QCOMPARE(pages, told[m].image.size());
        for (std::uint64_t i = 0; i < 400; ++i) {
            const std::uint64_t address = base + i * contentsPageBytes;
            const auto page = store.page(m, { address });
            if (told[m].image.contains(address))
                QVERIFY(isTrue(page, told[m].image, address));
            else
                QVERIFY(page.empty());
        }
    }
    QVERIFY(!store.momentAt(told[0].event - 1));
    QCOMPARE(*store.momentAt(told[0].event), std::size_t { 0 });
    QCOMPARE(*store.momentAt(told[1].event + 3), std::size_t { 1 });
    QVERIFY(store.page(0, { base + 1 }).empty());
    QVERIFY(store.page(99, { base }).empty());
}

void TestContents::writesEqualPagesOnce()
{
    Image image;
    for (std::uint64_t i = 0; i < 1000; ++i)
        image[base + i * contentsPageBytes] = Page(contentsPageBytes, static_cast<std::uint8_t>(i % 3));
    auto writer = TraceWriter::create(file("equal.hat"), options());
    QVERIFY(writer.isOk());
    for (int m = 0; m < 100; ++m)
        tell(writer->raw(), HAT_CONTENTS_CHECKPOINT, { 0, "again", image });
    QVERIFY(writer->finish().isOk());

    auto store = ContentsStore::open(file("equal.hat"));
    QVERIFY(store.isOk());
    QCOMPARE((*store)->moments().size(), std::size_t { 100 });
    QCOMPARE((*store)->distinctPages(), std::uint64_t { 2 });
    QVERIFY(isTrue(
        (*store)->page(99, { base + 500 * contentsPageBytes }), image, base + 500 * contentsPageBytes));
}

void TestContents::leavesOutWhatPassesTheLimit()
{
    const Bytes limit = 300000;
    const std::vector<Told> told = writeTrace(file("limit.hat"), 5, true, 12, limit);
    QVERIFY(QFile(QString::fromStdString(file("limit.hat"))).size() <= static_cast<qint64>(limit));

    auto reader = TraceReader::open(file("limit.hat"));
    QVERIFY(reader.isOk());
    QCOMPARE((*reader)->info().events, told.back().event); // contents end, events do not
    QVERIFY((*reader)->info().isComplete);

    auto opened = ContentsStore::open(file("limit.hat"));
    QVERIFY(opened.isOk());
    ContentsStore& store = **opened;
    QVERIFY(store.check());
    QVERIFY(!store.moments().front().isCut);
    QVERIFY(store.moments().back().isCut);
    std::size_t given = 0;
    for (std::size_t m = 0; m < store.moments().size(); ++m) {
        const auto truth = std::find_if(
            told.begin(), told.end(), [&](const Told& t) { return t.event == store.moments()[m].event; });
        QVERIFY(truth != told.end());
        for (const auto& [address, content] : truth->image) {
            const auto page = store.page(m, { address });
            QVERIFY(page.empty() || isTrue(page, truth->image, address));
            given += !page.empty();
        }
    }
    QVERIFY(given > 400);
}

void TestContents::damageLosesPagesOnly()
{
    const std::vector<Told> told = writeTrace(file("whole.hat"), 3, true, 3);
    QFile whole(QString::fromStdString(file("whole.hat")));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    const std::uint32_t seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    std::size_t lost = 0;
    for (int round = 0; round < 300; ++round) {
        QByteArray changed = bytes;
        const auto at = static_cast<qsizetype>(random() % static_cast<std::uint32_t>(bytes.size()));
        if (round % 3 == 0)
            changed.truncate(at);
        else
            changed[at] = static_cast<char>(changed.at(at) ^ static_cast<char>(1 + random() % 255));
        QFile out(QString::fromStdString(file("damaged.hat")));
        QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate) && out.write(changed) == changed.size());
        out.close();
        auto opened = ContentsStore::open(file("damaged.hat"));
        if (!opened)
            continue;
        ContentsStore& store = **opened;
        (void)store.check();
        for (std::size_t m = 0; m < store.moments().size(); ++m) {
            const auto truth = std::find_if(
                told.begin(), told.end(), [&](const Told& t) { return t.event == store.moments()[m].event; });
            QVERIFY(truth != told.end());
            for (const auto& [address, content] : truth->image) {
                const auto page = store.page(m, { address });
                QVERIFY(page.empty() || isTrue(page, truth->image, address));
                lost += page.empty();
            }
        }
    }
    QVERIFY(lost > 0);
}

namespace {

/// A file of one group (the given ids) and one moment with the given rows, with all checksums right.
QByteArray handmade(
    std::uint32_t firstId, std::uint16_t pages, std::uint32_t realPages, const QByteArray& rows)
{
    const auto number = [](std::uint64_t v, int n) {
        return QByteArray(reinterpret_cast<const char*>(&v), n);
    };
    const auto sealed = [&](QByteArray b) {
        return b + number(hat_checksum(b.constData(), static_cast<std::size_t>(b.size())), 8);
    };
    const auto section = [&](int type, std::uint32_t count, const QByteArray& payload) {
        const auto size = static_cast<std::uint64_t>(payload.size());
        const QByteArray head = QByteArray(HAT_SYNC_MARKER, 8) + number(static_cast<std::uint64_t>(type), 1)
            + number(0, 1) + number(3, 2) + number(size, 4) + number(size, 4) + number(count, 4)
            + number(7, 8)
            + number(hat_checksum(payload.constData(), static_cast<std::size_t>(payload.size())), 8);
        return sealed(head) + payload;
    };
    const QByteArray header =
        sealed(QByteArray(HAT_FILE_MAGIC, 8) + number(1, 2) + number(1, 2) + QByteArray(12, 0));
    const QByteArray group = number(firstId, 4) + number(pages, 2) + number(0, 2)
        + QByteArray(static_cast<qsizetype>(realPages) * HAT_PAGE_BYTES, 'p');
    return header + section(HAT_SECTION_PAGES, pages, group)
        + section(HAT_SECTION_MOMENT, 0, QByteArray("\1\0\0", 3) + rows);
}

} // namespace

void TestContents::refusesHostileMoments_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("known"); ///< pages that page() gives of the first eight; -1: no moment at all
    const QByteArray top(QByteArray::fromHex("ffffffffffffffffff01"));
    const QByteArray eight("\0\x21\0", 3); // 8 pages from address 0, rising from the expected id
    QTest::newRow("whole") << handmade(1, 8, 8, eight) << 8;
    QTest::newRow("ids that no group has") << handmade(1, 4, 4, eight) << 4;
    QTest::newRow("group of other ids") << handmade(3, 8, 8, eight) << 6;
    QTest::newRow("group shorter than it says") << handmade(1, 8, 7, eight) << 0;
    QTest::newRow("group of no pages") << handmade(1, 0, 0, eight) << 0;
    QTest::newRow("group too large") << handmade(1, 65, 65, eight) << 0;
    QTest::newRow("ids at the top") << handmade(0xFFFFFFFF, 8, 8, eight) << 0;
    QTest::newRow("count at the top")
        << handmade(1, 8, 8, QByteArray("\0", 1) + top + QByteArray("\0", 1)) << -1;
    QTest::newRow("gap at the top") << handmade(1, 8, 8, top + QByteArray("\x21\0", 2)) << -1;
    QTest::newRow("more pages than a heap has")
        << handmade(1, 8, 8, QByteArray("\0", 1) + QByteArray::fromHex("80808080808040")) << -1;
    QTest::newRow("no pages in a row") << handmade(1, 8, 8, QByteArray("\0\1\0", 3)) << -1;
    QTest::newRow("unknown form") << handmade(1, 8, 8, QByteArray("\0\x23\0", 3)) << -1;
    QTest::newRow("id below 1") << handmade(1, 8, 8, QByteArray("\0\x21\1", 3)) << -1;
    QTest::newRow("cut row") << handmade(1, 8, 8, QByteArray("\0\x21", 2)) << -1;
}

void TestContents::refusesHostileMoments()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, known);
    QFile out(QString::fromStdString(file("hostile.hat")));
    QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate) && out.write(bytes) == bytes.size());
    out.close();

    auto store = ContentsStore::open(file("hostile.hat"));
    QVERIFY(store.isOk());
    (void)(*store)->check();
    QCOMPARE((*store)->moments().empty(), known < 0);
    int given = 0;
    for (std::uint64_t i = 0; i < 8; ++i)
        given += (*store)->page(0, { i * contentsPageBytes }).empty() ? 0 : 1;
    QCOMPARE(given, std::max(known, 0));
    QCOMPARE((*store)->damage().empty(), known == 8 || known == 4 || known == 6);
}

void TestContents::tracesWithoutContentsHaveNone()
{
    auto writer = TraceWriter::create(file("plain.hat"), { { { 16, 256 } }, 0, 0, 0, false });
    QVERIFY(writer.isOk());
    hat_contents_begin(writer->raw(), HAT_CONTENTS_END, "", 0); // not asked for: does nothing
    const Page page(contentsPageBytes, 1);
    hat_contents_page(writer->raw(), base, page.data());
    hat_contents_end(writer->raw());
    QVERIFY(writer->finish().isOk());
    auto store = ContentsStore::open(file("plain.hat"));
    QVERIFY(store.isOk());
    QVERIFY((*store)->moments().empty());
    QVERIFY(!(*store)->momentAt(0));
    QVERIFY(!ContentsStore::open(file("none.hat")));
}

void TestContents::eventsAreReadAsBefore()
{
    const std::vector<Told> told = writeTrace(file("events.hat"), 8, true);
    auto reader = TraceReader::open(file("events.hat"));
    QVERIFY(reader.isOk());
    EventColumns columns;
    std::uint64_t events = 0;
    while ((*reader)->readBlock(columns)) {
        QVERIFY(!(*reader)->isDiscontinuous());
        for (std::size_t i = 0; i < columns.count(); ++i, ++events)
            QCOMPARE(columns.address[i].value, base + events * 16);
    }
    QCOMPARE(events, told.back().event);
    QVERIFY((*reader)->info().isComplete);
}

void TestContents::manyPartsAndManyPages()
{
    // Every second page: rows do not run together, so the moment takes several parts.
    auto writer = TraceWriter::create(file("parts.hat"), options());
    QVERIFY(writer.isOk());
    constexpr std::uint64_t pages = 600000;
    Page page(contentsPageBytes);
    const auto fill = [&](std::uint64_t i) {
        const std::uint64_t what = i * 7 % 1000;
        std::memcpy(page.data() + 64, &what, sizeof what);
    };
    hat_contents_begin(writer->raw(), HAT_CONTENTS_END, "", 0);
    for (std::uint64_t i = 0; i < pages; ++i) {
        fill(i);
        hat_contents_page(writer->raw(), base + i * 2 * contentsPageBytes, page.data());
    }
    hat_contents_end(writer->raw());
    QVERIFY(writer->finish().isOk());
    auto opened = ContentsStore::open(file("parts.hat"));
    QVERIFY(opened.isOk());
    ContentsStore& store = **opened;
    QCOMPARE(store.moments().size(), std::size_t { 1 });
    QCOMPARE(store.moments()[0].pages, pages);
    QVERIFY(!store.moments()[0].isCut);
    QCOMPARE(store.distinctPages(), std::uint64_t { 999 }); // one is all zeros
    for (std::uint64_t i = 0; i < pages; i += 997) {
        fill(i);
        const auto known = store.page(0, { base + i * 2 * contentsPageBytes });
        QVERIFY(std::equal(known.begin(), known.end(), page.begin(), page.end()));
        QVERIFY(store.page(0, { base + (i * 2 + 1) * contentsPageBytes }).empty());
    }
}

QTEST_APPLESS_MAIN(TestContents)
#include "tst_contents.moc"
