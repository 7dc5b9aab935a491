// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/wording.h"

#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

using namespace heapatlas;

class TestWording : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasItsOwnSentence();
    void placeIsNamed();
    void openingFailuresAreToldApart();
    void damageSaysWhatIsWhole();
    void deathOfTheProgramIsNoDamage();
    void processIsNamed();
    void numbersFollowTheHouse();
    void titlesNameWhatIsThere();
};

namespace {

const auto thin = QString::fromUtf8("\u2009");

/// Blanks between digits are thin.
QString grouped(const char* text)
{
    static const QRegularExpression between(QStringLiteral("(?<=\\d) (?=\\d)"));
    return QString::fromLatin1(text).replace(between, thin);
}

Error error(ErrorCode code, std::optional<std::uint64_t> offset = {}) { return { code, "context", offset }; }

} // namespace

void TestWording::everyCodeHasItsOwnSentence()
{
    QSet<QString> seen;
    for (int i = 0; i <= static_cast<int>(ErrorCode::BadArgument); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        const QByteArray name = QByteArray::fromStdString(std::string(errorName(code)));
        QVERIFY(name != "unknown");
        const QString sentence = wording::sentence(error(code), QStringLiteral("/srv/import.hat"));
        QVERIFY2(sentence.size() > 30 && sentence.endsWith(QLatin1Char('.')), name.constData());
        QVERIFY2(!sentence.contains(QStringLiteral("no description")), name.constData());
        QVERIFY2(!sentence.contains(QString::fromLatin1(name)) || name == "cancelled", name.constData());
        QVERIFY2(!seen.contains(sentence), name.constData());
        seen.insert(sentence);
        // Without a file name it is a sentence all the same.
        QVERIFY2(!wording::sentence(error(code)).contains(QStringLiteral("“”")), name.constData());
    }
    // A code added after BadArgument has to be added here, too.
    QCOMPARE(errorName(static_cast<ErrorCode>(static_cast<int>(ErrorCode::BadArgument) + 1)), "unknown");
}

void TestWording::placeIsNamed()
{
    const QString sentence =
        wording::sentence(error(ErrorCode::ChecksumMismatch, 48213992), QStringLiteral("/srv/import.hat"));
    QVERIFY(sentence.contains(QStringLiteral("import.hat")));
    QVERIFY(sentence.contains(
        QStringLiteral("48") + thin + QStringLiteral("213") + thin + QStringLiteral("992")));
    QCOMPARE(wording::detailLine(error(ErrorCode::ChecksumMismatch, 12)),
        QStringLiteral("checksum-mismatch at byte 12: context"));
}

void TestWording::openingFailuresAreToldApart()
{
    const QTemporaryDir folder;
    const QString missing =
        wording::sentence(error(ErrorCode::CannotOpen), folder.filePath(QStringLiteral("x.hat")));
    QVERIFY(missing.contains(QStringLiteral("not found")));
    QVERIFY(
        wording::sentence(error(ErrorCode::CannotOpen), folder.path()).contains(QStringLiteral("folder")));
}

void TestWording::damageSaysWhatIsWhole()
{
    TraceInfo info;
    info.isComplete = true;
    QCOMPARE(wording::damage(info), QString());
    QCOMPARE(wording::sourceState(info), QStringLiteral("Recorded trace, complete"));
    info.isComplete = false;
    info.events = 1540102;
    info.fileBytes = 50000000;
    info.damage = { error(ErrorCode::Truncated, 48213992) };
    QCOMPARE(wording::unfinished(info), wording::Unfinished::No);
    QCOMPARE(wording::sourceState(info), QStringLiteral("Recorded trace, cut off"));
    QString expected =
        QStringLiteral("The trace ends in the middle at byte 48 213 992. 1 540 102 events are whole.");
    QCOMPARE(wording::damage(info).replace(thin, QStringLiteral(" ")), expected);
    info.damage.insert(info.damage.begin(), error(ErrorCode::ChecksumMismatch, 99));
    QCOMPARE(wording::sourceState(info), QStringLiteral("Recorded trace, damaged"));
    QVERIFY(wording::damage(info).contains(QStringLiteral("2 places, first at byte 99")));
    info.lostEvents = 40102;
    QVERIFY(wording::damage(info)
                .replace(thin, QStringLiteral(" "))
                .endsWith(QStringLiteral("1 500 000 events are whole. 40 102 are lost.")));
}

void TestWording::deathOfTheProgramIsNoDamage()
{
    TraceInfo info;
    info.events = 10;
    info.fileBytes = 500;
    info.damage = { error(ErrorCode::Truncated, 500) };
    QCOMPARE(wording::unfinished(info), wording::Unfinished::NotClosed);
    QVERIFY(wording::damage(info).contains(QStringLiteral("killed")));
    info.damage = { { ErrorCode::Truncated, "the recording ended early: byte limit", 400 } };
    QCOMPARE(wording::unfinished(info), wording::Unfinished::EndedEarly);
    info.damage = { error(ErrorCode::MalformedTrace, 500) };
    QCOMPARE(wording::unfinished(info), wording::Unfinished::No);
}

