// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/zenddecoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace heapatlas {

using namespace zend;

namespace {

constexpr Bytes longestHashed = 1 << 16; ///< of longer text only the hash's form is held against it
constexpr std::uint32_t mostSlotsChecked = 4096; ///< of a table's hash part
constexpr std::uint64_t mostValuesChecked = 1 << 16; ///< of a table without keys
constexpr unsigned longestChain = 64;
constexpr Bytes farthestObject = 256; ///< of an internal class, behind the class's own data
constexpr std::uint32_t mostProperties = 4096;
constexpr std::uint64_t hashBit = std::uint64_t { 1 } << 63;

/// Where code, data and heaps of a process can be.
bool isCanonical(std::uint64_t pointer) { return pointer >= 0x1000 && pointer < (std::uint64_t { 1 } << 47); }
bool isPointer(std::uint64_t pointer) { return isCanonical(pointer) && pointer % 8 == 0; }

bool isPowerOfTwo(std::uint32_t n) { return n != 0 && (n & (n - 1)) == 0; }

Bytes toWhole(Bytes size, Bytes unit) { return (size + unit - 1) / unit * unit; }

/// Whether a request of `size` bytes ends up in a slot or run of `slot` bytes. ZendMM's bins.
bool fillsSlot(Bytes size, Bytes slot)
{
    if (slot > 3072 || size > 3072)
        return slot == toWhole(size, contentsPageBytes);
    if (size <= 64)
        return slot == std::max<Bytes>(toWhole(size, 8), 8);
    const Bytes step = std::bit_floor(size - 1) / 4;
    return slot == toWhole(size, step);
}

} // namespace

std::string_view zendName(ZendKind kind)
{
    switch (kind) {
    case ZendKind::Raw:
        break;
    case ZendKind::String:
        return "zend_string";
    case ZendKind::Array:
        return "zend_array";
    case ZendKind::Buckets:
        return "buckets of a zend_array";
    case ZendKind::Packed:
        return "values of a zend_array";
    case ZendKind::Object:
        return "zend_object";
    case ZendKind::Closure:
        return "zend_closure";
    case ZendKind::Reference:
        return "zend_reference";
    case ZendKind::Resource:
        return "zend_resource";
    }
    return {};
}

ZendDecoder::ZendDecoder(PageSource pages, Layout layout)
    : m_image(std::move(pages))
    , m_layout(layout)
{
}

ZendBlock ZendDecoder::identify(AddressRange block)
{
    ZendBlock result { ZendKind::Raw, block, 0, 0, 0, 0, 0 };
    if (block.size() < 24 || block.begin.value % 8 != 0)
        return result;
    const std::optional<Header> head = header(block.begin);
    if (!head)
        return result;
    ZendBlock found = result;
    switch (head->typeInfo & typeMask) {
    case IsString:
        if (isString(block, found))
            return found;
        break;
    case IsArray:
        if (isArray(block, found))
            return found;
        break;
    case IsObject:
        if (isObject(block, 0, found))
            return found;
        break;
    case IsResource:
        if (isResource(block, found))
            return found;
        break;
    case IsReference:
        if (isReference(block, found))
            return found;
        break;
    default:
        break;
    }
    if (isBuckets(block, found) || isPacked(block, found))
        return found;
    for (Bytes offset = 8; offset <= farthestObject && offset + objectHeaderBytes <= block.size();
         offset += 8)
        if (isObject(block, offset, found))
            return found;
    return result;
}

std::optional<ZendDecoder::Header> ZendDecoder::header(Address at)
{
    const std::optional<std::uint64_t> word = m_image.word(at);
    if (!word)
        return std::nullopt;
    return Header { static_cast<std::uint32_t>(*word), static_cast<std::uint32_t>(*word >> 32) };
}

bool ZendDecoder::pointsTo(Address at, unsigned type)
{
    const std::optional<Header> head = header(at);
    return head && (head->typeInfo & typeMask) == type && head->refcount != 0
        && head->refcount < mostReferences;
}

std::optional<Zval> ZendDecoder::zval(Address at)
{
    const auto value = m_image.word(at);
    const auto rest = m_image.word(at + 8);
    if (!value || !rest)
        return std::nullopt;
    return Zval { *value, static_cast<std::uint32_t>(*rest), static_cast<std::uint32_t>(*rest >> 32) };
}

