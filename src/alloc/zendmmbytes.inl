// SPDX-License-Identifier: GPL-3.0-or-later
// Part of zendmm.cpp: what the allocator itself keeps in its chunks, byte for byte. Field names are php-src's.

#include "alloc/zendmmlayout.h"
#include "base/formatsize.h"

#include <array>
#include <bit>
#include <charconv>
#include <string>
#include <utility>

namespace heapatlas {

namespace zendmm {

/// Puts fields one behind the other, so that no byte is left out.
class FieldWriter
{
public:
    FieldWriter(HeapBytesBuilder& out, Address at)
        : m_out(out)
        , m_at(at)
    {
    }

    void number(Bytes size, std::uint64_t number, std::string name, FieldKind kind = FieldKind::ChunkHeader,
        std::string value = {})
    {
        m_out.put(advance(size), size, number, kind, std::move(name), std::move(value));
    }
    void count(Bytes size, std::int64_t count, std::string name)
    {
        number(size, static_cast<std::uint64_t>(count), std::move(name), FieldKind::ChunkHeader,
            std::to_string(count));
    }
    void bytes(Bytes size, std::string name) // a figure in bytes, 8 long
    {
        number(8, size, std::move(name), FieldKind::ChunkHeader, std::to_string(size));
    }
    void pointer(Address target, std::string name, FieldKind kind = FieldKind::ChunkHeader)
    {
        m_out.putPointer(advance(8), target, kind, std::move(name));
    }
    void zeros(Bytes size, std::string name) { m_out.putZeros(advance(size), size, std::move(name)); }
    void unknown(Bytes size, std::string name, std::string value = {})
    {
        m_out.putUnknown(advance(size), size, FieldKind::ChunkHeader, std::move(name), std::move(value));
    }

    [[nodiscard]] Address at() const { return m_at; }
    [[nodiscard]] bool wants(Bytes size) const { return m_out.wants(m_at, size); }
    void skip(Bytes size) { m_at = m_at + size; }

private:
    Address advance(Bytes size) { return std::exchange(m_at, m_at + size); }

