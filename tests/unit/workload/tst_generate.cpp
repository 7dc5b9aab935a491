// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/verify.h"
#include "trace/tracereader.h"
#include "workload/generate.h"
#include "workload/profiles.h"
#include "workload/sizetable.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace heapatlas;

namespace {

/// How many blocks of each function are live, and how many bytes the heap has.
struct Moment
{
    std::string checkpoint;
    std::uint64_t event = 0;
    std::uint64_t live = 0;
    std::map<std::string, std::uint64_t> byFunction;
};

/// The moments of the checkpoints, from requests and stacks alone.
std::vector<Moment> momentsOf(const std::string& path)
{
    std::vector<Moment> moments;
    auto reader = TraceReader::open(path);
    if (!reader)
        return moments;
    std::vector<std::string> holder; // by slot; empty: not live
    Moment now;
    EventColumns columns;
    while ((*reader)->readBlock(columns)) {
        holder.resize((*reader)->slotCapacity());
        for (std::size_t row = 0; row < columns.count(); ++row) {
            const std::uint32_t slot = columns.slot[row];
            switch (columns.code[row].kind()) {
            case EventKind::Allocate: {
                const Frame site = (*reader)->site(columns.stack[row]);
                holder[slot] = site.qualifiedName();
                ++now.byFunction[holder[slot]];
                ++now.live;
                break;
            }
            case EventKind::Free:
                --now.byFunction[holder[slot]];
                --now.live;
                break;
            case EventKind::Checkpoint:
                now.checkpoint = std::get<CheckpointMarker>((*reader)->markers()[slot].what).name;
                now.event = columns.firstEvent + row;
                moments.push_back(now);
                break;
            default:
                break;
            }
        }
    }
    return moments;
}

} // namespace

class TestGenerate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isExact_data();
    void isExact();
    void theSameSeedGivesTheSameBytes_data() { isExact_data(); }
    void theSameSeedGivesTheSameBytes();
    void hasTheNumberOfEventsAskedFor_data() { isExact_data(); }
    void hasTheNumberOfEventsAskedFor();
    void steadyHasAsManyLiveBlocksAsAskedFor();
    void jobsFreeAllTheyTook();
    void theLeakLeaksAndTheOthersDoNot();
    void drainedPhasesLeaveTheHeapInPieces();
    void bigReachesItsSize();
    void refusesWhatItCannotMake();
    void endsWhenAsked();
    void sizesFollowTheDistribution();