void TestWording::processIsNamed()
{
    TraceInfo info;
    QCOMPARE(wording::program(info), QStringLiteral("unknown program"));
    info.meta = { { "phpVersion", "8.2.36" }, { "sapi", "cli" }, { "pid", "4127" }, { "request", "1" },
        { "program", "php src/import.php --fast" }, { "script", "/srv/src/import.php" } };
    QCOMPARE(wording::process(info), QStringLiteral("PHP 8.2.36 CLI, pid 4127"));
    QCOMPARE(wording::program(info), QStringLiteral("import.php"));
    info.meta["request"] = "3";
    info.meta["sapi"] = "cli-server";
    QCOMPARE(wording::process(info), QStringLiteral("PHP 8.2.36 cli-server, pid 4127, request 3"));
}

void TestWording::numbersFollowTheHouse()
{
    const auto minus = QString(QChar(0x2212));
    QCOMPARE(wording::size(56), QStringLiteral("56 B"));
    QCOMPARE(wording::exactSize(10747904), grouped("10 747 904 bytes"));
    QCOMPARE(wording::exactSize(1), QStringLiteral("1 byte"));
    QCOMPARE(wording::percent(0.192), QStringLiteral("19.2 %"));
    QCOMPARE(wording::percent(-0.0001), QStringLiteral("0.0 %"));
    QCOMPARE(wording::percent(-0.5), minus + QStringLiteral("50.0 %"));
    QCOMPARE(wording::signedSize(-56), minus + QStringLiteral("56 B"));
    QCOMPARE(wording::signedSize(9830), QStringLiteral("+9.6 KB"));
    QCOMPARE(wording::signedSize(0), QStringLiteral("0 B"));
    QCOMPARE(
        wording::signedSize(std::numeric_limits<std::int64_t>::min()), minus + QStringLiteral("8192.00 PB"));
    QCOMPARE(wording::signedCount(1204), grouped("+1 204"));
    QCOMPARE(wording::duration(0.0123), QStringLiteral("12.3 ms"));
    QCOMPARE(wording::duration(4.561), QStringLiteral("4.56 s"));
    QCOMPARE(wording::duration(0.99951), QStringLiteral("1.00 s"));
    QCOMPARE(wording::duration(125.2), QStringLiteral("2 min 05 s"));
    QCOMPARE(wording::events(1), QStringLiteral("1 event"));
    QCOMPARE(wording::events(1204), grouped("1 204 events"));
    QCOMPARE(wording::address({ 0x7f4c2cb0b738 }), QStringLiteral("0x7f4c2cb0b738"));
}

void TestWording::titlesNameWhatIsThere()
{
    RegionRow region;
    region.range = { { 0x200000 }, { 0x201000 } };
    region.kind = RegionKind::SmallRun;
    region.slotBytes = 56;
    region.sizeClass = 6;
    BlockRow block;
    block.size = 56;
    QCOMPARE(wording::blockTitle(block, region), QStringLiteral("56 B block"));
    QCOMPARE(wording::regionTitle(region), QStringLiteral("56 B run, 1 page"));
    QCOMPARE(wording::freeSlotTitle(region), QStringLiteral("Free slot, 56 B class"));
    QCOMPARE(wording::sizeClass(region), QStringLiteral("56 B (bin 6, 1-page runs)"));
    region.range.end = { 0x20c000 };
    QCOMPARE(wording::regionTitle(region), QStringLiteral("56 B run, 12 pages"));
    region.kind = RegionKind::LargeRun;
    QCOMPARE(wording::blockTitle(block, region), QStringLiteral("Large run, 12 pages"));
    region.kind = RegionKind::Free;
    QCOMPARE(wording::regionTitle(region), QStringLiteral("Free, 12 pages"));
    region.kind = RegionKind::Huge;
    region.range.end = { 0x200000 + 9 * 256 * 1024 };
    QCOMPARE(wording::regionTitle(region), QStringLiteral("Huge block, 2.25 MB"));
    region.kind = RegionKind::Header;
    QCOMPARE(wording::regionTitle(region), QStringLiteral("Chunk header"));

    Frame frame;
    frame.function = "push";
    QCOMPARE(wording::fileAndLine(frame), QStringLiteral("internal"));
    frame.scope = "MetricsBuffer";
    frame.file = "/srv/src/MetricsBuffer.php";
    frame.line = 52;
    QCOMPARE(wording::fileAndLine(frame), QStringLiteral("MetricsBuffer.php:52"));
    QCOMPARE(wording::site(frame), QStringLiteral("MetricsBuffer::push, MetricsBuffer.php:52"));
}

QTEST_APPLESS_MAIN(TestWording)
#include "tst_wording.moc"
