// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/hatformat.h"
#include "unit/trace/tracemodel.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

using namespace heapatlas;
using namespace heapatlas::test;

/// What a reader does with files that are not what a writer left: it shows what is whole, says what is not and
/// where, and never invents an event.
class TestTraceDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cutAtEveryByte();
    void everyByteFlipped();
    void everyByteMissing();
    void losesOneIntervalAtMost();
    void garbageBetweenSections();
    void oddFiles_data();
    void oddFiles();
    void futureVersion();
    void hugeSparseFiles();
    void keptCrashes();

private:
    static constexpr std::uint64_t interval = 80; ///< events between restart points of the small file
    std::string file(const char* name) { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    /// A file in memory: there are tens of thousands of them, and file systems flush what replaces another file.
    std::string inMemory(const QByteArray& bytes)
    {
        if (::ftruncate(m_memory, 0) != 0
            || ::pwrite(m_memory, bytes.constData(), static_cast<std::size_t>(bytes.size()), 0)
                != bytes.size())
            return {};
        return "/proc/self/fd/" + std::to_string(m_memory);
    }
    void save(const std::string& path, const QByteArray& bytes)
    {
        QFile out(QString::fromStdString(path));
        QVERIFY(out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size());
    }
    [[nodiscard]] bool isTrue(const ReadTrace& read) const
    {
        for (const auto& [index, event] : read.events)
            if (index >= m_written->events.size() || event != m_written->events[index])
                return false;
        return true;
    }

    QTemporaryDir m_dir;
    int m_memory = ::memfd_create("trace", MFD_CLOEXEC);
    std::unique_ptr<RandomTrace> m_written;
    QByteArray m_bytes;
};

void TestTraceDamage::initTestCase()
{
    m_written = std::make_unique<RandomTrace>(file("small.hat"), 31,
        RandomTrace::Shape { .events = 400, .restartInterval = interval, .flushEvery = 40 });
    QVERIFY(m_written->isWritten);
    QFile in(QString::fromStdString(file("small.hat")));
    QVERIFY(in.open(QIODevice::ReadOnly));
    m_bytes = in.readAll();
    QVERIFY(m_bytes.size() > 4000);
}

void TestTraceDamage::cutAtEveryByte()
{
    std::size_t before = 0;
    for (qsizetype length = 1; length < m_bytes.size(); ++length) {
        const ReadTrace read = readAll(inMemory(m_bytes.first(length)));
        if (!read.isOpen) {
            QVERIFY2(before == 0, qPrintable(QString::number(length)));
            QCOMPARE(read.error.code, ErrorCode::Truncated);
            QVERIFY(read.error.offset.has_value());
            continue;
        }
        QVERIFY2(isTrue(read), qPrintable(QString::number(length)));
        QVERIFY(read.events.size() >= before); // more bytes never show less
        before = read.events.size();
        QVERIFY(!read.info.isComplete);
        QVERIFY(!read.info.damage.empty());
        QVERIFY(read.info.damage[0].offset.value() <= static_cast<std::uint64_t>(length));
        QCOMPARE(read.info.events, std::uint64_t { read.events.size() });
    }
    QCOMPARE(before, m_written->events.size()); // all but the trailer is there
}

void TestTraceDamage::everyByteFlipped()
{
    const char masks[] = { 0x01, char(0x80), char(0xFF) };
    for (qsizetype at = 0; at < m_bytes.size(); ++at) {
        QByteArray bytes = m_bytes;
        bytes[at] = static_cast<char>(bytes[at] ^ masks[at % 3]);
        const ReadTrace read = readAll(inMemory(bytes));
        const QByteArray where = QByteArray::number(at);
        QVERIFY2(read.isOpen, where);
        QVERIFY2(isTrue(read), where);
        QVERIFY2(!read.info.isComplete, where);
        QVERIFY2(!read.info.damage.empty(), where);
        QVERIFY2(read.info.damage[0].offset.has_value(), where);
        QVERIFY2(read.events.size() + interval >= m_written->events.size(), where);
    }
}

