// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/redaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace heapatlas {

using namespace zend;

namespace {

constexpr std::uint64_t standInBase = std::uint64_t { 1 }
    << 44; ///< Linux puts neither heaps nor programs there
constexpr std::uint64_t hashBit = std::uint64_t { 1 } << 63;
constexpr std::uint8_t filler = 'x';

} // namespace

std::uint64_t OutsidePointers::standIn(std::uint64_t pointer)
{
    if (pointer == 0)
        return 0;
    const auto known = m_known.find(pointer);
    if (known != m_known.end())
        return known->second;
    if (m_known.size() >= most)
        return standInBase;
    return m_known[pointer] = standInBase + (m_known.size() + 1) * 16;
}

Redactor::Redactor(PageSource pages, Layout layout, const ZendMmState* state, OutsidePointers& outside)
    : m_decoder(std::move(pages), layout)
    , m_outside(outside)
{
    if (state == nullptr || state->chunks.empty())
        return;
    m_map = ZendHeapMap::read(m_decoder.image(), state->chunks.front().address, state->variant);
    if (m_map)
        collectClasses();
}

void Redactor::collectClasses()
{
    const auto note = [this](AddressRange range) {
        const ZendBlock block = m_decoder.identify(range);
        if (block.kind != ZendKind::Object && block.kind != ZendKind::Closure)
            return;
        const Address entry { word(block.range.begin + block.offset + 16) };
        if (m_map->isInHeap(entry) && m_decoder.classAt(entry)
            && (m_classes.empty() || m_classes.back() != entry))
            m_classes.push_back(entry);
        if (m_classes.size() > 65536) {
            std::sort(m_classes.begin(), m_classes.end());
            m_classes.erase(std::unique(m_classes.begin(), m_classes.end()), m_classes.end());
        }
    };
    for (const ZendHeapMap::Chunk& chunk : m_map->chunks())
        for (const ZendHeapMap::Block& block : m_map->blocks(chunk))
            if (!block.isFree && !block.isHugeNode)
                note(block.range);
    std::sort(m_classes.begin(), m_classes.end());
    m_classes.erase(std::unique(m_classes.begin(), m_classes.end()), m_classes.end());
}

std::span<const std::uint8_t> Redactor::page(Address address)
{
    if (!m_map || !m_map->isInHeap(address))
        return m_blank;
    if (!m_canvas.range.contains(address)) {
        if (const ZendHeapMap::Chunk* const chunk = m_map->chunkOf(address)) {
            drawChunk(*chunk);
        } else {
            const auto huge = std::lower_bound(m_map->huge().begin(), m_map->huge().end(), address,
                [](const AddressRange& r, Address a) { return r.end <= a; });
            if (!m_huge || m_huge->range != *huge)
                m_huge = m_decoder.identify(*huge);
            begin({ address, address + contentsPageBytes });
            drawBlock(*m_huge);
        }
    }
    const auto offset = static_cast<std::size_t>(address - m_canvas.range.begin);
    return std::span(m_canvas.bytes).subspan(offset, contentsPageBytes);
}

void Redactor::begin(AddressRange range)
{
    m_canvas.range = range;
    m_canvas.bytes.assign(static_cast<std::size_t>(range.size()), 0);
}

void Redactor::put(Address at, const void* bytes, std::size_t size)
{
    const Address from = std::max(at, m_canvas.range.begin);
    const Address to = std::min(at + size, m_canvas.range.end);
    if (from < to)
        std::memcpy(m_canvas.bytes.data() + (from - m_canvas.range.begin),
            static_cast<const std::uint8_t*>(bytes) + (from - at), static_cast<std::size_t>(to - from));
}

void Redactor::fill(Address at, Bytes size, std::uint8_t value)
{
    const Address from = std::max(at, m_canvas.range.begin);
    const Address to = std::min(at + size, m_canvas.range.end);
    if (from < to)
        std::memset(m_canvas.bytes.data() + (from - m_canvas.range.begin), value,
            static_cast<std::size_t>(to - from));
}

std::uint64_t Redactor::word(Address at) { return m_decoder.image().word(at).value_or(0); }

std::uint32_t Redactor::half(Address at) { return m_decoder.image().number<std::uint32_t>(at).value_or(0); }

std::uint64_t Redactor::pointer(std::uint64_t value)
{
    return m_map->isInHeap({ value }) ? value : m_outside.standIn(value);
}

/// Of lists that never leave the heap.
std::uint64_t Redactor::link(std::uint64_t value) const { return m_map->isInHeap({ value }) ? value : 0; }

void Redactor::drawChunk(const ZendHeapMap::Chunk& chunk)
{
    begin({ chunk.address, chunk.address + ZendHeapMap::chunkBytes });
    drawHeader(chunk);
    for (const ZendHeapMap::Block& block : m_map->blocks(chunk)) {
        const Address at = block.range.begin;
        if (block.isFree) {
            put64(at, link(word(at)));
        } else if (block.isHugeNode) {
            put64(at, link(word(at)));
            if (link(word(at)) != 0)
                keep64(at + 8);
            put64(at + 16, link(word(at + 16)));
        } else {
            drawBlock(m_decoder.identify(block.range));
        }
    }
}

