// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntheticheap.h"

#include <QtTest>

using heapatlas::phptest::SyntheticHeap;

namespace {

constexpr std::uint32_t php82 = 80236;

const ha_layout& row(ha_variant variant, std::uint32_t version)
{
    for (unsigned i = 0; i < ha_layout_count; ++i) {
        const ha_layout& candidate = ha_layouts[i];
        if (candidate.variant == variant && version >= candidate.first_version
            && version <= candidate.last_version)
            return candidate;
    }
    qFatal("no row of the layout table for version %u", version);
}

} // namespace

class TestPhpZendLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsEveryRowOfItsOwn_data();
    void findsEveryRowOfItsOwn();
    void onlyVersion82WasRun();
    void tellsTheVariantsOf82ApartByMemoryNotByVersion();
    void refusesA82HeapUnderAnotherVersion();
    void refusesAVersionWithoutARow();
    void refusesCustomHandlers();
    void refusesCustomStorage();
    void refusesAHeapOutsideOfAChunk();
    void refusesFieldsThatContradictEachOther_data();
    void refusesFieldsThatContradictEachOther();
    void namesEveryRefusal();
    void binOfEverySmallSizeIsTheSmallestThatFits();
    void runsFillTheirPages();
};

void TestPhpZendLayout::findsEveryRowOfItsOwn_data()
{
    QTest::addColumn<unsigned>("index");
    QTest::addColumn<std::uint32_t>("version");
    for (unsigned i = 0; i < ha_layout_count; ++i) {
        for (std::uint32_t v = ha_layouts[i].first_version; v <= ha_layouts[i].last_version; ++v) {
            if (v % 100 > 5 || (v > 704 && v < 800))
                continue; // no such PHP
            QTest::addRow("%s of %u.%u", ha_layouts[i].name, v / 100, v % 100) << i << v * 100 + 1;
        }
    }
}

void TestPhpZendLayout::findsEveryRowOfItsOwn()
{
    QFETCH(unsigned, index);
    QFETCH(std::uint32_t, version);
    const SyntheticHeap heap(ha_layouts[index]);
    const ha_layout* found = nullptr;
    const ha_verdict verdict = ha_detect(heap.heap(), version, &found);
    QCOMPARE(verdict, ha_layouts[index].was_run != 0 ? HA_FOUND : HA_NOT_RUN);
    QCOMPARE(found, &ha_layouts[index]);
}

void TestPhpZendLayout::onlyVersion82WasRun()
{
    for (unsigned i = 0; i < ha_layout_count; ++i) {
        const ha_layout& layout = ha_layouts[i];
        QCOMPARE(layout.was_run != 0, layout.first_version == 802 && layout.last_version == 802);
        if (layout.was_run != 0)
            QVERIFY(layout.free_map != HA_NOT_KNOWN && layout.map == layout.free_map + 64);
    }
}

void TestPhpZendLayout::tellsTheVariantsOf82ApartByMemoryNotByVersion()
{
    for (const ha_variant variant : { HA_CLASSIC, HA_DELAYED_OOM }) {
        const SyntheticHeap heap(row(variant, 802));
        for (const std::uint32_t version : { 80200u, 80232u, 80234u, 80235u, php82 }) {
            const ha_layout* found = nullptr;
            QCOMPARE(ha_detect(heap.heap(), version, &found), HA_FOUND);
            QCOMPARE(found->variant, variant);
        }
    }
}

void TestPhpZendLayout::refusesA82HeapUnderAnotherVersion()
{
    const SyntheticHeap heap(row(HA_CLASSIC, 802));
    const ha_layout* found = nullptr;
    QCOMPARE(
        ha_detect(heap.heap(), 80306, &found), HA_NOT_RUN); // the struct is the same, the rules may not be
    QCOMPARE(ha_detect(heap.heap(), 80424, &found), HA_UNKNOWN_LAYOUT);
    QVERIFY(found == nullptr);
}

void TestPhpZendLayout::refusesAVersionWithoutARow()
{
    const SyntheticHeap heap(row(HA_DELAYED_OOM, 802));
    const ha_layout* found = nullptr;
    QCOMPARE(ha_detect(heap.heap(), 90000, &found), HA_UNKNOWN_LAYOUT);
    QCOMPARE(ha_detect(heap.heap(), 0, &found), HA_UNKNOWN_LAYOUT);
}

