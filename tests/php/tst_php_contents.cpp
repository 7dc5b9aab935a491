// SPDX-License-Identifier: GPL-3.0-or-later
//
// tst_php_contents VARIANT [Qt Test's own arguments]

#include "analysis/zenddecoder.h"
#include "analysis/zendheapmap.h"
#include "php/phpprogram.h"
#include "php/phprun.h"
#include "trace/contents.h"
#include "trace/tracereader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

using namespace heapatlas;
using namespace heapatlas::phptest;

namespace {

/// What is in a recorded moment, block by block.
struct Census
{
    std::map<ZendKind, std::size_t> kinds;
    std::size_t freeSlots = 0;
    std::set<std::string> texts; ///< of strings
    std::set<std::string> values; ///< of values in tables and objects, as fields say them
    std::set<std::string> classes; ///< of objects
    std::size_t pointed = 0; ///< values that lead to a block's begin
    std::size_t contradicted = 0; ///< … which is taken for something else than the value says
};

ZendKind expectedOf(unsigned type)
{
    switch (type) {
    case zend::IsString:
        return ZendKind::String;
    case zend::IsArray:
        return ZendKind::Array;
    case zend::IsReference:
        return ZendKind::Reference;
    case zend::IsResource:
        return ZendKind::Resource;
    default:
        return ZendKind::Object;
    }
}

class Recording
{
public:
    explicit Recording(const QString& path)
    {
        auto trace = TraceReader::open(path.toStdString());
        auto contents = ContentsStore::open(path.toStdString());
        if (trace && contents) {
            reader = std::move(*trace);
            store = std::move(*contents);
        }
    }

    [[nodiscard]] Census census(std::size_t moment)
    {
        Census result;
        ZendDecoder decoder(store->pages(moment), {});
        const ZendMmState& state = *reader->initialState();
        const auto map = ZendHeapMap::read(decoder.image(), state.chunks.front().address, state.variant);
        if (!map)
            return result;
        std::map<Address, ZendKind> begins;
        std::vector<std::pair<Address, unsigned>> led; ///< where values lead, and what they say is there
        const auto take = [&](AddressRange range) {
            const ZendBlock block = decoder.identify(range);
            ++result.kinds[block.kind];
            begins[range.begin + block.offset] = block.kind;
            if (block.kind == ZendKind::String)
                result.texts.insert(decoder.stringAt(range.begin, 200).value_or("?"));
            if (block.kind == ZendKind::Object)
                if (const auto entry = decoder.classAt(
                        { decoder.image().word(range.begin + block.offset + 16).value_or(0) }))
                    result.classes.insert(entry->name);
            const bool isTable = block.kind == ZendKind::Buckets || block.kind == ZendKind::Packed;
            for (const ByteField& field : decoder.fields(block, range)) {
                if (field.target && field.name.ends_with(".key") && decoder.image().isKnown(*field.target))
                    led.emplace_back(*field.target, zend::IsString);
                if (field.kind != FieldKind::Type || !field.name.ends_with(".type"))
                    continue;
                const auto value = decoder.zval(range.begin + (field.offset - 8));
                if (!value)
                    continue;
                result.values.insert(decoder.text(*value));
                if ((isTable || block.kind == ZendKind::Object) && value->isRefcounted()
                    && value->type() != zend::IsConstantAst)
                    led.emplace_back(value->target(), value->type());
            }
        };
        for (const ZendHeapMap::Chunk& chunk : map->chunks()) {
            for (const ZendHeapMap::Block& block : map->blocks(chunk)) {
                result.freeSlots += block.isFree;
                if (!block.isFree && !block.isHugeNode)
                    take(block.range);
            }
        }
        for (const AddressRange& range : map->huge())
            take(range);
        for (const auto& [address, type] : led) {
            const auto found = begins.find(address);
            ++result.pointed;
            const ZendKind kind = found == begins.end() ? ZendKind::Raw : found->second;
            result.contradicted += kind != expectedOf(type)
                && !(kind == ZendKind::Closure && expectedOf(type) == ZendKind::Object);
        }
        return result;
    }

