// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/simulatedmemory.h"

#include <algorithm>
#include <cassert>

namespace heapatlas {

namespace {

constexpr Bytes roundUp(Bytes bytes, Bytes to) { return (bytes + to - 1) / to * to; }

} // namespace

// --- mappings
// ---------------------------------------------------------------------------------------------------

bool SimulatedMemory::isFree(Address address, Bytes bytes) const
{
    // A solid mapping is one entry, found by its begin; a chunk is one 2 MiB unit.
    const auto next = m_mapped.lower_bound(address.value + bytes);
    if (next != m_mapped.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second > address.value)
            return false;
    }
    if (bytes <= regionBytes * 64) {
        for (Bytes at = 0; at < bytes; at += regionBytes)
            if (m_index.contains((address.value + at) / regionBytes))
                return false;
        return true;
    }
    return std::none_of(m_index.begin(), m_index.end(), [&](const auto& entry) {
        const std::uint64_t begin = entry.first * regionBytes;
        return begin >= address.value && begin - address.value < bytes;
    });
}

std::optional<std::uint32_t> SimulatedMemory::freeChunkNumber()
{
    if (!m_freeChunks.empty()) {
        const std::uint32_t number = m_freeChunks.back();
        m_freeChunks.pop_back();
        return number;
    }
    if (m_chunks.size() + m_solids.size() > lastSolid)
        return std::nullopt;
    m_chunks.push_back(0);
    m_strides.resize(m_chunks.size() * pagesPerChunk);
    m_headers.resize(m_chunks.size() * m_headerBytes);
    return static_cast<std::uint32_t>(m_chunks.size() - 1);
}

std::optional<std::uint32_t> SimulatedMemory::freeSolidNumber()
{
    if (!m_freeSolids.empty()) {
        const std::uint32_t number = m_freeSolids.back();
        m_freeSolids.pop_back();
        return number;
    }
    // Number 0 is never a solid mapping's: the ref to its begin would be null.
    if (m_chunks.size() + m_solids.size() >= lastSolid)
        return std::nullopt;
    m_solids.push_back({});
    return lastSolid - static_cast<std::uint32_t>(m_solids.size() - 1);
}

void SimulatedMemory::countMapping(std::uint32_t number)
{
    if (number >= m_mappingOf.size())
        m_mappingOf.resize(number + std::size_t { 1 });
    m_mappingOf[number] = ++m_mappings;
}

void SimulatedMemory::placeChunk(std::uint32_t number, Address address)
{
    countMapping(number);
    m_chunks[number] = address.value;
    m_index.emplace(address.value / regionBytes, number);
}

void SimulatedMemory::placeSolid(std::uint32_t number, Address address, Bytes bytes)
{
    countMapping(number);
    m_solids[lastSolid - number] = { address.value, bytes };
    m_index.emplace(address.value / regionBytes, number);
    m_mapped.emplace(address.value, bytes);
}

std::optional<SimulatedRegion> SimulatedMemory::mapChunk()
{
    const std::optional<std::uint32_t> number = freeChunkNumber();
    if (!number)
        return std::nullopt;
    // Each number has its home; recorded chunks may sit there already.
    Address address { chunkBase + *number * regionBytes };
    while (address.value < addressEnd && !isFree(address, regionBytes))
        address = address + (lastSolid + 1) * regionBytes;
    if (address.value >= addressEnd) {
        m_freeChunks.push_back(*number);
        return std::nullopt;
    }
    placeChunk(*number, address);
    return Region { *number };
}

std::optional<SimulatedRegion> SimulatedMemory::mapChunkAt(Address address)
{
    if (address.isNull() || address.offsetIn(regionBytes) != 0 || address.value >= addressEnd
        || !isFree(address, regionBytes))
        return std::nullopt;
    const std::optional<std::uint32_t> number = freeChunkNumber();
    if (!number)
        return std::nullopt;
    placeChunk(*number, address);
    return Region { *number };
}

std::optional<SimulatedRegion> SimulatedMemory::mapSolid(Bytes bytes)
{
    if (bytes == 0 || bytes >= addressEnd)
        return std::nullopt;
    const std::optional<std::uint32_t> number = freeSolidNumber();
    if (!number)
        return std::nullopt;
    Address address;
    if (bytes <= solidWindow / 2) {
        address = { solidBase + (lastSolid - *number) * solidWindow };
        // A recorded mapping that happens to lie in this window: step within it.
        const Address end = address + (solidWindow - bytes);
        while (address <= end && !isFree(address, bytes))
            address = address + regionBytes;
        if (address > end)
            address = {};
    }
    if (address.isNull()) {
        address = { m_bigNext };
        const Bytes room = roundUp(bytes, regionBytes) * 2;
        if (room > addressEnd - m_bigNext || !isFree(address, bytes)) {
            m_freeSolids.push_back(*number);
            return std::nullopt;
        }
        m_bigNext += room;
    }
    placeSolid(*number, address, bytes);
    return Region { *number };
}

