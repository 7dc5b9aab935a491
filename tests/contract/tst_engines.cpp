// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/engines.h"

#include <QtTest>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace heapatlas;

/// What every engine of the registry keeps, over both memories.
class TestEngines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void registryIsNotEmptyAndIdsAreUnique();
    void unknownIdFindsNothing();
    void blocksDoNotOverlap_data() { rows(); }
    void blocksDoNotOverlap();
    void alignmentIsKept_data() { rows(); }
    void alignmentIsKept();
    void badAlignmentIsAFailure_data() { rows(); }
    void badAlignmentIsAFailure();
    void sizeZeroIsARealBlock_data() { rows(); }
    void sizeZeroIsARealBlock();
    void hopelessSizesFail_data() { rows(); }
    void hopelessSizesFail();
    void unknownAddressIsAFailure_data() { rows(); }
    void unknownAddressIsAFailure();
    void doubleFreeIsAFailure_data() { rows(); }
    void doubleFreeIsAFailure();
    void failedReallocationChangesNothing_data() { rows(); }
    void failedReallocationChangesNothing();
    void totalsAddUp_data() { rows(); }
    void totalsAddUp();
    void bothMemoriesPlaceAlike_data() { engineRows(); }
    void bothMemoriesPlaceAlike();
    void sameRequestsGiveTheSameAddresses_data() { engineRows(); }
    void sameRequestsGiveTheSameAddresses();
    void resourceServes_data() { engineRows(); }
    void resourceServes();

private:
    static void rows();
    static void engineRows();
    static const EngineDescriptor& descriptor();
    static std::unique_ptr<Engine> engine();
    static bool isSimulated();
};

void TestEngines::rows()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<bool>("isSimulated");
    for (const EngineDescriptor& row : engines())
        for (const bool isSimulated : { true, false }) {
            const QByteArray id(row.id.data(), static_cast<qsizetype>(row.id.size()));
            QTest::newRow((id + (isSimulated ? "/simulated" : "/process")).constData()) << id << isSimulated;
        }
}

void TestEngines::engineRows()
{
    QTest::addColumn<QByteArray>("id");
    for (const EngineDescriptor& row : engines()) {
        const QByteArray id(row.id.data(), static_cast<qsizetype>(row.id.size()));
        QTest::newRow(id.constData()) << id;
    }
}

const EngineDescriptor& TestEngines::descriptor()
{
    QFETCH(QByteArray, id);
    return *findEngine(std::string_view(id.constData(), static_cast<std::size_t>(id.size())));
}

bool TestEngines::isSimulated()
{
    QFETCH(bool, isSimulated);
    return isSimulated;
}

std::unique_ptr<Engine> TestEngines::engine()
{
    return descriptor().create(isSimulated() ? MemoryKind::Simulated : MemoryKind::Process);
}

namespace {

/// Random requests; tells what happened through `note(kind, old, placement)`.
class Requests
{
public:
    explicit Requests(unsigned seed)
        : m_random(seed)
    {
    }

    template <class Note>
    void run(Engine& engine, int count, Note note)
    {
        for (int i = 0; i < count; ++i) {
            const auto kind = m_random() % 10;
            if (m_live.empty() || kind < 5) {
                const Placement<Address> placement = engine.allocate(size(), 8);
                note(Address {}, placement);
                m_live.push_back(placement.block);
                continue;
            }
            const std::size_t which = m_random() % m_live.size();
            const Address old = m_live[which];
            if (kind < 8) {
                note(old, Placement<Address> { {}, engine.deallocate(old) });
                m_live[which] = m_live.back();
                m_live.pop_back();
            } else {
                const Placement<Address> placement = engine.reallocate(old, size());
                note(old, placement);
                m_live[which] = placement.block;
            }
        }
    }
    [[nodiscard]] const std::vector<Address>& live() const { return m_live; }

private:
    Bytes size()
    {
        const auto kind = m_random() % 100;
        if (kind < 80)
            return m_random() % 600;
        return kind < 98 ? m_random() % 20000 : m_random() % 1500000;
    }

    std::mt19937 m_random;
    std::vector<Address> m_live;
};

} // namespace