bool ZendDecoder::isPlausible(const Zval& value)
{
    const unsigned type = value.type();
    const unsigned flags = value.typeInfo >> 8;
    switch (type) {
    case IsUndef:
    case IsNull:
    case IsFalse:
    case IsTrue:
    case IsLong:
    case IsDouble:
        return flags == 0;
    case IsString:
    case IsArray:
        if (flags == 0) // interned or immutable: often outside the heap
            return isPointer(value.value)
                && (!m_image.isKnown(value.target()) || pointsTo(value.target(), type));
        return flags == (type == IsString ? 1U : 3U) && isPointer(value.value)
            && pointsTo(value.target(), type);
    case IsObject:
        return (flags == 3 || flags == 1) && isPointer(value.value) && pointsTo(value.target(), type);
    case IsResource:
    case IsReference:
    case IsConstantAst:
        return flags == 1 && isPointer(value.value) && pointsTo(value.target(), type);
    case IsIndirect:
    case IsPtr:
        return flags == 0 && isPointer(value.value);
    default:
        return false;
    }
}

std::uint64_t ZendDecoder::hashOf(Address text, Bytes length)
{
    // DJBX33A, as PHP's strings carry it.
    std::uint64_t hash = 5381;
    std::array<std::uint8_t, 512> part {};
    while (length > 0) {
        const auto n = static_cast<std::size_t>(std::min<Bytes>(length, part.size()));
        if (!m_image.read(text, { part.data(), n }))
            return 0;
        for (std::size_t i = 0; i < n; ++i)
            hash = hash * 33 + part[i];
        text = text + n;
        length -= n;
    }
    return hash | hashBit;
}

bool ZendDecoder::isString(AddressRange block, ZendBlock& out)
{
    const std::optional<Header> head = header(block.begin);
    const auto hash = m_image.word(block.begin + 8);
    const auto length = m_image.word(block.begin + 16);
    if (!head || !hash || !length || head->refcount == 0 || head->refcount >= mostReferences)
        return false;
    // Strings are never in the collector's buffer, and those of malloc() are not in the heap.
    if ((head->typeInfo & (typeMask | notCollectable)) != (IsString | notCollectable)
        || (head->typeInfo & (infoMask | persistent)) != 0)
        return false;
    const Bytes room = block.size() - stringHeaderBytes;
    if (*length >= room)
        return false;
    const Address text = block.begin + stringHeaderBytes;
    const auto end = m_image.number<std::uint8_t>(text + *length);
    if (!end || *end != 0)
        return false;
    if (*hash != 0
        && ((*hash & hashBit) == 0 || (*length <= longestHashed && hashOf(text, *length) != *hash)))
        return false;
    out.kind = ZendKind::String;
    out.elements = *length;
    out.size = stringHeaderBytes + *length + 1;
    return true;
}

std::optional<ZendDecoder::TableOfArray> ZendDecoder::tableOf(Address array)
{
    ZendBlock block;
    if (!isArray({ array, array + arrayBytes }, block) || block.elementBytes == 0)
        return std::nullopt;
    const auto counts = m_image.word(array + 24);
    const auto size = m_image.number<std::uint32_t>(array + 32);
    const auto data = m_image.word(array + 16);
    if (!counts || !size || !data)
        return std::nullopt;
    return TableOfArray { Address { *data - block.hashBytes }, block.hashBytes == 8, block.hashBytes,
        block.elementBytes, static_cast<std::uint32_t>(*counts), *size };
}

bool ZendDecoder::isArray(AddressRange block, ZendBlock& out)
{
    if (block.size() != arrayBytes)
        return false;
    const std::optional<Header> head = header(block.begin);
    const auto flagsAndMask = m_image.word(block.begin + 8);
    const auto data = m_image.word(block.begin + 16);
    const auto counts = m_image.word(block.begin + 24);
    const auto sizes = m_image.word(block.begin + 32);
    const auto destructor = m_image.word(block.begin + 48);
    if (!head || !flagsAndMask || !data || !counts || !sizes || !destructor)
        return false;
    if ((head->typeInfo & typeMask) != IsArray || (head->typeInfo & persistent) != 0 || head->refcount == 0
        || head->refcount >= mostReferences)
        return false;
    const auto flags = static_cast<std::uint32_t>(*flagsAndMask);
    const auto mask = static_cast<std::uint32_t>(*flagsAndMask >> 32);
    const auto used = static_cast<std::uint32_t>(*counts);
    const auto count = static_cast<std::uint32_t>(*counts >> 32);
    const auto size = static_cast<std::uint32_t>(*sizes);
    if ((flags & 0xFF00FF80U) != 0 || !isPowerOfTwo(size) || size > (1U << 30) || used > size || count > used
        || !isPointer(*data) || (*destructor != 0 && !isCanonical(*destructor)))
        return false;
    out.kind = ZendKind::Array;
    out.size = arrayBytes;
    out.elements = count;
    out.hashBytes = 0;
    out.elementBytes = 0;
    constexpr std::uint32_t leastMask = 0xFFFFFFFE;
    if ((flags & hashUninitialized) != 0)
        return mask == leastMask && used == 0;
    const bool isPackedTable = (flags & hashPacked) != 0;
    if (mask != (isPackedTable ? leastMask : 0U - 2 * size))
        return false;
    out.hashBytes = (Bytes { 0U - mask }) * 4;
    out.elementBytes = isPackedTable && m_layout.hasPackedZvals ? zvalBytes : bucketBytes;
    // The table is an allocation of its own, and its last used element is a value.
    const Address begin { *data - out.hashBytes };
    if (!m_image.isKnown(begin) || !m_image.isKnown(begin + out.hashBytes + size * out.elementBytes - 1))
        return false;
    if (used != 0) {
        const std::optional<Zval> last = zval(Address { *data } + (used - 1) * out.elementBytes);
        return last && isPlausible(*last);
    }
    return true;
}

