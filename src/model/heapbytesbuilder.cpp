// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/heapbytesbuilder.h"

#include "base/formatsize.h"

#include <algorithm>

namespace heapatlas {

HeapBytesBuilder::HeapBytesBuilder(
    std::uint64_t eventIndex, AddressRange range, const AddressTranslation* translation)
    : m_bytes(std::make_shared<HeapBytes>())
    , m_translation(translation)
{
    m_bytes->eventIndex = eventIndex;
    m_bytes->range = range.isEmpty() ? AddressRange { range.begin, range.begin } : range;
    m_bytes->bytes.resize(m_bytes->range.size());
    m_bytes->origins.resize(m_bytes->range.size(), ByteOrigin::Unknown);
}

std::pair<Bytes, Bytes> HeapBytesBuilder::clipped(Address at, Bytes size) const
{
    if (!wants(at, size))
        return { 0, 0 };
    const Address begin = std::max(at, range().begin);
    const Address end = std::min(at + size, range().end);
    return { begin - range().begin, end - range().begin };
}

void HeapBytesBuilder::addField(Address at, Bytes size, FieldKind kind, std::string name, std::string value,
    std::optional<Address> target)
{
    const auto [first, last] = clipped(at, size);
    if (first < last)
        m_bytes->fields.push_back({ first, last - first, kind, std::move(name), std::move(value), target });
}

void HeapBytesBuilder::put(Address at, Bytes size, std::uint64_t number, FieldKind kind, std::string name,
    std::string value, std::optional<Address> target)
{
    const auto [first, last] = clipped(at, size);
    for (Bytes i = first; i < last; ++i) {
        const Bytes byte = range().begin + i - at;
        m_bytes->bytes[i] = static_cast<std::uint8_t>(number >> (8 * byte));
        m_bytes->origins[i] = ByteOrigin::Engine;
    }
    addField(at, size, kind, std::move(name), std::move(value), target);
}

void HeapBytesBuilder::putPointer(Address at, Address target, FieldKind kind, std::string name)
{
    if (target.isNull())
        put(at, 8, 0, kind, std::move(name), "NULL");
    else
        put(at, 8, target.value, kind, std::move(name), formatAddress(target), target);
}

void HeapBytesBuilder::putZeros(Address at, Bytes size, std::string name)
{
    const auto [first, last] = clipped(at, size);
    for (Bytes i = first; i < last; ++i)
        m_bytes->origins[i] = ByteOrigin::Engine;
    addField(at, size, FieldKind::Unused, std::move(name), {}, std::nullopt);
}

void HeapBytesBuilder::putUnknown(Address at, Bytes size, FieldKind kind, std::string name, std::string value)
{
    addField(at, size, kind, std::move(name), std::move(value), std::nullopt);
}

std::shared_ptr<HeapBytes> HeapBytesBuilder::finish()
{
    std::sort(m_bytes->fields.begin(), m_bytes->fields.end(),
        [](const ByteField& a, const ByteField& b) { return a.offset < b.offset; });
    return std::exchange(m_bytes, nullptr);
}

} // namespace heapatlas