    std::unique_ptr<TraceReader> reader;
    std::unique_ptr<ContentsStore> store;
};

/// How many times a run of `length` bytes of `secret` stands in the pages of all moments.
std::size_t runsOf(ContentsStore& store, const QByteArray& secret, int length)
{
    std::size_t found = 0;
    for (std::size_t moment = 0; moment < store.moments().size(); ++moment) {
        QByteArray before;
        for (const AddressRange range : store.ranges(moment)) {
            before.clear();
            for (Address at = range.begin; at < range.end; at = at + contentsPageBytes) {
                const auto page = store.page(moment, at);
                // With the end of the page before: a run may cross.
                const QByteArray bytes = before.right(length - 1)
                    + QByteArray(
                        reinterpret_cast<const char*>(page.data()), static_cast<qsizetype>(page.size()));
                for (qsizetype i = 0; i + length <= secret.size(); ++i)
                    found += static_cast<std::size_t>(bytes.count(secret.mid(i, length)));
                before = bytes;
            }
        }
    }
    return found;
}

} // namespace

/// What a recording keeps of the heap's bytes, what is made of them, and what a redacted copy still has.
class TestPhpContents : public QObject
{
    Q_OBJECT

public:
    explicit TestPhpContents(const QString& variant)
        : m_variant(variant)
        , m_runtime(runtime(variant))
    {
    }

private Q_SLOTS:
    void initTestCase();
    void changesNothingForTheProgram();
    void plantedValuesAreFound();
    void valuesAgreeWithWhatTheyLeadTo();
    void stringsFillTheirRequests();
    void copyIsTheSame();
    void redactedCopyHasTheStructure();
    void redactedCopyHasNoSecret();
    void redactedArgumentsAreGone();
    void keepsToTheLimit();
    void forkedChildrenKeepTheirOwn();
    void killedProcessKeepsItsCheckpoints();

private:
    [[nodiscard]] Run convert(const QStringList& options, const QString& from, const QString& to)
    {
        return run(QStringList { hatlas(), QStringLiteral("convert") } + options + QStringList { from, to },
            QDir::tempPath());
    }
    [[nodiscard]] QStringList withContents(
        const QStringList& command, const QString& trace, const QStringList& options = {})
    {
        return QStringList { hatlas(), QStringLiteral("record"), QStringLiteral("--contents"),
            QStringLiteral("-o"), trace }
        + options + QStringList { QStringLiteral("--") } + command;
    }
    [[nodiscard]] QString inFolder(const char* name) { return m_folder.filePath(QString::fromLatin1(name)); }
    QString script(const char* name, const char* code)
    {
        QFile file(inFolder(name));
        return file.open(QIODevice::WriteOnly) && file.write(code) > 0 ? file.fileName() : QString();
    }

    QString m_variant;
    Runtime m_runtime;
    QTemporaryDir m_folder;
    QString m_trace;
};

void TestPhpContents::initTestCase()
{
    if (!m_runtime.unavailable.isEmpty())
        QSKIP(qPrintable(m_runtime.unavailable));
    QVERIFY(m_folder.isValid());
    m_trace = inFolder("secrets.hat");
}

