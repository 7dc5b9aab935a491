// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/zenddecoder.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace heapatlas {

using namespace zend;

namespace {

constexpr std::size_t excerptBytes = 48; ///< of text, as a field's value
constexpr std::size_t mostFields = 200000; ///< of one window

std::string decimal(std::uint64_t n) { return std::to_string(n); }

/// Length of the well-formed UTF-8 sequence at `at`, or 0.
std::size_t sequenceLength(std::string_view text, std::size_t at)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t n = lead < 0x80 ? 1
        : lead >= 0xC2 && lead < 0xE0 ? 2
        : lead >= 0xE0 && lead < 0xF0 ? 3
        : lead >= 0xF0 && lead < 0xF5 ? 4
                                      : 0;
    if (n == 0 || at + n > text.size())
        return 0;
    for (std::size_t i = 1; i < n; ++i)
        if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80)
            return 0;
    return n;
}

/// In quotes, with escapes for what is no character.
std::string quoted(std::string_view text, bool isCut)
{
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        const std::size_t n = sequenceLength(text, at);
        if (c < 0x20 || c == 0x7F || n == 0) {
            if (isCut && n == 0 && at + 4 > text.size())
                break; // a character that was cut in two
            std::array<char, 8> escape {};
            std::snprintf(escape.data(), escape.size(), c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\x%02x", c);
            out += escape.data();
            ++at;
            continue;
        }
        if (c == '"' || c == '\\')
            out += '\\';
        out += text.substr(at, n);
        at += n;
    }
    return out + (isCut ? "\"…" : "\"");
}

const char* typeName(unsigned type)
{
    constexpr std::array names { "undef", "null", "false", "true", "int", "float", "string", "array",
        "object", "resource", "reference", "constant AST", "indirect", "pointer" };
    return type < names.size() ? names[type] : "?";
}

std::string typeText(std::uint32_t typeInfo)
{
    std::string text = typeName(typeInfo & 0xFF);
    if ((typeInfo & 0x100) != 0)
        text += ", counted";
    if ((typeInfo & 0x200) != 0)
        text += ", collectable";
    return text;
}

std::string headerText(std::uint32_t typeInfo)
{
    const unsigned type = typeInfo & typeMask;
    std::string text = typeName(type);
    if ((typeInfo & immutable) != 0)
        text += type == IsString ? ", interned" : ", immutable";
    if ((typeInfo & notCollectable) == 0 && (typeInfo & infoMask) != 0)
        text += ", possible root of a cycle";
    return text;
}

/// Collects fields that overlap the window, cut to it.
class FieldList
{
public:
    explicit FieldList(AddressRange window)
        : m_window(window)
    {
    }

    /// False once nothing that follows can be seen.
    bool add(Address at, Bytes size, FieldKind kind, std::string name, std::string value = {},
        std::optional<Address> target = std::nullopt)
    {
        if (at >= m_window.end || m_fields.size() >= mostFields)
            return false;
        const AddressRange seen { std::max(at, m_window.begin), std::min(at + size, m_window.end) };
        if (!seen.isEmpty())
            m_fields.push_back({ seen.begin - m_window.begin, seen.size(), kind, std::move(name),
                std::move(value), target });
        return true;
    }
    [[nodiscard]] AddressRange window() const { return m_window; }
    [[nodiscard]] std::vector<ByteField> take() { return std::move(m_fields); }

private:
    AddressRange m_window;
    std::vector<ByteField> m_fields;
};

/// Which of `count` elements of `step` bytes from `begin` overlap the window.
std::pair<std::uint64_t, std::uint64_t> visible(
    AddressRange window, Address begin, Bytes step, std::uint64_t count)
{
    const std::uint64_t first = window.begin > begin ? (window.begin - begin) / step : 0;
    const std::uint64_t last = window.end > begin ? (window.end - begin + step - 1) / step : 0;
    return { std::min(first, count), std::min(last, count) };
}

/// One block's fields.
class FieldMaker
{
public:
    FieldMaker(ZendDecoder& decoder, AddressRange window)
        : m_decoder(decoder)
        , m_out(window)
    {
    }

    std::vector<ByteField> make(const ZendBlock& block);

private:
    [[nodiscard]] std::uint64_t word(Address at) { return m_decoder.image().word(at).value_or(0); }
    [[nodiscard]] std::uint32_t half(Address at)
    {
        return m_decoder.image().number<std::uint32_t>(at).value_or(0);
    }
    void header(Address at)
    {
        const std::uint32_t references = half(at);
        const std::uint32_t type = half(at + 4);
        m_out.add(at, 4, FieldKind::Count, "refcount", decimal(references));
        m_out.add(at + 4, 4, FieldKind::Type, "type_info", headerText(type));
    }
    void pointer(Address at, const char* name, std::string value = {})
    {
        const std::uint64_t target = word(at);
        if (target == 0)
            m_out.add(at, 8, FieldKind::Pointer, name, "null");
        else
            m_out.add(at, 8, FieldKind::Pointer, name, std::move(value), Address { target });
    }
    bool value(Address at, const std::string& name, const char* extraName);
    void string(const ZendBlock& block);
    void array(const ZendBlock& block);
    void table(const ZendBlock& block);
    void object(const ZendBlock& block);

