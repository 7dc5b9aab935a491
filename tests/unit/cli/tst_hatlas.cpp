// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/cli/hatlasprocess.h"
#include "unit/replay/recordedprogram.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

using namespace heapatlas;
using namespace heapatlas::testing;

class TestHatlas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsItsVersionAndHelp();
    void refusesWhatItDoesNotKnow_data();
    void refusesWhatItDoesNotKnow();
    void infoCountsWhatIsInTheFile();
    void eventsAreOneALine();
    void eventsKeepToTheirRange();
    void verifyIsExact();
    void verifyNamesTheFlippedEvent();
    void replayTellsTheRecordedFigures();
    void replayRefusesAnUnknownEngine();
    void reportHasThreeForms();
    void reportComparesARange();
    void readsStandardInput();
    void badInputIsSaid_data();
    void badInputIsSaid();
    void cutFilesAreStillReported();
    void flippedByteIsNamed();
    void readerThatGoesAwayIsNoFault();
    void mapNeedsThePainter();

private:
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QByteArray content() const
    {
        QFile file(m_trace);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QString copyOf(const QByteArray& bytes, const char* name) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write");
        return file.fileName();
    }

    QTemporaryDir m_folder;
    QString m_trace;
    std::uint64_t m_events = 0;
};

void TestHatlas::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_trace = path("program.hat");
    ProgramOptions options;
    options.seed = 7;
    options.events = 30000;
    const RecordedProgram<> program(options, m_trace.toStdString());
    QCOMPARE(program.error(), 0);
    m_events = program.events();
}

void TestHatlas::tellsItsVersionAndHelp()
{
    QVERIFY(hatlas({ QStringLiteral("--version") }).output.startsWith("hatlas "));
    const Answer overview = hatlas({ QStringLiteral("--help") });
    QCOMPARE(overview.status, 0);
    QVERIFY(overview.errors.isEmpty());
    for (const char* name : { "record", "info", "report", "events", "replay", "verify", "map" }) {
        QVERIFY2(overview.output.contains(name), name);
        const Answer help = hatlas({ QString::fromLatin1(name), QStringLiteral("--help") });
        QCOMPARE(help.status, 0);
        QVERIFY2(help.output.contains("Usage: hatlas " + QByteArray(name)), name);
    }
}

void TestHatlas::refusesWhatItDoesNotKnow_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char* line) {
        QTest::newRow(line) << QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    row("");
    row("explain");
    row("leaks x.hat"); // not built yet
    row("info");
    row("info a.hat b.hat");
    row("info --colour a.hat");
    row("events --from x a.hat");
    row("events --from");
    row("map a.hat");
    row("map -o p.png --size big a.hat");
    row("report --format=pdf a.hat");
    row("report --from=5 --to=5 a.hat");
    row("report --from=x a.hat");
    row("record");
    row("record --stacks=some -- php a.php");
}

void TestHatlas::refusesWhatItDoesNotKnow()
{
    QFETCH(const QStringList, arguments);
    const Answer answer = hatlas(arguments);
    QCOMPARE(answer.status, 2);
    QVERIFY(answer.output.isEmpty());
    QVERIFY2(answer.errors.startsWith("hatlas: "), answer.errors.constData());
}

void TestHatlas::infoCountsWhatIsInTheFile()
{
    const Answer answer = hatlas({ QStringLiteral("info"), QStringLiteral("--json"), m_trace });
    QCOMPARE(answer.status, 0);
    QVERIFY2(answer.errors.isEmpty(), answer.errors.constData());
    const QJsonObject info = answer.json();
    for (const char* key : { "program", "phpVersion", "allocator", "events", "allocations", "frees",
             "reallocations", "stacks", "sites", "checkpoints", "gcRuns", "complete", "bytes" })
        QVERIFY2(info.contains(QLatin1String(key)), key);
    QCOMPARE(static_cast<std::uint64_t>(info[QLatin1String("events")].toInteger()), m_events);
    QCOMPARE(info[QLatin1String("program")].toString(), QStringLiteral("made-up"));
    QCOMPARE(info[QLatin1String("complete")].toBool(), true);
    QCOMPARE(info[QLatin1String("bytes")].toInteger(), QFileInfo(m_trace).size());
    const Answer text = hatlas({ QStringLiteral("info"), m_trace });
    QCOMPARE(text.status, 0);
    QVERIFY(text.output.contains("events          " + QByteArray::number(static_cast<quint64>(m_events))));
}

