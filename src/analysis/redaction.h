// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/zenddecoder.h"
#include "analysis/zendheapmap.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace heapatlas {

/// Stand-ins for addresses outside the heap, the same one for the same address in all moments of a trace: objects of one
/// class still look alike, and nothing of what stood there is left.
class OutsidePointers
{
public:
    [[nodiscard]] std::uint64_t standIn(std::uint64_t pointer);

private:
    static constexpr std::size_t most = 1 << 20; ///< beyond that all share one
    std::map<std::uint64_t, std::uint64_t> m_known;
};

/// Recorded pages of one moment without payload. What is known to be structure stays: the allocator's chunk headers,
/// page maps, free-list links and huge-list nodes; of PHP's values counts, types, flags, lengths and addresses within
/// the heap. All else is blank: text is x, numbers are 0, keys and hashes of arrays are numbered anew, and what nothing
/// is known about (blocks that are no value, slack, what a freed block left behind) is zeros.
class Redactor
{
public:
    /// `state`: any of the trace's heap states, for where the main chunk is; null: everything becomes zeros.
    Redactor(PageSource pages, zend::Layout layout, const ZendMmState* state, OutsidePointers& outside);

    /// The page at `address`, blanked. Good until the next call. Cheapest when asked in ascending order.
    [[nodiscard]] std::span<const std::uint8_t> page(Address address);

private:
    /// Bytes being put together: zeros until something is put.
    struct Canvas
    {
        AddressRange range;
        std::vector<std::uint8_t> bytes;
    };

    void begin(AddressRange range);
    void drawChunk(const ZendHeapMap::Chunk& chunk);
    void drawHeader(const ZendHeapMap::Chunk& chunk);
    void drawBlock(const ZendBlock& block);
    void drawString(const ZendBlock& block);
    void drawArray(const ZendBlock& block);
    void drawTable(const ZendBlock& block);
    void drawObject(const ZendBlock& block);
    void drawValue(Address at, std::uint32_t extra);
    void drawClasses(AddressRange block);
    void collectClasses();

    void put(Address at, const void* bytes, std::size_t size);
    void put64(Address at, std::uint64_t value) { put(at, &value, sizeof value); }
    void put32(Address at, std::uint32_t value) { put(at, &value, sizeof value); }
    void fill(Address at, Bytes size, std::uint8_t value);
    void keep64(Address at) { put64(at, word(at)); }
    void keep32(Address at) { put32(at, half(at)); }
    void keepPointer(Address at) { put64(at, pointer(word(at))); }
    [[nodiscard]] std::uint64_t word(Address at);
    [[nodiscard]] std::uint32_t half(Address at);
    [[nodiscard]] std::uint64_t pointer(std::uint64_t value);
    [[nodiscard]] std::uint64_t link(std::uint64_t value) const;

    ZendDecoder m_decoder;
    OutsidePointers& m_outside;
    std::optional<ZendHeapMap> m_map;
    std::vector<Address> m_classes; ///< class entries that objects have, ascending
    std::optional<ZendBlock> m_huge; ///< the huge block met last
    Canvas m_canvas;
    std::array<std::uint8_t, contentsPageBytes> m_blank {};
};

} // namespace heapatlas