void TestTraceDamage::everyByteMissing()
{
    for (qsizetype at = 0; at < m_bytes.size(); ++at) {
        QByteArray bytes = m_bytes;
        bytes.remove(at, 1);
        const ReadTrace read = readAll(inMemory(bytes));
        QVERIFY2(isTrue(read), QByteArray::number(at));
        QVERIFY2(!read.info.isComplete, QByteArray::number(at));
    }
}

void TestTraceDamage::losesOneIntervalAtMost()
{
    const RandomTrace written(
        file("t.hat"), 32, { .events = 20'000, .restartInterval = 1000, .flushEvery = 250 });
    QFile in(QString::fromStdString(file("t.hat")));
    QVERIFY(in.open(QIODevice::ReadOnly));
    QByteArray bytes = in.readAll();
    // the first block of events in the second half
    const QByteArray marker(HAT_SYNC_MARKER, 8);
    qsizetype at = bytes.indexOf(marker, bytes.size() / 2);
    while (bytes[at + 8] != HAT_SECTION_EVENTS)
        at = bytes.indexOf(marker, at + 8);
    const qsizetype section = at;
    at += HAT_SECTION_HEADER_BYTES + 100;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    save(file("hurt.hat"), bytes);

    const ReadTrace read = readAll(file("hurt.hat"));

    QCOMPARE(read.breaks.size(), std::size_t { 1 });
    const std::uint64_t lost = written.events.size() - read.events.size();
    QVERIFY(lost > 0 && lost <= 1000);
    QCOMPARE(read.events.rbegin()->first, std::uint64_t { written.events.size() - 1 });
    for (const auto& [index, event] : read.events)
        QCOMPARE(event, written.events[index]);
    // said with the place and the number
    QCOMPARE(read.info.damage.size(), std::size_t { 1 });
    QCOMPARE(read.info.damage[0].code, ErrorCode::ChecksumMismatch);
    QCOMPARE(read.info.damage[0].offset.value(), static_cast<std::uint64_t>(section));
    QVERIFY2(read.info.damage[0].context.find(std::to_string(lost) + " events") != std::string::npos,
        read.info.damage[0].context.c_str());
    QCOMPARE(read.info.lostEvents, lost);
    // the totals are those of the recording
    QCOMPARE(read.info.events, std::uint64_t { written.events.size() });
    QCOMPARE(read.live.size(), written.live.size());
}

void TestTraceDamage::garbageBetweenSections()
{
    // After each section in turn: garbage that contains sync markers.
    const QByteArray marker(HAT_SYNC_MARKER, 8);
    const QByteArray garbage = QByteArray(100, 'g') + marker + marker + QByteArray(60, '\0');
    for (qsizetype at = m_bytes.indexOf(marker); at >= 0; at = m_bytes.indexOf(marker, at + 1)) {
        const ReadTrace read = readAll(inMemory(m_bytes.first(at) + garbage + m_bytes.mid(at)));
        QVERIFY(read.isOpen);
        QVERIFY(isTrue(read));
        QCOMPARE(read.events.size(), m_written->events.size());
        QVERIFY(!read.info.isComplete);
    }
}

void TestTraceDamage::oddFiles_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const QString& path, ErrorCode code) {
        QTest::newRow(name) << path << static_cast<int>(code);
    };
    save(file("empty.hat"), {});
    save(file("text.hat"), "This is no trace, but long enough to hold more than one header of the format.");
    save(file("one.hat"), "\x89");
    mkfifo(file("fifo.hat").c_str(), 0600);
    row("empty", m_dir.filePath(QStringLiteral("empty.hat")), ErrorCode::EmptyFile);
    row("directory", m_dir.path(), ErrorCode::CannotOpen);
    row("missing", m_dir.filePath(QStringLiteral("missing.hat")), ErrorCode::CannotOpen);
    row("text", m_dir.filePath(QStringLiteral("text.hat")), ErrorCode::NotATrace);
    row("first byte only", m_dir.filePath(QStringLiteral("one.hat")), ErrorCode::Truncated);
    row("fifo without writer", m_dir.filePath(QStringLiteral("fifo.hat")), ErrorCode::CannotOpen);
    row("device", QStringLiteral("/dev/zero"), ErrorCode::CannotOpen);
}