void TestHatlas::eventsAreOneALine()
{
    const Answer answer = hatlas({ QStringLiteral("events"), m_trace });
    QCOMPARE(answer.status, 0);
    QByteArrayList lines = answer.output.split('\n');
    QCOMPARE(lines.takeLast(), QByteArray());
    QCOMPARE(static_cast<std::uint64_t>(lines.size()), m_events);
    const QJsonObject info = hatlas({ QStringLiteral("info"), QStringLiteral("--json"), m_trace }).json();
    qint64 allocations = 0;
    qint64 frees = 0;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QByteArrayList words = lines[i].split(' ');
        QVERIFY2(words.size() >= 6, lines[i].constData());
        QCOMPARE(words[0].toLongLong(), i);
        allocations += words[1] == "alloc" ? 1 : 0;
        frees += words[1] == "free" ? 1 : 0;
        if (words[1] == "alloc" || words[1] == "free")
            QVERIFY2(words[3].startsWith("0x"), lines[i].constData());
        if (words[1] == "realloc")
            QVERIFY2(words[4].startsWith("0x"), lines[i].constData());
    }
    QCOMPARE(allocations, info[QLatin1String("allocations")].toInteger());
    QCOMPARE(frees, info[QLatin1String("frees")].toInteger());
    QVERIFY(answer.output.contains("made-up.php:"));
    QVERIFY(answer.output.contains("# point"));
}

void TestHatlas::eventsKeepToTheirRange()
{
    const QStringList range { QStringLiteral("--from"), QStringLiteral("1000"), QStringLiteral("--to=1010") };
    const Answer text = hatlas(QStringList { QStringLiteral("events"), m_trace } + range);
    QCOMPARE(text.status, 0);
    QCOMPARE(text.output.count('\n'), 10);
    QVERIFY(text.output.startsWith("1000 "));
    const Answer json =
        hatlas(QStringList { QStringLiteral("events"), QStringLiteral("--json"), m_trace } + range);
    const QJsonArray rows = QJsonDocument::fromJson(json.output).array();
    QCOMPARE(rows.size(), 10);
    const QByteArrayList lines = text.output.split('\n');
    for (int i = 0; i < 10; ++i) {
        const QByteArrayList words = lines[i].split(' ');
        const QJsonObject row = rows[i].toObject();
        QCOMPARE(row[QLatin1String("index")].toInteger(), 1000 + i);
        QCOMPARE(row[QLatin1String("kind")].toString(), QString::fromLatin1(words[1]));
        QCOMPARE(row[QLatin1String("address")].toString(QStringLiteral("-")), QString::fromLatin1(words[3]));
    }
}

void TestHatlas::verifyIsExact()
{
    const Answer answer = hatlas({ QStringLiteral("verify"), QStringLiteral("--json"), m_trace });
    QCOMPARE(answer.status, 0);
    const QJsonObject result = answer.json();
    QCOMPARE(static_cast<std::uint64_t>(result[QLatin1String("events")].toInteger()), m_events);
    QVERIFY(result[QLatin1String("placements")].toInteger() > 10000);
    QCOMPARE(result[QLatin1String("matched")], result[QLatin1String("placements")]);
    QCOMPARE(result[QLatin1String("samplesMatched")], result[QLatin1String("samples")]);
    QCOMPARE(result[QLatin1String("usageCallsMatched")], result[QLatin1String("usageCalls")]);
    QCOMPARE(result[QLatin1String("finalState")].toString(), QStringLiteral("identical"));
    QVERIFY(result[QLatin1String("firstMismatch")].isNull());
}

