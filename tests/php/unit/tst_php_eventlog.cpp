// SPDX-License-Identifier: GPL-3.0-or-later
#include "loggedheap.h"
#include "trace/hatformat.h"

#include <QtEndian>
#include <QtTest>

#include <sys/mman.h>
#include <unistd.h>

using namespace heapatlas;
using heapatlas::phptest::LoggedHeap;
using heapatlas::test::PlainEvent;

namespace {

/// Files that need no disk.
class MemoryFile
{
public:
    MemoryFile() = default;
    ~MemoryFile() { ::close(m_fd); }
    Q_DISABLE_COPY_MOVE(MemoryFile)

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(m_fd); }
    /// Empty, to be written anew.
    [[nodiscard]] int rewound() const
    {
        write({});
        ::lseek(m_fd, 0, SEEK_SET);
        return ::dup(m_fd);
    }
    [[nodiscard]] QByteArray read() const
    {
        QByteArray bytes(static_cast<qsizetype>(::lseek(m_fd, 0, SEEK_END)), '\0');
        if (::pread(m_fd, bytes.data(), static_cast<std::size_t>(bytes.size()), 0) != bytes.size())
            bytes.clear();
        return bytes;
    }
    void write(const QByteArray& bytes) const
    {
        if (::ftruncate(m_fd, 0) != 0
            || ::pwrite(m_fd, bytes.constData(), static_cast<std::size_t>(bytes.size()), 0) != bytes.size())
            qFatal("cannot write to memory");
    }

private:
    int m_fd = ::memfd_create("trace", MFD_CLOEXEC);
};

// --- reading back ---

/// The blocks that the model's events lead to.
class LiveBlocks
{
public:
    explicit LiveBlocks(const std::vector<AdoptedBlock>& adopted)
    {
        for (const AdoptedBlock& block : adopted)
            set(block.slot, block);
    }
    void apply(const PlainEvent& e)
    {
        const EventCode code { e.code };
        if (code.hasFailed() || code.isUnknownBlock())
            return;
        if (code.kind() == EventKind::Free)
            m_blocks[e.slot].reset();
        else
            set(e.slot, { e.slot, { e.address }, e.size });
    }
    [[nodiscard]] std::string difference(const std::vector<AdoptedBlock>& actual) const
    {
        std::size_t i = 0;
        for (const std::optional<AdoptedBlock>& block : m_blocks) {
            if (!block)
                continue;
            if (i == actual.size() || actual[i].slot != block->slot || actual[i].address != block->address
                || actual[i].size != block->size)
                return "live block of slot " + std::to_string(block->slot);
            ++i;
        }
        return i == actual.size() ? std::string() : "more live blocks than there are";
    }

private:
    void set(std::uint32_t slot, const AdoptedBlock& block)
    {
        if (slot >= m_blocks.size())
            m_blocks.resize(std::size_t { slot } + 1);
        m_blocks[slot] = block;
    }
    std::vector<std::optional<AdoptedBlock>> m_blocks; ///< by slot
};

std::string toText(const PlainEvent& e)
{
    return QStringLiteral("%1 slot %2 size %3 stack %4 at %5 from %6")
        .arg(e.code, 0, 16)
        .arg(e.slot)
        .arg(e.size)
        .arg(e.stack)
        .arg(e.address, 0, 16)
        .arg(e.oldAddress, 0, 16)
        .toStdString();
}

/// Reads from event `first` on, where `live` is what lives, and names the first difference to the model.
std::string differenceOf(
    TraceReader& reader, const LoggedHeap& heap, LiveBlocks live, std::uint64_t first, std::uint64_t end)
{
    std::string wrong = live.difference(reader.liveBlocks());
    if (!wrong.empty())
        return "at the beginning: " + wrong;
    EventColumns columns;
    while (reader.readBlock(columns)) {
        if (columns.firstEvent != first || first + columns.count() > end)
            return "a block of events from " + std::to_string(columns.firstEvent) + " on";
        for (std::size_t i = 0; i < columns.count(); ++i, ++first) {
            const PlainEvent read { columns.code[i].bits, columns.slot[i], columns.requested(i),
                columns.stack[i], columns.address[i].value, columns.oldAddress[i].value };
            const PlainEvent& expected = heap.events[first];
            if (read != expected)
                return "event " + std::to_string(first) + " is " + toText(read) + ", not " + toText(expected);
            live.apply(expected);
        }
    }
    if (first != end)
        return "ends before event " + std::to_string(first);
    wrong = live.difference(reader.liveBlocks());
    return wrong.empty() ? wrong : "at the end: " + wrong;
}

QString difference(TraceReader& reader, const LoggedHeap& heap, const LiveBlocks& live, std::uint64_t first,
    std::uint64_t end)
{
    return QString::fromStdString(differenceOf(reader, heap, live, first, end));
}

struct Section
{
    qsizetype begin = 0, end = 0;
    unsigned type = 0, flags = 0;
    std::uint64_t firstEvent = 0;
};

std::vector<Section> sectionsOf(const QByteArray& bytes)
{
    std::vector<Section> sections;
    for (qsizetype at = HAT_FILE_HEADER_BYTES; at + HAT_SECTION_HEADER_BYTES < bytes.size();) {
        const char* const header = bytes.constData() + at;
        const qsizetype end = at + HAT_SECTION_HEADER_BYTES + qFromLittleEndian<quint32>(header + 12);
        sections.push_back({ at, end, static_cast<std::uint8_t>(header[8]),
            qFromLittleEndian<quint16>(header + 10), qFromLittleEndian<quint64>(header + 24) });
        if (sections.back().type == HAT_SECTION_INDEX)
            break;
        at = end;
    }
    return sections;
}

