// SPDX-License-Identifier: GPL-3.0-or-later
// The engine in step with the real thing: PHP 8.2's own allocator, loaded from libphp8.2 (package libphp8.2-embed) or
// the library named by HEAPATLAS_LIBPHP. Skipped where there is none.
#include "zendmmfixture.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <unordered_map>

using namespace heapatlas;
using namespace heapatlas::test;

namespace {

/// Offsets in bytes; facts of the 8.2 builds that were read.
struct Layout
{
    ZendMmState::Variant variant;
    std::size_t hardLimit; ///< 0: none
    std::size_t overflow;
    std::size_t hugeList;
    std::size_t freeMap; ///< in a chunk
};
constexpr Layout classic { ZendMmState::Variant::Classic, 0, 0x128, 0x130, 0x1c8 };
constexpr Layout delayed { ZendMmState::Variant::DelayedOom, 0x128, 0x138, 0x140, 0x1e0 };

template <class T>
T load(const void* from, std::size_t offset)
{
    T value;
    std::memcpy(&value, static_cast<const std::byte*>(from) + offset, sizeof(value));
    return value;
}

class RealHeap
{
public:
    static const char* libraryName()
    {
        const char* named = std::getenv("HEAPATLAS_LIBPHP");
        return named != nullptr ? named : "libphp8.2.so";
    }