void TestHatlas::verifyNamesTheFlippedEvent()
{
    ProgramOptions options;
    options.flipEvent = 5000;
    options.flipBits = 64;
    const QString trace = path("flipped.hat");
    const RecordedProgram<> program(options, trace.toStdString());
    const Answer answer = hatlas({ QStringLiteral("verify"), QStringLiteral("--json"), trace });
    QCOMPARE(answer.status, 1);
    const QJsonObject first = answer.json()[QLatin1String("firstMismatch")].toObject();
    QCOMPARE(static_cast<std::uint64_t>(first[QLatin1String("event")].toInteger(-1)), program.flipped());
    QVERIFY(first.contains(QLatin1String("expected")) && first.contains(QLatin1String("actual")));
}

void TestHatlas::replayTellsTheRecordedFigures()
{
    const QJsonObject all = hatlas({ QStringLiteral("replay"), QStringLiteral("--json"), m_trace }).json();
    for (const char* key : { "engine", "events", "liveBytes", "peakLiveBytes", "heapBytes", "peakHeapBytes",
             "internalFragmentation", "externalFragmentation", "largestFree", "seconds", "eventsPerSecond",
             "error" })
        QVERIFY2(all.contains(QLatin1String(key)), key);
    QCOMPARE(all[QLatin1String("engine")].toString(), QStringLiteral("zendmm"));
    QVERIFY(all[QLatin1String("error")].isNull());

    // Usage figures that the program was told are right after that event; "At N" is the state after N events.
    const Answer events = hatlas({ QStringLiteral("events"), m_trace });
    int compared = 0;
    for (const QByteArray& line : events.output.split('\n')) {
        if (!line.contains(" # memory_get_usage()") || ++compared > 3)
            continue;
        const QByteArrayList words = line.split(' ');
        const Answer at = hatlas({ QStringLiteral("replay"), QStringLiteral("--json"), m_trace,
            QStringLiteral("--at"), QString::number(words[0].toLongLong() + 1) });
        QCOMPARE(at.status, 0);
        QCOMPARE(at.json()[QLatin1String("liveBytes")].toInteger(), words[2].toLongLong());
    }
    QVERIFY(compared > 0);
}

void TestHatlas::replayRefusesAnUnknownEngine()
{
    const Answer answer = hatlas({ QStringLiteral("replay"), QStringLiteral("--engine=slabs"), m_trace });
    QCOMPARE(answer.status, 2);
    QVERIFY(answer.errors.contains("slabs"));
}

void TestHatlas::reportComparesARange()
{
    const QStringList range { QStringLiteral("--from=100"), QStringLiteral("--to=600") };
    const QJsonObject whole = hatlas({ QStringLiteral("report"), QStringLiteral("--json"), m_trace }).json();
    QVERIFY(!whole.contains(QLatin1String("range")));
    const QJsonObject report =
        hatlas(QStringList { QStringLiteral("report"), QStringLiteral("--json"), m_trace } + range).json();
    QCOMPARE(report[QLatin1String("wholeRun")], whole[QLatin1String("wholeRun")]);
    QCOMPARE(
        static_cast<std::uint64_t>(report[QLatin1String("wholeRun")][QLatin1String("events")].toInteger()),
        m_events);
    const QJsonObject part = report[QLatin1String("range")].toObject();
    QCOMPARE(part[QLatin1String("from")].toInteger(), 100);
    QCOMPARE(part[QLatin1String("events")].toInteger(), 500);
    const Answer events =
        hatlas(QStringList { QStringLiteral("events"), QStringLiteral("--json"), m_trace } + range);
    qint64 allocations = 0;
    qint64 bytes = 0;
    for (const QJsonValue event : QJsonDocument::fromJson(events.output).array()) {
        const QString kind = event[QLatin1String("kind")].toString();
        allocations += kind == u"alloc" ? 1 : 0;
        bytes += kind == u"alloc" || kind == u"realloc" ? event[QLatin1String("size")].toInteger() : 0;
    }
    QVERIFY(allocations > 0);
    QCOMPARE(part[QLatin1String("allocations")].toInteger(), allocations);
    QCOMPARE(part[QLatin1String("bytesAllocated")].toInteger(), bytes);
    const Answer text = hatlas(QStringList { QStringLiteral("report"), m_trace } + range);
    QVERIFY(text.output.contains("in range"));
    const Answer html =
        hatlas(QStringList { QStringLiteral("report"), QStringLiteral("--format=html"), m_trace } + range);
    QVERIFY(html.output.contains("<th class=\"n\">in range</th>"));
}