void Redactor::drawHeader(const ZendHeapMap::Chunk& chunk)
{
    const Address at = chunk.address;
    for (const Bytes offset : std::array<Bytes, 3> { 0, 8, 16 }) // heap, next, prev
        put64(at + offset, link(word(at + offset)));
    for (const Bytes offset : std::array<Bytes, 3> { 0x18, 0x1C, 0x20 }) // free_pages, free_tail, num
        keep32(at + offset);
    put(at + m_map->layout().freeMap, chunk.freeMap.data(), sizeof chunk.freeMap);
    put(at + m_map->layout().map, chunk.map.data(), sizeof chunk.map);
    if (word(at) != at.value + ZendHeapMap::heapOffset)
        return;
    // The heap struct up to its handlers: figures, free lists, limits, list heads.
    const Address heap = at + ZendHeapMap::heapOffset;
    const Bytes end = m_map->layout().mainChunk + 0x30;
    for (Bytes offset = 0x10; offset < end; offset += 8)
        keep64(heap + offset);
}

void Redactor::drawBlock(const ZendBlock& block)
{
    const Address at = block.range.begin;
    switch (block.kind) {
    case ZendKind::Raw:
        drawClasses(block.range);
        break;
    case ZendKind::String:
        drawString(block);
        break;
    case ZendKind::Array:
        drawArray(block);
        break;
    case ZendKind::Buckets:
    case ZendKind::Packed:
        drawTable(block);
        break;
    case ZendKind::Object:
    case ZendKind::Closure:
        drawObject(block);
        break;
    case ZendKind::Reference:
        keep64(at);
        drawValue(at + 8, 0);
        put64(at + 24, link(word(at + 24)));
        break;
    case ZendKind::Resource:
        keep64(at);
        put64(at + 8, half(at + 8));
        keep32(at + 16);
        keepPointer(at + 24);
        break;
    }
}

void Redactor::drawString(const ZendBlock& block)
{
    const Address at = block.range.begin;
    keep64(at);
    keep64(at + 16);
    fill(at + stringHeaderBytes, block.elements, filler);
}

void Redactor::drawArray(const ZendBlock& block)
{
    const Address at = block.range.begin;
    const std::uint32_t used = half(at + 24);
    keep64(at);
    keep64(at + 8); // flags, nTableMask
    keepPointer(at + 16);
    keep64(at + 24); // nNumUsed, nNumOfElements
    keep32(at + 32);
    put32(at + 36, std::min(half(at + 36), used)); // nInternalPointer
    put64(at + 40, used); // nNextFreeElement is a key
    keepPointer(at + 48);
}

/// A table whose keys are numbered anew: the bucket i has the hash i, so each is alone in its chain.
void Redactor::drawTable(const ZendBlock& block)
{
    const Address begin = block.range.begin;
    const Address data = begin + block.hashBytes;
    const bool isHash = block.kind == ZendKind::Buckets;
    fill(begin, block.hashBytes, 0xFF);
    const auto live = [&](std::uint64_t i) {
        const std::optional<Zval> value = m_decoder.zval(data + i * block.elementBytes);
        return value && value->type() != IsUndef && m_decoder.isPlausible(*value);
    };
    const AddressRange window = m_canvas.range;
    const auto firstSeen = [&](Address of, Bytes step) {
        return window.begin > of ? (window.begin - of) / step : 0;
    };
    for (std::uint64_t i = firstSeen(begin, 4); isHash && i < block.elements && begin + i * 4 < window.end;
         ++i)
        if (live(i))
            put32(begin + i * 4, static_cast<std::uint32_t>(i));
    for (std::uint64_t i = firstSeen(data, block.elementBytes); i < block.elements; ++i) {
        const Address at = data + i * block.elementBytes;
        if (at >= window.end)
            break;
        if (!live(i))
            continue;
        drawValue(at, isHash ? UINT32_MAX : 0);
        if (block.elementBytes != bucketBytes)
            continue;
        const std::uint64_t key = word(at + 24);
        put64(at + 16, key == 0 ? i : i | hashBit);
        keepPointer(at + 24);
    }
}

void Redactor::drawObject(const ZendBlock& block)
{
    const Address at = block.range.begin + block.offset;
    keep64(at);
    keep32(at + 8); // handle; what follows is padding
    for (const Bytes offset : std::array<Bytes, 3> { 16, 24, 32 }) // ce, handlers, properties
        keepPointer(at + offset);
    for (std::uint64_t i = 0; i < block.elements; ++i)
        drawValue(at + objectHeaderBytes + i * zvalBytes, 0);
    if (block.kind != ZendKind::Closure)
        return;
    const Address function = at + objectHeaderBytes + zvalBytes;
    put64(function, word(function) & 0xFFFFFFFF000000FF); // type, fn_flags
    keepPointer(function + 8); // its name
}

void Redactor::drawValue(Address at, std::uint32_t extra)
{
    const std::optional<Zval> value = m_decoder.zval(at);
    if (!value || !m_decoder.isPlausible(*value))
        return;
    put64(at, value->isPointer() ? pointer(value->value) : 0);
    put32(at + 8, value->typeInfo);
    put32(at + 12, extra);
}

/// Of class entries what makes the objects readable: type, where the name is, number of properties.
void Redactor::drawClasses(AddressRange block)
{
    for (auto entry = std::lower_bound(m_classes.begin(), m_classes.end(), block.begin);
         entry != m_classes.end() && *entry < block.end; ++entry) {
        const std::optional<ZendDecoder::Class> known = m_decoder.classAt(*entry);
        if (!known || block.end - *entry < 40)
            continue;
        put64(*entry, 2); // a user's class
        keepPointer(*entry + 8);
        put32(*entry + 32, known->properties);
    }
}

} // namespace heapatlas