void TestEngines::registryIsNotEmptyAndIdsAreUnique()
{
    QVERIFY(!engines().empty());
    std::set<std::string_view> ids;
    for (const EngineDescriptor& row : engines()) {
        QVERIFY(ids.insert(row.id).second);
        QVERIFY(!row.name.empty() && !row.source.empty());
        QVERIFY(findEngine(row.id) == &row);
        QVERIFY(row.create != nullptr && row.createResource != nullptr);
    }
}

void TestEngines::unknownIdFindsNothing() { QVERIFY(findEngine("no such engine") == nullptr); }

void TestEngines::blocksDoNotOverlap()
{
    const unsigned seed = 8;
    qInfo("seed %u", seed);
    const std::unique_ptr<Engine> heap = engine();
    std::map<Address, Address> live; // begin → end
    Requests requests(seed);
    int step = 0;
    requests.run(*heap, 6000, [&](Address old, const Placement<Address>& placement) {
        QCOMPARE(placement.failure, AllocFailure::None);
        live.erase(old);
        if (!placement.block.isNull()) {
            const std::optional<Bytes> granted = heap->usableSize(placement.block);
            QVERIFY(granted.has_value());
            const AddressRange range { placement.block, placement.block + *granted };
            const auto next = live.lower_bound(range.begin);
            QVERIFY(next == live.end() || range.end <= next->first);
            QVERIFY(next == live.begin() || std::prev(next)->second <= range.begin);
            live.emplace(range.begin, range.end);
        }
        if (++step % 500 == 0)
            QCOMPARE(heap->checkInvariants(), std::string());
    });
    for (const Address address : requests.live())
        QCOMPARE(heap->deallocate(address), AllocFailure::None);
    heap->trim();
    QCOMPARE(heap->totals().live, Bytes { 0 });
    QCOMPARE(heap->checkInvariants(), std::string());
}

void TestEngines::alignmentIsKept()
{
    const std::unique_ptr<Engine> heap = engine();
    for (Bytes alignment = 1; alignment <= descriptor().traits.maxAlignment; alignment *= 2)
        for (Bytes size = 1; size < 6000; size += 97) {
            const Placement<Address> placement = heap->allocate(size, alignment);
            QVERIFY(placement.isOk());
            QCOMPARE(placement.block.offsetIn(alignment), Bytes { 0 });
            QCOMPARE(placement.block.offsetIn(descriptor().traits.granule), Bytes { 0 });
        }
}

void TestEngines::badAlignmentIsAFailure()
{
    const std::unique_ptr<Engine> heap = engine();
    for (const Bytes alignment :
        { Bytes { 0 }, Bytes { 3 }, Bytes { 24 }, descriptor().traits.maxAlignment * 2 })
        QCOMPARE(heap->allocate(10, alignment).failure, AllocFailure::BadAlignment);
    QCOMPARE(heap->totals().live, Bytes { 0 });
}

void TestEngines::sizeZeroIsARealBlock()
{
    const std::unique_ptr<Engine> heap = engine();
    const Placement<Address> a = heap->allocate(0, 8);
    const Placement<Address> b = heap->allocate(0, 8);
    QVERIFY(a.isOk() && b.isOk() && a.block != b.block);
    QCOMPARE(heap->usableSize(a.block).value_or(0), descriptor().traits.minimumBlock);
    QCOMPARE(heap->deallocate(a.block), AllocFailure::None);
    QCOMPARE(heap->deallocate(b.block), AllocFailure::None);
}

void TestEngines::hopelessSizesFail()
{
    const std::unique_ptr<Engine> heap = engine();
    const Address block = heap->allocate(100, 8).block;
    for (const Bytes size : { ~Bytes { 0 }, ~Bytes { 0 } - 100, ~Bytes { 0 } >> 1, Bytes { 1 } << 50 }) {
        QVERIFY(!heap->allocate(size, 8).isOk());
        QVERIFY(!heap->reallocate(block, size).isOk());
    }
    QCOMPARE(heap->checkInvariants(), std::string());
    QCOMPARE(heap->deallocate(block), AllocFailure::None);
}