    ZendDecoder& m_decoder;
    FieldList m_out;
};

bool FieldMaker::value(Address at, const std::string& name, const char* extraName)
{
    const std::optional<Zval> zval = m_decoder.zval(at);
    if (!zval || !m_decoder.isPlausible(*zval))
        return false;
    const bool isPointer = zval->isPointer();
    m_out.add(at, 8,
        zval->type() == IsUndef ? FieldKind::Unused
            : isPointer         ? FieldKind::Pointer
                                : FieldKind::Value,
        name, m_decoder.text(*zval), isPointer ? std::optional(zval->target()) : std::nullopt);
    m_out.add(at + 8, 4, FieldKind::Type, name + ".type", typeText(zval->typeInfo));
    const bool isEnd = zval->extra == UINT32_MAX;
    return m_out.add(at + 12, 4, extraName == nullptr ? FieldKind::Unused : FieldKind::Hash,
        name + (extraName == nullptr ? ".u2" : extraName),
        extraName == nullptr ? std::string()
            : isEnd          ? "end"
                             : decimal(zval->extra));
}

void FieldMaker::string(const ZendBlock& block)
{
    const Address at = block.range.begin;
    header(at);
    m_out.add(at + 8, 8, FieldKind::Hash, "h", word(at + 8) == 0 ? "not computed" : "");
    m_out.add(at + 16, 8, FieldKind::Length, "len", decimal(block.elements));
    const Address text = at + stringHeaderBytes;
    if (block.elements != 0) {
        const std::optional<std::string> excerpt = m_decoder.stringAt(at, excerptBytes);
        m_out.add(text, block.elements, FieldKind::Text, "val",
            excerpt ? quoted(*excerpt, block.elements > excerpt->size()) : std::string());
    }
    m_out.add(text + block.elements, 1, FieldKind::Unused, "end of text");
}

void FieldMaker::array(const ZendBlock& block)
{
    const Address at = block.range.begin;
    header(at);
    const std::uint32_t flags = half(at + 8);
    m_out.add(at + 8, 4, FieldKind::Type, "flags",
        (flags & hashUninitialized) != 0 ? "without table"
            : (flags & hashPacked) != 0  ? "packed"
                                         : "hash");
    m_out.add(
        at + 12, 4, FieldKind::Hash, "nTableMask", std::to_string(static_cast<std::int32_t>(half(at + 12))));
    const bool isPacked = (flags & hashPacked) != 0 && m_decoder.layout().hasPackedZvals;
    pointer(at + 16, isPacked ? "arPacked" : "arData");
    m_out.add(at + 24, 4, FieldKind::Count, "nNumUsed", decimal(half(at + 24)));
    m_out.add(at + 28, 4, FieldKind::Count, "nNumOfElements", decimal(half(at + 28)));
    m_out.add(at + 32, 4, FieldKind::Count, "nTableSize", decimal(half(at + 32)));
    m_out.add(at + 36, 4, FieldKind::Count, "nInternalPointer", decimal(half(at + 36)));
    m_out.add(at + 40, 8, FieldKind::Value, "nNextFreeElement",
        std::to_string(static_cast<std::int64_t>(word(at + 40))));
    pointer(at + 48, "pDestructor");
}

void FieldMaker::table(const ZendBlock& block)
{
    const Address begin = block.range.begin;
    m_out.add(begin, block.hashBytes, FieldKind::Hash, "hash part",
        block.kind == ZendKind::Packed ? "unused" : decimal(block.hashBytes / 4) + " chains");
    const Address data = begin + block.hashBytes;
    const auto [first, last] = visible(m_out.window(), data, block.elementBytes, block.elements);
    for (std::uint64_t i = first; i < last; ++i) {
        const Address at = data + i * block.elementBytes;
        const std::string name = "[" + decimal(i) + "]";
        const bool isHash = block.elementBytes == bucketBytes;
        if (!value(at, name, isHash ? ".next" : nullptr) && block.kind == ZendKind::Packed)
            return;
        if (!isHash)
            continue;
        const std::uint64_t key = word(at + 24);
        const std::uint64_t hash = word(at + 16);
        m_out.add(at + 16, 8, key == 0 ? FieldKind::Value : FieldKind::Hash, name + ".h",
            key == 0 ? std::to_string(static_cast<std::int64_t>(hash)) : std::string());
        std::string text = "none: the key is h";
        if (key != 0) {
            const std::optional<std::string> excerpt = m_decoder.stringAt({ key }, excerptBytes);
            text = excerpt ? quoted(*excerpt, excerpt->size() == excerptBytes) : std::string();
        }
        m_out.add(at + 24, 8, FieldKind::Pointer, name + ".key", text,
            key == 0 ? std::nullopt : std::optional(Address { key }));
    }
}

