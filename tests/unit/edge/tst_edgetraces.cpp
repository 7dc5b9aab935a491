// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"
#include "unit/cli/hatlasprocess.h"
#include "unit/edge/edgetraces.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <map>
#include <random>

using namespace heapatlas;
using namespace heapatlas::testing;

namespace {

/// What people are to be told of a trace: a part of the sentence; empty: nothing.
struct Expectation
{
    QByteArray word;
    bool canVerify = true;
    bool canReplay = true;
};

Expectation expectationFor(const std::string& name)
{
    static const std::map<std::string, Expectation> table = {
        { "checkpoints", { {}, true, true } },
        { "terabyte", { {}, true, true } },
        { "top-user", { {}, true, true } },
        { "top", { "begins with an empty one", false, true } },
        { "top-stateless", { "begins with an empty one", false, true } },
        { "no-events", { "No events are in this trace", true, true } },
        { "nothing", { "No events are in this trace", false, true } },
        { "no-stacks", { "Call stacks were not recorded", true, true } },
        { "no-final-state", { "the end cannot be compared", true, true } },
        { "unknown-allocator", { "begins with an empty one", false, false } },
    };
    return table.at(name);
}

} // namespace

class TestEdgeTraces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void commandsSayWhatIsMissing_data() { rows(); }
    void commandsSayWhatIsMissing();
    void theDocumentOpens_data() { rows(); }
    void theDocumentOpens();
    void theWindowIsDrawn_data() { rows(); }
    void theWindowIsDrawn();
    void aMillionCheckpointsAreNotAMillionRows();
    void theTerabyteIsCounted();

private:
    void rows() const
    {
        QTest::addColumn<QString>("name");
        for (const EdgeTrace& trace : edgeTraces())
            QTest::newRow(trace.name) << QString::fromLatin1(trace.name);
    }
    QString path(const QString& name) const { return m_folder.filePath(name + QStringLiteral(".hat")); }

    QTemporaryDir m_folder;
};

void TestEdgeTraces::initTestCase()
{
    QVERIFY(m_folder.isValid());
    for (const EdgeTrace& trace : edgeTraces())
        trace.write(path(QString::fromLatin1(trace.name)).toStdString());
}

void TestEdgeTraces::commandsSayWhatIsMissing()
{
    QFETCH(QString, name);
    const Expectation expected = expectationFor(name.toStdString());
    // The reason may stand in only one of them: what the heap was is known to be impossible once it is replayed.
    QByteArray said;
    for (const char* const command : { "info", "report", "report --format=html", "report --format=json",
             "events", "replay", "verify", "info --json" }) {
        QStringList words = QString::fromLatin1(command).split(u' ');
        words.append(path(name));
        const Answer answer = hatlas(words);
        const bool isInfo =
            words.front() == QStringLiteral("info") || words.front() == QStringLiteral("events");
        const bool works =
            isInfo || (words.front() == QStringLiteral("verify") ? expected.canVerify : expected.canReplay);
        QVERIFY2(answer.status == (works ? 0 : 3), (QByteArray(command) + ": " + answer.errors).constData());
        QVERIFY2(works || !answer.errors.isEmpty(), command);
        QVERIFY2(!answer.errors.contains("fault"), answer.errors.constData());
        if (words.front() != QStringLiteral("events"))
            said += answer.output + answer.errors;
    }
    if (expected.word.isEmpty())
        QVERIFY2(!said.contains("missing  "), "nothing is missing");
    else
        QVERIFY2(said.contains(expected.word), said.constData());
}

void TestEdgeTraces::theDocumentOpens()
{
    QFETCH(QString, name);
    const Expectation expected = expectationFor(name.toStdString());
    Document document(path(name));
    const auto isSettled = [&] {
        return document.phase() == Document::Phase::Failed
            || (document.phase() == Document::Phase::Ready && document.isSnapshotCurrent());
    };
    QVERIFY(QTest::qWaitFor(isSettled, 60'000));
    if (!expected.canReplay) {
        QCOMPARE(document.phase(), Document::Phase::Failed);
        QVERIFY(!document.problem().isEmpty());
        return;
    }
    QCOMPARE(document.phase(), Document::Phase::Ready);
    QCOMPARE(document.snapshot()->eventIndex(), document.eventCount());
    // A file without its end is told as that; what else is missing stands in the details.
    const QString told = document.problem() + document.problemDetails();
    if (expected.word.isEmpty())
        QCOMPARE(told, QString());
    else
        QVERIFY2(!told.isEmpty(), qPrintable(told));
    std::mt19937_64 random(1);
    for (int i = 0; i < 20; ++i) {
        document.setCursor(random() % (document.eventCount() + 1));
        QVERIFY(QTest::qWaitFor([&] { return document.isSnapshotCurrent(); }, 60'000));
        const HeapSnapshot& snapshot = *document.snapshot();
        for (const RegionRow& region : snapshot.regions())
            QVERIFY(region.range.begin < region.range.end);
        for (const BlockRow& block : snapshot.blocks())
            QVERIFY(snapshot.regionAt(block.begin) != nullptr);
    }
}

void TestEdgeTraces::theWindowIsDrawn()
{
    QFETCH(QString, name);
    const QString program = QStringLiteral(HEAPATLAS_BINARY_DIR "/bin/heap-atlas");
    if (!QFileInfo::exists(program))
        QSKIP("the window is not built");
    const Expectation expected = expectationFor(name.toStdString());
    for (const char* const level : { "heap", "chunk", "page", "slot" }) {
        const QString picture = m_folder.filePath(name + QString::fromLatin1(level) + QStringLiteral(".png"));
        RunOptions options;
        options.program = program;
        options.environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        const Answer answer =
            hatlas({ QStringLiteral("--config"), m_folder.filePath(QStringLiteral("config")),
                       QStringLiteral("--level"), QString::fromLatin1(level), QStringLiteral("--screenshot"),
                       picture, QStringLiteral("--exit"), path(name) },
                options);
        QVERIFY2(answer.status == (expected.canReplay ? 0 : 3), answer.errors.constData());
        QVERIFY(!expected.canReplay || QFileInfo(picture).size() > 5000);
    }
}

void TestEdgeTraces::aMillionCheckpointsAreNotAMillionRows()
{
    const Answer text = hatlas({ QStringLiteral("report"), path(QStringLiteral("checkpoints")) });
    QVERIFY2(text.output.contains("more checkpoints"), text.output.right(200).constData());
    QVERIFY(text.output.count('\n') < 500);
    const Answer html = hatlas(
        { QStringLiteral("report"), QStringLiteral("--format=html"), path(QStringLiteral("checkpoints")) });
    QVERIFY(html.output.size() < 1'000'000);
    QVERIFY(html.output.contains("more; --format=json lists all"));
    const Answer json =
        hatlas({ QStringLiteral("report"), QStringLiteral("--json"), path(QStringLiteral("checkpoints")) });
    QCOMPARE(json.output.count("\"name\": \"point "), static_cast<qsizetype>(manyCheckpoints));
}

void TestEdgeTraces::theTerabyteIsCounted()
{
    const Answer answer =
        hatlas({ QStringLiteral("replay"), QStringLiteral("--json"), path(QStringLiteral("terabyte")) });
    QVERIFY(answer.json().value(QStringLiteral("liveBytes")).toDouble() > 1099511627776.0);
    QVERIFY(answer.json().value(QStringLiteral("heapBytes")).toDouble() < 1.01 * 1099511627776.0);
}

QTEST_GUILESS_MAIN(TestEdgeTraces)
#include "tst_edgetraces.moc"