void TestEngines::unknownAddressIsAFailure()
{
    const std::unique_ptr<Engine> heap = engine();
    const Address block = heap->allocate(100, 8).block;
    for (const Address address :
        { Address { 4096 }, block + 4, block + 8, Address { std::uint64_t { 1 } << 40 } }) {
        QCOMPARE(heap->deallocate(address), AllocFailure::UnknownAddress);
        QCOMPARE(heap->reallocate(address, 10).failure, AllocFailure::UnknownAddress);
        QVERIFY(!heap->usableSize(address).has_value());
    }
    QCOMPARE(heap->checkInvariants(), std::string());
}

void TestEngines::doubleFreeIsAFailure()
{
    if (!isSimulated())
        QSKIP("real memory does not know which slots are live");
    const std::unique_ptr<Engine> heap = engine();
    for (const Bytes size : { Bytes { 10 }, Bytes { 3000 }, Bytes { 5000 }, Bytes { 3000000 } }) {
        const Address block = heap->allocate(size, 8).block;
        heap->allocate(size, 8);
        QCOMPARE(heap->deallocate(block), AllocFailure::None);
        const AllocFailure again = heap->deallocate(block);
        QVERIFY(again == AllocFailure::DoubleFree || again == AllocFailure::UnknownAddress);
    }
    QCOMPARE(heap->checkInvariants(), std::string());
}

void TestEngines::failedReallocationChangesNothing()
{
    const std::unique_ptr<Engine> heap = engine();
    const Address block = heap->allocate(100, 8).block;
    const std::optional<Bytes> before = heap->usableSize(block);
    QVERIFY(!heap->reallocate(block, Bytes { 1 } << 50).isOk());
    QVERIFY(heap->usableSize(block) == before);
    QCOMPARE(heap->deallocate(block), AllocFailure::None);
}

void TestEngines::totalsAddUp()
{
    const std::unique_ptr<Engine> heap = engine();
    Requests requests(9);
    requests.run(*heap, 3000, [](Address, const Placement<Address>&) {});
    const HeapTotals totals = heap->totals();
    Bytes granted = 0;
    for (const Address address : requests.live())
        granted += heap->usableSize(address).value_or(0);
    QCOMPARE(totals.liveBlocks, std::uint64_t { requests.live().size() });
    QVERIFY(totals.live >= granted && totals.live <= totals.real);
    QVERIFY(totals.peakLive >= totals.live && totals.realPeak >= totals.real);

    SnapshotBuilder builder(0, Detail::Regions, AddressRange::everything());
    heap->describe(builder);
    const SnapshotPtr snapshot = builder.finish();
    for (const Address address : requests.live())
        QVERIFY(snapshot->regionAt(address) != nullptr);
}

void TestEngines::bothMemoriesPlaceAlike()
{
    // Without huge blocks: whether those grow in place is the operating system's affair.
    const unsigned seed = 10;
    qInfo("seed %u", seed);
    const auto offsets = [&](MemoryKind memory) {
        const std::unique_ptr<Engine> heap = descriptor().create(memory);
        std::vector<Bytes> found;
        Requests(seed).run(*heap, 8000, [&](Address, const Placement<Address>& placement) {
            found.push_back(placement.block.offsetIn(Bytes { 2 } << 20));
        });
        found.push_back(heap->totals().live);
        found.push_back(heap->totals().real);
        found.push_back(heap->totals().freeSlotBytes);
        return found;
    };
    QVERIFY(offsets(MemoryKind::Simulated) == offsets(MemoryKind::Process));
}

void TestEngines::sameRequestsGiveTheSameAddresses()
{
    const auto addresses = [] {
        const std::unique_ptr<Engine> heap = descriptor().create(MemoryKind::Simulated);
        std::vector<Address> found;
        Requests(11).run(*heap, 4000,
            [&](Address, const Placement<Address>& placement) { found.push_back(placement.block); });
        return found;
    };
    QVERIFY(addresses() == addresses());
}

void TestEngines::resourceServes()
{
    const std::unique_ptr<std::pmr::memory_resource> resource = descriptor().createResource();
    std::pmr::vector<std::pmr::string> words(resource.get());
    for (int i = 0; i < 2000; ++i)
        words.emplace_back(std::string(static_cast<std::size_t>(i % 300), 'w'));
    QCOMPARE(words[1999].size(), std::size_t { 199 });
}

QTEST_APPLESS_MAIN(TestEngines)
#include "tst_engines.moc"