void TestTraceDamage::oddFiles()
{
    QFETCH(QString, path);
    QFETCH(int, code);
    const auto reader = TraceReader::open(path.toStdString());
    QVERIFY(!reader.isOk());
    QCOMPARE(static_cast<int>(reader.error().code), code);
    QVERIFY(!reader.error().context.empty());
}

void TestTraceDamage::futureVersion()
{
    QByteArray bytes = m_bytes;
    bytes[8] = HAT_VERSION_MAJOR + 1;
    const std::uint64_t checksum = hat_checksum(bytes.constData(), HAT_FILE_HEADER_BYTES - 8);
    std::memcpy(bytes.data() + HAT_FILE_HEADER_BYTES - 8, &checksum, sizeof checksum);
    save(file("future.hat"), bytes);
    const auto reader = TraceReader::open(file("future.hat"));
    QVERIFY(!reader.isOk());
    QCOMPARE(reader.error().code, ErrorCode::UnsupportedVersion);
    QCOMPARE(reader.error().offset.value(), std::uint64_t { 8 });

    // a newer minor version is read
    bytes = m_bytes;
    bytes[10] = HAT_VERSION_MINOR + 1;
    const std::uint64_t minorChecksum = hat_checksum(bytes.constData(), HAT_FILE_HEADER_BYTES - 8);
    std::memcpy(bytes.data() + HAT_FILE_HEADER_BYTES - 8, &minorChecksum, sizeof minorChecksum);
    save(file("minor.hat"), bytes);
    QVERIFY(readAll(file("minor.hat")).info.isComplete);
}

void TestTraceDamage::hugeSparseFiles()
{
    constexpr off_t tenGigabytes = off_t { 10 } << 30;
    save(file("zeros.hat"), {});
    if (::truncate(file("zeros.hat").c_str(), tenGigabytes) != 0)
        QSKIP("no sparse files here");
    const auto zeros = TraceReader::open(file("zeros.hat"));
    QVERIFY(!zeros.isOk());
    QCOMPARE(zeros.error().code, ErrorCode::NotATrace);

    // a whole trace, and one cut in a section, with a hole behind
    for (const qsizetype length : { m_bytes.size(), m_bytes.size() / 2 }) {
        save(file("sparse.hat"), m_bytes.first(length));
        QCOMPARE(::truncate(file("sparse.hat").c_str(), tenGigabytes), 0);
        const ReadTrace read = readAll(file("sparse.hat"));
        QVERIFY(read.isOpen);
        QVERIFY(isTrue(read));
        QVERIFY(!read.info.isComplete);
        QVERIFY(read.info.damage.at(0).offset.value() <= static_cast<std::uint64_t>(length));
        QCOMPARE(read.events.size() == m_written->events.size(), length == m_bytes.size());
    }
    QFile::remove(QString::fromStdString(file("zeros.hat")));
    QFile::remove(QString::fromStdString(file("sparse.hat")));
}

/// Inputs that once made the fuzzed reader misbehave: the fuzz target aborts where it still does.
void TestTraceDamage::keptCrashes()
{
    int count = 0;
    const QDir kept(QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/data/hat-crashes"));
    for (const QFileInfo& info : kept.entryInfoList(QDir::Files)) {
        QFile in(info.filePath());
        QVERIFY(in.open(QIODevice::ReadOnly));
        const QByteArray bytes = in.readAll();
        (void)LLVMFuzzerTestOneInput(
            reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size()));
        ++count;
    }
    QVERIFY(count > 0);
}

QTEST_APPLESS_MAIN(TestTraceDamage)
#include "tst_tracedamage.moc"