    /// Empty, or why there is no such heap.
    QByteArray open()
    {
        unsetenv("USE_ZEND_ALLOC");
        void* library = dlopen(libraryName(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr)
            return dlerror();
        const auto start = reinterpret_cast<void (*)()>(dlsym(library, "start_memory_manager"));
        const auto heap = reinterpret_cast<void* (*)()>(dlsym(library, "zend_mm_get_heap"));
        m_allocate = reinterpret_cast<Allocate>(dlsym(library, "_zend_mm_alloc"));
        m_free = reinterpret_cast<Free>(dlsym(library, "_zend_mm_free"));
        m_reallocate = reinterpret_cast<Reallocate>(dlsym(library, "_zend_mm_realloc"));
        m_gc = reinterpret_cast<Gc>(dlsym(library, "zend_mm_gc"));
        m_setLimit = reinterpret_cast<SetLimit>(dlsym(library, "zend_set_memory_limit"));
        m_setFallible = reinterpret_cast<SetFallible>(dlsym(library, "zend_mm_set_fallible"));
        auto* executor = static_cast<std::byte*>(dlsym(library, "executor_globals"));
        if (start == nullptr || heap == nullptr || m_allocate == nullptr || m_free == nullptr
            || m_reallocate == nullptr || m_gc == nullptr || m_setLimit == nullptr)
            return "not PHP 8.2";
        start();
        m_heap = heap();
        const auto main = reinterpret_cast<std::uintptr_t>(m_heap) & ~(chunk - 1);
        if (load<std::uintptr_t>(m_heap, delayed.hugeList + 8) == main)
            m_layout = &delayed;
        else if (load<std::uintptr_t>(m_heap, classic.hugeList + 8) == main)
            m_layout = &classic;
        else
            return "an unknown layout";
        // An error at the limit counts as noted already: nothing here could raise it.
        const int noted = 1;
        if (isDelayed() && executor != nullptr)
            std::memcpy(executor + 0x6f0, &noted, sizeof(noted));
        return {};
    }

    [[nodiscard]] bool isDelayed() const { return m_layout == &delayed; }
    void* allocate(Bytes size, bool isFallible)
    {
        const Fallible guard(*this, isFallible);
        return m_allocate(m_heap, size);
    }
    void* reallocate(void* block, Bytes size, bool isFallible)
    {
        const Fallible guard(*this, isFallible);
        return m_reallocate(m_heap, block, size);
    }
    void free(void* block) { m_free(m_heap, block); }
    Bytes gc() { return m_gc(m_heap); }
    bool setLimit(Bytes limit) { return m_setLimit(limit) == 0; }
    [[nodiscard]] Bytes size() const { return load<Bytes>(m_heap, 0x10); }
    [[nodiscard]] Bytes peak() const { return load<Bytes>(m_heap, 0x18); }
    [[nodiscard]] Bytes realSize() const { return load<Bytes>(m_heap, 0x110); }
    void setAverage(double average)
    {
        std::memcpy(static_cast<std::byte*>(m_heap) + m_layout->hugeList + 0x28, &average, sizeof(average));
    }

    void setOverflow(bool isReporting)
    {
        const int overflow = isReporting ? 1 : 0;
        std::memcpy(static_cast<std::byte*>(m_heap) + m_layout->overflow, &overflow, sizeof(overflow));
    }

    [[nodiscard]] ZendMmState state() const
    {
        ZendMmState s;
        const std::size_t list = m_layout->hugeList;
        s.variant = m_layout->variant;
        s.size = size();
        s.peak = peak();
        s.realSize = realSize();
        s.realPeak = load<Bytes>(m_heap, 0x118);
        s.limit = load<Bytes>(m_heap, 0x120);
        s.hardLimit = isDelayed() ? load<Bytes>(m_heap, m_layout->hardLimit) : 0;
        s.hardLimitPercent = isDelayed() ? load<std::int64_t>(m_heap, m_layout->hardLimit + 8) : -1;
        s.overflow = load<std::int32_t>(m_heap, m_layout->overflow);
        s.chunksCount = load<std::int32_t>(m_heap, list + 0x18);
        s.peakChunksCount = load<std::int32_t>(m_heap, list + 0x1c);
        s.cachedChunksCount = load<std::int32_t>(m_heap, list + 0x20);
        s.avgChunksCount = load<double>(m_heap, list + 0x28);
        s.lastChunksDeleteBoundary = load<std::int32_t>(m_heap, list + 0x30);
        s.lastChunksDeleteCount = load<std::int32_t>(m_heap, list + 0x34);
        const void* const main = load<void*>(m_heap, list + 8);
        const void* at = main;
        do {
            s.chunks.push_back(chunkAt(at));
            at = load<void*>(at, 8);
        } while (at != main);
        for (at = load<void*>(m_heap, list + 0x10); at != nullptr; at = load<void*>(at, 8))
            s.cachedChunks.push_back(chunkAt(at));
        for (std::size_t bin = 0; bin < s.freeSlots.size(); ++bin)
            for (at = load<void*>(m_heap, 0x20 + 8 * bin); at != nullptr; at = load<void*>(at, 0))
                s.freeSlots[bin].push_back(addressOf(at));
        for (at = load<void*>(m_heap, list); at != nullptr; at = load<void*>(at, 16))
            s.huge.push_back({ load<Address>(at, 0), load<Bytes>(at, 8), addressOf(at) });
        return s;
    }
    static Address addressOf(const void* pointer) { return { reinterpret_cast<std::uintptr_t>(pointer) }; }

private:
    using Allocate = void* (*)(void*, std::size_t);
    using Free = void (*)(void*, void*);
    using Reallocate = void* (*)(void*, void*, std::size_t);
    using Gc = std::size_t (*)(void*);
    using SetLimit = int (*)(std::size_t);
    using SetFallible = void (*)(bool);

    class Fallible
    {
    public:
        Fallible(RealHeap& heap, bool isFallible)
            : m_set(isFallible ? heap.m_setFallible : nullptr)
        {
            if (m_set != nullptr)
                m_set(true);
        }
        ~Fallible()
        {
            if (m_set != nullptr)
                m_set(false);
        }
        Fallible(const Fallible&) = delete;
        Fallible& operator=(const Fallible&) = delete;

    private:
        SetFallible m_set;
    };

    [[nodiscard]] ZendMmState::Chunk chunkAt(const void* at) const
    {
        ZendMmState::Chunk c;
        c.address = addressOf(at);
        c.freePages = load<std::uint32_t>(at, 0x18);
        c.freeTail = load<std::uint32_t>(at, 0x1c);
        c.num = load<std::uint32_t>(at, 0x20);
        c.freeMap = load<decltype(c.freeMap)>(at, m_layout->freeMap);
        c.map = load<decltype(c.map)>(at, m_layout->freeMap + sizeof(c.freeMap));
        return c;
    }

    void* m_heap = nullptr;
    const Layout* m_layout = nullptr;
    Allocate m_allocate = nullptr;
    Free m_free = nullptr;
    Reallocate m_reallocate = nullptr;
    Gc m_gc = nullptr;
    SetLimit m_setLimit = nullptr;
    SetFallible m_setFallible = nullptr;
};

/// `real` with its addresses replaced by the engine's, chunk by chunk in list order.
ZendMmState translated(ZendMmState real, const ZendMmState& engine)
{
    if (real.chunks.size() != engine.chunks.size() || real.cachedChunks.size() != engine.cachedChunks.size()
        || real.huge.size() != engine.huge.size())
        return real;
    std::unordered_map<Address, Address> chunks;
    for (std::size_t i = 0; i < real.chunks.size(); ++i) {
        chunks[real.chunks[i].address] = engine.chunks[i].address;
        real.chunks[i].address = engine.chunks[i].address;
    }
    for (std::size_t i = 0; i < real.cachedChunks.size(); ++i)
        real.cachedChunks[i].address = engine.cachedChunks[i].address;
    const auto translate = [&](Address& address) {
        address = chunks[address.alignedDown(chunk)] + address.offsetIn(chunk);
    };
    for (std::vector<Address>& list : real.freeSlots)
        for (Address& address : list)
            translate(address);
    for (std::size_t i = 0; i < real.huge.size(); ++i) {
        real.huge[i].address = engine.huge[i].address;
        translate(real.huge[i].node);
    }
    return real;
}

/// Where the engine's regions stand in this process.
AddressTranslation placesOf(const ZendMmState& engine, const ZendMmState& real)
{
    AddressTranslation places;
    for (std::size_t i = 0; i < real.chunks.size(); ++i)
        places.add(engine.chunks[i].address, real.chunks[i].address);
    for (std::size_t i = 0; i < real.cachedChunks.size(); ++i)
        places.add(engine.cachedChunks[i].address, real.cachedChunks[i].address);
    for (std::size_t i = 0; i < real.huge.size(); ++i)
        places.add(engine.huge[i].address, real.huge[i].address);
    return places;
}

/// How much of what the engine says was found in real memory.
struct ByteComparison
{
    std::array<std::size_t, 16> known {}; ///< bytes by kind of field
    std::size_t fields = 0;
    QString difference; ///< the first one
};

void compareBytes(const Heap& heap, const AddressTranslation& places, Address realChunk, ByteComparison& out)
{
    constexpr Bytes windowBytes = 40000; // cuts slots and fields
    for (Bytes offset = 0; offset < chunk; offset += windowBytes) {
        const AddressRange window { realChunk + offset, realChunk + std::min(offset + windowBytes, chunk) };
        HeapBytesBuilder builder(0, window, &places);
        heap.describeBytes(builder);
        const HeapBytesPtr bytes = builder.finish();
        Bytes done = 0;
        if (offset == 0) {
            // No byte of a header is left out, and no more is unknown than handlers and what is left over.
            const auto unknown =
                std::count(bytes->origins.begin(), bytes->origins.begin() + 4096, ByteOrigin::Unknown);
            if (unknown > 4 + 3 * 8)
                out.difference = QStringLiteral("%1 bytes of a header are unknown").arg(unknown);
        }
        const auto* const real = reinterpret_cast<const std::uint8_t*>(window.begin.value);
        for (const ByteField& field : bytes->fields) {
            if (field.offset < done) {
                out.difference = QStringLiteral("%1 overlaps").arg(QString::fromStdString(field.name));
                return;
            }
            done = field.offset + field.size;
            ++out.fields;
            for (Bytes i = field.offset; i < done; ++i) {
                if (bytes->origins[i] == ByteOrigin::Unknown)
                    continue;
                ++out.known[static_cast<std::size_t>(field.kind)];
                if (bytes->bytes[i] == real[i])
                    continue;
                out.difference = QStringLiteral("%1 at +0x%2: byte %3 is %4, not %5")
                                     .arg(QString::fromStdString(field.name))
                                     .arg(offset + field.offset, 0, 16)
                                     .arg(i - field.offset)
                                     .arg(real[i], 2, 16, QLatin1Char('0'))
                                     .arg(bytes->bytes[i], 2, 16, QLatin1Char('0'));
                return;
            }
        }
    }
}

struct Live
{
    void* real;
    Block block;
    Bytes size;
};

} // namespace

class TestZendMmReal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void randomRequestsLandAlike_data();
    void randomRequestsLandAlike();

private:
    RealHeap m_real;
};