std::optional<SimulatedRegion> SimulatedMemory::mapSolidAt(Address address, Bytes bytes)
{
    if (address.isNull() || address.offsetIn(regionBytes) != 0 || bytes == 0 || address.value >= addressEnd
        || bytes > addressEnd - address.value || !isFree(address, bytes))
        return std::nullopt;
    const std::optional<std::uint32_t> number = freeSolidNumber();
    if (!number)
        return std::nullopt;
    placeSolid(*number, address, bytes);
    return Region { *number };
}

void SimulatedMemory::unmapChunk(Region chunk)
{
    const std::uint32_t number = chunk.number;
    m_index.erase(m_chunks[number] / regionBytes);
    m_chunks[number] = 0;
    m_freeChunks.push_back(number);
    // What is mapped next under this number begins with zeros, as pages from the operating system do.
    std::fill_n(m_headers.begin() + static_cast<std::ptrdiff_t>(number * m_headerBytes), m_headerBytes,
        std::byte { 0 });
    std::fill_n(
        m_strides.begin() + static_cast<std::ptrdiff_t>(number * pagesPerChunk), pagesPerChunk, Stride {});
}

void SimulatedMemory::unmapSolid(Region solid, Bytes)
{
    Solid& row = m_solids[lastSolid - solid.number];
    m_index.erase(row.address / regionBytes);
    m_mapped.erase(row.address);
    row = {};
    m_freeSolids.push_back(solid.number);
}

bool SimulatedMemory::extendSolid(Region solid, Bytes oldBytes, Bytes newBytes, bool grewInPlace)
{
    Solid& row = m_solids[lastSolid - solid.number];
    if (!grewInPlace || newBytes >= addressEnd || row.address + newBytes > addressEnd)
        return false;
    // Address ranges are rounded to whole regions: the rest of the last one is this mapping's own.
    const Bytes begin = roundUp(oldBytes, regionBytes);
    const Bytes end = roundUp(newBytes, regionBytes);
    if (end > begin && !isFree({ row.address + begin }, end - begin))
        return false;
    row.bytes = newBytes;
    m_mapped[row.address] = newBytes;
    return true;
}

bool SimulatedMemory::truncateSolid(Region solid, Bytes, Bytes newBytes)
{
    Solid& row = m_solids[lastSolid - solid.number];
    row.bytes = newBytes;
    m_mapped[row.address] = newBytes;
    return true;
}

void SimulatedMemory::clear()
{
    const std::size_t headerBytes = m_headerBytes;
    *this = SimulatedMemory();
    m_headerBytes = headerBytes;
}

SimulatedRef SimulatedMemory::refAt(Address address) const
{
    if (address.offsetIn(Bytes { 1 } << unitShift) != 0)
        return {};
    const auto found = m_index.find(address.value / regionBytes);
    if (found == m_index.end())
        return {};
    const Region region { found->second };
    const Bytes offset = address.offsetIn(regionBytes);
    if (region.number >= m_chunks.size() && offset != 0)
        return {};
    return refIn(region, offset);
}

// --- slots
// ------------------------------------------------------------------------------------------------------

std::uint32_t SimulatedMemory::takeWords(std::uint32_t count)
{
    const auto found = m_freeWords.find(count);
    if (found != m_freeWords.end()) {
        const std::uint32_t first = found->second.back();
        found->second.pop_back();
        if (found->second.empty())
            m_freeWords.erase(found);
        std::fill_n(m_words.begin() + first, count, 0);
        return first;
    }
    const auto first = static_cast<std::uint32_t>(m_words.size());
    m_words.resize(m_words.size() + count, 0);
    return first;
}

void SimulatedMemory::declareRun(Ref first, Bytes stride, std::uint32_t count, std::uint32_t pages)
{
    assert(stride % 8 == 0 && stride > 0 && pages <= 8);
    const auto units = static_cast<std::uint32_t>(stride >> unitShift);
    const std::uint32_t one = 1U << reciprocalShift;
    const std::uint32_t firstWord = takeWords(count);
    for (std::uint32_t page = 0; page < pages; ++page)
        m_strides[(first.bits >> pageUnitBits) + page] = { firstWord,
            static_cast<std::uint16_t>((one + units - 1) / units),
            static_cast<std::uint16_t>(page << pageUnitBits) };
}

void SimulatedMemory::forgetRun(Ref first, std::uint32_t count, std::uint32_t pages)
{
    const std::size_t page = first.bits >> pageUnitBits;
    m_freeWords[count].push_back(m_strides[page].firstWord);
    std::fill_n(m_strides.begin() + static_cast<std::ptrdiff_t>(page), pages, Stride {});
}

