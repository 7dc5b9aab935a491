// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/zendmmstateblob.h"

#include "trace/bytecursor.h"

#include <cstring>

namespace heapatlas {
namespace {

constexpr std::uint32_t blobVersion = 1;
constexpr std::size_t chunkRowBytes = 8 + 3 * 4 + 8 * 8 + 512 * 4;
constexpr std::size_t hugeRowBytes = 3 * 8;

/// The number of rows that follow, at most as many as there are bytes for.
std::uint32_t rowCount(ByteCursor& in, std::size_t rowBytes)
{
    const auto count = in.fixed<std::uint32_t>();
    if (count > in.left() / rowBytes) {
        in.fail();
        return 0;
    }
    return count;
}

std::vector<ZendMmState::Chunk> parseChunks(ByteCursor& in)
{
    std::vector<ZendMmState::Chunk> chunks(rowCount(in, chunkRowBytes));
    for (ZendMmState::Chunk& chunk : chunks) {
        chunk.address.value = in.fixed<std::uint64_t>();
        chunk.freePages = in.fixed<std::uint32_t>();
        chunk.freeTail = in.fixed<std::uint32_t>();
        chunk.num = in.fixed<std::uint32_t>();
        for (std::uint64_t& word : chunk.freeMap)
            word = in.fixed<std::uint64_t>();
        for (std::uint32_t& word : chunk.map)
            word = in.fixed<std::uint32_t>();
    }
    return chunks;
}

template <class T>
void append(std::vector<std::uint8_t>& out, T value)
{
    const std::size_t at = out.size();
    out.resize(at + sizeof value);
    std::memcpy(out.data() + at, &value, sizeof value);
}

void appendChunks(std::vector<std::uint8_t>& out, const std::vector<ZendMmState::Chunk>& chunks)
{
    append(out, static_cast<std::uint32_t>(chunks.size()));
    for (const ZendMmState::Chunk& chunk : chunks) {
        append(out, chunk.address.value);
        append(out, chunk.freePages);
        append(out, chunk.freeTail);
        append(out, chunk.num);
        for (const std::uint64_t word : chunk.freeMap)
            append(out, word);
        for (const std::uint32_t word : chunk.map)
            append(out, word);
    }
}

} // namespace

std::optional<ZendMmState> parseZendMmState(std::span<const std::uint8_t> bytes)
{
    ByteCursor in(bytes);
    ZendMmState s;
    if (in.fixed<std::uint32_t>() != blobVersion)
        return std::nullopt;
    const auto variant = in.fixed<std::uint32_t>();
    if (variant > 1)
        return std::nullopt;
    s.variant = variant == 0 ? ZendMmState::Variant::Classic : ZendMmState::Variant::DelayedOom;
    const auto mainChunk = in.fixed<std::uint64_t>();
    s.size = in.fixed<std::uint64_t>();
    s.peak = in.fixed<std::uint64_t>();
    s.realSize = in.fixed<std::uint64_t>();
    s.realPeak = in.fixed<std::uint64_t>();
    s.limit = in.fixed<std::uint64_t>();
    s.hardLimit = in.fixed<std::uint64_t>();
    s.hardLimitPercent = in.fixed<std::int64_t>();
    s.overflow = in.fixed<std::int32_t>();
    s.chunksCount = in.fixed<std::int32_t>();
    s.peakChunksCount = in.fixed<std::int32_t>();
    s.cachedChunksCount = in.fixed<std::int32_t>();
    s.avgChunksCount = in.fixed<double>();
    s.lastChunksDeleteBoundary = in.fixed<std::int32_t>();
    s.lastChunksDeleteCount = in.fixed<std::int32_t>();
    s.chunks = parseChunks(in);
    s.cachedChunks = parseChunks(in);
    if (in.fixed<std::uint32_t>() != s.freeSlots.size())
        return std::nullopt;
    for (std::vector<Address>& bin : s.freeSlots) {
        bin.resize(rowCount(in, sizeof(std::uint64_t)));
        for (Address& slot : bin)
            slot.value = in.fixed<std::uint64_t>();
    }
    s.huge.resize(rowCount(in, hugeRowBytes));
    for (ZendMmState::Huge& huge : s.huge) {
        huge.address.value = in.fixed<std::uint64_t>();
        huge.size = in.fixed<std::uint64_t>();
        huge.node.value = in.fixed<std::uint64_t>();
    }
    if (!in.isOk() || !in.isAtEnd() || s.chunks.empty() || s.chunks.front().address.value != mainChunk)
        return std::nullopt;
    return s;
}

std::vector<std::uint8_t> writeZendMmState(const ZendMmState& s)
{
    std::vector<std::uint8_t> out;
    append(out, blobVersion);
    append(out, std::uint32_t { s.variant == ZendMmState::Variant::Classic ? 0U : 1U });
    append(out, s.chunks.empty() ? std::uint64_t { 0 } : s.chunks.front().address.value);
    append(out, s.size);
    append(out, s.peak);
    append(out, s.realSize);
    append(out, s.realPeak);
    append(out, s.limit);
    append(out, s.hardLimit);
    append(out, s.hardLimitPercent);
    append(out, s.overflow);
    append(out, s.chunksCount);
    append(out, s.peakChunksCount);
    append(out, s.cachedChunksCount);
    append(out, s.avgChunksCount);
    append(out, s.lastChunksDeleteBoundary);
    append(out, s.lastChunksDeleteCount);
    appendChunks(out, s.chunks);
    appendChunks(out, s.cachedChunks);
    append(out, static_cast<std::uint32_t>(s.freeSlots.size()));
    for (const std::vector<Address>& bin : s.freeSlots) {
        append(out, static_cast<std::uint32_t>(bin.size()));
        for (const Address slot : bin)
            append(out, slot.value);
    }
    append(out, static_cast<std::uint32_t>(s.huge.size()));
    for (const ZendMmState::Huge& huge : s.huge) {
        append(out, huge.address.value);
        append(out, huge.size);
        append(out, huge.node.value);
    }
    return out;
}

} // namespace heapatlas
