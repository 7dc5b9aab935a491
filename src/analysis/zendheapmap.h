// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/heapimage.h"
#include "model/zendmmstate.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace heapatlas {

/// Where the blocks of a recorded heap are: read from the allocator's own chunk headers and free lists, as the recorded
/// pages have them (PHP 8.2). Lists are followed only as far as they can be true.
class ZendHeapMap
{
public:
    struct Block
    {
        AddressRange range;
        bool isFree = false; ///< a slot on a free list
        bool isHugeNode = false; ///< the allocator's own list node of a huge block
    };
    struct Chunk
    {
        Address address;
        std::array<std::uint64_t, 8> freeMap {};
        std::array<std::uint32_t, 512> map {};
    };
    /// Where the fields stand in a chunk's header.
    struct Layout
    {
        Bytes freeMap = 0;
        Bytes map = 0;
        Bytes hugeList = 0; ///< in the heap struct
        Bytes mainChunk = 0; ///< likewise
    };
    static constexpr Bytes chunkBytes = Bytes { 2 } << 20;
    static constexpr Bytes heapOffset = 0x40; ///< of the heap struct in the main chunk

    /// Nothing if that is not the main chunk of such a heap.
    static std::optional<ZendHeapMap> read(HeapImage& image, Address mainChunk, ZendMmState::Variant variant);

    [[nodiscard]] const Layout& layout() const { return m_layout; }
    [[nodiscard]] const std::vector<Chunk>& chunks() const { return m_chunks; } ///< ascending by address
    [[nodiscard]] const std::vector<AddressRange>& huge() const { return m_huge; } ///< ascending
    /// The chunk that holds an address, or null.
    [[nodiscard]] const Chunk* chunkOf(Address address) const;
    /// Small and large blocks of a chunk, ascending.
    [[nodiscard]] std::vector<Block> blocks(const Chunk& chunk) const;
    /// Some chunk or huge block has this address.
    [[nodiscard]] bool isInHeap(Address address) const;

private:
    bool readChunk(HeapImage& image, Address address);
    void readFreeLists(HeapImage& image, Address heap);
    void readHuge(HeapImage& image, Address heap);

    Layout m_layout;
    std::vector<Chunk> m_chunks;
    std::vector<AddressRange> m_huge;
    std::vector<Address> m_freeSlots; ///< ascending
    std::vector<Address> m_hugeNodes; ///< ascending
};

/// Bytes of a slot and pages of a run of each bin (php-src Zend/zend_alloc_sizes.h).
struct ZendBin
{
    std::uint16_t slotBytes;
    std::uint16_t slots;
    std::uint8_t pages;
};
[[nodiscard]] const std::array<ZendBin, 30>& zendBins();

} // namespace heapatlas
