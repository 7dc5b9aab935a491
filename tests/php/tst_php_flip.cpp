// SPDX-License-Identifier: GPL-3.0-or-later
#include "php/phprun.h"

#include "replay/verify.h"
#include "trace/tracereader.h"
#include "trace/tracewriter.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <optional>

using namespace heapatlas;
using namespace heapatlas::phptest;

namespace {

std::unique_ptr<TraceReader> open(const QString& path)
{
    auto reader = TraceReader::open(path.toStdString());
    return reader ? std::move(*reader) : nullptr;
}

/// The copy of a trace in which the address that event `event` was seen to get is `offset` bytes further on.
bool copyWithFlip(const QString& from, const QString& to, std::uint64_t event, Bytes offset)
{
    const auto reader = open(from);
    if (reader == nullptr)
        return false;
    auto writer = TraceWriter::create(to.toStdString(), { reader->sizeClasses() });
    if (!writer)
        return false;
    bool isDone = false;
    const auto copied = copyTrace(*reader, *writer, [&](EventColumns& columns) {
        if (event < columns.firstEvent || event >= columns.firstEvent + columns.count())
            return;
        Address& address = columns.address[static_cast<std::size_t>(event - columns.firstEvent)];
        address = address + offset;
        isDone = true;
    });
    return copied.isOk() && (offset == 0 || isDone);
}

} // namespace

/// The proof that a verdict of "exact" means something: one address of a real recording is changed, and verify has to
/// name that event and no other.
class TestPhpFlip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void copyWithoutFlipIsExact();
    void flippedAddressIsTheOnlyMismatch_data();
    void flippedAddressIsTheOnlyMismatch();

private:
    QTemporaryDir m_folder;
    QString m_trace;
    std::vector<std::uint64_t> m_placements; ///< events that placed a small block
};

void TestPhpFlip::initTestCase()
{
    const Runtime php = runtime(QStringLiteral("delayed-oom"));
    if (!php.unavailable.isEmpty())
        QSKIP(qPrintable(php.unavailable));
    m_trace = m_folder.filePath(QStringLiteral("strings.hat"));
    const Run watched = run(recorded(php.command + QStringList { QStringLiteral("strings.php") }, m_trace,
                                QStringLiteral("full")),
        QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/programs"));
    QCOMPARE(watched.status, 0);

    const auto reader = open(m_trace);
    QVERIFY(reader != nullptr);
    EventColumns columns;
    while (reader->readBlock(columns)) {
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const bool isPlacement =
                columns.code[row].kind() == EventKind::Allocate && !columns.code[row].hasFailed();
            if (isPlacement && columns.requested(row) <= 3072)
                m_placements.push_back(columns.firstEvent + row);
        }
    }
    QVERIFY(m_placements.size() > 1000);
}

void TestPhpFlip::copyWithoutFlipIsExact()
{
    const QString copy = m_folder.filePath(QStringLiteral("copy.hat"));
    QVERIFY(copyWithFlip(m_trace, copy, 0, 0));
    const QString wrong = whatIsNotExact(copy, { 20'000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void TestPhpFlip::flippedAddressIsTheOnlyMismatch_data()
{
    QTest::addColumn<double>("where"); // share of all placements
    QTest::newRow("first") << 0.0;
    QTest::newRow("early") << 0.1;
    QTest::newRow("middle") << 0.5;
    QTest::newRow("last") << 1.0;
}

void TestPhpFlip::flippedAddressIsTheOnlyMismatch()
{
    QFETCH(double, where);
    const auto row = static_cast<std::size_t>(where * static_cast<double>(m_placements.size() - 1));
    const std::uint64_t event = m_placements[row];
    const QString copy = m_folder.filePath(QStringLiteral("flipped.hat"));
    QVERIFY(copyWithFlip(m_trace, copy, event, 8));

    const auto reader = open(copy);
    QVERIFY(reader != nullptr);
    const auto result = verify(*reader);
    QVERIFY(result.isOk());
    QVERIFY(result->firstMismatch.has_value());
    QCOMPARE(result->firstMismatch->event, event);
    // The engine never saw the address, so nothing else may be off.
    QCOMPARE(result->matched, result->placements - 1);
    QCOMPARE(result->samplesMatched, result->samples);
    QCOMPARE(result->usageCallsMatched, result->usageCalls);
    QVERIFY(result->finalState == VerifyResult::FinalState::Identical);
    QVERIFY(!result->isExact());

    int status = -1;
    const QJsonObject said = hatlasJson({ QStringLiteral("verify"), copy }, &status);
    QCOMPARE(status, 1);
    const QJsonObject first = said.value(QStringLiteral("firstMismatch")).toObject();
    QCOMPARE(first.value(QStringLiteral("event")).toInteger(), static_cast<qint64>(event));
    QVERIFY(first.value(QStringLiteral("expected")) != first.value(QStringLiteral("actual")));
}

QTEST_GUILESS_MAIN(TestPhpFlip)
#include "tst_php_flip.moc"