void TestHatlas::reportHasThreeForms()
{
    const Answer text = hatlas({ QStringLiteral("report"), m_trace });
    QCOMPARE(text.status, 0);
    for (const char* part : { "made-up", "Usage", "Size classes", "Sites that hold most at the peak",
             "What pins memory", "Checkpoints" })
        QVERIFY2(text.output.contains(part), part);

    const Answer json = hatlas({ QStringLiteral("report"), QStringLiteral("--format=json"), m_trace });
    const QJsonObject report = json.json();
    QCOMPARE(static_cast<std::uint64_t>(report[QLatin1String("events")].toInteger()), m_events);
    const QJsonObject pins = report[QLatin1String("pins")].toObject();
    const QJsonArray pinned = pins[QLatin1String("chunks")].toArray();
    QCOMPARE(pins[QLatin1String("chunkCount")].toInteger(), qint64 { pinned.size() });
    qint64 held = 0;
    for (const QJsonValue chunk : pinned) {
        held += chunk[QLatin1String("blocks")].toInteger();
        QVERIFY(chunk[QLatin1String("holders")].toArray().size() > 0);
    }
    const QJsonObject end = report[QLatin1String("end")].toObject();
    QCOMPARE(
        held + end[QLatin1String("hugeBlocks")].toInteger(), end[QLatin1String("liveBlocks")].toInteger());
    const QJsonObject replayed =
        hatlas({ QStringLiteral("replay"), QStringLiteral("--json"), m_trace }).json();
    QCOMPARE(end[QLatin1String("liveBytes")], replayed[QLatin1String("liveBytes")]);
    // The sums of the size classes are the live bytes: the same heap, counted in two ways. (Recorded peaks may lie
    // before a reset, so the peak is compared with the moment that the report found.)
    for (const char* moment : { "peak", "end" }) {
        qint64 sum = 0;
        for (const QJsonValue row : report[QLatin1String("sizeClasses")].toArray()) {
            const QString use =
                moment == QByteArray("peak") ? QStringLiteral("atPeak") : QStringLiteral("atEnd");
            sum += row[use][QLatin1String("liveBytes")].toInteger();
        }
        QCOMPARE(sum, report[QLatin1String(moment)][QLatin1String("liveBytes")].toInteger());
    }

    const Answer html =
        hatlas({ QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("html"), m_trace });
    QCOMPARE(html.status, 0);
    QVERIFY(html.output.startsWith("<!DOCTYPE html>"));
    QVERIFY(html.output.contains("<svg") && html.output.endsWith("</html>\n"));
    QVERIFY(!html.output.contains("http://") && !html.output.contains("https://"));
}

void TestHatlas::readsStandardInput()
{
    RunOptions options;
    options.input = content();
    const Answer piped =
        hatlas({ QStringLiteral("info"), QStringLiteral("--json"), QStringLiteral("-") }, options);
    QCOMPARE(piped.status, 0);
    QCOMPARE(static_cast<std::uint64_t>(piped.json()[QLatin1String("events")].toInteger()), m_events);
}

void TestHatlas::badInputIsSaid_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("missing") << path("nowhere.hat") << QByteArray("was not found");
    QTest::newRow("a folder") << m_folder.path() << QByteArray("folder");
    QTest::newRow("empty") << copyOf({}, "empty.hat") << QByteArray("empty");
    QTest::newRow("no trace") << copyOf("<?php echo 'no trace at all, but long enough to be one';\n",
        "no.hat") << QByteArray("not a trace");
}