/// The trace as somebody has it who lost all events before the restart point in that section.
QByteArray from(const QByteArray& bytes, const std::vector<Section>& sections, const Section& restart)
{
    QByteArray rest = bytes.first(HAT_FILE_HEADER_BYTES);
    for (const Section& s : sections)
        if (s.begin >= restart.begin || (s.type != HAT_SECTION_EVENTS && s.type != HAT_SECTION_RESTART))
            rest += QByteArrayView(bytes).sliced(s.begin, s.end - s.begin);
    return rest;
}

} // namespace

/// What the handlers log is what the trace says, from its beginning and from each restart point on.
class TestPhpEventLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tracesWhatWasLogged_data();
    void tracesWhatWasLogged();
    void stopsAtTheByteLimitAmidABatch_data();
    void stopsAtTheByteLimitAmidABatch();

private:
    MemoryFile m_file, m_part;
};

void TestPhpEventLog::tracesWhatWasLogged_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<unsigned>("events");
    QTest::addColumn<unsigned>("restartInterval");
    QTest::addColumn<unsigned>("flushOneIn");
    QTest::addRow("seed 1, long") << 1u << 450'000u << 30'000u << 0u;
    QTest::addRow("seed 6, long") << 6u << 230'000u << 30'000u << 0u;
    QTest::addRow("seed 9, flushed seldom") << 9u << 150'000u << 20'000u << 20'000u;
    for (unsigned seed = 20; seed < 24; ++seed)
        QTest::addRow("seed %u, flushed often", seed) << seed << 30'000u << 500u << 400u;
}

void TestPhpEventLog::tracesWhatWasLogged()
{
    QFETCH(unsigned, seed);
    QFETCH(unsigned, events);
    QFETCH(unsigned, restartInterval);
    QFETCH(unsigned, flushOneIn);
    const LoggedHeap heap(m_file.rewound(), { seed, events, restartInterval, flushOneIn, 0 });
    QCOMPARE(heap.error, 0);
    QVERIFY(heap.namesAreRight);
    QVERIFY(heap.wasFull || flushOneIn != 0);
    QVERIFY(heap.batchesThatRecycled > events / 2000);

    LiveBlocks live(heap.adopted);
    auto whole = TraceReader::open(m_file.path());
    QVERIFY(whole.isOk());
    QCOMPARE(difference(**whole, heap, live, 0, heap.events.size()), QString());
    QVERIFY((*whole)->info().isComplete);
    QCOMPARE((*whole)->info().damage.size(), std::size_t { 0 });
    std::uint64_t counts[3] = {};
    for (const PlainEvent& e : heap.events)
        if (const EventCode code { e.code }; !code.hasFailed())
            ++counts[static_cast<int>(code.kind())];
    QCOMPARE((*whole)->info().allocations, counts[static_cast<int>(EventKind::Allocate)]);
    QCOMPARE((*whole)->info().frees, counts[static_cast<int>(EventKind::Free)]);
    QCOMPARE((*whole)->info().reallocations, counts[static_cast<int>(EventKind::Reallocate)]);

    const QByteArray bytes = m_file.read();
    const std::vector<Section> sections = sectionsOf(bytes);
    std::uint64_t next = 0;
    unsigned restarts = 0;
    for (const Section& s : sections) {
        if (s.type != HAT_SECTION_RESTART || (s.flags & HAT_RESTART_FIRST) == 0)
            continue;
        ++restarts;
        for (; next < s.firstEvent; ++next)
            live.apply(heap.events[next]);
        m_part.write(from(bytes, sections, s));
        auto part = TraceReader::open(m_part.path());
        QVERIFY(part.isOk());
        const QString wrong = difference(**part, heap, live, next, heap.events.size());
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("from event %1 on: %2").arg(next).arg(wrong)));
    }
    QVERIFY(restarts >= events / (flushOneIn != 0 ? 4 * restartInterval : unsigned { HAT_BLOCK_EVENTS }));
}

void TestPhpEventLog::stopsAtTheByteLimitAmidABatch_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 40; seed < 52; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestPhpEventLog::stopsAtTheByteLimitAmidABatch()
{
    QFETCH(unsigned, seed);
    const std::uint64_t limit = seed == 40 ? 20'000 : 120'000 + 10'000 * (seed - 40);
    const LoggedHeap heap(m_file.rewound(), { seed, 120'000, 30'000, seed % 2 == 0 ? 0u : 3000u, limit });
    QCOMPARE(heap.error, static_cast<int>(HAT_ELIMIT));
    QVERIFY(heap.eventsAtStop != 0 && heap.eventsAtStop + 20'000 < heap.events.size()); // it went on for long

    auto reader = TraceReader::open(m_file.path());
    QVERIFY(reader.isOk());
    const TraceInfo info = (*reader)->info();
    QVERIFY(info.fileBytes <= limit);
    QVERIFY(!info.isComplete);
    QVERIFY(info.events < heap.eventsAtStop);
    QVERIFY(info.events != 0 || seed == 40);
    QCOMPARE(difference(**reader, heap, LiveBlocks(heap.adopted), 0, info.events), QString());
}

QTEST_APPLESS_MAIN(TestPhpEventLog)
#include "tst_php_eventlog.moc"