void TestZendMmReal::initTestCase()
{
    const QByteArray problem = m_real.open();
    if (!problem.isEmpty())
        QSKIP(("no allocator of PHP 8.2 to compare with (package libphp8.2-embed): " + problem).constData());
}

void TestZendMmReal::randomRequestsLandAlike_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<int>("largePercent");
    QTest::addColumn<bool>("changesLimits");
    QTest::addColumn<double>("average");
    QTest::newRow("mixed") << 1U << 12 << false << 1.0;
    QTest::newRow("small") << 2U << 1 << false << 1.0;
    QTest::newRow("large") << 3U << 70 << false << 4.2;
    QTest::newRow("limits") << 4U << 12 << true << 1.0;
    QTest::newRow("limits, large") << 5U << 60 << true << 3.0;
}

void TestZendMmReal::randomRequestsLandAlike()
{
    QFETCH(unsigned, seed);
    QFETCH(int, largePercent);
    QFETCH(bool, changesLimits);
    QFETCH(double, average);
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    m_real.setAverage(average);
    m_real.setLimit(~Bytes { 0 } >> 1);
    // Classic PHP leaves its allocator by longjmp at the limit, but not while it reports that error.
    m_real.setOverflow(changesLimits && !m_real.isDelayed());
    Heap heap(ZendMmOptions::forPhp("8.2", m_real.state().variant));
    QVERIFY(heap.restore(m_real.state()));
    std::vector<Live> live;
    ByteComparison compared;

    const auto anySize = [&]() -> Bytes {
        const auto kind = static_cast<int>(random() % 100);
        if (kind < largePercent)
            return random() % 20 == 0 ? random() % 7000000 : 3073 + random() % 60000;
        return random() % (random() % 3 == 0 ? 3073 : 200);
    };
    const auto isSamePlace = [&](const void* real, Block block) {
        return RealHeap::addressOf(real).offsetIn(chunk) == heap.addressOf(block).offsetIn(chunk);
    };
    std::size_t target = 1000;
    for (int i = 0; i < 40000; ++i) {
        if (i % 8000 == 0)
            target = 300 + random() % 4000;
        const auto kind = random() % 100;
        const bool grows = live.size() < target;
        const bool isFallible = changesLimits && random() % 2 == 0;
        if (live.empty() || kind < (grows ? 60U : 25U)) {
            const Bytes size = anySize();
            void* real = m_real.allocate(size, isFallible);
            const auto placed = heap.allocate(size, real != nullptr ? Outcome::Succeeded : Outcome::Failed);
            QCOMPARE(placed.isOk(), real != nullptr);
            if (real != nullptr) {
                QVERIFY2(isSamePlace(real, placed.block), std::to_string(i).c_str());
                live.push_back({ real, placed.block, size });
            }
        } else if (kind < 85) {
            const std::size_t which = random() % live.size();
            m_real.free(live[which].real);
            QCOMPARE(heap.deallocate(live[which].block), AllocFailure::None);
            live[which] = live.back();
            live.pop_back();
        } else {
            Live& victim = live[random() % live.size()];
            const Bytes size = random() % 3 == 0 ? anySize() : victim.size + victim.size / 8 + random() % 32;
            void* real = m_real.reallocate(victim.real, size, isFallible);
            const auto placed = heap.reallocate(victim.block, size, real == victim.real,
                real != nullptr ? Outcome::Succeeded : Outcome::Failed);
            QCOMPARE(placed.isOk(), real != nullptr);
            if (real != nullptr) {
                QVERIFY2(isSamePlace(real, placed.block), std::to_string(i).c_str());
                victim = { real, placed.block, size };
            }
        }
        if (random() % 4000 == 0)
            QCOMPARE(heap.gc(), m_real.gc());
        if (changesLimits
            && (random() % 1000 == 0 || m_real.realSize() + 4 * chunk > heap.usage().hardLimit)) {
            const Bytes limit = m_real.realSize() + random() % (12 * chunk) - 4 * chunk;
            const Bytes fitting = std::max(limit, m_real.realSize() + 3 * chunk);
            for (const Bytes wanted : { limit, fitting }) // the hard limit would end the process
                QCOMPARE(heap.setLimit(wanted), m_real.setLimit(wanted));
        }
        QCOMPARE(heap.liveBytes(), m_real.size());
        QCOMPARE(heap.peakBytes(), m_real.peak());
        QCOMPARE(heap.realBytes(), m_real.realSize());
        if (random() % 2000 == 0) {
            const ZendMmState state = heap.state();
            QVERIFY2(translated(m_real.state(), state) == state, std::to_string(i).c_str());
            QCOMPARE(heap.checkInvariants(), std::string());
            const ZendMmState real = m_real.state();
            const AddressTranslation places = placesOf(state, real);
            for (const auto* const list : { &real.chunks, &real.cachedChunks }) {
                for (const ZendMmState::Chunk& c : *list) {
                    compareBytes(heap, places, c.address, compared);
                    QVERIFY2(compared.difference.isEmpty(), qPrintable(compared.difference));
                }
            }
        }
    }
    const auto known = [&](FieldKind kind) { return compared.known[static_cast<std::size_t>(kind)]; };
    qInfo(
        "bytes found in real memory: %zu of headers, %zu of page maps, %zu of free links, %zu of huge nodes",
        known(FieldKind::ChunkHeader), known(FieldKind::PageMap), known(FieldKind::FreeLink),
        known(FieldKind::HugeNode));
    QVERIFY(
        known(FieldKind::ChunkHeader) > 0 && known(FieldKind::PageMap) > 0 && known(FieldKind::FreeMap) > 0);
    QVERIFY(known(FieldKind::FreeLink) > 10000);
    QVERIFY(largePercent == 1 || known(FieldKind::HugeNode) > 0);
    m_real.setLimit(~Bytes { 0 } >> 1);
    heap.setLimit(~Bytes { 0 } >> 1);
    for (const Live& block : live) {
        m_real.free(block.real);
        QCOMPARE(heap.deallocate(block.block), AllocFailure::None);
    }
    const ZendMmState state = heap.state();
    QVERIFY(translated(m_real.state(), state) == state);
}

QTEST_APPLESS_MAIN(TestZendMmReal)
#include "tst_zendmmreal.moc"
