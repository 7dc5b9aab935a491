// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/heapimage.h"
#include "analysis/zendlayout.h"
#include "model/heapbytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapatlas {

/// What a block of PHP's heap is taken for.
enum class ZendKind : std::uint8_t
{
    Raw, ///< none of those below
    String,
    Array, ///< the HashTable itself
    Buckets, ///< the table of an array with keys: hash part, then buckets
    Packed, ///< the table of an array without: two words of hash part, then values
    Object,
    Closure,
    Reference,
    Resource,
};

/// "zend_string" …; empty for Raw.
[[nodiscard]] std::string_view zendName(ZendKind kind);

/// A block and how it was read. What is beyond `size` belongs to the slot, not to the structure.
struct ZendBlock
{
    ZendKind kind = ZendKind::Raw;
    AddressRange range;
    Bytes offset = 0; ///< of the structure: objects of internal classes stand behind data of their own
    Bytes size = 0; ///< from the block's begin to the structure's end
    std::uint64_t elements = 0; ///< bytes of text; buckets, values or properties that are in use
    Bytes hashBytes = 0; ///< of a table's hash part
    Bytes elementBytes = 0; ///< of a bucket or value of a table
};

/// A value as it stands in memory.
struct Zval
{
    std::uint64_t value = 0;
    std::uint32_t typeInfo = 0;
    std::uint32_t extra = 0; ///< next in the chain, and other uses

    [[nodiscard]] unsigned type() const { return typeInfo & 0xFF; }
    [[nodiscard]] bool isRefcounted() const { return (typeInfo & 0x100) != 0; }
    [[nodiscard]] bool isPointer() const { return type() >= zend::IsString && type() <= zend::IsPtr; }
    [[nodiscard]] Address target() const { return { value }; }
};

/// Reads blocks of a recorded heap as PHP's values. A block says of itself what it is; it is believed only if all of it
/// fits: counts, type and flags, lengths against the slot, hashes against what they are of, pointers against the headers
/// that they lead to. Nothing here trusts the bytes.
class ZendDecoder
{
public:
    ZendDecoder(PageSource pages, zend::Layout layout);

    [[nodiscard]] ZendBlock identify(AddressRange block);
    /// What `block` consists of, as far as it overlaps `window`; offsets are from the window's begin.
    [[nodiscard]] std::vector<ByteField> fields(const ZendBlock& block, AddressRange window);

    [[nodiscard]] std::optional<Zval> zval(Address at);
    /// Its type and flags are among those that exist, and what it points to says the same of itself.
    [[nodiscard]] bool isPlausible(const Zval& value);
    /// 42, 1.5, "text", array(3) …
    [[nodiscard]] std::string text(const Zval& value);

    [[nodiscard]] HeapImage& image() { return m_image; }
    [[nodiscard]] zend::Layout layout() const { return m_layout; }

    /// The table that the HashTable at `array` has, if that is one and its table is in the heap.
    struct TableOfArray
    {
        Address begin; ///< of the hash part
        bool isPacked = false;
        Bytes hashBytes = 0;
        Bytes elementBytes = 0;
        std::uint32_t used = 0;
        std::uint32_t size = 0;
    };
    [[nodiscard]] std::optional<TableOfArray> tableOf(Address array);
    /// A class entry in the heap.
    struct Class
    {
        std::string name;
        std::uint32_t properties = 0;
    };
    [[nodiscard]] std::optional<Class> classAt(Address entry);
    /// The text of the zend_string at `at`, at most `limit` bytes of it.
    [[nodiscard]] std::optional<std::string> stringAt(Address at, std::size_t limit);

private:
    struct Header
    {
        std::uint32_t refcount = 0;
        std::uint32_t typeInfo = 0;
    };
    [[nodiscard]] std::optional<Header> header(Address at);
    [[nodiscard]] bool pointsTo(Address at, unsigned type);
    [[nodiscard]] bool isString(AddressRange block, ZendBlock& out);
    [[nodiscard]] bool isArray(AddressRange block, ZendBlock& out);
    [[nodiscard]] bool isObject(AddressRange block, Bytes offset, ZendBlock& out);
    [[nodiscard]] bool isClosure(const ZendBlock& object);
    [[nodiscard]] bool isReference(AddressRange block, ZendBlock& out);
    [[nodiscard]] bool isResource(AddressRange block, ZendBlock& out);
    [[nodiscard]] bool isBuckets(AddressRange block, ZendBlock& out);
    [[nodiscard]] bool isPacked(AddressRange block, ZendBlock& out);
    [[nodiscard]] std::uint64_t hashOf(Address text, Bytes length);

    HeapImage m_image;
    zend::Layout m_layout;
};

} // namespace heapatlas