private:
    std::string path(const char* name = "made.hat") const
    {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    GenerateSummary made(const GenerateOptions& options) const
    {
        const auto summary = generate(options, path());
        if (!summary)
            qFatal("%s", summary.error().context.c_str());
        return *summary;
    }
    QByteArray bytes() const
    {
        QFile file(QString::fromStdString(path()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
};

void TestGenerate::isExact_data()
{
    QTest::addColumn<QString>("profile");
    for (const Profile& profile : profiles())
        QTest::newRow(std::string(profile.id).c_str())
            << QString::fromLatin1(profile.id.data(), static_cast<qsizetype>(profile.id.size()));
}

void TestGenerate::isExact()
{
    QFETCH(QString, profile);
    const GenerateSummary summary =
        made({ .profile = profile.toStdString(), .events = 300'000, .heapBytes = Bytes { 256 } << 20 });
    auto reader = TraceReader::open(path());
    QVERIFY(reader.isOk());
    const auto verdict = verify(**reader, {});
    QVERIFY(verdict.isOk());
    QVERIFY(verdict->isExact());
    QCOMPARE(verdict->finalState, VerifyResult::FinalState::Identical);
    QCOMPARE(verdict->events, std::uint64_t { 300'000 });
    QVERIFY(verdict->placements > 100'000);
    QVERIFY(verdict->samples > 1000);
    const TraceInfo& info = (*reader)->info();
    QVERIFY(info.isComplete);
    QCOMPARE(info.allocations - info.frees, summary.liveBlocks);
    QVERIFY(info.sites > 20);
    QVERIFY(info.checkpoints > 0);
    QCOMPARE((*reader)->liveBlocks().size(), std::size_t { summary.liveBlocks });
}

void TestGenerate::theSameSeedGivesTheSameBytes()
{
    QFETCH(QString, profile);
    GenerateOptions options {
        .profile = profile.toStdString(), .events = 50'000, .heapBytes = Bytes { 64 } << 20
    };
    made(options);
    const QByteArray first = bytes();
    made(options);
    QVERIFY(bytes() == first);
    options.seed = 2;
    made(options);
    QVERIFY(bytes() != first);
}

void TestGenerate::hasTheNumberOfEventsAskedFor()
{
    QFETCH(QString, profile);
    for (const std::uint64_t events :
        std::initializer_list<std::uint64_t> { 0, 1, 2, 3, 17, 500, 5001, 40'000 }) {
        for (const std::uint64_t live : std::initializer_list<std::uint64_t> { 0, 1, 100'000 }) {
            made({ .profile = profile.toStdString(), .events = events, .live = live, .heapBytes = 1 << 20 });
            auto reader = TraceReader::open(path());
            QVERIFY(reader.isOk());
            QCOMPARE((*reader)->info().events, events);
            const auto verdict = verify(**reader, {});
            QVERIFY(verdict.isOk() && verdict->isExact());
            QCOMPARE(verdict->finalState, VerifyResult::FinalState::Identical);
        }
    }
}

void TestGenerate::steadyHasAsManyLiveBlocksAsAskedFor()
{
    const GenerateSummary usual = made({ .events = 1'500'000 });
    QVERIFY2(usual.liveBlocks > 95'000 && usual.liveBlocks < 115'000,
        qPrintable(QString::number(usual.liveBlocks)));
    const GenerateSummary few = made({ .events = 200'000, .live = 3000 });
    QVERIFY2(few.liveBlocks > 2700 && few.liveBlocks < 3600, qPrintable(QString::number(few.liveBlocks)));
}

void TestGenerate::jobsFreeAllTheyTook()
{
    made({ .profile = "jobs", .events = 200'000 });
    const std::vector<Moment> moments = momentsOf(path());
    QVERIFY(moments.size() > 10);
    QCOMPARE(moments.front().checkpoint, std::string("booted"));
    for (const Moment& moment : moments)
        QCOMPARE(moment.live, moments.front().live);
}

void TestGenerate::theLeakLeaksAndTheOthersDoNot()
{
    made({ .profile = "leaky", .events = 1'000'000 });
    std::vector<Moment> moments = momentsOf(path());
    QVERIFY(moments.size() > 60);
    for (std::size_t job = 1; job < moments.size(); ++job) {
        auto& live = moments[job].byFunction;
        QCOMPARE(live["Shop\\Event\\Dispatcher::listen"], job + 1); // a listener each, and their array
        QCOMPARE(live["Shop\\Config\\CountryTable::load"], std::uint64_t { 250 });
        QCOMPARE(live["Shop\\Log\\Buffer::rotate"], std::uint64_t { 1 });
        QCOMPARE(live["Shop\\Price\\PriceCache::put"], std::min<std::uint64_t>(300, 12 * job));
        QCOMPARE(live["Shop\\Queue\\Message::decode"], std::uint64_t { 0 });
    }
}

void TestGenerate::drainedPhasesLeaveTheHeapInPieces()
{
    made({ .profile = "phases", .events = 1'000'000 });
    auto reader = TraceReader::open(path());
    QVERIFY(reader.isOk());
    EventColumns columns;
    while ((*reader)->readBlock(columns)) { }
    const auto& samples = (*reader)->samples();
    std::size_t drained = 0;
    for (const Marker& marker : (*reader)->markers()) {
        const auto* const checkpoint = std::get_if<CheckpointMarker>(&marker.what);
        if (checkpoint == nullptr || !checkpoint->name.starts_with("drain"))
            continue;
        // The sample behind it: most of what the heap holds by then is free.
        const auto sample = std::find_if(
            samples.begin(), samples.end(), [&](const UsageSample& s) { return s.event > marker.event; });
        QVERIFY(sample != samples.end());
        QVERIFY(sample->live * 3 < sample->real);
        ++drained;
    }
    QVERIFY(drained >= 5);
}

void TestGenerate::bigReachesItsSize()
{
    const Bytes asked = Bytes { 1 } << 30;
    const GenerateSummary summary = made({ .profile = "big", .events = 3'000'000, .heapBytes = asked });
    QVERIFY2(summary.real > asked / 10 * 8 && summary.real < asked / 10 * 13,
        qPrintable(QString::number(summary.real)));
    auto reader = TraceReader::open(path());
    QVERIFY(reader.isOk());
    const ZendMmState* const state = (*reader)->finalState();
    QVERIFY(state != nullptr);
    QVERIFY(state->chunks.size() > 200);
    QVERIFY(state->huge.size() > 10);
}

void TestGenerate::refusesWhatItCannotMake()
{
    const auto refusal = [this](const GenerateOptions& options) {
        const auto result = generate(options, path("refused.hat"));
        return result ? ErrorCode::Unsupported : result.error().code;
    };
    QCOMPARE(refusal({ .profile = "unheard of" }), ErrorCode::BadArgument);
    QCOMPARE(refusal({ .events = mostGeneratedEvents + 1 }), ErrorCode::BadArgument);
    QCOMPARE(refusal({ .live = mostLiveBlocks + 1 }), ErrorCode::BadArgument);
    QCOMPARE(refusal({ .heapBytes = mostHeapBytes + 1 }), ErrorCode::BadArgument);
    QVERIFY(!QFile::exists(QString::fromStdString(path("refused.hat"))));
    const auto nowhere = generate({ .events = 10 }, path("no/such/folder.hat"));
    QVERIFY(!nowhere && nowhere.error().code == ErrorCode::CannotWrite);
    const auto full = generate({ .events = 3'000'000 }, "/dev/full");
    QVERIFY(!full && full.error().code == ErrorCode::CannotWrite);
}

void TestGenerate::endsWhenAsked()
{
    std::uint64_t asked = 0;
    const auto result = generate({ .events = 3'000'000,
                                     .progress =
                                         [&](std::uint64_t done) {
                                             asked = done;
                                             return done < 500'000;
                                         } },
        path());
    QVERIFY(!result && result.error().code == ErrorCode::Cancelled);
    QVERIFY(asked >= 500'000 && asked < 700'000);
}

void TestGenerate::sizesFollowTheDistribution()
{
    const SizeTable sizes(100, 1.0, 8, 3072);
    QVERIFY(sizes.mean() > 155 && sizes.mean() < 170); // 100 × e^½ = 164.9 without the ends cut off
    Random random(7);
    std::vector<std::uint32_t> drawn(20'001);
    std::generate(drawn.begin(), drawn.end(), [&] { return sizes.draw(random); });
    std::sort(drawn.begin(), drawn.end());
    QVERIFY(drawn.front() >= 8 && drawn.back() <= 3072);
    QVERIFY(drawn[10'000] > 95 && drawn[10'000] < 105);
    QVERIFY(drawn[16'827] > 255 && drawn[16'827] < 290); // one sigma above: 100 × e
}

QTEST_GUILESS_MAIN(TestGenerate)
#include "tst_generate.moc"