void TestPhpContents::changesNothingForTheProgram()
{
    const Program program =
        readProgram(QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/programs/secrets.php"));
    QVERIFY(program.isReadable);
    const QStringList command = m_runtime.command + program.arguments();
    const QString programs = QFileInfo(program.path).path();
    const Run watched = run(withContents(command, m_trace), programs);
    QCOMPARE(watched.status, 0);
    QCOMPARE(watched.output, QByteArray("done\n"));
    QVERIFY2(watched.errors.contains("passwords"), watched.errors.constData());
    const QString wrong = whatIsNotExact(m_trace, { program.leastEvents, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));

    const QString plain = inFolder("plain.hat");
    const Run without = run(recorded(command, plain, QStringLiteral("full")), programs);
    QVERIFY(!without.errors.contains("passwords"));
    Recording a(m_trace);
    Recording b(plain);
    QVERIFY(a.store && b.store);
    QCOMPARE(a.store->moments().size(), std::size_t { 3 });
    QCOMPARE(a.store->moments()[0].name, std::string("all of it"));
    QCOMPARE(a.store->moments()[2].event, a.reader->info().events);
    QVERIFY(b.store->moments().empty());
    // The same heap to the byte: sizes, events, and the state at the end but for addresses.
    QCOMPARE(a.reader->info().events, b.reader->info().events);
    QCOMPARE(a.reader->finalState()->size, b.reader->finalState()->size);
    QCOMPARE(a.reader->finalState()->realPeak, b.reader->finalState()->realPeak);
    QVERIFY(a.store->check());
}

void TestPhpContents::plantedValuesAreFound()
{
    Recording recording(m_trace);
    const Census census = recording.census(0);
    for (int i = 0; i < 500; ++i) {
        QVERIFY(census.texts.contains("account holder " + std::to_string(i)));
        QVERIFY(census.texts.contains("account-" + std::to_string(i)));
        QVERIFY(census.texts.contains("tag-of-" + std::to_string(700000000000 + i)));
        QVERIFY(census.values.contains(std::to_string(700000000000 + i)));
    }
    for (int i = 0; i < 1000; ++i)
        QVERIFY(census.values.contains(std::to_string(900000000000 + i)));
    for (int i = 0; i < 100; ++i)
        QVERIFY2(census.values.contains(QByteArray::number(i + 0.0625, 'g', 15).toStdString()),
            qPrintable(QString::number(i)));
    for (const char* text :
        { "\"the bottom\"", "42", "2.5", "true", "null", "array(1)", "array(6)", "1234.5" })
        QVERIFY2(census.values.contains(text), text);
    QVERIFY(census.classes.contains("Account"));
    // 501 accounts, the ArrayObject, the DateTime; the closure apart.
    QVERIFY(census.kinds.at(ZendKind::Object) >= 503);
    QCOMPARE(census.kinds.at(ZendKind::Closure), std::size_t { 1 });
    QVERIFY(census.kinds.at(ZendKind::Reference) >= 1);
    QVERIFY(census.kinds.at(ZendKind::Resource) >= 1);
    QVERIFY(census.kinds.at(ZendKind::Packed) >= 500);
    QVERIFY(census.kinds.at(ZendKind::Buckets) >= 6);
    // After `$kept = null` its strings are on free lists.
    QVERIFY(recording.census(1).kinds.at(ZendKind::String) + 190 < census.kinds.at(ZendKind::String));
}

/// A value with a type says what the block is that it leads to: a witness that the decoder did not ask about that block.
void TestPhpContents::valuesAgreeWithWhatTheyLeadTo()
{
    Recording recording(m_trace);
    const Census census = recording.census(0);
    std::size_t blocks = 0;
    for (const auto& [kind, count] : census.kinds)
        blocks += count;
    qInfo("%zu values lead to blocks, %zu to blocks taken for something else; %zu of %zu blocks are raw",
        census.pointed, census.contradicted, census.kinds.at(ZendKind::Raw), blocks);
    QVERIFY(census.pointed > 40000);
    QVERIFY(census.contradicted * 10000 <= census.pointed);
    QVERIFY(census.kinds.at(ZendKind::Raw) * 100 <= blocks);
}

/// The trace knows how many bytes were asked for; a string of n characters asks for 25 + n, up to seven more, or,
/// where the compiler knows the size, for its whole slot.
void TestPhpContents::stringsFillTheirRequests()
{
    Recording recording(m_trace);
    const std::uint64_t until = recording.store->moments()[0].event;
    std::map<Address, Bytes> requested;
    EventColumns columns;
    while (recording.reader->readBlock(columns)) {
        for (std::size_t i = 0; i < columns.count() && columns.firstEvent + i < until; ++i) {
            const EventCode code = columns.code[i];
            if (code.hasFailed() || code.kind() > EventKind::Reallocate)
                continue;
            if (code.kind() == EventKind::Allocate || code.kind() == EventKind::Reallocate)
                requested[columns.address[i]] = columns.requested(i);
        }
    }
    ZendDecoder decoder(recording.store->pages(0), {});
    const ZendMmState& state = *recording.reader->initialState();
    const auto map = ZendHeapMap::read(decoder.image(), state.chunks.front().address, state.variant);
    QVERIFY(map.has_value());
    std::size_t strings = 0;
    std::size_t exact = 0;
    for (const ZendHeapMap::Chunk& chunk : map->chunks()) {
        for (const ZendHeapMap::Block& block : map->blocks(chunk)) {
            const auto asked = requested.find(block.range.begin);
            if (block.isFree || block.isHugeNode || asked == requested.end())
                continue;
            const ZendBlock zend = decoder.identify(block.range);
            if (zend.kind != ZendKind::String)
                continue;
            ++strings;
            exact += (asked->second >= zend.size && asked->second <= zend.size + 7)
                || block.range.size() == asked->second;
        }
    }
    qInfo("%zu of %zu strings fill what was asked for", exact, strings);
    QVERIFY(strings > 60000);
    QVERIFY((strings - exact) * 1000 <= strings);
}

void TestPhpContents::copyIsTheSame()
{
    const QString copy = inFolder("copy.hat");
    const Run done = convert({}, m_trace, copy);
    QVERIFY2(done.status == 0, done.errors.constData());
    const QString wrong = whatIsNotExact(copy, { 2000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    Recording a(m_trace);
    Recording b(copy);
    QCOMPARE(a.store->moments().size(), b.store->moments().size());
    for (std::size_t m = 0; m < a.store->moments().size(); ++m) {
        QCOMPARE(a.store->moments()[m].event, b.store->moments()[m].event);
        QCOMPARE(a.store->moments()[m].name, b.store->moments()[m].name);
        QVERIFY(a.store->ranges(m) == b.store->ranges(m));
        for (const AddressRange range : a.store->ranges(m)) {
            for (Address at = range.begin; at < range.end; at = at + contentsPageBytes) {
                const auto x = a.store->page(m, at);
                const auto y = b.store->page(m, at);
                QVERIFY(std::equal(x.begin(), x.end(), y.begin(), y.end()));
            }
        }
    }
    QCOMPARE(convert({}, m_trace, m_trace).status, 2);
    QCOMPARE(convert({}, m_trace, inFolder("copy.txt")).status, 2);
    QVERIFY(!QFileInfo::exists(copy + QStringLiteral(".part")));
}

void TestPhpContents::redactedCopyHasTheStructure()
{
    const QString copy = inFolder("redacted.hat");
    const Run done = convert({ QStringLiteral("--redact") }, m_trace, copy);
    QVERIFY2(done.status == 0, done.errors.constData());
    const QString wrong = whatIsNotExact(copy, { 2000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    QCOMPARE(hatlasJson({ QStringLiteral("info"), QStringLiteral("--json"), copy })
                 .value(QStringLiteral("contents"))
                 .toString(),
        QStringLiteral("redacted"));
    Recording a(m_trace);
    Recording b(copy);
    for (std::size_t m = 0; m < a.store->moments().size(); ++m) {
        const Census x = a.census(m);
        const Census y = b.census(m);
        QVERIFY(x.kinds == y.kinds);
        QCOMPARE(x.freeSlots, y.freeSlots);
        QCOMPARE(x.contradicted, y.contradicted);
        QCOMPARE(x.pointed, y.pointed);
    }
}

void TestPhpContents::redactedCopyHasNoSecret()
{
    std::vector<QByteArray> secrets { "!mJ@3Wk&", "#xV7zQ9~", "~9Qz7Vx#", "&kW3@Jm!", "account holder",
        "tag-of-" };
    secrets.push_back(QByteArray::fromHex("00d9c5a37e51")); // the middle and end of the integers
    Recording original(m_trace);
    Recording copy(inFolder("redacted.hat"));
    for (const QByteArray& secret : secrets) {
        QVERIFY2(runsOf(*original.store, secret, 4) > 0, secret.constData());
        QCOMPARE(runsOf(*copy.store, secret, 4), std::size_t { 0 });
    }
}

void TestPhpContents::redactedArgumentsAreGone()
{
    const QString path = script(
        "arguments.php", "<?php for ($i = 0; $i < 2000; ++$i) $a[] = \"x$i\"; echo memory_get_usage() > 0;");
    const QString trace = inFolder("arguments.hat");
    QCOMPARE(run(withContents(
                     m_runtime.command + QStringList { path, QStringLiteral("--password=hunter2") }, trace),
                 m_folder.path())
                 .status,
        0);
    const QString copy = inFolder("arguments-redacted.hat");
    QCOMPARE(convert({ QStringLiteral("--redact") }, trace, copy).status, 0);
    Recording a(trace);
    Recording b(copy);
    QVERIFY(a.reader->info().metaValue("program").find("hunter2") != std::string::npos);
    for (const auto& [key, value] : b.reader->info().meta)
        QVERIFY2(value.find("hunter") == std::string::npos, key.c_str());
    QVERIFY(b.reader->info().metaValue("program").find("arguments.php") != std::string::npos);
    QVERIFY(runsOf(*a.store, "hunter2", 7) > 0);
    QCOMPARE(runsOf(*b.store, "hunter2", 4), std::size_t { 0 });
}

void TestPhpContents::keepsToTheLimit()
{
    const QString path = script("limit.php",
        "<?php for ($i = 0; $i < 3000; ++$i) $a[] = random_bytes(1000); heapatlas_checkpoint('first');"
        "for ($i = 0; $i < 3000; ++$i) $a[] = random_bytes(1000); echo memory_get_usage() > 0;");
    const QString trace = inFolder("limit.hat");
    const Run done = run(withContents(m_runtime.command + QStringList { path }, trace,
                             { QStringLiteral("--limit"), QStringLiteral("1M") }),
        m_folder.path());
    QCOMPARE(done.status, 0);
    QVERIFY(QFileInfo(trace).size() <= 1 << 20);
    Recording recording(trace);
    QVERIFY(recording.reader->info().isComplete); // the events end as planned
    QCOMPARE(recording.store->moments().size(), std::size_t { 2 });
    QVERIFY(recording.store->moments()[0].isCut && recording.store->moments()[1].isCut);
    const QString wrong = whatIsNotExact(trace, { 2000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    const QString copy = inFolder("limit-redacted.hat");
    QCOMPARE(convert({ QStringLiteral("--redact") }, trace, copy).status, 0);
}

void TestPhpContents::forkedChildrenKeepTheirOwn()
{
    const Program program = readProgram(QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/programs/fork.php"));
    QVERIFY(program.isReadable);
    const QString trace = inFolder("fork.hat");
    const Run done =
        run(withContents(m_runtime.command + program.arguments(), trace), QFileInfo(program.path).path());
    if (done.status != program.status)
        QSKIP("this PHP cannot fork");
    const QStringList traces = tracesBeside(trace);
    QCOMPARE(traces.size(), program.files);
    for (const QString& file : traces) {
        Recording recording(file);
        QVERIFY(recording.store && recording.store->check());
        QVERIFY(!recording.store->moments().empty());
        QVERIFY(recording.census(0).kinds[ZendKind::String] > 100);
        const QString wrong = whatIsNotExact(file, { 10, true, program.lacksFinalState });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
}

void TestPhpContents::killedProcessKeepsItsCheckpoints()
{
    const QString path = script("killed.php",
        "<?php for ($i = 0; $i < 3000; ++$i) $a[] = \"number $i\"; heapatlas_checkpoint('before');"
        "posix_kill(getmypid(), 9);");
    const QString trace = inFolder("killed.hat");
    const Run done = run(withContents(m_runtime.command + QStringList { path }, trace), m_folder.path());
    if (done.errors.contains("posix_kill"))
        QSKIP("this PHP cannot kill itself");
    QCOMPARE(done.status, 128 + 9);
    Recording recording(trace);
    QVERIFY(recording.store != nullptr);
    QCOMPARE(recording.store->moments().size(), std::size_t { 1 });
    QVERIFY(!recording.store->moments()[0].isCut);
    QVERIFY(recording.census(0).texts.contains("number 2999"));
}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2)
        qFatal("usage: tst_php_contents classic|delayed-oom [Qt Test's arguments]");
    TestPhpContents test(arguments.at(1));
    arguments.removeAt(1);
    return QTest::qExec(&test, arguments);
}

#include "tst_php_contents.moc"