void TestPhpZendLayout::refusesCustomHandlers()
{
    SyntheticHeap heap(row(HA_DELAYED_OOM, 802));
    ha_set_u32(heap.heap(), 0, 1);
    const ha_layout* found = nullptr;
    QCOMPARE(ha_detect(heap.heap(), php82, &found), HA_CUSTOM_HANDLERS);
    QVERIFY(found == nullptr);
}

void TestPhpZendLayout::refusesCustomStorage()
{
    SyntheticHeap heap(row(HA_CLASSIC, 802));
    heap.setField(8, 0x1000);
    const ha_layout* found = nullptr;
    QCOMPARE(ha_detect(heap.heap(), php82, &found), HA_CUSTOM_STORAGE);
}

void TestPhpZendLayout::refusesAHeapOutsideOfAChunk()
{
    // As under USE_ZEND_ALLOC=0: malloc's memory, nothing around it may be read.
    const std::vector<char> bytes(1024);
    const ha_layout* found = nullptr;
    const char* const heap = bytes.data() + 16;
    QCOMPARE(ha_detect(heap, php82, &found), HA_NOT_A_ZEND_HEAP);
    QCOMPARE(ha_detect(nullptr, php82, &found), HA_NOT_A_ZEND_HEAP);

    SyntheticHeap real(row(HA_CLASSIC, 802));
    ha_set_u64(real.chunk(0), HA_CHUNK_HEAP, 0);
    QCOMPARE(ha_detect(real.heap(), php82, &found), HA_NOT_A_ZEND_HEAP);
}

void TestPhpZendLayout::refusesFieldsThatContradictEachOther_data()
{
    QTest::addColumn<int>("field");
    for (int field = 0; field < 6; ++field)
        QTest::addRow("field %d", field) << field;
}

void TestPhpZendLayout::refusesFieldsThatContradictEachOther()
{
    QFETCH(int, field);
    const ha_layout& layout = row(HA_DELAYED_OOM, 802);
    SyntheticHeap heap(layout);
    switch (field) {
    case 0:
        heap.setField(layout.main_chunk, 0x7f0000000000);
        break;
    case 1:
        ha_set_u32(heap.chunk(0), layout.map, HA_KIND_LARGE | 2);
        break;
    case 2:
        ha_set_u32(heap.chunk(0), HA_CHUNK_FREE_PAGES, 510); // while the bitmap says 511
        break;
    case 3:
        ha_set_u32(heap.heap(), layout.chunks_count, 0);
        break;
    case 4:
        heap.setField(layout.real_size, 4096);
        break;
    default:
        heap.setField(layout.avg_chunks_count, 0);
        break;
    }
    const ha_layout* found = nullptr;
    QCOMPARE(ha_detect(heap.heap(), php82, &found), HA_UNKNOWN_LAYOUT);
}

void TestPhpZendLayout::namesEveryRefusal()
{
    QCOMPARE(ha_verdict_text(HA_FOUND), "");
    for (const ha_verdict v :
        { HA_NOT_A_ZEND_HEAP, HA_CUSTOM_HANDLERS, HA_CUSTOM_STORAGE, HA_UNKNOWN_LAYOUT, HA_NOT_RUN })
        QVERIFY(QByteArray(ha_verdict_text(v)).startsWith("not recording: "));
}

void TestPhpZendLayout::binOfEverySmallSizeIsTheSmallestThatFits()
{
    for (unsigned size = 0; size <= HA_MAX_SMALL; ++size) {
        const unsigned bin = ha_bin_of(size);
        QVERIFY(bin < HA_BINS && ha_bin_size[bin] >= size);
        QVERIFY(bin == 0 || ha_bin_size[bin - 1] < size);
    }
}

void TestPhpZendLayout::runsFillTheirPages()
{
    for (unsigned bin = 0; bin < HA_BINS; ++bin) {
        const unsigned bytes = ha_bin_pages[bin] * 4096u;
        QCOMPARE(unsigned { ha_bin_count[bin] }, bytes / ha_bin_size[bin]);
    }
}

QTEST_APPLESS_MAIN(TestPhpZendLayout)
#include "tst_php_zendlayout.moc"