std::optional<std::string> ZendDecoder::stringAt(Address at, std::size_t limit)
{
    const std::optional<Header> head = header(at);
    const auto length = m_image.word(at + 16);
    if (!head || !length || (head->typeInfo & (typeMask | notCollectable)) != (IsString | notCollectable))
        return std::nullopt;
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(*length, limit)), '\0');
    if (!m_image.read(at + stringHeaderBytes, { reinterpret_cast<std::uint8_t*>(text.data()), text.size() }))
        return std::nullopt;
    return text;
}

std::optional<ZendDecoder::Class> ZendDecoder::classAt(Address entry)
{
    // char type; zend_string* name; parent; int refcount; ce_flags; int default_properties_count; …
    constexpr std::uint8_t userClass = 2;
    const auto type = m_image.number<std::uint8_t>(entry);
    const auto name = m_image.word(entry + 8);
    const auto properties = m_image.number<std::uint32_t>(entry + 32);
    if (!type || *type != userClass || !name || !isPointer(*name) || !properties
        || *properties > mostProperties)
        return std::nullopt;
    Class result { {}, *properties };
    if (m_image.isKnown({ *name })) {
        const std::optional<std::string> text = stringAt({ *name }, 256);
        if (!text || text->empty())
            return std::nullopt;
        result.name = *text;
    }
    return result;
}

bool ZendDecoder::isObject(AddressRange block, Bytes offset, ZendBlock& out)
{
    if (block.size() < offset + objectHeaderBytes)
        return false;
    const Address at = block.begin + offset;
    const std::optional<Header> head = header(at);
    if (!head || (head->typeInfo & typeMask) != IsObject || head->refcount == 0
        || head->refcount >= mostReferences)
        return false;
    const auto handle = m_image.number<std::uint32_t>(at + 8);
    const auto entry = m_image.word(at + 16);
    const auto handlers = m_image.word(at + 24);
    const auto properties = m_image.word(at + 32);
    if (!handle || !entry || !handlers || !properties || *handle == 0 || *handle >= mostReferences
        || !isPointer(*entry) || !isPointer(*handlers) || m_image.isKnown({ *handlers })
        || *entry == *handlers)
        return false;
    if (*properties != 0
        && (!isPointer(*properties) || !m_image.isKnown({ *properties })
            || !pointsTo({ *properties }, IsArray)))
        return false;
    const Bytes room = (block.size() - offset - objectHeaderBytes) / zvalBytes;
    std::uint64_t count = 0;
    if (m_image.isKnown({ *entry })) {
        const std::optional<Class> declared = classAt({ *entry });
        if (!declared || declared->properties > room)
            return false;
        count = declared->properties;
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto value = zval(at + objectHeaderBytes + i * zvalBytes);
            if (!value || !isPlausible(*value))
                return false;
        }
    } else {
        // Of a class outside the heap the number of properties is not known: as many as can be.
        for (std::uint64_t i = 0; i < room; ++i) {
            const auto value = zval(at + objectHeaderBytes + i * zvalBytes);
            if (!value || !isPlausible(*value))
                break;
            if (value->type() != IsUndef)
                count = i + 1;
        }
    }
    out.kind = ZendKind::Object;
    out.offset = offset;
    out.elements = count;
    out.size = offset + objectHeaderBytes + count * zvalBytes;
    if (isClosure(out))
        out.kind = ZendKind::Closure;
    return true;
}

/// zend_closure: the object with room for one property, then the zend_function.
bool ZendDecoder::isClosure(const ZendBlock& object)
{
    constexpr Bytes function = objectHeaderBytes + zvalBytes;
    constexpr std::uint32_t closureFlag = 1U << 22;
    if (object.offset != 0 || object.range.size() < function + 64)
        return false;
    const Address at = object.range.begin + function;
    const auto head = m_image.word(at);
    const auto name = m_image.word(at + 8);
    if (!head || !name || (*head & 0xFF) > 2 || (*head & 0xFF) == 0 || (*head >> 32 & closureFlag) == 0
        || !isPointer(*name))
        return false;
    const std::optional<std::string> text = m_image.isKnown({ *name }) ? stringAt({ *name }, 16) : "{closure";
    return text
        && (text->starts_with("{closure") || text->starts_with("xxxxxxxx")); // redacted: its length only
}