void SimulatedMemory::readLiveBits(Ref first, std::uint32_t count, std::span<std::uint64_t> bits) const
{
    const std::uint32_t* words = m_words.data() + m_strides[first.bits >> pageUnitBits].firstWord;
    for (std::uint32_t first64 = 0; first64 < count; first64 += 64) {
        const std::uint32_t end = std::min(count - first64, 64U);
        std::uint64_t live = 0;
        for (std::uint32_t i = 0; i < end; ++i)
            live |= std::uint64_t { words[first64 + i] >= recordTag } << i;
        bits[first64 / 64] |= live;
    }
}

SimulatedMemory::Record& SimulatedMemory::recordOf(Ref slot)
{
    std::uint32_t& word = m_words[wordOf(slot)];
    if (word == liveWord) {
        if (m_freeRecords.empty()) {
            m_freeRecords.push_back(static_cast<std::uint32_t>(m_records.size()));
            m_records.emplace_back();
        }
        word = recordTag | m_freeRecords.back();
        m_freeRecords.pop_back();
    }
    assert(word >= recordTag && word != liveWord);
    return m_records[word & ~recordTag];
}

void SimulatedMemory::eraseRecord(Ref slot)
{
    std::uint32_t& word = m_words[wordOf(slot)];
    assert(word >= recordTag && word != liveWord);
    m_records[word & ~recordTag] = {};
    m_freeRecords.push_back(word & ~recordTag);
    word = liveWord;
}

// --- keyframes
// --------------------------------------------------------------------------------------------------

SimulatedMemory::Keyframe SimulatedMemory::keyframe()
{
    static const Keyframe none;
    const Keyframe& last = m_last ? *m_last : none;
    Keyframe k;
    k.m_words = SharedPieces::captureOf(m_words, last.m_words);
    k.m_strides = SharedPieces::captureOf(m_strides, last.m_strides);
    k.m_headers = SharedPieces::captureOf(m_headers, last.m_headers);
    k.m_chunks = SharedPieces::captureOf(m_chunks, last.m_chunks);
    k.m_solids = SharedPieces::captureOf(m_solids, last.m_solids);
    k.m_records = SharedPieces::captureOf(m_records, last.m_records);
    k.m_freeRecords = m_freeRecords;
    k.m_freeChunks = m_freeChunks;
    k.m_freeSolids = m_freeSolids;
    k.m_freeWords = m_freeWords;
    k.m_headerBytes = m_headerBytes;
    k.m_bigNext = m_bigNext;
    m_last = std::make_shared<const Keyframe>(k);
    return k;
}

void SimulatedMemory::restore(const Keyframe& keyframe)
{
    keyframe.m_words.copyInto(m_words);
    keyframe.m_strides.copyInto(m_strides);
    keyframe.m_headers.copyInto(m_headers);
    keyframe.m_chunks.copyInto(m_chunks);
    keyframe.m_solids.copyInto(m_solids);
    keyframe.m_records.copyInto(m_records);
    m_freeRecords = keyframe.m_freeRecords;
    m_freeChunks = keyframe.m_freeChunks;
    m_freeSolids = keyframe.m_freeSolids;
    m_freeWords = keyframe.m_freeWords;
    m_headerBytes = keyframe.m_headerBytes;
    m_bigNext = keyframe.m_bigNext;
    m_last = std::make_shared<const Keyframe>(keyframe);
    rebuildIndex();
}

void SimulatedMemory::rebuildIndex()
{
    m_index.clear();
    m_mapped.clear();
    for (std::uint32_t number = 0; number < m_chunks.size(); ++number)
        if (m_chunks[number] != 0)
            m_index.emplace(m_chunks[number] / regionBytes, number);
    for (std::uint32_t i = 0; i < m_solids.size(); ++i) {
        if (m_solids[i].address == 0)
            continue;
        m_index.emplace(m_solids[i].address / regionBytes, lastSolid - i);
        m_mapped.emplace(m_solids[i].address, m_solids[i].bytes);
    }
}

Bytes SimulatedMemory::Keyframe::ownBytes() const
{
    Bytes bytes = sizeof(Keyframe);
    for (const SharedPieces* pieces : { &m_words, &m_strides, &m_headers, &m_chunks, &m_solids, &m_records })
        bytes += pieces->ownBytes();
    bytes += (m_freeRecords.size() + m_freeChunks.size() + m_freeSolids.size()) * sizeof(std::uint32_t);
    for (const auto& [count, firsts] : m_freeWords)
        bytes += 64 + firsts.size() * sizeof(std::uint32_t);
    return bytes;
}

} // namespace heapatlas