    HeapBytesBuilder& m_out;
    Address m_at;
};

inline std::string numbered(const char* name, std::size_t index)
{
    return name + ("[" + std::to_string(index) + "]");
}

/// The shortest that reads back the same, whatever the locale.
inline std::string decimal(double number)
{
    std::array<char, 32> text {};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::string(text.data(), end) : std::string();
}

/// What a word of the page map says. Those of pages inside a large run are stale, whatever they look like.
inline std::string wordText(std::uint32_t word, bool isStale)
{
    std::string text = isStale ? "stale: " : "";
    if (isLargeStart(word))
        return text + "large run, pages: " + std::to_string(wordPages(word));
    if (!isSmall(word))
        return text + (word == 0 ? "free" : "nothing");
    const unsigned bin = wordBin(word);
    text += bin < binCount ? formatSize(bins[bin].bytes) + " slots" : "no bin";
    if (isLaterPage(word))
        return text + ", page " + std::to_string(wordField(word) + 1) + " of its run";
    return text + ", first page of its run";
}

} // namespace zendmm

template <Memory M, class Rules>
void ZendMm<M, Rules>::describeHeapBytes(HeapBytesBuilder& out, Address heap) const
{
    const zendmm::HeapLayout& layout = zendmm::layoutOf(m_options.variant);
    const auto placeOf = [&](Ref ref) { return ref.isNull() ? Address {} : out.placeOf(addressOf(ref)); };
    const auto placeOfRegion = [&](Region region) {
        return region.isNull() ? Address {} : out.placeOf(m_memory.regionAddress(region));
    };
    zendmm::FieldWriter put(out, heap);
    // Who watches a PHP process puts its own handlers here and takes them away again.
    put.unknown(4, "use_custom_heap", "whoever records sets it");
    put.zeros(4, "padding");
    put.pointer({}, "storage");
    put.bytes(m_heap.size, "size");
    put.bytes(m_heap.peak, "peak");
    for (unsigned bin = 0; bin < zendmm::binCount; ++bin)
        put.pointer(placeOf(m_heap.freeSlot[bin]), zendmm::numbered("free_slot", bin), FieldKind::FreeLink);
    put.bytes(m_heap.realSize, "real_size");
    put.bytes(m_heap.realPeak, "real_peak");
    put.bytes(m_heap.limit, "limit");
    if (layout.hasHardLimit) {
        put.bytes(m_heap.hardLimit, "hard_limit");
        put.count(8, m_heap.hardLimitPercent, "hard_limit_percent");
    }
    put.count(4, m_heap.overflow, "overflow");
    if (layout.hasHardLimit) {
        put.number(1, 0, "fallible", FieldKind::ChunkHeader, "false"); // true only while a request is served
        put.zeros(3, "padding");
    } else {
        put.zeros(4, "padding");
    }
    put.pointer(placeOf(m_heap.hugeList), "huge_list", FieldKind::HugeNode);
    put.pointer(placeOfRegion(m_heap.mainChunk), "main_chunk");
    put.pointer(placeOfRegion(m_heap.cachedChunks), "cached_chunks");
    put.count(4, m_heap.chunksCount, "chunks_count");
    put.count(4, m_heap.peakChunksCount, "peak_chunks_count");
    put.count(4, m_heap.cachedChunksCount, "cached_chunks_count");
    put.zeros(4, "padding");
    put.number(8, std::bit_cast<std::uint64_t>(m_heap.avgChunksCount), "avg_chunks_count",
        FieldKind::ChunkHeader, zendmm::decimal(m_heap.avgChunksCount));
    put.count(4, m_heap.lastChunksDeleteBoundary, "last_chunks_delete_boundary");
    put.count(4, m_heap.lastChunksDeleteCount, "last_chunks_delete_count");
    for (const char* const name : { "custom_heap._malloc", "custom_heap._free", "custom_heap._realloc" })
        put.unknown(8, name, "whoever records sets it");
    put.zeros(heap + layout.heapBytes - put.at(), "tracked_allocs"); // of another heap, USE_TRACKED_ALLOC
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::describeHeaderBytes(HeapBytesBuilder& out, Region region, bool isCached) const
{
    const Address base = out.placeOf(m_memory.regionAddress(region));
    if (!out.wants(base, zendmm::pageBytes))
        return;
    const Header& chunk = header(region);
    const Address heap = out.placeOf(m_memory.regionAddress(m_heap.mainChunk)) + zendmm::heapSlotOffset;
    const auto placeOfRegion = [&](Region to) {
        return to.isNull() ? Address {} : out.placeOf(m_memory.regionAddress(to));
    };
    // Chunks kept over the end of a request are zeroed but for the link to the next; one put aside within a request
    // keeps its header, and a pointer to a neighbour that may be gone.
    const bool isZeroed = isCached && chunk.map[0] == 0;
    zendmm::FieldWriter put(out, base);
    put.pointer(isZeroed ? Address {} : heap, "heap");
    put.pointer(placeOfRegion(chunk.next), "next");
    if (isCached && !isZeroed)
        put.unknown(8, "prev", "left over");
    else
        put.pointer(isCached ? Address {} : placeOfRegion(chunk.prev), "prev");
    put.count(4, chunk.freePages, "free_pages");
    put.count(4, chunk.freeTail, "free_tail");
    put.count(4, chunk.num, "num");
    if (!m_options.isLayoutKnown) {
        put.unknown(base + zendmm::pageBytes - put.at(), "heap_slot, free_map, map",
            "not known where they are in this version of PHP");
        return;
    }
    put.zeros(base + zendmm::heapSlotOffset - put.at(), "reserve");
    const zendmm::HeapLayout& layout = zendmm::layoutOf(m_options.variant);
    if (region == m_heap.mainChunk) {
        describeHeapBytes(out, put.at());
        put.skip(layout.heapBytes);
    } else {
        put.zeros(layout.heapBytes, "heap_slot");
    }
    for (std::size_t i = 0; i < chunk.freeMap.size(); ++i)
        put.number(8, chunk.freeMap[i], zendmm::numbered("free_map", i), FieldKind::FreeMap,
            "pages " + std::to_string(64 * i) + " to " + std::to_string(64 * i + 63)
                + ", used: " + std::to_string(std::popcount(chunk.freeMap[i])));
    std::uint32_t insideUntil = 0; // of a large run
    for (std::uint32_t page = 0; page < zendmm::pagesPerChunk; ++page) {
        const std::uint32_t word = chunk.map[page];
        const bool isUsed = zendmm::isPageUsed(chunk.freeMap, page);
        const bool isInside = page < insideUntil;
        if (!isInside && isUsed && zendmm::isLargeStart(word))
            insideUntil = page + zendmm::wordPages(word);
        if (!put.wants(4))
            put.skip(4);
        else
            put.number(4, word, zendmm::numbered("map", page), FieldKind::PageMap,
                zendmm::wordText(word, isInside || (!isUsed && word != 0) || isCached));
    }
    put.zeros(base + zendmm::pageBytes - put.at(), "unused");
}

/// The links in free slots, and the nodes of huge blocks in live ones.
template <Memory M, class Rules>
void ZendMm<M, Rules>::describeSlotBytes(HeapBytesBuilder& out, Region region) const requires M::knowsLive
{
    const Address base = out.placeOf(m_memory.regionAddress(region));
    const AddressRange window = out.range();
    zendmm::eachStretch(header(region),
        [&](zendmm::Stretch stretch, std::uint32_t first, std::uint32_t count, std::uint32_t word) {
            const Address begin = base + first * zendmm::pageBytes;
            if (stretch != zendmm::Stretch::Small || !out.wants(begin, count * zendmm::pageBytes))
                return;
            const zendmm::Bin& bin = zendmm::bins[zendmm::wordBin(word)];
            Bytes slot = window.begin > begin ? (window.begin - begin) / bin.bytes : 0;
            for (; slot < bin.slots && begin + slot * bin.bytes < window.end; ++slot) {
                const Address at = begin + slot * bin.bytes;
                const Ref ref = m_memory.refIn(region, first * zendmm::pageBytes + slot * bin.bytes);
                if (m_memory.hasRecord(ref)) {
                    const HugeNode node = m_memory.template record<HugeNode>(ref);
                    zendmm::FieldWriter put(out, at);
                    put.pointer(out.placeOf(addressOf(node.block)), "ptr", FieldKind::HugeNode);
                    put.number(8, node.bytes, "size", FieldKind::HugeNode, std::to_string(node.bytes));
                    put.pointer(node.next.isNull() ? Address {} : out.placeOf(addressOf(node.next)), "next",
                        FieldKind::HugeNode);
                } else if (!m_memory.isLive(ref)) {
                    const Ref next = m_memory.link(ref);
                    out.putPointer(at, next.isNull() ? Address {} : out.placeOf(addressOf(next)),
                        FieldKind::FreeLink, "next_free_slot");
                    if (m_options.minimumSize > 8
                        && bin.bytes >= 16) // mixed with a random key of the process
                        out.putUnknown(
                            at + bin.bytes - 8, 8, FieldKind::FreeLink, "shadow", "mixed with a key");
                }
            }
        });
}

template <Memory M, class Rules>
void ZendMm<M, Rules>::describeBytes(HeapBytesBuilder& out) const requires M::knowsLive
{
    if (m_heap.mainChunk.isNull())
        return;
    Region chunk = m_heap.mainChunk;
    do {
        if (out.wants(out.placeOf(m_memory.regionAddress(chunk)), zendmm::chunkBytes)) {
            describeHeaderBytes(out, chunk, false);
            describeSlotBytes(out, chunk);
        }
        chunk = header(chunk).next;
    } while (!(chunk == m_heap.mainChunk));
    for (chunk = m_heap.cachedChunks; !chunk.isNull(); chunk = header(chunk).next)
        describeHeaderBytes(out, chunk, true);
}

} // namespace heapatlas
