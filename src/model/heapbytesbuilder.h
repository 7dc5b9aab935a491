// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/addresstranslation.h"
#include "model/heapbytes.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace heapatlas {

/// Fills one HeapBytes with what an allocator keeps. An engine's describeBytes() adds fields in any order; whatever
/// lies outside the range is cut off. Places and pointers are handed in as they are to be shown: see placeOf().
class HeapBytesBuilder
{
public:
    /// `range` is of recorded addresses. The translation is not copied; null: the engine's own are shown.
    HeapBytesBuilder(
        std::uint64_t eventIndex, AddressRange range, const AddressTranslation* translation = nullptr);

    [[nodiscard]] AddressRange range() const { return m_bytes->range; }
    /// Where what the engine has at an address is shown; null stays null.
    [[nodiscard]] Address placeOf(Address engine) const
    {
        return engine.isNull() || m_translation == nullptr ? engine : (*m_translation)(engine);
    }
    /// Whether a field there would be seen; names and values are made only for those.
    [[nodiscard]] bool wants(Address at, Bytes size) const { return range().overlaps({ at, at + size }); }

    /// A little-endian number of 1 … 8 bytes.
    void put(Address at, Bytes size, std::uint64_t number, FieldKind kind, std::string name,
        std::string value = {}, std::optional<Address> target = std::nullopt);
    /// 8 bytes; a null pointer has no target.
    void putPointer(Address at, Address target, FieldKind kind, std::string name);
    /// Bytes that the allocator never wrote since its pages were mapped: zero.
    void putZeros(Address at, Bytes size, std::string name);
    /// A field of which nothing is known but what it is.
    void putUnknown(Address at, Bytes size, FieldKind kind, std::string name, std::string value = {});

    /// Sorts. Nothing may be added afterwards.
    [[nodiscard]] std::shared_ptr<HeapBytes> finish();

private:
    /// The visible part as offsets from range().begin; empty: first == second.
    [[nodiscard]] std::pair<Bytes, Bytes> clipped(Address at, Bytes size) const;
    void addField(Address at, Bytes size, FieldKind kind, std::string name, std::string value,
        std::optional<Address> target);

    std::shared_ptr<HeapBytes> m_bytes;
    const AddressTranslation* m_translation;
};

} // namespace heapatlas