void FieldMaker::object(const ZendBlock& block)
{
    const Address at = block.range.begin + block.offset;
    header(at);
    m_out.add(at + 8, 4, FieldKind::Count, "handle", "#" + decimal(half(at + 8)));
    m_out.add(at + 12, 4, FieldKind::Unused, "padding");
    const std::optional<ZendDecoder::Class> entry = m_decoder.classAt({ word(at + 16) });
    pointer(at + 16, "ce", entry ? entry->name : std::string());
    pointer(at + 24, "handlers");
    pointer(at + 32, "properties");
    for (std::uint64_t i = 0; i < block.elements; ++i)
        if (!value(at + objectHeaderBytes + i * zvalBytes, "properties_table[" + decimal(i) + "]", nullptr))
            break;
    if (block.kind != ZendKind::Closure)
        return;
    const Address function = at + objectHeaderBytes + zvalBytes;
    if (block.size <= objectHeaderBytes + zvalBytes) {
        const auto kind = m_decoder.image().number<std::uint8_t>(function).value_or(0);
        m_out.add(
            function, 1, FieldKind::Type, "func.type", kind == 2 ? "user function" : "internal function");
        m_out.add(function + 4, 4, FieldKind::Type, "func.fn_flags");
        pointer(function + 8, "func.function_name",
            quoted(m_decoder.stringAt({ word(function + 8) }, excerptBytes).value_or("{closure}"), false));
    }
}

std::vector<ByteField> FieldMaker::make(const ZendBlock& block)
{
    const Address at = block.range.begin;
    switch (block.kind) {
    case ZendKind::Raw:
        return {};
    case ZendKind::String:
        string(block);
        break;
    case ZendKind::Array:
        array(block);
        break;
    case ZendKind::Buckets:
    case ZendKind::Packed:
        table(block);
        break;
    case ZendKind::Object:
    case ZendKind::Closure:
        object(block);
        break;
    case ZendKind::Reference:
        header(at);
        (void)value(at + 8, "val", nullptr);
        pointer(at + 24, "sources");
        break;
    case ZendKind::Resource:
        header(at);
        m_out.add(at + 8, 8, FieldKind::Count, "handle", "#" + decimal(word(at + 8)));
        m_out.add(at + 16, 4, FieldKind::Type, "type", decimal(half(at + 16)));
        m_out.add(at + 20, 4, FieldKind::Unused, "padding");
        pointer(at + 24, "ptr");
        break;
    }
    if (block.kind != ZendKind::Closure && block.size < block.range.size())
        m_out.add(at + block.size, block.range.size() - block.size, FieldKind::Unused,
            block.kind == ZendKind::Buckets || block.kind == ZendKind::Packed ? "not in use" : "slack");
    return m_out.take();
}

} // namespace

std::vector<ByteField> ZendDecoder::fields(const ZendBlock& block, AddressRange window)
{
    return FieldMaker(*this, window).make(block);
}

std::string ZendDecoder::text(const Zval& value)
{
    switch (value.type()) {
    case IsLong:
        return std::to_string(static_cast<std::int64_t>(value.value));
    case IsDouble: {
        double number = 0;
        std::memcpy(&number, &value.value, sizeof number);
        std::array<char, 32> out {};
        for (const int digits : { 15, 17 }) { // the shorter one if it says the same
            std::snprintf(out.data(), out.size(), "%.*g", digits, number);
            double again = 0;
            if (std::sscanf(out.data(), "%lf", &again) == 1 && again == number)
                break;
        }
        return out.data();
    }
    case IsString: {
        const std::optional<std::string> excerpt = stringAt(value.target(), excerptBytes);
        const std::uint64_t length = m_image.word(value.target() + 16).value_or(0);
        return excerpt ? quoted(*excerpt, length > excerpt->size()) : std::string("string outside the heap");
    }
    case IsArray: {
        const auto count = m_image.number<std::uint32_t>(value.target() + 28);
        return count ? "array(" + decimal(*count) + ")" : std::string("array outside the heap");
    }
    case IsObject: {
        const std::uint64_t entry = m_image.word(value.target() + 16).value_or(0);
        const std::optional<Class> known = classAt({ entry });
        const auto handle = m_image.number<std::uint32_t>(value.target() + 8);
        return (known && !known->name.empty() ? known->name : std::string("object"))
            + (handle ? " #" + decimal(*handle) : std::string());
    }
    default:
        return typeName(value.type());
    }
}

} // namespace heapatlas