bool ZendDecoder::isReference(AddressRange block, ZendBlock& out)
{
    const std::optional<Header> head = header(block.begin);
    const std::optional<Zval> value = zval(block.begin + 8);
    const auto sources = m_image.word(block.begin + 24);
    if (block.size() != referenceBytes || !head || !value || !sources || head->refcount == 0
        || head->refcount >= mostReferences || (head->typeInfo & flagsMask) != notCollectable
        || value->type() == IsReference || value->type() > IsConstantAst || !isPlausible(*value)
        || (*sources != 0 && !isCanonical(*sources)))
        return false;
    out.kind = ZendKind::Reference;
    out.elements = 1;
    out.size = referenceBytes;
    return true;
}

bool ZendDecoder::isResource(AddressRange block, ZendBlock& out)
{
    const std::optional<Header> head = header(block.begin);
    const auto handle = m_image.word(block.begin + 8);
    const auto type = m_image.number<std::uint32_t>(block.begin + 16);
    const auto pointer = m_image.word(block.begin + 24);
    if (block.size() != resourceBytes || !head || !handle || !type || !pointer || head->refcount == 0
        || head->refcount >= mostReferences || (head->typeInfo & (flagsMask | infoMask)) != notCollectable
        || (*handle & 0xFFFFFFFF) >= mostReferences || (*type != UINT32_MAX && *type > 4096)
        || (*pointer != 0 && !isCanonical(*pointer)))
        return false;
    out.kind = ZendKind::Resource;
    out.size = resourceBytes;
    return true;
}

bool ZendDecoder::isBuckets(AddressRange block, ZendBlock& out)
{
    constexpr Bytes bytesPerElement = 2 * sizeof(std::uint32_t) + bucketBytes;
    const std::uint64_t most = block.size() / bytesPerElement;
    if (most < 8 || most > (1U << 30))
        return false;
    const std::uint64_t size = std::bit_floor(most);
    if (!fillsSlot(size * bytesPerElement, block.size()))
        return false;
    const auto slots = static_cast<std::uint32_t>(2 * size);
    const Address data = block.begin + Bytes { slots } * 4;
    std::uint64_t used = 0;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        const auto first = m_image.number<std::uint32_t>(block.begin + Bytes { slot } * 4);
        if (!first || (*first != UINT32_MAX && *first >= size))
            return false;
        if (*first == UINT32_MAX)
            continue;
        used = std::max<std::uint64_t>(used, *first + std::uint64_t { 1 });
        if (slot >= mostSlotsChecked)
            continue;
        // Every bucket of a chain has a hash that leads to its slot.
        std::uint32_t at = *first;
        for (unsigned step = 0; at != UINT32_MAX && step < longestChain; ++step) {
            const Address bucket = data + at * bucketBytes;
            const std::optional<Zval> value = at < size ? zval(bucket) : std::nullopt;
            const auto hash = m_image.word(bucket + 16);
            const auto key = m_image.word(bucket + 24);
            if (!value || !hash || !key || (static_cast<std::uint32_t>(*hash) & (slots - 1)) != slot
                || !isPlausible(*value) || (*key != 0 && !isPointer(*key))
                || (*key != 0 && (*hash & hashBit) == 0))
                return false;
            used = std::max<std::uint64_t>(used, at + std::uint64_t { 1 });
            at = value->extra;
        }
    }
    if (used == 0)
        return false; // nothing vouches for an empty one
    out.kind = ZendKind::Buckets;
    out.elements = used;
    out.hashBytes = Bytes { slots } * 4;
    out.elementBytes = bucketBytes;
    out.size = out.hashBytes + used * bucketBytes;
    return true;
}

bool ZendDecoder::isPacked(AddressRange block, ZendBlock& out)
{
    constexpr Bytes hashPart = 8;
    const Bytes step = m_layout.hasPackedZvals ? zvalBytes : bucketBytes;
    if (block.size() < hashPart + step || m_image.word(block.begin) != UINT64_MAX)
        return false;
    // Behind the elements in use stands whatever was there before.
    std::uint64_t used = 0;
    const std::uint64_t room = (block.size() - hashPart) / step;
    for (std::uint64_t i = 0; i < std::min(room, mostValuesChecked); ++i) {
        const std::optional<Zval> value = zval(block.begin + hashPart + i * step);
        if (!value || !isPlausible(*value))
            break;
        if (value->type() != IsUndef)
            used = i + 1;
    }
    if (used == 0)
        return false;
    if (used == mostValuesChecked)
        used = room; // not looked at; fields() does
    out.kind = ZendKind::Packed;
    out.elements = used;
    out.hashBytes = hashPart;
    out.elementBytes = step;
    out.size = hashPart + used * step;
    return true;
}

} // namespace heapatlas
