// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

/// How a byte of the heap is known.
enum class ByteOrigin : std::uint8_t
{
    Unknown, ///< neither recorded nor kept by the allocator
    Engine, ///< the allocator's own data at this event, as its replay has them: exact
    Recorded, ///< recorded contents, as old as HeapBytes::contentsEvent
};

/// What a stretch of bytes is, for its tint.
enum class FieldKind : std::uint8_t
{
    ChunkHeader, ///< pointers and counters of a chunk
    FreeMap, ///< one bit a page
    PageMap, ///< one word a page
    FreeLink, ///< next free slot of the bin
    BoundaryTag, ///< size and state at a block's edge
    HugeNode, ///< the list node of a huge block
    Count, ///< reference count, number of elements
    Type, ///< type and flags
    Hash,
    Length,
    Pointer,
    Value, ///< a number or another scalar
    Text, ///< characters
    Unused, ///< padding and slack
};

/// Some bytes with a meaning.
struct ByteField
{
    Bytes offset = 0; ///< from HeapBytes::range
    Bytes size = 0;
    FieldKind kind = FieldKind::Value;
    std::string name; ///< as the source names it: "refcount", "map[12]"
    std::string value; ///< for people; empty where the hex says it
    std::optional<Address> target {}; ///< of a pointer
};

/// A stretch of the heap byte by byte. Immutable.
struct HeapBytes
{
    std::uint64_t eventIndex = 0; ///< state after that many events
    AddressRange range;
    std::vector<std::uint8_t> bytes; ///< range.size() of them; 0 where unknown
    std::vector<ByteOrigin> origins; ///< of each byte
    std::vector<ByteField> fields; ///< ascending by offset, not overlapping
    std::string structure; ///< what a decoded block is taken for: "zend_string"; empty: raw
    std::optional<std::uint64_t> contentsEvent {}; ///< event after which the recorded bytes were taken
    bool hasContents = false; ///< the trace has contents at all
};
using HeapBytesPtr = std::shared_ptr<const HeapBytes>;

/// Who looks at bytes; each sees a stretch of its own.
enum class BytesUse : std::uint8_t
{
    Map, ///< the first line of pages that is seen; the two below it are those that follow
    MapBelow,
    MapLowest,
    Panel,
    Inspector,
};
inline constexpr std::size_t bytesUseCount = 5;
/// Longer stretches are cut to this; nobody sees more at once.
inline constexpr Bytes maxBytesWindow = Bytes { 128 } << 10;
using BytesWindows = std::array<AddressRange, bytesUseCount>; ///< by use; an empty range is not asked for
using HeapBytesSet = std::array<HeapBytesPtr, bytesUseCount>; ///< by use

} // namespace heapatlas
