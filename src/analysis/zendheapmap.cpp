// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/zendheapmap.h"

#include <algorithm>

namespace heapatlas {

namespace {

constexpr Bytes pageBytes = 4096;
constexpr std::uint32_t pagesOfChunk = 512;
constexpr std::size_t mostChunks = 1 << 21; // 4 TiB
constexpr std::uint32_t headerRun = 0x40000001; ///< page info of page 0: a large run of one page
constexpr std::uint32_t smallBit = 0x80000000;
constexpr std::uint32_t binMask = 0x1F;
constexpr std::uint32_t runPagesMask = 0x3FF;
constexpr Bytes nextChunk = 0x08;
constexpr Bytes freeSlotHeads = 0x20; ///< in the heap struct

} // namespace

const std::array<ZendBin, 30>& zendBins()
{
    static constexpr std::array<ZendBin, 30> bins { { { 8, 512, 1 }, { 16, 256, 1 }, { 24, 170, 1 },
        { 32, 128, 1 }, { 40, 102, 1 }, { 48, 85, 1 }, { 56, 73, 1 }, { 64, 64, 1 }, { 80, 51, 1 },
        { 96, 42, 1 }, { 112, 36, 1 }, { 128, 32, 1 }, { 160, 25, 1 }, { 192, 21, 1 }, { 224, 18, 1 },
        { 256, 16, 1 }, { 320, 64, 5 }, { 384, 32, 3 }, { 448, 9, 1 }, { 512, 8, 1 }, { 640, 32, 5 },
        { 768, 16, 3 }, { 896, 9, 2 }, { 1024, 8, 2 }, { 1280, 16, 5 }, { 1536, 8, 3 }, { 1792, 16, 7 },
        { 2048, 8, 4 }, { 2560, 8, 5 }, { 3072, 4, 3 } } };
    return bins;
}

std::optional<ZendHeapMap> ZendHeapMap::read(
    HeapImage& image, Address mainChunk, ZendMmState::Variant variant)
{
    ZendHeapMap result;
    result.m_layout = variant == ZendMmState::Variant::Classic ? Layout { 0x1C8, 0x208, 0x130, 0x138 }
                                                               : Layout { 0x1E0, 0x220, 0x140, 0x148 };
    const Address heap = mainChunk + heapOffset;
    if (mainChunk.isNull() || mainChunk.offsetIn(chunkBytes) != 0
        || image.word(heap + result.m_layout.mainChunk) != mainChunk.value)
        return std::nullopt;
    Address at = mainChunk;
    do {
        if (at.offsetIn(chunkBytes) != 0 || image.word(at) != heap.value || !result.readChunk(image, at))
            break; // its page was not kept; what is behind it cannot be found
        at = { image.word(at + nextChunk).value_or(0) };
    } while (at != mainChunk && result.m_chunks.size() < mostChunks);
    if (result.m_chunks.empty())
        return std::nullopt;
    std::sort(result.m_chunks.begin(), result.m_chunks.end(),
        [](const Chunk& a, const Chunk& b) { return a.address < b.address; });
    // A list that runs into itself names chunks more than once.
    result.m_chunks.erase(std::unique(result.m_chunks.begin(), result.m_chunks.end(),
                              [](const Chunk& a, const Chunk& b) { return a.address == b.address; }),
        result.m_chunks.end());
    result.readHuge(image, heap);
    result.readFreeLists(image, heap);
    return result;
}

bool ZendHeapMap::readChunk(HeapImage& image, Address address)
{
    const std::uint8_t* const page = image.page(address);
    if (page == nullptr)
        return false;
    Chunk chunk;
    chunk.address = address;
    std::memcpy(chunk.freeMap.data(), page + m_layout.freeMap, sizeof chunk.freeMap);
    std::memcpy(chunk.map.data(), page + m_layout.map, sizeof chunk.map);
    if (chunk.map[0] != headerRun)
        return false;
    m_chunks.push_back(chunk);
    return true;
}

void ZendHeapMap::readHuge(HeapImage& image, Address heap)
{
    // { address, size, next }
    Address node { image.word(heap + m_layout.hugeList).value_or(0) };
    while (!node.isNull() && m_huge.size() < mostChunks) {
        const auto address = image.word(node);
        const auto size = image.word(node + 8);
        const auto next = image.word(node + 16);
        if (!address || !size || !next || Address { *address }.offsetIn(chunkBytes) != 0
            || *size % pageBytes != 0 || *size > UINT64_MAX - *address || chunkOf(node) == nullptr)
            break;
        m_hugeNodes.push_back(node);
        m_huge.push_back({ { *address }, { *address + *size } });
        node = { *next };
    }
    const auto byBegin = [](const AddressRange& a, const AddressRange& b) { return a.begin < b.begin; };
    std::sort(m_huge.begin(), m_huge.end(), byBegin);
    // None overlaps another, or a chunk.
    std::vector<AddressRange> apart;
    for (const AddressRange& range : m_huge) {
        const auto after = std::lower_bound(m_chunks.begin(), m_chunks.end(), range.begin,
            [](const Chunk& c, Address a) { return c.address + chunkBytes <= a; });
        const bool meetsChunk = after != m_chunks.end() && after->address < range.end;
        if (!meetsChunk && (apart.empty() || apart.back().end <= range.begin))
            apart.push_back(range);
    }
    m_huge = std::move(apart);
    std::sort(m_hugeNodes.begin(), m_hugeNodes.end());
}

void ZendHeapMap::readFreeLists(HeapImage& image, Address heap)
{
    const std::size_t most = m_chunks.size() * (chunkBytes / 8);
    for (std::size_t bin = 0; bin < zendBins().size(); ++bin) {
        Address slot { image.word(heap + freeSlotHeads + 8 * bin).value_or(0) };
        while (!slot.isNull() && m_freeSlots.size() < most) {
            const Chunk* const chunk = chunkOf(slot);
            if (chunk == nullptr)
                break;
            const std::uint32_t info = chunk->map[(slot - chunk->address) / pageBytes];
            if ((info & smallBit) == 0 || (info & binMask) != bin)
                break;
            m_freeSlots.push_back(slot);
            slot = { image.word(slot).value_or(0) };
        }
    }
    std::sort(m_freeSlots.begin(), m_freeSlots.end());
    m_freeSlots.erase(std::unique(m_freeSlots.begin(), m_freeSlots.end()), m_freeSlots.end());
}

const ZendHeapMap::Chunk* ZendHeapMap::chunkOf(Address address) const
{
    const Address begin = address.alignedDown(chunkBytes);
    const auto found = std::lower_bound(
        m_chunks.begin(), m_chunks.end(), begin, [](const Chunk& c, Address a) { return c.address < a; });
    return found != m_chunks.end() && found->address == begin ? &*found : nullptr;
}

bool ZendHeapMap::isInHeap(Address address) const
{
    if (chunkOf(address) != nullptr)
        return true;
    const auto found = std::lower_bound(
        m_huge.begin(), m_huge.end(), address, [](const AddressRange& r, Address a) { return r.end <= a; });
    return found != m_huge.end() && found->contains(address);
}

std::vector<ZendHeapMap::Block> ZendHeapMap::blocks(const Chunk& chunk) const
{
    std::vector<Block> result;
    const auto isIn = [](const std::vector<Address>& sorted, Address a) {
        return std::binary_search(sorted.begin(), sorted.end(), a);
    };
    for (std::uint32_t page = 1; page < pagesOfChunk;) {
        const bool isUsed = (chunk.freeMap[page / 64] >> (page % 64) & 1) != 0;
        const std::uint32_t info = chunk.map[page];
        if (!isUsed) {
            ++page;
            continue;
        }
        const Address begin = chunk.address + page * pageBytes;
        if ((info & smallBit) == 0) {
            const std::uint32_t pages =
                std::clamp<std::uint32_t>(info & runPagesMask, 1, pagesOfChunk - page);
            result.push_back({ { begin, begin + pages * pageBytes }, false, false });
            page += pages;
            continue;
        }
        const std::uint32_t bin = info & binMask;
        if (bin >= zendBins().size() || page + zendBins()[bin].pages > pagesOfChunk) {
            ++page; // no such run: nothing is known about the page
            continue;
        }
        for (std::uint32_t i = 0; i < zendBins()[bin].slots; ++i) {
            const Address slot = begin + i * Bytes { zendBins()[bin].slotBytes };
            result.push_back({ { slot, slot + zendBins()[bin].slotBytes }, isIn(m_freeSlots, slot),
                isIn(m_hugeNodes, slot) });
        }
        page += zendBins()[bin].pages;
    }
    return result;
}

} // namespace heapatlas