void TestHatlas::badInputIsSaid()
{
    QFETCH(const QString, file);
    QFETCH(const QByteArray, word);
    for (const char* command : { "info", "events", "replay", "verify", "report" }) {
        const Answer answer = hatlas({ QString::fromLatin1(command), file });
        QVERIFY2(answer.status == 3, command);
        QVERIFY2(answer.output.isEmpty(), command);
        QVERIFY2(answer.errors.contains(word), answer.errors.constData());
    }
}

void TestHatlas::cutFilesAreStillReported()
{
    const QByteArray whole = content();
    qint64 before = -1;
    for (const double share : { 0.4, 0.7, 0.95 }) {
        const auto size = static_cast<qsizetype>(static_cast<double>(whole.size()) * share);
        const QString cut = copyOf(whole.left(size), "cut.hat");
        const Answer answer = hatlas({ QStringLiteral("info"), QStringLiteral("--json"), cut });
        QCOMPARE(answer.status, 3);
        QVERIFY2(answer.errors.contains("byte"), answer.errors.constData());
        const QJsonObject info = answer.json();
        QCOMPARE(info[QLatin1String("complete")].toBool(true), false);
        QVERIFY(!info[QLatin1String("damage")].toArray().isEmpty());
        QVERIFY(info[QLatin1String("events")].toInteger() >= before);
        before = info[QLatin1String("events")].toInteger();
        for (const char* command : { "events", "replay", "report" }) {
            const Answer other = hatlas({ QString::fromLatin1(command), cut });
            QVERIFY2(other.status == 3, command);
        }
        // What is there is exact; the end is absent.
        const QJsonObject verified =
            hatlas({ QStringLiteral("verify"), QStringLiteral("--json"), cut }).json();
        QCOMPARE(verified[QLatin1String("matched")], verified[QLatin1String("placements")]);
        QCOMPARE(verified[QLatin1String("finalState")].toString(), QStringLiteral("absent"));
    }
}

void TestHatlas::flippedByteIsNamed()
{
    QByteArray bytes = content();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
    const Answer answer =
        hatlas({ QStringLiteral("info"), QStringLiteral("--json"), copyOf(bytes, "flip.hat") });
    QCOMPARE(answer.status, 3);
    const QJsonArray damage = answer.json()[QLatin1String("damage")].toArray();
    QVERIFY(!damage.isEmpty());
    QVERIFY(damage.first()[QLatin1String("offset")].toInteger(-1) >= 0);
    QVERIFY2(answer.errors.contains("byte"), answer.errors.constData());
}

void TestHatlas::readerThatGoesAwayIsNoFault()
{
    QProcess process;
    process.start(QStringLiteral("/bin/sh"),
        { QStringLiteral("-c"),
            QStringLiteral("{ \"$0\" events \"$1\"; echo \"status $?\" >&2; } | head -n 1"), hatlasProgram(),
            m_trace });
    QVERIFY(process.waitForFinished(120'000));
    QCOMPARE(process.readAllStandardOutput().count('\n'), 1);
    QCOMPARE(process.readAllStandardError(), QByteArray("status 0\n"));
}

void TestHatlas::mapNeedsThePainter()
{
    // A copy of hatlas with no heap-atlas beside it and none in PATH.
    RunOptions options;
    options.program = path("hatlas");
    QVERIFY(QFile::copy(hatlasProgram(), options.program));
    options.environment.insert(QStringLiteral("PATH"), m_folder.path());
    const Answer answer =
        hatlas({ QStringLiteral("map"), m_trace, QStringLiteral("-o"), path("map.png") }, options);
    QCOMPARE(answer.status, 4);
    QVERIFY2(answer.errors.contains("heap-atlas"), answer.errors.constData());
}

QTEST_APPLESS_MAIN(TestHatlas)
#include "tst_hatlas.moc"
